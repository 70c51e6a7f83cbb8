// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/** Names of IP protocols: IANA's, with a few marks of the oracle's own. */
public final class IpProtocol {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;

    private static final String[] NAMES =
            ("ALL,ICMP,IGMP,GGP,IPv4,ST,TCP,CBT,EGP,IGP,BBN-RCC-MON,NVP-II,PUP,ARGUS (deprecated),"
                            + "EMCON,XNET,CHAOS,UDP,MUX,DCN-MEAS,HMP,PRM,XNS-IDP,TRUNK-1,TRUNK-2,LEAF-1,LEAF-2,RDP,"
                            + "IRTP,ISO-TP4,NETBLT,MFE-NSP,MERIT-INP,DCCP,3PC,IDPR,XTP,DDP,IDPR-CMTP,TP++,IL,IPv6,SDRP,"
                            + "IPv6-Route,IPv6-Frag,IDRP,RSVP,GRE,DSR,BNA,ESP,AH,I-NLSP,SWIPE (deprecated),NARP,MOBILE,"
                            + "TLSP,SKIP,IPv6-ICMP,IPv6-NoNxt,IPv6-Opts,61,CFTP,63,SAT-EXPAK,KRYPTOLAN,RVD,IPPC,68,"
                            + "SAT-MON,VISA,IPCV,CPNX,CPHB,WSN,PVP,BR-SAT-MON,SUN-ND,WB-MON,WB-EXPAK,ISO-IP,VMTP,"
                            + "SECURE-VMTP,VINES,TTP|IPTM,NSFNET-IGP,DGP,TCF,EIGRP,OSPFIGP,Sprite-RPC,LARP,MTP,AX.25,"
                            + "IPIP,MICP (deprecated),SCC-SP,ETHERIP,ENCAP,99,GMTP,IFMP,PNNI,PIM,ARIS,SCPS,QNX,A/N,"
                            + "COMP,SNP,Compaq-Peer,IPX-in-IP,VRRP,PGM,114,L2TP,DDX,IATP,STP,SRP,UTI,SMP,"
                            + "SM (deprecated),PTP,ISIS over IPv4,FIRE,CRTP,CRUDP,SSCOPMCE,IPLT,SPS,PIPE,SCTP,FC,"
                            + "RSVP-E2E-IGNORE,Mobility Header,UDPLite,MPLS-in-IP,manet,HIP,Shim6,WESP,ROHC,Ethernet")
                    .split(",");

    private IpProtocol() {}

    /** {@code UDP} for 17, {@code ALL} for 0, the number itself for one that has no name. */
    public static String name(int protocol) {
        if (protocol == 255) {
            return "Reserved";
        }
        return protocol < NAMES.length ? NAMES[protocol] : Integer.toString(protocol);
    }
}
