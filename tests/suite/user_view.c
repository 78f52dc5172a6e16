// SPDX-License-Identifier: GPL-2.0
/*
 * What a user sees of sends that fail, or are held: the result, and what ss -m shows
 * then. Each is a test whose name has the value, so that another value is another test,
 * which the other kernel does not have. KTAP.
 */
#define _GNU_SOURCE
#include "../guest/fault.h"
#include "../guest/ktls.h"
#include "../guest/tap.h"

#include <linux/sock_diag.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/wait.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
/* For experiments: nobody answers. */
#define PROTOCOL	253
#define SNDBUF		32768
#define SNDBUF_LARGE	(4 << 20)
#define WRITES_MOST	10000
#define FRAMES_MOST	200
#define SYNS		8

/* Of all children, one after the other. */
static unsigned int *tests;
/* What each of them tells of: "tcp4, 8 of 1000". */
static char about[96];

static void __attribute__((format(printf, 1, 2))) seen(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("ok %u %s, ", ++*tests, about);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

static const char *result(ssize_t n)
{
	static char text[32];

	if (n < 0)
		return strerrorname_np(errno);
	snprintf(text, sizeof(text), "%zd bytes", n);
	return text;
}

/* @optional: newer kernels no longer have it */
struct way {
	const char *name, *host;
	int type, protocol;
	int tls, optional;
};

static const struct way ways[] = {
	{ "tcp4", "127.0.0.1", SOCK_STREAM },
	{ "tcp6", "::1", SOCK_STREAM },
	{ "mptcp4", "127.0.0.1", SOCK_STREAM, .protocol = IPPROTO_MPTCP },
	{ "mptcp6", "::1", SOCK_STREAM, .protocol = IPPROTO_MPTCP },
	{ "ktls4", "127.0.0.1", SOCK_STREAM, .tls = 1 },
	{ "udp4", "127.0.0.1", SOCK_DGRAM },
	{ "udp6", "::1", SOCK_DGRAM },
	{ "udplite4", "127.0.0.1", SOCK_DGRAM, .protocol = IPPROTO_UDPLITE, .optional = 1 },
	{ "raw4", "127.0.0.1", SOCK_RAW, .protocol = PROTOCOL },
	{ "raw6", "::1", SOCK_RAW, .protocol = PROTOCOL },
	{ "ping4", "127.0.0.1", SOCK_DGRAM, .protocol = IPPROTO_ICMP },
	{ "ping6", "::1", SOCK_DGRAM, .protocol = IPPROTO_ICMPV6 },
};

static int is_echo(const struct way *way)
{
	return way->protocol == IPPROTO_ICMP || way->protocol == IPPROTO_ICMPV6;
}

static int cannot_open(const struct way *way)
{
	union address at;
	int fd;

	parse_address(&at, way->host, "0");
	fd = socket(at.sa.sa_family, way->type, way->protocol);
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* What is sent stays in the connection, or in the receiver's queue. */
static void connect_way(const struct way *way, int from, int to)
{
	union address at;
	socklen_t len = parse_address(&at, way->host, "0");

	if (!is_echo(way))
		check(bind(to, &at.sa, len), "bind");
	if (way->type == SOCK_STREAM)
		check(listen(to, 1), "listen");
	check(getsockname(to, &at.sa, &len), "getsockname");
	check(connect(from, &at.sa, len), "connect");
	if (way->tls)
		ktls_attach(from, TLS_TX);
}

/* @sndbuf: 0 leaves it to the kernel, which then changes it as it likes */
static int open_way(const struct way *way, int sndbuf)
{
	union address at;
	int from, to;

	parse_address(&at, way->host, "0");
	to = open_socket(&at, way->type, way->protocol);
	from = open_socket(&at, way->type, way->protocol);
	if (sndbuf)
		set(from, SOL_SOCKET, SO_SNDBUFFORCE, sndbuf, "SO_SNDBUFFORCE");
	connect_way(way, from, to);
	return from;
}

/* What others do for a send is done when nothing is left to do: the clock skips this. */
static void settle(void)
{
	poll(NULL, 0, 300);
}

/* The columns of ss -m that are about sending. */
static void see_memory(int fd, const char *when)
{
	unsigned int mem[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(mem);

	settle();
	check(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len), "SO_MEMINFO");
	seen("%s: t%u tb%u f%u w%u o%u", when,
	     mem[SK_MEMINFO_WMEM_ALLOC], mem[SK_MEMINFO_SNDBUF],
	     mem[SK_MEMINFO_FWD_ALLOC], mem[SK_MEMINFO_WMEM_QUEUED],
	     mem[SK_MEMINFO_OPTMEM]);
}

static char data[70000];

/* An echo request has a header that is looked at; to the others it is data. */
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
	struct iovec iov[] = {
		{ data, good },
		{ unreadable(sizeof(data)), len - good },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n = sendmsg(fd, &msg, flags | MSG_DONTWAIT);
	int error = errno;

	munmap(iov[1].iov_base, sizeof(data));
	errno = error;
	return n;
}

static const struct copy {
	size_t good, len;
} copies[] = {
	{ 0, 0 }, { 1, 1 }, { 64, 64 }, { 1000, 1000 }, { 9000, 9000 }, { 40000, 40000 },
	{ 70000, 70000 }, { 8, 1000 }, { 100, 1000 }, { 5000, 20000 }, { 39000, 40000 },
};

static void see_copy(const struct way *way, size_t number)
{
	const struct copy *c = &copies[number];
	int fd = open_way(way, SNDBUF);

	seen("%zu of %zu bytes can be read: %s", c->good, c->len,
	     result(send_faulty(fd, c->good, c->len, 0)));
	see_memory(fd, "after it");
	seen("the next: %s", result(send_some(fd, 500, 0)));
	see_memory(fd, "after the next");
}

/* Data that is not sent yet, and a copy behind it that fails. */
static void see_corked(const struct way *way, size_t unused)
{
	int fd = open_way(way, SNDBUF);

	seen("corked: %s", result(send_some(fd, 300, MSG_MORE)));
	see_memory(fd, "after it");
	seen("fault behind it: %s", result(send_faulty(fd, 100, 4000, MSG_MORE)));
	see_memory(fd, "after the fault");
	seen("more: %s", result(send_some(fd, 3000, MSG_MORE)));
	see_memory(fd, "after more");
	seen("sent: %s", result(send_some(fd, 10, 0)));
	see_memory(fd, "when sent");
}

/* Until there is no more room, or, where the receiver drops, for so many writes. */
static void see_full(const struct way *way, size_t len)
{
	int fd = open_way(way, SNDBUF);
	unsigned int writes = 0;
	ssize_t n = 0;

	while (writes < WRITES_MOST && (n = send_some(fd, len, 0)) == (ssize_t)len)
		writes++;
	seen("%u, then %s", writes, result(n));
	see_memory(fd, "when full");
}

#define FAILURES	"/sys/kernel/debug/fail_page_alloc/"

static long number_of(const char *path)
{
	char text[32];

	get_text(path, text, sizeof(text));
	return atol(text);
}

static FILE *open_list(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		die(path);
	return file;
}

/* From the symbol to the next one; or there is none of this name. */
static int find_symbol(const char *name, unsigned long *start, unsigned long *end)
{
	FILE *file = open_list("/proc/kallsyms");
	unsigned long at;
	char line[512], symbol[256];

	for (*start = 0; fgets(line, sizeof(line), file);)
		if (sscanf(line, "%lx %*c %255s", &at, symbol) == 2 && !strcmp(symbol, name))
			*start = at;
	rewind(file);
	for (*end = ULONG_MAX; fgets(line, sizeof(line), file);)
		if (sscanf(line, "%lx", &at) == 1 && at > *start && at < *end)
			*end = at;
	fclose(file);
	return !!*start;
}

static void put_number(const char *path, unsigned long number)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%lx", number);
	put_text(path, text);
}

/* What else a send allocates is there by chance: slabs have room left, or not. */
static void refuse_to_refills(void)
{
	unsigned long start, end;

	errno = ENOENT;
	if (!find_symbol("skb_page_frag_refill", &start, &end) &&
	    !find_symbol("__page_frag_cache_refill", &start, &end))
		die("the refill of the sockets");
	put_number(FAILURES "require-start", start);
	put_number(FAILURES "require-end", end);
}

/* Each such page is refused, to this task while it is starved; unless they are to all. */
static int can_starve(void)
{
	if (number_of(FAILURES "probability"))
		return 0;
	refuse_to_refills();
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

static void some_refused(long had)
{
	errno = ENODATA;
	if (number_of(FAILURES "times") == had)
		die("no page was refused");
}

/* The first has a page; that is used up, and there is no other. */
static void see_starved(const struct way *way, size_t unused)
{
	static const size_t sizes[] = { 100, 1000, 9000, 30000, 30001, 30002 };
	long had = number_of(FAILURES "times");
	int fd = open_way(way, 0);

	seen("fed: %s", result(send_some(fd, 10, 0)));
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		char when[32];

		snprintf(when, sizeof(when), "after %zu", sizes[i]);
		seen("starved: %zu bytes, %s", sizes[i], result(starved(fd, sizes[i])));
		see_memory(fd, when);
	}
	some_refused(had);
	seen("fed again: %s", result(send_some(fd, 10, 0)));
	see_memory(fd, "when fed again");
}

/* A child has a page of its own to send from, at its start. */
static void see(const struct way *way, void (*look)(const struct way *way, size_t number),
		size_t number)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = check(fork(), "fork");
	if (!pid) {
		look(way, number);
		exit(0);
	}
	check(waitpid(pid, &status, 0), "wait");
	if (status)
		exit(1);
	settle();
}

static void see_way(const struct way *way, int starving)
{
	static const size_t writes[] = { 1000, 9000 };

	start_data(way);
	for (unsigned int i = 0; i < ARRAY_SIZE(copies); i++) {
		snprintf(about, sizeof(about), "%s, copy %u", way->name, i + 1);
		see(way, see_copy, i);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(writes); i++) {
		snprintf(about, sizeof(about), "%s, writes of %zu", way->name, writes[i]);
		see(way, see_full, writes[i]);
	}
	snprintf(about, sizeof(about), "%s", way->name);
	see(way, see_corked, 0);
	if (starving)
		see(way, see_starved, 0);
}

static void see_ways(int starving)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		snprintf(about, sizeof(about), "%s", ways[i].name);
		if (ways[i].optional && cannot_open(&ways[i]))
			seen("cannot be opened: %s", strerrorname_np(errno));
		else
			see_way(&ways[i], starving);
	}
}

static void see_tap(const struct way *unused, size_t number)
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

		seen("%zu of %zu bytes can be read: %s", c->good, c->len,
		     result(writev(fd, iov, 2)));
	}
}

/* Of what a page has room for, and then there is none. */
static void see_tap_starved(const struct way *unused, size_t number)
{
	long had = number_of(FAILURES "times");
	unsigned int frames = 0;
	int fd = open_tap();
	ssize_t n;

	/* Or each frame would start the page again. */
	keep_packets();
	check(write(fd, data, 1400), "write a frame");
	starve(1);
	while ((n = write(fd, data, 1400)) == 1400 && frames < FRAMES_MOST)
		frames++;
	starve(0);
	seen("starved: %u frames, then %s", frames, result(n));
	some_refused(had);
	seen("fed again: %s", result(write(fd, data, 1400)));
}

/* Each SYN has all the data, in one segment: the page starts over when nobody uses it. */
static void see_syn(const union address *at, socklen_t len, int listener, unsigned int turn)
{
	int fd = open_socket(at, SOCK_STREAM, 0), other;
	unsigned long had = segments();
	ssize_t n = sendto(fd, data, 9000, MSG_FASTOPEN, &at->sa, len);

	seen("SYN %u: %s", turn, result(n));
	other = check(accept(listener, NULL, NULL), "accept");
	settle();
	seen("SYN %u: %lu segments with data", turn, segments() - had);
	see_memory(fd, "after it");
	close(fd);
	close(other);
	settle();
}

static void see_fastopen(const struct way *way, size_t unused)
{
	union address at;
	socklen_t len = parse_address(&at, way->host, "0");
	int listener = open_socket(&at, SOCK_STREAM, 0);

	set(listener, IPPROTO_TCP, TCP_FASTOPEN, 16, "TCP_FASTOPEN");
	check(bind(listener, &at.sa, len), "bind");
	check(listen(listener, 16), "listen");
	check(getsockname(listener, &at.sa, &len), "getsockname");
	for (unsigned int i = 0; i < SYNS; i++)
		see_syn(&at, len, listener, i + 1);
}

/* Names and sizes of the sockets, below a line that names the columns. */
static void see_sizes(void)
{
	FILE *file = open_list("/proc/net/protocols");
	char line[256], name[64];
	unsigned int size;

	snprintf(about, sizeof(about), "size of a socket");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %u", name, &size) == 2)
			seen("%s: %u bytes", name, size);
	fclose(file);
}

/* Megabytes that nobody reads: what is charged to all sockets is not in reserves alone. */
static void see_charged(const struct way *way, size_t unused)
{
	FILE *file = open_list("/proc/net/sockstat");
	int fd = open_way(way, SNDBUF_LARGE);
	char line[256], *mem;

	while (send_some(fd, 30000, 0) > 0)
		;
	see_memory(fd, "megabytes unread");
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		mem = strstr(line, " mem ");
		if (mem && !strncmp(line, "TCP:", 4))
			seen("sockstat: TCP:%s", mem);
	}
	fclose(file);
}

static void look_around(int starving)
{
	see_sizes();
	see_ways(starving);
	snprintf(about, sizeof(about), "tap");
	see(NULL, see_tap, 0);
	if (starving)
		see(NULL, see_tap_starved, 0);
	snprintf(about, sizeof(about), "fastopen4");
	see(&ways[0], see_fastopen, 0);
	snprintf(about, sizeof(about), "tcp4");
	see(&ways[0], see_charged, 0);
}

int main(void)
{
	tests = mmap(NULL, sizeof(*tests), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tests == MAP_FAILED)
		die("mmap");
	put_text("/proc/sys/net/ipv4/ping_group_range", "0 0");
	/* With data of the SYN on both sides, and without a cookie. */
	put_text("/proc/sys/net/ipv4/tcp_fastopen", "519");
	printf("KTAP version 1\n");
	look_around(can_starve());
	printf("1..%u\n", *tests);
	return 0;
}
