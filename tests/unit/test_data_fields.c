/* The fields of a recipe that say how a file is read, for each reader: a field of the command line is used or refused,
 * and --missing-value acts on the values of every format. A reader without a row here fails. */
#include <math.h>
#include "src/read/data_fields.h"
#include "tests/unit/unit.h"

static struct err e;

enum { TEXT = RECIPE_TABLE | RECIPE_SKIP | RECIPE_COMMENT | RECIPE_DECIMAL | RECIPE_ENCODING };
enum { ARRAYS = RECIPE_TABLE | RECIPE_ARRAY | RECIPE_LABEL_ARRAY };

struct sample {
	const struct data_reader *reader;
	unsigned uses;
	const char *path; /* a file, or NULL */
	const char *text; /* what the file holds, or NULL: what make() writes */
	size_t (*make)(unsigned char *p);
	int64_t T; /* steps of the model; 0: unknown */
};

/* 100 samples of 16 bits in one channel */
static size_t put_samples(unsigned char *p)
{
	for (int i = 0; i < 100; i++) {
		p[2 * i] = (unsigned char)(3 * i + 5);
		p[2 * i + 1] = (unsigned char)(i % 3);
	}
	return 200;
}

static size_t make_wav(unsigned char *p)
{
	static const unsigned char head[45] =
	        "RIFF\xec\0\0\0WAVEfmt \20\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\20\0data\xc8\0\0\0";
	memcpy(p, head, 44);
	return 44 + put_samples(p + 44);
}

/* One signal, one record ("EDF", edfplus.info). */
static size_t make_edf(unsigned char *p)
{
	snprintf((char *)p, 513,
	         "%-8s%-80s%-80s%-8s%-8s%-8s%-44s%-8s%-8s%-4s%-16s%-80s%-8s%-8s%-8s%-8s%-8s%-80s%-8s%-32s", "0", "X",
	         "X", "01.01.01", "00.00.00", "512", "", "1", "1", "1", "ECG", "", "mV", "-32768", "32767", "-32768",
	         "32767", "", "100", "");
	return 512 + put_samples(p + 512);
}

static const struct sample samples[] = {
	{ &reader_npz, ARRAYS, "tests/data/words.npz", NULL, NULL, 0 },
	{ &reader_npy, RECIPE_TABLE, "tests/data/series.npy", NULL, NULL, 0 },
	{ &reader_npy, RECIPE_TABLE, "tests/data/nct_f4.npy", NULL, NULL, 0 },
	{ &reader_sound, 0, NULL, NULL, make_wav, 0 },
	{ &reader_mat, ARRAYS, "tests/foreign/old.mat", NULL, NULL, 0 },
	{ &reader_edf, 0, NULL, NULL, make_edf, 0 },
	{ &reader_wfdb, 0, "tests/foreign/f16_1.hea", NULL, NULL, 0 },
	{ &reader_records, 0, NULL, "{\"a\": 7, \"b\": 1}\n{\"a\": 2, \"b\": 7}\n", NULL, 0 },
	{ &reader_records, RECIPE_LABEL_ARRAY, NULL, "{\"x\": [7, 1, 7], \"y\": 1}\n{\"x\": [2, 7, 5], \"y\": 0}\n",
	  NULL, 0 },
	{ &reader_ts, RECIPE_COMMENT | RECIPE_ENCODING, "tests/data/multi.ts", NULL, NULL, 0 },
	{ &reader_ts, RECIPE_COMMENT | RECIPE_ENCODING, "tests/data/uneven.ts", NULL, NULL, 0 },
	{ &reader_tsf, RECIPE_COMMENT | RECIPE_ENCODING, "tests/data/shapes.tsf", NULL, NULL, 0 },
	{ &reader_arff, RECIPE_TABLE | RECIPE_COMMENT | RECIPE_ENCODING, "tests/data/multi.arff", NULL, NULL, 0 },
	{ &reader_wide, TEXT, "tests/data/shapes_test.tsv", NULL, NULL, 24 },
	{ &reader_csv, TEXT, NULL, "a,b\n7,1.5\n2,7\n3,8\n", NULL, 0 },
};
enum { N_SAMPLE = sizeof samples / sizeof *samples };

/* Reads a sample with one field of the recipe. asked: the command line gave it. */
static int get(struct data *d, const struct sample *s, const char *field, const char *value, bool asked)
{
	static unsigned char bytes[1 << 12];
	char path[] = "/tmp/tsviz-fields-XXXXXX";
	struct read_options o = { 0 };
	struct recipe r;
	recipe_init(&r);
	if (field)
		ck_assert_msg(!recipe_set(&r, field, value, &e), "%s", e.text);
	struct data_wanted q = { .r = &r, .T = s->T, .asked = asked ? r.given : 0 };
	if (!s->path) {
		size_t n = s->make ? s->make(bytes) : strlen(s->text);
		int fd = mkstemp(path);
		ck_assert(fd >= 0 && write(fd, s->make ? (const void *)bytes : s->text, n) == (ssize_t)n);
		close(fd);
	}
	int bad = data_read(d, s->path ? s->path : path, &q, &o, &e);
	if (!s->path)
		unlink(path);
	recipe_release(&r);
	return bad;
}

static bool installed(const struct sample *s)
{
	struct data d;
	int bad = get(&d, s, NULL, NULL, false);
	if (!bad)
		data_release(&d);
	ck_assert_msg(!bad || strstr(e.text, "lib"), "%s: %s", s->reader->name, e.text);
	return !bad;
}

START_TEST(every_reader_has_a_row)
{
	for (int i = 0; data_readers[i]; i++) {
		unsigned uses = 0;
		bool found = false;
		for (int k = 0; k < N_SAMPLE; k++)
			if (samples[k].reader == data_readers[i]) {
				found = true;
				uses |= samples[k].uses;
			}
		ck_assert_msg(found, "%s has no row", data_readers[i]->name);
		ck_assert_msg(uses == data_readers[i]->uses, "%s states other fields", data_readers[i]->name);
		ck_assert((uses & ~data_fields()) == 0);
	}
}
END_TEST

/* A value of each field; it need not fit the file. */
static const struct {
	enum recipe_field bit;
	const char *name, *value;
} fields[] = {
	{ RECIPE_TABLE, "table", "long" },
	{ RECIPE_ARRAY, "array", "nothing" },
	{ RECIPE_LABEL_ARRAY, "label-array", "nothing" },
	{ RECIPE_SKIP, "skip", "1" },
	{ RECIPE_COMMENT, "comment", "!" },
	{ RECIPE_DECIMAL, "decimal", "point" },
	{ RECIPE_ENCODING, "encoding", "cp1252" },
};
enum { N_FIELD = sizeof fields / sizeof *fields };

START_TEST(a_field_is_used_or_refused)
{
	const struct sample *s = &samples[_i];
	unsigned all = 0;
	if (!installed(s))
		unit_skip("%s", e.text);
	for (int i = 0; i < N_FIELD; i++) {
		char says[64];
		struct data d;
		snprintf(says, sizeof says, "; this file is %s", s->reader->name);
		int bad = get(&d, s, fields[i].name, fields[i].value, true);
		bool refused = bad && !strncmp(e.text, "--", 2) && strstr(e.text, says);
		ck_assert_msg(refused == !(s->uses & fields[i].bit), "%s, --%s: %s", s->reader->name, fields[i].name,
		              bad ? e.text : "read");
		if (!bad)
			data_release(&d);
		/* the same of a recipe for other files is no error */
		if (refused) {
			bad = get(&d, s, fields[i].name, fields[i].value, false);
			ck_assert_msg(!bad, "%s, --%s: %s", s->reader->name, fields[i].name, e.text);
			data_release(&d);
		}
		all |= (unsigned)fields[i].bit;
	}
	ck_assert_msg(all == data_fields(), "a field has no row in fields[]");
}
END_TEST

/* All values that were read. Returns how many there are. */
static int64_t values(const struct data *d, double *v, int64_t most)
{
	int64_t n = 0;
	const struct window_set *s = &d->set;
	for (int c = 0; !d->ready && c < d->table.n_col; c++)
		for (int64_t i = 0; d->table.number[c] && i < d->table.n_row && n < most; i++)
			v[n++] = d->table.number[c][i];
	int64_t all = d->ready && s->rank ? 1 : 0;
	for (int k = 0; d->ready && k < s->rank; k++)
		all *= s->dim[k];
	for (int64_t i = 0; d->ready && !s->rank && i < s->n; i++)
		all += s->C * s->length[i];
	for (int64_t i = 0; i < all && n < most; i++)
		v[n++] = (double)s->x[i];
	return n;
}

START_TEST(missing_value_acts_on_every_format)
{
	enum { MOST = 2000 };
	static double before[MOST], after[MOST];
	const struct sample *s = &samples[_i];
	struct data d;
	char mark[40];
	if (!installed(s))
		unit_skip("%s", e.text);
	ck_assert(!get(&d, s, NULL, NULL, false));
	int64_t n = values(&d, before, MOST);
	int marked = 0, kept = 0;
	snprintf(mark, sizeof mark, d.ready ? "%.9g" : "%.17g", before[0]);
	data_release(&d);
	ck_assert(n > 3);
	ck_assert_msg(!get(&d, s, "missing-value", mark, true), "%s: %s", s->reader->name, e.text);
	ck_assert_int_eq(values(&d, after, MOST), n);
	for (int64_t i = 0; i < n; i++) {
		bool is = before[i] == before[0];
		ck_assert_msg(is || isnan(before[i]) ? isnan(after[i]) : after[i] == before[i], "%s: value %d of %s",
		              s->reader->name, (int)i, mark);
		marked += is;
		kept += !isnan(after[i]);
	}
	ck_assert(marked > 0 && kept > 0);
	data_release(&d);
}
END_TEST

START_TEST(words_are_missing_values_too)
{
	static const char *const texts[] = {
		"@problemName x\n@classLabel true a b\n@data\n1,bad,3:a\n4,5,6:b\n",
		("@relation x\n@attribute a numeric\n@attribute b numeric\n@attribute c numeric\n"
		 "@data\n1,bad,3\n4,5,6\n"),
		"@relation x\n@attribute name string\n@frequency daily\n@data\nT1:1,bad,3\nT2:4,5,6\n",
		"{\"a\": 1, \"b\": \"bad\", \"c\": 3}\n{\"a\": 4, \"b\": 5, \"c\": 6}\n",
		"a,b,c\n1,bad,3\n4,5,6\n",
	};
	double v[64];
	struct data d;
	int missing = 0;
	struct sample s = { .text = texts[_i] };
	ck_assert_msg(!get(&d, &s, "missing-value", "bad", true), "%s", e.text);
	int64_t n = values(&d, v, 64);
	for (int64_t i = 0; i < n; i++)
		missing += isnan(v[i]);
	ck_assert_int_eq(n, 6);
	ck_assert_int_eq(missing, 1);
	for (int c = 0; !d.ready && c < d.table.n_col; c++)
		ck_assert_msg(!d.table.number[c] || !d.table.text[c], "column %d is no column of numbers", c + 1);
	data_release(&d);
}
END_TEST

START_TEST(fields_of_other_files_are_warned_of_if_they_matter)
{
	const struct sample *ts = &samples[9], *csv = &samples[N_SAMPLE - 1];
	struct data d;
	ck_assert_ptr_eq(ts->reader, &reader_ts);
	ck_assert(!get(&d, ts, "table", "long", false));
	ck_assert_msg(d.set.warning && strstr(d.set.warning, "--table long of the recipe is not used"), "%s",
	              d.set.warning ? d.set.warning : "nothing");
	data_release(&d);
	ck_assert(!get(&d, ts, "table", "wide", false));
	ck_assert_ptr_null(d.set.warning);
	data_release(&d);
	ck_assert(!get(&d, ts, "skip", "3", false));
	ck_assert_ptr_null(d.set.warning);
	data_release(&d);
	ck_assert(!get(&d, csv, "label-array", "y", false));
	ck_assert_msg(d.table.warning && strstr(d.table.warning, "--label-array y of the recipe is not used"), "%s",
	              d.table.warning ? d.table.warning : "nothing");
	data_release(&d);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, every_reader_has_a_row);
	tcase_add_loop_test(c, a_field_is_used_or_refused, 0, N_SAMPLE);
	tcase_add_loop_test(c, missing_value_acts_on_every_format, 0, N_SAMPLE);
	tcase_add_loop_test(c, words_are_missing_values_too, 0, 5);
	tcase_add_test(c, fields_of_other_files_are_warned_of_if_they_matter);
}

UNIT_MAIN_WITH("data_fields", setup)
