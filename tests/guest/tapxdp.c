// SPDX-License-Identifier: GPL-2.0
/*
 * tapxdp tx|redirect FILE COPY: a file in frames that are written into a tap
 * device, whose XDP program sends each back, or out of a second device.
 *
 * In between come frames that a program drops, or redirects to a device that is not there.
 */
#define _GNU_SOURCE
#include "xdp.h"

#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>

#define PART	1400
/* So many frames, then as many that are dropped, and as many that are redirected. */
#define TURN	100
/* No device has this index. */
#define NOBODY	99999

static char frame[ETH_HLEN + PART], back[ETH_HLEN + PART];

static int open_tap(const char *name)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = check(open("/dev/net/tun", O_RDWR | O_NONBLOCK), "/dev/net/tun");
	int any = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");

	snprintf(req.ifr_name, IFNAMSIZ, "%s", name);
	check(ioctl(fd, TUNSETIFF, &req), "TUNSETIFF");
	req.ifr_flags = IFF_UP;
	check(ioctl(any, SIOCSIFFLAGS, &req), "SIOCSIFFLAGS");
	close(any);
	return fd;
}

/* The frames of others, such as what IPv6 asks, are not ours. */
static void await_frame(int fd, size_t len)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	do {
		errno = ETIMEDOUT;
		check(poll(&poller, 1, GIVE_UP_SECONDS * 1000) - 1, "a frame was lost");
	} while (read(fd, back, sizeof(back)) != (ssize_t)len ||
		 memcmp(back, frame, ETH_HLEN));
}

static void drop(int fd, int drop_prog)
{
	attach("t0", dup(drop_prog));
	for (int i = 0; i < TURN; i++)
		if (write(fd, frame, sizeof(frame)) != sizeof(frame))
			die("write a frame to drop");
}

static void move(int tx, int rx, int prog, int in, int out)
{
	int drop_prog = load_action(XDP_DROP), nowhere = load_redirect(NOBODY);
	unsigned int count = 0;
	ssize_t n;

	memset(frame, 2, ETH_HLEN);
	attach("t0", dup(prog));
	while ((n = check(read(in, frame + ETH_HLEN, PART), "read"))) {
		if (write(tx, frame, ETH_HLEN + n) != ETH_HLEN + n)
			die("write a frame");
		await_frame(rx, ETH_HLEN + n);
		write_all(out, back + ETH_HLEN, n);
		if (++count % TURN)
			continue;
		drop(tx, drop_prog);
		drop(tx, nowhere);
		attach("t0", dup(prog));
	}
}

int main(int argc, char **argv)
{
	int in, out, tx, rx, prog;

	if (argc != 4) {
		fprintf(stderr, "usage: tapxdp tx|redirect FILE COPY\n");
		return 2;
	}
	in = check(open(argv[2], O_RDONLY), argv[2]);
	out = create(argv[3]);
	tx = open_tap("t0");
	rx = open_tap("t1");
	if (strcmp(argv[1], "redirect")) {
		rx = tx;
		prog = load_action(XDP_TX);
	} else {
		prog = load_redirect(if_nametoindex("t1"));
	}
	move(tx, rx, prog, in, out);
	return 0;
}
