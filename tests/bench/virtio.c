// SPDX-License-Identifier: GPL-2.0
/*
 * A virtio-net device whose other side is here: it takes the buffers that the driver
 * made available and gives them back with a frame in each. Nobody wants the type of the
 * frames: they are dropped where they are received.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <linux/virtio_ring.h>
#include <uapi/linux/virtio_ids.h>
#include <uapi/linux/virtio_net.h>
#include <net/net_namespace.h>

#include "net.h"

#define BENCH_RING	256	/* buffers that the driver can make available */
#define BENCH_FILLED	32	/* of them, filled before it is told */

struct bench_frame {
	struct virtio_net_hdr_mrg_rxbuf hdr;
	struct ethhdr eth;
	u8 data[BENCH_FRAME_MAX - ETH_HLEN];
} __packed;

static struct bench_frame bench_frame;
static struct virtio_device bench_vdev;
static struct net_device *bench_virtio_dev;
static u8 bench_status;

/* The first queue receives, the second one sends, which nobody looks at. */
static struct virtqueue *bench_queues[2];
static u16 bench_taken;

static void bench_virtio_get(struct virtio_device *vdev, unsigned int offset,
			     void *buf, unsigned int len)
{
	memset(buf, 0, len);
}

static u8 bench_virtio_status(struct virtio_device *vdev)
{
	return bench_status;
}

static void bench_virtio_set_status(struct virtio_device *vdev, u8 status)
{
	bench_status = status;
}

static void bench_virtio_reset(struct virtio_device *vdev)
{
	bench_status = 0;
}

static u64 bench_virtio_features(struct virtio_device *vdev)
{
	return BIT_ULL(VIRTIO_F_VERSION_1) | BIT_ULL(VIRTIO_NET_F_MRG_RXBUF);
}

static int bench_virtio_accept(struct virtio_device *vdev)
{
	vring_transport_features(vdev);
	return 0;
}

static bool bench_virtio_kick(struct virtqueue *vq)
{
	return true;
}

static void bench_virtio_del(struct virtio_device *vdev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bench_queues); i++) {
		if (bench_queues[i])
			vring_del_virtqueue(bench_queues[i]);
		bench_queues[i] = NULL;
	}
}

static int bench_virtio_find(struct virtio_device *vdev, unsigned int n,
			     struct virtqueue *vqs[],
			     struct virtqueue_info info[],
			     struct irq_affinity *affinity)
{
	unsigned int i;

	if (n != ARRAY_SIZE(bench_queues))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		vqs[i] = vring_create_virtqueue(i, BENCH_RING, PAGE_SIZE, vdev,
						true, false, info[i].ctx,
						bench_virtio_kick,
						info[i].callback, info[i].name);
		bench_queues[i] = vqs[i];
		if (!vqs[i])
			return -ENOMEM;
		vqs[i]->num_max = BENCH_RING;
	}
	return 0;
}

static const struct virtio_config_ops bench_virtio_ops = {
	.get			= bench_virtio_get,
	.get_status		= bench_virtio_status,
	.set_status		= bench_virtio_set_status,
	.reset			= bench_virtio_reset,
	.find_vqs		= bench_virtio_find,
	.del_vqs		= bench_virtio_del,
	.get_features		= bench_virtio_features,
	.finalize_features	= bench_virtio_accept,
};

static int bench_virtio_up(void)
{
	struct net_device *dev;
	int err = -ENODEV;

	rtnl_lock();
	for_each_netdev(&init_net, dev) {
		if (dev->dev.parent == &bench_vdev.dev)
			bench_virtio_dev = dev;
	}
	dev = bench_virtio_dev;
	if (dev)
		err = dev_change_flags(dev, dev->flags | IFF_UP, NULL);
	rtnl_unlock();
	return err;
}

static void bench_virtio_release(struct device *dev)
{
}

int bench_virtio_init(void)
{
	struct device *parent = root_device_register("bench-virtio");
	int err;

	if (IS_ERR(parent))
		return PTR_ERR(parent);
	bench_frame.hdr.num_buffers = cpu_to_le16(1);
	eth_broadcast_addr(bench_frame.eth.h_dest);
	bench_frame.eth.h_proto = htons(BENCH_FRAME_TYPE);
	bench_vdev.id.device = VIRTIO_ID_NET;
	bench_vdev.id.vendor = VIRTIO_DEV_ANY_ID;
	bench_vdev.config = &bench_virtio_ops;
	bench_vdev.dev.parent = parent;
	bench_vdev.dev.release = bench_virtio_release;
	err = register_virtio_device(&bench_vdev);
	return err ?: bench_virtio_up();
}

/* All is on one processor: what the driver reads later is there already. */
static int bench_virtio_fill(const struct vring *ring, unsigned int size)
{
	unsigned int len = sizeof(bench_frame.hdr) + size;
	u16 used = le16_to_cpu((__force __le16)ring->used->idx);
	struct vring_used_elem *elem;
	struct vring_desc *desc;
	u16 head;

	if (bench_taken == le16_to_cpu((__force __le16)READ_ONCE(ring->avail->idx)))
		return -ENOBUFS;
	head = le16_to_cpu((__force __le16)ring->avail->ring[bench_taken++ % ring->num]);
	desc = &ring->desc[head];
	if (le32_to_cpu((__force __le32)desc->len) < len)
		return -EMSGSIZE;
	memcpy(phys_to_virt(le64_to_cpu((__force __le64)desc->addr)), &bench_frame, len);
	elem = &ring->used->ring[used % ring->num];
	elem->id = (__force __virtio32)cpu_to_le32(head);
	elem->len = (__force __virtio32)cpu_to_le32(len);
	WRITE_ONCE(ring->used->idx, (__force __virtio16)cpu_to_le16(used + 1));
	return 0;
}

/* What was filled is received when BH are on again; now and then there are new buffers. */
int bench_virtio(const struct bench_row *row, u64 ops, struct bench_result *res)
{
	const struct vring *ring = virtqueue_get_vring(bench_queues[0]);
	u64 before = bench_received(bench_virtio_dev), start = ktime_get_ns();
	unsigned int i;
	int err = 0;

	for (; res->ops < ops && !err; res->ops += BENCH_FILLED) {
		local_bh_disable();
		for (i = 0; i < BENCH_FILLED && !err; i++)
			err = bench_virtio_fill(ring, row->size);
		vring_interrupt(0, bench_queues[0]);
		local_bh_enable();
	}
	res->ns = ktime_get_ns() - start;
	res->bytes = res->ops * row->size;
	if (!err && bench_received(bench_virtio_dev) - before != res->ops)
		err = -EIO;
	return err;
}
