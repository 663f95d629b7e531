/* Reads sound files: the channels are columns, a sample of all channels is a row. The one file that uses libsndfile. */
#include "src/data/foreign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "src/read/library.h"

#if __has_include(<sndfile.h>) && !defined TSVIZ_STATIC
#include <sndfile.h>

/* ---- pointers to the library's functions ---- */

#define FUNCTIONS(X) X(sf_open_virtual) X(sf_close) X(sf_readf_double) X(sf_strerror) X(sf_command)
LIBRARY(FUNCTIONS)

static int prepare(struct err *e)
{
	static const char *const names[] = { "libsndfile.so.1", "libsndfile.so", NULL };
	lib.so = lib.so ? lib.so : library_load(names, library_find);
	return lib.so ? 0
	              : err_set(e, ERR_UNSUPPORTED,
	                        "libsndfile is not installed, or memory is too short for it; sound files need it: apt "
	                        "install libsndfile1");
}

/* ---- the file in memory ---- */

struct memory {
	const unsigned char *data;
	sf_count_t n, at;
};

static sf_count_t memory_size(void *p)
{
	return ((struct memory *)p)->n;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *p)
{
	struct memory *m = p;
	sf_count_t to = (whence == SEEK_CUR ? m->at : whence == SEEK_END ? m->n : 0) + offset;
	if (to < 0 || to > m->n)
		return -1;
	return m->at = to;
}

static sf_count_t memory_read(void *to, sf_count_t count, void *p)
{
	struct memory *m = p;
	sf_count_t k = count < m->n - m->at ? count : m->n - m->at;
	if (k <= 0)
		return 0;
	memcpy(to, m->data + m->at, (size_t)k);
	m->at += k;
	return k;
}

static sf_count_t memory_write(const void *from, sf_count_t count, void *p)
{
	(void)from, (void)count, (void)p;
	return 0;
}

static sf_count_t memory_tell(void *p)
{
	return ((struct memory *)p)->at;
}

/* ---- what it holds ---- */

static const char *const kinds[] = { [SF_FORMAT_WAV >> 16] = "WAV",   [SF_FORMAT_AIFF >> 16] = "AIFF",
	                             [SF_FORMAT_AU >> 16] = "AU",     [SF_FORMAT_FLAC >> 16] = "FLAC",
	                             [SF_FORMAT_CAF >> 16] = "CAF",   [SF_FORMAT_OGG >> 16] = "Ogg",
	                             [SF_FORMAT_WAVEX >> 16] = "WAV", [SF_FORMAT_RF64 >> 16] = "RF64",
	                             [SF_FORMAT_W64 >> 16] = "W64" };

/* How its samples are kept: the range of what is read depends on it. */
static const char *range_of(int format)
{
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_S8:
	case SF_FORMAT_PCM_U8:
		return "8-bit samples, divided by 128 so that they are between -1 and 1";
	case SF_FORMAT_PCM_16:
		return "16-bit samples, divided by 32768 so that they are between -1 and 1";
	case SF_FORMAT_PCM_24:
		return "24-bit samples, divided by 2^23 so that they are between -1 and 1";
	case SF_FORMAT_PCM_32:
		return "32-bit samples, divided by 2^31 so that they are between -1 and 1";
	case SF_FORMAT_FLOAT:
	case SF_FORMAT_DOUBLE:
		return "numbers as they are in the file";
	default:
		return "packed samples, unpacked to numbers between -1 and 1";
	}
}

static void say(struct found *f, const SF_INFO *i)
{
	size_t kind = (size_t)(i->format & SF_FORMAT_TYPEMASK) >> 16;
	const char *name = kind < sizeof kinds / sizeof *kinds && kinds[kind] ? kinds[kind] : "sound";
	understood_add(&f->arena, &f->understood, "file", "%s, %d channel%s, %" PRId64 " samples each", name,
	               i->channels, i->channels == 1 ? "" : "s", f->n_row);
	understood_add(&f->arena, &f->understood, "values", "%s", range_of(i->format));
	understood_add(&f->arena, &f->understood, "rate", "%d Hz", i->samplerate);
}

enum { BLOCK = 4096 };

/* Reads up to f->n_row samples of each channel. Returns how many there were. */
static int64_t read_samples(struct found *f, SNDFILE *s, int channels, double *block)
{
	int64_t row = 0;
	for (;;) {
		int64_t left = f->n_row - row;
		sf_count_t k = left ? lib.sf_readf_double(s, block, left < BLOCK ? left : BLOCK) : 0;
		if (k <= 0)
			return row;
		for (int c = 0; c < channels; c++)
			for (sf_count_t i = 0; i < k; i++)
				f->number[c][row + i] = block[i * channels + c];
		row += k;
	}
}

/* A length that the header declares although the file is shorter. */
static void warn_short(struct found *f, const struct foreign_job *j, int64_t declared)
{
	uint32_t size = 0;
	if (j->n >= 8 && !memcmp(j->data, "RIFF", 4))
		for (int i = 3; i >= 0; i--)
			size = size << 8 | j->data[4 + i];
	if (f->n_row < declared)
		found_warn(f, "the header declares %" PRId64 " samples, but the file ends after %" PRId64, declared,
		           f->n_row);
	else if (size > j->n - 8 && size < 0x7fffffff)
		found_warn(f, "the header declares %" PRIu32 " bytes, but the file ends after %zu", size + 8, j->n);
}

static int read_columns(struct found *f, SNDFILE *s, const SF_INFO *i, const struct foreign_job *j, struct err *e)
{
	char name[32];
	if (i->frames < 1)
		return err_set(e, ERR_FORMAT, "the sound file has no samples");
	/* No format packs a sample of silence into less than about 1/4000 of a byte. */
	if (i->frames / 65536 > (int64_t)j->n)
		return err_set(e, ERR_FORMAT,
		               "the header declares %" PRId64 " samples, which the file cannot hold; it is damaged",
		               (int64_t)i->frames);
	if (found_columns(f, i->frames, i->channels, e))
		return e->code;
	for (int c = 0; c < i->channels; c++) {
		snprintf(name, sizeof name, "channel %d", c + 1);
		f->name[c] = arena_strdup(&f->arena, name);
		if (!found_numbers(f, c, e))
			return e->code;
	}
	double *block = arena_reserve(&f->arena, (size_t)BLOCK * (size_t)i->channels, sizeof *block);
	f->n_row = read_samples(f, s, i->channels, block);
	if (!f->n_row)
		return err_set(e, ERR_FORMAT, "the sound file is damaged: it has no samples that can be read");
	f->rate = i->samplerate;
	f->line_noun = "sample";
	warn_short(f, j, i->frames);
	say(f, i);
	return 0;
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	struct memory m = { j->data, (sf_count_t)j->n, 0 };
	SF_VIRTUAL_IO io = { memory_size, memory_seek, memory_read, memory_write, memory_tell };
	SF_INFO i = { 0 };
	SNDFILE *s = lib.sf_open_virtual(&io, SFM_READ, &i, &m);
	if (!s)
		return err_set(e, ERR_FORMAT,
		               "the sound file is damaged or of a kind that libsndfile does not read: %.200s",
		               lib.sf_strerror(NULL));
	int bad = read_columns(f, s, &i, j, e);
	lib.sf_close(s);
	return bad;
}

#else

static int prepare(struct err *e)
{
	return err_set(
	        e, ERR_UNSUPPORTED,
	        "is a sound file, but this program was built without libsndfile; convert it: sox FILE -t dat x.txt");
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	(void)f, (void)j;
	return prepare(e);
}
#endif

static int sound_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	static const struct foreign how = { .prepare = prepare, .work = work, .library = (int64_t)64 << 20 };
	return foreign_read(d, s, q, budget, &how, e);
}

static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	(void)q;
	if (n < 12)
		return false;
	if (!memcmp(head, "RIFF", 4) || !memcmp(head, "RIFX", 4) || !memcmp(head, "RF64", 4))
		return !memcmp(head + 8, "WAVE", 4);
	if (!memcmp(head, "FORM", 4))
		return !memcmp(head + 8, "AIF", 3);
	return !memcmp(head, "fLaC", 4) || !memcmp(head, "OggS", 4) || !memcmp(head, ".snd", 4) ||
	       !memcmp(head, "caff", 4);
}

const struct data_reader reader_sound = {
	.name = "Sound",
	.extensions = ".wav .flac .aiff .ogg .au .caf (a column for each channel; needs libsndfile1)",
	.example = "tsviz info net.onnx noise.wav --columns 1",
	.probe = probe,
	.read = sound_read,
};
