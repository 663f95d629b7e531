#include <locale.h>
#include <signal.h>
#include <string.h>
#include "core/tile.h"
#include "src/cmd.h"

int main(int argc, char **argv)
{
	struct options o;
	struct err e = { 0 };
	int status;
	if (argc == 2 && !strcmp(argv[1], READ_MODEL_CHILD))
		read_model_child();
	/* numbers are read and written the same everywhere: only the character set follows the user */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	isa_select(NULL);
	if (options_parse(&o, argc, argv, &e)) {
		fprintf(stderr, "tsviz: %s\n", e.text);
		options_release(&o);
		return 2;
	}
	if (o.instead) {
		o.instead(stdout);
		status = fflush(stdout) ? 1 : 0;
	} else {
		status = o.dump ? cmd_dump(&o, &e) : o.verb->run(&o, &e);
		if (status)
			fprintf(stderr, "tsviz: %s\n", e.text);
	}
	options_release(&o);
	return status;
}
