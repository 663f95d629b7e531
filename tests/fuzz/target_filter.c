/* Filter expressions, as they are typed behind `&`. */
#include "core/analysis/filter_expr.h"

#include <math.h>
#include <stdlib.h>
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "load", "Δ load" };
	static const struct fact_channels channels = { 2, names };
	static const double look[] = { 0.3, 0.7 };
	const struct filter_facts facts[] = {
		{ .layer = "conv",
		  .look = look,
		  .imp = 0.5,
		  .raw = 3,
		  .rank = 1,
		  .index = 0,
		  .cluster = 2,
		  .mean = -1,
		  .max = 1,
		  .min = -2,
		  .change = 0.1,
		  .marked = true },
		{ .imp = NAN,
		  .raw = INFINITY,
		  .rank = 7,
		  .index = 6,
		  .cluster = NAN,
		  .mean = NAN,
		  .max = NAN,
		  .min = NAN,
		  .change = NAN,
		  .silent = true },
	};
	struct err e = { 0 };
	char *s = fuzz_text(data, n);
	struct filter_expr *x = filter_expr_parse(s, &channels, &e);
	if (!x)
		fuzz_refused(&e);
	for (size_t i = 0; x && i < sizeof facts / sizeof *facts; i++)
		filter_expr_match(x, &facts[i]);
	filter_expr_free(x);
	free(s);
	return 0;
}
