#include "ui/terminal/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "core/base/mem.h"

/* For the handlers: what restores the terminal, prepared while nothing was wrong. */
static struct {
	char bytes[256];
	size_t n;
	struct termios saved;
	int fd;
	volatile sig_atomic_t open;
} restore;
struct signals signals;

/* Handlers write a byte here: a signal that comes just before the program begins to wait is not slept over. */
static int wake[2] = { -1, -1 };

static void woken(void)
{
	int was = errno;
	ssize_t n = write(wake[1], "", 1);
	(void)n;
	errno = was;
}

static void emergency(void)
{
	if (!restore.open)
		return;
	restore.open = 0;
	ssize_t n = write(STDOUT_FILENO, restore.bytes, restore.n);
	(void)n;
	tcsetattr(restore.fd, TCSANOW, &restore.saved);
}

static void on_crash(int sig)
{
	emergency();
	signal(sig, SIG_DFL);
	raise(sig);
}

/* The first signal asks. A second one before anybody has listened ends the program. */
static void ask(volatile sig_atomic_t *asked, int sig)
{
	if (*asked)
		on_crash(sig);
	*asked = sig;
	woken();
}

static void on_end(int sig)
{
	ask(&signals.ended, sig);
}

static void on_interrupt(int sig)
{
	ask(&signals.interrupted, sig);
}

static void on_stop(int sig)
{
	(void)sig;
	signals.stopped = 1;
	woken();
}

static void on_continue(int sig)
{
	(void)sig;
	signals.continued = 1;
	woken();
}

static void on_resize(int sig)
{
	(void)sig;
	signals.resized = 1;
	woken();
}

static void handle(int sig, void (*fn)(int), int flags)
{
	struct sigaction a = { .sa_handler = fn, .sa_flags = flags };
	sigemptyset(&a.sa_mask);
	sigaction(sig, &a, NULL);
}

#ifdef TSVIZ_SAN /* the sanitizer wants to see the others itself */
static const int crashes[] = { SIGABRT };
#else
static const int crashes[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
#endif
static const int ends[] = { SIGTERM, SIGHUP, SIGQUIT };
/* Nobody sends these to ask: limits, timers and the like. They end the program as they always do, and so do the
 * real-time ones. */
static const int others[] = {
	SIGXCPU,   SIGSYS, SIGTRAP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
#ifdef SIGSTKFLT
	SIGSTKFLT,
#endif
};

/* What ends the program in any case; ignored by the one who started us, it stays so. */
static void handle_other(int sig, bool on)
{
	struct sigaction now;
	if (!sigaction(sig, NULL, &now) && now.sa_handler != SIG_IGN)
		handle(sig, on ? on_crash : SIG_DFL, on ? SA_ONSTACK | (int)SA_RESETHAND : 0);
}

static void handlers(bool on)
{
	static char stack[64 * 1024];
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof stack };
	if (on && (sigaltstack(&alternative, NULL) || pipe2(wake, O_NONBLOCK | O_CLOEXEC)))
		wake[0] = wake[1] = -1;
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		handle(crashes[i], on ? on_crash : SIG_DFL, on ? SA_ONSTACK | (int)SA_RESETHAND : 0);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		handle_other(others[i], on);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		handle_other(sig, on);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		handle(ends[i], on ? on_end : SIG_DFL, 0);
	handle(SIGINT, on ? on_interrupt : SIG_DFL, 0);
	/* what is being written to a terminal that stands still (^S) is not lost; poll is interrupted all the same */
	handle(SIGTSTP, on ? on_stop : SIG_DFL, (int)SA_RESTART);
	handle(SIGCONT, on ? on_continue : SIG_DFL, (int)SA_RESTART);
	handle(SIGWINCH, on ? on_resize : SIG_DFL, (int)SA_RESTART);
	if (!on && wake[0] >= 0) {
		close(wake[0]);
		close(wake[1]);
		wake[0] = wake[1] = -1;
	}
}

void restore_from(int fd)
{
	restore.fd = fd;
	restore.n = 0;
	tcgetattr(fd, &restore.saved);
}

void restore_add(const char *bytes, size_t n)
{
	if (n > sizeof restore.bytes - restore.n)
		return;
	memcpy(restore.bytes + restore.n, bytes, n);
	restore.n += n;
}

void restore_modes(void)
{
	tcsetattr(restore.fd, TCSANOW, &restore.saved);
}

void signals_on(void)
{
	restore.open = 1;
	mem_on_oom = emergency;
	handlers(true);
}

void signals_off(void)
{
	restore.open = 0;
	mem_on_oom = NULL;
	handlers(false);
}

int signals_wake(void)
{
	return wake[0];
}

void signals_seen(void)
{
	char drained[64];
	while (read(wake[0], drained, sizeof drained) > 0)
		;
}

void signals_stop(void)
{
	signals.stopped = 0;
	handle(SIGTSTP, SIG_DFL, 0);
	kill(0, SIGTSTP);
	handle(SIGTSTP, on_stop, (int)SA_RESTART);
	signals.continued = 0;
}
