/* Reads EDF, EDF+, BDF and BDF+ files: signals of one rate are columns in physical units, annotations are a column of
 * texts. The one file that uses EDFlib. */
#include "src/data/foreign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"
#include "src/read/library.h"

#if __has_include(<edflib.h>) && !defined TSVIZ_STATIC
#include <edflib.h>

/* ---- pointers to the library's functions ---- */

#define FUNCTIONS(X) \
	X(edfopen_file_readonly) X(edfclose_file) X(edfread_physical_samples) X(edf_get_annotation) X(edflib_version)
LIBRARY(FUNCTIONS)

static int prepare(struct err *e)
{
	static const char *const names[] = { "libedf.so.1", NULL };
	lib.so = lib.so ? lib.so : library_load(names, library_find);
	return lib.so ? 0
	              : err_set(e, ERR_UNSUPPORTED,
	                        "EDFlib is not installed, or memory is too short for it; EDF and BDF files need it: "
	                        "apt "
	                        "install libedf1");
}

/* ---- signals ---- */

#define TICKS ((double)EDFLIB_TIME_DIMENSION) /* the library's units of time in a second */

static double rate_of(const struct edf_hdr_struct *h, int signal)
{
	return h->signalparam[signal].smp_in_datarecord * TICKS / (double)h->datarecord_duration;
}

/* A text of the header without the blanks around it. */
static const char *trimmed(struct arena *a, const char *s)
{
	size_t n = strlen(s);
	for (; *s == ' '; s++)
		n--;
	while (n && s[n - 1] == ' ')
		n--;
	char *copy = arena_alloc(a, n + 1, 1);
	memcpy(copy, s, n);
	copy[n] = 0;
	return copy;
}

/* Marks the columns that the recipe names, or all if it names none. */
static int mark_wanted(const struct found *f, int n_signal, const struct recipe *r, bool *wanted, struct err *e)
{
	const struct table names = { .name = f->name, .n_col = f->n_col };
	bool all = !r || !r->n_columns;
	for (int i = 0; i < n_signal; i++)
		wanted[i] = all;
	for (int i = 0; !all && i < r->n_columns + r->n_predict; i++) {
		bool predict = i >= r->n_columns;
		const char *name = predict ? r->predict[i - r->n_columns] : r->columns[i];
		int k = table_column(&names, predict ? "predict" : "columns", name, e);
		if (k < 0)
			return k;
		if (k < n_signal)
			wanted[k] = true;
	}
	return 0;
}

/* Refuses signals of different rates, which would need resampling. */
static int check_rates(const struct found *f, const struct edf_hdr_struct *h, const bool *wanted, int *one,
                       struct err *e)
{
	*one = -1;
	for (int i = 0; i < h->edfsignals; i++) {
		if (!wanted[i])
			continue;
		if (*one < 0)
			*one = i;
		double a = rate_of(h, *one), b = rate_of(h, i);
		if (a < b || a > b)
			return err_set(e, ERR_UNSUPPORTED,
			               "'%.40s' has %g samples a second, '%.40s' %g; tsviz does not resample: "
			               "--columns A,B names signals of one rate",
			               f->name[*one], a, f->name[i], b);
	}
	return *one >= 0 ? 0 : err_set(e, ERR_FORMAT, "no signal is left");
}

static int read_signal(struct found *f, const struct edf_hdr_struct *h, int i, struct err *e)
{
	enum { BLOCK = 1 << 20 };
	double *x = found_numbers(f, i, e);
	if (!x)
		return e->code;
	for (int64_t at = 0; at < f->n_row; at += BLOCK) {
		int n = (int)(f->n_row - at < BLOCK ? f->n_row - at : BLOCK);
		if (lib.edfread_physical_samples(h->handle, i, n, x + at) != n)
			return err_set(e, ERR_FORMAT, "signal '%.40s' ends early: the file is cut off", f->name[i]);
	}
	return 0;
}

/* ---- annotations ---- */

/* The row of a time; a time outside of the file is at its end. */
static int64_t row_of(const struct found *f, double ticks)
{
	double row = ticks / TICKS * f->rate + 0.5;
	return row <= 0 ? 0 : row >= (double)f->n_row ? f->n_row : (int64_t)row;
}

/* The text of an annotation is that of the rows of its duration; one without a duration marks a single row. */
static int read_annotations(struct found *f, const struct edf_hdr_struct *h, int col, struct err *e)
{
	int64_t marked = 0, n = h->annotations_in_file;
	for (int64_t i = 0; i < n; i++) {
		struct edf_annotation_struct a;
		if (lib.edf_get_annotation(h->handle, (int)i, &a))
			return err_set(e, ERR_FORMAT, "annotation %" PRId64 " cannot be read: the file is damaged",
			               i + 1);
		int64_t from = row_of(f, (double)a.onset);
		int64_t to = a.duration_l > 0 ? row_of(f, (double)a.onset + (double)a.duration_l) : from + 1;
		marked += a.duration_l > 0;
		for (int64_t row = from; row < to && row < f->n_row; row++)
			if (found_text(f, col, row, a.annotation, sizeof a.annotation, e))
				return e->code;
	}
	understood_add(&f->arena, &f->understood, "label",
	               "column 'annotation': %" PRId64 " annotations, %" PRId64
	               " with a duration; one without marks a single row; --label annotation takes it",
	               n, marked);
	return 0;
}

/* ---- the file ---- */

static void say(struct found *f, const struct edf_hdr_struct *h, const bool *wanted)
{
	static const char *const kinds[] = { "EDF", "EDF+", "BDF", "BDF+" };
	char units[400] = "", left[400] = "";
	size_t u = 0, l = 0;
	for (int i = 0; i < h->edfsignals; i++) {
		const char *unit = trimmed(&f->arena, h->signalparam[i].physdimension);
		if (wanted[i] && u + 64 < sizeof units)
			u += (size_t)snprintf(units + u, sizeof units - u, "%s%.40s %s", u ? ", " : "", f->name[i],
			                      *unit ? unit : "without a unit");
		if (!wanted[i] && l + 80 < sizeof left)
			l += (size_t)snprintf(left + l, sizeof left - l, "%s%.40s (%g Hz)", l ? ", " : "", f->name[i],
			                      rate_of(h, i));
	}
	understood_add(&f->arena, &f->understood, "file", "%s, %d signal%s, %g s",
	               h->filetype >= 0 && h->filetype < 4 ? kinds[h->filetype] : "EDF", h->edfsignals,
	               h->edfsignals == 1 ? "" : "s", (double)h->file_duration / TICKS);
	understood_add(&f->arena, &f->understood, "rate", "%g Hz", f->rate);
	understood_add(&f->arena, &f->understood, "units", "%s", units);
	if (l)
		understood_add(&f->arena, &f->understood, "not read", "%s", left);
}

static int read_file_of(struct found *f, const struct edf_hdr_struct *h, const struct recipe *r, struct err *e)
{
	int n = h->edfsignals, one = -1;
	bool notes = h->annotations_in_file > 0;
	if (n < 1)
		return err_set(e, ERR_UNSUPPORTED,
		               "holds annotations and no signals; give the file with the signals that belongs to it");
	if (h->datarecord_duration <= 0)
		return err_set(e, ERR_FORMAT, "a data record lasts 0 s, so its signals have no rate");
	/* the names of all signals, so that they keep their numbers */
	f->n_col = 0;
	bool *wanted = arena_alloc(&f->arena, (size_t)n, sizeof *wanted);
	struct found names = { .arena = { 0 }, .budget = INT64_MAX };
	int bad = found_columns(&names, 0, n + notes, e);
	for (int i = 0; i < n && !bad; i++)
		names.name[i] = trimmed(&names.arena, h->signalparam[i].label);
	if (notes && !bad)
		names.name[n] = "annotation";
	bad = bad ? bad : mark_wanted(&names, n, r, wanted, e);
	bad = bad ? bad : check_rates(&names, h, wanted, &one, e);
	bad = bad ? bad : found_columns(f, h->signalparam[one].smp_in_file, n + notes, e);
	for (int i = 0; i < n + notes && !bad; i++)
		f->name[i] = arena_strdup(&f->arena, names.name[i]);
	found_release(&names);
	if (bad)
		return bad;
	f->rate = rate_of(h, one);
	f->line_noun = "sample";
	for (int i = 0; i < n && !bad; i++)
		if (wanted[i])
			bad = read_signal(f, h, i, e);
	if (bad)
		return bad;
	say(f, h, wanted);
	return notes ? read_annotations(f, h, n, e) : 0;
}

static int say_open(int why, struct err *e)
{
	if (why == EDFLIB_FILE_IS_DISCONTINUOUS)
		return err_set(
		        e, ERR_UNSUPPORTED,
		        "is a discontinuous EDF+D or BDF+D file, whose records have gaps between them; EDFbrowser "
		        "(Tools, Convert EDF+D to EDF+C) makes continuous files of it");
	if (why == EDFLIB_MALLOC_ERROR)
		return err_set(e, ERR_LIMIT, "the file needs more memory than allowed; see --max-mem");
	return err_set(e, ERR_FORMAT,
	               "its header breaks the rules of EDF and BDF, or the file is cut off; EDFbrowser (Tools, Header "
	               "editor) says where and mends it");
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	struct edf_hdr_struct *h = xcalloc(1, sizeof *h);
	int bad = 0;
	if (lib.edfopen_file_readonly(j->path, h, EDFLIB_READ_ALL_ANNOTATIONS) < 0)
		bad = say_open(h->filetype, e);
	else
		bad = read_file_of(f, h, j->q->r, e);
	if (h->filetype >= 0 && h->handle >= 0)
		lib.edfclose_file(h->handle);
	free(h);
	return bad;
}

#else

static int prepare(struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED,
	               "is an EDF or BDF file, but this program was built without EDFlib; in Python: import mne; "
	               "mne.io.read_raw(FILE).to_data_frame().to_csv('x.csv')");
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	(void)f, (void)j;
	return prepare(e);
}
#endif

static int edf_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	static const struct foreign how = {
		.prepare = prepare, .work = work, .by_path = true, .library = (int64_t)64 << 20
	};
	return foreign_read(d, s, q, budget, &how, e);
}

/* The version, which is "0" or a byte 255 and "BIOSEMI", and the number of bytes in the header, which is the text at
 * 184 ("EDF", edfplus.info). */
static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	(void)q;
	if (n < 256 || (memcmp(head, "0       ", 8) != 0 && memcmp(head,
	                                                           "\xff"
	                                                           "BIOSEMI",
	                                                           8) != 0))
		return false;
	if (head[0] == 0xff)
		return true;
	for (int i = 184; i < 192; i++)
		if (head[i] != ' ' && (head[i] < '0' || head[i] > '9'))
			return false;
	return !memchr(head, '\n', 256);
}

const struct data_reader reader_edf = {
	.name = "EDF, BDF",
	.extensions = ".edf .bdf, also EDF+ and BDF+ (signals of one rate, annotations as labels; needs libedf1)",
	.example = "tsviz eval net.keras sleep.edf --columns \"EEG Fpz-Cz\" --label annotation",
	.probe = probe,
	.read = edf_read,
};
