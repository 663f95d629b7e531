/* What is handed out: SVG whose text is text, CSV, JSON, NumPy's format; files that are there stay. */
#include "src/export/events_file.h"
#include "src/export/export.h"
#include "src/json/json_read.h"
#include "tests/unit/unit.h"

static char *svg_of(const struct canvas *c, const struct export_look *look)
{
	char *s = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&s, &n);
	export_svg(c, look, f);
	fclose(f);
	return s;
}

static int count_of(const char *s, const char *what)
{
	int n = 0;
	for (; (s = strstr(s, what)); s++)
		n++;
	return n;
}

START_TEST(text_of_a_picture_is_text)
{
	struct canvas c;
	const struct export_look look = { .theme = THEME_DARK, .title = "a <model> & \"more\"" };
	canvas_init(&c, 30, 4);
	canvas_clear(&c);
	canvas_text(&c, 2, 1, -1, S_TEXT, "imp < 0.5 & so");
	canvas_text(&c, 0, 2, -1, S_WARN | STYLE_BOLD, "warm");
	canvas_text(&c, 4, 2, -1, S_TEXT, "plain \xe2\xa3\xbf");
	canvas_text(&c, 0, 3, -1, S_TEXT | STYLE_REVERSE, "picked");
	char *s = svg_of(&c, &look);
	ck_assert_msg(strstr(s, "<title>a &lt;model&gt; &amp; &quot;more&quot;</title>") != NULL, "%s", s);
	ck_assert_msg(strstr(s, "x=\"20\" y=\"35\" textLength=\"140\"") != NULL, "%s", s);
	ck_assert_ptr_nonnull(strstr(s, ">imp &lt; 0.5 &amp; so</text>"));
	ck_assert_ptr_nonnull(strstr(s, "font-weight=\"bold\">warm</text>"));
	ck_assert_ptr_nonnull(strstr(s, ">plain \xe2\xa3\xbf</text>"));
	ck_assert_ptr_nonnull(strstr(s, ">picked</text>"));
	/* runs: one element each; a background only where it is not the page's, behind the reversed word */
	ck_assert_int_eq(count_of(s, "<text "), 4);
	ck_assert_int_eq(count_of(s, "<rect "), 2);
	ck_assert_int_eq(count_of(s, "<text "), count_of(s, "</text>"));
	ck_assert_ptr_nonnull(strstr(s, "viewBox=\"0 0 300 80\""));
	free(s);
	canvas_release(&c);
}
END_TEST

static const char *const channels[] = { "a,b", "say \"x\"" };
static const real some[] = { 1, (real)0.5, -2, NAN, 3, INFINITY };
static const struct export_numbers numbers = {
	.name = "map", .rank = 2, .dim = { 3, 2 }, .axis = { "step", "channel" }, .label = { NULL, channels }, .v = some
};

static char *written(void (*write)(const struct export_numbers *n, FILE *f), const struct export_numbers *n,
                     size_t *size)
{
	char *s = NULL;
	FILE *f = open_memstream(&s, size);
	write(n, f);
	fclose(f);
	return s;
}

START_TEST(tables_are_quoted_and_gaps_are_empty)
{
	size_t n;
	char *s = written(export_csv, &numbers, &n);
	ck_assert_str_eq(s, "step,\"a,b\",\"say \"\"x\"\"\"\n0,1,0.5\n1,-2,\n2,3,\n");
	free(s);
}
END_TEST

START_TEST(json_is_json)
{
	size_t n;
	struct err e;
	char *s = written(export_json, &numbers, &n);
	cJSON *o = json_parse(s, n, &e);
	ck_assert_msg(o != NULL, "%s", e.text);
	ck_assert_int_eq(json_get(o, "shape")->child->valueint, 3);
	ck_assert_str_eq(json_get(o, "labels")->child->next->child->next->valuestring, "say \"x\"");
	ck_assert_int_eq(cJSON_GetArraySize(json_get(o, "data")), 6);
	ck_assert(cJSON_IsNull(cJSON_GetArrayItem(json_get(o, "data"), 3)));
	cJSON_Delete(o);
	free(s);
}
END_TEST

START_TEST(numpy_s_format)
{
	size_t n;
	char *s = written(export_npy, &numbers, &n);
	ck_assert(!memcmp(s, "\x93NUMPY\1\0", 8));
	size_t head = (unsigned char)s[8] + 256u * (unsigned char)s[9] + 10;
	ck_assert_int_eq((int)(head % 64), 0);
	ck_assert_int_eq((int)(n - head), 6 * (int)sizeof(real));
	ck_assert(!memcmp(s + head, some, sizeof some));
	ck_assert_int_eq(s[head - 1], '\n');
	ck_assert_ptr_nonnull(strstr(s + 10, "'fortran_order': False, 'shape': (3, 2,), }"));
	free(s);
	const struct export_numbers scalar = { .name = "loss", .rank = 0, .v = some };
	s = written(export_npy, &scalar, &n);
	ck_assert_ptr_nonnull(strstr(s + 10, "'shape': (), }"));
	ck_assert_int_eq((int)(n % 64), (int)sizeof(real));
	free(s);
}
END_TEST

START_TEST(a_file_that_exists_stays)
{
	char path[] = "/tmp/tsviz-export-XXXXXX", csv[64];
	struct err e = { 0 };
	struct stat st;
	ck_assert_ptr_nonnull(mkdtemp(path));
	snprintf(csv, sizeof csv, "%s/map.csv", path);
	ck_assert_int_eq(export_files.numbers(csv, &numbers, &e), 0);
	ck_assert(stat(csv, &st) == 0 && st.st_size > 10);
	ck_assert_int_lt(export_files.numbers(csv, &numbers, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "exists already"));
	unlink(csv);
	snprintf(csv, sizeof csv, "%s/map.docx", path);
	ck_assert_int_lt(export_files.numbers(csv, &numbers, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "should end in .svg, .txt, .npy, .csv, .json"));
	ck_assert(stat(csv, &st) != 0);
	rmdir(path);
}
END_TEST

/* ---- events ---- */

/* Notes hold no control character beside those of the format, and end between two characters. */
START_TEST(notes_of_events_are_clean)
{
	enum { ESC = 27, END = 0x14, LONG = 70 };
	static const char *const ends[] = { "edf", "atr", "csv" };
	char first[4 * LONG] = "bad\x14\x1b[31m\x15", path[] = "/tmp/tsviz-events-XXXXXX", name[64];
	for (int i = 0; i < LONG; i++)
		strcat(first, "\xc3\xa9");
	const char *class_name[] = { first, "good" };
	struct dataset d = { .rate = 10, .class_name = class_name, .n_class = 2 };
	struct record_plan p = { .d = &d };
	struct record_event v = { .kind = EVENT_CLASS, .from = 3, .last = 3, .peak = 3, .value = 0, .before = 1 };
	struct record_event w = { .kind = EVENT_EXPRESSION, .from = 4, .last = 5, .peak = 4, .value = 0.5 };
	ck_assert_ptr_nonnull(mkdtemp(path));
	for (int k = 0; k < 3; k++) {
		struct events_file f;
		struct err e = { 0 };
		char b[1200];
		snprintf(name, sizeof name, "%s/e.%s", path, ends[k]);
		ck_assert_int_eq(events_begin(&f, &p, name, &e), 0);
		f.where = "error>\x14\x1b"
		          "0";
		if (k < 2)
			events_add(&f, &v);
		events_add(&f, &w);
		ck_assert_int_eq(events_commit(&f, &e), 0);
		FILE *in = fopen(name, "rb");
		size_t n = fread(b, 1, sizeof b, in), separators = 0;
		fclose(in);
		for (size_t i = 0; i < n; i++) {
			ck_assert_msg(b[i] != ESC, "%s: an escape character", ends[k]);
			separators += b[i] == END;
			if ((unsigned char)b[i] == 0xc3 && k < 2)
				ck_assert_msg((unsigned char)b[i + 1] == 0xa9, "%s: half a character", ends[k]);
		}
		/* EDF+: two after the time of a record, two around the text of its event */
		ck_assert_msg(separators == (k ? 0 : 8), "%s: %zu", ends[k], separators);
		unlink(name);
	}
	rmdir(path);
}
END_TEST

START_TEST(too_many_events_are_refused)
{
	char path[] = "/tmp/tsviz-events-XXXXXX", name[64];
	struct dataset d = { .rate = 10 };
	struct record_plan p = { .d = &d };
	struct events_file f;
	struct err e = { 0 };
	struct stat st;
	ck_assert_ptr_nonnull(mkdtemp(path));
	snprintf(name, sizeof name, "%s/e.csv", path);
	ck_assert_int_eq(events_begin(&f, &p, name, &e), 0);
	for (int i = 0; i <= EVENTS_MAX; i++)
		events_add(&f, &(struct record_event){ .from = i, .last = i, .peak = i });
	ck_assert_int_eq(f.n, EVENTS_MAX);
	ck_assert_int_eq(events_commit(&f, &e), ERR_LIMIT);
	ck_assert_ptr_nonnull(strstr(e.text, "--error-above"));
	ck_assert(stat(name, &st) != 0);
	rmdir(path);
}
END_TEST

UNIT_MAIN("export", text_of_a_picture_is_text, tables_are_quoted_and_gaps_are_empty, json_is_json, numpy_s_format,
          a_file_that_exists_stays, notes_of_events_are_clean, too_many_events_are_refused)
