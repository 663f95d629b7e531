/* memory PROGRAM ARGUMENT ...: runs it and writes "KB PROCESSES" on standard error: the peaks of resident memory of it
 * and of all processes that it started, added. wait4 tells only the largest of them. A tracer sees each when it ends
 * but still has its memory. Its exit status is the program's. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static long peak_kb(pid_t pid)
{
	char path[64], text[256];
	long kb = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");
	while (f && fgets(text, sizeof text, f))
		if (sscanf(text, "VmHWM: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

int main(int argc, char **argv)
{
	long kb = 0;
	int n = 0, status, result = 1;
	if (argc < 2)
		return 2;
	pid_t first = fork();
	if (!first) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (first < 0 || waitpid(first, &status, 0) < 0)
		return 1;
	long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC;
	if (ptrace(PTRACE_SETOPTIONS, first, NULL, (void *)options) < 0) {
		fprintf(stderr, "memory: tracing is not allowed here: %s\n", strerror(errno));
		kill(first, SIGKILL);
		return 1;
	}
	ptrace(PTRACE_CONT, first, NULL, NULL);
	for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
		if (!WIFSTOPPED(status)) {
			if (pid == first)
				result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			continue;
		}
		int event = status >> 16, sig = WSTOPSIG(status);
		if (event == PTRACE_EVENT_EXIT) {
			kb += peak_kb(pid);
			n++;
		}
		/* a new process begins with a stop of its own */
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)(event || sig == SIGSTOP || sig == SIGTRAP ? 0 : sig));
	}
	fprintf(stderr, "%ld %d\n", kb, n);
	return result;
}
