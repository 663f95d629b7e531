/* Shards of surveys, and the figures that are made of them. */
#include "src/json/survey_json.h"

#include <stdlib.h>
#include "core/base/mem.h"
#include "tests/fuzz/fuzz.h"

/* The counters of a shard are whatever the file says, but the figures must be written. */
static void write_errors(struct json *j, const struct survey_plan *p, const struct survey_part *all)
{
	struct metrics q;
	metrics_from_sums(&q, &all->errors, &p->error_shape, p->windows);
	json_key(j, "errors"), json_number17(j, q.model.mse);
	metrics_release(&q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct survey_file s;
	char *text = fuzz_text(data, n);
	if (survey_file_parse(&s, "fuzz", text, n, &e)) {
		fuzz_refused(&e);
	} else {
		struct survey_tree tree = { .plan = &s.plan };
		FILE *f = fopen("/dev/null", "w");
		for (int i = 0; i < s.n; i++) {
			free(survey_part_text(&s.plan, s.part[i]));
			survey_tree_add(&tree, s.part[i]);
			s.part[i] = NULL;
		}
		for (int i = 0; f && i < tree.n; i++)
			survey_json_figures(f, &s.head, &s.plan, tree.part[i], write_errors);
		if (f)
			fclose(f);
		survey_tree_release(&tree);
	}
	survey_file_release(&s);
	free(text);
	return 0;
}
