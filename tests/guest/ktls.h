/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel TLS without a handshake: both ends of a connection know the key.
 */
#ifndef KTLS_H
#define KTLS_H

#include "guest.h"

#include <linux/tls.h>
#include <netinet/tcp.h>

#define DATA_RECORD	23

/* @direction: TLS_TX or TLS_RX. The device takes only TLS 1.2 with this cipher. */
static inline void ktls_key(int fd, int direction)
{
	struct tls12_crypto_info_aes_gcm_128 key = {
		.info.version = TLS_1_2_VERSION,
		.info.cipher_type = TLS_CIPHER_AES_GCM_128,
		.key = { 1, 2, 3 }, .salt = { 4, 5 }, .iv = { 6, 7 },
	};

	check(setsockopt(fd, SOL_TLS, direction, &key, sizeof(key)), "TLS key");
}

static inline void ktls_attach(int fd, int direction)
{
	check(setsockopt(fd, SOL_TCP, TCP_ULP, "tls", sizeof("tls")), "TCP_ULP tls");
	ktls_key(fd, direction);
}

/* Part of a record, and what type of record it is. */
static inline ssize_t ktls_receive(int fd, char *buf, size_t size, int *type)
{
	char control[CMSG_SPACE(sizeof(unsigned char))];
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = check(recvmsg(fd, &msg, 0), "receive a record");
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	*type = head ? *CMSG_DATA(head) : DATA_RECORD;
	return n;
}

static inline ssize_t ktls_send_type(int fd, char *buf, size_t size, int type)
{
	char control[CMSG_SPACE(sizeof(unsigned char))] = {};
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_TLS;
	head->cmsg_type = TLS_SET_RECORD_TYPE;
	head->cmsg_len = CMSG_LEN(sizeof(unsigned char));
	*CMSG_DATA(head) = type;
	return sendmsg(fd, &msg, 0);
}

#endif /* KTLS_H */
