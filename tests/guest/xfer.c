// SPDX-License-Identifier: GPL-2.0
/*
 * Move a file over a socket, both ends in this guest.
 *
 * xfer [-sSrm] [-n FAULTS] [-b SOURCE] PROTOCOL ADDRESS PORT FILE COPY SIZE TX-NETNS RX-NETNS
 *
 * SIZE is the length of a send. The receiver is bound before the sender is
 * started, so neither waits for the other by the clock.
 *
 * -s  the receiver splices from the socket through a pipe into the file
 * -S  the sender splices from the file through a pipe into the socket
 * -r  the receiver splices from the socket into another, and reads that
 * -m  both ends let pages be refused to them while they send or splice from a socket;
 *     how many such calls failed, did less or had to wait for it is printed for each. Of a
 *     datagram of pieces, only in its last send, and not with udp-cork
 * -n  so many sends that fault come first, on the same socket
 * -b  where the sender sends from
 */
#define _GNU_SOURCE
#include "datagram.h"
#include "fault.h"
#include "stream.h"
#include "uring.h"

#include <signal.h>

/* What a cache of pages of 4K has of one, at most. */
#define PAGE_REFERENCES	65536

/* Protocol 253 is for experiments. */
static const struct way ways[] = {
	{ "tcp", SOCK_STREAM, 0, .send = stream_send, .receive = stream_receive },
	{ "tcp-more", SOCK_STREAM, 0, .send = more_send, .receive = stream_receive },
	{ "zerocopy", SOCK_STREAM, 0, .send = zerocopy_send, .receive = stream_receive },
	{ "uring", SOCK_STREAM, 0, .send = uring_send, .receive = stream_receive },
	{ "fastopen", SOCK_STREAM, 0, .send = fastopen_send, .receive = fastopen_receive,
	  .listening = let_fastopen, .fail = fail_syns, .connects = 1 },
	{ "mptcp", SOCK_STREAM, IPPROTO_MPTCP, .send = stream_send,
	  .receive = stream_receive, .connected = is_mptcp },
	{ "tls", SOCK_STREAM, 0, .send = stream_send, .receive = stream_receive,
	  .connected = start_tls },
	{ "tls-more", SOCK_STREAM, 0, .send = more_send, .receive = stream_receive,
	  .connected = start_tls },
	/* Its sends are of messages, but what faults late stays on its account. */
	{ "kcm", SOCK_STREAM, 0, .send = kcm_send, .receive = kcm_receive,
	  .connected = start_kcm, .patient = 1 },
	{ "espintcp", SOCK_STREAM, 0, .send = espintcp_send, .receive = espintcp_receive,
	  .connected = start_espintcp, .messages = 1 },
	{ "unix", SOCK_STREAM, 0, .send = stream_send, .receive = stream_receive },
	{ "udp", SOCK_DGRAM, 0, .send = datagrams_send, .receive = datagrams_receive,
	  .messages = 1 },
	{ "udp-cork", SOCK_DGRAM, 0, .send = datagrams_send,
	  .receive = datagrams_receive, .messages = 1, .cork = 1 },
	{ "udp-more", SOCK_DGRAM, 0, .send = datagrams_send,
	  .receive = datagrams_receive, .messages = 1, .more = MSG_MORE },
	{ "uring-udp", SOCK_DGRAM, 0, .send = uring_datagrams_send,
	  .receive = datagrams_receive, .send_one = uring_datagram, .messages = 1 },
	{ "raw", SOCK_RAW, 253, .send = datagrams_send, .receive = datagrams_receive,
	  .messages = 1, .tag = 1 },
	{ "echo4", SOCK_DGRAM, IPPROTO_ICMP, .send = echo, .messages = 1, .echoed = 1 },
	{ "echo6", SOCK_DGRAM, IPPROTO_ICMPV6, .send = echo, .messages = 1, .echoed = 1 },
};

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	errno = EPROTONOSUPPORT;
	die(name);
	return NULL;
}

static int open_sender(void)
{
	int fd = open_socket(&job.at, job.way->type, job.way->protocol);

	if (job.from_len)
		check(bind(fd, &job.from.sa, job.from_len), "bind the sender");
	if (job.way->connects)
		return fd;
	check(connect(fd, &job.at.sa, job.len), "connect");
	return job.way->connected ? job.way->connected(fd) : fd;
}

static void fail_sends(int fd)
{
	char head[8] = {};

	if (job.way->echoed)
		echo_header(head);
	/* Where they are more than that, none asks for another page. */
	fail_writes(fd, job.faults, 60000, head,
		    job.way->messages && job.faults < PAGE_REFERENCES);
}

/* The faults are this task's, and what is good comes after them from the same. */
static void send_file(void)
{
	int in = check(open(job.file, O_RDONLY | O_CLOEXEC), job.file);
	int fd = open_sender();

	if (job.faults && job.way->fail)
		job.way->fail(fd);
	else
		fail_sends(fd);
	job.way->send(fd, in);
	tell_refused();
}

/* Nobody has to wait for what will not come. */
static void give_up(int status, void *unused)
{
	(void)unused;
	if (status)
		kill(getppid(), SIGTERM);
}

static pid_t start_sender(const char *netns)
{
	pid_t pid = check(fork(), "fork");

	if (pid)
		return pid;
	on_exit(give_up, NULL);
	enter_netns(netns);
	send_file();
	exit(0);
}

static int open_receiver(void)
{
	int fd = open_socket(&job.at, job.way->type, job.way->protocol);

	check(bind(fd, &job.at.sa, job.len), "bind");
	if (job.way->listening)
		job.way->listening(fd);
	if (job.way->type == SOCK_STREAM)
		check(listen(fd, 16), "listen");
	return fd;
}

static int run(const char *tx_netns, const char *rx_netns)
{
	int fd, status;
	pid_t pid;

	enter_netns(rx_netns);
	if (job.way->echoed) {
		send_file();
		return 0;
	}
	fd = open_receiver();
	pid = start_sender(tx_netns);
	job.way->receive(fd, job.out);
	check(waitpid(pid, &status, 0), "wait");
	tell_refused();
	return status ? 1 : 0;
}

static int options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "sSrmn:b:")) != -1) {
		job.splice_in |= c == 's';
		job.splice_out |= c == 'S';
		job.relay |= c == 'r';
		job.starved |= c == 'm';
		if (c == 'n')
			job.faults = atoi(optarg);
		if (c == 'b')
			job.from_len = parse_address(&job.from, optarg, "0");
		if (c == '?')
			return 0;
	}
	return argc - optind == 8;
}

int main(int argc, char **argv)
{
	int usable = options(argc, argv);

	argv += optind;
	if (usable)
		job.size = atoi(argv[5]);
	if (!usable || job.size < 1 || job.size > MAX_SIZE) {
		fprintf(stderr, "usage: xfer [-sSrm] [-n FAULTS] [-b SOURCE] %s %s\n",
			"PROTOCOL ADDRESS PORT FILE COPY SIZE",
			"TX-NETNS RX-NETNS");
		return 2;
	}
	job.way = find_way(argv[0]);
	errno = EINVAL;
	if (job.starved && job.way->cork)
		die("-m with udp-cork");
	job.len = parse_address(&job.at, argv[1], argv[2]);
	job.file = argv[3];
	job.out = create(argv[4]);
	return run(argv[6], argv[7]);
}
