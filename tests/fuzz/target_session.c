/* Sessions and their journals: the first byte chooses which of the two the others are. */
#include <stdlib.h>
#include <string.h>
#include "src/session/journal.h"
#include "src/session/review.h"
#include "src/session/session_merge.h"
#include "src/session/session_text.h"
#include "tests/fuzz/fuzz.h"

/* Question and view of a note are the same after they were kept as text. */
static void check_picture(const struct review_note *n)
{
	struct err e = { 0 };
	struct review r;
	struct review_note read = { 0 };
	review_init(&r);
	char *text = review_picture_format(n);
	if (review_picture_read(&r, text, &read, &e))
		abort();
	char *second = review_picture_format(&read);
	if (strcmp(text, second) != 0)
		abort();
	free(text);
	free(second);
	free(read.question.off.filter);
	review_release(&r);
}

/* A session that is united with itself has nothing that only one of the two has. */
static void check_merge(const struct review *a, const struct review *b)
{
	struct err e = { 0 };
	struct review both;
	struct session_conflicts c = { 0 };
	if (!session_merge(&both, a, b, &c, &e) && (c.notes[1] || c.marked[0].n || c.off[1].n))
		abort();
	session_conflicts_release(&c);
	review_release(&both);
}

/* What was read can be printed, written and read again, and is the same then. */
static void use(const cJSON *tree)
{
	struct err e = { 0 };
	struct review r, again;
	size_t n = 0, m = 0;
	if (review_read(&r, tree, &e)) {
		fuzz_refused(&e);
		review_release(&r);
		return;
	}
	FILE *f = fopen("/dev/null", "w");
	if (f) {
		session_print(f, &r);
		fclose(f);
	}
	char *text = review_format(&r, &n);
	cJSON *t = json_parse(text, n, &e);
	if (!t || review_read(&again, t, &e))
		abort();
	char *second = review_format(&again, &m);
	if (n != m || memcmp(text, second, n) != 0)
		abort();
	for (int i = 0; i < r.n_note; i++)
		check_picture(&r.note[i]);
	check_merge(&r, &again);
	free(text);
	free(second);
	review_release(&again);
	review_release(&r);
	cJSON_Delete(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	char *text = fuzz_text(data + (n > 0), n - (n > 0));
	cJSON *tree = NULL;
	if (n && data[0] == 'j') {
		struct journal_fate fate;
		tree = json_parse("{\"tsviz_session\":1}", 19, &e);
		journal_replay(text, n - 1, "", tree, &fate);
		if (fate.whole + fate.dropped != n - 1)
			abort();
	} else if (n) {
		tree = json_parse(text, n - 1, &e);
		if (!tree)
			fuzz_refused(&e);
	}
	if (tree)
		use(tree);
	cJSON_Delete(tree);
	free(text);
	return 0;
}
