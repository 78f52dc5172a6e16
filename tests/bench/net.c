// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of the kernel on loopback: what is sent is copied to page fragments
 * of the sending thread, as it is for user space, without the system call.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "bench.h"

#define BENCH_PORT	7000
#define BENCH_WAIT	(10 * HZ)
#define BENCH_SIZE_MAX	65536
#define BENCH_QUEUED	(2 << 20)	/* bytes, of the rows that count */

static char bench_data[BENCH_SIZE_MAX];
static char bench_reply[BENCH_SIZE_MAX];

int bench_net_init(void)
{
	struct net_device *lo = init_net.loopback_dev;
	int err;

	rtnl_lock();
	err = dev_change_flags(lo, lo->flags | IFF_UP, NULL);
	rtnl_unlock();
	return err;
}

/* What blocks for long has failed, and the boot must come to its end. */
static int bench_socket(int type, int protocol, struct socket **sock)
{
	int err = sock_create_kern(&init_net, AF_INET, type, protocol, sock);

	if (err)
		return err;
	(*sock)->sk->sk_rcvtimeo = BENCH_WAIT;
	(*sock)->sk->sk_sndtimeo = BENCH_WAIT;
	sock_set_reuseaddr((*sock)->sk);
	return 0;
}

/* The type of the address has changed in the meantime, hence void. */
static void *bench_addr(struct sockaddr_in *addr)
{
	*addr = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(BENCH_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	return addr;
}

static int bench_connect(struct socket *sock)
{
	struct sockaddr_in addr;

	return kernel_connect(sock, bench_addr(&addr), sizeof(addr), 0);
}

static int bench_bind(struct socket *sock)
{
	struct sockaddr_in addr;

	return kernel_bind(sock, bench_addr(&addr), sizeof(addr));
}

/* Two sockets that are connected; what the first one sends arrives at the other. */
struct bench_pair {
	struct socket *tx;
	struct socket *rx;
};

static void bench_close(struct bench_pair *pair)
{
	if (pair->tx)
		sock_release(pair->tx);
	if (pair->rx)
		sock_release(pair->rx);
}

static int bench_tcp_accept(struct socket *listener, struct bench_pair *pair)
{
	int err = bench_bind(listener);

	if (!err)
		err = kernel_listen(listener, 1);
	if (!err)
		err = bench_connect(pair->tx);
	if (!err)
		err = kernel_accept(listener, &pair->rx, 0);
	return err;
}

static int bench_tcp_open(struct bench_pair *pair)
{
	struct socket *listener;
	int err = bench_socket(SOCK_STREAM, IPPROTO_TCP, &listener);

	if (err)
		return err;
	err = bench_socket(SOCK_STREAM, IPPROTO_TCP, &pair->tx);
	if (!err)
		err = bench_tcp_accept(listener, pair);
	sock_release(listener);
	if (!err)
		pair->rx->sk->sk_rcvtimeo = BENCH_WAIT;
	return err;
}

static int bench_udp_open(struct bench_pair *pair)
{
	int err = bench_socket(SOCK_DGRAM, IPPROTO_UDP, &pair->rx);

	if (!err)
		err = bench_bind(pair->rx);
	if (!err)
		err = bench_socket(SOCK_DGRAM, IPPROTO_UDP, &pair->tx);
	if (!err)
		err = bench_connect(pair->tx);
	return err;
}

/* bench_send() - all of @size bytes; less is an error */
static int bench_send(struct socket *sock, unsigned int size, int flags)
{
	struct kvec vec = { .iov_base = bench_data, .iov_len = size };
	struct msghdr msg = { .msg_flags = flags };
	int ret = kernel_sendmsg(sock, &msg, &vec, 1, size);

	if (ret < 0)
		return ret;
	return ret == size ? 0 : -EMSGSIZE;
}

static int bench_recv(struct socket *sock, unsigned int size)
{
	struct kvec vec = { .iov_base = bench_reply, .iov_len = size };
	struct msghdr msg = {};
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, size, MSG_WAITALL);

	if (ret < 0)
		return ret;
	return ret == size ? 0 : -EMSGSIZE;
}

/* bench_drop() - take a datagram of @size bytes, and do not copy it */
static int bench_drop(struct socket *sock, unsigned int size)
{
	struct kvec vec = { .iov_base = bench_reply, .iov_len = 0 };
	struct msghdr msg = {};
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, 0, MSG_TRUNC);

	if (ret < 0)
		return ret;
	return ret == size ? 0 : -EMSGSIZE;
}

/* The other end of a row, a thread of its own with fragments of its own. */
struct bench_peer {
	int (*run)(struct bench_peer *peer);
	struct socket *sock;
	struct completion done;
	unsigned int size;
	u64 ops;
	int err;
};

static int bench_peer_thread(void *data)
{
	struct bench_peer *peer = data;

	peer->err = peer->run(peer);
	/* Who waits for what does not come is told. */
	if (peer->err)
		kernel_sock_shutdown(peer->sock, SHUT_RDWR);
	kthread_complete_and_exit(&peer->done, 0);
}

static int bench_peer_start(struct bench_peer *peer)
{
	struct task_struct *task;

	init_completion(&peer->done);
	task = kthread_create(bench_peer_thread, peer, "bench/peer");
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, 0);
	wake_up_process(task);
	return 0;
}

static int bench_peer_send(struct bench_peer *peer)
{
	int err = 0;
	u64 i;

	for (i = 0; i < peer->ops && !err; i++)
		err = bench_send(peer->sock, peer->size, 0);
	return err;
}

static int bench_peer_reply(struct bench_peer *peer)
{
	int err = 0;
	u64 i;

	for (i = 0; i < peer->ops && !err; i++) {
		err = bench_recv(peer->sock, peer->size);
		if (!err)
			err = bench_send(peer->sock, peer->size, 0);
	}
	return err;
}

/* Takes all there is without a copy, and counts what it comes in. */
static int bench_take(read_descriptor_t *desc, struct sk_buff *skb,
		      unsigned int offset, size_t len)
{
	struct bench_result *res = desc->arg.data;

	if (!offset) {
		res->skbs++;
		res->frags += skb_shinfo(skb)->nr_frags;
	}
	res->bytes += len;
	return len;
}

/* bench_wait() - until there is something to read */
static int bench_wait(struct sock *sk)
{
	long timeo = BENCH_WAIT;

	sk_wait_data(sk, &timeo, NULL);
	if (sk->sk_err)
		return -sk->sk_err;
	if (!timeo || sk->sk_shutdown & RCV_SHUTDOWN)
		return -ETIMEDOUT;
	return 0;
}

static int bench_read(struct sock *sk, u64 bytes, struct bench_result *res)
{
	read_descriptor_t desc = { .arg.data = res, .count = 1 };
	int ret = 0;

	while (res->bytes < bytes && ret >= 0) {
		lock_sock(sk);
		ret = tcp_read_sock(sk, &desc, bench_take);
		if (!ret)
			ret = bench_wait(sk);
		release_sock(sk);
	}
	return ret < 0 ? ret : 0;
}

static int bench_stream_pair(struct bench_pair *pair, struct bench_peer *peer,
			     struct bench_result *res)
{
	u64 start = ktime_get_ns();
	int err;

	peer->sock = pair->tx;
	err = bench_peer_start(peer);
	if (err)
		return err;
	err = bench_read(pair->rx->sk, peer->ops * peer->size, res);
	res->ns = ktime_get_ns() - start;
	res->ops = peer->ops;
	if (err)
		kernel_sock_shutdown(pair->rx, SHUT_RDWR);
	wait_for_completion(&peer->done);
	return err ?: peer->err;
}

static int bench_stream(const struct bench_row *row, u64 ops,
			struct bench_result *res)
{
	struct bench_peer peer = {
		.run = bench_peer_send, .size = row->size, .ops = ops,
	};
	struct bench_pair pair = {};
	int err = bench_tcp_open(&pair);

	if (!err)
		err = bench_stream_pair(&pair, &peer, res);
	bench_close(&pair);
	return err;
}

static int bench_rr_pair(struct bench_pair *pair, struct bench_peer *peer,
			 struct bench_result *res)
{
	u64 start = ktime_get_ns();
	int err;

	peer->sock = pair->rx;
	err = bench_peer_start(peer);
	if (err)
		return err;
	for (; res->ops < peer->ops && !err; res->ops++) {
		err = bench_send(pair->tx, peer->size, 0);
		if (!err)
			err = bench_recv(pair->tx, peer->size);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = 2 * res->ops * peer->size;
	if (err)
		kernel_sock_shutdown(pair->tx, SHUT_RDWR);
	wait_for_completion(&peer->done);
	return err ?: peer->err;
}

static int bench_rr(const struct bench_row *row, u64 ops,
		    struct bench_result *res)
{
	struct bench_peer peer = {
		.run = bench_peer_reply, .size = row->size, .ops = ops,
	};
	struct bench_pair pair = {};
	int err = bench_tcp_open(&pair);

	if (!err) {
		tcp_sock_set_nodelay(pair.tx->sk);
		tcp_sock_set_nodelay(pair.rx->sk);
		err = bench_rr_pair(&pair, &peer, res);
	}
	bench_close(&pair);
	return err;
}

static int bench_udp(const struct bench_row *row, u64 ops,
		     struct bench_result *res)
{
	struct bench_pair pair = {};
	int err = bench_udp_open(&pair);
	u64 start = ktime_get_ns();

	for (; res->ops < ops && !err; res->ops++) {
		err = bench_send(pair.tx, row->size, 0);
		if (!err)
			err = bench_drop(pair.rx, row->size);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * row->size;
	bench_close(&pair);
	return err;
}

/* The first may have been sent in part, and to the last more may be added. */
static void bench_count_queue(struct sock *sk, struct bench_result *res)
{
	struct sk_buff *skb;

	lock_sock(sk);
	skb_queue_walk(&sk->sk_write_queue, skb) {
		if (skb_queue_is_first(&sk->sk_write_queue, skb) ||
		    skb_queue_is_last(&sk->sk_write_queue, skb))
			continue;
		res->skbs++;
		res->frags += skb_shinfo(skb)->nr_frags;
	}
	release_sock(sk);
}

static void bench_limit(struct bench_pair *pair)
{
	struct sock *tx = pair->tx->sk, *rx = pair->rx->sk;

	tx->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(tx->sk_sndbuf, 4 * BENCH_QUEUED);
	rx->sk_userlocks |= SOCK_RCVBUF_LOCK;
	WRITE_ONCE(rx->sk_rcvbuf, BENCH_SIZE_MAX);
}

/*
 * Nobody reads: what the sender builds stays in its queue, and depends on the
 * writes alone. What arrives depends on when it is sent, and is merged again.
 */
static int bench_queue(const struct bench_row *row, u64 ops,
		       struct bench_result *res)
{
	struct bench_pair pair = {};
	int err = bench_tcp_open(&pair);

	if (!err)
		bench_limit(&pair);
	while (!err && res->bytes < BENCH_QUEUED) {
		err = bench_send(pair.tx, row->size, MSG_DONTWAIT);
		res->bytes += row->size;
		res->ops++;
	}
	if (!err)
		bench_count_queue(pair.tx->sk, res);
	bench_close(&pair);
	return err;
}

const struct bench_row bench_net_rows[] = {
	{ "tcp/64", "time", bench_stream, 400000, 64 },
	{ "tcp/1024", "time", bench_stream, 250000, 1024 },
	{ "tcp/4096", "time", bench_stream, 100000, 4096 },
	{ "tcp/16384", "time", bench_stream, 30000, 16384 },
	{ "tcp/65536", "time", bench_stream, 8000, 65536 },
	{ "tcp-rr/64", "time", bench_rr, 30000, 64 },
	{ "tcp-rr/1024", "time", bench_rr, 30000, 1024 },
	{ "udp/1400", "time", bench_udp, 60000, 1400 },
	{ "udp/32768", "time", bench_udp, 20000, 32768 },
	{ "tcp-queue/64", "count", bench_queue, 1, 64 },
	{ "tcp-queue/1024", "count", bench_queue, 1, 1024 },
	{ "tcp-queue/4096", "count", bench_queue, 1, 4096 },
	{ "tcp-queue/16384", "count", bench_queue, 1, 16384 },
	{ "tcp-queue/65536", "count", bench_queue, 1, 65536 },
};
const unsigned int bench_net_nr = ARRAY_SIZE(bench_net_rows);
