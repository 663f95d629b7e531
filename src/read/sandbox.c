#include "src/read/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#if defined __has_include
#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif
#endif
#include <linux/seccomp.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "core/base/mem.h"

enum {
	RESULT_FD = 3,
	GRACE_MS = 1500,
	WAIT_MS = 200,
	STOPPED_MS = 1000, /* one turn of the loop takes less; if not, this process was stopped */
	PATIENCE = 10,     /* how often its time limit the child may wait while it has no processor */
	PIPE_BYTES = 1 << 20,
};

/* ---- the child ---- */

#ifdef TSVIZ_COVERAGE /* Coverage is written to files when the child ends, so the child is not locked. */
extern void __gcov_dump(void);
#define _exit(status) (__gcov_dump(), _exit(status))
#endif

static void send_all(const void *p, size_t n)
{
	const char *s = p;
	while (n) {
		ssize_t k = write(RESULT_FD, s, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			_exit(1);
		s += k;
		n -= (size_t)k;
	}
}

static void send_error(const struct err *e)
{
	int32_t code = e->code;
	send_all("E", 1);
	send_all(&code, sizeof code);
	send_all(e->text, strlen(e->text));
	_exit(0);
}

void sandbox_send(const void *p, size_t n)
{
	static bool begun;
	if (!begun)
		send_all("M", 1);
	begun = true;
	send_all(p, n);
}

static void child_oom(void)
{
	static const struct err e = { ERR_LIMIT, "the file needs more memory than allowed; see --max-mem" };
	send_error(&e);
}

static void limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit l = { soft, hard };
	setrlimit((__rlimit_resource_t)what, &l);
}

static int64_t own_size(void)
{
	long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f) {
		if (fscanf(f, "%lld", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return pages * sysconf(_SC_PAGESIZE);
}

static void set_limits(const struct sandbox *s)
{
	rlim_t cpu = (rlim_t)ceil(s->max_time);
	limit(RLIMIT_CPU, cpu, cpu + 1);
	limit(RLIMIT_CORE, 0, 0);
#ifndef TSVIZ_COVERAGE
	limit(RLIMIT_FSIZE, 0, 0);
#endif
#ifndef TSVIZ_SAN
	/* The sanitizers reserve more address space than any limit would allow. */
	rlim_t all = (rlim_t)(own_size() + s->max_mem);
	limit(RLIMIT_AS, all, all);
#else
	(void)own_size;
#endif
}

#if defined __x86_64__
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#endif

#if defined __x86_64__
#define CALL_ARGUMENT(c, i) ((uint64_t)(c)->uc_mcontext.gregs[(const int[]){ REG_RDI, REG_RSI, REG_RDX, REG_R10 }[i]])
#define CALL_RESULT(c) ((c)->uc_mcontext.gregs[REG_RAX])
#elif defined __aarch64__
#define CALL_ARGUMENT(c, i) ((uint64_t)(c)->uc_mcontext.regs[i])
#define CALL_RESULT(c) ((c)->uc_mcontext.regs[0])
#endif

#if defined SANDBOX_ARCH
static const char *opens; /* the path that a locked child may open */

/* Stands for the system calls that name a path. The kernel does not see them: this function answers. An open of the one
 * path gives a copy of SANDBOX_INPUT, and it has the status of that. fstat() of the C library is newfstatat() with an
 * empty path. */
static void answer_call(int sig, siginfo_t *info, void *context)
{
	ucontext_t *c = context;
	(void)sig;
	bool at = info->si_syscall == SYS_openat || info->si_syscall == SYS_newfstatat;
	const char *path = (const char *)(uintptr_t)CALL_ARGUMENT(c, at ? 1 : 0);
	bool input = path && !strcmp(path, opens);
	long result = -1;
	if (info->si_syscall == SYS_newfstatat && (input || !path || !*path))
		result = syscall(SYS_fstat, input ? SANDBOX_INPUT : CALL_ARGUMENT(c, 0), CALL_ARGUMENT(c, 2));
	else if (info->si_syscall != SYS_newfstatat && input)
		result = syscall(SYS_fcntl, SANDBOX_INPUT, F_DUPFD_CLOEXEC, SANDBOX_INPUT + 1);
	CALL_RESULT(c) = (__typeof__(CALL_RESULT(c)))(result < 0 ? -EPERM : result);
}

/* The calls that answer_call() answers. */
static const int answered[] = {
	SYS_openat,
	SYS_newfstatat,
#ifdef SYS_open
	SYS_open,
#endif
};
#endif

#if defined SANDBOX_ARCH
/* Adds to the filter f, which has k instructions, what starting a thread needs. clone3() is said not to exist, because
 * its flags cannot be seen from here; the C library then uses clone(), whose flags can. Returns the new k. */
static unsigned short allow_threads(struct sock_filter *f, unsigned short k)
{
	static const int needed[] = { SYS_set_robust_list, SYS_clock_nanosleep,
#ifdef SYS_rseq
		                      SYS_rseq
#endif
	};
#ifdef SYS_clone3
	f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
#endif
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)needed[i], 0, 1);
		f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	/* the flags are the first argument of clone() on both processors; their lower half is enough */
	f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]));
	f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	return k;
}
#endif

/* Allows the system calls that parsing needs: memory, the pipe, clocks and exit. All others fail with EPERM. may_open:
 * the path that may be opened, or NULL. threads: whether threads of this process may be started, but no process. */
static void lock_syscalls(const char *may_open, bool threads)
{
#if defined SANDBOX_ARCH
	/* clang-format off */
	static const int allowed[] = {
		SYS_read, SYS_write, SYS_close, SYS_lseek, SYS_fstat, SYS_fcntl, SYS_mmap, SYS_munmap, SYS_mremap,
		SYS_mprotect, SYS_madvise, SYS_brk, SYS_futex, SYS_exit, SYS_exit_group, SYS_rt_sigaction,
		SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid, SYS_gettid, SYS_tgkill,
		SYS_clock_gettime, SYS_gettimeofday, SYS_getrandom, SYS_getrusage, SYS_sched_yield,
		SYS_sched_getaffinity, SYS_restart_syscall, SYS_pread64, SYS_flock,
	};
	/* clang-format on */
	enum { N = sizeof allowed / sizeof *allowed, ANSWERED = sizeof answered / sizeof *answered, THREADS = 16 };
	struct sock_filter f[N + 2 * ANSWERED + 6 + THREADS];
	unsigned short k = 0;
	f[k++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	if (may_open) {
		opens = may_open;
		struct sigaction answer = { .sa_sigaction = answer_call, .sa_flags = SA_SIGINFO | SA_NODEFER };
		sigaction(SIGSYS, &answer, NULL);
	}
	for (int i = 0; i < ANSWERED && may_open; i++) {
		f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)answered[i], 0, 1);
		f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	}
	if (threads)
		k = allow_threads(f, k);
	for (int i = 0; i < N; i++)
		f[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i],
		                                      (unsigned char)(N - i), 0);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	f[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog p = { k, f };
	/* A kernel without filters still applies the limits, and the child has no descriptor to write to but the
	 * pipe. */
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
#else
	(void)may_open, (void)threads;
#endif
}

/* Forbids opening any path, if the kernel has Landlock. */
static void lock_files(void)
{
#if defined __has_include
#if __has_include(<linux/landlock.h>) && defined SYS_landlock_create_ruleset
	struct landlock_ruleset_attr all = { .handled_access_fs = (1u << 13) - 1 };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules >= 0) {
		syscall(SYS_landlock_restrict_self, rules, 0);
		close(rules);
	}
#endif
#endif
}

void sandbox_lock(const struct sandbox_limits *l)
{
	rlim_t cpu = (rlim_t)l->seconds;
	limit(RLIMIT_CPU, cpu, cpu + 1);
	limit(RLIMIT_CORE, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef TSVIZ_COVERAGE
	limit(RLIMIT_FSIZE, (rlim_t)l->file, (rlim_t)l->file);
#ifndef TSVIZ_SAN
	rlim_t all = (rlim_t)(own_size() + l->memory);
	limit(RLIMIT_AS, all, all);
#endif
	lock_files();
	lock_syscalls(NULL, true);
#endif
}

static void close_from(int first)
{
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) < 0)
		for (int fd = first; fd < 1024; fd++)
			close(fd);
}

_Noreturn void sandbox_child(const struct sandbox *s)
{
	mem_on_oom = child_oom;
	set_limits(s);
	struct err e = { ERR_FORMAT, "the reader failed" };
	if (s->prepare && s->prepare(s->arg, &e) < 0)
		send_error(&e);
#ifndef TSVIZ_COVERAGE
	lock_files();
	lock_syscalls(s->again ? NULL : s->opens, false);
#else
	(void)lock_files, (void)lock_syscalls;
#endif
	unsigned char *buf = NULL;
	size_t n = 0;
	if (s->work(s->arg, &buf, &n, &e) < 0)
		send_error(&e);
	sandbox_send(buf, n);
	_exit(0);
}

/* Moves the descriptors to RESULT_FD and SANDBOX_INPUT. Either may already have the other's number, so both are
 * copied first. The copies get the lowest free numbers, because the limit on descriptors may be low. */
static void place(int out, int input)
{
	int high_out = fcntl(out, F_DUPFD, SANDBOX_INPUT + 1),
	    high_input = input >= 0 ? fcntl(input, F_DUPFD, SANDBOX_INPUT + 1) : -1;
	if (high_out < 0 || (input >= 0 && high_input < 0)) {
		struct err e = { ERR_IO, "" };
		err_set(&e, ERR_IO, "the reading process cannot be started: %s", strerror(errno));
		dup2(out, RESULT_FD);
		send_error(&e);
	}
	dup2(high_out, RESULT_FD);
	if (high_input >= 0)
		dup2(high_input, SANDBOX_INPUT);
	close_from(high_input >= 0 ? SANDBOX_INPUT + 1 : RESULT_FD + 1);
}

static _Noreturn void start_again(const struct sandbox *s)
{
	char name[] = "tsviz";
	char *argv[] = { name, (char *)(uintptr_t)s->again, NULL }, *envp[2] = { NULL };
#ifdef TSVIZ_SAN
	for (char **p = environ; *p && !envp[0]; p++)
		if (!strncmp(*p, "ASAN_OPTIONS=", 13))
			envp[0] = *p;
#endif
	execve("/proc/self/exe", argv, envp);
	/* In a chroot without /proc the program is started by the name that started this process. */
	execve((const char *)getauxval(AT_EXECFN), argv, envp);
	struct err e = { ERR_IO, "" };
	err_set(&e, ERR_IO, "the reading process cannot be started: %s", strerror(errno));
	send_error(&e);
	_exit(1);
}

static _Noreturn void child_main(const struct sandbox *s, int out, pid_t parent)
{
	/* The parent's signal handlers restore the terminal; the child must not. */
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (getppid() != parent)
		_exit(1);
	place(out, s->again || s->opens ? s->input : -1);
	if (s->again)
		start_again(s);
	sandbox_child(s);
}

/* ---- the parent ---- */

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct answer {
	char tag; /* 'M': answer; 'E': error; 0: nothing was received */
	unsigned char *p;
	size_t n, cap;
	bool late, large;
};

/* Returns whether the child is ready to run or waits for a disk. Then the machine is slow, not the child, and the
 * child's limit of processor time still holds. */
static bool has_no_processor(pid_t child)
{
	char path[32], state = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
	FILE *f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		fclose(f);
	}
	return state == 'R' || state == 'D';
}

static void receive(int fd, pid_t child, int64_t deadline, size_t most, struct answer *a)
{
	bool first = true;
	int64_t before = now_ms(), last = deadline + PATIENCE * (deadline - before);
	for (;;) {
		int64_t now = now_ms();
		/* This process was stopped, or the clock jumped. That time does not count. */
		if (now - before > STOPPED_MS) {
			deadline += now - before;
			last += now - before;
		}
		before = now;
		struct pollfd q = { fd, POLLIN, 0 };
		int r = poll(&q, 1, WAIT_MS);
		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0 && (now < deadline || (now < last && has_no_processor(child))))
			continue;
		if (r <= 0 || now >= last) {
			a->late = true;
			return;
		}
		if (a->n == a->cap) {
			a->cap = a->cap ? a->cap * 2 : PIPE_BYTES;
			a->p = xrealloc(a->p, a->cap, 1);
		}
		ssize_t k = first ? read(fd, &a->tag, 1) : read(fd, a->p + a->n, a->cap - a->n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return;
		a->n += first ? 0 : (size_t)k;
		first = false;
		if (a->n > most) {
			a->large = true;
			return;
		}
	}
}

static int late(const struct sandbox *s, struct err *e)
{
	return err_set(e, ERR_LIMIT,
	               "reading takes longer than %g s; the file is damaged or very large; see --max-time",
	               s->max_time);
}

static int judge(const struct sandbox *s, const struct answer *a, int status, struct err *e)
{
	if (a->late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		return late(s, e);
	if (a->large)
		return err_set(e, ERR_LIMIT, "reading it needs more than %lld MB; see --max-mem",
		               (long long)(s->max_mem >> 20));
	if (WIFSIGNALED(status))
		return err_set(e, ERR_FORMAT, "the reader was ended by signal %d; the file is damaged",
		               WTERMSIG(status));
	if (a->n >= sizeof(int32_t) && a->tag == 'E') {
		int32_t code;
		memcpy(&code, a->p, sizeof code);
		size_t at = sizeof code;
		return err_set(e, code >= ERR_VALUE && code < 0 ? code : ERR_FORMAT, "%.*s", (int)(a->n - at),
		               (const char *)a->p + at);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || a->tag != 'M')
		return err_set(e, ERR_FORMAT, "the reader ended with status %d; the file is damaged",
		               WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}

int sandbox_run(const struct sandbox *s, unsigned char **buf, size_t *n, struct err *e)
{
	int fd[2];
	*buf = NULL;
	*n = 0;
	if (pipe2(fd, O_CLOEXEC) < 0)
		return err_set(e, ERR_IO, "cannot make a pipe: %s", strerror(errno));
	/* A larger pipe needs fewer switches between the two processes. If the kernel refuses, nothing is lost. */
	fcntl(fd[0], F_SETPIPE_SZ, PIPE_BYTES);
	pid_t parent = getpid(), child = fork();
	if (child == 0)
		child_main(s, fd[1], parent);
	close(fd[1]);
	if (child < 0) {
		close(fd[0]);
		return err_set(e, ERR_IO, "cannot start the reading process: %s", strerror(errno));
	}
	struct answer a = { 0 };
	receive(fd[0], child, now_ms() + (int64_t)(s->max_time * 1000) + GRACE_MS, (size_t)s->max_mem, &a);
	close(fd[0]);
	if (a.late || a.large)
		kill(child, SIGKILL);
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	int bad = judge(s, &a, status, e);
	if (bad) {
		free(a.p);
		return bad;
	}
	*n = a.n;
	*buf = a.p;
	return 0;
}
