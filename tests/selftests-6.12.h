/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the selftests of 6.12.117, which are not changed otherwise and do not compile as
 * they are.
 */

/*
 * net/tls.c has the tests of rekeying and calls a helper with the generation of the
 * key, which that helper does not take. 6.12 cannot change a key, so that these tests
 * fail with or without it.
 */
#define tls_crypto_info_init(version, cipher, keys, ...) \
	tls_crypto_info_init(version, cipher, keys)

/* What drivers/virtio/virtio_ring.c uses and tools/virtio has no replacement for. */
#define data_race(expr) (expr)
#define MODULE_DESCRIPTION(text)
