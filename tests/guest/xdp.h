/* SPDX-License-Identifier: GPL-2.0 */
/* XDP programs of a few instructions, and how a device gets one. */
#ifndef XDP_H
#define XDP_H

#include "netlink.h"

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sys/syscall.h>

static inline int load_xdp(const struct bpf_insn *insns, unsigned int count)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (unsigned long)insns,
		.insn_cnt = count,
		.license = (unsigned long)"GPL",
	};

	return check(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)), "bpf");
}

static inline int load_action(int action)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = action },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load_xdp(insns, ARRAY_SIZE(insns));
}

static inline int load_redirect(unsigned int ifindex)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = ifindex },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load_xdp(insns, ARRAY_SIZE(insns));
}

/* In the driver, not in the generic code, which would copy. */
static inline void attach(const char *dev, int prog)
{
	struct ifinfomsg *info = begin(RTM_NEWLINK, sizeof(*info));
	unsigned int flags = XDP_FLAGS_DRV_MODE;
	struct rtattr *nest;

	msg.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	info->ifi_index = if_nametoindex(dev);
	nest = attr(IFLA_XDP | NLA_F_NESTED, NULL, 0);
	attr(IFLA_XDP_FD, &prog, sizeof(prog));
	attr(IFLA_XDP_FLAGS, &flags, sizeof(flags));
	close_nest(nest);
	ask(NETLINK_ROUTE, "attach an XDP program");
	close(prog);
}

#endif /* XDP_H */
