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

	/* What is encrypted would start its page again as soon as it is decrypted. */
	if (job.starved && job.way->more)
		keep_packets();
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

static void send_whole(int fd, const char *from, size_t len, int flags)
{
	if (send(fd, from, len, flags) != (ssize_t)len)
		die("send a datagram");
}

static void send_all(int fd, const char *from, size_t len)
{
	if (!job.starved)
		send_whole(fd, from, len, 0);
	else if (starved_send(fd, from, len) != (ssize_t)len)
		die("send a datagram without memory");
}

/* One datagram that the socket puts together from several sends, the last with @flags. */
static void send_pieces(int fd, size_t len, int flags)
{
	size_t piece = len / PIECES + 1, done = 0;

	if (job.way->cork)
		set(fd, IPPROTO_UDP, UDP_CORK, 1, "UDP_CORK");
	for (; len - done > piece; done += piece)
		send_whole(fd, buf + done, piece, job.way->more);
	send_whole(fd, buf + done, len - done, flags);
	if (job.way->cork)
		set(fd, IPPROTO_UDP, UDP_CORK, 0, "UDP_CORK");
}

/*
 * Pages are refused to a last send alone, which brings no data: who asks for them is who
 * sends it out, and drops all of it.
 */
static void starved_pieces(int fd, size_t len)
{
	struct msghdr nothing = {};
	ssize_t n;
	int was;

	do {
		send_pieces(fd, len, MSG_MORE);
		n = starved_once(fd, &nothing, 0, &was);
	} while (n < 0 && was && is_refusal(errno));
	check(n, "send the end of a datagram");
}

static void send_datagram(int fd, size_t len)
{
	if (len && job.way->send_one)
		job.way->send_one(fd, len);
	else if (len && job.way->more && job.starved)
		starved_pieces(fd, len);
	else if (len && (job.way->cork || job.way->more))
		send_pieces(fd, len, 0);
	else
		send_all(fd, buf, len);
}

/* What a lower layer drops for want of memory, UDP and raw sockets keep to themselves. */
static void tell_drops(int fd)
{
	if (job.at.sa.sa_family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1, "IPV6_RECVERR");
	else
		set(fd, IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR");
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
	if (job.starved)
		tell_drops(fd);
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
		send_all(fd, buf, head + n);
		memset(buf, 0, sizeof(buf));
		if (recv(fd, buf, sizeof(buf), 0) != (ssize_t)head + n)
			die("an echo was lost");
		write_all(job.out, buf + head, n);
	}
}

#endif /* DATAGRAM_H */
