// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets of the kernel: what is sent is copied to page fragments of the sending
 * thread, as it is for user space, without the system call.
 */
#include <linux/err.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/tls.h>
#include <linux/wait.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "net.h"

/* Of a record of TLS 1.2: its head, the explicit part of the nonce, the tag. */
#define BENCH_TLS_RECORD	(5 + 8 + 16)

/* How fast a copy is goes by where both sides begin: alike in every kernel. */
static char bench_data[BENCH_SIZE_MAX] __aligned(PAGE_SIZE);
static char bench_reply[BENCH_SIZE_MAX] __aligned(PAGE_SIZE);

static struct net *bench_lo_net = &init_net;

const struct bench_path bench_loopback = {
	.rx_net = &bench_lo_net, .addr = INADDR_LOOPBACK,
	.protocol = IPPROTO_TCP,
};

const struct bench_path bench_mptcp = {
	.rx_net = &bench_lo_net, .addr = INADDR_LOOPBACK,
	.protocol = IPPROTO_MPTCP, .copy = true,
};

const struct bench_path bench_datagrams = {
	.rx_net = &bench_lo_net, .addr = INADDR_LOOPBACK,
	.protocol = IPPROTO_UDP,
};

static int bench_set(struct socket *sock, int level, int name, void *value,
		     unsigned int len)
{
	return sock->ops->setsockopt(sock, level, name, KERNEL_SOCKPTR(value),
				     len);
}

/* The key is all zeroes, and nobody decrypts. */
static int bench_tls_setup(struct bench_pair *pair)
{
	struct tls12_crypto_info_aes_gcm_128 keys = {
		.info.version = TLS_1_2_VERSION,
		.info.cipher_type = TLS_CIPHER_AES_GCM_128,
	};
	int err = bench_set(pair->tx, SOL_TCP, TCP_ULP, "tls", 4);

	if (!err)
		err = bench_set(pair->tx, SOL_TLS, TLS_TX, &keys, sizeof(keys));
	return err;
}

const struct bench_path bench_tls = {
	.rx_net = &bench_lo_net, .addr = INADDR_LOOPBACK,
	.protocol = IPPROTO_TCP, .setup = bench_tls_setup,
	.record = BENCH_TLS_RECORD,
};

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
static int bench_socket(struct net *net, int type, int protocol,
			struct socket **sock)
{
	int err = sock_create_kern(net, AF_INET, type, protocol, sock);

	if (err)
		return err;
	(*sock)->sk->sk_rcvtimeo = BENCH_WAIT;
	(*sock)->sk->sk_sndtimeo = BENCH_WAIT;
	return 0;
}

/* The type of the address has changed in the meantime, hence void. */
static void *bench_addr(struct sockaddr_in *addr, const struct bench_path *path,
			unsigned int port)
{
	*addr = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(path->addr),
	};
	return addr;
}

static int bench_connect(const struct bench_path *path, struct socket *sock,
			 unsigned int port)
{
	struct sockaddr_in addr;

	return kernel_connect(sock, bench_addr(&addr, path, port),
			      sizeof(addr), 0);
}

static int bench_bind(const struct bench_path *path, struct socket *sock,
		      unsigned int port)
{
	struct sockaddr_in addr;

	return kernel_bind(sock, bench_addr(&addr, path, port), sizeof(addr));
}

void bench_close(struct bench_pair *pair)
{
	if (pair->tx)
		sock_release(pair->tx);
	if (pair->rx)
		sock_release(pair->rx);
}

static int bench_accept(const struct bench_path *path, struct socket *listener,
			unsigned int port, struct bench_pair *pair)
{
	int err = bench_bind(path, listener, port);

	if (!err)
		err = kernel_listen(listener, 1);
	if (!err)
		err = bench_connect(path, pair->tx, port);
	if (!err)
		err = kernel_accept(listener, &pair->rx, 0);
	return err;
}

static int bench_open_stream(const struct bench_path *path, unsigned int port,
			     struct bench_pair *pair)
{
	struct socket *listener;
	int err = bench_socket(*path->rx_net, SOCK_STREAM, path->protocol,
			       &listener);

	if (err)
		return err;
	err = bench_accept(path, listener, port, pair);
	sock_release(listener);
	if (!err)
		pair->rx->sk->sk_rcvtimeo = BENCH_WAIT;
	return err;
}

static int bench_open_dgram(const struct bench_path *path, unsigned int port,
			    struct bench_pair *pair)
{
	int err = bench_socket(*path->rx_net, SOCK_DGRAM, path->protocol,
			       &pair->rx);

	if (!err)
		err = bench_bind(path, pair->rx, port);
	if (!err)
		err = bench_connect(path, pair->tx, port);
	return err;
}

/* Each pair has a port of its own: the last one may linger. */
int bench_open(const struct bench_path *path, int type, struct bench_pair *pair)
{
	static unsigned int port = 7000;
	int err = bench_socket(&init_net, type, path->protocol, &pair->tx);

	if (err)
		return err;
	port++;
	err = type == SOCK_STREAM ? bench_open_stream(path, port, pair) :
				    bench_open_dgram(path, port, pair);
	if (!err && path->setup)
		err = path->setup(pair);
	return err;
}

struct bench_call {
	int (*run)(void);
	struct completion done;
	int err;
};

static int bench_call_thread(void *data)
{
	struct bench_call *call = data;

	call->err = call->run();
	kthread_complete_and_exit(&call->done, 0);
}

/* bench_in_thread() - in a thread of its own, to whom nothing of this one belongs */
int bench_in_thread(int (*run)(void), const char *name)
{
	struct bench_call call = { .run = run };
	struct task_struct *task;

	init_completion(&call.done);
	task = kthread_run(bench_call_thread, &call, "bench/%s", name);
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&call.done);
	return call.err;
}

/* bench_received() - frames that the stack got from a device */
u64 bench_received(struct net_device *dev)
{
	struct rtnl_link_stats64 stats;

	return dev_get_stats(dev, &stats)->rx_packets;
}

static int bench_some(struct socket *sock, unsigned int size, int flags, bool tx)
{
	struct kvec vec = { tx ? bench_data : bench_reply, size };
	struct msghdr msg = { .msg_flags = flags };
	int ret;

	if (tx)
		ret = kernel_sendmsg(sock, &msg, &vec, 1, size);
	else
		ret = kernel_recvmsg(sock, &msg, &vec, 1, size, flags);
	return ret ?: -EPIPE;
}

static int bench_all_of(struct socket *sock, unsigned int size, int flags, bool tx)
{
	int ret;

	for (; size; size -= ret) {
		ret = bench_some(sock, size, flags, tx);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* bench_send() - all of @size bytes; MPTCP takes less at a time now and then */
int bench_send(struct socket *sock, unsigned int size, int flags)
{
	return bench_all_of(sock, size, flags, true);
}

int bench_recv(struct socket *sock, unsigned int size)
{
	return bench_all_of(sock, size, MSG_WAITALL, false);
}

/* bench_drop() - take a datagram of @size bytes, and do not copy it */
int bench_drop(struct socket *sock, unsigned int size)
{
	struct kvec vec = { .iov_base = bench_reply, .iov_len = 0 };
	struct msghdr msg = {};
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, 0, MSG_TRUNC);

	if (ret < 0)
		return ret;
	return ret == size ? 0 : -EMSGSIZE;
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

int bench_read(struct sock *sk, u64 bytes, struct bench_result *res)
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

static int bench_peer_thread(void *data)
{
	struct bench_peer *peer = data;

	peer->err = peer->run(peer);
	/* Who waits for what does not come is told. */
	if (peer->err)
		kernel_sock_shutdown(peer->sock, SHUT_RDWR);
	kthread_complete_and_exit(&peer->done, 0);
}

int bench_peer_start(struct bench_peer *peer)
{
	struct task_struct *task;

	init_completion(&peer->done);
	task = kthread_create(bench_peer_thread, peer, "bench/peer");
	if (IS_ERR(task)) {
		peer->err = PTR_ERR(task);
		complete(&peer->done);
		return peer->err;
	}
	kthread_bind(task, 0);
	wake_up_process(task);
	return 0;
}

int bench_peer_wait(struct bench_peer *peer)
{
	wait_for_completion(&peer->done);
	return peer->err;
}
