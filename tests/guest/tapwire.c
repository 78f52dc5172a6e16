// SPDX-License-Identifier: GPL-2.0
/*
 * tapwire MODE NETNS NAME PEER-NETNS PEER-NAME [FAULTS [REFUSED]]: a wire of two
 * tun/tap devices.
 *
 * Every packet that one device sends is written into the other, so that what
 * sockets exchange over the wire passes tun's receive path as MODE has it:
 *
 * tun    no Ethernet header, written blocking
 * tap    Ethernet, written blocking (skb with its data in allocated pages)
 * build  Ethernet, not blocking (skb built around a fragment)
 * napi   Ethernet, through the device's NAPI context
 * frags  Ethernet, NAPI, and each segment of the write a fragment of its own
 *
 * FAULTS writes into each end fail in the copy before the first that does not. Pages may
 * be refused to the others if a file REFUSED is given, which has how many were.
 * Prints the process that keeps the wire up; killing it removes the devices.
 */
#define _GNU_SOURCE
#include "fault.h"

#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>

/* All headers have to be in the first segment. */
#define HEADERS		128
#define SEGMENT		500
#define MAX_SEGMENTS	8
#define FRAME		1514

struct mode {
	const char *name;
	short tun_flags;
	int open_flags;
	int segmented;
};

static const struct mode modes[] = {
	{ "tun",   IFF_TUN | IFF_NO_PI, 0, 0 },
	{ "tap",   IFF_TAP | IFF_NO_PI, 0, 0 },
	{ "build", IFF_TAP | IFF_NO_PI, O_NONBLOCK, 0 },
	{ "napi",  IFF_TAP | IFF_NO_PI | IFF_NAPI, 0, 0 },
	{ "frags", IFF_TAP | IFF_NO_PI | IFF_NAPI | IFF_NAPI_FRAGS, 0, 1 },
};

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	errno = EINVAL;
	die(name);
	return NULL;
}

static int open_end(const struct mode *mode, const char *netns, const char *name)
{
	struct ifreq req = { .ifr_flags = mode->tun_flags };
	int fd;

	enter_netns(netns);
	fd = check(open("/dev/net/tun", O_RDWR | mode->open_flags), "/dev/net/tun");
	snprintf(req.ifr_name, IFNAMSIZ, "%s", name);
	check(ioctl(fd, TUNSETIFF, &req), "TUNSETIFF");
	return fd;
}

static int split(struct iovec *iov, char *packet, size_t len, int segmented)
{
	size_t size = segmented ? HEADERS : len;
	int n = 0;

	while (len) {
		if (size > len || n == MAX_SEGMENTS - 1)
			size = len;
		iov[n++] = (struct iovec){ packet, size };
		packet += size;
		len -= size;
		size = SEGMENT;
	}
	return n;
}

/* Where the count of writes goes that were refused pages; -1 if none may be. */
static int refused = -1;

static void tell_refused(unsigned int count)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u\n", count);

	check(pwrite(refused, text, len, 0), "tell what was refused");
}

static ssize_t write_starved(int to, const struct iovec *iov, int n)
{
	ssize_t written;

	starve(1);
	written = writev(to, iov, n);
	starve(0);
	return written;
}

/* Again, if it was refused pages. */
static ssize_t write_packet(int to, const struct iovec *iov, int n)
{
	static unsigned int count;
	unsigned int in_a_row = 0;
	ssize_t written;

	if (refused < 0)
		return writev(to, iov, n);
	while ((written = write_starved(to, iov, n)) < 0 && is_refusal(errno)) {
		tell_refused(++count);
		if (++in_a_row > REFUSED_MOST)
			break;
	}
	return written;
}

/* A device that is down takes nothing (EIO); a real wire drops that too. */
static void forward(const struct mode *mode, int from, int to)
{
	struct iovec iov[MAX_SEGMENTS];
	static char packet[65536];
	ssize_t len = read(from, packet, sizeof(packet));
	int n;

	if (len < 0 && (errno == EAGAIN || errno == EIO))
		return;
	n = split(iov, packet, check(len, "read packet"), mode->segmented);
	if (write_packet(to, iov, n) < 0 && errno != EIO)
		die("write packet");
}

static void run(const struct mode *mode, int a, int b)
{
	struct pollfd ends[] = {
		{ .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN },
	};

	for (;;) {
		check(poll(ends, 2, -1), "poll");
		if (ends[0].revents)
			forward(mode, a, b);
		if (ends[1].revents)
			forward(mode, b, a);
	}
}

int main(int argc, char **argv)
{
	const struct mode *mode;
	int a, b;
	pid_t pid;

	if (argc < 6 || argc > 8) {
		fprintf(stderr, "usage: tapwire MODE NETNS NAME PEER-NETNS PEER-NAME %s\n",
			"[FAULTS [REFUSED]]");
		return 2;
	}
	mode = find_mode(argv[1]);
	if (argc == 8) {
		refused = create(argv[7]);
		tell_refused(0);
	}
	a = open_end(mode, argv[2], argv[3]);
	b = open_end(mode, argv[4], argv[5]);
	pid = check(fork(), "fork");
	if (pid) {
		printf("%d\n", pid);
		return 0;
	}
	/* Whoever captured the process number waits for the end of stdout. */
	close(STDOUT_FILENO);
	if (argc > 6) {
		fail_writes(a, atoi(argv[6]), FRAME, "no frame", 0);
		fail_writes(b, atoi(argv[6]), FRAME, "no frame", 0);
	}
	run(mode, a, b);
	return 0;
}
