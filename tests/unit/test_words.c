/* Words that are nearly those of a list. */
#include <stdlib.h>
#include <string.h>
#include "core/base/words.h"
#include "tests/unit/unit.h"

static const struct {
	const char *a, *b;
	int distance;
} pairs[] = {
	{ "", "", 0 },
	{ "", "abc", 3 },
	{ "info", "info", 0 },
	{ "info", "INFO", 0 },
	{ "inof", "info", 1 },
	{ "predct", "predict", 1 },
	{ "preddict", "predict", 1 },
	{ "prexict", "predict", 1 },
	{ "kitten", "sitting", 3 },
	{ "ca", "abc", 3 }, /* 2 where a part may be edited twice */
	{ "grdaient", "gradient", 1 },
};

START_TEST(a_distance_counts_edits)
{
	ck_assert_int_eq(word_distance(pairs[_i].a, pairs[_i].b), pairs[_i].distance);
	ck_assert_int_eq(word_distance(pairs[_i].b, pairs[_i].a), pairs[_i].distance);
}
END_TEST

/* By the recurrence itself, without a table. */
static int slow(const char *a, int n, const char *b, int m)
{
	if (!n || !m)
		return n + m;
	int d = slow(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]), q = slow(a, n - 1, b, m) + 1;
	d = q < d ? q : d;
	q = slow(a, n, b, m - 1) + 1;
	d = q < d ? q : d;
	if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
		q = slow(a, n - 2, b, m - 2) + 1;
		d = q < d ? q : d;
	}
	return d;
}

START_TEST(random_words_are_as_far_as_the_recurrence_says)
{
	unsigned state = 12345;
	for (int i = 0; i < 500; i++) {
		char w[2][8] = { "", "" };
		for (int k = 0; k < 2; k++)
			for (unsigned j = 0, n = (state = state * 1103515245u + 12345u) >> 16 & 7; j < n; j++)
				w[k][j] = (char)('a' + ((state = state * 1103515245u + 12345u) >> 16) % 3);
		ck_assert_msg(word_distance(w[0], w[1]) == slow(w[0], (int)strlen(w[0]), w[1], (int)strlen(w[1])),
		              "%s %s: %d", w[0], w[1], word_distance(w[0], w[1]));
	}
}
END_TEST

START_TEST(long_words_are_safe)
{
	char a[3 * WORD_BYTES_MAX], b[WORD_BYTES_MAX + 1];
	memset(a, 'a', sizeof a - 1);
	a[sizeof a - 1] = '\0';
	memset(b, 'a', sizeof b - 1);
	b[sizeof b - 1] = '\0';
	ck_assert_int_gt(word_distance(a, b), WORD_BYTES_MAX);
	ck_assert_int_eq(word_distance(b, b), 0);
}
END_TEST

static const char *const verbs_like[] = { "browse", "info", "predict", "eval", "analyze", "train", "a", NULL };
static const struct {
	const char *asked, *says;
} nears[] = {
	{ "inof", "; did you mean 'info'?" },
	{ "analyse", "; did you mean 'analyze'?" },
	{ "Eval", "; did you mean 'eval'?" },
	{ "tarin", "; did you mean 'train'?" },
	{ "b", "" },
	{ "net.h5", "" },
	{ "", "" },
};

START_TEST(only_what_is_near_is_meant)
{
	struct nearest n = { .asked = nears[_i].asked };
	char buf[NEAREST_SAY];
	for (int i = 0; verbs_like[i]; i++)
		nearest_try(&n, verbs_like[i]);
	ck_assert_str_eq(nearest_say(&n, buf, sizeof buf), nears[_i].says);
}
END_TEST

START_TEST(the_nearest_word_wins_and_is_cleaned)
{
	struct nearest n = { .asked = "conv1d_11" };
	char buf[NEAREST_SAY];
	nearest_try(&n, "conv1d_2");
	nearest_try(&n, "conv1d_\0331");
	nearest_try(&n, "conv1d_2");
	ck_assert_str_eq(nearest_say(&n, buf, sizeof buf), "; did you mean 'conv1d_\uFFFD1'?");
}
END_TEST

START_TEST(lists)
{
	char buf[32];
	ck_assert_int_eq(words_find(verbs_like, "eval"), 3);
	ck_assert_int_eq(words_find(verbs_like, "ev"), -1);
	ck_assert_str_eq(words_join(verbs_like, buf, sizeof buf), "browse, info, predict, eval, an");
	ck_assert_str_eq(words_join(verbs_like + 5, buf, sizeof buf), "train, a");
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, a_distance_counts_edits, 0, sizeof pairs / sizeof *pairs);
	tcase_add_test(c, random_words_are_as_far_as_the_recurrence_says);
	tcase_add_test(c, long_words_are_safe);
	tcase_add_loop_test(c, only_what_is_near_is_meant, 0, sizeof nears / sizeof *nears);
	tcase_add_test(c, the_nearest_word_wins_and_is_cleaned);
	tcase_add_test(c, lists);
}

UNIT_MAIN_WITH("words", setup)
