/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sends of a task to which pages are refused, now and then, while it sends: the rest
 * of what it does is not concerned. What is refused is asked for again.
 */
#ifndef STARVE_H
#define STARVE_H

#include "fault.h"
#include "xfer.h"

#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#define BUDGET		"/sys/kernel/debug/fail_page_alloc/times"

static struct {
	/* Sends that failed, were cut short or had to wait, and failed ones in a row. */
	unsigned int count, in_a_row;
} refused;

/* How many pages may still be refused: exact, so that it tells of each call. */
static long pages_left(void)
{
	char text[32];

	get_text(BUDGET, text, sizeof(text));
	return atol(text);
}

/* @had and @sent tell whether a call was refused pages and did not do all for it. */
static int was_refused(long had, ssize_t sent, size_t wanted)
{
	int error = errno, fewer = sent < (ssize_t)wanted && pages_left() < had;

	refused.count += fewer;
	refused.in_a_row = fewer && sent <= 0 ? refused.in_a_row + 1 : 0;
	errno = error;
	if (refused.in_a_row > REFUSED_MOST)
		die("without memory");
	return fewer;
}

/* A connection that nobody accepts. */
static int unread_stream(void)
{
	union address at;
	socklen_t len = parse_address(&at, "127.0.0.1", "0");
	int listener = open_socket(&at, SOCK_STREAM, 0);
	int fd = open_socket(&at, SOCK_STREAM, 0);

	check(bind(listener, &at.sa, len), "bind");
	check(listen(listener, 1), "listen");
	check(getsockname(listener, &at.sa, &len), "getsockname");
	check(connect(fd, &at.sa, len), "connect");
	return fd;
}

/*
 * A byte that is not read: the task's page is in use and does not start again, so that
 * pages are asked for whatever the reader's pace.
 */
static void use_page(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = unread_stream();
	check(send(fd, "", 1, MSG_DONTWAIT), "send a byte that is not read");
}

static ssize_t starved_once(int fd, struct msghdr *msg, size_t len, int *was)
{
	ssize_t n;
	long had;

	use_page();
	had = pages_left();
	starve(1);
	n = sendmsg(fd, msg, job.way->patient ? 0 : MSG_DONTWAIT);
	starve(0);
	*was = was_refused(had, n, job.way->patient ? SSIZE_MAX : len);
	return n;
}

static size_t iov_bytes(const struct iovec *iov, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += iov[i].iov_len;
	return len;
}

static void await_room(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLOUT };

	errno = ETIMEDOUT;
	check(poll(&poller, 1, GIVE_UP_SECONDS * 1000) - 1, "wait for room");
}

/* Sends at least something, and waits for room if that is what there was not. */
static ssize_t starved_sendv(int fd, struct iovec *iov, size_t count)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = count };
	size_t len = iov_bytes(iov, count);
	ssize_t n;
	int was;

	while ((n = starved_once(fd, &msg, len, &was)) < 0) {
		if (!is_refusal(errno))
			die("send without memory");
		if (!was)
			await_room(fd);
	}
	return n;
}

static ssize_t starved_send(int fd, const char *from, size_t len)
{
	struct iovec iov = { (char *)from, len };

	return starved_sendv(fd, &iov, 1);
}

/*
 * The last byte of a part is not refused anything: a TLS record that got no memory after
 * it took the data goes out with the next send, and is lost at shutdown() if there is none.
 */
static void starved_copy(int from, int to, size_t size)
{
	ssize_t n, done;

	while ((n = check(read(from, buf, size), "read"))) {
		for (done = 0; done < n - 1;)
			done += starved_send(to, buf + done, n - 1 - done);
		write_all(to, buf + done, 1);
	}
}

static int unread(int fd)
{
	int n;

	check(ioctl(fd, FIONREAD, &n), "FIONREAD");
	return n;
}

/* Without memory a splice ends as if the file did; what is left tells one from the other. */
static ssize_t starved_splice(int from, int to, size_t size)
{
	ssize_t n;
	long had;

	do {
		had = pages_left();
		starve(1);
		n = splice(from, NULL, to, NULL, size, 0);
		starve(0);
		if (!n && !unread(from))
			return 0;
	} while (was_refused(had, n, 1));
	return check(n, "splice without memory");
}

/* For the shell, which adds those of both ends. */
static void tell_refused(void)
{
	if (!job.starved)
		return;
	printf("%u\n", refused.count);
	fflush(stdout);
}

#endif /* STARVE_H */
