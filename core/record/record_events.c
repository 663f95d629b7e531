#include "core/record/record_events.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const record_event_names[] = { "error", "class", "saliency", "expression", NULL };

/* ---- thresholds ---- */

enum { SAMPLE = 256, DEVIATIONS = 3 };

/* By Welford's formulas (1962, Technometrics 4(3)): no square of a large mean is subtracted from another. */
static void moments_add(struct record_moments *q, double v)
{
	if (!isfinite(v))
		return;
	double from = v - q->mean;
	q->mean += from / ++q->n;
	q->square += from * (v - q->mean);
}

static double limit_of(const struct record_moments *q)
{
	return q->n > 0 ? q->mean + DEVIATIONS * sqrt(q->square / q->n) : (double)NAN;
}

void record_sampler_add(struct record_sampler *s, const double *row)
{
	moments_add(&s->error, row[s->p->error]);
	moments_add(&s->saliency, record_saliency(s->p, row));
}

struct record_limits record_sampler_limits(const struct record_sampler *s)
{
	double half = s->error.n > 0 ? 0.5 : (double)NAN;
	return (struct record_limits){ .error = s->p->classifier ? half : limit_of(&s->error),
		                       .saliency = limit_of(&s->saliency) };
}

static bool sample_row(void *ctx, int64_t step, const double *row)
{
	(void)step;
	record_sampler_add(ctx, row);
	return true;
}

struct record_limits record_limits_of(const struct record_plan *p, struct record_team *t, bool maps)
{
	int64_t n = p->windows < SAMPLE ? p->windows : SAMPLE;
	real *output = xcalloc((size_t)p->m->outputs, sizeof *output);
	real *map = maps ? xcalloc((size_t)(p->m->T * p->m->C), sizeof *map) : NULL;
	struct record_sum *sum = record_sum_new(p, maps);
	struct record_sampler s = { .p = p };
	for (int64_t i = 0; i < n; i++) {
		int64_t place = i * p->windows / n;
		record_team_windows(t, place, 1, output, map);
		record_sum_alone(sum, place, output, map, sample_row, &s);
	}
	record_sum_free(sum);
	free(output);
	free(map);
	return record_sampler_limits(&s);
}

/* ---- finding ---- */

void record_finder_init(struct record_finder *f, const struct record_plan *p, struct record_limits limits,
                        const struct record_expr *x, void (*found)(void *ctx, const struct record_event *v), void *ctx)
{
	*f = (struct record_finder){ .p = p, .limits = limits, .x = x, .found = found, .ctx = ctx, .class = NAN };
}

static void close_run(struct record_finder *f, enum record_event_kind kind)
{
	if (f->open[kind])
		f->found(f->ctx, &f->run[kind]);
	f->open[kind] = false;
}

static void close_all(struct record_finder *f)
{
	for (int k = 0; k < EVENT_KINDS; k++)
		close_run(f, (enum record_event_kind)k);
}

/* The step is in a run of this kind, or not. */
static void run_step(struct record_finder *f, enum record_event_kind kind, int64_t step, bool in, double value)
{
	struct record_event *v = &f->run[kind];
	if (!in) {
		close_run(f, kind);
		return;
	}
	if (!f->open[kind])
		*v = (struct record_event){ .kind = kind, .from = step, .peak = step, .value = value };
	else if (value > v->value || (isnan(v->value) && !isnan(value)))
		v->value = value, v->peak = step;
	v->last = step;
	f->open[kind] = true;
}

static void class_step(struct record_finder *f, int64_t step, double class)
{
	/* a change is an event by itself, which no later step makes longer */
	if (f->class < class || f->class > class)
		f->found(f->ctx, &(struct record_event){ .kind = EVENT_CLASS,
		                                         .from = step,
		                                         .last = step,
		                                         .peak = step,
		                                         .value = class,
		                                         .before = (int)f->class });
	f->class = class;
}

void record_finder_step(struct record_finder *f, int64_t step, const double *row)
{
	const struct record_plan *p = f->p;
	double error = row[p->error], saliency = record_saliency(p, row);
	if (step >= f->piece_end) {
		int64_t piece = record_piece_of(p, step);
		close_all(f);
		f->class = NAN;
		f->piece_end = piece + 1 < record_pieces(p) ? record_piece(p, piece + 1) : p->steps;
	}
	run_step(f, EVENT_ERROR, step, error > f->limits.error, error);
	run_step(f, EVENT_SALIENCY, step, saliency > f->limits.saliency, saliency);
	run_step(f, EVENT_EXPRESSION, step, f->x && record_expr_holds(f->x, row), error);
	if (p->classifier)
		class_step(f, step, row[p->prediction]);
}

void record_finder_end(struct record_finder *f)
{
	close_all(f);
}

const char *record_event_text(const struct record_plan *p, const struct record_event *v, char *buf, size_t size)
{
	char now[32], before[32];
	if (v->kind == EVENT_CLASS)
		snprintf(buf, size, "%s (was %s)", record_class_name(p, (int)v->value, now, sizeof now),
		         record_class_name(p, v->before, before, sizeof before));
	else if (isnan(v->value))
		snprintf(buf, size, "%s", "");
	else
		snprintf(buf, size, "%.4g", v->value);
	return buf;
}
