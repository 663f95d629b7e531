/* Data files of other programs: what their own writers wrote is read back, value by value. Prefixes and changed bytes
 * of the files are read or refused, and what a child process may answer is checked. */
#include <dlfcn.h>
#include <math.h>
#include "core/base/mem.h"
#include "src/data/foreign.h"
#include "tests/unit/unit.h"
#if __has_include(<sndfile.h>)
#include <sndfile.h>
#define HAVE_SNDFILE
#endif

static struct err e;

/* A file of the test, read as columns or windows. */
static int get_with(struct data *d, const char *path, const char *field, const char *value, bool no_sandbox)
{
	struct recipe r;
	struct read_options o = { .no_sandbox = no_sandbox };
	recipe_init(&r);
	if (field)
		ck_assert_msg(!recipe_set(&r, field, value, &e), "%s", e.text);
	struct data_wanted q = { .r = &r, .no_sandbox = no_sandbox };
	e = (struct err){ 0 };
	int bad = data_read(d, path, &q, &o, &e);
	ck_assert(!bad || strlen(e.text) > 10);
	recipe_release(&r);
	return bad;
}

static int get(struct data *d, const char *path)
{
	return get_with(d, path, NULL, NULL, false);
}

static char folder[] = "/tmp/tsviz-foreign-XXXXXX";

/* A path in a folder that ends with the test. The text is valid until the next call. */
static const char *in_folder(const char *name)
{
	static char path[128];
	if (strstr(folder, "XXXXXX"))
		ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void remove_folder(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (!strstr(folder, "XXXXXX") && system(command) != 0)
		perror(command);
}

static bool says(const struct understood *u, const char *what, const char *text)
{
	for (; u; u = u->next)
		if (!strcmp(u->what, what) && strstr(u->text, text))
			return true;
	return false;
}

static unsigned char *bytes_of(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	unsigned char *p = malloc(1 << 20);
	*n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return p;
}

static void put_bytes(const char *path, const unsigned char *p, size_t n)
{
	FILE *f = fopen(path, "wb");
	ck_assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

/* Prefixes of a file, and the file with one byte changed: each is read, or refused with a sentence. */
static void damage(const char *path, const char *name)
{
	struct data d;
	size_t n, step;
	unsigned char *p = bytes_of(path, &n);
	char damaged[160];
	snprintf(damaged, sizeof damaged, "%s/damaged-%s", folder, name);
	step = n / 20 + 1;
	for (size_t k = 1; k < n; k += k < 40 ? 9 : step) {
		put_bytes(damaged, p, k);
		if (!get(&d, damaged))
			data_release(&d);
	}
	step = n / 40 + 1;
	for (size_t k = 0; k < n; k += k < 300 ? 17 : step) {
		unsigned char old = p[k];
		p[k] = k % 2 ? 0xff : (unsigned char)(old ^ 0x40);
		put_bytes(damaged, p, n);
		p[k] = old;
		if (!get(&d, damaged))
			data_release(&d);
	}
	free(p);
}

/* ---- sound ---- */

#ifdef HAVE_SNDFILE
static const struct {
	const char *name;
	int format, channels;
	const char *values;
	double scale;
} sounds[] = {
	{ "pcm8.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1, "8-bit", 1 / 128.0 },
	{ "pcm16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, "16-bit samples, divided by 32768", 1 / 128.0 },
	{ "pcm24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 3, "24-bit", 1 / 128.0 },
	{ "pcm32.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_32, 4, "32-bit", 1 / 128.0 },
	{ "float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, "as they are", 1 << 24 },
	{ "big.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 2, "16-bit", 1 / 128.0 },
	{ "rf64.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 1, "16-bit", 1 / 128.0 },
	{ "pcm16.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 2, "16-bit", 1 / 128.0 },
	{ "double.aiff", SF_FORMAT_AIFF | SF_FORMAT_DOUBLE, 1, "as they are", 1 << 24 },
	{ "pcm16.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1, "16-bit", 1 / 128.0 },
	{ "pcm24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 2, "24-bit", 1 / 128.0 },
	{ "pcm16.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 2, "16-bit", 1 / 128.0 },
	{ "pcm16.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 2, "16-bit", 1 / 128.0 },
};

enum { FRAMES = 5000, SOUND_RATE = 11025 };

/* A number that all of these formats keep exactly. */
static int sample(int64_t i, int c)
{
	return (int)((i * 37 + c * 11) % 256) - 128;
}

/* The function f of a library. ISO C does not convert the address of an object into that of a function. */
#define FUNCTION(so, f)                   \
	((const union {                   \
		 void *object;            \
		 __typeof__(f) *function; \
	 }){ dlsym(so, #f) }              \
	         .function)

static const char *write_sound(int k)
{
	void *so = dlopen("libsndfile.so.1", RTLD_NOW);
	if (!so)
		return NULL;
	__typeof__(sf_open) *open_file = FUNCTION(so, sf_open);
	__typeof__(sf_writef_int) *write_int = FUNCTION(so, sf_writef_int);
	__typeof__(sf_close) *close_file = FUNCTION(so, sf_close);
	const char *path = in_folder(sounds[k].name);
	SF_INFO i = { .samplerate = SOUND_RATE, .channels = sounds[k].channels, .format = sounds[k].format };
	SNDFILE *s = open_file(path, SFM_WRITE, &i);
	ck_assert_ptr_nonnull(s);
	int *x = calloc((size_t)FRAMES * (size_t)i.channels, sizeof *x);
	for (int64_t f = 0; f < FRAMES; f++)
		for (int c = 0; c < i.channels; c++)
			x[f * i.channels + c] = sample(f, c) * (1 << 24);
	ck_assert_int_eq(write_int(s, x, FRAMES), FRAMES);
	close_file(s);
	free(x);
	return path;
}

START_TEST(sound_is_read_as_libsndfile_wrote_it)
{
	struct data d;
	const char *path = write_sound(_i);
	if (!path)
		unit_skip("libsndfile1 is not installed");
	for (int here = 0; here < 2; here++) {
		ck_assert_msg(!get_with(&d, path, NULL, NULL, here), "%s: %s", sounds[_i].name, e.text);
		ck_assert(!d.ready);
		ck_assert_int_eq(d.table.n_row, FRAMES);
		ck_assert_int_eq(d.table.n_col, sounds[_i].channels);
		ck_assert(d.table.rate == SOUND_RATE);
		ck_assert_str_eq(d.table.name[0], "channel 1");
		ck_assert_msg(says(d.table.understood, "values", sounds[_i].values), "%s", sounds[_i].name);
		ck_assert_ptr_null(d.table.warning);
		for (int64_t i = 0; i < FRAMES; i++)
			for (int c = 0; c < sounds[_i].channels; c++)
				ck_assert_msg(d.table.number[c][i] == sample(i, c) * sounds[_i].scale, "%s: %d %d",
				              sounds[_i].name, (int)i, c);
		data_release(&d);
	}
}
END_TEST

START_TEST(damaged_sound_is_refused_or_read)
{
	static const int some[] = { 1, 7, 9 };
	const char *path = write_sound(some[_i]);
	if (!path)
		unit_skip("libsndfile1 is not installed");
	damage(path, sounds[some[_i]].name);
}
END_TEST

START_TEST(sound_that_ends_early_is_warned_of)
{
	struct data d;
	size_t n;
	const char *path = write_sound(1);
	if (!path)
		unit_skip("libsndfile1 is not installed");
	unsigned char *p = bytes_of(path, &n);
	put_bytes(in_folder("cut.wav"), p, n - 4000);
	free(p);
	ck_assert_msg(!get(&d, in_folder("cut.wav")), "%s", e.text);
	ck_assert_int_eq(d.table.n_row, FRAMES - 1000);
	ck_assert_ptr_nonnull(d.table.warning);
	ck_assert_ptr_nonnull(
	        strstr(d.table.warning, "the header declares 20044 bytes, but the file ends after 16044"));
	data_release(&d);
}
END_TEST
#endif

/* ---- windows of files whose values are known ---- */

/* The value of element (i, j, k), as tests/foreign/gen_mat.py has it. */
static double v(int64_t i, int64_t j, int64_t k)
{
	return (double)((i * 7 + j * 3 + k * 5) % 100) - 50;
}

/* The value at step t and channel c of window i. */
typedef double value_at(int64_t i, int64_t t, int64_t c);

static double down(int64_t i, int64_t t, int64_t c)
{
	return v(i + t, c, 0);
}
/* The first channel counts the rows. */
static double counting(int64_t i, int64_t t, int64_t c)
{
	return c ? down(i, t, c) : (double)(i + t);
}
static double across(int64_t i, int64_t t, int64_t c)
{
	return v(c, i + t, 0);
}
static double first(int64_t i, int64_t t, int64_t c)
{
	return v(i, t, c);
}
static double last(int64_t i, int64_t t, int64_t c)
{
	return v(t, c, i);
}
static double column(int64_t i, int64_t t, int64_t c)
{
	(void)c;
	return v(t, i, 0);
}
static double flag(int64_t i, int64_t t, int64_t c)
{
	return v(i + t, c, 0) > 0;
}
static double thousand(int64_t i, int64_t t, int64_t c)
{
	return v(i + t, c, 0) + 1000;
}

/* The second channel is the first one and 1000. */
static double sides(int64_t i, int64_t t, int64_t c)
{
	return v(i, t, 0) + 1000 * (double)c;
}
static double down_sides(int64_t i, int64_t t, int64_t c)
{
	return v(i + t, 0, 0) + 1000 * (double)c;
}

struct windows_case {
	const char *file, *recipe; /* recipe: "name=value name=value" */
	int64_t T, C, n;
	value_at *value;
	const char *classes; /* the class of each of the first windows, a letter each: 'a' is class 0; NULL: none */
	const char *name;    /* of channel 1 */
	const char *warning; /* a part of it, or NULL */
};

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

static int n_class = 3;

/* Reads and cuts a file for a model of T steps, C channels and n_class classes. */
static int cut(struct data *data, struct dataset *d, const char *path, const char *recipe, int64_t T, int64_t C)
{
	struct recipe r;
	struct read_options o = { 0 };
	struct model m;
	memset(&m, 0, sizeof m);
	m.T = T;
	m.C = C;
	m.outputs = n_class;
	m.head = HEAD_SOFTMAX;
	recipe_of(&r, recipe);
	struct data_wanted q = { .r = &r, .T = T, .C = C };
	e = (struct err){ 0 };
	int bad = data_read(data, path, &q, &o, &e);
	if (!bad && (bad = data_cut(d, data, &r, &m, &e)) < 0)
		data_release(data);
	recipe_release(&r);
	return bad;
}

static void check_windows(const struct windows_case *q)
{
	struct data data;
	struct dataset d;
	ck_assert_msg(!cut(&data, &d, q->file, q->recipe, q->T, q->C), "%s: %s", q->file, e.text);
	ck_assert_msg(d.n == q->n, "%s: %d windows", q->file, (int)d.n);
	if (q->name)
		ck_assert_str_eq(d.channel[0], q->name);
	ck_assert_msg(!q->warning == !d.warning && (!q->warning || strstr(d.warning, q->warning)), "%s: %s", q->file,
	              d.warning);
	real *x = calloc((size_t)(q->T * q->C), sizeof *x);
	for (int64_t i = 0; i < d.n; i++) {
		dataset_window(&d, i, x);
		for (int64_t t = 0; t < q->T; t++)
			for (int64_t c = 0; c < q->C; c++)
				ck_assert_msg(x[t * q->C + c] == (real)q->value(i, t, c), "%s: %d %d %d: %g", q->file,
				              (int)i, (int)t, (int)c, (double)x[t * q->C + c]);
	}
	ck_assert_int_eq(d.has_labels, q->classes != NULL);
	for (int i = 0; q->classes && q->classes[i]; i++)
		ck_assert_msg(dataset_class(&d, i) == q->classes[i] - 'a', "%s: class of window %d is %d", q->file, i,
		              dataset_class(&d, i));
	free(x);
	dataset_release(&d);
	data_release(&data);
}

struct refusal_case {
	const char *file, *recipe;
	int64_t T, C;
	const char *says;
};

static void check_refusal(const struct refusal_case *q)
{
	struct data data;
	struct dataset d;
	ck_assert_msg(cut(&data, &d, q->file, q->recipe, q->T, q->C) < 0, "%s %s is read", q->file, q->recipe);
	ck_assert_msg(strstr(e.text, q->says), "%s: %s", q->file, e.text);
}

/* ---- NumPy archives ---- */

#define F "tests/foreign/"
static const struct windows_case npzs[] = {
	{ F "channels.npz", "array=a,b", 20, 2, 12, sides, "abcabc", "a", NULL },
	{ F "channels.npz", "array=up,down", 20, 2, 41, down_sides, NULL, "up", NULL },
};

static const struct refusal_case npzs_refused[] = {
	{ F "channels.npz", "array=up,odd", 20, 2, "--array: 'up' is (60) and 'odd' is (59); arrays that are" },
	{ F "channels.npz", "array=up,", 20, 2, "--array: a name between the commas is empty" },
	{ F "channels.npz", "array=up,nix", 20, 2, "--array nix: the archive has no array of this name" },
};
#undef F

START_TEST(several_arrays_of_an_archive_are_channels)
{
	check_windows(&npzs[_i]);
}
END_TEST

static double six(int64_t i, int64_t t, int64_t c)
{
	(void)i, (void)t, (void)c;
	return 6;
}

/* SAC files have a 6 at a certain place, as any array of whole numbers may have. */
START_TEST(an_array_of_sixes_is_no_sac_file)
{
	unsigned char *p;
	size_t n;
	int64_t dim[] = { 20, 20 };
	int32_t *to = (int32_t *)(void *)found_npy(&p, &n, "<i4", 4, false, 2, dim);
	for (int i = 0; i < 400; i++)
		to[i] = 6;
	char path[128];
	snprintf(path, sizeof path, "%s", in_folder("six.npy"));
	put_bytes(path, p, n);
	free(p);
	struct windows_case q = { path, "step=1", 20, 1, 20, six, NULL, NULL, NULL };
	check_windows(&q);
}
END_TEST

START_TEST(several_arrays_that_do_not_fit_are_refused)
{
	check_refusal(&npzs_refused[_i]);
}
END_TEST

/* ---- MATLAB ---- */

#if __has_include(<matio.h>)
#include <matio.h>
#define HAVE_MATIO

#define F "tests/foreign/"
static const struct windows_case mats[] = {
	{ F "series.mat", "step=1", 20, 3, 31, down, NULL, "column 1", NULL },
	{ F "old.mat", "step=1", 20, 2, 31, across, NULL, NULL, NULL },
	{ F "windows_last.mat", "step=1", 20, 2, 12, last, "abcabc", NULL, NULL },
	{ F "windows_first.mat", "step=1", 20, 2, 12, first, "abcabc", NULL, NULL },
	{ F "names.mat", "step=1", 20, 1, 12, first, "cabcab", NULL, NULL },
	{ F "rows.mat", "step=1", 20, 1, 12, first, "cabcab", NULL, NULL },
	{ F "rows.mat", "label-array=none", 20, 1, 12, first, NULL, NULL, NULL },
	{ F "columns.mat", "step=1", 20, 1, 12, column, "abcabc", NULL, NULL },
	{ F "steps.mat", "label=y", 20, 3, 31, down, "aaaaaabbbb", NULL, NULL },
	{ F "steps.mat", "step=1", 20, 3, 31, down, NULL, NULL, NULL },
	{ F "bearing.mat", "step=1", 20, 1, 41, down, NULL, "X097_DE_time",
	  "'X097_DE_time' is read, the largest of its arrays; --array NAME reads another one, --array A,B several as "
	  "channels: X097_FE_time" },
	{ F "bearing.mat", "array=X097_FE_time", 20, 1, 41, thousand, NULL, "X097_FE_time", NULL },
	{ F "count.mat", "label=y", 20, 3, 31, counting, "aaaaaabbbb", NULL,
	  "the first column rises evenly, from 0 on, as row numbers or times do, and is a channel, because no header "
	  "names "
	  "it; --columns 2,3 leaves it out" },
	{ F "times.mat", "step=1", 20, 1, 41, down, NULL, "x", NULL },
	{ F "channels.mat", "array=a,b", 20, 2, 12, sides, "abcabc", "a", NULL },
	{ F "channels.mat", "array=up,down label-array=none", 20, 2, 41, down_sides, NULL, "up", NULL },
	{ F "sensors.mat", "array=N09.Y(1).Data,N09.Y(2).Data", 20, 2, 41, down_sides, NULL, "N09.Y(1).Data", NULL },
	{ F "sensors.mat", "array=N09.Y(2).Data", 20, 1, 41, thousand, NULL, "N09.Y(2).Data", NULL },
	{ F "struct.mat", "step=1", 20, 2, 21, down, NULL, NULL, NULL },
	{ F "struct.mat", "array=rec.sig.x", 20, 2, 21, down, NULL, NULL, NULL },
	{ F "types.mat", "array=int8", 4, 2, 3, down, NULL, NULL, NULL },
	{ F "types.mat", "array=int16", 4, 2, 3, down, NULL, NULL, NULL },
	{ F "types.mat", "array=int32", 4, 2, 3, down, NULL, NULL, NULL },
	{ F "types.mat", "array=int64", 4, 2, 3, down, NULL, NULL, NULL },
	{ F "types.mat", "array=float32", 4, 2, 3, down, NULL, NULL, NULL },
	{ F "types.mat", "array=FLOAT64", 4, 2, 3, down, NULL, NULL, NULL },
	{ F "types.mat", "array=flag", 4, 2, 3, flag, NULL, NULL, NULL },
};

static const struct refusal_case mats_refused[] = {
	{ F "bearing.mat", "array=DE", 20, 1,
	  "--array DE: the file has no variable of this name; it has X097_DE_time (60 x 1), X097_FE_time" },
	{ F "channels.mat", "array=up,odd", 20, 2, "--array: 'up' is 60 x 1 and 'odd' is 59 x 1; arrays that are" },
	{ F "channels.mat", "array=up,", 20, 2, "--array: a name between the commas is empty" },
	{ F "channels.mat", "array=up,up", 20, 2, "--array names 'up' twice" },
	{ F "channels.mat", "array=up,nix", 20, 2, "--array nix: the file has no variable of this name" },
	{ F "windows_last.mat", "label-array=x2", 20, 2, "--label-array x2: the file has no variable of this name" },
	{ F "types.mat", "array=int8 label-array=flag window=4", 4, 2, "label" },
	{ F "others.mat", "array=z", 4, 2, "has complex numbers; save real(z) or abs(z)" },
	{ F "others.mat", "array=s", 4, 2, "is a sparse matrix; save full(s)" },
	{ F "others.mat", "array=c", 4, 2, "is a cell array; if all cells have one size, save cat(3, c{:})" },
	{ F "packed.mat", "step=1", 20, 1,
	  "variable 'X' is a cell array; if all cells have one size, save cat(3, X{:})" },
	{ F "others.mat", "array=t", 4, 2, "is no array of numbers (char)" },
	{ F "others.mat", "step=1", 4, 2, "no variable is an array of real numbers; the file has z" },
};
#undef F

static bool have_matio(void)
{
	void *so = dlopen("libmatio.so.11", RTLD_NOW);
	return so != NULL;
}

START_TEST(variables_of_mat_files_are_read)
{
	if (!have_matio())
		unit_skip("libmatio11 is not installed");
	check_windows(&mats[_i]);
}
END_TEST

START_TEST(variables_that_are_no_data_are_refused)
{
	if (!have_matio())
		unit_skip("libmatio11 is not installed");
	check_refusal(&mats_refused[_i]);
}
END_TEST

/* libmatio's own writer, in each version. */
START_TEST(mat_is_read_as_libmatio_wrote_it)
{
	static const enum mat_ft versions[] = { MAT_FT_MAT4, MAT_FT_MAT5, MAT_FT_MAT73 };
	static const char *const names[] = { "v4.mat", "v5.mat", "v73.mat" };
	void *so = dlopen("libmatio.so.11", RTLD_NOW);
	if (!so)
		unit_skip("libmatio11 is not installed");
	__typeof__(Mat_CreateVer) *create = FUNCTION(so, Mat_CreateVer);
	__typeof__(Mat_VarCreate) *make = FUNCTION(so, Mat_VarCreate);
	__typeof__(Mat_VarWrite) *put = FUNCTION(so, Mat_VarWrite);
	__typeof__(Mat_VarFree) *drop = FUNCTION(so, Mat_VarFree);
	__typeof__(Mat_Close) *close_file = FUNCTION(so, Mat_Close);
	double x[50 * 2], rate = 100;
	size_t dims[2] = { 50, 2 }, one[2] = { 1, 1 };
	for (int c = 0; c < 2; c++)
		for (int i = 0; i < 50; i++)
			x[c * 50 + i] = v(i, c, 0);
	char path[128];
	snprintf(path, sizeof path, "%s", in_folder(names[_i]));
	mat_t *mat = create(path, NULL, versions[_i]);
	ck_assert_ptr_nonnull(mat);
	matvar_t *fs = make("fs", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, one, &rate, 0);
	matvar_t *signal = make("X", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, x, 0);
	ck_assert(!put(mat, fs, MAT_COMPRESSION_NONE));
	ck_assert(!put(mat, signal, MAT_COMPRESSION_ZLIB));
	drop(fs);
	drop(signal);
	close_file(mat);
	struct windows_case q = { path, "step=1", 20, 2, 31, down, NULL, "column 1", NULL };
	check_windows(&q);
	damage(path, names[_i]);
}
END_TEST

START_TEST(damaged_mat_is_refused_or_read)
{
	static const char *const some[] = { "old.mat", "names.mat", "windows_first.mat", "struct.mat" };
	char path[128];
	if (!have_matio())
		unit_skip("libmatio11 is not installed");
	in_folder("");
	snprintf(path, sizeof path, "tests/foreign/%s", some[_i]);
	damage(path, some[_i]);
}
END_TEST
#endif

/* ---- EDF and BDF ---- */

#if __has_include(<edflib.h>)
#include <edflib.h>
#define HAVE_EDF

/* clang-format off */
#define EDF_FUNCTIONS(X) \
	X(edfopen_file_writeonly) X(edf_set_samplefrequency) X(edf_set_physical_maximum) X(edf_set_physical_minimum) \
	X(edf_set_digital_maximum) X(edf_set_digital_minimum) X(edf_set_label) X(edf_set_physical_dimension) \
	X(edfwrite_digital_samples) X(edfwrite_annotation_utf8) X(edfclose_file)
/* clang-format on */
#define EDF_FIELD(f) __typeof__(f) *f;
static struct {
	EDF_FUNCTIONS(EDF_FIELD)
} edf;

static bool load_edf(void)
{
	void *so = dlopen("libedf.so.1", RTLD_NOW);
#define EDF_LOAD(f)                                     \
	if (!so || !(*(void **)&edf.f = dlsym(so, #f))) \
		return false;
	EDF_FUNCTIONS(EDF_LOAD)
	return true;
}

enum { EDF_SECONDS = 6 };
static const struct {
	const char *name, *unit;
	int rate;
} edf_signals[] = { { "EEG Fpz-Cz", "uV", 100 }, { "ECG", "mV", 100 }, { "Resp", "", 50 } };

/* Digital values; the physical ones are half of them in EDF files, and the same in BDF files. */
static int digital(int64_t i, int signal)
{
	return (int)((i * 113 + signal * 7) % 20000) - 10000;
}

/* 3 signals of 6 s, and 3 annotations: rest at 0 for 2 s, move at 3 s for 1.5 s, click at 5 s. */
static const char *write_edf(const char *name, int type)
{
	static char path[160];
	bool bdf = type == EDFLIB_FILETYPE_BDFPLUS || type == EDFLIB_FILETYPE_BDF;
	snprintf(path, sizeof path, "%s", in_folder(name));
	int h = edf.edfopen_file_writeonly(path, type, 3), x[100];
	ck_assert_int_ge(h, 0);
	for (int s = 0; s < 3; s++) {
		edf.edf_set_samplefrequency(h, s, edf_signals[s].rate);
		edf.edf_set_digital_maximum(h, s, bdf ? 8388607 : 32767);
		edf.edf_set_digital_minimum(h, s, bdf ? -8388608 : -32768);
		edf.edf_set_physical_maximum(h, s, bdf ? 8388607 : 16383.5);
		edf.edf_set_physical_minimum(h, s, bdf ? -8388608 : -16384);
		edf.edf_set_label(h, s, edf_signals[s].name);
		edf.edf_set_physical_dimension(h, s, edf_signals[s].unit);
	}
	for (int second = 0; second < EDF_SECONDS; second++)
		for (int s = 0; s < 3; s++) {
			for (int i = 0; i < edf_signals[s].rate; i++)
				x[i] = digital(second * edf_signals[s].rate + i, s);
			ck_assert_int_eq(edf.edfwrite_digital_samples(h, x), 0);
		}
	edf.edfwrite_annotation_utf8(h, 0, 20000, "rest");
	edf.edfwrite_annotation_utf8(h, 30000, 15000, "move");
	edf.edfwrite_annotation_utf8(h, 50000, -1, "click");
	ck_assert_int_eq(edf.edfclose_file(h), 0);
	return path;
}

START_TEST(edf_is_read_as_edflib_wrote_it)
{
	static const char *const names[] = { "plus.edf", "plus.bdf" };
	double scale = _i ? 1 : 0.5;
	struct data d;
	if (!load_edf())
		unit_skip("libedf1 is not installed");
	const char *path = write_edf(names[_i], _i ? EDFLIB_FILETYPE_BDFPLUS : EDFLIB_FILETYPE_EDFPLUS);
	ck_assert(get(&d, path) < 0);
	ck_assert_msg(strstr(e.text, "'EEG Fpz-Cz' has 100 samples a second, 'Resp' 50; tsviz does not resample: "
	                             "--columns A,B names signals of one rate"),
	              "%s", e.text);
	ck_assert_msg(!get_with(&d, path, "columns", "ECG,EEG Fpz-Cz", false), "%s", e.text);
	ck_assert_int_eq(d.table.n_col, 4);
	ck_assert_int_eq(d.table.n_row, EDF_SECONDS * 100);
	ck_assert(d.table.rate == 100);
	ck_assert_str_eq(d.table.name[3], "annotation");
	ck_assert(says(d.table.understood, "units", "EEG Fpz-Cz uV, ECG mV"));
	ck_assert(says(d.table.understood, "not read", "Resp (50 Hz)"));
	ck_assert(says(d.table.understood, "label", "3 annotations, 2 with a duration"));
	for (int s = 0; s < 2; s++)
		for (int i = 0; i < d.table.n_row; i++)
			ck_assert_msg(d.table.number[s][i] == scale * digital(i, s), "%d %d: %g", s, i,
			              d.table.number[s][i]);
	for (int i = 0; i < d.table.n_row; i++)
		ck_assert_str_eq(d.table.text[3][i], i < 200               ? "rest"
		                                     : i >= 300 && i < 450 ? "move"
		                                     : i == 500            ? "click"
		                                                           : "");
	data_release(&d);
	ck_assert_msg(!get_with(&d, path, "columns", "3", false), "%s", e.text);
	ck_assert_int_eq(d.table.n_row, EDF_SECONDS * 50);
	for (int i = 0; i < d.table.n_row; i++)
		ck_assert(d.table.number[2][i] == scale * digital(i, 2));
	ck_assert_str_eq(d.table.text[3][100], "");
	ck_assert_str_eq(d.table.text[3][150], "move");
	data_release(&d);
	ck_assert(get_with(&d, path, "columns", "ECG,3", false) < 0);
	ck_assert(get_with(&d, path, "columns", "EMG", false) < 0);
	ck_assert_msg(strstr(e.text, "EMG") && strstr(e.text, "Resp"), "%s", e.text);
	damage(path, names[_i]);
}
END_TEST
#endif

/* ---- WFDB ---- */

enum { WFDB_N = 151 };

/* Sample i of signal k, as tests/foreign/gen_wfdb.py has it. */
static int64_t wfdb_sample(int64_t i, int64_t k, int64_t most)
{
	return (i * 37 + k * 11) % (2 * most - 1) - most + 1;
}

static const struct {
	int format;
	int64_t most;
} wfdb_formats[] = { { 16, 30000 }, { 61, 30000 }, { 80, 100 }, { 212, 2000 }, { 24, 8000000 }, { 32, 2000000000 } };

START_TEST(samples_of_each_wfdb_format_are_read)
{
	struct data d;
	char path[64];
	for (int n = 1; n < 3; n++) {
		snprintf(path, sizeof path, "tests/foreign/f%d_%d.hea", wfdb_formats[_i].format, n);
		ck_assert_msg(!get(&d, path), "%s: %s", path, e.text);
		ck_assert_str_eq(d.format, "WFDB");
		ck_assert_int_eq(d.table.n_row, WFDB_N);
		ck_assert_int_eq(d.table.n_col, n);
		ck_assert(d.table.rate == 360);
		ck_assert_msg(!d.table.warning, "%s", d.table.warning);
		ck_assert_str_eq(d.table.name[n - 1], n == 1 ? "lead a" : "lead b");
		for (int k = 0; k < n; k++)
			for (int64_t i = 0; i < WFDB_N; i++)
				ck_assert_msg(d.table.number[k][i] ==
				                      (double)(wfdb_sample(i, k, wfdb_formats[_i].most) - 10 * k) / 200,
				              "%s: %d %d: %g", path, k, (int)i, d.table.number[k][i]);
		data_release(&d);
	}
}
END_TEST

START_TEST(a_wfdb_record_of_two_files_with_annotations)
{
	struct data d;
	static const struct {
		int row;
		const char *text;
	} notes[] = { { 4, "+" }, { 10, "N" }, { 30, "V" }, { 60, "+" }, { 70, "artefact" } };
	ck_assert_msg(!get(&d, "tests/foreign/two.hea"), "%s", e.text);
	ck_assert(d.table.n_col == 4 && d.table.rate == 128);
	ck_assert(says(d.table.understood, "units", "signal 1 mV, signal 2 uV"));
	ck_assert_str_eq(d.table.warning, "1 annotations lie outside of the samples");
	for (int64_t i = 0; i < WFDB_N; i++) {
		/* the zero of the converter, 7, is the baseline; a gain of 0 means 200 */
		ck_assert_msg(d.table.number[0][i] == (double)(wfdb_sample(i, 0, 2000) - 7) / 100, "%d", (int)i);
		if (i == 20)
			ck_assert(isnan(d.table.number[1][i]));
		else
			ck_assert_msg(d.table.number[1][i] == (double)wfdb_sample(i, 1, 30000) / 200, "%d", (int)i);
		const char *text = "";
		for (size_t k = 0; k < sizeof notes / sizeof *notes; k++)
			text = notes[k].row == i ? notes[k].text : text;
		ck_assert_str_eq(d.table.text[2][i], text);
		ck_assert_str_eq(d.table.text[3][i], i < 4 ? "" : i < 60 ? "(N" : "(AFIB");
	}
	data_release(&d);
	ck_assert_msg(!get(&d, "tests/foreign/changed.hea"), "%s", e.text);
	ck_assert_ptr_nonnull(strstr(d.table.warning, "the checksum of 'I' is 77 in the header, but "));
	data_release(&d);
}
END_TEST

#define F "tests/foreign/"
static const struct refusal_case wfdb_refused[] = {
	{ F "skew.hea", "step=1", 0, 0, "line 2: the signal is shifted by 3 samples against the others (skew)" },
	{ F "frames.hea", "step=1", 0, 0, "has 4 samples in each frame, and tsviz does not resample" },
	{ F "format8.hea", "step=1", 0, 0, "samples of format 8 are not read, only 16, 24, 32, 61, 80 and 212" },
	{ F "folder.hea", "step=1", 0, 0, "'../two_a.dat', which is not the name of a file in its folder" },
	{ F "nofile.hea", "step=1", 0, 0, "its data are in 'three.dat', which cannot be opened" },
	{ F "short.hea", "step=1", 0, 0,
	  "file 'two_a.dat' holds 113 samples of each signal, the header announces 151" },
	{ F "segments.hea", "step=1", 0, 0, "is a record of several segments" },
};
#undef F

START_TEST(wfdb_records_that_cannot_be_read_are_refused)
{
	check_refusal(&wfdb_refused[_i]);
}
END_TEST

/* The header, the samples and the annotations, cut and changed. */
START_TEST(damaged_wfdb_is_refused_or_read)
{
	static const char *const files[] = { "two.hea", "two_a.dat", "two_b.dat", "two.atr" };
	struct data d;
	char path[128];
	for (int i = 0; i < 4; i++) {
		size_t n;
		snprintf(path, sizeof path, "tests/foreign/%s", files[i]);
		unsigned char *p = bytes_of(path, &n);
		put_bytes(in_folder(files[i]), p, n);
		free(p);
	}
	size_t n;
	unsigned char *p = bytes_of(in_folder(files[_i]), &n);
	for (size_t k = 0; k < 2 * n; k += 1 + n / 60) {
		unsigned char old = p[k % n];
		p[k % n] = k < n ? old : (unsigned char)(old * 7 + 3);
		put_bytes(in_folder(files[_i]), p, k < n ? k : n);
		p[k % n] = old;
		if (!get(&d, in_folder("two.hea")))
			data_release(&d);
	}
	free(p);
}
END_TEST

/* ---- JSON ---- */

/* Each gives the columns a = 1 2 3 and b = 0.5, missing, -2, and the texts k = x y x. */
static const char *const json_tables[] = {
	"{\"a\": 1, \"b\": 0.5, \"k\": \"x\"}\n{\"a\": 2, \"b\": null, \"k\": \"y\"}\n{\"k\": \"x\", \"b\": -2, \"a\": "
	"3}\n",
	"\xef\xbb\xbf{\"a\":1,\"b\":0.5,\"k\":\"x\"}\r\n\r\n{\"a\":2,\"k\":\"y\"}\r\n{\"a\":3,\"b\":-2e0,\"k\":\"x\"}",
	"[{\"a\": 1, \"b\": 0.5, \"k\": \"x\"},\n {\"a\": 2, \"k\": \"y\"}, {\"a\": 3, \"b\": -2, \"k\": \"x\"}]\n",
	"{\"rows\": [{\"a\": 1, \"b\": 0.5, \"k\": \"x\"}, {\"a\": 2, \"k\": \"y\"}, {\"a\": 3, \"b\": -2, \"k\": "
	"\"x\"}], \"n\": 3}",
	"{\"a\": [1, 2, 3], \"b\": [0.5, null, -2], \"k\": [\"x\", \"y\", \"x\"]}",
	"{\"a\": {\"0\": 1, \"1\": 2, \"2\": 3}, \"b\": {\"0\": 0.5, \"1\": null, \"2\": -2}, \"k\": {\"0\": \"x\", "
	"\"1\": \"y\", \"2\": \"x\"}}",
	"{\"a\": 1, \"b\": 0.5, \"k\": \"x\"}\n{\"a\": 2, \"b\": NaN, \"k\": \"y\"}\n{\"a\": 3, \"b\": -2, \"k\": "
	"\"x\"}\n",
	"{\"a\": [1, 2, 3], \"b\": [0.5, NaN, -2], \"k\": [\"x\", \"y\", \"x\"]}",
	"{\"columns\": [\"a\", \"b\", \"k\"], \"index\": [0, 1, 2], \"data\": [[1, 0.5, \"x\"], [2, null, \"y\"], [3, "
	"-2, \"x\"]]}",
};

START_TEST(json_rows_in_each_form)
{
	struct data d;
	put_bytes(in_folder("x.json"), (const unsigned char *)json_tables[_i], strlen(json_tables[_i]));
	for (int here = 0; here < 2; here++) {
		ck_assert_msg(!get_with(&d, in_folder("x.json"), NULL, NULL, here), "%d: %s", _i, e.text);
		ck_assert(!d.ready && d.table.n_row == 3 && d.table.n_col == 3);
		int a = -1, b = -1, k = -1;
		for (int c = 0; c < 3; c++) {
			a = strcmp(d.table.name[c], "a") ? a : c;
			b = strcmp(d.table.name[c], "b") ? b : c;
			k = strcmp(d.table.name[c], "k") ? k : c;
		}
		ck_assert(a >= 0 && b >= 0 && k >= 0);
		for (int i = 0; i < 3; i++) {
			ck_assert(d.table.number[a][i] == i + 1);
			ck_assert(i == 1 ? isnan(d.table.number[b][i]) : d.table.number[b][i] == (i ? -2 : 0.5));
			ck_assert_str_eq(d.table.text[k][i], i == 1 ? "y" : "x");
		}
		ck_assert_ptr_null(d.table.text[a]);
		data_release(&d);
	}
}
END_TEST

static const struct {
	const char *text, *says; /* says: a refusal, or NULL: two windows of 3 steps with the values below */
	int channels;
	bool labels;
} json_windows[] = {
	{ "{\"x\": [1, 2, 3], \"y\": \"up\"}\n{\"x\": [4, 5, 6], \"y\": \"down\"}\n", NULL, 1, true },
	{ "[[1, 2, 3], [4, 5, 6]]", NULL, 1, false },
	{ "[1, 2, 3]\n[4, 5, 6]\n", NULL, 1, false },
	{ "{\"u\": [1, 2, 3], \"v\": [11, 12, 13], \"label\": 1}\n{\"u\": [4, 5, 6], \"v\": [14, 15, 16], \"label\": "
	  "0}\n",
	  NULL, 2, true },
	{ "{\"x\": [[1, 11], [2, 12], [3, 13]]}\n{\"x\": [[4, 14], [5, 15], [6, 16]]}\n", NULL, 2, false },
	{ "{\"x\": [1, 2, 3]}\n{\"x\": [4, 5]}\n", "row 2, key 'x': all arrays must be numbers and have one length", 0,
	  false },
	{ "{\"x\": [1, 2, 3]}\n{\"x\": 4}\n", "key 'x' holds an array in some rows and none in others", 0, false },
	{ "{\"a\": 1}\n{\"a\": 2\n", "row 2, at line 2", 0, false },
	{ "{\"a\": 1, \"NaN\": \"\\\"Infinity\"}\n{\"a\": -Infinity}\n",
	  "line 2: Infinity is not a number that can be computed with; write null", 0, false },
	{ "{\"a\": 1}\n[2]\n", "row 2 is no object", 0, false },
	{ "{\"a\": 1, \"b\": 2}", "expected JSON lines", 0, false },
	{ "[1, 2, \"x\"]", "element 3 is not like the first", 0, false },
	{ "[[1, 2], [3]]", "element 2 is not like the first", 0, false },
	{ "[{\"a\": nan}]", "row 1, at line 1", 0, false },
};

START_TEST(json_windows_and_refusals)
{
	struct data data;
	struct dataset d;
	int C = json_windows[_i].channels;
	n_class = 2;
	put_bytes(in_folder("w.json"), (const unsigned char *)json_windows[_i].text, strlen(json_windows[_i].text));
	int bad = cut(&data, &d, in_folder("w.json"), "step=1", 3, C);
	if (json_windows[_i].says) {
		ck_assert(bad < 0);
		ck_assert_msg(strstr(e.text, json_windows[_i].says), "%s", e.text);
		return;
	}
	ck_assert_msg(!bad, "%d: %s", _i, e.text);
	ck_assert_int_eq(d.n, 2);
	real x[6];
	for (int i = 0; i < 2; i++) {
		dataset_window(&d, i, x);
		for (int t = 0; t < 3; t++)
			for (int c = 0; c < C; c++)
				ck_assert_msg(x[t * C + c] == (real)(1 + i * 3 + t + 10 * c), "%d: %d %d %d: %g", _i, i,
				              t, c, (double)x[t * C + c]);
	}
	ck_assert_int_eq(d.has_labels, json_windows[_i].labels);
	if (json_windows[_i].labels)
		ck_assert(dataset_class(&d, 0) == 1 && dataset_class(&d, 1) == 0);
	dataset_release(&d);
	data_release(&data);
}
END_TEST

static void setup(TCase *c)
{
	atexit(remove_folder);
	tcase_add_loop_test(c, samples_of_each_wfdb_format_are_read, 0, sizeof wfdb_formats / sizeof *wfdb_formats);
	tcase_add_loop_test(c, several_arrays_of_an_archive_are_channels, 0, sizeof npzs / sizeof *npzs);
	tcase_add_test(c, an_array_of_sixes_is_no_sac_file);
	tcase_add_loop_test(c, several_arrays_that_do_not_fit_are_refused, 0,
	                    sizeof npzs_refused / sizeof *npzs_refused);
	tcase_add_loop_test(c, json_rows_in_each_form, 0, sizeof json_tables / sizeof *json_tables);
	tcase_add_loop_test(c, json_windows_and_refusals, 0, sizeof json_windows / sizeof *json_windows);
	tcase_add_test(c, a_wfdb_record_of_two_files_with_annotations);
	tcase_add_loop_test(c, wfdb_records_that_cannot_be_read_are_refused, 0,
	                    sizeof wfdb_refused / sizeof *wfdb_refused);
	tcase_add_loop_test(c, damaged_wfdb_is_refused_or_read, 0, 4);
#ifdef HAVE_SNDFILE
	tcase_add_loop_test(c, sound_is_read_as_libsndfile_wrote_it, 0, sizeof sounds / sizeof *sounds);
	tcase_add_loop_test(c, damaged_sound_is_refused_or_read, 0, 3);
	tcase_add_test(c, sound_that_ends_early_is_warned_of);
#endif
#ifdef HAVE_EDF
	tcase_add_loop_test(c, edf_is_read_as_edflib_wrote_it, 0, 2);
#endif
#ifdef HAVE_MATIO
	tcase_add_loop_test(c, variables_of_mat_files_are_read, 0, sizeof mats / sizeof *mats);
	tcase_add_loop_test(c, variables_that_are_no_data_are_refused, 0, sizeof mats_refused / sizeof *mats_refused);
	tcase_add_loop_test(c, mat_is_read_as_libmatio_wrote_it, 0, 3);
	tcase_add_loop_test(c, damaged_mat_is_refused_or_read, 0, 4);
#endif
}

UNIT_MAIN_WITH("foreign", setup)
