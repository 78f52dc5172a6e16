/* SPDX-License-Identifier: GPL-2.0 */
/* A request of netlink, put together in one buffer, and its answer. */
#ifndef NETLINK_H
#define NETLINK_H

#include "guest.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

static struct {
	struct nlmsghdr head;
	char body[1024];
} msg;

static inline void *begin(unsigned short type, size_t len)
{
	memset(&msg, 0, sizeof(msg));
	msg.head.nlmsg_len = NLMSG_LENGTH(len);
	msg.head.nlmsg_type = type;
	msg.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL |
			       NLM_F_ACK;
	return NLMSG_DATA(&msg.head);
}

static inline struct rtattr *attr(unsigned short type, const void *data, size_t len)
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
static inline void close_nest(struct rtattr *nest)
{
	nest->rta_len = (void *)&msg + msg.head.nlmsg_len - (void *)nest;
}

static inline void ask(int family, const char *what)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[1024];
	} reply;
	int fd = check(socket(AF_NETLINK, SOCK_RAW, family), "netlink");

	check(send(fd, &msg, msg.head.nlmsg_len, 0), what);
	check(recv(fd, &reply, sizeof(reply), 0), what);
	errno = -reply.error.error;
	check(reply.error.error, what);
	close(fd);
}

#endif /* NETLINK_H */
