// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

/** The numbers of rtnetlink, named as in the kernel's {@code rtnetlink.h} and its neighbours. */
final class Rtnetlink {
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_NEWRULE = 32;
    static final int RTM_DELRULE = 33;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_XFRM_LINK = 1;
    static final int IFLA_XFRM_IF_ID = 2;
    static final int IFF_UP = 1;
    static final int IFF_POINTOPOINT = 0x10;
    static final int IFF_SLAVE = 0x800;

    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_LABEL = 3;
    static final int IFA_F_DADFAILED = 8;
    static final int IFA_F_TENTATIVE = 0x40;
    static final int RT_SCOPE_UNIVERSE = 0;
    static final int RT_SCOPE_LINK = 253;
    static final int RT_SCOPE_NOWHERE = 255;

    static final int RTA_DST = 1;
    static final int RTA_SRC = 2;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_PRIORITY = 6;
    static final int RTA_PREFSRC = 7;
    static final int RTA_METRICS = 8;
    static final int RTA_MULTIPATH = 9;
    static final int RTA_CACHEINFO = 12;
    static final int RTA_TABLE = 15;
    static final int RTA_VIA = 18;
    static final int RTA_PREF = 20;
    static final int RTA_UID = 25;
    static final int RTAX_MTU = 2;
    static final int RTPROT_BOOT = 3;
    static final int RTN_UNICAST = 1;
    static final int RTN_LOCAL = 2;
    static final int RT_TABLE_MAIN = 254;

    static final int NDA_DST = 1;
    static final int NTF_PROXY = 8;
    static final int NUD_PERMANENT = 0x80;

    static final int FRA_DST = 1;
    static final int FRA_PRIORITY = 6;
    static final int FRA_FWMARK = 10;
    static final int FRA_FWMASK = 16;
    static final int FR_ACT_TO_TBL = 1;

    static final int RTMGRP_LINK = 1;
    static final int RTMGRP_IPV4_IFADDR = 0x10;
    static final int RTMGRP_IPV4_ROUTE = 0x40;
    static final int RTMGRP_IPV6_IFADDR = 0x100;
    static final int RTMGRP_IPV6_ROUTE = 0x400;

    private Rtnetlink() {}
}
