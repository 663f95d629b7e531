/* Train specs, and the network that they describe. */
#include "src/job/train_spec.h"

#include <stdlib.h>
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct spec s;
	char *text = fuzz_text(data, n);
	if (spec_from_json(&s, text, n, &e) < 0) {
		fuzz_refused(&e);
	} else {
		struct model *m = spec_build(&s, 2, 1, NULL, &e);
		if (!m)
			fuzz_refused(&e);
		model_free(m);
		spec_release(&s);
	}
	free(text);
	return 0;
}
