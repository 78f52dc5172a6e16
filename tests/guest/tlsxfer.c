// SPDX-License-Identifier: GPL-2.0
/*
 * Move a file over a TLS connection whose sender's device encrypts (tlsdev).
 *
 * tlsxfer HOW ADDRESS PORT FILE COPY SIZE TX-NETNS RX-NETNS
 *
 * HOW, with SIZE the length of one call:
 *
 * send      a record a call
 * more      sizes from 1 on, three of four calls with MSG_MORE
 * sendfile  out of the file, by copy
 * zerocopy  out of the file, its own pages (TLS_TX_ZEROCOPY_RO)
 * splice    through a pipe, its own pages
 * mixed     one connection, the five ways in turn
 * tight     a small send buffer that does not block: records that left in part
 * fault     40000 calls that fail, of two kinds, among calls that fail half way
 * rooms     each number of bytes that is too few for a tag, found by the tag
 * refused   the same, and no page to be had: the tag in the dummy page
 *
 * The last two know the room from the device and send a record at a time: the
 * receiver answers each with a byte.
 */
#define _GNU_SOURCE
#include "ktls.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#define MAX_SIZE	65536
#define FAILURES	40000
#define HALF_WAY	400
#define PREPEND		13
#define TAG		16
#define ATTEMPTS	40
#define COUNTERS	"/sys/module/tlsdev/parameters/"
#define FAULTS		"/sys/kernel/debug/fail_page_alloc/"

static char buf[MAX_SIZE];
static size_t size;
static int wire, file, pipes[2];

static size_t fill(char *to, size_t n)
{
	return check(read(file, to, n), "read the file");
}

/* The rest of what was read is not sent: the file goes back to it. */
static void unread(size_t n)
{
	check(lseek(file, -(off_t)n, SEEK_CUR), "seek");
}

static bool step_send(void)
{
	size_t n = fill(buf, size);

	write_all(wire, buf, n);
	return n;
}

static bool step_more(void)
{
	static unsigned int count;
	size_t n = fill(buf, 1 + count % size);
	int flags = ++count % 4 && n ? MSG_MORE : 0;

	if (n && (size_t)check(send(wire, buf, n, flags), "send more") != n)
		die("short send");
	return n;
}

static bool step_sendfile(void)
{
	return check(sendfile(wire, file, NULL, size), "sendfile");
}

static bool step_splice(void)
{
	static unsigned int count;
	ssize_t n = check(splice(file, NULL, pipes[1], NULL, size, 0), "splice in"), out;
	unsigned int flags = ++count % 2 && n ? SPLICE_F_MORE : 0;
	bool any = n;

	for (; n; n -= out)
		out = check(splice(pipes[0], NULL, wire, NULL, n, flags), "splice out");
	return any;
}

static bool step_mixed(void)
{
	static bool (*const steps[])(void) = {
		step_send, step_more, step_sendfile, step_splice, step_more,
		step_sendfile, step_send, step_splice,
	};
	static unsigned int count;

	return steps[count++ % ARRAY_SIZE(steps)]();
}

static bool step_tight(void)
{
	struct pollfd room = { .fd = wire, .events = POLLOUT };
	size_t n = fill(buf, size);
	ssize_t sent = n ? send(wire, buf, n, MSG_DONTWAIT) : 0;

	if (sent < 0 && errno != EAGAIN)
		die("send without waiting");
	sent = sent < 0 ? 0 : sent;
	unread(n - sent);
	if ((size_t)sent < n && check(poll(&room, 1, GIVE_UP_SECONDS * 1000), "poll") == 0)
		die("no room to send");
	return n;
}

/* The end of what may be read: a copy from here fails on the way. */
static char *edge(void)
{
	static char *end;
	char *map;

	if (end)
		return end;
	map = mmap(NULL, 2 * MAX_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		die("mmap");
	end = map + MAX_SIZE;
	check(mprotect(end, MAX_SIZE, PROT_NONE), "mprotect");
	return end;
}

static void must_fault(ssize_t n)
{
	if (n >= 0 || errno != EFAULT)
		die("a copy that cannot be made was not refused");
}

/* A record of another type that fails still closes the data record before it. */
static void close_by_type(void)
{
	size_t n = fill(buf, 10);

	check(send(wire, buf, n, MSG_MORE), "send more");
	must_fault(ktls_send_type(wire, edge() - 64, 128, DATA_RECORD - 1));
}

/* A data record stays open and empty; one of another type is given up. */
static void all_failures(void)
{
	unsigned int i;

	for (i = 0; i < FAILURES; i++)
		must_fault(send(wire, edge() - 64, 128, 0));
	for (i = 0; i < FAILURES; i++)
		must_fault(ktls_send_type(wire, edge() - 64, 128, DATA_RECORD - 1));
}

/* What was copied before it failed is sent, and said to be. */
static void fail_half_way(unsigned int round)
{
	size_t n = fill(edge() - size, size);
	ssize_t sent;

	memmove(edge() - n, edge() - size, n);
	if (round % 2 && n > 10) {
		check(send(wire, edge() - n, 10, MSG_MORE), "send more");
		n -= 10;
	}
	sent = send(wire, edge() - n, n + 64, 0);
	if (sent < 0 && errno != EFAULT)
		die("send up to a hole");
	unread(n - (sent < 0 ? 0 : sent));
}

static bool step_fault(void)
{
	static unsigned int count;

	if (!count) {
		all_failures();
		close_by_type();
	}
	if (++count < HALF_WAY)
		fail_half_way(count);
	return step_send();
}

static unsigned long number_in(const char *dir, const char *name)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), "%s%s", dir, name);
	get_text(path, text, sizeof(text));
	return strtoul(text, NULL, 10);
}

static unsigned long counted(const char *name)
{
	return number_in(COUNTERS, name);
}

/* A record of @n bytes, and the receiver has it. */
static void one_record(size_t n)
{
	if (!n || n > MAX_SIZE || fill(buf, n) != n) {
		errno = ENODATA;
		die("the file is too short");
	}
	write_all(wire, buf, n);
	if (check(read(wire, buf, 1), "an answer") != 1)
		die("no answer");
}

/* The page as it was before the last tag has room for a record and @left. */
static size_t near_the_end(size_t left)
{
	unsigned long room;

	while ((room = counted("room")) < PREPEND + 1 + left || room > 8192)
		one_record(room > 8192 ? room / 2 : PREPEND + TAG + left);
	return room - PREPEND - left;
}

static void tag_finds(size_t left)
{
	size_t n = near_the_end(left);

	put_text(COUNTERS "rooms", "0");
	one_record(n);
	if (counted("rooms") != (left < TAG ? 1UL << left : 0)) {
		errno = EPROTO;
		die("the tag did not find the room it was to find");
	}
}

static void all_rooms(void)
{
	size_t left;

	for (left = 0; left <= TAG; left++)
		tag_finds(left);
}

/* What the next allocation of the task is may be a slab: then again. */
static void refuse_tag(size_t left)
{
	unsigned long dummies = counted("tags_dummy");
	unsigned int n;

	for (n = 0; n < ATTEMPTS; n++) {
		size_t len = near_the_end(left);

		put_text("/proc/thread-self/fail-nth", "1");
		one_record(len);
		put_text("/proc/thread-self/fail-nth", "0");
		one_record(TAG);
		if (counted("tags_dummy") > dummies)
			return;
	}
	errno = EPROTO;
	die("the dummy page was not used");
}

/* The page ends with a tag, so that the next record waits for another one. */
static void refuse_header(void)
{
	one_record(near_the_end(TAG));
	put_text("/proc/thread-self/fail-nth", "1");
	one_record(TAG);
	put_text("/proc/thread-self/fail-nth", "0");
}

static void all_refused(void)
{
	char order[16];
	size_t left;

	/* The rest of the round goes by it. */
	get_text(FAULTS "min-order", order, sizeof(order));
	put_text(FAULTS "min-order", "0");
	put_text(FAULTS "ignore-gfp-wait", "N");
	for (left = 0; left < TAG; left++) {
		refuse_tag(left);
		refuse_header();
	}
	put_text(FAULTS "ignore-gfp-wait", "Y");
	put_text(FAULTS "min-order", order);
}

static bool step_lockstep(void)
{
	size_t n = fill(buf, size);

	unread(n);
	if (n)
		one_record(n);
	return n;
}

static bool step_rooms(void)
{
	static bool done;

	if (!done) {
		one_record(TAG);
		all_rooms();
	}
	done = true;
	return step_lockstep();
}

static bool step_refused(void)
{
	static bool done;

	if (!done) {
		one_record(TAG);
		all_refused();
	}
	done = true;
	return step_lockstep();
}

static const struct way {
	const char *name;
	bool (*step)(void);
	bool zerocopy, tight, answers;
} ways[] = {
	{ "send", step_send },
	{ "more", step_more },
	{ "sendfile", step_sendfile },
	{ "zerocopy", step_sendfile, .zerocopy = true },
	{ "splice", step_splice, .zerocopy = true },
	{ "mixed", step_mixed, .zerocopy = true },
	{ "tight", step_tight, .tight = true },
	{ "fault", step_fault },
	{ "rooms", step_rooms, .answers = true },
	{ "refused", step_refused, .answers = true },
};

static void set_up(const struct way *way)
{
	ktls_attach(wire, TLS_TX);
	set(wire, SOL_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
	if (way->zerocopy)
		set(wire, SOL_TLS, TLS_TX_ZEROCOPY_RO, 1, "TLS_TX_ZEROCOPY_RO");
	if (way->tight)
		set(wire, SOL_SOCKET, SO_SNDBUF, 8192, "SO_SNDBUF");
	check(pipe(pipes), "pipe");
}

static pid_t start_sender(char **argv, const struct way *way)
{
	union address to;
	socklen_t len = parse_address(&to, argv[2], argv[3]);
	pid_t pid = check(fork(), "fork");

	if (pid)
		return pid;
	enter_netns(argv[7]);
	file = check(open(argv[4], O_RDONLY | O_CLOEXEC), argv[4]);
	wire = open_socket(&to, SOCK_STREAM, 0);
	check(connect(wire, &to.sa, len), "connect");
	set_up(way);
	while (way->step())
		;
	/* Closes a record that is open; if none is, there is an empty one. */
	check(send(wire, buf, 0, 0), "send the rest");
	check(shutdown(wire, SHUT_WR), "shutdown");
	check(read(wire, buf, sizeof(buf)), "wait for the receiver");
	exit(0);
}

static int open_receiver(char **argv)
{
	union address at;
	socklen_t len = parse_address(&at, argv[2], argv[3]);
	int fd = open_socket(&at, SOCK_STREAM, 0);

	check(bind(fd, &at.sa, len), "bind");
	check(listen(fd, 1), "listen");
	return fd;
}

/* No record of another type may come: those that were sent all failed. */
static void receive(int listener, int out, const struct way *way)
{
	int fd = check(accept(listener, NULL, NULL), "accept"), type;
	ssize_t n;

	bound_waits(fd);
	ktls_attach(fd, TLS_RX);
	while ((n = ktls_receive(fd, buf, sizeof(buf), &type))) {
		if (type != DATA_RECORD)
			die("a record that was given up arrived");
		write_all(out, buf, n);
		if (way->answers)
			write_all(fd, "", 1);
	}
	close(fd);
}

static const struct way *find_way(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	errno = EINVAL;
	die(name);
	return NULL;
}

int main(int argc, char **argv)
{
	const struct way *way;
	int out, fd, status;
	pid_t pid;

	if (argc != 9 || atoi(argv[6]) < 1 || atoi(argv[6]) > MAX_SIZE) {
		fprintf(stderr, "usage: tlsxfer HOW ADDRESS PORT FILE COPY SIZE %s\n",
			"TX-NETNS RX-NETNS");
		return 2;
	}
	way = find_way(argv[1]);
	size = atoi(argv[6]);
	out = create(argv[5]);
	enter_netns(argv[8]);
	fd = open_receiver(argv);
	pid = start_sender(argv, way);
	receive(fd, out, way);
	check(waitpid(pid, &status, 0), "wait");
	return status ? 1 : 0;
}
