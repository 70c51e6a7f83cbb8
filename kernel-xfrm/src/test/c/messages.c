// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the messages of messages.txt, built with the kernel's own headers:
 *
 *     gcc -o messages messages.c && ./messages
 */
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/udp.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct {
	struct nlmsghdr n;
	char data[8192];
} m;

static void *start(int type, int flags, size_t size)
{
	memset(&m, 0, sizeof(m));
	m.n.nlmsg_type = type;
	m.n.nlmsg_flags = flags;
	m.n.nlmsg_seq = 1;
	m.n.nlmsg_len = NLMSG_LENGTH(size);
	return NLMSG_DATA(&m.n);
}

static void *attr(int type, size_t size)
{
	struct rtattr *a = (void *)((char *)&m + NLMSG_ALIGN(m.n.nlmsg_len));
	a->rta_type = type;
	a->rta_len = RTA_LENGTH(size);
	m.n.nlmsg_len = NLMSG_ALIGN(m.n.nlmsg_len) + a->rta_len;
	return RTA_DATA(a);
}

static void number(int type, uint32_t value)
{
	memcpy(attr(type, sizeof(value)), &value, sizeof(value));
}

static void hex(const char *name, const void *octets, size_t length)
{
	printf("%s ", name);
	for (size_t i = 0; i < length; i++) {
		printf("%02x", ((const unsigned char *)octets)[i]);
	}
	puts("");
}

static void out(const char *name)
{
	m.n.nlmsg_len = NLMSG_ALIGN(m.n.nlmsg_len);
	hex(name, &m, m.n.nlmsg_len);
}

static void a4(void *to, const char *text)
{
	inet_pton(AF_INET, text, to);
}

static void a6(void *to, const char *text)
{
	inet_pton(AF_INET6, text, to);
}

static void limits(struct xfrm_lifetime_cfg *l)
{
	l->soft_byte_limit = l->hard_byte_limit = l->soft_packet_limit = l->hard_packet_limit = XFRM_INF;
}

static void key(char *to, int length, int from)
{
	for (int i = 0; i < length; i++) {
		to[i] = from + i;
	}
}

int main(void)
{
	{
		struct xfrm_userspi_info *p = start(XFRM_MSG_ALLOCSPI, NLM_F_REQUEST, sizeof(*p));
		a4(&p->info.id.daddr, "192.0.2.1");
		a4(&p->info.saddr, "198.51.100.7");
		p->info.id.proto = IPPROTO_ESP;
		p->info.family = AF_INET;
		p->info.reqid = 0x4001;
		p->min = 0x1000;
		p->max = 0xffffffff;
		out("alloc-spi");
	}
	{
		struct xfrm_userspi_info *p = start(XFRM_MSG_ALLOCSPI, NLM_F_REQUEST, sizeof(*p));
		a6(&p->info.id.daddr, "2001:db8::1");
		a6(&p->info.saddr, "2001:db8::2");
		p->info.id.proto = IPPROTO_COMP;
		p->info.family = AF_INET6;
		p->info.reqid = 0x4002;
		p->min = 256;
		p->max = 61439;
		out("alloc-cpi");
	}
	{
		struct xfrm_usersa_info *p = start(XFRM_MSG_UPDSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->id.daddr, "192.0.2.1");
		a4(&p->saddr, "198.51.100.7");
		p->id.proto = IPPROTO_ESP;
		p->id.spi = htonl(0xc0ffee01);
		p->family = AF_INET;
		p->reqid = 0x4001;
		p->mode = XFRM_MODE_TUNNEL;
		p->replay_window = 32;
		p->flags = XFRM_STATE_AF_UNSPEC;
		limits(&p->lft);
		struct xfrm_algo_aead *a = attr(XFRMA_ALG_AEAD, sizeof(*a) + 36);
		strcpy(a->alg_name, "rfc4106(gcm(aes))");
		a->alg_key_len = 36 * 8;
		a->alg_icv_len = 128;
		key(a->alg_key, 36, 1);
		struct xfrm_encap_tmpl *e = attr(XFRMA_ENCAP, sizeof(*e));
		e->encap_type = UDP_ENCAP_ESPINUDP;
		e->encap_sport = htons(1024);
		e->encap_dport = htons(4500);
		out("in-gcm-tunnel-encap");
	}
	{
		struct xfrm_usersa_info *p = start(XFRM_MSG_NEWSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->id.daddr, "198.51.100.7");
		a4(&p->saddr, "192.0.2.1");
		p->id.proto = IPPROTO_ESP;
		p->id.spi = htonl(0x1001);
		p->family = AF_INET;
		p->reqid = 0x4005;
		p->mode = XFRM_MODE_TRANSPORT;
		p->flags = XFRM_STATE_ESN | XFRM_STATE_DECAP_DSCP | XFRM_STATE_NOPMTUDISC;
		a4(&p->sel.saddr, "192.0.2.1");
		a4(&p->sel.daddr, "198.51.100.7");
		p->sel.prefixlen_s = p->sel.prefixlen_d = 32;
		p->sel.family = AF_INET;
		p->sel.proto = 17;
		p->sel.sport = htons(1701);
		p->sel.sport_mask = 0xffff;
		p->lft.soft_byte_limit = 1000;
		p->lft.hard_byte_limit = 2000;
		p->lft.soft_packet_limit = 30;
		p->lft.hard_packet_limit = 40;
		struct xfrm_replay_state_esn *r = attr(XFRMA_REPLAY_ESN_VAL, sizeof(*r) + 16);
		r->bmp_len = 4;
		r->replay_window = 128;
		struct xfrm_algo_auth *a = attr(XFRMA_ALG_AUTH_TRUNC, sizeof(*a) + 32);
		strcpy(a->alg_name, "hmac(sha256)");
		a->alg_key_len = 256;
		a->alg_trunc_len = 128;
		key(a->alg_key, 32, 101);
		struct xfrm_algo *c = attr(XFRMA_ALG_CRYPT, sizeof(*c) + 16);
		strcpy(c->alg_name, "aes");
		c->alg_key_len = 128;
		key(c->alg_key, 16, 1);
		out("out-cbc-transport-esn");
	}
	{
		struct xfrm_usersa_info *p = start(XFRM_MSG_NEWSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a6(&p->id.daddr, "2001:db8::2");
		a6(&p->saddr, "2001:db8::1");
		p->id.proto = IPPROTO_ESP;
		p->id.spi = htonl(0x1002);
		p->family = AF_INET6;
		p->reqid = 0x4009;
		p->mode = XFRM_MODE_TUNNEL;
		p->flags = XFRM_STATE_AF_UNSPEC;
		limits(&p->lft);
		struct xfrm_algo_auth *a = attr(XFRMA_ALG_AUTH_TRUNC, sizeof(*a) + 20);
		strcpy(a->alg_name, "sha1");
		a->alg_key_len = 160;
		a->alg_trunc_len = 96;
		key(a->alg_key, 20, 101);
		struct xfrm_algo *c = attr(XFRMA_ALG_CRYPT, sizeof(*c) + 24);
		strcpy(c->alg_name, "des3_ede");
		c->alg_key_len = 192;
		key(c->alg_key, 24, 1);
		number(XFRMA_TFCPAD, 1200);
		number(XFRMA_IF_ID, 7);
		number(XFRMA_SET_MARK, 7);
		struct xfrm_user_offload *o = attr(XFRMA_OFFLOAD_DEV, sizeof(*o));
		o->ifindex = 3;
		o->flags = XFRM_OFFLOAD_IPV6;
		out("out-3des-tunnel-v6-features");
	}
	{
		struct xfrm_usersa_info *p = start(XFRM_MSG_UPDSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->id.daddr, "192.0.2.1");
		a4(&p->saddr, "198.51.100.7");
		p->id.proto = IPPROTO_AH;
		p->id.spi = htonl(0x1003);
		p->family = AF_INET;
		p->reqid = 0x4000;
		p->mode = XFRM_MODE_TUNNEL;
		p->flags = XFRM_STATE_AF_UNSPEC | XFRM_STATE_ALIGN4;
		limits(&p->lft);
		struct xfrm_algo_auth *a = attr(XFRMA_ALG_AUTH_TRUNC, sizeof(*a) + 64);
		strcpy(a->alg_name, "hmac(sha512)");
		a->alg_key_len = 512;
		a->alg_trunc_len = 256;
		key(a->alg_key, 64, 101);
		out("in-ah-sha512");
	}
	{
		struct xfrm_usersa_info *p = start(XFRM_MSG_NEWSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->id.daddr, "198.51.100.7");
		a4(&p->saddr, "192.0.2.1");
		p->id.proto = IPPROTO_COMP;
		p->id.spi = htonl(0x1234);
		p->family = AF_INET;
		p->reqid = 0x4002;
		p->mode = XFRM_MODE_TUNNEL;
		p->flags = XFRM_STATE_AF_UNSPEC;
		limits(&p->lft);
		struct xfrm_algo *c = attr(XFRMA_ALG_COMP, sizeof(*c));
		strcpy(c->alg_name, "deflate");
		out("out-ipcomp");
	}
	{
		struct xfrm_usersa_id *p = start(XFRM_MSG_DELSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->daddr, "192.0.2.1");
		p->spi = htonl(0xc0ffee01);
		p->family = AF_INET;
		p->proto = IPPROTO_ESP;
		out("del-sa");
	}
	{
		struct xfrm_usersa_id *p = start(XFRM_MSG_GETSA, NLM_F_REQUEST, sizeof(*p));
		a6(&p->daddr, "2001:db8::2");
		p->spi = htonl(0x1002);
		p->family = AF_INET6;
		p->proto = IPPROTO_AH;
		out("get-sa");
	}
	{
		struct xfrm_userpolicy_info *p = start(XFRM_MSG_UPDPOLICY, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->sel.saddr, "10.1.0.0");
		a4(&p->sel.daddr, "10.2.0.0");
		p->sel.prefixlen_s = 16;
		p->sel.prefixlen_d = 24;
		p->sel.family = AF_INET;
		p->dir = XFRM_POLICY_OUT;
		p->action = XFRM_POLICY_ALLOW;
		p->priority = 1757393;
		limits(&p->lft);
		struct xfrm_user_tmpl *t = attr(XFRMA_TMPL, sizeof(*t));
		t->reqid = 0x4001;
		t->id.proto = IPPROTO_ESP;
		t->family = AF_INET;
		t->mode = XFRM_MODE_TUNNEL;
		a4(&t->saddr, "192.0.2.1");
		a4(&t->id.daddr, "198.51.100.7");
		t->aalgos = t->ealgos = t->calgos = ~0;
		out("out-policy-tunnel");
	}
	{
		struct xfrm_userpolicy_info *p = start(XFRM_MSG_UPDPOLICY, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a6(&p->sel.saddr, "2001:db8::2");
		a6(&p->sel.daddr, "2001:db8::1");
		p->sel.prefixlen_s = p->sel.prefixlen_d = 128;
		p->sel.family = AF_INET6;
		p->sel.proto = 58;
		p->sel.sport = htons(128);
		p->sel.sport_mask = 0xffff;
		p->sel.dport = htons(3);
		p->sel.dport_mask = 0xffff;
		p->dir = XFRM_POLICY_IN;
		p->priority = 1000;
		limits(&p->lft);
		struct xfrm_user_tmpl *t = attr(XFRMA_TMPL, 2 * sizeof(*t));
		t->reqid = 0x4002;
		t->id.proto = IPPROTO_COMP;
		t->family = AF_INET6;
		t->mode = XFRM_MODE_TUNNEL;
		a6(&t->saddr, "2001:db8::2");
		a6(&t->id.daddr, "2001:db8::1");
		t->aalgos = t->ealgos = t->calgos = ~0;
		t->optional = 1;
		t++;
		t->reqid = 0x4001;
		t->id.proto = IPPROTO_ESP;
		t->family = AF_INET6;
		t->mode = XFRM_MODE_TRANSPORT;
		t->aalgos = t->ealgos = t->calgos = ~0;
		struct xfrm_mark *k = attr(XFRMA_MARK, sizeof(*k));
		k->v = 0x10;
		k->m = 0xff;
		out("in-policy-bundle-icmp-mark");
	}
	{
		struct xfrm_userpolicy_info *p = start(XFRM_MSG_UPDPOLICY, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		p->sel.family = AF_INET;
		p->dir = XFRM_POLICY_FWD;
		p->action = XFRM_POLICY_BLOCK;
		p->priority = 5;
		limits(&p->lft);
		number(XFRMA_IF_ID, 7);
		number(XFRMA_SET_MARK, 9);
		number(XFRMA_SET_MARK_MASK, 0xff);
		out("fwd-policy-block-interface");
	}
	{
		struct xfrm_userpolicy_id *p = start(XFRM_MSG_DELPOLICY, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->sel.saddr, "10.1.0.0");
		a4(&p->sel.daddr, "10.2.0.0");
		p->sel.prefixlen_s = 16;
		p->sel.prefixlen_d = 24;
		p->sel.family = AF_INET;
		p->dir = XFRM_POLICY_OUT;
		out("del-policy");
	}
	{
		struct xfrm_userpolicy_id *p = start(XFRM_MSG_MIGRATE, NLM_F_REQUEST | NLM_F_ACK, sizeof(*p));
		a4(&p->sel.saddr, "10.1.0.0");
		a4(&p->sel.daddr, "10.2.0.0");
		p->sel.prefixlen_s = 16;
		p->sel.prefixlen_d = 24;
		p->sel.family = AF_INET;
		p->dir = XFRM_POLICY_OUT;
		struct xfrm_user_migrate *g = attr(XFRMA_MIGRATE, sizeof(*g));
		a4(&g->old_daddr, "198.51.100.7");
		a4(&g->old_saddr, "192.0.2.1");
		a4(&g->new_daddr, "198.51.100.7");
		a4(&g->new_saddr, "192.0.2.99");
		g->proto = IPPROTO_ESP;
		g->mode = XFRM_MODE_TUNNEL;
		g->reqid = 0x4001;
		g->old_family = g->new_family = AF_INET;
		struct xfrm_encap_tmpl *e = attr(XFRMA_ENCAP, sizeof(*e));
		e->encap_type = UDP_ENCAP_ESPINUDP;
		e->encap_sport = htons(4500);
		e->encap_dport = htons(4501);
		out("migrate");
	}
	{
		start(XFRM_MSG_FLUSHSA, NLM_F_REQUEST | NLM_F_ACK, sizeof(struct xfrm_usersa_flush));
		out("flush-sa");
	}
	{
		start(XFRM_MSG_FLUSHPOLICY, NLM_F_REQUEST | NLM_F_ACK, 0);
		m.n.nlmsg_seq = 2;
		out("flush-policy");
	}
	{
		struct xfrm_userpolicy_info p = { .sel.family = AF_INET6, .action = XFRM_POLICY_ALLOW, .dir = XFRM_POLICY_OUT };
		hex("bypass", &p, sizeof(p));
	}
	{
		struct xfrm_user_acquire *p = start(XFRM_MSG_ACQUIRE, 0, sizeof(*p));
		m.n.nlmsg_seq = 0;
		a4(&p->id.daddr, "198.51.100.7");
		a4(&p->saddr, "192.0.2.1");
		p->id.proto = IPPROTO_ESP;
		a4(&p->sel.saddr, "10.1.0.9");
		a4(&p->sel.daddr, "10.2.0.8");
		p->sel.prefixlen_s = p->sel.prefixlen_d = 32;
		p->sel.proto = 17;
		p->sel.sport = htons(5353);
		p->sel.sport_mask = 0xffff;
		p->sel.dport = htons(53);
		p->sel.dport_mask = 0xffff;
		p->sel.family = AF_INET;
		p->policy.sel.family = AF_INET;
		p->policy.dir = XFRM_POLICY_OUT;
		p->aalgos = p->ealgos = p->calgos = ~0;
		p->seq = 5;
		struct xfrm_user_tmpl *t = attr(XFRMA_TMPL, sizeof(*t));
		t->reqid = 0x4001;
		t->id.proto = IPPROTO_ESP;
		t->family = AF_INET;
		t->mode = XFRM_MODE_TUNNEL;
		a4(&t->saddr, "192.0.2.1");
		a4(&t->id.daddr, "198.51.100.7");
		attr(XFRMA_POLICY_TYPE, sizeof(struct xfrm_userpolicy_type));
		out("acquire");
	}
	{
		struct xfrm_user_expire *p = start(XFRM_MSG_EXPIRE, 0, sizeof(*p));
		m.n.nlmsg_seq = 0;
		a6(&p->state.id.daddr, "2001:db8::1");
		a6(&p->state.saddr, "2001:db8::2");
		p->state.id.proto = IPPROTO_AH;
		p->state.id.spi = htonl(0xdeadbeef);
		p->state.family = AF_INET6;
		p->state.curlft.bytes = 12345;
		p->state.curlft.packets = 67;
		p->state.curlft.add_time = 1700000000;
		p->state.curlft.use_time = 1700000001;
		p->state.mode = XFRM_MODE_TUNNEL;
		p->hard = 1;
		out("expire");
	}
	{
		struct xfrm_user_mapping *p = start(XFRM_MSG_MAPPING, 0, sizeof(*p));
		m.n.nlmsg_seq = 0;
		a4(&p->id.daddr, "192.0.2.1");
		p->id.spi = htonl(0x1001);
		p->id.family = AF_INET;
		p->id.proto = IPPROTO_ESP;
		p->reqid = 0x4001;
		a4(&p->old_saddr, "198.51.100.7");
		a4(&p->new_saddr, "198.51.100.8");
		p->old_sport = htons(4500);
		p->new_sport = htons(1033);
		out("mapping");
	}
	{
		struct xfrm_usersa_info *p = start(XFRM_MSG_NEWSA, 0, sizeof(*p));
		a4(&p->id.daddr, "192.0.2.1");
		a4(&p->saddr, "198.51.100.7");
		p->id.proto = IPPROTO_ESP;
		p->id.spi = htonl(0xc0ffee01);
		p->family = AF_INET;
		p->curlft.bytes = 84;
		p->curlft.packets = 1;
		p->curlft.add_time = 1700000000;
		p->curlft.use_time = 1700000005;
		memcpy(attr(XFRMA_LASTUSED, 8), &(uint64_t){1700000009}, 8);
		out("sa");
	}
	{
		struct nlmsgerr *p = start(NLMSG_ERROR, 0, sizeof(*p));
		p->error = -38;
		p->msg.nlmsg_len = 300;
		p->msg.nlmsg_type = XFRM_MSG_NEWSA;
		m.n.nlmsg_flags = 0x300;
		strcpy(attr(1, 26), "Requested AEAD not found");
		out("refused");
	}
	{
		struct nlmsgerr *p = start(NLMSG_ERROR, 0, sizeof(*p));
		m.n.nlmsg_flags = 0x100;
		p->error = 0;
		p->msg.nlmsg_len = 300;
		out("done");
	}
	{
		struct ifinfomsg *p = start(RTM_NEWLINK, NLM_F_MULTI, sizeof(*p));
		p->ifi_index = 2;
		p->ifi_flags = 0x11043;
		strcpy(attr(IFLA_IFNAME, 5), "eth0");
		out("link");
	}
	{
		struct ifaddrmsg *p = start(RTM_NEWADDR, NLM_F_MULTI, sizeof(*p));
		p->ifa_family = AF_INET;
		p->ifa_prefixlen = 32;
		p->ifa_index = 2;
		a4(attr(IFA_ADDRESS, 4), "192.0.2.77");
		a4(attr(IFA_LOCAL, 4), "192.0.2.1");
		strcpy(attr(IFA_LABEL, 7), "eth0:1");
		out("address");
	}
	{
		struct ifaddrmsg *p = start(RTM_NEWADDR, NLM_F_MULTI, sizeof(*p));
		p->ifa_family = AF_INET6;
		p->ifa_prefixlen = 64;
		p->ifa_index = 2;
		a6(attr(IFA_ADDRESS, 16), "2001:db8::1");
		out("address-v6");
	}
	{
		struct rtmsg *p = start(RTM_NEWROUTE, NLM_F_MULTI, sizeof(*p));
		p->rtm_family = AF_INET;
		p->rtm_table = RT_TABLE_MAIN;
		p->rtm_type = RTN_UNICAST;
		number(RTA_TABLE, RT_TABLE_MAIN);
		number(RTA_PRIORITY, 100);
		a4(attr(RTA_GATEWAY, 4), "192.0.2.254");
		a4(attr(RTA_PREFSRC, 4), "192.0.2.1");
		number(RTA_OIF, 2);
		out("default-route");
	}
	{
		struct rtmsg *p = start(RTM_NEWROUTE, NLM_F_MULTI, sizeof(*p));
		p->rtm_family = AF_INET;
		p->rtm_table = RT_TABLE_MAIN;
		p->rtm_type = RTN_UNICAST;
		number(RTA_PRIORITY, 50);
		a4(attr(RTA_PREFSRC, 4), "192.0.2.1");
		char *hops = attr(RTA_MULTIPATH, 2 * 16);
		for (int i = 0; i < 2; i++) {
			struct rtnexthop *hop = (void *)(hops + i * 16);
			hop->rtnh_len = 16;
			hop->rtnh_ifindex = 2;
			struct rtattr *gateway = RTNH_DATA(hop);
			gateway->rta_type = RTA_GATEWAY;
			gateway->rta_len = RTA_LENGTH(4);
			a4(RTA_DATA(gateway), i == 0 ? "192.0.2.253" : "192.0.2.252");
		}
		out("multipath-route");
	}
	{
		int *p = start(NLMSG_DONE, NLM_F_MULTI, sizeof(*p));
		*p = 0;
		out("dump-done");
	}
	return 0;
}
