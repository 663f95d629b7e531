/* Reads records of WFDB, the format of PhysioNet: a text NAME.hea that describes signals, files that hold their
 * samples, and NAME.atr with annotations. Written after the WFDB Applications Guide: header(5), signal(5) and annot(5).
 */
#include "src/data/foreign.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/number.h"

enum { SIGNALS_MAX = 1024, FIELDS_MAX = 12, FILE_NAME_MAX = 128 };

/* ---- formats of samples: signal(5) ---- */

static int32_t signed_of(uint32_t v, int bits)
{
	uint32_t top = (uint32_t)1 << (bits - 1);
	return (int32_t)((v ^ top) - top);
}

static int32_t sample_16(const unsigned char *p, int64_t i)
{
	p += 2 * i;
	return signed_of((uint32_t)p[0] | (uint32_t)p[1] << 8, 16);
}

static int32_t sample_61(const unsigned char *p, int64_t i)
{
	p += 2 * i;
	return signed_of((uint32_t)p[1] | (uint32_t)p[0] << 8, 16);
}

static int32_t sample_80(const unsigned char *p, int64_t i)
{
	return p[i] - 128;
}

/* Two samples of 12 bits are in three bytes; the second one holds the high bits of both. */
static int32_t sample_212(const unsigned char *p, int64_t i)
{
	p += i / 2 * 3;
	uint32_t v =
	        i % 2 ? (uint32_t)p[2] | ((uint32_t)p[1] & 0xf0) << 4 : (uint32_t)p[0] | ((uint32_t)p[1] & 0x0f) << 8;
	return signed_of(v, 12);
}

static int32_t sample_24(const unsigned char *p, int64_t i)
{
	p += 3 * i;
	return signed_of((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16, 24);
}

static int32_t sample_32(const unsigned char *p, int64_t i)
{
	p += 4 * i;
	return (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
}

static const struct format {
	const char *name;
	int32_t (*sample)(const unsigned char *p, int64_t i); /* NULL: tsviz does not read it */
	int bits;                                             /* of a sample, in the file */
	int32_t missing;                                      /* this value says that there is none */
} formats[] = {
	{ "16", sample_16, 16, -32768 },
	{ "61", sample_61, 16, -32768 },
	{ "80", sample_80, 8, -128 },
	{ "212", sample_212, 12, -2048 },
	{ "24", sample_24, 24, -8388608 },
	{ "32", sample_32, 32, INT32_MIN },
	{ "0", NULL, 0, 0 },
	{ "8", NULL, 0, 0 },
	{ "160", NULL, 0, 0 },
	{ "310", NULL, 0, 0 },
	{ "311", NULL, 0, 0 },
	{ "508", NULL, 0, 0 },
	{ "516", NULL, 0, 0 },
	{ "524", NULL, 0, 0 },
};

static const struct format *find_format(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strlen(formats[i].name) == n && !memcmp(formats[i].name, s, n))
			return &formats[i];
	return NULL;
}

/* How many samples n bytes hold. */
static int64_t samples_in(const struct format *f, int64_t n)
{
	return n / f->bits * 8 + n % f->bits * 8 / f->bits;
}

/* ---- the header: header(5) ---- */

struct field {
	const char *s;
	size_t n;
};

struct line {
	struct field field[FIELDS_MAX];
	int n;
	struct field rest; /* from the last field to the end of the line */
};

struct reading {
	const char *at, *end;
	int64_t line; /* number of the last line that was read */
};

/* Splits the next line that is no comment. limit: how many fields; the last one holds the rest. Returns false at the
 * end. */
static bool next_line(struct reading *r, struct line *l, int limit)
{
	while (r->at < r->end) {
		const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
		const char *s = r->at, *end = stop ? stop : r->end;
		r->at = stop ? stop + 1 : r->end;
		r->line++;
		while (end > s && strchr(" \t\r", end[-1]) && end[-1])
			end--;
		l->n = 0;
		while (s < end) {
			for (; s < end && (*s == ' ' || *s == '\t'); s++)
				;
			const char *from = s;
			for (; s < end && ((*s != ' ' && *s != '\t') || l->n + 1 == limit); s++)
				;
			if (s > from)
				l->field[l->n++] = (struct field){ from, (size_t)(s - from) };
		}
		if (l->n && *l->field[0].s != '#')
			return true;
	}
	return false;
}

/* A number at the start of a field. Returns what follows it, or NULL. */
static const char *number_of(struct field f, double *v)
{
	return number_begin(f.s, f.s + f.n, '.', v);
}

static bool whole_of(struct field f, int64_t most, int64_t *v)
{
	double x;
	if (number_of(f, &x) != f.s + f.n || x != floor(x) || fabs(x) > (double)most)
		return false;
	*v = (int64_t)x;
	return true;
}

struct signal {
	char file[FILE_NAME_MAX];
	const struct format *format;
	int64_t offset; /* bytes before the first sample */
	double gain, baseline;
	char unit[24], name[64];
	int64_t checksum; /* 16 bits, signed */
	bool has_checksum;
	int group, place, in_group; /* of the file: its number, the signal's place in it, how many signals it has */
};

struct header {
	char record[FILE_NAME_MAX];
	double rate;
	int64_t n_sample; /* 0: not given */
	int n;
	struct signal *signal; /* malloc'd */
};

static void copy(char *to, size_t size, const char *s, size_t n)
{
	n = n < size ? n : size - 1;
	memcpy(to, s, n);
	to[n] = 0;
}

static int say_line(const struct reading *r, struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "line %" PRId64 ": %s", r->line, what);
}

/* "NAME[/SEGMENTS] SIGNALS [RATE[/COUNTER] [SAMPLES ...]]" */
static int read_record_line(struct header *h, struct reading *r, struct err *e)
{
	struct line l;
	int64_t signals;
	if (!next_line(r, &l, FIELDS_MAX) || l.n < 2 || !whole_of(l.field[1], SIGNALS_MAX, &signals) || signals < 0)
		return say_line(r, e, "expected the name of the record and the number of its signals");
	if (memchr(l.field[0].s, '/', l.field[0].n))
		return err_set(e, ERR_UNSUPPORTED,
		               "is a record of several segments; each segment is a record with a .hea file of its own: "
		               "give these instead");
	copy(h->record, sizeof h->record, l.field[0].s, l.field[0].n);
	h->n = (int)signals;
	h->rate = 250;
	if (l.n > 2 && (!number_of(l.field[2], &h->rate) || !(h->rate > 0)))
		return say_line(r, e, "the samples per second must be a number above 0");
	if (l.n > 3 && (!whole_of(l.field[3], (int64_t)1 << 40, &h->n_sample) || h->n_sample < 0))
		return say_line(r, e, "the number of samples must be a whole number");
	return h->n ? 0 : err_set(e, ERR_UNSUPPORTED, "the record has no signals");
}

/* "FORMAT[xSAMPLES][:SKEW][+OFFSET]" */
static int read_format(struct signal *s, struct field f, const struct reading *r, struct err *e)
{
	size_t n = strspn(f.s, "0123456789");
	n = n < f.n ? n : f.n;
	s->format = find_format(f.s, n);
	if (!s->format || !s->format->sample)
		return err_set(e, ERR_UNSUPPORTED,
		               "line %" PRId64
		               ": samples of format %.*s are not read, only 16, 24, 32, 61, 80 and 212; "
		               "WFDB's xform converts: xform -i RECORD -f 16",
		               r->line, (int)(f.n < 20 ? f.n : 20), f.s);
	for (size_t at = n; at < f.n;) {
		char what = f.s[at++];
		double v;
		const char *after = number_begin(f.s + at, f.s + f.n, '.', &v);
		if (!after || !strchr("x:+", what) || v < 0 || v > 1e9 || v != floor(v))
			return say_line(r, e, "the format of the samples cannot be read");
		at = (size_t)(after - f.s);
		if (what == 'x' && v > 1)
			return err_set(
			        e, ERR_UNSUPPORTED,
			        "line %" PRId64 ": the signal has %g samples in each frame, and tsviz does not "
			        "resample; WFDB's xform gives all signals one rate: xform -i RECORD -f FREQUENCY",
			        r->line, v);
		if (what == ':' && v > 0)
			return err_set(e, ERR_UNSUPPORTED,
			               "line %" PRId64
			               ": the signal is shifted by %g samples against the others (skew); "
			               "WFDB's xform writes a record without skew: xform -i RECORD",
			               r->line, v);
		if (what == '+')
			s->offset = (int64_t)v;
	}
	return 0;
}

/* "GAIN[(BASELINE)][/UNITS]". Without a gain, or with 0, it is 200 per mV; the amplitude is not calibrated then. */
static int read_gain(struct signal *s, struct field f, bool *has_baseline, const struct reading *r, struct err *e)
{
	const char *end = f.s + f.n, *at = number_of(f, &s->gain);
	if (at && at < end && *at == '(') {
		at = number_begin(at + 1, end, '.', &s->baseline);
		*has_baseline = at != NULL;
		at = at && at < end && *at == ')' ? at + 1 : NULL;
	}
	if (at && at < end && *at == '/') {
		copy(s->unit, sizeof s->unit, at + 1, (size_t)(end - at - 1));
		at = end;
	}
	if (at != end)
		return say_line(r, e, "the gain cannot be read; expected such as 200(1024)/mV");
	if (!(s->gain > 0 || s->gain < 0))
		s->gain = 200;
	return 0;
}

/* "FILE FORMAT [GAIN [RESOLUTION [ZERO [INITIAL [CHECKSUM [BLOCK [DESCRIPTION]]]]]]]" */
static int read_signal_line(struct header *h, int k, struct reading *r, struct err *e)
{
	struct line l;
	struct signal *s = &h->signal[k];
	int64_t zero = 0;
	bool has_baseline = false;
	*s = (struct signal){ .gain = 200, .unit = "mV" };
	snprintf(s->name, sizeof s->name, "signal %d", k + 1);
	if (!next_line(r, &l, 9))
		return err_set(e, ERR_FORMAT, "the header announces %d signals, but describes %d", h->n, k);
	if (l.n < 2 || l.field[0].n >= sizeof s->file)
		return say_line(r, e, "expected the file and the format of a signal");
	copy(s->file, sizeof s->file, l.field[0].s, l.field[0].n);
	int bad = read_format(s, l.field[1], r, e);
	if (!bad && l.n > 2)
		bad = read_gain(s, l.field[2], &has_baseline, r, e);
	if (!bad && l.n > 4 && !whole_of(l.field[4], INT32_MAX, &zero))
		bad = say_line(r, e, "the zero of the converter must be a whole number");
	if (!bad && l.n > 6) {
		bad = whole_of(l.field[6], INT32_MAX, &s->checksum)
		              ? 0
		              : say_line(r, e, "the checksum must be a whole number");
		s->has_checksum = true;
	}
	if (l.n > 8)
		copy(s->name, sizeof s->name, l.field[8].s, l.field[8].n);
	if (!has_baseline)
		s->baseline = (double)zero;
	return bad;
}

/* Signals of a file are neighbours, and their samples alternate in it. */
static int group_signals(struct header *h, struct err *e)
{
	for (int i = 0, group = -1; i < h->n; i++) {
		struct signal *s = &h->signal[i];
		bool same = i && !strcmp(s->file, s[-1].file);
		group += !same;
		s->group = group;
		s->place = same ? s[-1].place + 1 : 0;
		for (int k = i - s->place; k <= i; k++)
			h->signal[k].in_group = s->place + 1;
		for (int k = 0; !same && k < i; k++)
			if (!strcmp(h->signal[k].file, s->file))
				return err_set(e, ERR_FORMAT, "the signals of file '%.60s' are not neighbours",
				               s->file);
		if (same && (s->format != s[-1].format || s->offset != s[-1].offset))
			return err_set(e, ERR_FORMAT, "the signals of file '%.60s' have different formats", s->file);
	}
	return 0;
}

static int read_header(struct header *h, const unsigned char *data, size_t n, struct err *e)
{
	struct reading r = { (const char *)data, (const char *)data + n, 0 };
	*h = (struct header){ .n = 0 };
	int bad = read_record_line(h, &r, e);
	if (bad)
		return bad;
	h->signal = xcalloc((size_t)h->n, sizeof *h->signal);
	for (int i = 0; i < h->n && !bad; i++)
		bad = read_signal_line(h, i, &r, e);
	bad = bad ? bad : group_signals(h, e);
	if (bad) {
		free(h->signal);
		h->signal = NULL;
	}
	return bad;
}

/* ---- samples ---- */

static const struct foreign_file *file_of(const struct foreign_job *j, const char *name)
{
	for (int i = 0; i < j->n_beside; i++)
		if (!strcmp(j->beside[i].name, name))
			return &j->beside[i];
	return NULL;
}

/* How many samples each signal has: as the header says, else as many as all files hold. */
static int count_samples(const struct header *h, const struct foreign_job *j, int64_t *n, struct err *e)
{
	int64_t least = INT64_MAX;
	for (int i = 0; i < h->n; i++) {
		const struct signal *s = &h->signal[i];
		const struct foreign_file *f = file_of(j, s->file);
		int64_t bytes = f && (int64_t)f->n > s->offset ? (int64_t)f->n - s->offset : 0;
		int64_t held = samples_in(s->format, bytes) / s->in_group;
		if (h->n_sample && held < h->n_sample)
			return err_set(e, ERR_FORMAT,
			               "file '%.60s' holds %" PRId64
			               " samples of each signal, the header announces %" PRId64 ": it is cut off",
			               s->file, held, h->n_sample);
		least = held < least ? held : least;
	}
	*n = h->n_sample ? h->n_sample : least;
	return *n ? 0 : err_set(e, ERR_FORMAT, "the signal files hold no samples");
}

static int read_samples(struct found *f, const struct header *h, int i, const struct foreign_job *j, struct err *e)
{
	const struct signal *s = &h->signal[i];
	const unsigned char *p = file_of(j, s->file)->data + s->offset;
	double *x = found_numbers(f, i, e);
	uint32_t sum = 0;
	if (!x)
		return e->code;
	for (int64_t k = 0; k < f->n_row; k++) {
		int32_t v = s->format->sample(p, k * s->in_group + s->place);
		sum += (uint32_t)v;
		x[k] = v == s->format->missing ? NAN : (v - s->baseline) / s->gain;
	}
	if (s->has_checksum && h->n_sample && ((uint32_t)s->checksum & 0xffff) != (sum & 0xffff))
		found_warn(f,
		           "the checksum of '%.60s' is %d in the header, but %d in its samples: one of the files was "
		           "changed",
		           s->name, signed_of((uint32_t)s->checksum & 0xffff, 16), signed_of(sum & 0xffff, 16));
	return 0;
}

/* ---- annotations: annot(5), and the codes of ecgcodes.h ---- */

enum { SKIP = 59, NUM = 60, SUB = 61, CHN = 62, AUX = 63, NOTE = 22, RHYTHM = 28, SYMBOLS = 42 };
static const char symbols[SYMBOLS + 1] = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

struct notes {
	struct found *f;
	int col, rhythm_col; /* -1: there is no rhythm */
	double ticks;        /* of the annotations in a second */
	int64_t count, outside;
	int64_t rhythm_from;
	char rhythm[256];
};

struct note {
	int64_t time;
	int code;
	char aux[256];
};

static int fill_rhythm(struct notes *q, int64_t to, struct err *e)
{
	for (int64_t i = q->rhythm_from; i < to && *q->rhythm; i++)
		if (found_text(q->f, q->rhythm_col, i, q->rhythm, sizeof q->rhythm, e))
			return e->code;
	return 0;
}

static int put_note(struct notes *q, const struct note *a, struct err *e)
{
	static const char resolution[] = "## time resolution: ";
	double v;
	if (a->code == NOTE && a->time == 0 && !strncmp(a->aux, "## ", 3)) {
		size_t n = sizeof resolution - 1;
		if (!strncmp(a->aux, resolution, n) && number_begin(a->aux + n, a->aux + strlen(a->aux), '.', &v) &&
		    v > 0)
			q->ticks = v;
		return 0;
	}
	double at = (double)a->time / q->ticks * q->f->rate + 0.5;
	int64_t row = at >= 0 && at < (double)q->f->n_row ? (int64_t)at : -1;
	q->count += row >= 0;
	q->outside += row < 0;
	if (row < 0)
		return 0;
	if (a->code == RHYTHM && *a->aux && q->rhythm_col >= 0) {
		if (fill_rhythm(q, row, e))
			return e->code;
		q->rhythm_from = row;
		snprintf(q->rhythm, sizeof q->rhythm, "%s", a->aux);
	}
	char text[16] = "";
	if (a->code < SYMBOLS)
		text[0] = symbols[a->code];
	else
		snprintf(text, sizeof text, "[%d]", a->code);
	const char *what = a->code == NOTE && *a->aux ? a->aux : text;
	return found_text(q->f, q->col, row, what, strlen(what), e);
}

/* Gives each annotation of a file to put(). */
static int each_note(const unsigned char *p, size_t n, struct notes *q,
                     int (*put)(struct notes *q, const struct note *a, struct err *e), struct err *e)
{
	struct note a = { 0, -1, "" };
	int64_t time = 0;
	int bad = 0;
	size_t at = 0;
	while (at + 2 <= n && !bad) {
		unsigned word = p[at] | (unsigned)p[at + 1] << 8, code = word >> 10, interval = word & 0x3ff;
		at += 2;
		if (!word)
			break;
		if (code == SKIP) {
			if (n - at < 4)
				return err_set(e, ERR_FORMAT, "the annotations end early");
			/* four bytes as the PDP-11 has them: the high half first */
			uint32_t high = p[at] | (uint32_t)p[at + 1] << 8, low = p[at + 2] | (uint32_t)p[at + 3] << 8;
			time += (int32_t)(high << 16 | low);
			at += 4;
		} else if (code == AUX) {
			size_t padded = interval + (interval & 1);
			if (n - at < interval)
				return err_set(e, ERR_FORMAT, "the annotations end early");
			size_t length = strnlen((const char *)p + at, interval);
			copy(a.aux, sizeof a.aux, (const char *)p + at, length);
			at += padded < n - at ? padded : n - at;
		} else if (code < SKIP) {
			if (code > 49)
				return err_set(e, ERR_FORMAT, "an annotation has the unknown code %u", code);
			if (a.code >= 0)
				bad = put(q, &a, e);
			time += interval;
			a = (struct note){ time, (int)code, "" };
		}
	}
	return !bad && a.code >= 0 ? put(q, &a, e) : bad;
}

static int find_rhythm(struct notes *q, const struct note *a, struct err *e)
{
	(void)e;
	q->count += a->code == RHYTHM && *a->aux;
	return 0;
}

static int has_rhythm(const struct foreign_file *f, bool *yes, struct err *e)
{
	struct notes q = { .count = 0 };
	int bad = each_note(f->data, f->n, &q, find_rhythm, e);
	*yes = q.count > 0;
	return bad;
}

static int read_notes(struct found *f, const struct foreign_file *file, int col, bool rhythm, struct err *e)
{
	struct notes q = { .f = f, .col = col, .rhythm_col = rhythm ? col + 1 : -1, .ticks = f->rate };
	int bad = each_note(file->data, file->n, &q, put_note, e);
	if (!bad && rhythm)
		bad = fill_rhythm(&q, f->n_row, e);
	if (q.outside)
		found_warn(f, "%" PRId64 " annotations lie outside of the samples", q.outside);
	understood_add(&f->arena, &f->understood, "label",
	               "column 'annotation': %" PRId64
	               " annotations of %.60s, each in its row; --label annotation takes "
	               "it, and --label-rule any looks for one in each window",
	               q.count, file->name);
	if (rhythm)
		understood_add(&f->arena, &f->understood, "rhythm", "column 'rhythm', from one change to the next");
	return bad;
}

/* ---- the record ---- */

static void say(struct found *f, const struct header *h)
{
	char units[400] = "";
	size_t n = 0;
	for (int i = 0; i < h->n; i++) {
		f->name[i] = arena_strdup(&f->arena, h->signal[i].name);
		if (n + 100 < sizeof units)
			n += (size_t)snprintf(units + n, sizeof units - n, "%s%s %s", i ? ", " : "", h->signal[i].name,
			                      h->signal[i].unit);
	}
	understood_add(&f->arena, &f->understood, "file",
	               "record %.60s, %d signal%s, %" PRId64 " samples each, format %s", h->record, h->n,
	               h->n == 1 ? "" : "s", f->n_row, h->signal[0].format->name);
	understood_add(&f->arena, &f->understood, "rate", "%g Hz", h->rate);
	understood_add(&f->arena, &f->understood, "units", "%s", units);
}

static int read_record(struct found *f, const struct header *h, const struct foreign_job *j, struct err *e)
{
	const struct foreign_file *notes = NULL;
	bool rhythm = false;
	int64_t n = 0;
	for (int i = 0; i < j->n_beside; i++)
		if (strlen(j->beside[i].name) > 4 && !strcmp(strrchr(j->beside[i].name, 0) - 4, ".atr"))
			notes = &j->beside[i];
	int bad = count_samples(h, j, &n, e);
	if (!bad && notes && (bad = has_rhythm(notes, &rhythm, e)))
		return err_at(e, "%.60s", notes->name);
	bad = bad ? bad : found_columns(f, n, h->n + (notes ? 1 + rhythm : 0), e);
	if (bad)
		return bad;
	f->rate = h->rate;
	f->line_noun = "sample";
	say(f, h);
	for (int i = 0; i < h->n && !bad; i++)
		bad = read_samples(f, h, i, j, e);
	if (bad || !notes)
		return bad;
	f->name[h->n] = "annotation";
	if (rhythm)
		f->name[h->n + 1] = "rhythm";
	bad = read_notes(f, notes, h->n, rhythm, e);
	return bad ? err_at(e, "%.60s", notes->name) : 0;
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	struct header h;
	int bad = read_header(&h, j->data, j->n, e);
	if (!bad)
		bad = read_record(f, &h, j, e);
	free(h.signal);
	return bad;
}

/* ---- the files ---- */

static int want_files(struct read_side *side, const struct header *h, const char *path, struct err *e)
{
	for (int i = 0; i < h->n; i++)
		if (read_side_want(side, h->signal[i].file, e))
			return e->code;
	/* NAME.atr is beside NAME.hea */
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name), folder = (size_t)(name - path);
	char *atr = xasprintf("%.*s%.*s.atr", (int)folder, path, (int)(n > 4 ? n - 4 : n), name);
	int bad = access(atr, F_OK) == 0 ? read_side_want(side, atr + folder, e) : 0;
	free(atr);
	return bad;
}

static int read_files(struct data *d, struct foreign_job *j, unsigned char *data, struct read_side *side,
                      int64_t budget, struct err *e)
{
	static const struct foreign how = { .work = work };
	struct foreign_file *file = xcalloc((size_t)side->n + 1, sizeof *file);
	for (int i = 0; i < side->n; i++) {
		file[i] = (struct foreign_file){ side->file[i].name, side->file[i].data, side->file[i].n };
		budget -= (int64_t)file[i].n;
	}
	j->beside = file;
	j->n_beside = side->n;
	int bad = foreign_run(d, j, data, &how, budget, e);
	free(file);
	return bad;
}

static int wfdb_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	unsigned char *data;
	struct foreign_job j = { .file = s->file, .q = q };
	struct header h;
	struct read_side side = { .n = 0 };
	int bad = source_rest(s, &data, &j.n, e);
	if (bad)
		return bad;
	bad = read_header(&h, data, j.n, e);
	if (!bad && (s->alone || !s->path))
		bad = err_set(e, ERR_IO,
		              s->alone ? "its samples are in other files, which --no-external-data forbids to read"
		                       : "its samples are in other files; give the path of the .hea file");
	if (!bad)
		bad = want_files(&side, &h, s->path, e);
	free(h.signal);
	if (!bad)
		bad = read_side_open(&side, s->path, budget / 2, e);
	if (!bad)
		bad = read_files(d, &j, data, &side, budget, e);
	else
		free(data);
	read_side_release(&side);
	return bad;
}

/* A record line, and behind it a line for each signal whose second field is a format. */
static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	struct reading r = { (const char *)head, (const char *)head + (n < 65536 ? n : 65536), 0 };
	struct line l;
	int64_t signals;
	double rate;
	(void)q;
	if (memchr(head, 0, n < 65536 ? n : 65536) || !next_line(&r, &l, FIELDS_MAX) || l.n < 2 ||
	    !whole_of(l.field[1], SIGNALS_MAX, &signals) || signals < 1 || (l.n > 2 && !number_of(l.field[2], &rate)))
		return false;
	if (memchr(l.field[0].s, '/', l.field[0].n)) /* segments */
		return l.n > 3 && l.field[0].s[l.field[0].n - 1] >= '0' && l.field[0].s[l.field[0].n - 1] <= '9';
	for (int64_t i = 0; i < signals && i < 20; i++) {
		double v;
		if (!next_line(&r, &l, FIELDS_MAX) || l.n < 2 ||
		    number_of(l.field[0], &v) == l.field[0].s + l.field[0].n)
			return false;
		size_t k = strspn(l.field[1].s, "0123456789");
		k = k < l.field[1].n ? k : l.field[1].n;
		if (!k || !find_format(l.field[1].s, k) || (k < l.field[1].n && !strchr("x:+", l.field[1].s[k])))
			return false;
	}
	return true;
}

const struct data_reader reader_wfdb = {
	.name = "WFDB",
	.extensions = ".hea with its .dat (formats 16 24 32 61 80 212) and .atr (annotations as labels)",
	.example = "tsviz eval net.keras 100.hea --columns MLII --label annotation --label-rule any",
	.probe = probe,
	.read = wfdb_read,
};
