#include "tests/fuzz/child.h"

#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/mem.h"

/* Where clang counts what has been reached. */
extern char counters_begin[] __asm__("__start___sancov_cntrs"), counters_end[] __asm__("__stop___sancov_cntrs");

enum { NO_MEMORY = 7 };

static FILE *report;

static void out_of_memory(void)
{
	_exit(NO_MEMORY);
}

/* What a child reaches counts: whole pages of the counters are shared with it. */
static void share_counters(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)counters_begin + page - 1) / page * page, to = (uintptr_t)counters_end / page * page;
	if (to <= from)
		return;
	char *at = (char *)from, *copy = xmalloc(to - from);
	memcpy(copy, at, to - from);
	if (mmap(at, to - from, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		abort();
	memcpy(at, copy, to - from);
	free(copy);
}

void fuzz_child_init(void)
{
	share_counters();
	report = tmpfile();
	if (!report)
		abort();
}

/* libhdf5 is among the first three of the stack: it, or memcpy() or the like called by it. */
static bool is_theirs(const char *text)
{
	const char *found = strstr(text, "libhdf5"), *fourth = strstr(text, " #3 ");
	return found && (!fourth || found < fourth);
}

static void look(int status)
{
	static char text[1 << 16];
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == NO_MEMORY))
		return;
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
		return;
	rewind(report);
	text[fread(text, 1, sizeof text - 1, report)] = 0;
	if (is_theirs(text))
		return;
	fprintf(stderr, "the child ended with %d\n%s\n", status, text);
	abort();
}

void fuzz_in_child(void (*work)(const uint8_t *data, size_t n), const uint8_t *data, size_t n)
{
	if (ftruncate(fileno(report), 0) < 0)
		abort();
	rewind(report);
	pid_t child = fork();
	if (child < 0)
		return;
	if (child == 0) {
		/* libFuzzer's own would keep the input as a find */
		__sanitizer_set_death_callback(NULL);
		signal(SIGABRT, SIG_DFL);
		setrlimit(RLIMIT_CPU, &(struct rlimit){ 1, 2 });
		dup2(fileno(report), 2);
		mem_on_oom = out_of_memory;
		work(data, n);
		_exit(0);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0)
		;
	look(status);
}
