// SPDX-License-Identifier: GPL-2.0
/*
 * What a user sees of sends that fail, or are held: the result, and what ss -m shows
 * then. Each is a test whose name has the value, so that another value is another test,
 * which the other kernel does not have. KTAP.
 */
#define _GNU_SOURCE
#include "../guest/fault.h"
#include "../guest/ktls.h"

#include <linux/if_tun.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
/* For experiments: nobody answers. */
#define PROTOCOL	253
#define SNDBUF		32768
#define WRITES_MOST	10000

static unsigned int tests;

static void __attribute__((format(printf, 1, 2))) seen(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("ok %u ", ++tests);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

struct way {
	const char *name, *host;
	int type, protocol;
	int tls;
};

static const struct way ways[] = {
	{ "tcp4", "127.0.0.1", SOCK_STREAM },
	{ "tcp6", "::1", SOCK_STREAM },
	{ "mptcp4", "127.0.0.1", SOCK_STREAM, .protocol = IPPROTO_MPTCP },
	{ "mptcp6", "::1", SOCK_STREAM, .protocol = IPPROTO_MPTCP },
	{ "ktls4", "127.0.0.1", SOCK_STREAM, .tls = 1 },
	{ "udp4", "127.0.0.1", SOCK_DGRAM },
	{ "udp6", "::1", SOCK_DGRAM },
	{ "udplite4", "127.0.0.1", SOCK_DGRAM, .protocol = IPPROTO_UDPLITE },
	{ "raw4", "127.0.0.1", SOCK_RAW, .protocol = PROTOCOL },
	{ "raw6", "::1", SOCK_RAW, .protocol = PROTOCOL },
	{ "ping4", "127.0.0.1", SOCK_DGRAM, .protocol = IPPROTO_ICMP },
	{ "ping6", "::1", SOCK_DGRAM, .protocol = IPPROTO_ICMPV6 },
};

/* What is sent stays in the connection, or in the receiver's queue. */
static int peers[2];

static int open_way(const struct way *way)
{
	int bound = way->protocol != IPPROTO_ICMP && way->protocol != IPPROTO_ICMPV6;
	union address at;
	socklen_t len = parse_address(&at, way->host, "0");

	peers[0] = socket(at.sa.sa_family, way->type | SOCK_CLOEXEC, way->protocol);
	if (peers[0] < 0)
		return -1;
	peers[1] = open_socket(&at, way->type, way->protocol);
	set(peers[1], SOL_SOCKET, SO_SNDBUF, SNDBUF, "SO_SNDBUF");
	if (bound)
		check(bind(peers[0], &at.sa, len), "bind");
	if (way->type == SOCK_STREAM)
		check(listen(peers[0], 1), "listen");
	check(getsockname(peers[0], &at.sa, &len), "getsockname");
	check(connect(peers[1], &at.sa, len), "connect");
	if (way->tls)
		ktls_attach(peers[1], TLS_TX);
	return peers[1];
}

static void close_way(void)
{
	close(peers[1]);
	close(peers[0]);
}

static const char *result(ssize_t n)
{
	static char text[32];

	if (n < 0)
		return strerrorname_np(errno);
	snprintf(text, sizeof(text), "%zd bytes", n);
	return text;
}

/* The columns of ss -m that are about sending. */
static void see_memory(const struct way *way, const char *when)
{
	unsigned int mem[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(mem);

	check(getsockopt(peers[1], SOL_SOCKET, SO_MEMINFO, mem, &len), "SO_MEMINFO");
	seen("%s, %s: t%u tb%u f%u w%u o%u", way->name, when,
	     mem[SK_MEMINFO_WMEM_ALLOC], mem[SK_MEMINFO_SNDBUF],
	     mem[SK_MEMINFO_FWD_ALLOC], mem[SK_MEMINFO_WMEM_QUEUED],
	     mem[SK_MEMINFO_OPTMEM]);
}

/* Echo requests have a header that is looked at; the others take these bytes as data. */
static char data[70000] = { 8 };

static void start_data(const struct way *way)
{
	data[0] = way->protocol == IPPROTO_ICMPV6 ? (char)128 : 8;
}

static ssize_t send_some(int fd, size_t len, int flags)
{
	return send(fd, data, len, flags | MSG_DONTWAIT);
}

/* @good bytes that can be read of @len. */
static ssize_t send_faulty(int fd, size_t good, size_t len, int flags)
{
	static char *end;
	struct iovec iov[] = { { data, good }, { NULL, len - good } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	end = end ?: unreadable(sizeof(data));
	iov[1].iov_base = end;
	return sendmsg(fd, &msg, flags | MSG_DONTWAIT);
}

static const struct copy {
	size_t good, len;
} copies[] = {
	{ 0, 0 }, { 1, 1 }, { 64, 64 }, { 1000, 1000 }, { 9000, 9000 }, { 40000, 40000 },
	{ 70000, 70000 }, { 8, 1000 }, { 100, 1000 }, { 5000, 20000 }, { 39000, 40000 },
};

static void see_copies(const struct way *way)
{
	char when[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(copies); i++) {
		const struct copy *c = &copies[i];
		int fd = open_way(way);

		snprintf(when, sizeof(when), "%zu of %zu bytes can be read", c->good, c->len);
		seen("%s, %s: %s", way->name, when,
		     result(send_faulty(fd, c->good, c->len, 0)));
		see_memory(way, when);
		seen("%s, %s: then %s", way->name, when, result(send_some(fd, 500, 0)));
		see_memory(way, when);
		close_way();
	}
}

/* Data that is not sent yet, and a copy behind it that fails. */
static void see_corked(const struct way *way)
{
	int fd = open_way(way);

	seen("%s, corked: %s", way->name, result(send_some(fd, 300, MSG_MORE)));
	see_memory(way, "corked");
	seen("%s, corked, fault: %s", way->name, result(send_faulty(fd, 100, 4000, MSG_MORE)));
	see_memory(way, "corked, fault");
	seen("%s, corked, more: %s", way->name, result(send_some(fd, 3000, MSG_MORE)));
	see_memory(way, "corked, more");
	seen("%s, corked, sent: %s", way->name, result(send_some(fd, 10, 0)));
	see_memory(way, "corked, sent");
	close_way();
}

/* Until there is no more room, or, where the receiver drops, for so many writes. */
static void see_full(const struct way *way, size_t len)
{
	int fd = open_way(way);
	unsigned int writes = 0;
	char when[64];
	ssize_t n = 0;

	while (writes < WRITES_MOST && (n = send_some(fd, len, 0)) == (ssize_t)len)
		writes++;
	snprintf(when, sizeof(when), "writes of %zu", len);
	seen("%s, %s: %u, then %s", way->name, when, writes, result(n));
	see_memory(way, when);
	close_way();
}

#define FAILURES	"/sys/kernel/debug/fail_page_alloc/"

static void put_text(const char *path, const char *text)
{
	int fd = check(open(path, O_WRONLY | O_CLOEXEC), path);

	check(write(fd, text, strlen(text)), path);
	close(fd);
}

/* Each page is refused, to this task while it is starved. */
static int can_starve(void)
{
	if (access("/proc/self/make-it-fail", W_OK))
		return 0;
	put_text(FAILURES "task-filter", "Y");
	put_text(FAILURES "min-order", "0");
	put_text(FAILURES "ignore-gfp-wait", "N");
	put_text(FAILURES "verbose", "0");
	put_text(FAILURES "times", "1000000000");
	put_text(FAILURES "probability", "100");
	return 1;
}

static ssize_t starved(int fd, size_t len)
{
	ssize_t n;

	starve(1);
	n = send_some(fd, len, 0);
	starve(0);
	return n;
}

/* The first send has a page, and the slabs their objects; the task's page is used up. */
static void see_starved(const struct way *way)
{
	static const size_t sizes[] = { 100, 1000, 9000, 40000, 40000, 40000 };
	int fd = open_way(way);

	seen("%s, fed: %s", way->name, result(send_some(fd, 10, 0)));
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		seen("%s, starved: %zu bytes, %s", way->name, sizes[i],
		     result(starved(fd, sizes[i])));
		see_memory(way, "starved");
	}
	seen("%s, fed again: %s", way->name, result(send_some(fd, 10, 0)));
	see_memory(way, "fed again");
	close_way();
}

static void see_way(const struct way *way, int starving)
{
	if (open_way(way) < 0) {
		seen("%s cannot be opened: %s", way->name, strerrorname_np(errno));
		return;
	}
	close_way();
	start_data(way);
	see_copies(way);
	see_corked(way);
	see_full(way, 1000);
	see_full(way, 9000);
	if (starving)
		see_starved(way);
}

static int open_tap(void)
{
	struct ifreq ifr = { .ifr_name = "tap%d", .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = check(open("/dev/net/tun", O_RDWR | O_CLOEXEC), "/dev/net/tun");
	int sock = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	check(ioctl(fd, TUNSETIFF, &ifr), "TUNSETIFF");
	ifr.ifr_flags = IFF_UP;
	check(ioctl(sock, SIOCSIFFLAGS, &ifr), "SIOCSIFFLAGS");
	close(sock);
	return fd;
}

static void see_tap(int starving)
{
	static const struct copy frames[] = {
		{ 0, 64 }, { 10, 64 }, { 14, 64 }, { 64, 64 }, { 100, 1500 }, { 1500, 1500 },
		{ 3000, 9000 }, { 9000, 9000 }, { 70000, 70000 },
	};
	int fd = open_tap();

	for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
		const struct copy *c = &frames[i];
		struct iovec iov[] = { { data, c->good },
				       { unreadable(c->len), c->len - c->good } };

		seen("tap, %zu of %zu bytes can be read: %s", c->good, c->len,
		     result(writev(fd, iov, 2)));
		munmap(iov[1].iov_base, c->len);
	}
	for (unsigned int i = 0; starving && i < 100; i++) {
		starve(1);
		i += !!(write(fd, data, 1400) < 0);
		starve(0);
	}
	close(fd);
}

/* Names and sizes of the sockets: the third line of text on. */
static void see_sizes(void)
{
	FILE *file = fopen("/proc/net/protocols", "r");
	char line[256], name[64];
	unsigned int size;

	if (!file)
		die("/proc/net/protocols");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %u", name, &size) == 2)
			seen("size of a socket of %s: %u bytes", name, size);
	fclose(file);
}

/* The pages that are charged to all sockets, while some hold what nobody reads. */
static void see_sockstat(void)
{
	FILE *file = fopen("/proc/net/sockstat", "r");
	char line[256];

	if (!file)
		die("/proc/net/sockstat");
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		seen("sockstat: %s", line);
	}
	fclose(file);
}

int main(void)
{
	int starving = can_starve();

	printf("KTAP version 1\n");
	put_text("/proc/sys/net/ipv4/ping_group_range", "0 0");
	see_sizes();
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++)
		see_way(&ways[i], starving);
	see_tap(starving);
	open_way(&ways[0]);
	check(send_some(peers[1], 20000, 0), "send");
	see_sockstat();
	printf("1..%u\n", tests);
	return 0;
}
