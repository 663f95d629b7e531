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
	step = n / 30 + 1;
	for (size_t k = 1; k < n; k += k < 40 ? 5 : step) {
		put_bytes(damaged, p, k);
		if (!get(&d, damaged))
			data_release(&d);
	}
	step = n / 60 + 1;
	for (size_t k = 0; k < n; k += k < 300 ? 7 : step) {
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

static const char *write_sound(int k)
{
	void *so = dlopen("libsndfile.so.1", RTLD_NOW);
	if (!so)
		return NULL;
	__typeof__(sf_open) *open_file = (__typeof__(sf_open) *)dlsym(so, "sf_open");
	__typeof__(sf_writef_int) *write_int = (__typeof__(sf_writef_int) *)dlsym(so, "sf_writef_int");
	__typeof__(sf_close) *close_file = (__typeof__(sf_close) *)dlsym(so, "sf_close");
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

static void setup(TCase *c)
{
	atexit(remove_folder);
#ifdef HAVE_SNDFILE
	tcase_add_loop_test(c, sound_is_read_as_libsndfile_wrote_it, 0, sizeof sounds / sizeof *sounds);
	tcase_add_loop_test(c, damaged_sound_is_refused_or_read, 0, 3);
	tcase_add_test(c, sound_that_ends_early_is_warned_of);
#endif
}

UNIT_MAIN_WITH("foreign", setup)
