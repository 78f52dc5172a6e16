// SPDX-License-Identifier: GPL-2.0
/*
 * Move a file over a socket, both ends in this guest.
 *
 * xfer tcp|udp ADDRESS PORT FILE COPY SIZE TX-NETNS RX-NETNS
 *
 * SIZE is the length of a send. The receiver is bound before the sender is
 * started, so neither waits for the other by the clock. UDP is acknowledged
 * datagram by datagram with few on the way, so that none is lost for want of
 * room; one that is lost fails the transfer.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <sys/wait.h>

#define MAX_SIZE	65536
#define UDP_WINDOW	(64 * 1024)

static char buf[MAX_SIZE];

static void tcp_receive(int listener, int out)
{
	int fd = check(accept(listener, NULL, NULL), "accept");

	copy(fd, out, buf, sizeof(buf));
	close(fd);
}

static void tcp_send(int fd, int in, size_t size)
{
	copy(in, fd, buf, size);
	check(shutdown(fd, SHUT_WR), "shutdown");
	/* The receiver closes when it has everything. */
	check(read(fd, buf, sizeof(buf)), "wait for the receiver");
}

/* An empty datagram ends the file. */
static void udp_receive(int fd, int out)
{
	unsigned int count = 0;
	union address from;
	socklen_t len;
	ssize_t n;

	do {
		len = sizeof(from);
		n = check(recvfrom(fd, buf, sizeof(buf), 0, &from.sa, &len),
			  "receive a datagram");
		write_all(out, buf, n);
		count++;
		check(sendto(fd, &count, sizeof(count), 0, &from.sa, len),
		      "acknowledge");
	} while (n);
}

static unsigned int udp_await(int fd)
{
	unsigned int count;

	check(recv(fd, &count, sizeof(count), 0), "a datagram was lost");
	return count;
}

static void udp_send(int fd, int in, size_t size)
{
	unsigned int window = UDP_WINDOW / size ? UDP_WINDOW / size : 1;
	unsigned int sent = 0, acked = 0;
	ssize_t n;

	do {
		n = check(read(in, buf, size), "read");
		if (send(fd, buf, n, 0) != n)
			die("send a datagram");
		sent++;
		while (sent - acked >= window)
			acked = udp_await(fd);
	} while (n);
	while (acked != sent)
		acked = udp_await(fd);
}

static pid_t start_sender(char **argv, int type)
{
	union address to;
	socklen_t len = parse_address(&to, argv[2], argv[3]);
	pid_t pid = check(fork(), "fork");
	int fd, in;

	if (pid)
		return pid;
	enter_netns(argv[7]);
	in = check(open(argv[4], O_RDONLY | O_CLOEXEC), argv[4]);
	fd = open_socket(&to, type);
	check(connect(fd, &to.sa, len), "connect");
	(type == SOCK_STREAM ? tcp_send : udp_send)(fd, in, atoi(argv[6]));
	exit(0);
}

static int open_receiver(char **argv, int type)
{
	union address at;
	socklen_t len = parse_address(&at, argv[2], argv[3]);
	int fd = open_socket(&at, type);

	check(bind(fd, &at.sa, len), "bind");
	if (type == SOCK_STREAM)
		check(listen(fd, 1), "listen");
	return fd;
}

int main(int argc, char **argv)
{
	int type, out, fd, status;
	pid_t pid;

	if (argc != 9 || atoi(argv[6]) < 1 || atoi(argv[6]) > MAX_SIZE) {
		fprintf(stderr, "usage: xfer tcp|udp ADDRESS PORT FILE COPY SIZE %s\n",
			"TX-NETNS RX-NETNS");
		return 2;
	}
	type = strcmp(argv[1], "udp") ? SOCK_STREAM : SOCK_DGRAM;
	out = create(argv[5]);
	enter_netns(argv[8]);
	fd = open_receiver(argv, type);
	pid = start_sender(argv, type);
	(type == SOCK_STREAM ? tcp_receive : udp_receive)(fd, out);
	check(waitpid(pid, &status, 0), "wait");
	return status ? 1 : 0;
}
