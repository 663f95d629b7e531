/* The user's settings. */
#include "src/cli/config.h"

#include <stdlib.h>
#include "tests/fuzz/fuzz.h"

static void warn(const char *sentence)
{
	if (!*sentence)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct config c;
	struct options o;
	options_init(&o);
	config_parse(&c, &o, "config", fuzz_text(data, n), warn);
	config_release(&c);
	options_release(&o);
	return 0;
}
