#include "src/json/recipe_json.h"

#include <stdlib.h>
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct recipe r;
	char *text = fuzz_text(data, n);
	if (recipe_from_json(&r, text, n, &e) < 0)
		fuzz_refused(&e);
	else
		recipe_release(&r);
	free(text);
	return 0;
}
