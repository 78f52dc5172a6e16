// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions of a write and of what takes it, from user space and back, where the
 * emulator's clock counts instructions: the time stamp counter then does. By turns, in one
 * task, so that nothing depends on who runs when.
 *
 * Prints lines: icount ROW OPERATIONS TICKS
 */
#define _GNU_SOURCE
#include "guest.h"
#include "ktls.h"
#include "tap.h"

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <termios.h>
#include <x86intrin.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
/* For experiments: nobody answers. */
#define PROTOCOL	253
#define SIZE_MAX_WRITE	65536
#define WARM		200
#define OPERATIONS	1000
#define REPEATS		5
#define FLOWS		8
/* Where the two ends of the veth pair are, see icount-init. */
#define HERE		"/proc/1/ns/net"
#define SENDER		"/run/a"
#define RECEIVER	"/run/b"
#define RECEIVER_AT	"10.1.0.2"

static char data[SIZE_MAX_WRITE], taken[SIZE_MAX_WRITE];

/* @from: what is written to; @to: what it is read from, or -1; @more: bytes added on the way */
struct path {
	int from, to;
	size_t more;
};

static int open_in(const char *netns, const union address *at, int protocol)
{
	int fd;

	enter_netns(netns);
	fd = open_socket(at, SOCK_STREAM, protocol);
	enter_netns(HERE);
	return fd;
}

static struct path stream_between(const char *sender, const char *receiver, const char *host, int protocol)
{
	union address at;
	socklen_t len = parse_address(&at, host, "0");
	int listener = open_in(receiver, &at, protocol);
	struct path path = { .from = open_in(sender, &at, protocol) };

	check(bind(listener, &at.sa, len), "bind");
	check(listen(listener, 1), "listen");
	check(getsockname(listener, &at.sa, &len), "getsockname");
	check(connect(path.from, &at.sa, len), "connect");
	path.to = check(accept(listener, NULL, NULL), "accept");
	close(listener);
	if (protocol == IPPROTO_TCP)
		set(path.from, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
	return path;
}

static struct path stream(const char *host, int protocol)
{
	return stream_between(HERE, HERE, host, protocol);
}

static struct path tcp4(void)
{
	return stream("127.0.0.1", IPPROTO_TCP);
}

static struct path tcp6(void)
{
	return stream("::1", IPPROTO_TCP);
}

static struct path veth4(void)
{
	return stream_between(SENDER, RECEIVER, RECEIVER_AT, IPPROTO_TCP);
}

static struct path flows[FLOWS];

/* The first is closed by who asked for it, and the others by the next to ask. */
static struct path open_flows(struct path (*open)(void))
{
	for (unsigned int i = 0; i < FLOWS; i++) {
		if (i && flows[i].from) {
			close(flows[i].from);
			close(flows[i].to);
		}
		flows[i] = open();
	}
	return flows[0];
}

static struct path tcp4_flows(void)
{
	return open_flows(tcp4);
}

static struct path veth4_flows(void)
{
	return open_flows(veth4);
}

static struct path mptcp4(void)
{
	return stream("127.0.0.1", IPPROTO_MPTCP);
}

/* Nobody decrypts: head, the explicit part of the nonce, tag. */
static struct path ktls4(void)
{
	struct path path = tcp4();

	ktls_attach(path.from, TLS_TX);
	path.more = 5 + 8 + 16;
	return path;
}

static struct path datagram(const char *host, int type, int protocol)
{
	union address at;
	socklen_t len = parse_address(&at, host, "0");
	struct path path = {
		.from = open_socket(&at, type, protocol),
		.to = open_socket(&at, type, protocol),
	};

	check(bind(path.to, &at.sa, len), "bind");
	check(getsockname(path.to, &at.sa, &len), "getsockname");
	check(connect(path.from, &at.sa, len), "connect");
	return path;
}

static struct path udp4(void)
{
	return datagram("127.0.0.1", SOCK_DGRAM, 0);
}

static struct path udp6(void)
{
	return datagram("::1", SOCK_DGRAM, 0);
}

/* It comes with the header of IPv4. */
static struct path raw4(void)
{
	struct path path = datagram("127.0.0.1", SOCK_RAW, PROTOCOL);

	path.more = 20;
	return path;
}

static struct path unix_stream(void)
{
	int ends[2];

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	return (struct path) { .from = ends[0], .to = ends[1] };
}

/* Frames of a type that nobody wants, dropped where they are received. */
static struct path tap(void)
{
	/* Of a local experiment. */
	data[12] = (char)0x88;
	data[13] = (char)0xb5;
	return (struct path) { .from = open_tap(), .to = -1 };
}

static void take(const struct path *path, size_t len)
{
	while (len) {
		ssize_t n = check(read(path->to, taken, len), "read");

		errno = EPIPE;
		if (!n)
			die("read");
		len -= n;
	}
}

static void pass(const struct path *path, size_t size)
{
	write_all(path->from, data, size);
	if (path->to >= 0)
		take(path, size + path->more);
}

/* Each flow in its turn. */
static void pass_next(const struct path *path, size_t size)
{
	static unsigned int turn;

	pass(&flows[turn++ % FLOWS], size);
}

/* Request and response: the way back is another socket's. */
static void pass_both(const struct path *path, size_t size)
{
	struct path back = { .from = path->to, .to = path->from };

	pass(path, size);
	pass(&back, size);
}

/* What is spliced out of the receiver goes to a pipe, and from there nowhere. */
static void splice_pass(const struct path *path, size_t size)
{
	static int ends[2], nowhere = -1;
	size_t left;
	ssize_t n;

	if (nowhere < 0) {
		check(pipe2(ends, O_CLOEXEC), "pipe");
		nowhere = check(open("/dev/null", O_WRONLY | O_CLOEXEC), "/dev/null");
	}
	write_all(path->from, data, size);
	for (left = size; left; left -= n) {
		n = check(splice(path->to, NULL, ends[1], NULL, left, 0), "splice in");
		check(splice(ends[0], NULL, nowhere, NULL, n, 0), "splice out");
	}
}

static const struct row {
	const char *name;
	struct path (*open)(void);
	void (*pass)(const struct path *path, size_t size);
	size_t sizes[5];
} rows[] = {
	{ "tcp4", tcp4, pass, { 64, 1024, 4096, 16384, 65536 } },
	{ "tcp4-x8", tcp4_flows, pass_next, { 64, 1024, 16384, 65536 } },
	{ "tcp4-rr", tcp4, pass_both, { 64, 1024, 16384, 65536 } },
	{ "tcp6", tcp6, pass, { 64, 16384 } },
	{ "veth4", veth4, pass, { 64, 1024, 16384, 65536 } },
	{ "veth4-x8", veth4_flows, pass_next, { 64, 1024, 16384, 65536 } },
	{ "veth4-rr", veth4, pass_both, { 64, 1024, 16384, 65536 } },
	{ "udp4", udp4, pass, { 64, 1400, 32768, 60000 } },
	{ "udp6", udp6, pass, { 64, 1400, 32768, 60000 } },
	{ "raw4", raw4, pass, { 1400, 32768 } },
	{ "mptcp4", mptcp4, pass, { 64, 1024, 16384, 65536 } },
	{ "ktls4", ktls4, pass, { 64, 1024, 16384 } },
	{ "unix-splice", unix_stream, splice_pass, { 64, 1024, 16384 } },
	{ "tap", tap, pass, { 64, 1400 } },
};

/* How often this task had to wait: the clock skips that, and the counter with it. */
static long waits(void)
{
	struct rusage usage;

	check(getrusage(RUSAGE_SELF, &usage), "getrusage");
	return usage.ru_nvcsw;
}

static unsigned long long ticks(const struct row *row, const struct path *path, size_t size)
{
	unsigned long long start = __rdtsc(), end;
	long waited = waits();

	for (unsigned int i = 0; i < OPERATIONS; i++)
		row->pass(path, size);
	end = __rdtsc();
	errno = EBUSY;
	if (waits() != waited)
		die(row->name);
	return end - start;
}

/* What is printed is sent after all has been counted. */
static void run(const struct row *row, size_t size)
{
	unsigned long long counted[REPEATS];
	struct path path = row->open();

	for (unsigned int i = 0; i < WARM; i++)
		row->pass(&path, size);
	for (unsigned int i = 0; i < REPEATS; i++)
		counted[i] = ticks(row, &path, size);
	for (unsigned int i = 0; i < REPEATS; i++)
		printf("icount %s/%zu %u %llu\n", row->name, size, OPERATIONS, counted[i]);
	tcdrain(STDOUT_FILENO);
	close(path.from);
	if (path.to >= 0)
		close(path.to);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(rows[i].sizes) && rows[i].sizes[j]; j++)
			run(&rows[i], rows[i].sizes[j]);
	puts("icount end");
	return 0;
}
