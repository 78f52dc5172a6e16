// SPDX-License-Identifier: GPL-2.0
/*
 * ematch NETNS NAME: of IPv4, the interface lets out only what a socket sends that
 * has used some of its own page of fragments: meta(sk_sendmsg_off gt 0).
 *
 * busybox has no tc.
 */
#define _GNU_SOURCE
#include "netlink.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_ematch/tc_em_meta.h>
#include <net/if.h>

#define INT(id)	((TCF_META_TYPE_INT << 12) | (id))

static int ifindex;

static void add_qdisc(void)
{
	struct tcmsg *tc = begin(RTM_NEWQDISC, sizeof(*tc));

	tc->tcm_ifindex = ifindex;
	tc->tcm_parent = TC_H_CLSACT;
	tc->tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	attr(TCA_KIND, "clsact", sizeof("clsact"));
	ask(NETLINK_ROUTE, "create clsact");
}

/* The filters are asked in the order of @prio. */
static struct rtattr *begin_filter(unsigned int prio)
{
	struct tcmsg *tc = begin(RTM_NEWTFILTER, sizeof(*tc));

	tc->tcm_ifindex = ifindex;
	tc->tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	tc->tcm_info = TC_H_MAKE(prio << 16, htons(ETH_P_IP));
	attr(TCA_KIND, "basic", sizeof("basic"));
	return attr(TCA_OPTIONS, NULL, 0);
}

static void add_filter(struct rtattr *options)
{
	close_nest(options);
	ask(NETLINK_ROUTE, "create filter");
}

/* The match is one attribute: a header, and behind it attributes of its own. */
static void match_offset(void)
{
	struct tcf_meta_hdr meta = {
		.left = { .kind = INT(TCF_META_ID_SK_SENDMSG_OFF), .op = TCF_EM_OPND_GT },
		.right = { .kind = INT(TCF_META_ID_VALUE) },
	};
	struct tcf_ematch_hdr head = { .kind = TCF_EM_META };
	struct rtattr *match = attr(1, &head, sizeof(head));
	unsigned int zero = 0;

	attr(TCA_EM_META_HDR, &meta, sizeof(meta));
	attr(TCA_EM_META_RVALUE, &zero, sizeof(zero));
	close_nest(match);
}

static void pass_matched(void)
{
	struct tcf_ematch_tree_hdr head = { .nmatches = 1 };
	struct rtattr *options = begin_filter(1), *tree, *list;

	tree = attr(TCA_BASIC_EMATCHES, NULL, 0);
	attr(TCA_EMATCH_TREE_HDR, &head, sizeof(head));
	list = attr(TCA_EMATCH_TREE_LIST, NULL, 0);
	match_offset();
	close_nest(list);
	close_nest(tree);
	add_filter(options);
}

static void drop_the_rest(void)
{
	struct tc_gact parms = { .action = TC_ACT_SHOT };
	struct rtattr *options = begin_filter(2), *actions, *action, *gact;

	actions = attr(TCA_BASIC_ACT, NULL, 0);
	action = attr(1, NULL, 0);
	attr(TCA_ACT_KIND, "gact", sizeof("gact"));
	gact = attr(TCA_ACT_OPTIONS, NULL, 0);
	attr(TCA_GACT_PARMS, &parms, sizeof(parms));
	close_nest(gact);
	close_nest(action);
	close_nest(actions);
	add_filter(options);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: ematch NETNS NAME\n");
		return 2;
	}
	enter_netns(argv[1]);
	ifindex = check((int)if_nametoindex(argv[2]) ?: -1, argv[2]);
	add_qdisc();
	pass_matched();
	drop_the_rest();
	return 0;
}
