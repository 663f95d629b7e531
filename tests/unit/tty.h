/* Runs the program in a pseudo-terminal on a small model and series, sends keys and ends it. Shared by the suites
 * that check what it writes (test_terminal.c) and what a terminal shows (test_emulator.c). */
#ifndef TESTS_TTY_H
#define TESTS_TTY_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include "tests/unit/unit.h"

struct tty {
	int master, slave;
	pid_t pid;
	struct termios before;
	char *out; /* everything that it wrote */
	size_t n;
	char data[64];
};

static inline void size_set(struct tty *t, int cols, int rows)
{
	struct winsize w = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	ck_assert_int_eq(ioctl(t->master, TIOCSWINSZ, &w), 0);
}

/* Reads until nothing arrives for `quiet` ms. Returns how many bytes arrived. */
static inline size_t settle(struct tty *t, int quiet)
{
	size_t before = t->n;
	struct pollfd p = { t->master, POLLIN, 0 };
	while (poll(&p, 1, quiet) > 0) {
		t->out = realloc(t->out, t->n + 65536);
		ssize_t k = read(t->master, t->out + t->n, 65535);
		if (k <= 0)
			break;
		t->n += (size_t)k;
		t->out[t->n] = '\0';
	}
	return t->n - before;
}

/* Waits until the text has arrived, then settles. */
static inline void wait_for(struct tty *t, const char *text)
{
	for (int i = 0; i < 200; i++) {
		settle(t, 50);
		if (t->n && memmem(t->out, t->n, text, strlen(text))) {
			settle(t, 200);
			return;
		}
	}
	ck_abort_msg("'%s' never came; %zu bytes did: %.300s", text, t->n, t->n ? t->out : "");
}

/* Starts a shell command. It finds the program in $TSVIZ and the data in $DATA. */
static inline void start_by(struct tty *t, const char *term, int cols, int rows, const char *command)
{
	memset(t, 0, sizeof *t);
	ck_assert_msg(getenv("TSVIZ") != NULL, "TSVIZ does not name the program; run make test");
	strcpy(t->data, "/tmp/tsviz-tty-XXXXXX");
	FILE *f = fdopen(mkstemp(t->data), "w");
	fprintf(f, "a,b\n");
	for (int i = 0; i < 60; i++)
		fprintf(f, "%g,%g\n", sin(i / 5.0), cos(i / 3.0));
	fclose(f);
	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert(t->master >= 0 && !grantpt(t->master) && !unlockpt(t->master));
	t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert(t->slave >= 0 && !tcgetattr(t->slave, &t->before));
	size_set(t, cols, rows);
	t->pid = fork();
	if (!t->pid) {
		setsid();
		ioctl(t->slave, TIOCSCTTY, 0);
		dup2(t->slave, 0), dup2(t->slave, 1), dup2(t->slave, 2);
		setenv("TERM", term, 1);
		/* The process that started the tests may ignore signals, as shells do for background jobs. */
		for (int sig = 1; sig < NSIG; sig++)
			signal(sig, SIG_DFL);
		unsetenv("NO_COLOR"), unsetenv("LINES"), unsetenv("COLUMNS");
		setenv("DATA", t->data, 1);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
}

static inline void start_model(struct tty *t, const char *model, const char *term, int cols, int rows)
{
	char command[200];
	snprintf(command, sizeof command, "exec \"$TSVIZ\" '%s' \"$DATA\"", model);
	start_by(t, term, cols, rows, command);
}

static inline void start(struct tty *t, const char *term, int cols, int rows)
{
	start_model(t, "tests/keras/keras1.h5", term, cols, rows);
}

static inline void keys(struct tty *t, const char *s)
{
	ck_assert_int_eq(write(t->master, s, strlen(s)), (ssize_t)strlen(s));
	settle(t, 150);
}

/* Waits for the end. Returns the status as a shell would, and checks that the terminal is as before. */
static inline int finish(struct tty *t)
{
	int status, k = 0;
	struct termios after;
	settle(t, 50);
	while (waitpid(t->pid, &status, WNOHANG) == 0) {
		settle(t, 50);
		if (++k == 200)
			kill(t->pid, SIGKILL);
		ck_assert_msg(k <= 200, "it does not end");
	}
	settle(t, 20);
	ck_assert_int_eq(tcgetattr(t->slave, &after), 0);
	ck_assert_msg(after.c_iflag == t->before.c_iflag && after.c_oflag == t->before.c_oflag &&
	                      after.c_lflag == t->before.c_lflag && after.c_cflag == t->before.c_cflag &&
	                      !memcmp(after.c_cc, t->before.c_cc, sizeof after.c_cc),
	              "the terminal's settings have changed");
	close(t->master);
	close(t->slave);
	unlink(t->data);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
