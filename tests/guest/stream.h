/* SPDX-License-Identifier: GPL-2.0 */
/* Streams: TCP and what sits on it, and AF_UNIX. */
#ifndef STREAM_H
#define STREAM_H

#include "fault.h"
#include "starve.h"

#include <linux/bpf.h>
#include <linux/errqueue.h>
#include <linux/kcm.h>
#include <linux/mptcp.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef SOL_MPTCP
#define SOL_MPTCP	284
#endif

static ssize_t splice_into(int from, int pipe, size_t size)
{
	if (job.starved && job.splice_in)
		return starved_splice(from, pipe, size);
	return check(splice(from, NULL, pipe, NULL, size, 0), "splice in");
}

/* Until end of file, through a pipe. */
static void splice_copy(int from, int to, size_t size)
{
	int ends[2];
	ssize_t n, m;

	check(pipe2(ends, O_CLOEXEC), "pipe");
	while ((n = splice_into(from, ends[1], size)))
		for (; n; n -= m)
			m = check(splice(ends[0], NULL, to, NULL, n, 0), "splice out");
	close(ends[0]);
	close(ends[1]);
}

/* What is spliced out of one socket is spliced into another, then read. */
static void relay(int from, int out)
{
	int ends[2], status;
	pid_t pid;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
	pid = check(fork(), "fork");
	if (!pid) {
		close(ends[0]);
		copy(ends[1], out, buf, sizeof(buf));
		exit(0);
	}
	close(ends[1]);
	splice_copy(from, ends[0], MAX_SIZE);
	close(ends[0]);
	check(waitpid(pid, &status, 0), "wait for the relay");
	if (status)
		exit(1);
}

static int accept_one(int listener)
{
	int fd = check(accept(listener, NULL, NULL), "accept");

	bound_waits(fd);
	return job.way->connected ? job.way->connected(fd) : fd;
}

static void stream_receive(int listener, int out)
{
	int fd = accept_one(listener);

	if (job.relay)
		relay(fd, out);
	else if (job.splice_in)
		splice_copy(fd, out, MAX_SIZE);
	else
		copy(fd, out, buf, sizeof(buf));
	close(fd);
}

/* The receiver closes when it has everything. */
static void finish(int fd)
{
	check(shutdown(fd, SHUT_WR), "shutdown");
	if (check(read(fd, buf, sizeof(buf)), "wait for the receiver"))
		fprintf(stderr, "the receiver sent something\n");
}

static void stream_send(int fd, int in)
{
	if (job.splice_out)
		splice_copy(in, fd, job.size);
	else if (job.starved)
		starved_copy(in, fd, job.size);
	else
		copy(in, fd, buf, job.size);
	finish(fd);
}

/* Nothing is pushed before the last of it, which pushes a record of TLS, too. */
static void more_send(int fd, int in)
{
	off_t left = check(lseek(in, 0, SEEK_END), "lseek");
	ssize_t n, done, m;

	check(lseek(in, 0, SEEK_SET), "lseek");
	for (; (n = check(read(in, buf, job.size), "read")); left -= n)
		for (done = 0; done < n; done += m)
			m = check(send(fd, buf + done, n - done, n < left ? MSG_MORE : 0), "send");
	finish(fd);
}

static int start_tls(int fd)
{
	struct tls12_crypto_info_aes_gcm_128 key = {
		.info = { TLS_1_2_VERSION, TLS_CIPHER_AES_GCM_128 },
		.key = "fifteen letters",
	};

	check(setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")), "TCP_ULP");
	check(setsockopt(fd, SOL_TLS, TLS_TX, &key, sizeof(key)), "TLS_TX");
	check(setsockopt(fd, SOL_TLS, TLS_RX, &key, sizeof(key)), "TLS_RX");
	return fd;
}

/* A connection that fell back to TCP would show nothing. */
static int is_mptcp(int fd)
{
	struct mptcp_info info = {};
	socklen_t len = sizeof(info);

	check(getsockopt(fd, SOL_MPTCP, MPTCP_INFO, &info, &len), "MPTCP_INFO");
	if (info.mptcpi_flags & MPTCP_INFO_FLAG_FALLBACK) {
		fprintf(stderr, "the connection is TCP, not MPTCP\n");
		exit(1);
	}
	return fd;
}

/*
 * ESP in TCP, as who negotiates the keys uses it: a message is four zeros, which say that
 * it is no ESP, and the data. Such a socket has a cache of its own. The receiver is one
 * of TCP, which sees two bytes of length before each: what espintcp charges for messages
 * it gives back without a lock, and that may go wrong, on the base too.
 */
#define MARKER	4

static int start_espintcp(int fd)
{
	errno = EMSGSIZE;
	if (job.size > UINT16_MAX / 2 || job.starved || job.splice_in || job.splice_out)
		die("espintcp");
	check(setsockopt(fd, IPPROTO_TCP, TCP_ULP, "espintcp", sizeof("espintcp")),
	      "TCP_ULP espintcp");
	return fd;
}

static void espintcp_send(int fd, int in)
{
	ssize_t n;

	memset(buf, 0, MARKER);
	while ((n = check(read(in, buf + MARKER, job.size), "read")))
		if (write(fd, buf, MARKER + n) != MARKER + n)
			die("send a message");
	check(shutdown(fd, SHUT_WR), "shutdown");
}

/* How much data is in the next message; it is in buf behind the marker. */
static size_t espintcp_await(int fd)
{
	unsigned char len[2];
	ssize_t n = check(recv(fd, len, sizeof(len), MSG_WAITALL), "receive a length");

	if (!n)
		return 0;
	if (n != sizeof(len))
		die("receive a whole length");
	n = (len[0] << 8 | len[1]) - (ssize_t)sizeof(len);
	if (n <= MARKER || recv(fd, buf, n, MSG_WAITALL) != n)
		die("receive a message");
	return n - MARKER;
}

static void espintcp_receive(int listener, int out)
{
	int fd = check(accept(listener, NULL, NULL), "accept");
	size_t n;

	bound_waits(fd);
	while ((n = espintcp_await(fd)))
		write_all(out, buf + MARKER, n);
}

/*
 * The program sees an skb and not where in it the message begins. So all have
 * the same length: how much is data, the data, and what is left over.
 */
static size_t message_size(void)
{
	return sizeof(int) + job.size;
}

static int load_parser(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = message_size() },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)insns,
		.insn_cnt = ARRAY_SIZE(insns),
		.license = (unsigned long)"GPL",
	};

	return check(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)), "bpf");
}

static int start_kcm(int fd)
{
	struct kcm_attach attach = { .fd = fd, .bpf_fd = load_parser() };
	/* Splicing out of the other kind is reading. */
	int type = job.splice_in ? SOCK_SEQPACKET : SOCK_DGRAM;
	int kcm = check(socket(AF_KCM, type, KCMPROTO_CONNECTED), "AF_KCM");

	bound_waits(kcm);
	check(ioctl(kcm, SIOCKCMATTACH, &attach), "SIOCKCMATTACH");
	close(attach.bpf_fd);
	close(fd);
	return kcm;
}

/* Of this process, empty between two messages. */
static const int *message_pipe(void)
{
	static int ends[2];

	if (!ends[1])
		check(pipe2(ends, O_CLOEXEC), "pipe");
	return ends;
}

/* The length is copied, the data goes with the pages that a pipe has. */
static ssize_t kcm_splice(int fd, const struct iovec *iov)
{
	ssize_t n = check(send(fd, iov[0].iov_base, iov[0].iov_len, MSG_MORE), "send the length");
	const int *ends = message_pipe();

	errno = EMSGSIZE;
	if (iov[1].iov_len > UINT16_MAX)
		die("more than a pipe holds");
	write_all(ends[1], iov[1].iov_base, iov[1].iov_len);
	return n + check(splice(ends[0], NULL, fd, NULL, iov[1].iov_len, 0), "splice out");
}

static ssize_t kcm_sendv(int fd, struct iovec *iov)
{
	if (job.splice_out)
		return kcm_splice(fd, iov);
	return job.starved ? starved_sendv(fd, iov, 2) : writev(fd, iov, 2);
}

static void kcm_message(int fd, unsigned int len)
{
	struct iovec iov[] = { { &len, sizeof(len) }, { buf, job.size } };
	ssize_t n = kcm_sendv(fd, iov);

	if (n != (ssize_t)message_size())
		die("send a message");
}

/* A message that does not go into the pipe at once is lost. */
static ssize_t kcm_splice_read(int fd)
{
	const int *ends = message_pipe();
	ssize_t n;

	n = check(splice(fd, NULL, ends[1], NULL, sizeof(buf), 0), "splice a message");
	return check(read(ends[0], buf, n), "read the pipe");
}

/* How much data is in the message; it is in buf behind this length. */
static size_t kcm_await(int fd)
{
	ssize_t n = job.splice_in ? kcm_splice_read(fd) :
		check(recv(fd, buf, sizeof(buf), 0), "receive a message");
	unsigned int len;

	memcpy(&len, buf, sizeof(len));
	if (n != (ssize_t)message_size() || len > job.size) {
		fprintf(stderr, "%zd bytes are no message\n", n);
		exit(1);
	}
	return len;
}

static void kcm_send(int fd, int in)
{
	ssize_t n;

	do {
		n = check(read(in, buf, job.size), "read");
		kcm_message(fd, n);
	} while (n);
	kcm_await(fd);
}

static void kcm_receive(int listener, int out)
{
	int fd = accept_one(listener);
	size_t n;

	while ((n = kcm_await(fd)))
		write_all(out, buf + sizeof(int), n);
	kcm_message(fd, 0);
}

/* How many sends the kernel says it is done with. */
static unsigned int reap(int fd)
{
	struct pollfd poller = { .fd = fd };
	char control[256];
	struct msghdr msg = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct sock_extended_err *err;

	errno = ETIMEDOUT;
	check(poll(&poller, 1, GIVE_UP_SECONDS * 1000) - 1, "poll");
	check(recvmsg(fd, &msg, MSG_ERRQUEUE), "MSG_ERRQUEUE");
	err = (void *)CMSG_DATA(CMSG_FIRSTHDR(&msg));
	return err->ee_data - err->ee_info + 1;
}

/* Where the pages stay as they are until the last of them was sent. */
static char *load_file(int in, size_t *len)
{
	char *map;

	*len = check(lseek(in, 0, SEEK_END), "lseek");
	map = mmap(NULL, *len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		die("mmap");
	for (size_t at = 0; at < *len;)
		at += check(pread(in, map + at, *len - at, at), "read");
	return map;
}

static struct {
	unsigned int sent, done;
} without_copy;

/* If there is no room for what the kernel has to say, it has to say it first. */
static ssize_t zerocopy(int fd, const char *from, size_t len, int flags)
{
	ssize_t n;

	while ((n = send(fd, from, len, flags | MSG_ZEROCOPY)) < 0 &&
	       errno == ENOBUFS && without_copy.done < without_copy.sent)
		without_copy.done += reap(fd);
	without_copy.sent++;
	return check(n, "MSG_ZEROCOPY");
}

static void zerocopy_finish(int fd)
{
	while (without_copy.done < without_copy.sent)
		without_copy.done += reap(fd);
}

/* Every other send is a copy into the skb that the one before has pages in. */
static void zerocopy_send(int fd, int in)
{
	unsigned int turn = 0;
	size_t len, at = 0;
	const char *file = load_file(in, &len);

	set(fd, SOL_SOCKET, SO_ZEROCOPY, 1, "SO_ZEROCOPY");
	while (at < len) {
		size_t part = len - at < job.size ? len - at : job.size;

		if (turn++ % 2)
			at += check(send(fd, file + at, part, 0), "send");
		else
			at += zerocopy(fd, file + at, part, 0);
	}
	zerocopy_finish(fd);
	finish(fd);
}

static void let_fastopen(int fd)
{
	set(fd, IPPROTO_TCP, TCP_FASTOPEN, 16, "TCP_FASTOPEN");
}

/* The other end had data of the SYN, and acknowledged it; or a page @was refused for that. */
static void had_syn_data(int fd, int was)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	check(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
	if (info.tcpi_options & TCPI_OPT_SYN_DATA)
		return;
	refused.count += was;
	if (!was) {
		fprintf(stderr, "no data went with the SYN\n");
		exit(1);
	}
}

static void fail_syn(int fd, const char *from, const union address *to)
{
	ssize_t n = sendto(fd, from, job.size, MSG_FASTOPEN, &to->sa, job.len);

	if (n >= 0) {
		fprintf(stderr, "%zd bytes sent to nobody\n", n);
		exit(1);
	}
	if (errno != ECONNREFUSED)
		die("MSG_FASTOPEN to nobody");
}

/*
 * The SYN is filled before anybody can refuse it, from what can be read: nothing,
 * or what is before the end of a page. Nobody listens there.
 */
static void fail_syns(int fd)
{
	size_t readable = 4096;
	char *end = edge(readable, MAX_SIZE);
	union address nobody = job.at;
	unsigned long filled = segments();

	nobody.v4.sin_port = htons(9);
	for (unsigned int i = 0; i < job.faults; i++) {
		size_t n = i % 2 ? 0 : 1 + i * 97 % readable;

		fail_syn(fd, end - n, &nobody);
		filled += !!n;
	}
	if (segments() < filled) {
		fprintf(stderr, "no data went with a SYN that was refused\n");
		exit(1);
	}
}

static ssize_t fastopen_once(int fd, size_t len)
{
	return sendto(fd, buf, len, MSG_FASTOPEN, &job.at.sa, job.len);
}

/* Whether pages were refused. Who gets none for a socket's tables tries again. */
static int starved_fastopen(int fd, size_t len)
{
	unsigned int tries = 0;
	ssize_t n;
	long had;

	do {
		use_page();
		had = pages_left();
		starve(1);
		n = fastopen_once(fd, len);
		starve(0);
	} while (n < 0 && is_refusal(errno) && ++tries < REFUSED_MOST);
	if (n != (ssize_t)len)
		die("MSG_FASTOPEN without memory");
	return pages_left() < had;
}

/* A SYN that gets no page goes without data, which follows. */
static int fastopen_part(int fd, size_t len)
{
	if (job.starved)
		return starved_fastopen(fd, len);
	if (fastopen_once(fd, len) != (ssize_t)len)
		die("MSG_FASTOPEN");
	return 0;
}

/* A connection for each part of the file, and an empty one at the end. */
static void fastopen_send(int fd, int in)
{
	int was = 0;
	ssize_t n;

	do {
		n = check(read(in, buf, job.size), "read");
		if (n)
			was = fastopen_part(fd, n);
		else
			check(connect(fd, &job.at.sa, job.len), "connect");
		finish(fd);
		if (n)
			had_syn_data(fd, was);
		close(fd);
		fd = open_socket(&job.at, SOCK_STREAM, 0);
	} while (n);
}

static void fastopen_receive(int listener, int out)
{
	off_t before;
	int fd;

	do {
		before = lseek(out, 0, SEEK_CUR);
		fd = accept_one(listener);
		copy(fd, out, buf, sizeof(buf));
		close(fd);
	} while (lseek(out, 0, SEEK_CUR) != before);
}

#endif /* STREAM_H */
