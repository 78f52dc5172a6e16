/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sends without a copy by io_uring, between sends that copy and sends without a
 * copy by the socket's own means: what is copied goes behind pages that are not the
 * skb's, in the same skb.
 */
#ifndef URING_H
#define URING_H

#include "datagram.h"
#include "stream.h"

#include <limits.h>
#include <linux/io_uring.h>

#define RING_ENTRIES	64
/* No datagram is longer. Without one UDP copies all but what is sent at once. */
#define SEGMENT		65000

static struct {
	int fd;
	unsigned int *sq_tail, sq_mask, *cq_head, *cq_tail, cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	/* Of which the kernel has not said yet that it needs the pages no more. */
	unsigned int due;
} ring;

static void *ring_map(size_t len, off_t at)
{
	void *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, at);

	if (map == MAP_FAILED)
		die("mmap the ring");
	return map;
}

/* One entry at a time is in use, each has its own place. */
static void ring_places(const struct io_uring_params *params, char *map)
{
	unsigned int *array = (void *)(map + params->sq_off.array);

	ring.sq_tail = (void *)(map + params->sq_off.tail);
	ring.sq_mask = params->sq_entries - 1;
	ring.cq_head = (void *)(map + params->cq_off.head);
	ring.cq_tail = (void *)(map + params->cq_off.tail);
	ring.cq_mask = params->cq_entries - 1;
	ring.cqes = (void *)(map + params->cq_off.cqes);
	for (unsigned int i = 0; i < params->sq_entries; i++)
		array[i] = i;
}

/*
 * What is in @base may be sent from pages that the ring holds. Completions wait until
 * they are asked for: else they would interrupt whatever waits for the socket.
 */
static void ring_start(void *base, size_t len)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
	};
	struct iovec iov = { base, len };
	size_t size;

	ring.fd = check(syscall(SYS_io_uring_setup, RING_ENTRIES, &params), "io_uring_setup");
	size = params.cq_off.cqes + params.cq_entries * sizeof(*ring.cqes);
	if (size < params.sq_off.array + params.sq_entries * sizeof(int))
		size = params.sq_off.array + params.sq_entries * sizeof(int);
	ring_places(&params, ring_map(size, IORING_OFF_SQ_RING));
	ring.sqes = ring_map(params.sq_entries * sizeof(*ring.sqes), IORING_OFF_SQES);
	check(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &iov, 1),
	      "register a buffer");
}

static void ring_wait(void)
{
	struct timespec limit = { .tv_sec = GIVE_UP_SECONDS };
	struct io_uring_getevents_arg arg = { .ts = (unsigned long)&limit };

	check(syscall(SYS_io_uring_enter, ring.fd, 0, 1,
		      IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof(arg)),
	      "wait for the ring");
}

/* One completion: 1 if it is the result of a send, 0 if it tells of the pages. */
static int ring_take(int *result)
{
	unsigned int head = *ring.cq_head;
	struct io_uring_cqe *cqe = &ring.cqes[head & ring.cq_mask];
	int is_result;

	while (head == __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE))
		ring_wait();
	is_result = !(cqe->flags & IORING_CQE_F_NOTIF);
	if (is_result)
		*result = cqe->res;
	ring.due -= !is_result;
	ring.due += !!(cqe->flags & IORING_CQE_F_MORE);
	__atomic_store_n(ring.cq_head, head + 1, __ATOMIC_RELEASE);
	return is_result;
}

/* @fixed: from the pages of the ring, of which the skb has no references. */
static ssize_t ring_send(int fd, const char *from, size_t len, int flags, int fixed)
{
	unsigned int tail = *ring.sq_tail;
	int result;

	ring.sqes[tail & ring.sq_mask] = (struct io_uring_sqe) {
		.opcode = IORING_OP_SEND_ZC, .fd = fd,
		.ioprio = fixed ? IORING_RECVSEND_FIXED_BUF : 0,
		.addr = (unsigned long)from, .len = len, .msg_flags = flags,
	};
	__atomic_store_n(ring.sq_tail, tail + 1, __ATOMIC_RELEASE);
	check(syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0), "io_uring_enter");
	while (!ring_take(&result))
		;
	errno = -result;
	return check(result, "IORING_OP_SEND_ZC");
}

static void ring_finish(void)
{
	int result;

	while (ring.due)
		if (ring_take(&result))
			exit(1);
	close(ring.fd);
}

/*
 * The socket's own means refuse an skb that has the ring's pages, so nothing may wait
 * to be sent. What the kernel has to say of earlier sends comes in between.
 */
static void settle(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLOUT };

	set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1, "TCP_NOTSENT_LOWAT");
	do {
		errno = ETIMEDOUT;
		check(poll(&poller, 1, GIVE_UP_SECONDS * 1000) - 1, "poll");
		if (poller.revents & POLLERR)
			without_copy.done += reap(fd);
	} while (!(poller.revents & POLLOUT));
	set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, INT_MAX, "TCP_NOTSENT_LOWAT");
}

static ssize_t send_by_turn(int fd, const char *from, size_t len, unsigned int turn)
{
	switch (turn % 3) {
	case 0:
		return ring_send(fd, from, len, MSG_MORE, 1);
	case 1:
		return ring_send(fd, from, len, MSG_MORE, 0);
	}
	if (job.way->type == SOCK_STREAM)
		settle(fd);
	return zerocopy(fd, from, len, MSG_MORE);
}

/* Every other send is a copy, behind what was sent without one. */
static void uring_send(int fd, int in)
{
	unsigned int turn = 0;
	size_t len, at = 0;
	char *file = load_file(in, &len);

	ring_start(file, len);
	set(fd, SOL_SOCKET, SO_ZEROCOPY, 1, "SO_ZEROCOPY");
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
	for (; at < len; turn++) {
		size_t part = len - at < job.size ? len - at : job.size;

		if (turn % 2)
			at += check(send(fd, file + at, part, 0), "send");
		else
			at += send_by_turn(fd, file + at, part, turn / 2);
	}
	zerocopy_finish(fd);
	finish(fd);
	ring_finish();
}

/* A datagram has the pages of one send without a copy, and what is copied. */
static void uring_datagram(int fd, size_t len)
{
	static unsigned int turn;
	size_t piece = len / PIECES;

	if (send_by_turn(fd, buf, piece, turn++) != (ssize_t)piece)
		die("send a piece");
	send_whole(fd, buf + piece, piece, MSG_MORE);
	send_whole(fd, buf + 2 * piece, len - 2 * piece, 0);
}

static void uring_datagrams_send(int fd, int in)
{
	ring_start(buf, sizeof(buf));
	set(fd, SOL_SOCKET, SO_ZEROCOPY, 1, "SO_ZEROCOPY");
	set(fd, IPPROTO_UDP, UDP_SEGMENT, SEGMENT, "UDP_SEGMENT");
	datagrams_send(fd, in);
	zerocopy_finish(fd);
	ring_finish();
}

#endif /* URING_H */
