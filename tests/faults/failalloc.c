/* LD_PRELOAD: the allocation number FAIL_AT fails, or every one from FAIL_FROM on. FAIL_COUNT=FILE: how many there were
 * is written there. Counted are those of the program, and those that the libraries of the formats and the C library
 * make for it, in this process alone. Not counted are those of the dynamic loader, of curses and of libhdf5 with the 40
 * libraries that it brings: they do not survive it, whatever their caller does. Curses starts before anything is at
 * stake; libhdf5 runs in the reading child.
 *
 * FAIL_FORK=PREFIX: all of them in one run. Before each allocation (the first FAIL_FIRST, then every FAIL_STEP-th) the
 * process makes two copies of itself, one after the other: in one that allocation fails, in the other all from it on. A
 * copy writes to PREFIX.out and PREFIX.err; when it has ended, a line "MODE NUMBER STATUS" goes to descriptor
 * FORK_TELL, and a byte from FORK_HEAR lets the run go on. A copy shares the files of the run and has none of its
 * threads and children. So "S NUMBER" says that this one must be tried by a run of its own, since a thread or a child
 * is there, and "D NUMBER" that all from it on must, since a file is open to be written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
        *__libc_memalign(size_t, size_t);

static atomic_long count;
static long at = -1, from = -1;
static int ready; /* main has begun: before it is the loader's time */

enum { FORK_TELL = 200, FORK_HEAR = 201, FILES = 64, MOST_SECONDS = 40 };
static const char *copies; /* PREFIX, NULL: no copies (any more) */
static long first, step;

__attribute__((constructor)) static void begin(void)
{
	const char *s;
	if ((s = getenv("FAIL_AT")))
		at = atol(s);
	if ((s = getenv("FAIL_FROM")))
		from = atol(s);
	copies = getenv("FAIL_FORK");
	if (copies) {
		first = atol(getenv("FAIL_FIRST"));
		step = atol(getenv("FAIL_STEP"));
		/* its own children, and what it starts, are not to make copies */
		unsetenv("FAIL_FORK");
	}
	ready = 1;
}

/* ---- copies ---- */

static void tell(char mode, long k, int status)
{
	char line[64];
	int n = snprintf(line, sizeof line, "%c %ld %d\n", mode, k, status);
	if (write(FORK_TELL, line, (size_t)n) != n)
		_exit(98);
}

/* What the run has written so far begins the copy's file. */
static void redirect(int fd, const char *end)
{
	char name[4096], buf[4096];
	snprintf(name, sizeof name, "%s.%s", copies, end);
	int to = open(name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	ssize_t k;
	for (off_t at = 0; (k = pread(fd, buf, sizeof buf, at)) > 0; at += k)
		if (write(to, buf, (size_t)k) != k)
			_exit(98);
	dup2(to, fd);
	close(to);
}

/* 1 in the copy */
static int copy(char mode, long k)
{
	off_t at[FILES];
	int status;
	char go;
	for (int i = 3; i < FILES; i++)
		at[i] = lseek(i, 0, SEEK_CUR);
	/* not fork(): a lock of the loader that is held here belongs to the thread's number, which fork() would change
	 */
	pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (child == 0) {
		redirect(1, "out");
		redirect(2, "err");
		copies = NULL;
		alarm(MOST_SECONDS);
		return 1;
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			_exit(98);
	for (int i = 3; i < FILES; i++)
		if (at[i] >= 0)
			lseek(i, at[i], SEEK_SET);
	tell(mode, k, WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
	if (read(FORK_HEAR, &go, 1) != 1)
		_exit(98);
	return 0;
}

/* A file with a name is open to be written; one in memory is written once, from its beginning. */
static int has_written(void)
{
	struct stat st;
	for (int i = 3; i < FILES; i++) {
		int flags = fcntl(i, F_GETFL);
		if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && fstat(i, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_nlink)
			return 1;
	}
	return 0;
}

static int is_alone(void)
{
	struct stat st;
	siginfo_t info;
	return stat("/proc/self/task", &st) == 0 && st.st_nlink == 3 &&
	       waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0;
}

static void make_copies(long k)
{
	if (k > first && k % step)
		return;
	int saved = errno;
	if (has_written()) {
		tell('D', k, 0);
		copies = NULL;
	} else if (!is_alone()) {
		tell('S', k, 0);
	} else if (copy('A', k)) {
		at = k;
	} else if (copy('F', k)) {
		from = k;
	}
	errno = saved;
}

static int counts(const void *caller)
{
	static const char *const whose[] = { "tsviz",  "libc.so", "libcjson", "libprotobuf-c",
		                             "libcsv", "libz.so", "libzip" };
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
	if (copies) {
		/* what it calls may allocate */
		ready = 0;
		make_copies(k);
		ready = 1;
	}
	if (k != at && (from < 0 || k < from))
		return 0;
	errno = ENOMEM;
	return 1;
}

#define CALLER __builtin_return_address(0)
void *malloc(size_t n)
{
	return fails(CALLER) ? NULL : __libc_malloc(n);
}
void *calloc(size_t n, size_t size)
{
	return fails(CALLER) ? NULL : __libc_calloc(n, size);
}
void *realloc(void *p, size_t n)
{
	return fails(CALLER) ? NULL : __libc_realloc(p, n);
}
void *aligned_alloc(size_t align, size_t n)
{
	return fails(CALLER) ? NULL : __libc_memalign(align, n);
}
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
	int n = snprintf(buf, sizeof buf, "%ld\n", (long)count),
	    fd = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	if (fd >= 0) {
		if (write(fd, buf, (size_t)n) != n)
			_exit(99);
		close(fd);
	}
}
