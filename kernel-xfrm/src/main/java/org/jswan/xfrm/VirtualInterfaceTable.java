// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.IFF_UP;
import static org.jswan.xfrm.Rtnetlink.IFLA_IFNAME;
import static org.jswan.xfrm.Rtnetlink.IFLA_INFO_DATA;
import static org.jswan.xfrm.Rtnetlink.IFLA_INFO_KIND;
import static org.jswan.xfrm.Rtnetlink.IFLA_LINKINFO;
import static org.jswan.xfrm.Rtnetlink.IFLA_XFRM_IF_ID;
import static org.jswan.xfrm.Rtnetlink.IFLA_XFRM_LINK;
import static org.jswan.xfrm.Rtnetlink.RTM_DELLINK;
import static org.jswan.xfrm.Rtnetlink.RTM_NEWLINK;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.xfrm.InterfaceList.Link;
import org.jswan.xfrm.NetlinkChannel.RequestException;

/** Linux's xfrm interfaces, over rtnetlink. */
final class VirtualInterfaceTable implements KernelInterfaces {
    /** What the kernel calls this kind of interface. */
    static final String KIND = "xfrm";

    private final NetlinkChannel channel;
    private final InterfaceList list;

    VirtualInterfaceTable(NetlinkChannel channel, InterfaceList list) {
        this.channel = channel;
        this.list = list;
    }

    @Override
    public boolean exists(String name) throws KernelException {
        return links().stream().anyMatch(link -> link.name().equals(name));
    }

    @Override
    public boolean exists(String name, int id) throws KernelException {
        return links().stream()
                .anyMatch(link -> link.name().equals(name)
                        && link.xfrmId().filter(n -> n == id).isPresent());
    }

    @Override
    public boolean any() throws KernelException {
        return links().stream().anyMatch(link -> link.xfrmId().isPresent());
    }

    private List<Link> links() throws KernelException {
        try {
            return list.links();
        } catch (IOException e) {
            throw new KernelException("", e.getMessage()).because(e);
        }
    }

    private int index(String name, String what) throws KernelException {
        return links().stream()
                .filter(link -> link.name().equals(name))
                .mapToInt(Link::index)
                .findFirst()
                .orElseThrow(() -> new KernelException("ENODEV", what + name));
    }

    @Override
    public void add(String name, String device, int id) throws KernelException {
        int link = index(device, "cannot find interface index for device ");
        NetlinkWriter out = request(RTM_NEWLINK, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, 0, 0);
        out.attribute(IFLA_IFNAME).bytes(terminated(name)).end();
        out.attribute(IFLA_LINKINFO);
        out.attribute(IFLA_INFO_KIND)
                .bytes(Bytes.wrap(KIND.getBytes(StandardCharsets.US_ASCII)))
                .end();
        out.attribute(IFLA_INFO_DATA);
        out.attribute(IFLA_XFRM_IF_ID).u32(id).end();
        out.attribute(IFLA_XFRM_LINK).u32(link).end();
        out.end().end();
        send("ip_kink_add_xfrmi", name);
    }

    @Override
    public void setUp(String name) throws KernelException {
        int index = index(name, "link_set_up_nl() cannot find index of xfrm interface ");
        request(RTM_NEWLINK, 0, index, IFF_UP);
        send("ip_link_set_up", name);
    }

    @Override
    public void delete(String name) throws KernelException {
        int index = index(name, "ip_link_del() cannot find index of interface ");
        request(RTM_DELLINK, 0, index, 0);
        send("ip_link_del", name);
    }

    /** {@code struct ifinfomsg}: family u8, (1), type u16, index u32, flags u32, change u32. */
    private NetlinkWriter request(int type, int flags, int index, int up) {
        return channel.writer()
                .message(type, Netlink.NLM_F_ACK | flags)
                .u32(0)
                .u32(index)
                .u32(up)
                .u32(up);
    }

    private static Bytes terminated(String name) {
        return Bytes.wrap((name + '\0').getBytes(StandardCharsets.US_ASCII));
    }

    /** @param what as libreswan names the request in its complaints */
    private void send(String what, String name) throws KernelException {
        try {
            channel.acknowledged();
        } catch (RequestException e) {
            throw new KernelException(
                            e.errno(),
                            "NLMSG_ERROR in nl_query_small_resp() for " + what + "() dev " + name + ": "
                                    + e.getMessage())
                    .because(e);
        }
    }
}
