/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Datagrams: acknowledged one by one with few on the way, so that none is lost
 * for want of room; one that is lost fails the transfer.
 */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include "starve.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>

#define WINDOW	(64 * 1024)
#define PIECES	4

/* A raw socket of IPv4 gets the header too. */
static size_t header(void)
{
	int ip = job.way->type == SOCK_RAW && job.at.sa.sa_family == AF_INET;

	return ip ? (buf[0] & 15) * 4 : 0;
}

/* A raw datagram cannot be empty, so each begins with a byte that is no data. */
static void datagrams_receive(int fd, int out)
{
	unsigned int count = 0;
	union address from;
	socklen_t len;
	size_t skip;
	ssize_t n;

	do {
		len = sizeof(from);
		n = check(recvfrom(fd, buf, sizeof(buf), 0, &from.sa, &len),
			  "receive a datagram");
		skip = header() + job.way->tag;
		write_all(out, buf + skip, n - skip);
		count++;
		check(sendto(fd, &count, sizeof(count), 0, &from.sa, len),
		      "acknowledge");
	} while (n - skip);
}

static unsigned int await_count(int fd)
{
	unsigned int count;
	ssize_t n = check(recv(fd, buf, sizeof(buf), 0), "a datagram was lost");

	if (n != (ssize_t)(header() + sizeof(count))) {
		fprintf(stderr, "%zd bytes are no count\n", n);
		exit(1);
	}
	memcpy(&count, buf + header(), sizeof(count));
	return count;
}

static void send_all(int fd, const char *from, size_t len, int flags)
{
	ssize_t n = job.starved ? starved_send(fd, from, len) : send(fd, from, len, flags);

	if (n != (ssize_t)len)
		die("send a datagram");
}

/* One datagram that the socket puts together from several sends. */
static void send_pieces(int fd, size_t len)
{
	size_t piece = len / PIECES + 1, done = 0;

	if (job.way->cork)
		set(fd, IPPROTO_UDP, UDP_CORK, 1, "UDP_CORK");
	for (; len - done > piece; done += piece)
		send_all(fd, buf + done, piece, job.way->more);
	send_all(fd, buf + done, len - done, 0);
	if (job.way->cork)
		set(fd, IPPROTO_UDP, UDP_CORK, 0, "UDP_CORK");
}

static void send_datagram(int fd, size_t len)
{
	if (len && job.way->send_one)
		job.way->send_one(fd, len);
	else if (len && (job.way->cork || job.way->more))
		send_pieces(fd, len);
	else
		send_all(fd, buf, len, 0);
}

/* An empty datagram ends the file. */
static void datagrams_send(int fd, int in)
{
	unsigned int window = WINDOW / job.size ? WINDOW / job.size : 1;
	unsigned int sent = 0, acked = 0;
	int tag = job.way->tag;
	ssize_t n;

	/* What is not copied is needed until it was received. */
	if (job.way->send_one)
		window = 1;
	do {
		n = check(read(in, buf + tag, job.size - tag), "read");
		send_datagram(fd, tag + n);
		sent++;
		while (sent - acked >= window)
			acked = await_count(fd);
	} while (n);
	while (acked != sent)
		acked = await_count(fd);
}

/* Both families have the same eight bytes, and the kernel fills the sum. */
static void echo_header(void *at)
{
	int v6 = job.at.sa.sa_family == AF_INET6;
	struct icmphdr head = { .type = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO };

	memcpy(at, &head, sizeof(head));
}

/* What comes back was put together by the kernel's own socket. */
static void echo(int fd, int in)
{
	size_t head = sizeof(struct icmphdr);
	ssize_t n;

	while ((n = check(read(in, buf + head, job.size - head), "read"))) {
		echo_header(buf);
		send_all(fd, buf, head + n, 0);
		memset(buf, 0, sizeof(buf));
		if (recv(fd, buf, sizeof(buf), 0) != (ssize_t)head + n)
			die("an echo was lost");
		write_all(job.out, buf + head, n);
	}
}

#endif /* DATAGRAM_H */
