// SPDX-License-Identifier: GPL-2.0
/*
 * veth NETNS NAME PEER-NETNS PEER-NAME: a pair of veth devices, one each.
 *
 * busybox ip cannot make them.
 */
#define _GNU_SOURCE
#include "netlink.h"

#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>

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

	begin(RTM_NEWLINK, sizeof(none));
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
	if (argc != 5) {
		fprintf(stderr, "usage: veth NETNS NAME PEER-NETNS PEER-NAME\n");
		return 2;
	}
	build(argv);
	ask(NETLINK_ROUTE, "create veth");
	return 0;
}
