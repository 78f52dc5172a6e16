// SPDX-License-Identifier: GPL-2.0
/* What does not depend on time: fragments of what is sent, and pages held. */
#include <linux/sched.h>
#include <net/tcp.h>

#include "api.h"
#include "loop.h"
#include "net.h"

#define BENCH_QUEUED	(2 << 20)	/* bytes that nobody reads */
#define BENCH_SOCKETS	16
#define BENCH_TICKS	(5 * HZ)

static void bench_count(struct sk_buff *skb, struct bench_result *res)
{
	res->skbs++;
	res->frags += skb_shinfo(skb)->nr_frags;
}

/* The first may have been sent in part, and to the last more may be added. */
static void bench_count_queue(struct sock *sk, struct bench_result *res)
{
	struct sk_buff *skb;

	lock_sock(sk);
	skb_queue_walk(&sk->sk_write_queue, skb) {
		if (!skb_queue_is_first(&sk->sk_write_queue, skb) &&
		    !skb_queue_is_last(&sk->sk_write_queue, skb))
			bench_count(skb, res);
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
static int bench_queue_by(const struct bench_row *row, struct bench_result *res,
			  void (*count)(struct sock *sk, struct bench_result *res))
{
	struct bench_pair pair = {};
	int err = bench_open(&bench_loopback, SOCK_STREAM, &pair);

	if (!err)
		bench_limit(&pair);
	while (!err && res->bytes < BENCH_QUEUED) {
		err = bench_send(pair.tx, row->size, MSG_DONTWAIT);
		res->bytes += row->size;
		res->ops++;
	}
	if (!err)
		count(pair.tx->sk, res);
	bench_close(&pair);
	return err;
}

static int bench_queue(const struct bench_row *row, u64 ops,
		       struct bench_result *res)
{
	return bench_queue_by(row, res, bench_count_queue);
}

/* What ss -m shows of it: skbs counts queues, frags the bytes they are charged. */
static void bench_count_charged(struct sock *sk, struct bench_result *res)
{
	res->skbs++;
	res->frags += READ_ONCE(sk->sk_wmem_queued);
}

static int bench_charged(const struct bench_row *row, u64 ops,
			 struct bench_result *res)
{
	return bench_queue_by(row, res, bench_count_charged);
}

/* All is on one processor: what interrupts the walk can only add to the end. */
static bool bench_arrived(struct sock *sk, unsigned int size)
{
	unsigned int there = 0;
	struct sk_buff *skb;

	lock_sock(sk);
	skb_queue_walk(&sk->sk_receive_queue, skb)
		there += skb->len;
	release_sock(sk);
	return there >= size;
}

/* A stream is charged what was written until it is acknowledged, a datagram nothing. */
static bool bench_acked(struct sock *sk, unsigned int size)
{
	bool all;

	lock_sock(sk);
	all = !READ_ONCE(sk->sk_wmem_queued);
	release_sock(sk);
	return all;
}

/* bench_until() - a tick at a time: it is there at once, or a timer sends it */
static int bench_until(bool (*cond)(struct sock *sk, unsigned int size),
		       struct sock *sk, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < BENCH_TICKS; i++) {
		if (cond(sk, size))
			return 0;
		schedule_timeout_uninterruptible(1);
	}
	return -ETIMEDOUT;
}

static void bench_count_arrived(struct sock *sk, struct bench_result *res)
{
	struct sk_buff *skb;

	lock_sock(sk);
	skb_queue_walk(&sk->sk_receive_queue, skb)
		res->frags += skb_shinfo(skb)->nr_frags;
	release_sock(sk);
	res->skbs++;
}

/* One message, from the write until nobody holds any of it. */
static int bench_message_one(const struct bench_path *path,
			     struct bench_pair *pair, unsigned int size,
			     struct bench_result *res)
{
	unsigned int all = size + path->record;
	int err = bench_send(pair->tx, size, 0);

	if (!err)
		err = bench_until(bench_arrived, pair->rx->sk, all);
	if (!err)
		bench_count_arrived(pair->rx->sk, res);
	if (!err)
		err = bench_recv(pair->rx, all);
	if (!err)
		err = bench_until(bench_acked, pair->tx->sk, size);
	return err;
}

/* Fragments per message: when one is sent, the last one is no longer in use. */
static int bench_message_on(const struct bench_path *path,
			    const struct bench_row *row,
			    struct bench_result *res)
{
	bool dgram = path->protocol == IPPROTO_UDP;
	struct bench_pair pair = {};
	int err = bench_open(path, dgram ? SOCK_DGRAM : SOCK_STREAM, &pair);

	if (!err && path->protocol == IPPROTO_TCP)
		tcp_sock_set_nodelay(pair.tx->sk);
	for (; res->ops < row->batch && !err; res->ops++) {
		err = bench_message_one(path, &pair, row->size, res);
		res->bytes += row->size;
	}
	bench_close(&pair);
	return err;
}

static int bench_message(const struct bench_row *row, u64 ops,
			 struct bench_result *res)
{
	return bench_message_on(&bench_loopback, row, res);
}

static int bench_message_mptcp(const struct bench_row *row, u64 ops,
			       struct bench_result *res)
{
	return bench_message_on(&bench_mptcp, row, res);
}

static int bench_message_tls(const struct bench_row *row, u64 ops,
			     struct bench_result *res)
{
	return bench_message_on(&bench_tls, row, res);
}

static int bench_message_udp(const struct bench_row *row, u64 ops,
			     struct bench_result *res)
{
	return bench_message_on(&bench_datagrams, row, res);
}

/* Pages that the task has after its last message: skbs counts tasks. */
static int bench_held_by_task(const struct bench_row *row, u64 ops,
			      struct bench_result *res)
{
	int err = bench_message(row, ops, res);

	res->skbs = 1;
	res->frags = bench_held_task();
	return err;
}

static int bench_held_one(struct bench_pair *pair, unsigned int size,
			  struct bench_result *res)
{
	struct bench_result ignored = {};
	int err = bench_open(&bench_loopback, SOCK_STREAM, pair);

	if (err)
		return err;
	pair->tx->sk->sk_use_task_frag = false;
	tcp_sock_set_nodelay(pair->tx->sk);
	err = bench_message_one(&bench_loopback, pair, size, &ignored);
	res->ops++;
	res->bytes += size;
	res->skbs++;
	res->frags += bench_held_sock(pair->tx->sk);
	return err;
}

/* The same for sockets that have fragments of their own: skbs counts them. */
static int bench_held_by_socket(const struct bench_row *row, u64 ops,
				struct bench_result *res)
{
	struct bench_pair pairs[BENCH_SOCKETS] = {};
	unsigned int i;
	int err = 0;

	for (i = 0; i < BENCH_SOCKETS && !err; i++)
		err = bench_held_one(&pairs[i], row->size, res);
	for (i = 0; i < BENCH_SOCKETS; i++)
		bench_close(&pairs[i]);
	return err;
}

static const struct bench_row rows[] = {
	{ "message/64", "count", bench_message, 1, 64, 64 },
	{ "message/1024", "count", bench_message, 1, 1024, 64 },
	{ "message/4096", "count", bench_message, 1, 4096, 64 },
	{ "message/16384", "count", bench_message, 1, 16384, 64 },
	{ "message/20480", "count", bench_message, 1, 20480, 64 },
	{ "message/32768", "count", bench_message, 1, 32768, 64 },
	{ "message-mptcp/64", "count", bench_message_mptcp, 1, 64, 64 },
	{ "message-mptcp/16384", "count", bench_message_mptcp, 1, 16384, 64 },
	{ "message-mptcp/32768", "count", bench_message_mptcp, 1, 32768, 64 },
	{ "message-tls/1024", "count", bench_message_tls, 1, 1024, 32 },
	{ "message-tls/16384", "count", bench_message_tls, 1, 16384, 16 },
	{ "message-udp/20480", "count", bench_message_udp, 1, 20480, 64 },
	{ "message-udp/32768", "count", bench_message_udp, 1, 32768, 64 },
	{ "queue/64", "count", bench_queue, 1, 64 },
	{ "queue/1024", "count", bench_queue, 1, 1024 },
	{ "queue/4096", "count", bench_queue, 1, 4096 },
	{ "queue/16384", "count", bench_queue, 1, 16384 },
	{ "queue/65536", "count", bench_queue, 1, 65536 },
	{ "charged/64", "count", bench_charged, 1, 64 },
	{ "charged/1024", "count", bench_charged, 1, 1024 },
	{ "charged/16384", "count", bench_charged, 1, 16384 },
	{ "pages-of-task/64", "count", bench_held_by_task, 1, 64, 1 },
	{ "pages-of-socket/64", "count", bench_held_by_socket, 1, 64 },
};

const struct bench_rows bench_count_rows = { rows, ARRAY_SIZE(rows) };
