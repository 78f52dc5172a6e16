/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guest's programs share: a message and exit on any error, addresses
 * of each family, network namespaces by path.
 */
#ifndef GUEST_H
#define GUEST_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Only a broken path waits this long; it bounds the wait, it orders nothing. */
#define GIVE_UP_SECONDS	300

static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		strerror(errno));
	exit(1);
}

static inline int check(int ret, const char *what)
{
	if (ret < 0)
		die(what);
	return ret;
}

/* "-" is the namespace the program was started in. */
static inline void enter_netns(const char *path)
{
	int fd;

	if (!strcmp(path, "-"))
		return;
	fd = check(open(path, O_RDONLY | O_CLOEXEC), path);
	check(setns(fd, CLONE_NEWNET), path);
	close(fd);
}

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

/* @NAME: of the abstract name space, there is no file. */
static inline socklen_t parse_unix(union address *to, const char *name)
{
	size_t len = strlen(name + 1);

	to->un.sun_family = AF_UNIX;
	memcpy(to->un.sun_path + 1, name + 1, len);
	return offsetof(struct sockaddr_un, sun_path) + 1 + len;
}

static inline socklen_t parse_address(union address *to, const char *host,
				      const char *port)
{
	memset(to, 0, sizeof(*to));
	if (host[0] == '@')
		return parse_unix(to, host);
	if (inet_pton(AF_INET, host, &to->v4.sin_addr) == 1) {
		to->sa.sa_family = AF_INET;
		to->v4.sin_port = htons(atoi(port));
		return sizeof(to->v4);
	}
	errno = EINVAL;
	check(inet_pton(AF_INET6, host, &to->v6.sin6_addr) - 1, host);
	to->sa.sa_family = AF_INET6;
	to->v6.sin6_port = htons(atoi(port));
	return sizeof(to->v6);
}

static inline void set(int fd, int level, int option, int value, const char *what)
{
	check(setsockopt(fd, level, option, &value, sizeof(value)), what);
}

static inline void bound_waits(int fd)
{
	struct timeval limit = { .tv_sec = GIVE_UP_SECONDS };

	check(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)),
	      "SO_RCVTIMEO");
	check(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)),
	      "SO_SNDTIMEO");
}

static inline int open_socket(const union address *to, int type, int protocol)
{
	int fd = check(socket(to->sa.sa_family, type | SOCK_CLOEXEC, protocol),
		       "socket");

	set(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
	bound_waits(fd);
	return fd;
}

static inline void write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = check(write(fd, buf, len), "write");

		buf += n;
		len -= n;
	}
}

/* What a small file has, as a string of at most @size - 1 bytes. */
static inline void get_text(const char *path, char *text, size_t size)
{
	int fd = check(open(path, O_RDONLY | O_CLOEXEC), path);

	text[check(read(fd, text, size - 1), path)] = 0;
	close(fd);
}

static inline void put_text(const char *path, const char *text)
{
	int fd = check(open(path, O_WRONLY | O_CLOEXEC), path);

	write_all(fd, text, strlen(text));
	close(fd);
}

/* What TCP counts under a name of /proc/net/netstat. */
static inline unsigned long tcp_counter(const char *of)
{
	static char text[2][8192];
	char *name, *value, *names = text[0], *values = text[1];
	FILE *file = fopen("/proc/net/netstat", "r");

	if (!file || !fgets(text[0], sizeof(text[0]), file) ||
	    !fgets(text[1], sizeof(text[1]), file))
		die("/proc/net/netstat");
	fclose(file);
	while ((name = strsep(&names, " ")) && (value = strsep(&values, " ")))
		if (!strcmp(name, of))
			return strtoul(value, NULL, 10);
	errno = ENOENT;
	die(of);
	return 0;
}

/* How many segments took data of a socket along. */
static inline unsigned long segments(void)
{
	return tcp_counter("TCPOrigDataSent");
}

/* Until end of file, in writes of at most @size bytes. */
static inline void copy(int from, int to, char *buf, size_t size)
{
	ssize_t n;

	while ((n = check(read(from, buf, size), "read")))
		write_all(to, buf, n);
}

static inline int create(const char *path)
{
	return check(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
		     path);
}

#endif /* GUEST_H */
