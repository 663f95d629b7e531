#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "core/kernels/tile.h"
#include "src/verbs/cmd.h"
#include "src/cli/config.h"
#include "src/cli/say.h"

/* A closed standard stream would give its number to the next file that is opened, and what is printed would go into
 * that. In its place stands one on which reading, or writing, is an error. */
static void fill_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			return;
}

/* Some pipe has no reader any more. If it is standard output, whoever read it has enough (`tsviz predict ... | head`):
 * the program ends by this signal, as filters do. Any other is an error of the write that failed. */
static void on_broken_pipe(int sig)
{
	int was = errno;
	struct pollfd out = { STDOUT_FILENO, 0, 0 };
	if (poll(&out, 1, 0) == 1 && out.revents & (POLLERR | POLLHUP)) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	errno = was;
}

/* The command line; where it opens the browser, the user's settings under it. */
static int options_of(struct options *o, struct config *c, int argc, char **argv, struct err *e)
{
	options_init(o);
	int bad = options_parse(o, argc, argv, e);
	if (bad || !browse_opens(o))
		return bad;
	bool quiet = o->quiet;
	options_release(o);
	options_init(o);
	config_read(c, o, quiet ? NULL : say_warning_sentence);
	o->config = c;
	return options_parse(o, argc, argv, e);
}

int main(int argc, char **argv)
{
	struct options o;
	struct config config = { 0 };
	struct err e = { 0 };
	int status;
	if (argc == 2 && !strcmp(argv[1], READ_MODEL_CHILD))
		read_model_child();
	fill_standard_streams();
	/* numbers are read and written the same everywhere: only the character set follows the user */
	setlocale(LC_CTYPE, "");
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = on_broken_pipe, .sa_flags = SA_RESTART }, NULL);
	/* A file that is too large is an error like any other. */
	signal(SIGXFSZ, SIG_IGN);
	isa_select(NULL);
	if (options_of(&o, &config, argc, argv, &e)) {
		say_error(e.text);
		options_release(&o);
		config_release(&config);
		return 2;
	}
	if (o.instead || o.help) {
		struct output out = { .f = stdout };
		if (o.help)
			options_help(o.verb, stdout);
		else
			o.instead(stdout);
		status = output_close(&out, &e) ? 1 : 0;
		if (status)
			say_error(e.text);
	} else {
		status = verb_run(&o, &e);
		if (status)
			say_error(e.text);
	}
	options_release(&o);
	config_release(&config);
	return status;
}
