// SPDX-License-Identifier: GPL-2.0
/*
 * storm WHAT COUNT: many short lives, each of which sends, and what arrives is
 * compared.
 *
 * fork    children that send once and exit; the parent sends in between
 * exec    the same, with a program started anew
 * accept  connections that are accepted, used in both directions and closed
 * pressed the same beside one that holds much that nobody reads
 * again   one socket: connected, disconnected, listening, connected, ...
 * owned   the same, with a page of its own instead of its task's
 * denied  a listening socket with a page of its own, whose clones may not be
 * splice  AF_UNIX to TCP and back through pipes, some closed while they are full
 *
 * storm send SEED is what exec starts.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/wait.h>

#define DATAGRAM	20000
#define STREAM_MAX	9000
/* A processor counts a MiB before it tells the others. */
#define HELD		(16 << 20)
#define SELF		"/proc/self/exe"
#define SOCKPAGE	"/sys/module/sockpage/parameters/"
#define OPTIONS		"/proc/sys/net/core/optmem_max"

static char buf[DATAGRAM], want[DATAGRAM];

static void fill(char *to, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++)
		to[i] = seed + i * 7 + (i >> 8);
}

static void send_filled(int fd, size_t len, unsigned int seed)
{
	fill(buf, len, seed);
	write_all(fd, buf, len);
}

static void expect(int fd, size_t len, unsigned int seed)
{
	fill(want, len, seed);
	if (check(recv(fd, buf, len, MSG_WAITALL), "receive") == (ssize_t)len &&
	    !memcmp(buf, want, len))
		return;
	fprintf(stderr, "what arrived is not what was sent, seed %u\n", seed);
	exit(1);
}

static int bound(int type, const char *port)
{
	union address at;
	socklen_t len = parse_address(&at, "127.0.0.1", port);
	int fd = open_socket(&at, type, 0);

	check(bind(fd, &at.sa, len), "bind");
	return fd;
}

static int listener(const char *port)
{
	int fd = bound(SOCK_STREAM, port);

	check(listen(fd, 1), "listen");
	return fd;
}

static void join(int fd, const char *port)
{
	union address at;
	socklen_t len = parse_address(&at, "127.0.0.1", port);

	check(connect(fd, &at.sa, len), "connect");
}

static int connected(int type, const char *port)
{
	union address at;
	int fd;

	parse_address(&at, "127.0.0.1", port);
	fd = open_socket(&at, type, 0);
	join(fd, port);
	return fd;
}

static void wait_for(pid_t pid)
{
	int status;

	check(waitpid(pid, &status, 0), "wait");
	if (status) {
		fprintf(stderr, "a child ended with status %d\n", status);
		exit(1);
	}
}

static void send_once(const char *port, unsigned int seed)
{
	send_filled(connected(SOCK_DGRAM, port), DATAGRAM, seed);
}

/* A child begins with a copy of its parent, who has a page in use. */
static void storm_fork(unsigned int i, int exec)
{
	static int receiver = -1, sender;
	char seed[16];
	pid_t pid;

	if (receiver < 0) {
		receiver = bound(SOCK_DGRAM, "6000");
		sender = connected(SOCK_DGRAM, "6000");
	}
	send_filled(sender, DATAGRAM, i);
	expect(receiver, DATAGRAM, i);
	snprintf(seed, sizeof(seed), "%u", i + 1);
	pid = check(fork(), "fork");
	if (!pid && exec)
		check(execl(SELF, "storm", "send", seed, NULL), SELF);
	if (!pid) {
		send_once("6000", i + 1);
		exit(0);
	}
	wait_for(pid);
	expect(receiver, DATAGRAM, i + 1);
}

static void forked(unsigned int i)
{
	storm_fork(i, 0);
}

static void executed(unsigned int i)
{
	storm_fork(i, 1);
}

static void both_directions(int a, int b, unsigned int i)
{
	size_t len = 1 + i * 97 % STREAM_MAX;

	send_filled(a, len, i);
	expect(b, len, i);
	send_filled(b, len, i + 1);
	expect(a, len, i + 1);
}

/* A reset leaves no port that waits. */
static void reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	check(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), "SO_LINGER");
	close(fd);
}

/* Every third is closed with data that nobody reads. */
static void accepted(unsigned int i)
{
	static int fd = -1;
	int a, b;

	if (fd < 0)
		fd = listener("6001");
	a = connected(SOCK_STREAM, "6001");
	b = check(accept(fd, NULL, NULL), "accept");
	both_directions(a, b, i);
	if (i % 3 == 0)
		send_filled(b, STREAM_MAX, i);
	reset(a);
	close(b);
}

/* Memory of TCP that stays in use, and counts as that. */
static void hold(void)
{
	int fd = listener("6003"), a = connected(SOCK_STREAM, "6003");

	check(accept(fd, NULL, NULL), "accept");
	set(a, SOL_SOCKET, SO_SNDBUFFORCE, 2 * HELD, "SO_SNDBUFFORCE");
	for (unsigned int i = 0; i < HELD / DATAGRAM; i++)
		send_filled(a, DATAGRAM, i);
	close(fd);
}

static void pressed(unsigned int i)
{
	static int held;

	if (!held++)
		hold();
	accepted(i);
}

static void disconnect(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	check(connect(fd, &none, sizeof(none)), "connect to nobody");
}

/* What sockpage is asked about a socket, which it may deny. */
static int ask(const char *what, int sock)
{
	char number[16];
	int fd, len, said;

	fd = check(open(what, O_WRONLY | O_CLOEXEC), what);
	len = snprintf(number, sizeof(number), "%d", sock);
	said = write(fd, number, len) == len;
	close(fd);
	return said;
}

static void give_page(int fd)
{
	if (!ask(SOCKPAGE "own", fd))
		die("a page for a socket");
}

static void expect_page(int fd, int has, const char *who)
{
	int had = ask(SOCKPAGE "has", fd);

	if (!had && errno != ENODATA)
		die(who);
	if (had == has)
		return;
	fprintf(stderr, "%s has %s\n", who, had ? "a page" : "no page");
	exit(1);
}

/* A socket that was disconnected has no page of its own. */
static void connected_once(int listening, int one, unsigned int i, int own)
{
	int b;

	join(one, "6001");
	b = check(accept(listening, NULL, NULL), "accept");
	if (own)
		give_page(one);
	both_directions(one, b, i);
	if (own)
		expect_page(one, 1, "who sent");
	disconnect(one);
	if (own)
		expect_page(one, 0, "who disconnected");
	close(b);
}

/* Nor does a clone begin with one, although who was cloned has a page. */
static void listening_once(int one, unsigned int i, int own)
{
	int a, b;

	check(listen(one, 1), "listen again");
	if (own)
		give_page(one);
	a = connected(SOCK_STREAM, "6002");
	b = check(accept(one, NULL, NULL), "accept from the same");
	if (own)
		expect_page(b, 0, "a clone");
	both_directions(a, b, i);
	if (own)
		expect_page(b, 1, "a clone that sent");
	reset(a);
	close(b);
	check(shutdown(one, SHUT_RDWR), "listen no more");
}

static void storm_again(unsigned int i, int own)
{
	static int fd = -1, one = -1;

	if (fd < 0) {
		fd = listener("6001");
		one = bound(SOCK_STREAM, "6002");
	}
	connected_once(fd, one, i, own);
	listening_once(one, i, own);
}

static void again(unsigned int i)
{
	storm_again(i, 0);
}

static void owned(unsigned int i)
{
	storm_again(i, 1);
}

/* Whose clones will be charged with a filter. */
static int filtering_listener(const char *port)
{
	struct sock_filter all = { .code = BPF_RET | BPF_K, .k = UINT32_MAX };
	struct sock_fprog filter = { .len = 1, .filter = &all };
	int fd = listener(port);

	check(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)),
	      "SO_ATTACH_FILTER");
	check(fcntl(fd, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
	return fd;
}

/* The clone is made, found to be too expensive and freed: it may take no page along. */
static void denied(unsigned int i)
{
	static int fd = -1;
	unsigned long drops;
	int a;

	if (fd < 0)
		fd = filtering_listener("6001");
	give_page(fd);
	drops = tcp_counter("ListenDrops");
	put_text(OPTIONS, "0");
	a = connected(SOCK_STREAM, "6001");
	reset(a);
	put_text(OPTIONS, "131072");
	errno = 0;
	if (accept(fd, NULL, NULL) >= 0 || errno != EAGAIN)
		die("accept nobody");
	if (tcp_counter("ListenDrops") == drops) {
		fprintf(stderr, "no clone was denied, round %u\n", i);
		exit(1);
	}
	expect_page(fd, 1, "who listens");
}

static void through_pipe(const int *ends, int from, int to, size_t len)
{
	ssize_t n, m;

	for (; len; len -= n) {
		n = check(splice(from, NULL, ends[1], NULL, len, 0), "splice in");
		for (m = 0; m < n;)
			m += check(splice(ends[0], NULL, to, NULL, n - m, 0),
				   "splice out");
	}
}

/* A pipe that is closed while it is full gives its pages back. */
static void abandoned(int from, int to, unsigned int i)
{
	int ends[2];

	check(pipe2(ends, O_CLOEXEC), "pipe");
	send_filled(to, 5000, i);
	check(splice(from, NULL, ends[1], NULL, 3000, 0), "splice in");
	close(ends[0]);
	close(ends[1]);
}

static void spliced(unsigned int i)
{
	static int tcp[2], ends[2], fd = -1;
	size_t len = 1 + i * 97 % STREAM_MAX;
	int un[2];

	if (fd < 0) {
		fd = listener("6001");
		tcp[0] = connected(SOCK_STREAM, "6001");
		tcp[1] = check(accept(fd, NULL, NULL), "accept");
		check(pipe2(ends, O_CLOEXEC), "pipe");
	}
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, un), "socketpair");
	send_filled(un[0], len, i);
	through_pipe(ends, un[1], tcp[0], len);
	expect(tcp[1], len, i);
	send_filled(tcp[1], len, i + 1);
	through_pipe(ends, tcp[0], un[1], len);
	expect(un[0], len, i + 1);
	abandoned(un[1], un[0], i);
	close(un[0]);
	close(un[1]);
}

static const struct {
	const char *name;
	void (*once)(unsigned int i);
} storms[] = {
	{ "fork", forked }, { "exec", executed }, { "accept", accepted }, { "pressed", pressed },
	{ "again", again }, { "owned", owned }, { "denied", denied }, { "splice", spliced },
};

int main(int argc, char **argv)
{
	unsigned int count = argc == 3 ? atoi(argv[2]) : 0;

	if (count && !strcmp(argv[1], "send")) {
		send_once("6000", count);
		return 0;
	}
	for (size_t i = 0; count && i < ARRAY_SIZE(storms); i++) {
		if (strcmp(storms[i].name, argv[1]))
			continue;
		for (unsigned int n = 0; n < count; n++)
			storms[i].once(n);
		return 0;
	}
	fprintf(stderr, "usage: storm fork|exec|accept|pressed|again|owned|denied|splice COUNT\n");
	return 2;
}
