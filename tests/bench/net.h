/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of the kernel, and threads at their ends. */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <net/sock.h>

#include "bench.h"

#define BENCH_WAIT	(10 * HZ)
#define BENCH_SIZE_MAX	65536

/* Two sockets that are connected; what the first one sends arrives at the other. */
struct bench_pair {
	struct socket *tx;
	struct socket *rx;
};

/*
 * @rx_net: where the other end is; what sends is in the first namespace
 * @addr: of the other end
 * @setup: for the pair that is connected, or NULL
 * @record: bytes that each write has more when it arrives
 * @copy: it can only be read by copying
 */
struct bench_path {
	struct net **rx_net;
	u32 addr;
	int protocol;
	int (*setup)(struct bench_pair *pair);
	unsigned int record;
	bool copy;
};

extern const struct bench_path bench_loopback;
extern const struct bench_path bench_mptcp;
extern const struct bench_path bench_tls;
extern const struct bench_path bench_datagrams;
extern struct net *bench_veth_net;
#define BENCH_VETH_ADDR	0xc0a84d02	/* 192.168.77.2 */

/* Of a local experiment: whoever receives such a frame drops it. */
#define BENCH_FRAME_TYPE	0x88b5

int bench_net_init(void);
int bench_in_thread(int (*run)(void), const char *name);
int bench_veth_init(void);
int bench_tap_init(void);
int bench_virtio_init(void);
u64 bench_received(struct net_device *dev);

#define BENCH_FRAME_MAX	1400
int bench_tap(const struct bench_row *row, u64 ops, struct bench_result *res);
int bench_virtio(const struct bench_row *row, u64 ops, struct bench_result *res);

int bench_open(const struct bench_path *path, int type, struct bench_pair *pair);
void bench_close(struct bench_pair *pair);
int bench_send(struct socket *sock, unsigned int size, int flags);
int bench_recv(struct socket *sock, unsigned int size);
int bench_drop(struct socket *sock, unsigned int size);
int bench_read(struct sock *sk, u64 bytes, struct bench_result *res);

/* The end of a row, a thread of its own with fragments of its own. */
struct bench_peer {
	int (*run)(struct bench_peer *peer);
	struct socket *sock;
	struct completion done;
	unsigned int size;
	u64 ops;
	int err;
};

int bench_peer_start(struct bench_peer *peer);
int bench_peer_wait(struct bench_peer *peer);

#endif
