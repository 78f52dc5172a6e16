// SPDX-License-Identifier: GPL-2.0
/*
 * Move a file between this guest and the emulator's network, over TCP.
 *
 * peer get ADDRESS PORT COPY   all that the other end sends
 * peer put ADDRESS PORT FILE   send the file, print what comes back
 */
#define _GNU_SOURCE
#include "guest.h"

static char buf[65536];

static void put(int fd, const char *file)
{
	copy(check(open(file, O_RDONLY | O_CLOEXEC), file), fd, buf, sizeof(buf));
	check(shutdown(fd, SHUT_WR), "shutdown");
	copy(fd, STDOUT_FILENO, buf, sizeof(buf));
}

int main(int argc, char **argv)
{
	union address to;
	socklen_t len;
	int fd;

	if (argc != 5) {
		fprintf(stderr, "usage: peer get|put ADDRESS PORT FILE\n");
		return 2;
	}
	len = parse_address(&to, argv[2], argv[3]);
	fd = open_socket(&to, SOCK_STREAM, 0);
	check(connect(fd, &to.sa, len), "connect");
	if (strcmp(argv[1], "put"))
		copy(fd, create(argv[4]), buf, sizeof(buf));
	else
		put(fd, argv[4]);
	return 0;
}
