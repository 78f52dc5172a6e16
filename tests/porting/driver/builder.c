// SPDX-License-Identifier: GPL-2.0
/* Fills skbs from the other allocator: each use of it has to be reported. */
#include <net/sock.h>

struct demo_tx {
	struct page_frag frag;
	unsigned int room;
};

bool demo_add(struct sk_buff *skb, struct demo_tx *tx, unsigned int size);
bool demo_add(struct sk_buff *skb, struct demo_tx *tx, unsigned int size)
{
	struct page_frag *frag = &tx->frag;

	if (!skb_page_frag_refill(size, frag, GFP_ATOMIC))
		return false;

	skb_fill_page_desc(skb, skb_shinfo(skb)->nr_frags, frag->page,
			   frag->offset, size);
	get_page(frag->page);
	frag->offset += size;
	tx->room = (PAGE_SIZE << SKB_FRAG_PAGE_ORDER) - frag->offset;
	return true;
}

bool demo_send(struct sock *sk);
bool demo_send(struct sock *sk)
{
	struct page_frag *frag = sk_page_frag(sk);

	if (frag != &sk->sk_frag && frag != &current->task_frag)
		return false;
	if (static_branch_unlikely(&net_high_order_alloc_disable_key))
		return false;
	return sk_page_frag_refill(sk, frag);
}
