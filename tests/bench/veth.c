// SPDX-License-Identifier: GPL-2.0
/* A veth to another namespace, made by what user space would send. */
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/syscalls.h>
#include <linux/veth.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "net.h"

#define BENCH_VETH_SELF	0xc0a84d01	/* 192.168.77.1 */

struct net *bench_veth_net;

/* The end here is veth1; pid 1 is the one that boots, in the first namespace. */
static int bench_veth_put(struct sk_buff *skb)
{
	struct nlattr *info, *data, *peer;
	struct ifinfomsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, 0, 1, RTM_NEWLINK, sizeof(*ifm),
			NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	memset(nlmsg_data(nlh), 0, sizeof(*ifm));
	nla_put_string(skb, IFLA_IFNAME, "veth0");
	info = nla_nest_start_noflag(skb, IFLA_LINKINFO);
	nla_put_string(skb, IFLA_INFO_KIND, "veth");
	data = nla_nest_start_noflag(skb, IFLA_INFO_DATA);
	peer = nla_nest_start_noflag(skb, VETH_INFO_PEER);
	ifm = skb_put_zero(skb, sizeof(*ifm));
	nla_put_string(skb, IFLA_IFNAME, "veth1");
	nla_put_u32(skb, IFLA_NET_NS_PID, 1);
	nla_nest_end(skb, peer);
	nla_nest_end(skb, data);
	nla_nest_end(skb, info);
	nlmsg_end(skb, nlh);
	return nlh->nlmsg_len;
}

/* The answer is an error, which may be 0. */
static int bench_netlink_answer(struct socket *sock)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char request[512];
	} answer;
	struct kvec vec = { .iov_base = &answer, .iov_len = sizeof(answer) };
	struct msghdr msg = {};
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(answer), 0);

	if (ret < (int)(sizeof(answer.nlh) + sizeof(int)))
		return ret < 0 ? ret : -EPROTO;
	return answer.nlh.nlmsg_type == NLMSG_ERROR ? answer.err.error : -EPROTO;
}

/* With an address: the rights are the task's then, as the socket has no file. */
static int bench_netlink(struct net *net, void *request, int len)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &addr, .msg_namelen = sizeof(addr) };
	struct kvec vec = { .iov_base = request, .iov_len = len };
	struct socket *sock;
	int err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
				   &sock);

	if (err)
		return err;
	sock->sk->sk_rcvtimeo = BENCH_WAIT;
	err = kernel_sendmsg(sock, &msg, &vec, 1, len);
	if (err == len)
		err = bench_netlink_answer(sock);
	sock_release(sock);
	return err;
}

static int bench_veth_up(struct net *net, const char *name, u32 addr)
{
	struct ifreq ifr = {};
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;
	int err;

	strscpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(addr);
	err = devinet_ioctl(net, SIOCSIFADDR, &ifr);
	if (err)
		return err;
	memset(&ifr.ifr_addr, 0, sizeof(ifr.ifr_addr));
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	return devinet_ioctl(net, SIOCSIFFLAGS, &ifr);
}

static int bench_veth_create(struct net *net)
{
	struct sk_buff *skb = nlmsg_new(1024, GFP_KERNEL);
	int err;

	if (!skb)
		return -ENOMEM;
	bench_veth_put(skb);
	err = bench_netlink(net, skb->data, skb->len);
	kfree_skb(skb);
	if (!err)
		err = bench_veth_up(net, "veth0", BENCH_VETH_ADDR);
	if (!err)
		err = bench_veth_up(&init_net, "veth1", BENCH_VETH_SELF);
	return err;
}

/* The namespace is a thread's own, and stays when it goes. */
static int bench_veth_make(void)
{
	int err = ksys_unshare(CLONE_NEWNET);

	if (err)
		return err;
	bench_veth_net = get_net(current->nsproxy->net_ns);
	return bench_veth_create(bench_veth_net);
}

int bench_veth_init(void)
{
	return bench_in_thread(bench_veth_make, "veth");
}
