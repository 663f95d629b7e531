/* The sweep of core/band/band.h: forward through the nodes, a stretch of time steps (a chunk) after the other so that
 * memory stays small. Each step is computed once: what the next chunk reads of the last steps is kept, and early layers
 * run ahead of deeper ones by what these read ahead. */
#include <stdlib.h>
#include <string.h>
#include "core/band/band_sweep.h"
#include "core/graph/op.h"
#include "core/kernels/tile.h"

enum {
	CHUNK_BYTES = 4 << 20, /* of the largest band, at most, */
	CHUNK_STEPS = 48,      /* but not fewer steps of the input than this; whole strips of a convolution */
};

/* The spare that fits best, or new memory. */
real *sweep_take(struct sweep *q, size_t *n)
{
	struct spare *best = NULL;
	for (int i = 0; i < SPARES; i++)
		if (q->spare[i].d && q->spare[i].n >= *n && (!best || q->spare[i].n < best->n))
			best = &q->spare[i];
	if (!best)
		return xalloc_aligned(*n * sizeof(real));
	real *d = best->d;
	*n = best->n;
	best->d = NULL;
	return d;
}

void sweep_give(struct sweep *q, real *d, size_t n)
{
	struct spare *least = &q->spare[0];
	for (int i = 0; i < SPARES; i++) {
		if (!q->spare[i].d) {
			q->spare[i] = (struct spare){ d, n };
			return;
		}
		if (q->spare[i].n < least->n)
			least = &q->spare[i];
	}
	if (least->n < n) {
		free(least->d);
		*least = (struct spare){ d, n };
	} else {
		free(d);
	}
}

static size_t piece_reals(const struct sweep *q, int v, int64_t ld)
{
	return (size_t)(slots(q, &q->b->of[v]) * q->b->of[v].F * ld + TILE_SLACK);
}

/* Steps [from,to) of all rows. */
static void copy_steps(const struct sweep *q, int v, const struct piece *x, int64_t from, int64_t to, struct piece *y)
{
	int64_t rows = slots(q, &q->b->of[v]) * q->b->of[v].F;
	for (int64_t r = 0; r < rows; r++)
		memcpy(y->d + r * y->ld + (from - y->a), x->d + r * x->ld + (from - x->a),
		       (size_t)(to - from) * sizeof(real));
}

void sweep_tail_restore(struct sweep *q, int v)
{
	struct piece *tail = &q->tail[v];
	if (!tail->d)
		return;
	copy_steps(q, v, tail, tail->a, tail->b, &q->piece[v]);
	sweep_give(q, tail->d, tail->n);
	*tail = (struct piece){ 0 };
}

void sweep_tail_save(struct sweep *q, int v)
{
	struct piece *p = &q->piece[v], *tail = &q->tail[v];
	int64_t a = q->keep[v] > p->a ? q->keep[v] : p->a;
	if (!p->d || a >= p->b || q->chunk + 1 == q->n_chunk)
		return;
	*tail = (struct piece){ .a = a, .b = p->b, .ld = p->b - a, .n = piece_reals(q, v, p->b - a) };
	tail->d = sweep_take(q, &tail->n);
	copy_steps(q, v, p, a, p->b, tail);
}

void sweep_piece_open(struct sweep *q, int v)
{
	struct piece *p = &q->piece[v];
	p->ld = p->b - p->a;
	p->n = piece_reals(q, v, p->ld);
	size_t used = p->n - TILE_SLACK;
	p->d = sweep_take(q, &p->n);
	/* what the slack holds is read, not used: it must not be a number that takes long */
	memset(p->d + used, 0, TILE_SLACK * sizeof(real));
	sweep_tail_restore(q, v);
}

void sweep_piece_alloc(struct sweep *q, int v)
{
	struct piece *p = &q->piece[v];
	p->ld = p->b - p->a;
	p->n = piece_reals(q, v, p->ld);
	size_t bytes = p->n * sizeof(real);
	p->d = sweep_take(q, &p->n);
	memset(p->d, 0, bytes);
	sweep_tail_restore(q, v);
}

static void piece_free(struct sweep *q, struct piece *p)
{
	if (p->d)
		sweep_give(q, p->d, p->n);
	p->d = NULL;
}

bool sweep_slot_steps(const struct sweep *q, const struct carried *c, const struct piece *p, int64_t w, int64_t *from,
                      int64_t *to)
{
	int64_t first = -floor_div(c->offset + w, c->jump),
	        behind = floor_div(q->m->T - 1 - c->offset - w, c->jump) + 1;
	fresh_steps(c, p, from, to);
	if (first > *from)
		*from = first;
	if (behind < *to)
		*to = behind;
	return *from < *to;
}

static void widen(struct piece *p, int64_t a, int64_t b)
{
	if (p->a >= p->b) {
		p->a = a;
		p->b = b;
		return;
	}
	if (a < p->a)
		p->a = a;
	if (b > p->b)
		p->b = b;
}

/* What the chunk still lacks of the steps that a wanted layer, or rows, have after it. */
static void widen_to_end(struct sweep *q, int v)
{
	int64_t end = chunk_end(q, q->b->of[v].L), from = q->done[v] > 0 ? q->done[v] : 0;
	if (end > from)
		widen(&q->piece[v], from, end);
}

/* All readers of v have said what they need. Steps that are computed already are computed no more, and none between
 * them and the new ones is left out: a reader that takes only each second step may be ahead of one that takes all. */
static void range_ends(struct sweep *q, int v)
{
	struct piece *p = &q->piece[v];
	if (p->a >= p->b)
		return;
	if (q->tail[v].d)
		widen(p, q->tail[v].a, q->tail[v].b);
	if (p->a > q->done[v] && q->done[v] > INT64_MIN)
		p->a = q->done[v];
	p->b = p->b > q->done[v] ? p->b : q->done[v];
	p->from = p->a > q->done[v] ? p->a : q->done[v];
}

/* What node i reads of its inputs for the steps of its output that are new, and which steps its next chunk will read.
 */
static void widen_inputs(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	const struct piece *p = &q->piece[n->out[0]];
	const struct window *s = &q->b->slide[i];
	enum step step = q->b->step[i];
	bool slides = step == STEP_CONV || step == STEP_POOL || step == STEP_SHIFT, fresh = p->from < p->b;
	int64_t end = p->a < p->b ? p->b : q->done[n->out[0]];
	for (int k = 0; k < (slides ? 1 : n->n_in); k++) {
		int v = n->in[k];
		if (v < 0 || !q->g->value[v].depends)
			continue;
		if (fresh && slides)
			widen(&q->piece[v], p->from * s->stride - s->pad,
			      (p->b - 1) * s->stride + (s->k - 1) * s->dilation - s->pad + 1);
		else if (fresh)
			widen(&q->piece[v], p->a, p->b);
		int64_t next = slides ? end * s->stride - s->pad : end;
		q->keep[v] = next < q->keep[v] ? next : q->keep[v];
	}
}

/* Which steps of every value this chunk needs, from the back. */
static void ranges(struct sweep *q)
{
	for (int v = 0; v < q->g->n_value; v++) {
		q->piece[v] = (struct piece){ 0 };
		q->keep[v] = INT64_MAX;
	}
	for (int l = 0; l < q->b->n_layer; l++) {
		int v = q->b->layer[l].act;
		if (q->map[l] && q->b->of[v].kind == CARRY_BAND)
			widen_to_end(q, v);
	}
	for (int i = q->g->n_node - 1; i >= 0; i--) {
		const struct node *n = &q->g->node[i];
		enum step step = q->b->step[i];
		if (step == STEP_NONE || !q->need[n->out[0]])
			continue;
		if (step >= STEP_FLATTEN && step <= STEP_REDUCE_MAX) {
			widen_to_end(q, n->in[0]);
		} else if (q->b->of[n->out[0]].kind == CARRY_BAND) {
			range_ends(q, n->out[0]);
			widen_inputs(q, i);
		}
	}
	range_ends(q, q->m->input);
}

static void input_band(struct sweep *q)
{
	const struct carried *c = &q->b->of[q->m->input];
	struct piece *p = &q->piece[q->m->input];
	if (p->a >= p->b)
		return;
	sweep_piece_alloc(q, q->m->input);
	for (int64_t f = 0; f < q->m->C; f++)
		for (int64_t t = p->a; t < p->b; t++)
			if (t >= 0 && t < c->L)
				slot_row(c, p, f, f)[t - p->a] = 1;
}

static void finish_value(struct sweep *q, int v)
{
	if (q->r->n_off)
		sweep_silence(q, v);
	for (int l = 0; l < q->b->n_layer; l++)
		if (q->map[l] && q->b->layer[l].act == v && q->b->of[v].kind == CARRY_BAND)
			sweep_map(q, &q->b->layer[l], q->map[l]);
}

static void drop_inputs(struct sweep *q, int i)
{
	const struct node *n = &q->g->node[i];
	for (int k = 0; k < n->n_in; k++)
		if (n->in[k] >= 0 && q->last[n->in[k]] == i && n->in[k] != q->m->input) {
			sweep_tail_save(q, n->in[k]);
			piece_free(q, &q->piece[n->in[k]]);
		}
}

static void sweep_chunk(struct sweep *q)
{
	static void (*const run[])(struct sweep *, int) = {
		[STEP_ALIAS] = sweep_alias, [STEP_POINT] = sweep_point,   [STEP_CONV] = sweep_conv,
		[STEP_POOL] = sweep_pool,   [STEP_CONCAT] = sweep_concat, [STEP_SHIFT] = sweep_shift,
	};
	ranges(q);
	input_band(q);
	for (int i = 0; i < q->g->n_node; i++) {
		const struct node *n = &q->g->node[i];
		enum step step = q->b->step[i];
		if (step == STEP_NONE || !q->need[n->out[0]])
			continue;
		if (step >= STEP_FLATTEN && step <= STEP_REDUCE_MAX) {
			if (q->piece[n->in[0]].d)
				sweep_to_rows(q, i, step);
		} else if (q->b->of[n->out[0]].kind == CARRY_BAND && q->piece[n->out[0]].a < q->piece[n->out[0]].b) {
			if (q->piece[n->out[0]].from < q->piece[n->out[0]].b) {
				run[step](q, i);
				finish_value(q, n->out[0]);
			} else {
				sweep_piece_open(q, n->out[0]);
			}
			if (q->last[n->out[0]] < 0) {
				piece_free(q, &q->piece[n->out[0]]);
			}
		}
		drop_inputs(q, i);
	}
	piece_free(q, &q->piece[q->m->input]);
	for (int v = 0; v < q->g->n_value; v++)
		if (q->piece[v].a < q->piece[v].b && v != q->m->input)
			q->done[v] = q->piece[v].b;
}

static void sweep_rows(struct sweep *q)
{
	for (int i = 0; i < q->g->n_node; i++) {
		const struct node *n = &q->g->node[i];
		int v = n->n_out ? n->out[0] : -1;
		if (v < 0 || !q->need[v] || q->b->of[v].kind != CARRY_ROWS)
			continue;
		size_t bytes = (size_t)(q->b->of[v].F * q->m->T * q->m->C) * sizeof(real);
		if (q->b->step[i] == STEP_MATMUL)
			sweep_rows_matmul(q, i);
		else if (q->b->step[i] == STEP_POINT)
			sweep_rows_point(q, i);
		else if (q->b->step[i] == STEP_JACOBIAN)
			sweep_rows_jacobian(q, i);
		else if (q->b->step[i] == STEP_ALIAS)
			memcpy(q->rows[v], q->rows[n->in[0]], bytes);
		if (q->r->n_off)
			sweep_silence(q, v);
	}
	for (int l = 0; l < q->b->n_layer; l++) {
		int v = q->b->layer[l].act;
		int64_t n = q->m->T * q->m->C;
		for (int64_t f = 0; q->map[l] && q->b->of[v].kind == CARRY_ROWS && f < q->b->of[v].F; f++)
			memcpy(q->map[l][f], q->rows[v] + f * n, (size_t)n * sizeof(real));
	}
}

/* Which values lead to the wanted layers, who reads them last, and how many chunks keep memory small. */
static void prepare(struct sweep *q)
{
	int64_t biggest = 0;
	for (int l = 0; l < q->b->n_layer; l++)
		if (q->map[l])
			q->need[q->b->layer[l].act] = true;
	for (int v = 0; v < q->g->n_value; v++) {
		q->last[v] = -1;
		q->done[v] = INT64_MIN;
	}
	for (int i = q->g->n_node - 1; i >= 0; i--) {
		const struct node *n = &q->g->node[i];
		if (q->b->step[i] == STEP_NONE || !q->need[n->out[0]])
			continue;
		for (int k = 0; k < n->n_in; k++)
			if (n->in[k] >= 0 && q->g->value[n->in[k]].depends) {
				q->need[n->in[k]] = true;
				if (q->last[n->in[k]] < 0)
					q->last[n->in[k]] = i;
			}
	}
	for (int v = 0; v < q->g->n_value; v++) {
		const struct carried *c = &q->b->of[v];
		if (!q->need[v])
			continue;
		if (c->kind == CARRY_ROWS) {
			size_t n = (size_t)(c->F * q->m->T * q->m->C + TILE_SLACK);
			q->rows[v] = xalloc_aligned(n * sizeof(real));
			memset(q->rows[v], 0, n * sizeof(real));
		} else if (c->kind == CARRY_BAND && slots(q, c) * c->F * c->L > biggest) {
			biggest = slots(q, c) * c->F * c->L;
		}
	}
	int64_t bytes = biggest * (int64_t)sizeof(real) / q->m->T + 1;
	q->chunk_steps = CHUNK_BYTES / bytes / CHUNK_STEPS * CHUNK_STEPS;
	if (q->chunk_steps < CHUNK_STEPS)
		q->chunk_steps = CHUNK_STEPS;
	if (q->b->chunk_steps)
		q->chunk_steps = q->b->chunk_steps;
	q->n_chunk = (q->m->T + q->chunk_steps - 1) / q->chunk_steps;
}

void band_maps(const struct band *b, const struct run *r, real *const *const *map)
{
	const struct model *m = b->m;
	size_t nv = (size_t)m->graph->n_value;
	struct sweep q = { .b = b, .m = m, .g = m->graph, .r = r, .map = map };
	q.piece = xcalloc(nv, sizeof *q.piece);
	q.tail = xcalloc(nv, sizeof *q.tail);
	q.keep = xcalloc(nv, sizeof *q.keep);
	q.done = xcalloc(nv, sizeof *q.done);
	q.rows = xcalloc(nv, sizeof *q.rows);
	q.need = xcalloc(nv, sizeof *q.need);
	q.last = xcalloc(nv, sizeof *q.last);
	prepare(&q);
	size_t window = (size_t)(m->T * m->C);
	for (int l = 0; l < b->n_layer; l++)
		for (int64_t f = 0; map[l] && f < b->layer[l].filters; f++)
			memset(map[l][f], 0, window * sizeof(real));
	for (q.chunk = 0; q.chunk < q.n_chunk; q.chunk++)
		sweep_chunk(&q);
	sweep_rows(&q);
	for (int l = 0; l < b->n_layer; l++)
		for (int64_t f = 0; map[l] && f < b->layer[l].filters; f++)
			for (size_t i = 0; i < window; i++)
				map[l][f][i] = real_abs(map[l][f][i]);
	for (size_t v = 0; v < nv; v++) {
		free(q.rows[v]);
		free(q.tail[v].d);
	}
	for (int i = 0; i < SPARES; i++)
		free(q.spare[i].d);
	free(q.piece);
	free(q.tail);
	free(q.keep);
	free(q.done);
	free(q.rows);
	free(q.need);
	free(q.last);
}
