/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tap device of its own, that is up. An skb is built in a page fragment for who does
 * not wait.
 */
#ifndef TAP_H
#define TAP_H

#include "guest.h"

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

static inline int open_tap(void)
{
	struct ifreq ifr = { .ifr_name = "tap%d", .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = check(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun");
	int sock = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	check(ioctl(fd, TUNSETIFF, &ifr), "TUNSETIFF");
	ifr.ifr_flags = IFF_UP;
	check(ioctl(sock, SIOCSIFFLAGS, &ifr), "SIOCSIFFLAGS");
	close(sock);
	return fd;
}

#endif /* TAP_H */
