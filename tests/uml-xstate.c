// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD of Linux 6.12 as a process. It gives 2696 bytes of extended state to
 * PTRACE_SETREGSET, whatever the processor has, and a host whose processor has more (AMX)
 * takes all or nothing: EFAULT, and no program runs. Here, what it did not give stays as it
 * is. Linux 7.3 asks how much there is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long (*ptrace_t)(enum __ptrace_request request, ...);

/* More than any processor has today; the host gives what there is. */
#define MOST 65536

static long set_whole(ptrace_t real, pid_t pid, const struct iovec *given)
{
	static _Alignas(64) char state[MOST];
	struct iovec whole = { .iov_base = state, .iov_len = sizeof(state) };

	if (real(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &whole) < 0)
		return -1;
	if (whole.iov_len <= given->iov_len) {
		errno = EFAULT;
		return -1;
	}
	memcpy(state, given->iov_base, given->iov_len);
	return real(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...)
{
	static ptrace_t real;
	void *addr, *data;
	va_list list;
	pid_t pid;
	long ret;

	va_start(list, request);
	pid = va_arg(list, pid_t);
	addr = va_arg(list, void *);
	data = va_arg(list, void *);
	va_end(list);
	if (!real)
		real = (ptrace_t)dlsym(RTLD_NEXT, "ptrace");
	ret = real(request, pid, addr, data);
	if (ret < 0 && errno == EFAULT && request == PTRACE_SETREGSET &&
	    addr == (void *)NT_X86_XSTATE)
		ret = set_whole(real, pid, data);
	return ret;
}
