/* A file that grows is read on: the rows are those of reading all, whatever the pieces are in which it grows. */
#include <malloc.h>
#include "src/join/data_tail.h"
#include "tests/unit/unit.h"

struct grown {
	char path[64];
	FILE *f;
	struct data_tail *tail;
	struct recipe r;
	struct read_options o;
	struct data_wanted q;
	int row;
};

static void grown_make(struct grown *g, const char *text)
{
	*g = (struct grown){ .path = "/tmp/tsviz-tail-XXXXXX" };
	g->f = fdopen(mkstemp(g->path), "wb");
	recipe_init(&g->r);
	g->q = (struct data_wanted){ .r = &g->r, .T = 4, .C = 2 };
	g->tail = data_tail_new();
	fputs(text, g->f);
	fflush(g->f);
}

static void grown_release(struct grown *g)
{
	data_tail_free(g->tail);
	recipe_release(&g->r);
	fclose(g->f);
	unlink(g->path);
}

static void grow(struct grown *g, const char *text)
{
	fputs(text, g->f);
	fflush(g->f);
}

/* A row with a time, a number, one that is missing now and then, and a word. */
static void row(char *buf, size_t size, int i)
{
	char missing[24] = "";
	if (i % 7)
		snprintf(missing, sizeof missing, "%.3f", sin(i));
	snprintf(buf, size, "2026-03-0%d %02d:%02d,%d.25,%s,w%d\n", 1 + i / 1440, i / 60 % 24, i % 60, i, missing,
	         i % 3);
}

static void tables_equal(const struct table *a, const struct table *b)
{
	ck_assert_int_eq(a->n_row, b->n_row);
	ck_assert_int_eq(a->n_col, b->n_col);
	for (int c = 0; c < a->n_col; c++) {
		ck_assert_str_eq(a->name[c], b->name[c]);
		ck_assert(!a->number[c] == !b->number[c] && !a->text[c] == !b->text[c]);
		for (int64_t i = 0; i < a->n_row; i++) {
			if (a->text[c])
				ck_assert_str_eq(a->text[c][i], b->text[c][i]);
			if (a->number[c])
				ck_assert_msg(!memcmp(&a->number[c][i], &b->number[c][i], 8) ||
				                      (isnan(a->number[c][i]) && isnan(b->number[c][i])),
				              "row %d column %d: %g, not %g", (int)i, c, a->number[c][i],
				              b->number[c][i]);
		}
	}
	for (int64_t i = 0; i < a->n_row; i++)
		ck_assert_int_eq(a->line ? a->line[i] : a->first_line + i, b->line ? b->line[i] : b->first_line + i);
}

/* Reads on, or all, and compares with reading all. half: the file ends in half a row, which is not read on. */
static void look_at(struct grown *g, bool on, bool half)
{
	struct data a, b;
	struct err e;
	const char *path = g->path;
	ck_assert_msg(!data_tail_read(g->tail, on, &a, &path, 1, &g->q, &g->o, &e), "%s", e.text);
	ck_assert_msg(!data_read_files(&b, &path, 1, &g->q, &g->o, &e), "%s", e.text);
	b.table.n_row -= half;
	tables_equal(&a.table, &b.table);
	ck_assert_str_eq(a.name, b.name);
	data_release(&a);
	data_release(&b);
}

static void look(struct grown *g, bool on)
{
	look_at(g, on, false);
}

static const char first[] = "# a log\ntime,load,gaps,state\n";

START_TEST(two_hundred_growths_are_read_on_and_memory_stays_flat)
{
	struct grown g;
	char line[96], text[4096];
	size_t used = 0;
	grown_make(&g, first);
	for (; g.row < 40; g.row++) {
		row(line, sizeof line, g.row);
		grow(&g, line);
	}
	look(&g, false);
	ck_assert(!data_tail_why(g.tail));
	for (int k = 0; k < 200; k++) {
		/* some rows, and now and then a part of one, which comes to its end the next time */
		size_t n = 0;
		for (int more = 1 + k % 5; more; more--, g.row++) {
			row(line, sizeof line, g.row);
			n += (size_t)snprintf(text + n, sizeof text - n, "%s", line);
			if (k % 11 == 3)
				n += (size_t)snprintf(text + n, sizeof text - n, "\n");
		}
		row(line, sizeof line, g.row);
		size_t cut = k % 3 ? 0 : strlen(line) - 1;
		snprintf(text + n, sizeof text - n, "%.*s", (int)cut, line);
		grow(&g, text);
		look_at(&g, true, cut > 0);
		ck_assert_msg(!data_tail_why(g.tail), "%d: %s", k, data_tail_why(g.tail));
		if (cut) {
			grow(&g, line + cut);
			g.row++;
		}
		if (k == 100)
			used = mallinfo2().uordblks;
	}
	/* 300 rows of four columns */
	size_t now = mallinfo2().uordblks;
	ck_assert_msg(now < used + 100000, "%zu bytes, then %zu", used, now);
	grown_release(&g);
}
END_TEST

static const char rows[] = "1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n";

/* What is done to a file with these rows, and what the tail says. */
static const struct {
	const char *name, *text, *why;
	bool anew; /* the text replaces the file */
} others[] = {
	{ "a word among numbers", "13,broken\n", "a column has numbers in some lines and words in others", false },
	{ "a shorter file", "a,b\n1,2\n3,4\n", "it has become shorter", true },
	{ "another header", "c,b\n1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n13,14\n", "its beginning has changed", true },
	{ "another row", "a,b\n1,2\n3,4\n5,7\n7,8\n9,10\n11,12\n13,14\n", "lines that were read before have changed",
	  true },
};

START_TEST(what_is_not_appended_is_read_again_and_said)
{
	struct grown g;
	grown_make(&g, "a,b\n");
	grow(&g, rows);
	look(&g, false);
	if (others[_i].anew) {
		ck_assert(!ftruncate(fileno(g.f), 0));
		rewind(g.f);
	}
	grow(&g, others[_i].text);
	look(&g, true);
	ck_assert_str_eq(data_tail_why(g.tail), others[_i].why);
	/* what was read again is read on */
	if (others[_i].anew) {
		grow(&g, "15,16\n");
		look(&g, true);
		ck_assert(!data_tail_why(g.tail));
	}
	grown_release(&g);
}
END_TEST

START_TEST(other_formats_are_read_again)
{
	struct grown g;
	const char *npy = "tests/data/series.npy";
	struct data d;
	struct err e;
	grown_make(&g, "");
	for (int on = 0; on < 2; on++) {
		ck_assert_msg(!data_tail_read(g.tail, on, &d, &npy, 1, &g.q, &g.o, &e), "%s", e.text);
		data_release(&d);
		if (on)
			ck_assert_str_eq(data_tail_why(g.tail), "only a file of text whose rows are lines is read on");
		else
			ck_assert(!data_tail_why(g.tail));
	}
	grown_release(&g);
}
END_TEST

/* A file that is half written when it is read first. */
START_TEST(a_cut_number_is_not_taken_at_the_first_reading)
{
	struct grown g;
	struct data d;
	struct err e;
	grown_make(&g, "a,b\n");
	grow(&g, rows);
	grow(&g, "13,12.3"); /* of 12.345 */
	for (int on = 0; on < 2; on++) {
		const char *path = g.path;
		ck_assert_msg(!data_tail_read(g.tail, on, &d, &path, 1, &g.q, &g.o, &e), "%s", e.text);
		ck_assert_int_eq(d.table.n_row, 6 + on);
		ck_assert(!on == (d.table.warning && strstr(d.table.warning, "not ended")));
		if (on)
			ck_assert(d.table.number[1][6] > 12.3449);
		data_release(&d);
		grow(&g, "45\n");
	}
	ck_assert(!data_tail_why(g.tail));
	grown_release(&g);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, a_cut_number_is_not_taken_at_the_first_reading);
	tcase_add_test(c, two_hundred_growths_are_read_on_and_memory_stays_flat);
	tcase_add_test(c, other_formats_are_read_again);
	tcase_add_loop_test(c, what_is_not_appended_is_read_again_and_said, 0, (int)(sizeof others / sizeof *others));
}

UNIT_MAIN_WITH("data_tail", setup)
