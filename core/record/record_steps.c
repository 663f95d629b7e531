#include "core/record/record_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums over windows for the steps that a window may still reach: step s has place s % reach. */
struct record_sum {
	const struct record_plan *p;
	bool maps;
	double *value;  /* (reach, width) sums; of a classifier `prediction` and `truth` are not used */
	int64_t *count; /* (reach, COUNTS) */
	int64_t *votes; /* (reach, classes) windows whose true class it is */
	double *row, *y, *probability;
	real *scaled;
};

/* predicted: windows that predict the step; known: those of them with a true value; wrong: with another class;
 * covers: windows that hold the step */
enum { PREDICTED, KNOWN, WRONG, COVERS, COUNTS };

struct record_sum *record_sum_new(const struct record_plan *p, bool maps)
{
	struct record_sum *s = xcalloc(1, sizeof *s);
	size_t outputs = (size_t)p->m->outputs;
	*s = (struct record_sum){ .p = p, .maps = maps };
	s->value = xcalloc((size_t)(p->reach * p->width), sizeof *s->value);
	s->count = xcalloc((size_t)p->reach * COUNTS, sizeof *s->count);
	s->votes = xcalloc((size_t)(p->reach * p->classes) + 1, sizeof *s->votes);
	s->row = xcalloc((size_t)p->width, sizeof *s->row);
	s->y = xcalloc(outputs, sizeof *s->y);
	s->scaled = xcalloc(outputs, sizeof *s->scaled);
	s->probability = xcalloc((size_t)p->classes + 1, sizeof *s->probability);
	return s;
}

void record_sum_free(struct record_sum *s)
{
	if (!s)
		return;
	free(s->value), free(s->count), free(s->votes);
	free(s->row), free(s->y), free(s->scaled), free(s->probability);
	free(s);
}

/* ---- adding a window ---- */

static void add_class(struct record_sum *s, int64_t step, int predicted, int true_class)
{
	const struct record_plan *p = s->p;
	int64_t at = step % p->reach, *count = s->count + at * COUNTS;
	for (int k = 0; k < p->classes; k++)
		s->value[at * p->width + p->probability + k] += s->probability[k];
	count[PREDICTED]++;
	if (true_class < 0 || true_class >= p->classes)
		return;
	count[KNOWN]++;
	count[WRONG] += predicted != true_class;
	s->votes[at * p->classes + true_class]++;
}

static void add_classes(struct record_sum *s, int64_t window, int64_t start, const real *output)
{
	const struct record_plan *p = s->p;
	const struct model *m = p->m;
	bool steps = p->task == TASK_SEGMENTATION, known = steps && dataset_truth(p->d, window, s->scaled);
	int cls = steps ? -1 : dataset_class(p->d, window);
	if (!steps)
		model_probabilities(m, output, s->probability);
	for (int64_t t = 0; t < m->T; t++) {
		if (!steps) {
			add_class(s, start + t, model_class(m, output), cls);
			continue;
		}
		for (int k = 0; k < p->classes; k++)
			s->probability[k] = model_step_probability(m, output, t, k);
		add_class(s, start + t, model_step_class(m, output, t), known ? model_true_class(m, s->scaled, t) : -1);
	}
}

static void add_value(struct record_sum *s, int64_t step, int column, double predicted, double truth, bool known)
{
	const struct record_plan *p = s->p;
	int64_t at = step % p->reach;
	s->value[at * p->width + p->prediction + column] += predicted;
	if (known)
		s->value[at * p->width + p->truth + column] += truth;
	if (column)
		return;
	s->count[at * COUNTS + PREDICTED]++;
	s->count[at * COUNTS + KNOWN] += known;
}

static void add_values(struct record_sum *s, int64_t window, int64_t start, const real *output)
{
	const struct record_plan *p = s->p;
	const struct model *m = p->m;
	bool known = p->d->n_y == m->outputs && dataset_truth_raw(p->d, window, s->y);
	/* what is forecast behind the end of a piece is no step of the next one */
	int64_t piece = record_piece_of(p, start);
	int64_t limit = piece + 1 < record_pieces(p) ? record_piece(p, piece + 1) : p->steps;
	for (int64_t k = 0; k < m->outputs; k++) {
		double v = dataset_unscale(p->d, window, k, (double)output[k]);
		int64_t first = p->at[k] < 0 ? 0 : p->at[k], end = p->at[k] < 0 ? m->T : first + 1;
		for (int64_t t = first; t < end && start + t < limit; t++)
			add_value(s, start + t, p->column[k], v, s->y[k], known);
	}
}

static void add_window(struct record_sum *s, int64_t place, const real *output, const real *map)
{
	const struct record_plan *p = s->p;
	const struct model *m = p->m;
	int64_t start = record_start(p, place), window = record_window(p, place);
	if (p->classifier)
		add_classes(s, window, start, output);
	else
		add_values(s, window, start, output);
	for (int64_t t = 0; t < m->T; t++) {
		int64_t at = (start + t) % p->reach;
		double *to = s->value + at * p->width + p->saliency;
		s->count[at * COUNTS + COVERS]++;
		for (int64_t c = 0; c < m->C && s->maps; c++)
			to[c] += (double)map[t * m->C + c];
	}
}

/* ---- the row of a step ---- */

static void class_row(const struct record_plan *p, const int64_t *count, const int64_t *votes, double *row)
{
	int best = 0, most = 0;
	for (int k = 0; k < p->classes; k++) {
		row[p->probability + k] /= (double)count[PREDICTED];
		best = row[p->probability + k] > row[p->probability + best] ? k : best;
		most = votes[k] > votes[most] ? k : most;
	}
	bool known = count[KNOWN] > 0;
	row[p->prediction] = count[PREDICTED] ? best : (double)NAN;
	row[p->truth] = known ? most : (double)NAN;
	row[p->error] = known ? (double)count[WRONG] / (double)count[KNOWN] : (double)NAN;
}

static void value_row(const struct record_plan *p, int64_t step, const int64_t *count, double *row)
{
	const struct dataset *d = p->d;
	bool columns = d->n_y == p->m->outputs && d->truth == TRUTH_COLUMNS;
	double sum = 0;
	for (int k = 0; k < p->columns; k++) {
		double *truth = &row[p->truth + k];
		row[p->prediction + k] /= (double)count[PREDICTED];
		*truth = columns && step < p->steps ? d->raw[d->predict[k]][step] : *truth / (double)count[KNOWN];
		sum += fabs(row[p->prediction + k] - *truth);
	}
	row[p->error] = sum / p->columns;
}

/* Makes the row of a step, and empties its place for a later one. Means over no window are NaN. */
static const double *take_row(struct record_sum *s, int64_t step)
{
	const struct record_plan *p = s->p;
	int64_t at = step % p->reach, *count = s->count + at * COUNTS, *votes = s->votes + at * p->classes;
	double *value = s->value + at * p->width;
	memcpy(s->row, value, (size_t)p->width * sizeof *value);
	if (p->classifier)
		class_row(p, count, votes, s->row);
	else
		value_row(p, step, count, s->row);
	for (int c = 0; c < p->channels; c++)
		s->row[p->saliency + c] = s->maps ? s->row[p->saliency + c] / (double)count[COVERS] : (double)NAN;
	memset(value, 0, (size_t)p->width * sizeof *value);
	memset(count, 0, COUNTS * sizeof *count);
	memset(votes, 0, (size_t)p->classes * sizeof *votes);
	return s->row;
}

/* ---- one window ---- */

void record_sum_alone(struct record_sum *s, int64_t place, const real *output, const real *map, record_sink *sink,
                      void *ctx)
{
	int64_t start = record_start(s->p, place), end = start + s->p->reach;
	add_window(s, place, output, map);
	for (int64_t step = start; step < end; step++) {
		const double *row = take_row(s, step);
		if (step < s->p->steps)
			sink(ctx, step, row);
	}
}

/* ---- all steps ---- */

enum { BLOCK = 64 * RUN_LANES, BLOCK_NUMBERS = 2 << 20 }; /* windows that are evaluated together */

/* How many windows, at most BLOCK, have so many numbers. */
static int64_t block_of(const struct record_plan *p)
{
	int64_t each = p->m->T * p->m->C + p->m->outputs, n = BLOCK_NUMBERS / each / RUN_LANES * RUN_LANES;
	return n < RUN_LANES ? RUN_LANES : n < BLOCK ? n : BLOCK;
}

struct record_stream {
	const struct record_plan *p;
	struct record_sum *sum;
	int64_t first, end, next, from, to; /* steps; the next one to be made; places of windows that are left */
	int64_t room;
	real *output, *map;
};

struct record_stream *record_stream_new(const struct record_plan *p, bool maps, int64_t first, int64_t end,
                                        int64_t windows)
{
	struct record_stream *s = xcalloc(1, sizeof *s);
	int64_t most = block_of(p);
	*s = (struct record_stream){ .p = p, .first = first, .end = end, .room = windows < most ? windows : most };
	s->sum = record_sum_new(p, maps);
	s->output = xcalloc((size_t)(s->room * p->m->outputs), sizeof *s->output);
	s->map = maps ? xcalloc((size_t)(s->room * p->m->T * p->m->C), sizeof *s->map) : NULL;
	record_cover(p, first, end, &s->from, &s->to);
	/* the windows of the first places reach steps before `first`, which are made and not given away */
	s->next = s->from < s->to && record_start(p, s->from) < first ? record_start(p, s->from) : first;
	return s;
}

void record_stream_free(struct record_stream *s)
{
	if (!s)
		return;
	record_sum_free(s->sum);
	free(s->output);
	free(s->map);
	free(s);
}

/* Gives away the steps before `end`. */
static bool stream_until(struct record_stream *s, int64_t end, record_sink *sink, void *ctx)
{
	bool on = true;
	for (end = end < s->end ? end : s->end; s->next < end && on; s->next++) {
		const double *row = take_row(s->sum, s->next);
		on = s->next < s->first || sink(ctx, s->next, row);
	}
	return on;
}

bool record_stream_step(struct record_stream *s, struct record_team *t, record_sink *sink, void *ctx)
{
	const struct record_plan *p = s->p;
	int64_t some = s->to - s->from < s->room ? s->to - s->from : s->room, n = p->m->T * p->m->C;
	if (some > 0)
		record_team_windows(t, s->from, some, s->output, s->map);
	for (int64_t w = 0; w < some; w++, s->from++) {
		if (!stream_until(s, record_start(p, s->from), sink, ctx))
			return false;
		add_window(s->sum, s->from, s->output + w * p->m->outputs, s->map ? s->map + w * n : NULL);
	}
	return s->from < s->to || (stream_until(s, s->end, sink, ctx) && false);
}

int64_t record_stream_left(const struct record_stream *s)
{
	return s->to - s->from;
}

void record_steps(const struct record_plan *p, struct record_team *t, bool maps, int64_t first, int64_t end,
                  record_sink *sink, void *ctx)
{
	struct record_stream *s = record_stream_new(p, maps, first, end, BLOCK);
	while (record_stream_step(s, t, sink, ctx))
		;
	record_stream_free(s);
}
