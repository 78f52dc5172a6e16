// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that are written to a tap device, as a program or vhost_net does. Nobody wants
 * their type: they are dropped where they are received.
 */
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/init_syscalls.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_context.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "net.h"

#define BENCH_TAP	"tap0"
#define BENCH_TAP_NODE	"/dev/tun"

static struct net_device *bench_tap_dev;
static struct file *bench_tap_file;

/* The request is read from user space, which has to be there. */
static int bench_tap_name(void)
{
	struct ifreq ifr = { .ifr_name = BENCH_TAP };
	unsigned long addr;

	ifr.ifr_flags = IFF_TAP | IFF_NO_PI;
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (copy_to_user((void __user *)addr, &ifr, sizeof(ifr)))
		return -EFAULT;
	return bench_tap_file->f_op->unlocked_ioctl(bench_tap_file, TUNSETIFF,
						    addr);
}

static int bench_tap_with_user(void)
{
	struct mm_struct *mm = mm_alloc();
	int err;

	if (!mm)
		return -ENOMEM;
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(mm);
	err = bench_tap_name();
	kthread_unuse_mm(mm);
	mmput(mm);
	return err;
}

static int bench_tap_up(void)
{
	int err = -ENODEV;

	rtnl_lock();
	bench_tap_dev = __dev_get_by_name(&init_net, BENCH_TAP);
	if (bench_tap_dev)
		err = dev_change_flags(bench_tap_dev,
				       bench_tap_dev->flags | IFF_UP, NULL);
	rtnl_unlock();
	return err;
}

static int bench_tap_make(void)
{
	return bench_tap_with_user() ?: bench_tap_up();
}

/* The root is the one that the kernel boots with, and empty; a thread may have none. */
int __init bench_tap_init(void)
{
	int err = init_mkdir("/dev", 0755);

	if (err && err != -EEXIST)
		return err;
	err = init_mknod(BENCH_TAP_NODE, S_IFCHR | 0600,
			 new_encode_dev(MKDEV(MISC_MAJOR, TUN_MINOR)));
	if (err)
		return err;
	bench_tap_file = filp_open(BENCH_TAP_NODE, O_RDWR, 0);
	if (IS_ERR(bench_tap_file))
		return PTR_ERR(bench_tap_file);
	return bench_in_thread(bench_tap_make, "tap");
}

static int bench_tap_frame(struct socket *sock, struct ethhdr *frame,
			   unsigned int size)
{
	struct kvec vec = { .iov_base = frame, .iov_len = size };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	int ret = kernel_sendmsg(sock, &msg, &vec, 1, size);

	return ret < 0 ? ret : 0;
}

/* A frame that may wait is not built in page fragments. */
int bench_tap(const struct bench_row *row, u64 ops, struct bench_result *res)
{
	static struct ethhdr frame[BENCH_FRAME_MAX / ETH_HLEN];
	struct socket *sock = tun_get_socket(bench_tap_file);
	u64 before = bench_received(bench_tap_dev), start;
	int err = 0;

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	eth_broadcast_addr(frame->h_dest);
	frame->h_proto = htons(BENCH_FRAME_TYPE);
	start = ktime_get_ns();
	for (; res->ops < ops && !err; res->ops++)
		err = bench_tap_frame(sock, frame, row->size);
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * row->size;
	if (!err && bench_received(bench_tap_dev) - before != res->ops)
		err = -EIO;
	return err;
}
