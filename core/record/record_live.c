#include "core/record/record_live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of a cell; probabilities and saliency are sums over its steps, of which `steps` have a saliency. */
enum { PREDICTED_LO, PREDICTED_HI, TRUTH_LO, TRUTH_HI, WORST, STEPS, SALIENT, SUMS };
enum { UNKNOWN, SAMPLED, EXACT };          /* what a cell is known by */
enum { FRESH, PREDICTED_ONLY, WITH_MAPS }; /* how far a block is */
/* The events of a record with so few windows are waited for. */
enum { FEW_WINDOWS = 20000 };
enum { SAMPLE = 256, SAMPLE_STEP = 16, PIECE = 16, BLOCK_WINDOWS = 64, BLOCK_REACH = 8, PASSES = 2 };

/* A stretch of the record in cells of `size` steps. */
struct level {
	int64_t first, end, size, n; /* n: cells */
	int width;                   /* numbers of a cell */
	float *cell;                 /* (n, width) */
	unsigned char *known;        /* (n) */
	int64_t block, n_block;      /* steps of a block, a multiple of `size`; blocks */
	unsigned char *state;        /* (n_block) */
	int64_t count[PASSES + 1];   /* blocks in each state */
};

struct record_live {
	struct record_plan plan;
	struct record_team *team;
	struct pyramid *pyramid;
	struct level whole, near; /* near.n 0: there is none */
	int classes;
	int64_t first, steps; /* what is looked at */
	int n;
	/* the samples */
	struct record_sum *sum;
	real *output, *map;
	int sampled;
	struct record_limits limits;
	struct record_sampler sampler;
	/* the stream at work */
	struct record_stream *stream;
	struct level *level; /* of the stream */
	int64_t at;          /* its block */
	int pass;
	/* events, as of `events_at` blocks */
	struct record_expr *where;
	struct record_event *event;
	int n_event;
	bool more_events;
	int64_t events_at;
	double *row; /* (width of the plan) */
};

/* ---- levels ---- */

static void level_init(struct level *v, const struct record_live *r, int64_t first, int64_t end, int64_t size,
                       int64_t block)
{
	*v = (struct level){ .first = first, .end = end, .size = size, .n = (end - first + size - 1) / size };
	v->width = SUMS + r->classes + r->plan.channels;
	v->cell = xcalloc((size_t)(v->n * v->width), sizeof *v->cell);
	v->known = xcalloc((size_t)v->n, 1);
	v->block = (block + size - 1) / size * size;
	v->n_block = (end - first + v->block - 1) / v->block;
	v->state = xcalloc((size_t)v->n_block, 1);
	v->count[FRESH] = v->n_block;
}

static void level_release(struct level *v)
{
	free(v->cell);
	free(v->known);
	free(v->state);
	*v = (struct level){ 0 };
}

static void cell_empty(const struct level *v, float *q, bool saliency)
{
	for (int k = PREDICTED_LO; k <= WORST; k++)
		q[k] = NAN;
	for (int k = STEPS; k < v->width; k++)
		if (saliency || k < SALIENT)
			q[k] = 0;
}

/* Adds the row of a step. Without maps its saliency is not looked at. */
static void cell_add(const struct record_live *r, float *q, const double *row, bool maps)
{
	const struct record_plan *p = &r->plan;
	float predicted = (float)row[p->prediction], truth = (float)row[p->truth];
	q[PREDICTED_LO] = fminf(q[PREDICTED_LO], predicted);
	q[PREDICTED_HI] = fmaxf(q[PREDICTED_HI], predicted);
	q[TRUTH_LO] = fminf(q[TRUTH_LO], truth);
	q[TRUTH_HI] = fmaxf(q[TRUTH_HI], truth);
	q[WORST] = fmaxf(q[WORST], (float)row[p->error]);
	if (r->classes && isfinite(row[p->probability])) {
		q[STEPS]++;
		for (int k = 0; k < r->classes; k++)
			q[SUMS + k] += (float)row[p->probability + k];
	}
	if (!maps || !isfinite(record_saliency(p, row)))
		return;
	q[SALIENT]++;
	for (int c = 0; c < p->channels; c++)
		q[SUMS + r->classes + c] += (float)row[p->saliency + c];
}

static void probabilities_empty(const struct record_live *r, float *q)
{
	for (int k = 0; k < r->classes; k++)
		q[SUMS + k] = 0;
}

static bool stream_row(void *ctx, int64_t step, const double *row)
{
	struct record_live *r = ctx;
	struct level *v = r->level;
	int64_t at = (step - v->first) / v->size, in = (step - v->first) % v->size;
	float *q = v->cell + at * v->width;
	if (in == 0) {
		cell_empty(v, q, r->pass == WITH_MAPS);
		probabilities_empty(r, q);
	}
	cell_add(r, q, row, r->pass == WITH_MAPS);
	if (in == v->size - 1 || step == v->end - 1)
		v->known[at] = EXACT;
	return true;
}

static bool sample_row(void *ctx, int64_t step, const double *row)
{
	struct record_live *r = ctx;
	int64_t at = step / r->whole.size;
	record_sampler_add(&r->sampler, row);
	if (r->whole.known[at] == EXACT)
		return true;
	float *q = r->whole.cell + at * r->whole.width;
	if (r->whole.known[at] == UNKNOWN) {
		cell_empty(&r->whole, q, true);
		probabilities_empty(r, q);
	}
	r->whole.known[at] = SAMPLED;
	cell_add(r, q, row, true);
	return true;
}

/* ---- making ---- */

struct record_live *record_live_new(const struct model *m, const struct dataset *d, const struct question *q)
{
	struct record_live *r = xcalloc(1, sizeof *r);
	struct record_plan *p = &r->plan;
	record_plan_init(p, m, d, q->task);
	r->team = record_team_new(p, q, 1);
	r->pyramid = pyramid_new(p);
	r->classes = p->classes < RECORD_CLASSES ? p->classes : RECORD_CLASSES;
	int64_t size = 1, each = p->steps / p->windows + 1, block = each * BLOCK_WINDOWS;
	while (p->steps / size > RECORD_CELLS)
		size *= 2;
	block = block < p->reach * BLOCK_REACH ? p->reach * BLOCK_REACH : block;
	level_init(&r->whole, r, 0, p->steps, size, block);
	r->sum = record_sum_new(p, true);
	r->output = xcalloc((size_t)m->outputs, sizeof *r->output);
	r->map = xcalloc((size_t)(m->T * m->C), sizeof *r->map);
	r->row = xcalloc((size_t)p->width, sizeof *r->row);
	r->limits = (struct record_limits){ NAN, NAN };
	r->sampler = (struct record_sampler){ .p = p };
	r->events_at = -1;
	record_live_look(r, 0, p->steps, 1);
	return r;
}

static void stream_end(struct record_live *r)
{
	record_stream_free(r->stream);
	r->stream = NULL;
}

void record_live_free(struct record_live *r)
{
	if (!r)
		return;
	stream_end(r);
	level_release(&r->whole);
	level_release(&r->near);
	record_expr_free(r->where);
	record_sum_free(r->sum);
	record_team_free(r->team);
	pyramid_free(r->pyramid);
	record_plan_release(&r->plan);
	free(r->output), free(r->map), free(r->row), free(r->event);
	free(r);
}

const struct record_plan *record_live_plan(const struct record_live *r)
{
	return &r->plan;
}

static bool near_covers(const struct record_live *r)
{
	return r->near.n && r->near.first <= r->first && r->near.end >= r->first + r->steps;
}

void record_live_look(struct record_live *r, int64_t first, int64_t steps, int n)
{
	int64_t all = r->plan.steps;
	r->steps = steps < 1 ? 1 : steps < all ? steps : all;
	r->first = first < 0 ? 0 : first > all - r->steps ? all - r->steps : first;
	r->n = n < 1 ? 1 : n;
	if (r->whole.size == 1 || r->steps > RECORD_NEAR || near_covers(r))
		return;
	if (r->stream)
		stream_end(r);
	level_release(&r->near);
	int64_t from = r->first - r->steps / 2, end = r->first + r->steps + r->steps / 2;
	from = from < 0 ? 0 : from;
	end = end > all ? all : end;
	level_init(&r->near, r, from, end, 1, end - from);
}

void record_live_where(struct record_live *r, const char *text)
{
	struct err e;
	record_expr_free(r->where);
	r->where = text && *text ? record_expr_parse(text, &r->plan, &e) : NULL;
	r->events_at = -1;
}

/* ---- working ---- */

static void sample_some(struct record_live *r)
{
	const struct record_plan *p = &r->plan;
	int n = p->windows < SAMPLE ? (int)p->windows : SAMPLE;
	for (int i = 0; i < SAMPLE_STEP && r->sampled < n; i++, r->sampled++) {
		int64_t place = r->sampled * p->windows / n;
		record_team_windows(r->team, place, 1, r->output, r->map);
		record_sum_alone(r->sum, place, r->output, r->map, sample_row, r);
	}
	if (r->sampled < n)
		return;
	r->limits = record_sampler_limits(&r->sampler);
	r->sampled = SAMPLE;
}

/* The next block of [from, to) that is not as far as `state`: far apart at first. -1: there is none. */
static int64_t next_block(const struct level *v, int64_t from, int64_t to, int state)
{
	int64_t stride = 1;
	while (stride < to - from)
		stride *= 2;
	for (; stride; stride /= 2)
		for (int64_t b = from; b < to; b += stride)
			if (v->state[b] < state)
				return b;
	return -1;
}

static void blocks_seen(const struct record_live *r, int64_t *from, int64_t *to)
{
	const struct level *v = &r->whole;
	*from = r->first / v->block;
	*to = (r->first + r->steps - 1) / v->block + 1;
}

/* The first pass over a long record is without maps, which take a second pass of the network. */
static int first_pass(const struct level *v)
{
	return v->size == 1 ? WITH_MAPS : PREDICTED_ONLY;
}

static bool stream_begin(struct record_live *r)
{
	struct level *v = &r->near;
	int64_t from, to, b = -1;
	int pass = WITH_MAPS;
	if (near_covers(r) && v->count[WITH_MAPS] < v->n_block)
		b = 0;
	if (b < 0) {
		v = &r->whole;
		pass = first_pass(v);
		blocks_seen(r, &from, &to);
		b = next_block(v, from, to, pass);
		b = b < 0 ? next_block(v, 0, v->n_block, pass) : b;
	}
	if (b < 0) {
		pass = WITH_MAPS;
		b = next_block(v, from, to, pass);
		b = b < 0 ? next_block(v, 0, v->n_block, pass) : b;
	}
	if (b < 0)
		return false;
	int64_t first = v->first + b * v->block, end = first + v->block < v->end ? first + v->block : v->end;
	r->level = v;
	r->at = b;
	r->pass = pass;
	r->stream = record_stream_new(&r->plan, pass == WITH_MAPS, first, end, PIECE);
	return true;
}

bool record_live_step(struct record_live *r)
{
	if (r->sampled < SAMPLE) {
		sample_some(r);
		return true;
	}
	if (!r->stream && !stream_begin(r))
		return false;
	if (record_stream_step(r->stream, r->team, stream_row, r))
		return true;
	r->level->count[r->level->state[r->at]]--;
	r->level->state[r->at] = (unsigned char)r->pass;
	r->level->count[r->pass]++;
	stream_end(r);
	return true;
}

bool record_live_complete(const struct record_live *r)
{
	int64_t from, to;
	if (r->sampled < SAMPLE)
		return false;
	if (r->plan.windows <= FEW_WINDOWS && r->whole.size == 1)
		return r->whole.count[WITH_MAPS] == r->whole.n_block;
	if (near_covers(r))
		return r->near.count[WITH_MAPS] == r->near.n_block;
	blocks_seen(r, &from, &to);
	return next_block(&r->whole, from, to, first_pass(&r->whole)) < 0;
}

/* ---- events ---- */

static void event_found(void *ctx, const struct record_event *v)
{
	struct record_live *r = ctx;
	if (r->n_event == RECORD_EVENTS) {
		r->more_events = true;
		return;
	}
	if (!(r->n_event & (r->n_event - 1)))
		r->event = xrealloc(r->event, (size_t)(r->n_event ? 2 * r->n_event : 1), sizeof *r->event);
	r->event[r->n_event++] = *v;
}

/* The row of a step as its cell knows it. */
static void cell_row(struct record_live *r, const struct level *v, int64_t at, float prediction)
{
	const struct record_plan *p = &r->plan;
	const float *q = v->cell + at * v->width;
	for (int j = 0; j < p->width; j++)
		r->row[j] = NAN;
	if (v->known[at] != EXACT)
		return;
	r->row[p->prediction] = (double)prediction;
	r->row[p->truth] = (double)q[TRUTH_HI];
	r->row[p->error] = (double)q[WORST];
	for (int k = 0; k < r->classes; k++)
		r->row[p->probability + k] = (double)(q[SUMS + k] / q[STEPS]);
	for (int c = 0; c < p->channels; c++)
		r->row[p->saliency + c] = (double)(q[SUMS + r->classes + c] / q[SALIENT]);
}

static int by_step(const void *pa, const void *pb)
{
	const struct record_event *a = pa, *b = pb;
	if (a->from != b->from)
		return (a->from > b->from) - (a->from < b->from);
	return (int)a->kind - (int)b->kind;
}

static void find_events(struct record_live *r)
{
	const struct level *v = &r->whole;
	struct record_finder f;
	float before = NAN;
	r->n_event = 0;
	r->more_events = false;
	record_finder_init(&f, &r->plan, r->limits, r->where, event_found, r);
	for (int64_t i = 0; i < v->n; i++) {
		/* a cell with two classes changes from that of the cell before to the other one */
		float lo = v->cell[i * v->width + PREDICTED_LO], hi = v->cell[i * v->width + PREDICTED_HI];
		bool turned = before > lo;
		cell_row(r, v, i, turned ? hi : lo);
		record_finder_step(&f, v->first + i * v->size, r->row);
		if (r->plan.classifier && lo < hi && v->known[i] == EXACT) {
			cell_row(r, v, i, turned ? lo : hi);
			record_finder_step(&f, v->first + i * v->size, r->row);
		}
		before = turned ? lo : hi;
	}
	record_finder_end(&f);
	if (r->n_event)
		qsort(r->event, (size_t)r->n_event, sizeof *r->event, by_step);
}

/* ---- the picture ---- */

void record_picture_free(struct record_picture *q)
{
	if (!q)
		return;
	free(q->input_lo), free(q->input_hi), free(q->predicted_lo), free(q->predicted_hi);
	free(q->truth_lo), free(q->truth_hi), free(q->error), free(q->probability), free(q->saliency);
	free(q->known), free(q->event);
	free(q);
}

static float *numbers(int rows, int n)
{
	float *v = xcalloc((size_t)rows * (size_t)n + 1, sizeof *v);
	for (int i = 0; i < rows * n; i++)
		v[i] = NAN;
	return v;
}

/* Adds the cells of the steps [first, end) to column x. */
static void column_add(const struct record_live *r, const struct level *v, struct record_picture *q, int x,
                       int64_t first, int64_t end, int known)
{
	float sum[RECORD_CLASSES] = { 0 }, steps = 0, salient = 0;
	float *share = xcalloc((size_t)q->channels, sizeof *share);
	int64_t from = (first - v->first) / v->size, to = (end - 1 - v->first) / v->size + 1;
	for (int64_t i = from; i < to; i++) {
		const float *c = v->cell + i * v->width;
		if (v->known[i] < known)
			continue;
		q->predicted_lo[x] = fminf(q->predicted_lo[x], c[PREDICTED_LO]);
		q->predicted_hi[x] = fmaxf(q->predicted_hi[x], c[PREDICTED_HI]);
		q->truth_lo[x] = fminf(q->truth_lo[x], c[TRUTH_LO]);
		q->truth_hi[x] = fmaxf(q->truth_hi[x], c[TRUTH_HI]);
		q->error[x] = fmaxf(q->error[x], c[WORST]);
		steps += c[STEPS];
		salient += c[SALIENT];
		for (int k = 0; k < r->classes; k++)
			sum[k] += c[SUMS + k];
		for (int k = 0; k < q->channels; k++)
			share[k] += c[SUMS + r->classes + k];
	}
	for (int k = 0; k < r->classes && steps > 0; k++)
		q->probability[k * q->n + x] = sum[k] / steps;
	for (int k = 0; k < q->channels && salient > 0; k++)
		q->saliency[k * q->n + x] = share[k] / salient;
	free(share);
}

/* What the cells of a stretch are known by: the least, but something where anything is known. */
static int known_by(const struct level *v, int64_t first, int64_t end)
{
	int least = EXACT, most = UNKNOWN;
	for (int64_t i = (first - v->first) / v->size; i <= (end - 1 - v->first) / v->size; i++) {
		least = v->known[i] < least ? v->known[i] : least;
		most = v->known[i] > most ? v->known[i] : most;
	}
	return least == EXACT ? EXACT : most ? SAMPLED : UNKNOWN;
}

static void column_make(const struct record_live *r, struct record_picture *q, int x)
{
	const struct dataset *d = r->plan.d;
	int64_t first = q->first + q->steps * x / q->n, end = q->first + q->steps * (x + 1) / q->n;
	end = end > first ? end : first + 1;
	bool near = near_covers(r) && known_by(&r->near, first, end) == EXACT;
	const struct level *v = near ? &r->near : &r->whole;
	q->known[x] = (unsigned char)known_by(v, first, end);
	column_add(r, v, q, x, first, end, SAMPLED);
	for (int c = 0; c < q->inputs; c++)
		pyramid_range(r->pyramid, c, first, end, &q->input_lo[c * q->n + x], &q->input_hi[c * q->n + x]);
	/* the true values of a series are there before anything is predicted */
	if (!r->plan.classifier && d->n_y == r->plan.m->outputs && d->truth == TRUTH_COLUMNS &&
	    d->predict[0] < q->inputs) {
		q->truth_lo[x] = q->input_lo[d->predict[0] * q->n + x];
		q->truth_hi[x] = q->input_hi[d->predict[0] * q->n + x];
	}
}

static int64_t windows_of(const struct record_live *r, int64_t blocks)
{
	return blocks * r->plan.windows / r->whole.n_block;
}

struct record_picture *record_live_picture(struct record_live *r)
{
	struct record_picture *q = xcalloc(1, sizeof *q);
	const struct level *v = &r->whole;
	int64_t passes = first_pass(v) == WITH_MAPS ? 1 : 2,
	        blocks = v->count[PREDICTED_ONLY] + passes * v->count[WITH_MAPS];
	q->first = r->first;
	q->steps = r->steps;
	q->all = r->plan.steps;
	q->n = r->n;
	q->inputs = pyramid_columns(r->pyramid);
	q->classes = r->classes;
	q->channels = r->plan.channels;
	q->input_lo = numbers(q->inputs, q->n), q->input_hi = numbers(q->inputs, q->n);
	q->predicted_lo = numbers(1, q->n), q->predicted_hi = numbers(1, q->n);
	q->truth_lo = numbers(1, q->n), q->truth_hi = numbers(1, q->n);
	q->error = numbers(1, q->n);
	q->probability = numbers(q->classes, q->n);
	q->saliency = numbers(q->channels, q->n);
	q->known = xcalloc((size_t)q->n, 1);
	for (int x = 0; x < q->n; x++)
		column_make(r, q, x);
	q->limits = r->limits;
	q->cell = v->size;
	q->done = windows_of(r, blocks);
	q->total = passes * r->plan.windows;
	q->done = blocks == passes * v->n_block ? q->total : q->done;
	q->complete = record_live_complete(r);
	if (r->sampled == SAMPLE && (r->events_at < 0 || blocks - r->events_at > v->n_block / 32 ||
	                             (blocks > r->events_at && (q->done == q->total || q->complete)))) {
		find_events(r);
		r->events_at = blocks;
	}
	q->n_event = r->n_event;
	q->more_events = r->more_events;
	q->event = xcalloc((size_t)r->n_event + 1, sizeof *q->event);
	if (r->n_event)
		memcpy(q->event, r->event, (size_t)r->n_event * sizeof *q->event);
	return q;
}
