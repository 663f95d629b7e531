#include "src/text/csv.h"
#include "src/text/text_feed.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"

enum { ROWS = 120000 };

/* A text of more than 2 MB. In `row`, # is the number of the row, and @ a number of 17 digits. */
static const struct {
	const char *name, *head, *row, *end;
	int64_t special; /* this row is `instead` */
	const char *instead;
} dress[] = {
	{ "plain lines", "a,b,c\n", "#,@,@\n", "", -1, NULL },
	{ "two characters end a line", "a,b,c\r\n", "#,@,@\r\n", "", -1, NULL },
	{ "CR alone ends a line", "a,b,c\r", "#,@,@\r", "", -1, NULL },
	{ "no end of the last line", "a,b,c\n", "#,@,@\n", "7,8,9", -1, NULL },
	{ "a mark at the beginning",
	  "\xef\xbb\xbf"
	  "a,b,c\n",
	  "#,@,@\n", "", -1, NULL },
	{ "a column of words", "a,b,c\n", "#,@,w\xc3\xb6rd #\n", "", -1, NULL },
	{ "letters of two bytes at odd places", "a,b,c\n", "#,@,\xc3\xb6\xe2\x82\xac\xc3\xb6\n", "", -1, NULL },
	{ "a word far below", "a,b,c\n", "#,@,@\n", "", ROWS - 10, "1,2,broken\n" },
	{ "a decimal comma far below", "a;b;c\n", "#;@;5\n", "", ROWS - 10, "1;2;5,25\n" },
	{ "lines within quotes", "a,b,c\n", "#,@,\"two\nlines, #\"\n", "", -1, NULL },
	{ "every cell in quotes", "a,b,c\n", "\"#\",\"@\",\"@\"\n", "", -1, NULL },
	{ "one column with empty cells", "a\n", "@@\n", "", ROWS / 2, "\n" },
	{ "blanks between the cells", "a b c\n", " #   @  @\n", "", -1, NULL },
	{ "comments and blank lines", "# one\n# two\na,b,c\n", "#,@,@\n", "", ROWS - 7, "# three\n\n" },
	{ "a line of totals below", "a,b,c\n", "#,@,@\n", "Total,5,5\n", -1, NULL },
	{ "a row of another width", "a,b,c\n", "#,@,@\n", "", ROWS - 5, "1,2\n" },
	{ "a quote that stays open", "a,b,c\n", "#,@,@\n", "1,2,\"3\n", -1, NULL },
	{ "a letter of Latin-1", "a,b,c\n", "#,@,@\n", "", ROWS - 5, "1,2,\xe4\n" },
	{ "a zero byte", "a,b,c\n", "#,@,@\n", "", ROWS - 5, "1,2,?\n" },
	{ "^Z at the end", "a,b,c\n", "#,@,@\n", "\x1a", -1, NULL },
	{ "the header is far", "comment\n", "#,@,@\n", "", 2, "a,b,c\n" },
};

static size_t put_row(char *out, const char *form, int i)
{
	size_t n = 0;
	for (; *form; form++) {
		if (*form == '#')
			n += (size_t)sprintf(out + n, "%d", i);
		else if (*form == '@')
			n += (size_t)sprintf(out + n, "%.17g", sin(i) * 1e3);
		else
			out[n++] = *form;
	}
	return n;
}

static char *write_text(int k, size_t *n)
{
	char *text = malloc((size_t)ROWS * 100 + 1000);
	*n = put_row(text, dress[k].head, 0);
	for (int i = 0; i < ROWS; i++)
		*n += put_row(text + *n, i == dress[k].special ? dress[k].instead : dress[k].row, i);
	*n += put_row(text + *n, dress[k].end, 0);
	if (!strcmp(dress[k].name, "a zero byte"))
		*(char *)memchr(text, '?', *n) = 0;
	return text;
}

static void put_file(char *path, const char *text, size_t n)
{
	strcpy(path, "/tmp/tsviz-feed-XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	FILE *f = fdopen(fd, "wb");
	ck_assert(fwrite(text, 1, n, f) == n && !fclose(f));
}

static void compare(const struct table *t, const struct table *u)
{
	ck_assert_int_eq(t->n_row, u->n_row);
	ck_assert_int_eq(t->n_col, u->n_col);
	ck_assert_str_eq(t->warning ? t->warning : "", u->warning ? u->warning : "");
	for (int c = 0; c < t->n_col; c++) {
		ck_assert_str_eq(t->name[c], u->name[c]);
		ck_assert_int_eq(!t->number[c], !u->number[c]);
		ck_assert_int_eq(!t->text[c], !u->text[c]);
		/* an assertion for each cell would take minutes */
		int64_t differ = 0;
		for (int64_t i = 0; i < t->n_row; i++) {
			if (t->number[c])
				differ += t->number[c][i] != u->number[c][i] &&
				          !(isnan(t->number[c][i]) && isnan(u->number[c][i]));
			if (t->text[c])
				differ += strcmp(t->text[c][i], u->text[c][i]) != 0;
			differ += (t->line ? t->line[i] : i + t->first_line) !=
			          (u->line ? u->line[i] : i + u->first_line);
		}
		ck_assert_int_eq(differ, 0);
	}
}

START_TEST(a_file_in_pieces_is_the_same_table)
{
	size_t n;
	char *text = write_text(_i, &n), path[64];
	struct table whole, pieces;
	struct source s;
	struct err e = { 0 }, f = { 0 };
	put_file(path, text, n);
	ck_assert_uint_gt(n, 2 * FEED_HEAD);
	ck_assert_int_eq(source_open(&s, path, &(struct read_options){ 0 }, &f), 0);
	int bad = table_from_csv(&whole, "x", (const unsigned char *)text, n, INT64_MAX, &e);
	ck_assert_int_eq(table_from_source(&pieces, &s, NULL, INT64_MAX, &f), bad);
	source_close(&s);
	ck_assert_str_eq(e.text, f.text);
	if (!bad) {
		compare(&whole, &pieces);
		table_release(&whole);
		table_release(&pieces);
	}
	unlink(path);
	free(text);
}
END_TEST

/* The memory of what was read is given back. The beginning and the end stay. */
START_TEST(only_a_piece_is_in_memory)
{
	size_t n, until = 0;
	char *text = write_text(0, &n), path[64];
	struct err e = { 0 };
	struct source s;
	struct text_feed f;
	bool fits;
	put_file(path, text, n);
	ck_assert(!source_open(&s, path, &(struct read_options){ 0 }, &e) && !text_feed_open(&f, &fits, &s, &e) &&
	          fits);
	ck_assert_int_eq(f.lines, ROWS + 1);
	for (int round = 0; round < 2; round++) {
		ck_assert(!text_feed_begin(&f, &e));
		for (size_t at = 0; at < n; at = until) {
			ck_assert(!text_feed_more(&f, at, &until, &e));
			ck_assert_uint_gt(until, at);
			ck_assert(until - at <= FEED_PIECE + 100 && text[until - 1] == '\n');
			ck_assert(!memcmp(f.text + at, text + at, until - at));
			ck_assert(!memcmp(f.text, text, FEED_HEAD));
			ck_assert(!memcmp(f.text + n - FEED_TAIL, text + n - FEED_TAIL, FEED_TAIL));
			size_t left = 0;
			for (size_t i = FEED_HEAD + 4096; i + 4096 < at; i++)
				left += f.text[i] != 0;
			ck_assert_uint_eq(left, 0);
		}
	}
	text_feed_close(&f);
	source_close(&s);
	unlink(path);
	free(text);
}
END_TEST

/* A file that becomes shorter between two passes is an error, and nothing is written beyond the rows of the first. */
START_TEST(a_file_that_changes_is_an_error)
{
	size_t n, until;
	char *text = write_text(0, &n), path[64];
	struct err e = { 0 };
	struct source s;
	struct text_feed f;
	bool fits;
	put_file(path, text, n);
	ck_assert(!source_open(&s, path, &(struct read_options){ 0 }, &e) && !text_feed_open(&f, &fits, &s, &e) &&
	          fits);
	ck_assert_int_eq(truncate(path, (off_t)n / 2), 0);
	int bad = text_feed_begin(&f, &e);
	for (size_t at = 0; at < n && !bad; at = until)
		bad = text_feed_more(&f, at, &until, &e);
	ck_assert_int_eq(bad, ERR_IO);
	ck_assert_str_eq(e.text, "became shorter while it was read; try again");
	text_feed_close(&f);
	source_close(&s);
	unlink(path);
	free(text);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, a_file_in_pieces_is_the_same_table, 0, sizeof dress / sizeof *dress);
	tcase_add_test(c, only_a_piece_is_in_memory);
	tcase_add_test(c, a_file_that_changes_is_an_error);
}

UNIT_MAIN_WITH("text_feed", setup)
