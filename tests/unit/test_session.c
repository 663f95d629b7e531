/* Session files and journals: what is read back, what is refused, and what is left of a journal that was cut or damaged
 * anywhere. */
#include <fcntl.h>
#include "src/session/journal.h"
#include "src/session/patch.h"
#include "src/session/review.h"
#include "src/session/session_file.h"
#define UNIT_ONE_PROCESS
#include "tests/unit/unit.h"

static char *full(size_t *n)
{
	char *text = xcalloc(1 << 16, 1);
	FILE *f = fopen("tests/session/full.json", "r");
	ck_assert_ptr_nonnull(f);
	*n = fread(text, 1, (1 << 16) - 1, f);
	fclose(f);
	return text;
}

START_TEST(every_key_is_read_and_written)
{
	size_t n, m;
	struct err e = { 0 };
	struct review r;
	char *text = full(&n);
	cJSON *tree = json_parse(text, n, &e);
	ck_assert_msg(tree != NULL, "%s", e.text);
	ck_assert_msg(!review_read(&r, tree, &e), "%s", e.text);
	ck_assert_int_eq(r.n_note, 2);
	ck_assert_int_eq(r.n_data, 2);
	ck_assert_int_eq(r.question.off.n, 3);
	ck_assert_str_eq(r.marks.filter[3].layer, "dense \"a\\b\"");
	char *again = review_format(&r, &m);
	ck_assert_str_eq(again, text);
	free(again);
	free(text);
	review_release(&r);
	cJSON_Delete(tree);
}
END_TEST

START_TEST(what_is_missing_has_its_usual_value)
{
	struct err e = { 0 };
	struct review r;
	cJSON *tree = json_parse("{\"tsviz_session\":1}", 19, &e);
	ck_assert_msg(!review_read(&r, tree, &e), "%s", e.text);
	ck_assert_int_eq(r.view.percentile, 80);
	ck_assert_int_eq(r.n_note + r.n_pin + r.marks.n, 0);
	ck_assert_str_eq(r.saved, "");
	review_release(&r);
	cJSON_Delete(tree);
}
END_TEST

/* ---- refusals ---- */

static const struct {
	const char *text, *says;
} refused[] = {
	{ "[]", "tsviz_session is missing" },
	{ "{}", "tsviz_session is missing" },
	{ "{\"tsviz_session\":2}", "another version; this program reads version 1" },
	{ "{\"tsviz_session\":\"1\"}", "another version" },
	{ "{\"tsviz_session\":1,\"colour\":1}", "session: version 1 has no key 'colour'" },
	{ "{\"tsviz_session\":1,\"view\":{\"colour\":1}}", "view: version 1 has no key 'colour'" },
	{ "{\"tsviz_session\":1,\"view\":3}", "view: an object is expected" },
	{ "{\"tsviz_session\":1,\"view\":{\"percentile\":101}}", "percentile: a whole number from 0 to 100" },
	{ "{\"tsviz_session\":1,\"view\":{\"percentile\":1.5}}", "percentile: a whole number" },
	{ "{\"tsviz_session\":1,\"view\":{\"percentile\":1e300}}", "percentile: a whole number" },
	{ "{\"tsviz_session\":1,\"view\":{\"sort\":7}}", "sort: a text is expected" },
	{ "{\"tsviz_session\":1,\"view\":{\"reverse\":1}}", "reverse: true or false" },
	{ "{\"tsviz_session\":1,\"marks\":[1]}", "marks: an object with a list of filters for each layer" },
	{ "{\"tsviz_session\":1,\"marks\":{\"c\":1}}", "marks: a list of filters" },
	{ "{\"tsviz_session\":1,\"marks\":{\"c\":[2,1]}}",
	  "marks: the filters of a layer are whole numbers that ascend" },
	{ "{\"tsviz_session\":1,\"marks\":{\"c\":[-1]}}", "ascend" },
	{ "{\"tsviz_session\":1,\"data\":{}}", "data: a list of files" },
	{ "{\"tsviz_session\":1,\"pins\":{}}", "pins: a list of questions" },
	{ "{\"tsviz_session\":1,\"pins\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}", "pins: more than 16" },
	{ "{\"tsviz_session\":1,\"notes\":[]}", "notes: an object with a key for each note" },
	{ "{\"tsviz_session\":1,\"notes\":{\"x\":{}}}", "16 hexadecimal digits" },
	{ "{\"tsviz_session\":1,\"notes\":{\"0123456789abcdef\":{}}}",
	  "about: model, layer, filter, window or cluster" },
	{ "{\"tsviz_session\":1,\"notes\":{\"0123456789abcdef\":{\"about\":\"model\"}}}", "time: a time such as" },
	{ "{\"tsviz_session\":1,\"saved\":\"today\"}", "saved: a time such as" },
	{ "{\"tsviz_session\":1,\"tsviz_session\":1}", "" },
};

START_TEST(what_is_wrong_is_refused_in_one_line)
{
	struct err e = { 0 };
	struct review r;
	cJSON *tree = json_parse(refused[_i].text, strlen(refused[_i].text), &e);
	int bad = tree ? review_read(&r, tree, &e) : e.code;
	ck_assert_msg(bad < 0, "%s", refused[_i].text);
	ck_assert_msg(strstr(e.text, refused[_i].says), "%s: %s", refused[_i].text, e.text);
	if (tree)
		review_release(&r);
	cJSON_Delete(tree);
}
END_TEST

START_TEST(texts_pass_the_gate_and_are_not_too_long)
{
	struct err e = { 0 };
	struct review r;
	const char evil[] = "{\"tsviz_session\":1,\"recipe\":\"a\\u001b]0;b\\u202e\\n\"}";
	cJSON *tree = json_parse(evil, strlen(evil), &e);
	ck_assert_msg(!review_read(&r, tree, &e), "%s", e.text);
	ck_assert_str_eq(r.recipe, "a\xef\xbf\xbd]0;b\xef\xbf\xbd\xef\xbf\xbd");
	review_release(&r);
	cJSON_Delete(tree);
	char *text = xcalloc(REVIEW_NAME_MAX + 100, 1);
	strcpy(text, "{\"tsviz_session\":1,\"recipe\":\"");
	memset(text + strlen(text), 'x', REVIEW_NAME_MAX + 1);
	strcat(text, "\"}");
	tree = json_parse(text, strlen(text), &e);
	ck_assert_int_eq(review_read(&r, tree, &e), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "recipe: the text is longer than 4096 bytes"), "%s", e.text);
	review_release(&r);
	cJSON_Delete(tree);
	free(text);
}
END_TEST

START_TEST(a_note_has_one_id_everywhere)
{
	struct review a, b;
	struct review_note n = { .about = "filter", .layer = "conv1", .filter = 3, .cluster = -1, .author = "ann" };
	n.time = "2026-11-27T13:00:00Z";
	n.text = "x";
	n.window.group = n.question.window.group = n.question.baseline_window.group = "";
	review_init(&a);
	review_init(&b);
	struct review_note *one = review_add_note(&a, &n);
	ck_assert_ptr_eq(review_add_note(&a, &n), one);
	ck_assert_int_eq(a.n_note, 1);
	ck_assert_str_eq(review_add_note(&b, &n)->id, one->id);
	n.filter = 4;
	ck_assert_str_ne(review_add_note(&b, &n)->id, one->id);
	review_release(&a);
	review_release(&b);
}
END_TEST

/* ---- patches ---- */

/* States of a session, one after the other, small and with every kind of change. */
static const char *const state[] = {
	"{}",
	"{\"tsviz_session\":1}",
	"{\"tsviz_session\":1,\"marks\":{\"c\":[1]}}",
	"{\"tsviz_session\":1,\"marks\":{\"c\":[1,2]},\"saved\":\"2026-11-27T14:02:11Z\"}",
	"{\"tsviz_session\":1,\"marks\":{\"d\":[0],\"e\":[5]},\"saved\":\"2026-11-27T14:02:12Z\"}",
	("{\"tsviz_session\":1,\"marks\":{\"e\":[5]},\"pins\":[{\"target\":\"sum\"}],"
	 "\"saved\":\"2026-11-27T14:02:13Z\"}"),
	"{\"tsviz_session\":1,\"marks\":{},\"pins\":[],\"view\":{\"percentile\":5,\"reverse\":true}}",
	"{\"tsviz_session\":1,\"marks\":{\"c\":[1]},\"view\":{\"percentile\":5,\"reverse\":false}}",
	"{\"tsviz_session\":1,\"view\":{\"sort\":\"a\\\"b\"},\"recipe\":\"x\"}",
};
enum { STATES = sizeof state / sizeof *state };

static cJSON *tree_of(const char *text)
{
	struct err e = { 0 };
	cJSON *t = json_parse(text, strlen(text), &e);
	ck_assert_msg(t != NULL, "%s: %s", text, e.text);
	return t;
}

static char *patch_between(const char *from, const char *to, bool *differs)
{
	char *json = NULL;
	size_t n;
	cJSON *a = tree_of(from), *b = tree_of(to);
	FILE *f = open_memstream(&json, &n);
	*differs = patch_write(f, a, b, NULL);
	fclose(f);
	cJSON_Delete(a);
	cJSON_Delete(b);
	return json;
}

START_TEST(a_patch_makes_one_state_of_another)
{
	for (int i = 0; i < STATES; i++)
		for (int k = 0; k < STATES; k++) {
			bool differs;
			char *json = patch_between(state[i], state[k], &differs);
			cJSON *was = tree_of(state[i]), *now = tree_of(state[k]), *patch = tree_of(json);
			ck_assert_msg(differs == (i != k), "%s to %s: %s", state[i], state[k], json);
			patch_apply(was, patch);
			/* cJSON compares by itself */
			ck_assert_msg(cJSON_Compare(was, now, true), "%s to %s: %s", state[i], state[k], json);
			cJSON_Delete(was), cJSON_Delete(now), cJSON_Delete(patch);
			free(json);
		}
}
END_TEST

/* The examples of RFC 7396, appendix A, that are of objects. */
static const char *const rfc[][3] = {
	{ "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
	{ "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
	{ "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
	{ "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}" },
	{ "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
	{ "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
	{ "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
};

START_TEST(patches_are_those_of_rfc_7396)
{
	cJSON *to = tree_of(rfc[_i][0]), *patch = tree_of(rfc[_i][1]), *want = tree_of(rfc[_i][2]);
	patch_apply(to, patch);
	ck_assert_msg(cJSON_Compare(to, want, true), "%s with %s", rfc[_i][0], rfc[_i][1]);
	cJSON_Delete(to), cJSON_Delete(patch), cJSON_Delete(want);
}
END_TEST

/* ---- the journal ---- */

START_TEST(the_checksum_is_crc32)
{
	/* the check value of CRC-32/ISO-HDLC */
	ck_assert_uint_eq(journal_crc("123456789", 9), 0xcbf43926u);
	ck_assert_uint_eq(journal_crc("", 0), 0);
}
END_TEST

static void add(char *journal, const char *json)
{
	size_t n;
	char *r = journal_record(json, strlen(json), &n);
	strcat(journal, r);
	free(r);
}

/* A journal that leads through all states, with what a compaction that did not end has left. */
static char *journal_of_states(void)
{
	char *journal = xcalloc(1 << 14, 1);
	add(journal, "{\"base\":\"\",\"by\":\"ann@lab, process 4211\"}");
	for (int i = 1; i < STATES; i++) {
		bool differs;
		char *json = patch_between(state[i - 1], state[i], &differs);
		if (i == 3)
			add(journal, "{\"written\":\"feedfeed\"}");
		add(journal, json);
		free(json);
	}
	return journal;
}

/* Which state this is; -1: none of them. */
static int state_of(const cJSON *tree)
{
	for (int i = 0; i < STATES; i++) {
		cJSON *s = tree_of(state[i]);
		bool is = cJSON_Compare(tree, s, true);
		cJSON_Delete(s);
		if (is)
			return i;
	}
	return -1;
}

START_TEST(every_prefix_of_a_journal_is_an_earlier_state)
{
	char *journal = journal_of_states();
	size_t all = strlen(journal);
	int last = 0;
	for (size_t n = 0; n <= all; n++) {
		struct journal_fate fate;
		cJSON *t = tree_of("{}");
		char *torn = xcalloc(n + 1, 1); /* nothing behind it, for the sanitizers */
		memcpy(torn, journal, n);
		journal_replay(torn, n, "", t, &fate);
		int is = state_of(t);
		ck_assert_msg(is == fate.records && is >= last, "%zu bytes: state %d after %d records", n, is,
		              fate.records);
		ck_assert_uint_eq(fate.whole + fate.dropped, n);
		ck_assert_msg(!fate.dropped == (n == 0 || journal[n - 1] == '\n'), "%zu", n);
		last = is;
		free(torn);
		cJSON_Delete(t);
	}
	ck_assert_int_eq(last, STATES - 1);
	free(journal);
}
END_TEST

START_TEST(a_flipped_bit_ends_the_journal_there_and_is_told)
{
	char *journal = journal_of_states();
	size_t all = strlen(journal);
	for (size_t bit = 0; bit < 8 * all; bit++) {
		struct journal_fate fate;
		cJSON *t = tree_of("{}");
		journal[bit / 8] ^= (char)(1 << bit % 8);
		journal_replay(journal, all, "", t, &fate);
		int is = state_of(t);
		ck_assert_msg(is >= 0 && is < STATES - 1 && is == fate.records, "bit %zu: state %d", bit, is);
		ck_assert_msg(fate.dropped > all - bit / 8 - 1 && fate.whole <= bit / 8, "bit %zu: %zu bytes dropped",
		              bit, fate.dropped);
		journal[bit / 8] ^= (char)(1 << bit % 8);
		cJSON_Delete(t);
	}
	free(journal);
}
END_TEST

START_TEST(a_journal_of_another_file_is_not_applied)
{
	struct journal_fate fate;
	cJSON *t = tree_of("{}");
	char *journal = journal_of_states();
	journal_replay(journal, strlen(journal), "abc", t, &fate);
	ck_assert_int_eq(fate.is, JOURNAL_FOREIGN);
	ck_assert_int_eq(state_of(t), 0);
	ck_assert_str_eq(fate.by, "ann@lab, process 4211");
	/* the file has been written, and the journal was not begun anew */
	add(journal, "{\"written\":\"abc\"}");
	journal_replay(journal, strlen(journal), "abc", t, &fate);
	ck_assert_int_eq(fate.is, JOURNAL_OLDER);
	ck_assert_int_eq(state_of(t), 0);
	free(journal);
	cJSON_Delete(t);
}
END_TEST

START_TEST(lengths_beyond_the_limit_are_no_record)
{
	static const char *const bad[] = {
		"7fffffff 00000000 {}\n", "ffffffff 00000000 {}\n", "00000002 00000000 {}\n",
		"00000002  5d3d5e5 {}\n", "0000000200000000 {}\n",  "00000002 bb43a4a6 {} "
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t at = 0, n;
		ck_assert_ptr_null(journal_next(bad[i], strlen(bad[i]), &at, &n));
		ck_assert_uint_eq(at, 0);
	}
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, every_key_is_read_and_written);
	tcase_add_test(c, what_is_missing_has_its_usual_value);
	tcase_add_loop_test(c, what_is_wrong_is_refused_in_one_line, 0, sizeof refused / sizeof *refused);
	tcase_add_test(c, texts_pass_the_gate_and_are_not_too_long);
	tcase_add_test(c, a_note_has_one_id_everywhere);
	tcase_add_test(c, a_patch_makes_one_state_of_another);
	tcase_add_loop_test(c, patches_are_those_of_rfc_7396, 0, sizeof rfc / sizeof *rfc);
	tcase_add_test(c, the_checksum_is_crc32);
	tcase_add_test(c, every_prefix_of_a_journal_is_an_earlier_state);
	tcase_add_test(c, a_flipped_bit_ends_the_journal_there_and_is_told);
	tcase_add_test(c, a_journal_of_another_file_is_not_applied);
	tcase_add_test(c, lengths_beyond_the_limit_are_no_record);
}
UNIT_MAIN_WITH("session", setup)
