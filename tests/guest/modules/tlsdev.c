// SPDX-License-Identifier: GPL-2.0
/*
 * tlsdev: two network devices that are a wire, and encrypt the TLS records that
 * leave the fragments of net/tls/tls_device.c in clear.
 *
 * Nothing but hardware has tlsdev_ops, so without this nothing runs that file.
 * The first device that is created waits for the second, which is its peer.
 * Encryption is the kernel's own fallback. Beside it the device reads where the
 * records of the newest connection lie in memory, as the tag of a record goes
 * three ways: behind the data, into a new page, or into a page that is always
 * there. What it saw is in /sys/module/tlsdev/parameters.
 */
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/tcp.h>
#include <net/rtnetlink.h>
#include <net/tcp.h>
#include <net/tls.h>

#define HEADER	5
#define PREPEND	(HEADER + TLS_CIPHER_AES_GCM_128_IV_SIZE)
#define TAG	TLS_CIPHER_AES_GCM_128_TAG_SIZE

#define NUMBER(name, mode, what)			\
	static unsigned long name;			\
	module_param(name, ulong, mode);		\
	MODULE_PARM_DESC(name, what)
#define COUNTER(name, what) NUMBER(name, 0444, what)

COUNTER(added, "connections the device took over");
COUNTER(deleted, "connections it gave back");
COUNTER(encrypted, "packets it encrypted");
COUNTER(lost, "packets that could not be encrypted");
COUNTER(records, "records that left whole");
COUNTER(tags_behind, "tags behind the data");
COUNTER(tags_apart, "tags in a page of their own, as the data left no room");
COUNTER(tags_stray, "tags apart although there was room");
COUNTER(tags_dummy, "tags apart, in a page the next record does not go on in");
NUMBER(rooms, 0644, "bit N: a tag found N bytes left, which is too few");
COUNTER(room, "bytes the page has left behind the last record");
COUNTER(page_bytes, "the size of that page");

/* The records of one connection: which byte is next, and what is behind it. */
struct stream {
	struct sock *sk;
	u32 seq;
	unsigned int pos;	/* bytes of this record that were seen */
	unsigned int size;	/* of the record, once the header was seen */
	bool apart;		/* the last tag began a page */
	void *end;		/* of the last byte that a cache gave */
	struct page *held;	/* keeps the page of it from starting again */
};

struct tlsdev {
	struct net_device __rcu *peer;
	spinlock_t lock;	/* of the stream and the counters */
	struct stream stream;
};

/* Created, and without a peer; under rtnl. */
static struct net_device *single;

static unsigned int room_behind(void *end)
{
	struct page *head = virt_to_head_page(end - 1);

	return page_address(head) + page_size(head) - end;
}

/* Where a page ends another may begin: the address alone does not tell. */
static bool goes_on(void *end, void *p)
{
	return p == end && virt_to_head_page(p) == virt_to_head_page(end - 1);
}

static void let_go(struct stream *s)
{
	if (s->held)
		put_page(s->held);
	s->held = NULL;
}

static void record_begins(struct stream *s, void *p)
{
	if (s->apart && p != s->end)
		tags_dummy++;
	s->apart = false;
	s->size = 0;
}

static void tag_begins(struct stream *s, void *p)
{
	unsigned int left = room_behind(s->end);

	s->apart = !goes_on(s->end, p);
	if (!s->apart) {
		tags_behind++;
	} else if (left < TAG) {
		tags_apart++;
		rooms |= 1UL << left;
	} else {
		tags_stray++;
	}
}

static void record_ends(struct stream *s)
{
	let_go(s);
	s->held = virt_to_head_page(s->end - 1);
	get_page(s->held);
	room = room_behind(s->end);
	page_bytes = page_size(s->held);
	s->pos = 0;
	records++;
}

/* Of the @len bytes at @p, those that are the same part of a record. */
static unsigned int same_part(struct stream *s, u8 *p, unsigned int len)
{
	if (s->pos < HEADER) {
		if (s->pos >= HEADER - 2)
			s->size = s->size << 8 | *p;
		return 1;
	}
	if (s->pos < PREPEND)
		return min(len, PREPEND - s->pos);
	if (s->pos < HEADER + s->size - TAG)
		return min(len, HEADER + s->size - TAG - s->pos);
	return min(len, HEADER + s->size - s->pos);
}

static bool in_payload(struct stream *s)
{
	return s->pos >= PREPEND && s->pos < HEADER + s->size - TAG;
}

/* @lent: the payload is in pages of somebody else, not out of the cache. */
static void follow(struct stream *s, u8 *p, unsigned int len, bool lent)
{
	unsigned int n;

	for (; len; len -= n, p += n) {
		if (!s->pos)
			record_begins(s, p);
		if (s->pos >= PREPEND && s->pos == HEADER + s->size - TAG)
			tag_begins(s, p);
		n = same_part(s, p, len);
		if (!lent || !in_payload(s))
			s->end = p + n;
		s->pos += n;
		if (s->pos >= HEADER && s->pos == HEADER + s->size)
			record_ends(s);
	}
}

/* What is sent for the first time is in order; the rest was seen before. */
static void look_at(struct stream *s, struct sk_buff *skb)
{
	u32 seq = ntohl(tcp_hdr(skb)->seq);
	bool lent = tls_get_ctx(skb->sk)->zerocopy_sendfile;
	int i;

	if (skb->sk != s->sk || skb_headlen(skb) != skb_tcp_all_headers(skb))
		return;
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		unsigned int size = skb_frag_size(frag);
		u32 seen = s->seq - seq;

		if (seen < size) {
			follow(s, skb_frag_address(frag) + seen, size - seen, lent);
			s->seq += size - seen;
		}
		seq += size;
	}
}

static struct sk_buff *encrypt(struct tlsdev *priv, struct sk_buff *skb)
{
	spin_lock(&priv->lock);
	look_at(&priv->stream, skb);
	skb = tls_encrypt_skb(skb);
	encrypted += !!skb;
	lost += !skb;
	spin_unlock(&priv->lock);
	if (skb) {
		skb->prev = NULL;
		skb->decrypted = 0;
	}
	return skb;
}

static netdev_tx_t tlsdev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct tlsdev *priv = netdev_priv(dev);
	struct net_device *peer;

	if (tls_is_skb_tx_device_offloaded(skb))
		skb = encrypt(priv, skb);
	if (!skb)
		return NETDEV_TX_OK;
	rcu_read_lock();
	peer = rcu_dereference(priv->peer);
	if (peer)
		dev_forward_skb(peer, skb);
	else
		kfree_skb(skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int tlsdev_add(struct net_device *dev, struct sock *sk,
		      enum tls_offload_ctx_dir direction,
		      struct tls_crypto_info *info, u32 seq)
{
	struct tlsdev *priv = netdev_priv(dev);

	if (direction != TLS_OFFLOAD_CTX_DIR_TX ||
	    info->cipher_type != TLS_CIPHER_AES_GCM_128)
		return -EOPNOTSUPP;
	spin_lock_bh(&priv->lock);
	let_go(&priv->stream);
	priv->stream = (struct stream){ .sk = sk, .seq = seq };
	added++;
	spin_unlock_bh(&priv->lock);
	return 0;
}

/* The socket may be gone, and its address another's. */
static void tlsdev_del(struct net_device *dev, struct tls_context *ctx,
		       enum tls_offload_ctx_dir direction)
{
	struct tlsdev *priv = netdev_priv(dev);

	spin_lock_bh(&priv->lock);
	if (++deleted == added)
		let_go(&priv->stream);
	spin_unlock_bh(&priv->lock);
}

static int tlsdev_resync(struct net_device *dev, struct sock *sk, u32 seq,
			 u8 *record, enum tls_offload_ctx_dir direction)
{
	return 0;
}

static const struct tlsdev_ops tlsdev_tls_ops = {
	.tls_dev_add	= tlsdev_add,
	.tls_dev_del	= tlsdev_del,
	.tls_dev_resync	= tlsdev_resync,
};

static int tlsdev_init(struct net_device *dev)
{
	struct tlsdev *priv = netdev_priv(dev), *other;

	spin_lock_init(&priv->lock);
	if (!single) {
		single = dev;
		return 0;
	}
	other = netdev_priv(single);
	rcu_assign_pointer(priv->peer, single);
	rcu_assign_pointer(other->peer, dev);
	single = NULL;
	return 0;
}

/* Whoever unregisters waits for the readers afterwards. */
static void tlsdev_uninit(struct net_device *dev)
{
	struct tlsdev *priv = netdev_priv(dev), *other;
	struct net_device *peer = rtnl_dereference(priv->peer);

	if (single == dev)
		single = NULL;
	if (peer) {
		other = netdev_priv(peer);
		RCU_INIT_POINTER(other->peer, NULL);
		RCU_INIT_POINTER(priv->peer, NULL);
	}
	let_go(&priv->stream);
}

static const struct net_device_ops tlsdev_ops = {
	.ndo_init		= tlsdev_init,
	.ndo_uninit		= tlsdev_uninit,
	.ndo_start_xmit		= tlsdev_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
};

static void tlsdev_setup(struct net_device *dev)
{
	ether_setup(dev);
	eth_hw_addr_random(dev);
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->lltx = true;
	dev->needs_free_netdev = true;
	dev->netdev_ops = &tlsdev_ops;
	dev->tlsdev_ops = &tlsdev_tls_ops;
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA |
			   NETIF_F_HW_TLS_TX;
	dev->features |= dev->hw_features;
	dev->max_mtu = ETH_MAX_MTU;
}

static struct rtnl_link_ops tlsdev_link __read_mostly = {
	.kind		= "tlsdev",
	.priv_size	= sizeof(struct tlsdev),
	.setup		= tlsdev_setup,
};

static int __init tlsdev_start(void)
{
	return rtnl_link_register(&tlsdev_link);
}
module_init(tlsdev_start);

MODULE_DESCRIPTION("A wire whose ends encrypt TLS records");
MODULE_LICENSE("GPL");
