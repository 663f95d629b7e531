#include "tests/fuzz/child.h"

#include <sanitizer/common_interface_defs.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "tests/fuzz/fuzz.h"

/* Where clang counts what has been reached. */
extern char counters_begin[] __asm__("__start___sancov_cntrs"), counters_end[] __asm__("__stop___sancov_cntrs");

enum { NO_MEMORY = 7, HUNG_MS = 30000, INPUTS = 200, SHARED = 1 << 20 };

static const struct reader *reader;
static FILE *report;
static uint8_t *shared; /* the input */

static void out_of_memory(void)
{
	_exit(NO_MEMORY);
}

/* What a child reaches counts: whole pages of the counters are shared with it. */
static void share_counters(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)counters_begin + page - 1) / page * page,
	          to = (uintptr_t)counters_end / page * page;
	if (to <= from)
		return;
	char *at = (char *)from, *copy = xmalloc(to - from);
	memcpy(copy, at, to - from);
	if (mmap(at, to - from, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		abort();
	memcpy(at, copy, to - from);
	free(copy);
}

void fuzz_child_init(const struct reader *r)
{
	struct err e = { 0 };
	if (r->prepare(&e) < 0)
		abort();
	reader = r;
	share_counters();
	report = tmpfile();
	shared = mmap(NULL, SHARED, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!report || shared == MAP_FAILED)
		abort();
	signal(SIGPIPE, SIG_IGN);
}

/* libhdf5 is among the first three of the stack: it, or memcpy() or the like called by it. */
static bool is_theirs(const char *stack)
{
	const char *found = strstr(stack, "libhdf5"), *fourth = strstr(stack, " #3 ");
	return found && (!fourth || found < fourth);
}

static char text[1 << 16]; /* the report */

/* Did it die in code of ours? */
static bool is_ours(int status)
{
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == NO_MEMORY))
		return false;
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
		return false;
	rewind(report);
	text[fread(text, 1, sizeof text - 1, report)] = 0;
	return !is_theirs(text);
}

/* One child takes many inputs: a copy of a process of the sanitizers costs ten times what reading does. */
static struct {
	pid_t pid; /* 0: none */
	int input, answer, left;
} child;

static void next_second(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	rlim_t used = (rlim_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec);
	setrlimit(RLIMIT_CPU, &(struct rlimit){ used + 2, RLIM_INFINITY });
}

static void work(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct read_side side = { .refused = true };
	struct read_options o = { .max_mem = 64 << 20 };
	fuzz_model(reader->read("net", data, n, &side, &o, &e), FUZZ_MOST, &e);
}

static _Noreturn void serve(int input, int answer)
{
	size_t n;
	/* libFuzzer's own would keep the input as a find */
	__sanitizer_set_death_callback(NULL);
	signal(SIGABRT, SIG_DFL);
	dup2(fileno(report), 2);
	mem_on_oom = out_of_memory;
	while (read(input, &n, sizeof n) == sizeof n) {
		uint8_t *data = xmalloc(n); /* of its size, so that reading beyond it is seen */
		memcpy(data, shared, n);
		next_second();
		work(data, n);
		free(data);
		if (write(answer, &n, 1) != 1)
			break;
	}
	_exit(0);
}

static void start(void)
{
	int to[2], from[2];
	if (pipe(to) < 0 || pipe(from) < 0 || ftruncate(fileno(report), 0) < 0)
		abort();
	rewind(report);
	child.pid = fork();
	if (child.pid < 0)
		abort();
	if (child.pid == 0) {
		close(to[1]);
		close(from[0]);
		serve(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	child.input = to[1];
	child.answer = from[0];
	child.left = INPUTS;
}

/* Returns the child's status. */
static int stop(void)
{
	int status = 0;
	close(child.input);
	close(child.answer);
	while (waitpid(child.pid, &status, 0) < 0)
		;
	child.pid = 0;
	return status;
}

/* libhdf5 may have left a lock or a heap in which a later input waits for ever: as tsviz does, it is not waited for. */
static bool answered(void)
{
	char byte;
	struct pollfd p = { child.answer, POLLIN, 0 };
	if (poll(&p, 1, HUNG_MS) == 0)
		kill(child.pid, SIGKILL);
	return read(child.answer, &byte, 1) == 1;
}

void fuzz_in_child(const uint8_t *data, size_t n)
{
	if (n > SHARED)
		return;
	/* a second time alone: what an earlier input has done to the heap inside libhdf5 is no find */
	for (bool alone = !child.pid;; alone = true) {
		if (!child.pid)
			start();
		memcpy(shared, data, n);
		if (write(child.input, &n, sizeof n) == sizeof n && answered() && --child.left)
			return;
		int status = stop();
		if (!is_ours(status))
			return;
		if (alone) {
			fprintf(stderr, "the child ended with %d\n%s\n", status, text);
			abort();
		}
	}
}
