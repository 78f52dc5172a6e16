// SPDX-License-Identifier: GPL-2.0
/* Whole paths, from a write to what arrives, with all threads on one processor. */
#include <linux/in.h>
#include <linux/slab.h>
#include <linux/tcp.h>

#include "loop.h"
#include "net.h"

/* Bytes that a flow has in flight, or one write if that is more. */
#define BENCH_ROUND		32768

struct bench_flow {
	struct bench_pair pair;
	struct bench_result res;
	u64 want;
};

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

static unsigned int bench_writes(const struct bench_path *path, unsigned int size)
{
	return path->record ? 1 : max(BENCH_ROUND / size, 1U);
}

static int bench_flow_write(const struct bench_path *path,
			    struct bench_flow *flow, unsigned int size)
{
	unsigned int left = bench_writes(path, size);
	int err = 0;

	flow->want += left * (size + path->record);
	while (left-- && !err)
		err = bench_send(flow->pair.tx, size, left ? MSG_MORE : 0);
	return err;
}

static int bench_flow_read(const struct bench_path *path, struct bench_flow *flow)
{
	unsigned int size = flow->want - flow->res.bytes;

	if (!path->copy)
		return bench_read(flow->pair.rx->sk, flow->want, &flow->res);

	flow->res.bytes = flow->want;
	return bench_recv(flow->pair.rx, size);
}

/*
 * One thread that writes to each and reads from each, by turns: what arrives is then
 * no matter of when it is scheduled.
 */
static int bench_flows_run(const struct bench_path *path,
			   struct bench_flow *flows, const struct bench_row *row,
			   u64 ops, struct bench_result *res)
{
	unsigned int step = row->batch * bench_writes(path, row->size), i;
	u64 start = ktime_get_ns();
	int err = 0;

	for (; res->ops < ops && !err; res->ops += step) {
		for (i = 0; i < row->batch && !err; i++)
			err = bench_flow_write(path, &flows[i], row->size);
		for (i = 0; i < row->batch && !err; i++)
			err = bench_flow_read(path, &flows[i]);
	}
	res->ns = ktime_get_ns() - start;
	return err;
}

static int bench_flow_open(const struct bench_path *path, struct bench_flow *flow)
{
	int err = bench_open(path, SOCK_STREAM, &flow->pair);

	if (!err && path->protocol == IPPROTO_TCP)
		tcp_sock_set_nodelay(flow->pair.tx->sk);
	return err;
}

static void bench_flow_close(struct bench_flow *flow, struct bench_result *res)
{
	bench_close(&flow->pair);
	res->bytes += flow->res.bytes;
	res->skbs += flow->res.skbs;
	res->frags += flow->res.frags;
}

static int bench_stream_on(const struct bench_path *path,
			   const struct bench_row *row, u64 ops,
			   struct bench_result *res)
{
	struct bench_flow *flows = kcalloc(row->batch, sizeof(*flows), GFP_KERNEL);
	int err = flows ? 0 : -ENOMEM;
	unsigned int i;

	for (i = 0; i < row->batch && !err; i++)
		err = bench_flow_open(path, &flows[i]);
	if (!err)
		err = bench_flows_run(path, flows, row, ops, res);
	for (i = 0; i < row->batch && flows; i++)
		bench_flow_close(&flows[i], res);
	kfree(flows);
	return err;
}

static int bench_stream(const struct bench_row *row, u64 ops,
			struct bench_result *res)
{
	return bench_stream_on(&bench_loopback, row, ops, res);
}

static const struct bench_path bench_veth = {
	.rx_net = &bench_veth_net, .addr = BENCH_VETH_ADDR,
	.protocol = IPPROTO_TCP,
};

static int bench_stream_veth(const struct bench_row *row, u64 ops,
			     struct bench_result *res)
{
	return bench_stream_on(&bench_veth, row, ops, res);
}

static int bench_stream_mptcp(const struct bench_row *row, u64 ops,
			      struct bench_result *res)
{
	return bench_stream_on(&bench_mptcp, row, ops, res);
}

static int bench_stream_tls(const struct bench_row *row, u64 ops,
			    struct bench_result *res)
{
	return bench_stream_on(&bench_tls, row, ops, res);
}

static int bench_rr_pair(struct bench_pair *pair, struct bench_peer *peer,
			 struct bench_result *res)
{
	u64 start = ktime_get_ns();
	int err = bench_peer_start(peer);

	for (; res->ops < peer->ops && !err; res->ops++) {
		err = bench_send(pair->tx, peer->size, 0);
		if (!err)
			err = bench_recv(pair->tx, peer->size);
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = 2 * res->ops * peer->size;
	if (err)
		kernel_sock_shutdown(pair->tx, SHUT_RDWR);
	return bench_peer_wait(peer) ?: err;
}

static int bench_rr_on(const struct bench_path *path,
		       const struct bench_row *row, u64 ops,
		       struct bench_result *res)
{
	struct bench_peer peer = {
		.run = bench_peer_reply, .size = row->size, .ops = ops,
	};
	struct bench_pair pair = {};
	int err = bench_open(path, SOCK_STREAM, &pair);

	if (!err) {
		peer.sock = pair.rx;
		tcp_sock_set_nodelay(pair.tx->sk);
		tcp_sock_set_nodelay(pair.rx->sk);
		err = bench_rr_pair(&pair, &peer, res);
	}
	bench_close(&pair);
	return err;
}

static int bench_rr(const struct bench_row *row, u64 ops,
		    struct bench_result *res)
{
	return bench_rr_on(&bench_loopback, row, ops, res);
}

static int bench_rr_veth(const struct bench_row *row, u64 ops,
			 struct bench_result *res)
{
	return bench_rr_on(&bench_veth, row, ops, res);
}

static int bench_udp(const struct bench_row *row, u64 ops,
		     struct bench_result *res)
{
	struct bench_pair pair = {};
	int err = bench_open(&bench_datagrams, SOCK_DGRAM, &pair);
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

static const struct bench_row rows[] = {
	{ "tcp/64", "time", bench_stream, 400000, 64, 1 },
	{ "tcp/1024", "time", bench_stream, 200000, 1024, 1 },
	{ "tcp/4096", "time", bench_stream, 80000, 4096, 1 },
	{ "tcp/16384", "time", bench_stream, 20000, 16384, 1 },
	{ "tcp/65536", "time", bench_stream, 6000, 65536, 1 },
	{ "tcp-x8/64", "time", bench_stream, 400000, 64, 8 },
	{ "tcp-x8/1024", "time", bench_stream, 200000, 1024, 8 },
	{ "tcp-x8/16384", "time", bench_stream, 20000, 16384, 8 },
	{ "tcp-x8/65536", "time", bench_stream, 6000, 65536, 8 },
	{ "tcp-rr/64", "time", bench_rr, 3000, 64 },
	{ "tcp-rr/1024", "time", bench_rr, 3000, 1024 },
	{ "tcp-rr/16384", "time", bench_rr, 2000, 16384 },
	{ "tcp-rr/65536", "time", bench_rr, 800, 65536 },
	{ "veth/64", "time", bench_stream_veth, 200000, 64, 1 },
	{ "veth/1024", "time", bench_stream_veth, 60000, 1024, 1 },
	{ "veth/16384", "time", bench_stream_veth, 6000, 16384, 1 },
	{ "veth/65536", "time", bench_stream_veth, 2000, 65536, 1 },
	{ "veth-x8/64", "time", bench_stream_veth, 200000, 64, 8 },
	{ "veth-x8/1024", "time", bench_stream_veth, 60000, 1024, 8 },
	{ "veth-x8/16384", "time", bench_stream_veth, 6000, 16384, 8 },
	{ "veth-x8/65536", "time", bench_stream_veth, 2000, 65536, 8 },
	{ "veth-rr/64", "time", bench_rr_veth, 3000, 64 },
	{ "veth-rr/1024", "time", bench_rr_veth, 3000, 1024 },
	{ "veth-rr/16384", "time", bench_rr_veth, 2000, 16384 },
	{ "veth-rr/65536", "time", bench_rr_veth, 800, 65536 },
	{ "udp/64", "time", bench_udp, 10000, 64 },
	{ "udp/1400", "time", bench_udp, 10000, 1400 },
	{ "udp/32768", "time", bench_udp, 5000, 32768 },
	{ "tap/64", "time", bench_tap, 100000, 64 },
	{ "tap/1400", "time", bench_tap, 100000, 1400 },
	{ "virtio-rx/64", "time", bench_virtio, 100000, 64 },
	{ "virtio-rx/1400", "time", bench_virtio, 100000, 1400 },
	{ "mptcp/64", "time", bench_stream_mptcp, 200000, 64, 1 },
	{ "mptcp/1024", "time", bench_stream_mptcp, 100000, 1024, 1 },
	{ "mptcp/16384", "time", bench_stream_mptcp, 6000, 16384, 1 },
	{ "mptcp/65536", "time", bench_stream_mptcp, 1500, 65536, 1 },
	{ "tls/1024", "time", bench_stream_tls, 2000, 1024, 1 },
	{ "tls/16384", "time", bench_stream_tls, 300, 16384, 1 },
};

const struct bench_rows bench_path_rows = { rows, ARRAY_SIZE(rows) };
