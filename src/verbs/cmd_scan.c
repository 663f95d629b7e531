/* scan: every step of the data with prediction, truth, error, probabilities and saliency, as CSV or .npy; and events.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/number.h"
#include "core/record/record_events.h"
#include "src/cli/say.h"
#include "src/export/cells.h"
#include "src/export/events_file.h"
#include "src/job/job.h"
#include "src/job/progress.h"
#include "src/verbs/cmd.h"
#include "src/kept/kept_truths.h"

struct scan {
	const struct options *o;
	struct record_plan plan;
	struct record_team *team;
	struct record_expr *where;
	struct record_limits limits;
	struct record_finder finder;
	struct events_file events;
	struct output out;
	void (*row)(struct scan *s, int64_t step, const double *row);
	bool maps, stamps, with_events;
	size_t stamp_bytes; /* .npy: of a time stamp */
	struct progress bar;
};

/* ---- CSV ---- */

/* Numbers of the row that are written: all but the saliency without maps. */
static int numbers(const struct scan *s)
{
	return s->maps ? s->plan.width : s->plan.saliency;
}

static void csv_header(struct scan *s)
{
	FILE *f = s->out.f;
	char name[RECORD_NAME];
	fprintf(f, "step,time%s", s->plan.d->n_group ? ",group" : "");
	for (int j = 0; j < numbers(s); j++) {
		fputc(',', f);
		csv_cell(f, record_number_name(&s->plan, j, name, sizeof name));
	}
	fputc('\n', f);
}

/* What is not known is an empty cell. */
static void csv_row(struct scan *s, int64_t step, const double *row)
{
	const struct record_plan *p = &s->plan;
	FILE *f = s->out.f;
	char name[32];
	fprintf(f, "%lld,", (long long)record_row(p, step));
	csv_cell(f, record_stamp(p, step));
	if (p->d->n_group) {
		int g = record_group(p, step);
		fputc(',', f);
		csv_cell(f, g < 0 ? "" : p->d->group_name[g]);
	}
	for (int j = 0; j < numbers(s); j++) {
		if (isnan(row[j])) {
			fputc(',', f);
		} else if (p->classifier && j < p->error) {
			fputc(',', f);
			csv_cell(f, record_class_name(p, (int)row[j], name, sizeof name));
		} else {
			csv_number(f, row[j]);
		}
	}
	fputc('\n', f);
}

/* ---- .npy: an array of records, with the names of the columns; format 1.0 of numpy.lib.format, 2.0 for long headers
 * ---- */

static void npy_name(FILE *f, const char *name)
{
	for (; *name; name++)
		fprintf(f, *name == '\'' || *name == '\\' ? "\\%c" : "%c", *name);
}

static void npy_header(struct scan *s)
{
	const struct record_plan *p = &s->plan;
	char *text = NULL, name[RECORD_NAME];
	size_t n = 0;
	FILE *f = mem_stream(&text, &n);
	fprintf(f, "{'descr': [('step', '<i8')");
	if (s->stamp_bytes)
		fprintf(f, ", ('time', '|S%zu')", s->stamp_bytes);
	if (p->d->n_group)
		fprintf(f, ", ('group', '<i8')");
	for (int j = 0; j < numbers(s); j++) {
		fprintf(f, ", ('");
		npy_name(f, record_number_name(p, j, name, sizeof name));
		fprintf(f, "', '<f8')");
	}
	fprintf(f, "], 'fortran_order': False, 'shape': (%lld,), }", (long long)p->steps);
	fclose(f);
	size_t whole = (12 + n + 1 + 63) / 64 * 64, length = whole - 12;
	fwrite("\x93NUMPY\x02\0", 1, 8, s->out.f);
	for (int i = 0; i < 4; i++)
		fputc((int)(length >> (8 * i) & 0xff), s->out.f);
	fprintf(s->out.f, "%-*s\n", (int)length - 1, text);
	free(text);
}

static void put_bytes(FILE *f, uint64_t v)
{
	unsigned char b[8];
	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)(v >> (8 * i));
	fwrite(b, 1, sizeof b, f);
}

static void npy_row(struct scan *s, int64_t step, const double *row)
{
	const struct record_plan *p = &s->plan;
	FILE *f = s->out.f;
	put_bytes(f, (uint64_t)record_row(p, step));
	if (s->stamp_bytes) {
		const char *stamp = record_stamp(p, step);
		size_t n = strlen(stamp);
		fwrite(stamp, 1, n, f);
		for (; n < s->stamp_bytes; n++)
			fputc(0, f);
	}
	if (p->d->n_group)
		put_bytes(f, (uint64_t)(int64_t)record_group(p, step));
	for (int j = 0; j < numbers(s); j++) {
		uint64_t v;
		memcpy(&v, &row[j], sizeof v);
		put_bytes(f, v);
	}
}

/* ---- the verb ---- */

static bool take_row(void *ctx, int64_t step, const double *row)
{
	struct scan *s = ctx;
	s->row(s, step, row);
	if (s->with_events)
		record_finder_step(&s->finder, step, row);
	if (!(step & 1023))
		progress_say(&s->bar, step, s->plan.steps, "scan");
	return !ferror(s->out.f);
}

/* The threshold of an option, or that of the record. */
static int limit(const char *option, const char *text, double *v, struct err *e)
{
	if (!text || number_parse(text, strlen(text), '.', v) == NUMBER_OK)
		return 0;
	return err_set(e, ERR_VALUE, "--%s '%s': a number is expected", option, text);
}

static void say_limits(const struct scan *s)
{
	char error[64] = "", saliency[64] = "";
	if (!isnan(s->limits.error))
		snprintf(error, sizeof error, "error above %.9g", s->limits.error);
	if (!isnan(s->limits.saliency))
		snprintf(saliency, sizeof saliency, "%ssaliency above %.9g", *error ? ", " : "", s->limits.saliency);
	if (!*error && !*saliency)
		return;
	char *line = xasprintf("events: %s%s", error, saliency);
	say_remark(line);
	free(line);
}

static int events_init(struct scan *s, struct err *e)
{
	const struct options *o = s->o;
	int bad = 0;
	if (o->where) {
		s->where = record_expr_parse(o->where, &s->plan, e);
		bad = s->where ? 0 : err_at(e, "--where");
	}
	if (!bad && !o->events && (o->where || o->error_above || o->saliency_above))
		bad = err_set(e, ERR_VALUE,
		              "--where, --error-above and --saliency-above say what --events FILE holds; give it");
	if (bad || !o->events)
		return bad;
	s->limits = record_limits_of(&s->plan, s->team, s->maps);
	bad = limit("error-above", o->error_above, &s->limits.error, e);
	bad = bad ? bad : limit("saliency-above", o->saliency_above, &s->limits.saliency, e);
	bad = bad ? bad : events_begin(&s->events, &s->plan, o->events, e);
	s->with_events = !bad;
	s->events.limits = s->limits;
	s->events.where = o->where;
	if (!bad && !o->quiet)
		say_limits(s);
	record_finder_init(&s->finder, &s->plan, s->limits, s->where, events_add, &s->events);
	return bad;
}

static bool ends_with(const char *path, const char *end)
{
	size_t n = path ? strlen(path) : 0;
	return n > strlen(end) && !strcmp(path + n - strlen(end), end);
}

static void begin(struct scan *s)
{
	bool npy = ends_with(s->o->out, ".npy");
	for (int64_t i = 0; i < s->plan.steps && npy && s->plan.d->stamp; i++) {
		size_t n = strlen(record_stamp(&s->plan, i));
		s->stamp_bytes = n > s->stamp_bytes ? n : s->stamp_bytes;
	}
	s->row = npy ? npy_row : csv_row;
	(npy ? npy_header : csv_header)(s);
}

static int write_all(struct scan *s, struct err *e)
{
	int bad = output_open(&s->out, s->o, e);
	if (bad)
		return bad;
	begin(s);
	progress_init(&s->bar, !s->o->quiet);
	record_steps(&s->plan, s->team, s->maps, 0, s->plan.steps, take_row, s);
	progress_end(&s->bar);
	if (s->with_events)
		record_finder_end(&s->finder);
	bad = output_close(&s->out, e);
	if (s->with_events && !bad)
		bad = events_commit(&s->events, e);
	else if (s->with_events)
		events_abort(&s->events);
	s->with_events = false;
	return bad;
}

int cmd_scan(struct options *o, struct err *e)
{
	struct loaded l;
	struct scan s = { .o = o, .maps = !o->no_saliency };
	int bad = load(&l, o, 0, e);
	bad = bad ? bad : kept_truth_method(&l, o, e);
	if (!bad && l.data.n < 1)
		bad = err_set(e, ERR_VALUE, "%s: there is no window", l.read->name);
	if (!bad) {
		record_plan_init(&s.plan, l.model, &l.data, l.q.task);
		s.team = record_team_new(&s.plan, &l.q, options_threads(o));
		bad = events_init(&s, e);
		bad = bad ? bad : write_all(&s, e);
		if (s.with_events)
			events_abort(&s.events);
		record_team_free(s.team);
		record_expr_free(s.where);
		record_plan_release(&s.plan);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
