/* LD_PRELOAD: the allocation number FAIL_AT fails, or every one from FAIL_FROM on. FAIL_COUNT=FILE: how many there were is written there.
 * Counted are those of the program, and those that the libraries of the formats and the C library make for it, in this process alone. Not
 * counted are those of the dynamic loader, of curses and of libhdf5 with the 40 libraries that it brings: they do not survive it, whatever
 * their caller does. Curses starts before anything is at stake; libhdf5 runs in the reading child. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

static atomic_long count;
static long at = -1, from = -1;
static int ready;                                  /* main has begun: before it is the loader's time */

__attribute__((constructor)) static void begin(void)
{
	const char *s;
	if ((s = getenv("FAIL_AT")))
		at = atol(s);
	if ((s = getenv("FAIL_FROM")))
		from = atol(s);
	ready = 1;
}


static int counts(const void *caller)
{
	static const char *const whose[] = { "tsviz", "libc.so", "libcjson", "libprotobuf-c", "libcsv", "libz.so", "libzip" };
	Dl_info info;
	/* dladdr allocates nothing */
	if (!dladdr(caller, &info) || !info.dli_fname)
		return 1;
	for (size_t i = 0; i < sizeof whose / sizeof *whose; i++)
		if (strstr(info.dli_fname, whose[i]))
			return 1;
	return 0;
}

static int fails(const void *caller)
{
	if (!ready || !counts(caller))
		return 0;
	long k = ++count;
	if (k != at && (from < 0 || k < from))
		return 0;
	errno = ENOMEM;
	return 1;
}

#define CALLER __builtin_return_address(0)
void *malloc(size_t n) { return fails(CALLER) ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return fails(CALLER) ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return fails(CALLER) ? NULL : __libc_realloc(p, n); }
void *aligned_alloc(size_t align, size_t n) { return fails(CALLER) ? NULL : __libc_memalign(align, n); }
/* here for their caller's sake: seen from malloc it would be libc */
char *strndup(const char *s, size_t n)
{
	size_t k = strnlen(s, n);
	char *p = fails(CALLER) ? NULL : __libc_malloc(k + 1);
	if (p) {
		memcpy(p, s, k);
		p[k] = 0;
	}
	return p;
}
char *strdup(const char *s)
{
	size_t k = strlen(s) + 1;
	char *p = fails(CALLER) ? NULL : __libc_malloc(k);
	return p ? memcpy(p, s, k) : NULL;
}
int posix_memalign(void **p, size_t align, size_t n)
{
	if (fails(CALLER))
		return ENOMEM;
	*p = __libc_memalign(align, n);
	return *p ? 0 : ENOMEM;
}

__attribute__((destructor)) static void end(void)
{
	const char *name = getenv("FAIL_COUNT");
	char buf[32];
	int n = snprintf(buf, sizeof buf, "%ld\n", (long)count), fd = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	if (fd >= 0) {
		if (write(fd, buf, (size_t)n) != n)
			_exit(99);
		close(fd);
	}
}
