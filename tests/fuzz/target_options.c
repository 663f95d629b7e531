/* The command line: one argument a line. */
#include "src/cli/options.h"

#include <stdlib.h>
#include <string.h>
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct options o;
	char *text = fuzz_text(data, n), *argv[65] = { (char[]){ "tsviz" } };
	int argc = 1;
	for (char *s = text; s && argc < 64;) {
		argv[argc++] = s;
		s = strchr(s, '\n');
		if (s)
			*s++ = '\0';
	}
	options_init(&o);
	if (options_parse(&o, argc, argv, &e) < 0)
		fuzz_refused(&e);
	options_release(&o);
	free(text);
	return 0;
}
