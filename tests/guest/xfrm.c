// SPDX-License-Identifier: GPL-2.0
/*
 * xfrm NETNS LOCAL REMOTE: UDP between the two goes through an ESP tunnel, and
 * comes in by no other way.
 *
 * busybox ip cannot do that. Only UDP, so that neighbours can be asked for.
 */
#define _GNU_SOURCE
#include "netlink.h"

#include <linux/xfrm.h>

#define SPI	0x1000

static xfrm_address_t local, remote;
static int family, bits;

static void to_xfrm(xfrm_address_t *to, const union address *from)
{
	if (from->sa.sa_family == AF_INET)
		to->a4 = from->v4.sin_addr.s_addr;
	else
		memcpy(to->a6, &from->v6.sin6_addr, sizeof(to->a6));
}

static void select_udp(struct xfrm_selector *sel, const xfrm_address_t *from,
		       const xfrm_address_t *to)
{
	sel->saddr = *from;
	sel->daddr = *to;
	sel->family = family;
	sel->prefixlen_s = bits;
	sel->prefixlen_d = bits;
	sel->proto = IPPROTO_UDP;
}

static void no_limits(struct xfrm_lifetime_cfg *cfg)
{
	cfg->soft_byte_limit = XFRM_INF;
	cfg->hard_byte_limit = XFRM_INF;
	cfg->soft_packet_limit = XFRM_INF;
	cfg->hard_packet_limit = XFRM_INF;
}

static void key(void)
{
	struct {
		struct xfrm_algo_aead head;
		char key[20];
	} alg = {
		.head = { "rfc4106(gcm(aes))", 160, 128 },
		.key = "nineteen letters...",
	};

	attr(XFRMA_ALG_AEAD, &alg, sizeof(alg.head) + sizeof(alg.key));
}

static void add_state(const xfrm_address_t *from, const xfrm_address_t *to)
{
	struct xfrm_usersa_info *sa = begin(XFRM_MSG_NEWSA, sizeof(*sa));

	sa->saddr = *from;
	sa->id.daddr = *to;
	sa->id.spi = htonl(SPI);
	sa->id.proto = IPPROTO_ESP;
	sa->family = family;
	sa->mode = XFRM_MODE_TUNNEL;
	no_limits(&sa->lft);
	key();
	ask(NETLINK_XFRM, "add an xfrm state");
}

static void add_policy(int dir, const xfrm_address_t *from, const xfrm_address_t *to)
{
	struct xfrm_userpolicy_info *policy = begin(XFRM_MSG_NEWPOLICY, sizeof(*policy));
	struct xfrm_user_tmpl tmpl = {
		.id = { .daddr = *to, .proto = IPPROTO_ESP },
		.saddr = *from,
		.family = family,
		.mode = XFRM_MODE_TUNNEL,
		.aalgos = ~0, .ealgos = ~0, .calgos = ~0,
	};

	select_udp(&policy->sel, from, to);
	policy->dir = dir;
	policy->action = XFRM_POLICY_ALLOW;
	no_limits(&policy->lft);
	attr(XFRMA_TMPL, &tmpl, sizeof(tmpl));
	ask(NETLINK_XFRM, "add an xfrm policy");
}

int main(int argc, char **argv)
{
	union address a, b;

	if (argc != 4) {
		fprintf(stderr, "usage: xfrm NETNS LOCAL REMOTE\n");
		return 2;
	}
	parse_address(&a, argv[2], "0");
	parse_address(&b, argv[3], "0");
	family = a.sa.sa_family;
	bits = family == AF_INET ? 32 : 128;
	to_xfrm(&local, &a);
	to_xfrm(&remote, &b);
	enter_netns(argv[1]);
	add_state(&local, &remote);
	add_state(&remote, &local);
	add_policy(XFRM_POLICY_OUT, &local, &remote);
	add_policy(XFRM_POLICY_IN, &remote, &local);
	return 0;
}
