// SPDX-License-Identifier: GPL-2.0
/*
 * veth NETNS NAME PEER-NETNS PEER-NAME: a pair of veth devices, one each.
 *
 * busybox ip cannot make them.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

static struct {
	struct nlmsghdr head;
	struct ifinfomsg info;
	char attrs[512];
} msg;

static struct rtattr *attr(unsigned short type, const void *data, size_t len)
{
	struct rtattr *a = (void *)&msg + NLMSG_ALIGN(msg.head.nlmsg_len);

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	msg.head.nlmsg_len = NLMSG_ALIGN(msg.head.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

/* @nest holds everything that was added since. */
static void close_nest(struct rtattr *nest)
{
	nest->rta_len = (void *)&msg + msg.head.nlmsg_len - (void *)nest;
}

static void name_and_netns(const char *name, const char *netns)
{
	int fd = check(open(netns, O_RDONLY), netns);

	attr(IFLA_IFNAME, name, strlen(name) + 1);
	attr(IFLA_NET_NS_FD, &fd, sizeof(fd));
}

static void build(char **argv)
{
	struct ifinfomsg none = {};
	struct rtattr *link, *data, *peer;

	msg.head.nlmsg_len = NLMSG_LENGTH(sizeof(msg.info));
	msg.head.nlmsg_type = RTM_NEWLINK;
	msg.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL |
			       NLM_F_ACK;
	name_and_netns(argv[2], argv[1]);
	link = attr(IFLA_LINKINFO, NULL, 0);
	attr(IFLA_INFO_KIND, "veth", strlen("veth"));
	data = attr(IFLA_INFO_DATA, NULL, 0);
	peer = attr(VETH_INFO_PEER, &none, sizeof(none));
	name_and_netns(argv[4], argv[3]);
	close_nest(peer);
	close_nest(data);
	close_nest(link);
}

int main(int argc, char **argv)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[1024];
	} reply;
	int fd;

	if (argc != 5) {
		fprintf(stderr, "usage: veth NETNS NAME PEER-NETNS PEER-NAME\n");
		return 2;
	}
	build(argv);
	fd = check(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
	check(send(fd, &msg, msg.head.nlmsg_len, 0), "ask for veth");
	check(recv(fd, &reply, sizeof(reply), 0), "answer about veth");
	errno = -reply.error.error;
	check(reply.error.error, "create veth");
	return 0;
}
