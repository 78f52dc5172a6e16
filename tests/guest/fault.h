/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes that fail in the middle of the copy, because what comes after the
 * first bytes cannot be read; and what those need to which pages are refused.
 */
#ifndef FAULT_H
#define FAULT_H

#include "guest.h"

#include <linux/if_ether.h>
#include <sys/mman.h>
#include <sys/uio.h>

/* Every so often the copy gets across the end of a page of order 3. */
#define LONG_EVERY	512
#define LONG_HEAD	40000

/* @before bytes that can be read, and @len that cannot. */
static inline char *edge(size_t before, size_t len)
{
	char *map = mmap(NULL, before + len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		die("mmap");
	memset(map, 'x', before);
	check(mprotect(map + before, len, PROT_NONE), "mprotect");
	return map + before;
}

static inline void *unreadable(size_t len)
{
	void *map = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		die("mmap");
	return map;
}

static inline void fail_write(int fd, const struct iovec *iov)
{
	ssize_t n = writev(fd, iov, 2);

	if (n >= 0) {
		fprintf(stderr, "%zd bytes written of what cannot be read\n", n);
		exit(1);
	}
	if (errno != EFAULT)
		die("a write that has to fault");
}

/*
 * @count writes of @len bytes, of which 8 to 64 can be read, and LONG_HEAD in
 * some if @long_too: where a stream would take them, they must be few.
 */
static inline void fail_writes(int fd, unsigned int count, size_t len,
			       const void *head, int long_too)
{
	static char readable[LONG_HEAD];
	void *rest = unreadable(len);

	memcpy(readable, head, 8);
	for (unsigned int i = 0; i < count; i++) {
		size_t n = long_too && i % LONG_EVERY == 0 ? LONG_HEAD : 8 + i % 57;
		struct iovec iov[] = { { readable, n }, { rest, len - n } };

		fail_write(fd, iov);
	}
	munmap(rest, len);
}

/* Who does not read what comes to this namespace: pages stay in use as long as it runs. */
static inline void keep_packets(void)
{
	int fd = check(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)), "AF_PACKET");

	set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20, "SO_RCVBUFFORCE");
}

/* In a row; that many cannot be chance. */
#define REFUSED_MOST	1000

/* Of this task alone, so it is opened after the fork. errno stays. */
static inline void starve(int on)
{
	static int fd = -1;
	int error = errno;

	if (fd < 0)
		fd = check(open("/proc/self/make-it-fail", O_WRONLY | O_CLOEXEC),
			   "/proc/self/make-it-fail");
	check(write(fd, on ? "1" : "0", 1), "make-it-fail");
	errno = error;
}

static inline int is_refusal(int error)
{
	return error == ENOMEM || error == ENOBUFS || error == EAGAIN;
}

#endif /* FAULT_H */
