// SPDX-License-Identifier: GPL-2.0
/*
 * sockpage: pages in sockets of a user, which no call of his puts there.
 *
 * What he sends comes from a page of his task. A socket of the kernel, as file systems
 * have them, sends from a page of its own, and his does, too, from when he writes the
 * number of its file to own in /sys/module/sockpage/parameters. A write to has says
 * whether that socket has used some of a page of its own: if not it fails with ENODATA.
 */
#include <linux/file.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/page_frag_cache.h>
#include <net/sock.h>

/* So much that the page is there, and little enough to leave most of it. */
#define SOME	64

/* It sends from a page of its own, and has one. */
static int own(struct sock *sk)
{
	void *va;

	sk->sk_use_task_frag = false;
	va = page_frag_alloc_va(&sk->sk_frag_cache, SOME, GFP_KERNEL);
	if (!va)
		return -ENOMEM;
	page_frag_free_va(va);
	return 0;
}

static int has(struct sock *sk)
{
	return page_frag_cache_used(&sk->sk_frag_cache) ? 0 : -ENODATA;
}

/* @value: the number of a file of who writes, which is a socket. */
static int with_socket(const char *value, int (*what)(struct sock *sk))
{
	struct socket *sock;
	int fd, err;

	err = kstrtoint(value, 0, &fd);
	if (err)
		return err;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	lock_sock(sock->sk);
	err = what(sock->sk);
	release_sock(sock->sk);
	sockfd_put(sock);
	return err;
}

static int set_own(const char *value, const struct kernel_param *kp)
{
	return with_socket(value, own);
}

static int set_has(const char *value, const struct kernel_param *kp)
{
	return with_socket(value, has);
}

static const struct kernel_param_ops own_ops = { .set = set_own };
static const struct kernel_param_ops has_ops = { .set = set_has };

module_param_cb(own, &own_ops, NULL, 0200);
MODULE_PARM_DESC(own, "the file of a socket that is to send from a page of its own");
module_param_cb(has, &has_ops, NULL, 0200);
MODULE_PARM_DESC(has, "the file of a socket that may have a page of its own");

MODULE_DESCRIPTION("Pages in the sockets of a user");
MODULE_LICENSE("GPL");
