#include "core/record/record_live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The events of a record with so few windows are waited for. */
enum { FEW_WINDOWS = 20000 };
enum { SAMPLE = 256, SAMPLE_STEP = 16, PIECE = 16, BLOCK_WINDOWS = 64, BLOCK_REACH = 8, BLOCKS = 4096 };

struct record_live {
	struct record_plan plan;
	struct record_team *team;
	struct pyramid *pyramid;
	struct record_cells whole, near;
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
	struct record_cells *cells; /* of the stream */
	int64_t at;                 /* its block */
	enum cells_pass pass;
	/* events, as of `events_at` blocks */
	struct record_expr *where;
	struct record_event *event;
	int n_event, room;
	int64_t found;
	bool thinned; /* there were more than fit */
	int64_t events_at;
	double *row; /* (width of the plan) */
};

static bool stream_row(void *ctx, int64_t step, const double *row)
{
	struct record_live *r = ctx;
	record_cells_add(r->cells, step, row, r->pass == BLOCK_WITH_MAPS);
	return true;
}

static bool sample_row(void *ctx, int64_t step, const double *row)
{
	struct record_live *r = ctx;
	record_sampler_add(&r->sampler, row);
	record_cells_sample(&r->whole, step, row);
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
	int64_t size = 1, each = p->steps / p->windows + 1, block = each * BLOCK_WINDOWS;
	while (p->steps / size > record_cells_most(p))
		size *= 2;
	block = block < p->reach * BLOCK_REACH ? p->reach * BLOCK_REACH : block;
	/* windows at the border of two blocks are evaluated twice, and the next block is looked for among all */
	block = block < p->steps / BLOCKS ? p->steps / BLOCKS : block;
	record_cells_init(&r->whole, p, 0, p->steps, size, block);
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
	record_cells_release(&r->whole);
	record_cells_release(&r->near);
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
	if (r->whole.size == 1 || r->steps > RECORD_NEAR || 2 * r->steps > record_cells_most(&r->plan) ||
	    near_covers(r))
		return;
	if (r->stream)
		stream_end(r);
	record_cells_release(&r->near);
	int64_t from = r->first - r->steps / 2, end = r->first + r->steps + r->steps / 2;
	from = from < 0 ? 0 : from;
	end = end > all ? all : end;
	record_cells_init(&r->near, &r->plan, from, end, 1, end - from);
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

static void blocks_seen(const struct record_live *r, int64_t *from, int64_t *to)
{
	const struct record_cells *v = &r->whole;
	*from = r->first / v->block;
	*to = (r->first + r->steps - 1) / v->block + 1;
}

/* The first pass over a long record is without maps, which take a second pass of the network. */
static enum cells_pass first_pass(const struct record_cells *v)
{
	return v->size == 1 ? BLOCK_WITH_MAPS : BLOCK_PREDICTED;
}

static bool stream_begin(struct record_live *r)
{
	struct record_cells *v = &r->near;
	int64_t from, to, b = -1;
	enum cells_pass pass = BLOCK_WITH_MAPS;
	if (near_covers(r) && v->count[BLOCK_WITH_MAPS] < v->n_block)
		b = 0;
	if (b < 0) {
		v = &r->whole;
		pass = first_pass(v);
		blocks_seen(r, &from, &to);
		b = record_cells_next(v, from, to, pass);
		b = b < 0 ? record_cells_next(v, 0, v->n_block, pass) : b;
	}
	if (b < 0) {
		pass = BLOCK_WITH_MAPS;
		b = record_cells_next(v, from, to, pass);
		b = b < 0 ? record_cells_next(v, 0, v->n_block, pass) : b;
	}
	if (b < 0)
		return false;
	int64_t first = v->first + b * v->block, end = first + v->block < v->end ? first + v->block : v->end;
	r->cells = v;
	r->at = b;
	r->pass = pass;
	r->stream = record_stream_new(&r->plan, pass == BLOCK_WITH_MAPS, first, end, PIECE);
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
	record_cells_done(r->cells, r->at, r->pass);
	stream_end(r);
	return true;
}

bool record_live_complete(const struct record_live *r)
{
	int64_t from, to;
	if (r->sampled < SAMPLE)
		return false;
	if (r->plan.windows <= FEW_WINDOWS && r->whole.size == 1)
		return r->whole.count[BLOCK_WITH_MAPS] == r->whole.n_block;
	if (near_covers(r))
		return r->near.count[BLOCK_WITH_MAPS] == r->near.n_block;
	blocks_seen(r, &from, &to);
	return record_cells_next(&r->whole, from, to, first_pass(&r->whole)) < 0;
}

/* ---- events ---- */

/* Of very many events the strongest of each kind is left in each of so many stretches of the record. */
enum { STRETCHES = RECORD_EVENTS / EVENT_KINDS };

static void events_thin(struct record_live *r)
{
	int kept[EVENT_KINDS], n = 0;
	int64_t stretch[EVENT_KINDS];
	for (int k = 0; k < EVENT_KINDS; k++)
		stretch[k] = -1;
	for (int i = 0; i < r->n_event; i++) {
		const struct record_event v = r->event[i];
		int64_t at = v.from * STRETCHES / r->plan.steps;
		struct record_event *best = at == stretch[v.kind] ? &r->event[kept[v.kind]] : NULL;
		/* a change of class has no strength: the first one stays */
		if (best && v.kind != EVENT_CLASS && v.value > best->value)
			*best = v;
		if (best)
			continue;
		stretch[v.kind] = at;
		kept[v.kind] = n;
		r->event[n++] = v;
	}
	r->n_event = n;
	r->thinned = true;
}

static void event_found(void *ctx, const struct record_event *v)
{
	struct record_live *r = ctx;
	r->found++;
	for (int64_t i = record_cells_at(&r->whole, v->from); i <= record_cells_at(&r->whole, v->last); i++)
		r->whole.events[i] |= (unsigned char)(1 << v->kind);
	if (r->n_event == 2 * RECORD_EVENTS)
		events_thin(r);
	if (r->n_event == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->event = xrealloc(r->event, (size_t)r->room, sizeof *r->event);
	}
	r->event[r->n_event++] = *v;
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
	const struct record_cells *v = &r->whole;
	struct record_finder f;
	float before = NAN;
	r->n_event = 0;
	r->found = 0;
	r->thinned = false;
	memset(v->events, 0, (size_t)v->n);
	record_finder_init(&f, &r->plan, r->limits, r->where, event_found, r);
	for (int64_t i = 0; i < v->n; i++) {
		/* a cell with two classes changes from that of the cell before to the other one */
		const float *c = v->cell + i * v->width + CELL_COLUMNS;
		float lo = c[COLUMN_LO], hi = c[COLUMN_HI];
		bool turned = before > lo;
		record_cells_row(v, i, turned, r->row);
		record_finder_step(&f, v->first + i * v->size, r->row);
		if (r->plan.classifier && lo < hi && v->known[i] == CELL_EXACT) {
			record_cells_row(v, i, !turned, r->row);
			record_finder_step(&f, v->first + i * v->size, r->row);
		}
		before = turned ? lo : hi;
	}
	record_finder_end(&f);
	if (r->thinned || r->n_event > RECORD_EVENTS)
		events_thin(r);
	if (r->n_event)
		qsort(r->event, (size_t)r->n_event, sizeof *r->event, by_step);
}

/* ---- the picture ---- */

static int64_t windows_of(const struct record_live *r, int64_t blocks)
{
	return blocks * r->plan.windows / r->whole.n_block;
}

/* Events are looked for now and then, and at the end. */
static void events_update(struct record_live *r, int64_t blocks, bool last)
{
	if (r->sampled < SAMPLE)
		return;
	if (r->events_at >= 0 && blocks - r->events_at <= r->whole.n_block / 32 && !(last && blocks > r->events_at))
		return;
	find_events(r);
	r->events_at = blocks;
}

struct record_picture *record_live_picture(struct record_live *r)
{
	static const struct record_cells none;
	const struct record_cells *v = &r->whole;
	struct record_picture *q = record_picture_new(&r->plan, r->pyramid, r->first, r->steps, r->n);
	int64_t passes = first_pass(v) == BLOCK_WITH_MAPS ? 1 : 2,
	        blocks = v->count[BLOCK_PREDICTED] + passes * v->count[BLOCK_WITH_MAPS];
	q->limits = r->limits;
	q->cell = v->size;
	q->total = passes * r->plan.windows;
	q->done = blocks == passes * v->n_block ? q->total : windows_of(r, blocks);
	q->complete = record_live_complete(r);
	events_update(r, blocks, q->done == q->total || q->complete);
	record_picture_cells(q, v, near_covers(r) ? &r->near : &none);
	q->n_event = r->n_event;
	q->found = r->found;
	q->event = xcalloc((size_t)r->n_event + 1, sizeof *q->event);
	if (r->n_event)
		memcpy(q->event, r->event, (size_t)r->n_event * sizeof *q->event);
	return q;
}
