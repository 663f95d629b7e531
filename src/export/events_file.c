#include "src/export/events_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "src/export/cells.h"

struct events_form {
	const char *end;
	bool needs_rate;
	int (*order)(const void *pa, const void *pb); /* of events, for qsort */
	void (*begin)(struct events_file *f);
	void (*add)(struct events_file *f, const struct record_event *v);
	void (*finish)(struct events_file *f);
};

/* What makes these steps an event: the change of the class, the threshold, or the expression. */
static const char *what(const struct events_file *f, const struct record_event *v, char *buf, size_t size)
{
	if (v->kind == EVENT_EXPRESSION)
		return f->cleaned;
	if (v->kind == EVENT_CLASS)
		return record_event_text(f->p, v, buf, size);
	snprintf(buf, size, "above %.9g", v->kind == EVENT_ERROR ? f->limits.error : f->limits.saliency);
	return buf;
}

/* ---- CSV ---- */

static void csv_begin(struct events_file *f)
{
	fprintf(f->save.f, "kind,step,end,peak,value,time,what\n");
}

static void csv_add(struct events_file *f, const struct record_event *v)
{
	FILE *to = f->save.f;
	char text[2 * RECORD_NAME];
	fprintf(to, "%s,%lld,%lld,%lld", record_event_names[v->kind], (long long)record_row(f->p, v->from),
	        (long long)record_row(f->p, v->last), (long long)record_row(f->p, v->peak));
	if (!isnan(v->value))
		csv_number(to, v->value);
	else
		fputc(',', to);
	fputc(',', to);
	csv_cell(to, record_stamp(f->p, v->from));
	fputc(',', to);
	csv_cell(to, what(f, v, text, sizeof text));
	fputc('\n', to);
}

/* ---- WFDB annotations: annot(5) of the WFDB Programmer's Guide, the MIT format ---- */

enum { NOTE = 22, SKIP = 59, AUX = 63, INTERVAL_MAX = 1023 };

static void put_word(FILE *to, unsigned code, unsigned value)
{
	unsigned word = code << 10 | value;
	fputc((int)(word & 0xff), to);
	fputc((int)(word >> 8), to);
}

/* Both formats of annotations mark the ends of texts by control characters, so that a text may not hold any. A text
 * that is too long is cut between two characters. */
static void event_note(const struct events_file *f, const struct record_event *v, char *to, size_t size)
{
	char text[2 * RECORD_NAME];
	char *note = xasprintf("%s %s", record_event_names[v->kind], what(f, v, text, sizeof text));
	text_clean(to, size, note, strlen(note));
	free(note);
}

static void wfdb_add(struct events_file *f, const struct record_event *v)
{
	FILE *to = f->save.f;
	char note[160];
	int64_t at = record_row(f->p, v->peak), from = at < f->last ? 0 : at - f->last;
	event_note(f, v, note, sizeof note);
	size_t n = strlen(note);
	if (from > INTERVAL_MAX) {
		/* four bytes as the PDP-11 has them: the high half first */
		put_word(to, SKIP, 0);
		for (int half = 1; half >= 0; half--) {
			unsigned word = (unsigned)((uint64_t)from >> (16 * half)) & 0xffff;
			fputc((int)(word & 0xff), to);
			fputc((int)(word >> 8), to);
		}
		from = 0;
	}
	f->last = at < f->last ? f->last : at;
	put_word(to, NOTE, (unsigned)from);
	put_word(to, AUX, (unsigned)n);
	fwrite(note, 1, n, to);
	if (n & 1)
		fputc(0, to);
}

static void wfdb_finish(struct events_file *f)
{
	put_word(f->save.f, 0, 0);
}

/* ---- EDF+ annotations: Kemp and Olivan 2003, Clinical Neurophysiology 114, and edfplus.info ---- */

enum { EDF_RECORD = 240 }; /* bytes of a record, which holds one event */

static void field(FILE *to, int width, const char *text)
{
	fprintf(to, "%-*.*s", width, width, text);
}

static void edf_begin(struct events_file *f)
{
	FILE *to = f->save.f;
	char samples[16], records[32];
	snprintf(samples, sizeof samples, "%d", EDF_RECORD / 2);
	snprintf(records, sizeof records, "%lld", (long long)f->n);
	const struct {
		int width;
		const char *text;
	} head[] = { { 8, "0" },
		     { 80, "X X X X" },
		     { 80, "Startdate X X X X" },
		     { 8, "01.01.85" },
		     { 8, "00.00.00" },
		     { 8, "512" },
		     { 44, "EDF+C" },
		     { 8, records },
		     { 8, "0" },
		     { 4, "1" },
		     { 16, "EDF Annotations" },
		     { 80, "" },
		     { 8, "" },
		     { 8, "-1" },
		     { 8, "1" },
		     { 8, "-32768" },
		     { 8, "32767" },
		     { 80, "" },
		     { 8, samples },
		     { 32, "" } };
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		field(to, head[i].width, head[i].text);
}

static void edf_add(struct events_file *f, const struct record_event *v)
{
	double rate = f->p->d->rate;
	char note[160], record[EDF_RECORD + 1] = { 0 };
	event_note(f, v, note, sizeof note);
	/* the time of the record, a zero byte, then onset, duration and text */
	int n = snprintf(record, sizeof record, "+0\x14\x14");
	n++;
	snprintf(record + n, sizeof record - (size_t)n - 1, "+%.6f\x15%.6f\x14%s\x14",
	         (double)record_row(f->p, v->from) / rate, (double)(v->last - v->from + 1) / rate, note);
	fwrite(record, 1, EDF_RECORD, f->save.f);
}

/* ---- the forms ---- */

static int by_step(const void *pa, const void *pb)
{
	const struct record_event *a = pa, *b = pb;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : (a->last > b->last) - (a->last < b->last);
}

static int by_peak(const void *pa, const void *pb)
{
	const struct record_event *a = pa, *b = pb;
	return a->peak != b->peak ? (a->peak < b->peak ? -1 : 1) : by_step(pa, pb);
}

static const struct events_form forms[] = {
	{ .end = ".csv", .order = by_step, .begin = csv_begin, .add = csv_add },
	{ .end = ".atr", .needs_rate = true, .order = by_peak, .add = wfdb_add, .finish = wfdb_finish },
	{ .end = ".edf", .needs_rate = true, .order = by_step, .begin = edf_begin, .add = edf_add },
	{ 0 },
};

int events_begin(struct events_file *f, const struct record_plan *p, const char *path, struct err *e)
{
	size_t n = strlen(path);
	*f = (struct events_file){ .p = p };
	for (const struct events_form *q = forms; q->end && !f->form; q++)
		if (n > strlen(q->end) && !strcmp(path + n - strlen(q->end), q->end))
			f->form = q;
	if (!f->form)
		return err_set(e, ERR_VALUE,
		               "%s: events are written as .csv, .atr (WFDB) or .edf (EDF+); the name ends otherwise",
		               path);
	if (f->form->needs_rate && !(p->d->rate > 0))
		return err_set(e, ERR_VALUE, "%s: the data have no rate, which annotations need; write a .csv file",
		               path);
	return save_begin(&f->save, path, e);
}

void events_add(void *ctx, const struct record_event *v)
{
	struct events_file *f = ctx;
	f->too_many |= f->n == EVENTS_MAX;
	if (f->too_many)
		return;
	if (f->n == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 64;
		f->event = xrealloc(f->event, (size_t)f->cap, sizeof *f->event);
	}
	f->event[f->n++] = *v;
}

static void drop(struct events_file *f)
{
	free(f->event);
	free(f->cleaned);
}

static void write_all(struct events_file *f)
{
	const char *where = f->where ? f->where : "";
	size_t room = 3 * strlen(where) + 1;
	f->cleaned = xmalloc(room);
	text_clean(f->cleaned, room, where, strlen(where));
	if (f->n)
		qsort(f->event, (size_t)f->n, sizeof *f->event, f->form->order);
	if (f->form->begin)
		f->form->begin(f);
	for (int64_t i = 0; i < f->n; i++)
		f->form->add(f, &f->event[i]);
	if (f->form->finish)
		f->form->finish(f);
}

int events_commit(struct events_file *f, struct err *e)
{
	if (f->too_many) {
		events_abort(f);
		return err_set(e, ERR_LIMIT,
		               "--events: there are more than %d events; larger values of --error-above and "
		               "--saliency-above, a --where that holds less often, or --rows find fewer",
		               EVENTS_MAX);
	}
	write_all(f);
	drop(f);
	return save_commit(&f->save, e);
}

void events_abort(struct events_file *f)
{
	drop(f);
	save_abort(&f->save);
}
