#include <locale.h>
#include <signal.h>
#include <string.h>
#include "core/tile.h"
#include "src/cmd.h"
#include "src/config.h"

static void warn(const char *sentence)
{
	fprintf(stderr, "tsviz: %s\n", sentence);
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
	config_read(c, o, quiet ? NULL : warn);
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
	/* numbers are read and written the same everywhere: only the character set follows the user */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	isa_select(NULL);
	if (options_of(&o, &config, argc, argv, &e)) {
		warn(e.text);
		options_release(&o);
		config_release(&config);
		return 2;
	}
	if (o.instead) {
		o.instead(stdout);
		status = fflush(stdout) ? 1 : 0;
	} else {
		status = o.dump ? cmd_dump(&o, &e) : o.verb->run(&o, &e);
		if (status)
			warn(e.text);
	}
	options_release(&o);
	config_release(&config);
	return status;
}
