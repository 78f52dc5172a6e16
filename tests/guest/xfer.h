/* SPDX-License-Identifier: GPL-2.0 */
/* What a transfer is, and a way to make one. */
#ifndef XFER_H
#define XFER_H

#include "guest.h"

#define MAX_SIZE	131072

struct way {
	const char *name;
	int type, protocol;
	/* Of the listener, before anybody connects; and of each end. */
	void (*listening)(int fd);
	int (*connected)(int fd);
	void (*send)(int fd, int in);
	void (*receive)(int fd, int out);
	/* Sends that have to fault, if it is not those of fault.h. */
	void (*fail)(int fd);
	/* Sends of a message or none, so that a long one may fault late. */
	int messages;
	/* Sends wait for memory: what one leaves that fails would use up the room. */
	int patient;
	/* The kernel sends it back: there is no receiver. */
	int echoed;
	/* The sender connects by itself. */
	int connects;
	/* A datagram in a way of its own; the buffer is not its before it was received. */
	void (*send_one)(int fd, size_t len);
	/* Datagrams: sent in pieces, and how; bytes before the data. */
	int cork, more, tag;
};

struct job {
	const struct way *way;
	union address at, from;
	socklen_t len, from_len;
	const char *file;
	size_t size;
	unsigned int faults;
	int splice_in, splice_out, relay, starved;
	int in, out;
};

static struct job job;
static char buf[MAX_SIZE];

#endif /* XFER_H */
