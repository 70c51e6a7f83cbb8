// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into linux.uml: lets it run on processors whose extended register state is larger than it knows.
 *
 * User Mode Linux writes its processes' floating point state back by PTRACE_SETREGSET with the area it was built for.
 * With AMX the host's area is some 8 KiB longer, and the host refuses anything shorter with EFAULT. Here such a request
 * is lengthened with zeros to what the host itself reports: components that the header does not list are in their
 * initial state, whatever their bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

enum { LARGEST_AREA = 1 << 16 };

typedef long (*ptrace_function)(enum __ptrace_request, pid_t, void *, void *);

static ptrace_function libc_ptrace(void)
{
    static ptrace_function found;
    if (found == NULL) {
        void *symbol = dlsym(RTLD_NEXT, "ptrace");
        if (symbol == NULL) {
            fputs("xstate: libc has no ptrace\n", stderr);
            abort();
        }
        memcpy(&found, &symbol, sizeof found);
    }
    return found;
}

/* Length of the host's area for this process in octets; 0 if the host does not say. */
static size_t host_area(pid_t process)
{
    static size_t known;
    static uint8_t area[LARGEST_AREA];
    if (known == 0) {
        struct iovec whole = {.iov_base = area, .iov_len = sizeof area};
        if (libc_ptrace()(PTRACE_GETREGSET, process, (void *)(uintptr_t)NT_X86_XSTATE, &whole) == 0) {
            known = whole.iov_len;
        }
    }
    return known;
}

long ptrace(enum __ptrace_request request, ...)
{
    va_list rest;
    va_start(rest, request);
    pid_t process = va_arg(rest, pid_t);
    void *address = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);

    if (request == PTRACE_SETREGSET && (uintptr_t)address == NT_X86_XSTATE) {
        const struct iovec *given = data;
        size_t wanted = host_area(process);
        if (given->iov_len < wanted) {
            static uint8_t area[LARGEST_AREA];
            memcpy(area, given->iov_base, given->iov_len);
            memset(area + given->iov_len, 0, wanted - given->iov_len);
            struct iovec padded = {.iov_base = area, .iov_len = wanted};
            return libc_ptrace()(request, process, address, &padded);
        }
    }
    return libc_ptrace()(request, process, address, data);
}
