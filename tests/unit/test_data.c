/* Data files of every format: what is read, and what every prefix and every changed byte of them come to. */
#include <math.h>
#include <zlib.h>
#include "core/data/dataset_cut.h"
#include "src/read/read_data.h"
#include "tests/unit/unit.h"

/* ---- reading the files that tests/data/gen.py wrote ---- */

static struct err e;

static void recipe_of(struct recipe *r, const char *text)
{
	char *copy = strdup(text);
	recipe_init(r);
	for (char *at = NULL, *word = strtok_r(copy, " ", &at); word; word = strtok_r(NULL, " ", &at)) {
		char *value = strchr(word, '=');
		*value++ = 0;
		ck_assert_msg(!recipe_set(r, word, value, &e), "%s", e.text);
	}
	free(copy);
}

static struct model wants(int64_t T, int64_t C, int64_t outputs, enum head head)
{
	struct model m;
	memset(&m, 0, sizeof m);
	m.T = T;
	m.C = C;
	m.outputs = outputs;
	m.head = head;
	return m;
}

struct got {
	struct data data;
	struct dataset d;
};

static int get(struct got *g, const char *name, const char *recipe, const struct model *m)
{
	struct recipe r;
	struct read_options o = { 0 };
	char path[256];
	recipe_of(&r, recipe);
	struct data_wanted q = { .r = &r, .T = m->T, .C = m->C };
	snprintf(path, sizeof path, "tests/data/%s", name);
	int bad = data_read(&g->data, path, &q, &o, &e);
	if (!bad) {
		bad = data_cut(&g->d, &g->data, &r, m, &e);
		if (bad)
			data_release(&g->data);
	}
	recipe_release(&r);
	return bad;
}

static void done(struct got *g)
{
	dataset_release(&g->d);
	data_release(&g->data);
}

static const struct {
	const char *name, *format;
	int64_t n, T, C;
	int classes; /* 0: no labels */
	double tolerance;
	const char *like; /* the same windows */
} files[] = {
	{ "shapes_test.ts", "UEA .ts", 30, 24, 1, 3, 0, NULL },
	{ "shapes_test.ts.gz", "UEA .ts", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "shapes_test.tsv", "Table of windows", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "shapes_test.txt", "Table of windows", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "shapes_words.csv", "Table of windows", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "shapes_test.arff", "ARFF", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "nt_f8.npy", "NumPy .npy", 30, 24, 1, 0, 0, "shapes_test.ts" },
	{ "nt_f4.npy", "NumPy .npy", 30, 24, 1, 0, 0, "shapes_test.ts" },
	{ "nt_big.npy", "NumPy .npy", 30, 24, 1, 0, 0, "shapes_test.ts" },
	{ "nt_f2.npy", "NumPy .npy", 30, 24, 1, 0, 1e-3, "shapes_test.ts" },
	{ "words.npz", "NumPy .npz", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "numbers.npz", "NumPy .npz", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "onehot.npz", "NumPy .npz", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "parts.npz", "NumPy .npz", 30, 24, 1, 3, 0, "shapes_test.ts" },
	{ "multi.ts", "UEA .ts", 12, 24, 2, 3, 0, NULL },
	{ "multi.arff", "ARFF", 12, 24, 2, 3, 0, "multi.ts" },
	{ "nct_f4.npy", "NumPy .npy", 12, 24, 2, 0, 1e-4, "multi.ts" },
	{ "nct_f4.npy.gz", "NumPy .npy", 12, 24, 2, 0, 0, "nct_f4.npy" },
	{ "ntc_fortran.npy", "NumPy .npy", 12, 24, 2, 0, 0, "nct_f4.npy" },
	{ "uneven.ts", "UEA .ts", 12, 24, 2, 3, 0, NULL },
	{ "lies.ts", "UEA .ts", 12, 24, 2, 3, 0, "uneven.ts" },
	{ "stamps.ts", "UEA .ts", 6, 24, 1, 3, 0, NULL },
	{ "series.npy", "NumPy .npy", 697, 24, 1, 0, 0, NULL },
};

START_TEST(each_format_gives_the_same_windows)
{
	struct got g, like;
	struct model m = wants(files[_i].T, files[_i].C, 3, HEAD_SOFTMAX);
	ck_assert_msg(!get(&g, files[_i].name, "step=1", &m), "%s: %s", files[_i].name, e.text);
	ck_assert_str_eq(g.data.format, files[_i].format);
	ck_assert_int_eq(g.d.n, files[_i].n);
	ck_assert_int_eq(g.d.has_labels ? g.d.n_class : 0, files[_i].classes);
	if (files[_i].like) {
		ck_assert_msg(!get(&like, files[_i].like, "step=1", &m), "%s", e.text);
		real *a = calloc((size_t)(m.T * m.C), sizeof *a), *b = calloc((size_t)(m.T * m.C), sizeof *b);
		for (int64_t i = 0; i < g.d.n; i++) {
			dataset_window(&g.d, i, a);
			dataset_window(&like.d, i, b);
			unit_close(files[_i].name, a, b, m.T * m.C, files[_i].tolerance, 0);
		}
		free(a);
		free(b);
		done(&like);
	}
	done(&g);
}
END_TEST

START_TEST(labels_and_stamps_of_the_files)
{
	struct got g;
	struct model m = wants(24, 1, 3, HEAD_SOFTMAX), two = wants(24, 1, 2, HEAD_SOFTMAX);
	ck_assert(!get(&g, "shapes_last.csv", "step=1", &two));
	ck_assert_str_eq(g.d.class_name[0], "-1");
	ck_assert_str_eq(g.d.class_name[1], "1");
	ck_assert_int_eq(dataset_class(&g.d, 0), 0);
	done(&g);
	ck_assert(!get(&g, "shapes_test.tsv", "classes=3,1,2", &m));
	ck_assert_int_eq(dataset_class(&g.d, 0), 1);
	done(&g);
	ck_assert(!get(&g, "stamps.ts", "step=1", &m));
	ck_assert_str_eq(dataset_stamp(&g.d, 2, 0), "2004-10-01 00:00:00");
	done(&g);
	ck_assert(get(&g, "shapes_test.tsv", "step=1", &two) < 0);
	ck_assert_ptr_nonnull(strstr(e.text, "3 labels (1, 2, 3), but the model has 2 classes; --classes"));
	ck_assert(get(&g, "holes.ts", "step=1", &m) < 0);
	ck_assert_ptr_nonnull(strstr(e.text, "line 12, window 1, channel 1, step 5: the value is missing"));
	ck_assert(!get(&g, "holes.ts", "missing=interpolate", &m));
	ck_assert_int_eq(g.d.n_missing, 4);
	done(&g);
	struct model multi = wants(24, 2, 3, HEAD_SOFTMAX);
	ck_assert(!get(&g, "lies.ts", "step=1", &multi));
	ck_assert_ptr_nonnull(
	        strstr(g.d.warning, "@univariate true of 2 channels, @dimensions 7 of 2, @equalLength true"));
	ck_assert_ptr_nonnull(strstr(g.d.warning, "windows end before step 24"));
	done(&g);
}
END_TEST

/* ---- texts ---- */

static int from_text(struct got *g, const char *text, size_t n, const struct model *m)
{
	struct recipe r;
	recipe_init(&r);
	struct data_wanted q = { .r = &r, .T = m->T, .C = m->C };
	struct read_options o = { 0 };
	char path[] = "/tmp/tsviz-data-XXXXXX";
	int fd = mkstemp(path);
	ck_assert(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	close(fd);
	int bad = data_read(&g->data, path, &q, &o, &e);
	unlink(path);
	if (!bad) {
		bad = data_cut(&g->d, &g->data, &r, m, &e);
		if (bad)
			data_release(&g->data);
	}
	recipe_release(&r);
	return bad;
}

static const struct {
	const char *text, *says;
} wrong[] = {
	{ "@data\n", "has no windows" },
	{ "@problemName x\n", "ends before @data" },
	{ "@problemName x\n1,2\n", "line 2: data before @data" },
	{ "@classLabel true a\n@data\n1,2:a\n1,x,3:a\n", "line 4, byte 3: 'x' is not a number" },
	{ "@classLabel true a\n@data\n1,2:a\n1,2\n", "line 4: the window has no label" },
	{ "@classLabel true a\n@data\n1,2:3,4:a\n1,2:a\n",
	  "line 4: the window has 1 channel, but the first window has 2" },
	{ "@classLabel true a\n@data\n(1,2),(3:a\n", "expected a pair (time stamp,value)" },
	{ "@classLabel true a\n@data\n1,2:a\n?,?:b\n", "no step has a value" },
	{ "@classLabel true a\n@data\n1,1e40:a\n1,2:b\n", "beyond 32-bit" },
	{ "@classLabel true a\n@data\n1,2,3:a\n1,2,3:b\n",
	  "the windows have 3 steps, the model reads 2; --lengths fit" },
	{ "@relation x\n@attribute a numeric\n@data\n1,2\n", "line 4: more values than the 1 attributes" },
	{ "@relation x\n@attribute a numeric\n@attribute b numeric\n@data\n1\n", "line 5: 1 values, but there are 2" },
	{ "@relation x\n@attribute a colour\n@data\n1\n", "attribute 'a' has the type 'colour'" },
	{ "@relation x\n@attribute a numeric\n@data\n'1\n", "line 4: a quote is opened" },
	{ "@relation x\n@attribute a numeric\n@data\n{0 1}\n", "sparse rows" },
	{ "@relation x\n@attribute r relational\n@attribute a numeric\n@attribute b numeric\n@end "
	  "r\n@data\n'1,2\\n3'\n",
	  "a channel has 1 values" },
	{ "@relation x\n@frequency daily\n", "ends before @data" },
	{ "\x93NUMPY\1\0\6\0{'a'}\n", "not as NumPy writes it" },
	{ "\x80\4pickle", "is a Python pickle" },
	{ "\x89HDF\r\n\032\n", "is an HDF5 file" },
};

START_TEST(what_is_wrong_is_said_with_its_place)
{
	struct got g;
	struct model m = wants(2, 1, 2, HEAD_SOFTMAX);
	size_t n = strlen(wrong[_i].text);
	/* NumPy's head holds a zero byte */
	if ((unsigned char)wrong[_i].text[0] == 0x93)
		n = 16;
	ck_assert_msg(from_text(&g, wrong[_i].text, n, &m) < 0, "'%s' was taken", wrong[_i].text);
	ck_assert_msg(strstr(e.text, wrong[_i].says) != NULL, "'%s' does not say '%s'", e.text, wrong[_i].says);
	ck_assert_ptr_null(strchr(e.text, '\n'));
}
END_TEST

/* Found by fuzzing: the label was copied up to its zero byte and read to its end. The text gate shows the byte as what
 * it is not. */
START_TEST(a_zero_byte_in_a_label_is_said)
{
	static const char text[] = "@relation x\n@attribute a numeric\n@attribute b numeric\n@attribute c "
	                           "{a,b}\n@data\n1,2,'a\0 long label'\n3,4,b\n";
	struct got g;
	struct model m = wants(2, 1, 2, HEAD_SOFTMAX);
	ck_assert(from_text(&g, text, sizeof text - 1, &m) < 0);
	ck_assert_msg(strstr(e.text, "line 6") != NULL, "%s", e.text);
}
END_TEST

/* ---- damage ---- */

static const char *const small[] = {
	"@problemName x\r\n#c\n@classLabel true a b\n@data\n1,2,?:3,4,5:a\n1,,3:4,5:b\n",
	"@timestamps true\n@data\n(2004-01-01 00:00:00,1),(2,-2e1):b\n(0,1),(1,2):c\n",
	("@relation 'x y'\n% c\n@attribute r relational\n@attribute t0 numeric\n@attribute t1 real\n@end r\n"
	 "@attribute c {'a b',b}\n@data\n\"1,2\\n3,?\",'a b'\n"),
	"1\t0.5\t-1e3\tNaN\n2\t3\t4\t5\n",
	"\"a\";1,5;2\n\"b\";3,5;4\n",
};

/* Whatever it becomes, it ends in windows or in one sentence. */
static void any_end(const char *text, size_t n)
{
	struct got g;
	struct model shapes[] = { wants(3, 2, 2, HEAD_SOFTMAX), wants(2, 1, 3, HEAD_SOFTMAX) };
	for (int k = 0; k < 2; k++) {
		e = (struct err){ 0 };
		if (!from_text(&g, text, n, &shapes[k])) {
			real x[6];
			for (int64_t i = 0; i < g.d.n; i++)
				dataset_window(&g.d, i, x);
			done(&g);
		} else {
			ck_assert(e.text[0] && !strchr(e.text, '\n'));
		}
	}
}

/* Copied to a block of its own size, so that a step beyond it is seen. */
static void prefixes_and_bytes(const unsigned char *data, size_t n, const unsigned char *flips, size_t n_flip)
{
	for (size_t k = 0; k <= n; k++) {
		char *text = malloc(k ? k : 1);
		memcpy(text, data, k);
		any_end(text, k);
		free(text);
	}
	char *text = malloc(n);
	memcpy(text, data, n);
	for (size_t i = 0; i < n; i++)
		for (size_t f = 0; f < n_flip; f++) {
			text[i] = (char)(data[i] ^ flips[f]);
			any_end(text, n);
			text[i] = (char)data[i];
		}
	free(text);
}

START_TEST(texts_cut_and_changed_everywhere)
{
	static const unsigned char flips[] = { 0x01, 0x10, 0x80, 0x0d, 0x15 };
	prefixes_and_bytes((const unsigned char *)small[_i], strlen(small[_i]), flips, sizeof flips);
}
END_TEST

static void load_file(const char *name, unsigned char **data, size_t *n)
{
	char path[256];
	snprintf(path, sizeof path, "tests/data/%s", name);
	ck_assert_msg(!read_file(path, 1 << 20, data, n, &e), "%s", e.text);
}

START_TEST(arrays_cut_and_changed_everywhere)
{
	static const char *const names[] = { "nct_i2.npy", "ntc_fortran.npy" };
	static const unsigned char flips[] = { 0x01, 0x02, 0x10, 0xff };
	unsigned char *data;
	size_t n;
	load_file(names[_i], &data, &n);
	/* the head and a few elements; what lies behind is all alike */
	prefixes_and_bytes(data, n < 160 ? n : 160, flips, sizeof flips);
	free(data);
}
END_TEST

/* The file layer: gzip that is cut or damaged. */
START_TEST(packed_files_cut_and_changed)
{
	unsigned char *data;
	size_t n;
	struct model m = wants(24, 2, 3, HEAD_SOFTMAX);
	char path[] = "/tmp/tsviz-data-XXXXXX";
	int fd = mkstemp(path);
	load_file("nct_f4.npy.gz", &data, &n);
	for (size_t k = 0; k < n + n / 16; k++) {
		struct got g;
		struct recipe r;
		struct read_options o = { 0 };
		struct data_wanted q = { .r = &r, .T = m.T, .C = m.C };
		size_t size = k < n ? k : n, at = (k - n) * 16;
		recipe_init(&r);
		unsigned char was = k < n ? 0 : data[at];
		if (k >= n)
			data[at] ^= 0xff;
		ck_assert(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
		e = (struct err){ 0 };
		int bad = data_read(&g.data, path, &q, &o, &e);
		if (!bad)
			data_release(&g.data);
		/* a byte of the head (time, system) may be anything */
		ck_assert_msg(bad < 0 || k >= n || size > n - 8, "%zu bytes of %zu were taken", size, n);
		if (k >= n)
			data[at] = was;
		recipe_release(&r);
	}
	close(fd);
	unlink(path);
	free(data);
}
END_TEST

START_TEST(a_bomb_stops_at_the_limit)
{
	char path[] = "/tmp/tsviz-data-XXXXXX";
	int fd = mkstemp(path);
	gzFile gz = gzdopen(dup(fd), "wb9");
	static char ones[1 << 16];
	memset(ones, '1', sizeof ones);
	for (int i = 0; i < 2048; i++)
		gzwrite(gz, ones, sizeof ones);
	gzclose(gz);
	struct data d;
	struct recipe r;
	recipe_init(&r);
	struct read_options o = { .max_mem = 64 << 20 };
	struct data_wanted q = { .r = &r, .T = 4, .C = 1 };
	ck_assert(data_read(&d, path, &q, &o, &e) < 0);
	ck_assert_ptr_nonnull(strstr(e.text, "unpacks to more than 32 MB; see --max-mem"));
	close(fd);
	unlink(path);
}
END_TEST

/* Rows of two numbers. Returns what data_read or, with what was read, data_cut says. */
static int read_rows(int rows, struct recipe *r)
{
	char path[] = "/tmp/tsviz-data-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	for (int i = 0; i < rows; i++)
		fputs("1,2\n", f);
	fclose(f);
	struct data d;
	struct dataset cut;
	struct read_options o = { .max_mem = 64 << 20 };
	struct data_wanted q = { .r = r };
	int bad = data_read(&d, path, &q, &o, &e);
	unlink(path);
	if (bad)
		return bad;
	struct model m = { .T = 4, .C = 2, .outputs = 2 };
	bad = data_cut(&cut, &d, r, &m, &e);
	dataset_release(&cut);
	data_release(&d);
	return bad;
}

/* Writes rows of two numbers of so many digits each, and then the last line. */
static void write_table(char *path, int rows, int digits, const char *last)
{
	FILE *f = fdopen(mkstemp(path), "w");
	fputs("a,b\n", f);
	for (int i = 0; i < rows; i++)
		fprintf(f, "%0*d,%0*d\n", digits, i, digits, i % 1000);
	fputs(last, f);
	fclose(f);
}

START_TEST(a_word_in_the_last_row_makes_the_text_be_read_again)
{
	enum { ROWS = 300000 };
	static const struct {
		const char *last, *first_b;
		double a, b;
	} table[] = {
		{ "7,x y\n", "0000000", 7, NAN }, /* texts of all rows */
		{ "7,\"1,5\"\n", NULL, 7, 1.5 },  /* a number that has no meaning with a decimal point */
		{ "7,\n", NULL, 7, NAN },
	};
	char path[] = "/tmp/tsviz-data-XXXXXX";
	struct recipe r;
	struct data d;
	struct read_options o = { 0 };
	struct data_wanted q = { .r = &r };
	recipe_init(&r);
	write_table(path, ROWS, 7, table[_i].last);
	int bad = data_read(&d, path, &q, &o, &e);
	unlink(path);
	ck_assert_msg(!bad, "%s", e.text);
	const struct table *t = &d.table;
	ck_assert_int_eq(t->n_row, ROWS + 1);
	for (int i = 0; i < ROWS; i++)
		ck_assert(t->number[0][i] == i && t->number[1][i] == i % 1000);
	ck_assert(t->number[0][ROWS] == table[_i].a);
	ck_assert_msg(isnan(table[_i].b) ? isnan(t->number[1][ROWS]) : t->number[1][ROWS] == table[_i].b, "%g",
	              t->number[1][ROWS]);
	ck_assert(table[_i].first_b ? !strcmp(t->text[1][0], table[_i].first_b) && !strcmp(t->text[1][ROWS], "x y")
	                            : _i == 1 || !t->text[1]);
	ck_assert_int_eq(table_line(t, ROWS), ROWS + 2);
	ck_assert_ptr_null(t->line);
	data_release(&d);
}
END_TEST

static int64_t status_kb(const char *key)
{
	char line[128];
	int64_t kb = -1;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, key, strlen(key)))
			kb = atoll(line + strlen(key));
	if (f)
		fclose(f);
	return kb;
}

START_TEST(a_table_of_numbers_takes_at_most_twice_their_memory)
{
	enum { ROWS = 2000000 };
	static const int digits[] = { 7, 24 };
	char path[] = "/tmp/tsviz-data-XXXXXX";
	struct recipe r;
	struct data d;
	struct read_options o = { 0 };
	struct data_wanted q = { .r = &r };
	recipe_init(&r);
	write_table(path, ROWS, digits[_i], "");
	FILE *f = fopen("/proc/self/clear_refs", "w"); /* 5: the peak begins again */
	bool reset = f && fputs("5", f) >= 0;
	reset = f && !fclose(f) && reset;
	int64_t before = status_kb("VmHWM:");
	int bad = data_read(&d, path, &q, &o, &e);
	int64_t peak = (status_kb("VmHWM:") - before) << 10;
	unlink(path);
	ck_assert_msg(!bad, "%s", e.text);
	data_release(&d);
#ifdef __SANITIZE_ADDRESS__
	reset = false;
#endif
	if (!reset || before < 0)
		unit_skip("the peak of the memory cannot be asked for");
	ck_assert_msg(peak < 2 * ROWS * 2 * (int64_t)sizeof(double), "%lld bytes", (long long)peak);
}
END_TEST

START_TEST(tables_keep_to_the_memory_that_reading_may_take)
{
	struct recipe r;
	recipe_init(&r);
	ck_assert_msg(read_rows(900000, &r) == 0, "%s", e.text);
	ck_assert_int_eq(read_rows(5000000, &r), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "its table needs more memory than is allowed; see --max-mem"), "%s", e.text);
	/* read, but not with room for what is cut */
	ck_assert_int_eq(read_rows(2500000, &r), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "2500000 rows of 2 columns take more memory"), "%s", e.text);
	ck_assert_int_eq(recipe_set(&r, "rows", "0:1000", &e), 0);
	ck_assert_msg(read_rows(1500000, &r) == 0, "%s", e.text);
	recipe_release(&r);
	/* a file that is too large is not read at all */
	char path[] = "/tmp/tsviz-data-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_eq(ftruncate(fd, (off_t)513 << 20), 0);
	close(fd);
	struct data d;
	struct read_options o = { 0 };
	struct data_wanted q = { 0 };
	ck_assert_int_eq(data_read(&d, path, &q, &o, &e), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "larger than ") && strstr(e.text, " MB; see --max-mem"), "%s", e.text);
	unlink(path);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, each_format_gives_the_same_windows, 0, (int)(sizeof files / sizeof *files));
	tcase_add_test(c, labels_and_stamps_of_the_files);
	tcase_add_loop_test(c, what_is_wrong_is_said_with_its_place, 0, (int)(sizeof wrong / sizeof *wrong));
	tcase_add_test(c, a_zero_byte_in_a_label_is_said);
	tcase_add_loop_test(c, texts_cut_and_changed_everywhere, 0, (int)(sizeof small / sizeof *small));
	tcase_add_loop_test(c, arrays_cut_and_changed_everywhere, 0, 2);
	tcase_add_test(c, packed_files_cut_and_changed);
	tcase_add_test(c, a_bomb_stops_at_the_limit);
	tcase_add_loop_test(c, a_word_in_the_last_row_makes_the_text_be_read_again, 0, 3);
	tcase_add_loop_test(c, a_table_of_numbers_takes_at_most_twice_their_memory, 0, 2);
	tcase_add_test(c, tables_keep_to_the_memory_that_reading_may_take);
}

UNIT_MAIN_WITH("data", setup)
