#include "src/serve/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "src/read/sandbox.h"

enum { ALIVE_FD = 3 };

int64_t clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the worker ---- */

#ifdef TSVIZ_COVERAGE
extern void __gcov_dump(void);
#define _exit(status) (__gcov_dump(), _exit(status))
#endif

static struct outcome *own; /* of this process, which is a worker */

static void out_of_memory(void)
{
	err_set(&own->err, ERR_LIMIT, "the answer needs more memory than there is for one");
	own->status = 503;
	_exit(1);
}

static void only_these_files(int answer, int alive)
{
	int high = fcntl(answer, F_DUPFD, ALIVE_FD + 1), null = open("/dev/null", O_RDONLY);
	int other = fcntl(alive, F_DUPFD, ALIVE_FD + 1);
	dup2(null, STDIN_FILENO);
	dup2(high, STDOUT_FILENO);
	dup2(other, ALIVE_FD);
	if (syscall(SYS_close_range, (unsigned)ALIVE_FD + 1, ~0u, 0) < 0)
		for (int fd = ALIVE_FD + 1; fd < 1024; fd++)
			close(fd);
}

static _Noreturn void work(const struct worker *w, struct served *s, const struct asked *asked, const struct body *body,
                           int alive, pid_t parent)
{
	sigset_t none;
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	only_these_files(w->answer, alive);
	own = w->outcome;
	mem_on_oom = out_of_memory;
	sandbox_lock(
	        &(struct sandbox_limits){ .memory = WORKER_MEMORY, .file = WORKER_ANSWER, .seconds = WORKER_SECONDS });
	struct answering x = { .s = s, .a = asked, .body = *body, .f = stdout };
	int bad = answer_make(&x, &own->err);
	fflush(stdout);
	own->status = bad ? x.status : 200;
	_exit(0);
}

/* ---- the server ---- */

int worker_start(struct worker *w, struct served *s, const struct asked *asked, const struct body *body, struct err *e)
{
	int alive[2] = { -1, -1 };
	memset(w, 0, sizeof *w);
	w->answer = memfd_create("answer", MFD_CLOEXEC);
	w->outcome = mmap(NULL, sizeof *w->outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool ready = w->answer >= 0 && w->outcome != MAP_FAILED && !pipe2(alive, O_CLOEXEC);
	pid_t parent = getpid();
	int said = ready ? 0 : errno;
	fflush(NULL);
	pid_t pid = ready ? fork() : -1;
	if (pid == 0)
		work(w, s, asked, body, alive[1], parent);
	if (pid < 0) {
		said = said ? said : errno;
		if (w->answer >= 0)
			close(w->answer);
		if (w->outcome != MAP_FAILED)
			munmap(w->outcome, sizeof *w->outcome);
		if (alive[0] >= 0)
			close(alive[0]), close(alive[1]);
		return err_set(e, ERR_IO, "no process can be started for the answer: %s", strerror(said));
	}
	close(alive[1]);
	w->pid = pid;
	w->alive = alive[0];
	w->deadline = clock_ms() + WORKER_SECONDS * 1000;
	return 0;
}

static int judge(const struct worker *w, bool late, int how, int64_t *size, struct err *e)
{
	struct stat st;
	late |= WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU;
	if (late) {
		err_set(e, ERR_LIMIT, "the answer takes longer than %d s", WORKER_SECONDS);
		return 504;
	}
	if (w->outcome->status && w->outcome->status != 200) {
		w->outcome->err.text[sizeof w->outcome->err.text - 1] = 0;
		err_set(e, w->outcome->err.code ? w->outcome->err.code : ERR_IO, "%s", w->outcome->err.text);
		return w->outcome->status;
	}
	if (!WIFEXITED(how) || w->outcome->status != 200 || fstat(w->answer, &st)) {
		if (WIFSIGNALED(how))
			err_set(e, ERR_IO, "the process that made the answer was ended by signal %d", WTERMSIG(how));
		else
			err_set(e, ERR_IO, "the process that made the answer ended with status %d", WEXITSTATUS(how));
		return 500;
	}
	*size = st.st_size;
	return 200;
}

int worker_end(struct worker *w, bool late, int *answer, int64_t *size, struct err *e)
{
	int how = 0;
	if (late)
		kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &how, 0) < 0 && errno == EINTR)
		;
	int status = judge(w, late, how, size, e);
	close(w->alive);
	munmap(w->outcome, sizeof *w->outcome);
	*answer = w->answer;
	if (status != 200) {
		close(w->answer);
		*answer = -1;
	}
	w->pid = 0;
	return status;
}
