/* Least squares: every consumer is fitted to what it computed before, on what the smaller network gives it now. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "core/kernels/op_window.h"
#include "core/prune/prune_aim.h"
#include "core/prune/prune_repair.h"
#include "core/prune/prune_solve.h"
#include "core/run/run.h"

/* Windows are summed in so many shares, whatever the number of threads, so that the result does not depend on it. */
enum { SHARES = 4, ROWS_AT_ONCE = 64, COLUMNS_MOST = 4096 };

/* How a consumer reads: row by row of columns, and the outputs of that row. Offsets are in elements. */
struct layout {
	int64_t rows, columns, outputs;
	int64_t *x;    /* (rows,taps) offset in the plane of a channel, or in the row; -1: padding */
	int64_t taps;  /* columns are (channels,taps) */
	int64_t plane; /* elements from one channel of the input to the next */
	int64_t *y;    /* (rows) offset of the first output */
	int64_t step;  /* elements from one output to the next */
	/* The old node has more outputs: dense ones lie side by side, so that its rows are longer; planes lie one
	 * behind the other. */
	int64_t old_row;
};

static void layout_release(struct layout *l)
{
	free(l->x);
	free(l->y);
}

/* x: a value (1,channels,...); y: (1,filters,...); the node is a convolution of one group. */
static void conv_layout(struct layout *l, const struct node *n, const struct shape *x, const struct shape *y,
                        const struct shape *w)
{
	struct window win[RANK_MAX];
	int64_t outer[RANK_MAX] = { 0 }, tap[RANK_MAX] = { 0 };
	l->rows = l->taps = l->plane = 1;
	for (int k = 2; k < x->rank; k++) {
		if (!window_along(n, k, &win[k]))
			win[k] = (struct window){ .k = w->dim[k], .stride = 1, .dilation = 1 };
		l->rows *= y->dim[k];
		l->taps *= w->dim[k];
		l->plane *= x->dim[k];
	}
	l->columns = x->dim[1] * l->taps;
	l->outputs = y->dim[1];
	l->step = l->rows;
	l->x = xcalloc((size_t)(l->rows * l->taps) + 1, sizeof *l->x);
	l->y = xcalloc((size_t)l->rows + 1, sizeof *l->y);
	for (int64_t r = 0; r < l->rows; r++) {
		int64_t rest = r;
		for (int k = x->rank - 1; k >= 2; rest /= y->dim[k--])
			outer[k] = rest % y->dim[k];
		l->y[r] = r;
		for (int64_t t = 0; t < l->taps; t++) {
			int64_t at = 0;
			rest = t;
			for (int k = x->rank - 1; k >= 2; rest /= w->dim[k--])
				tap[k] = rest % w->dim[k];
			for (int k = 2; k < x->rank && at >= 0; k++) {
				int64_t i = outer[k] * win[k].stride + tap[k] * win[k].dilation - win[k].pad;
				at = i < 0 || i >= x->dim[k] ? -1 : at * x->dim[k] + i;
			}
			l->x[r * l->taps + t] = at;
		}
	}
}

/* x: rows of columns along its last axis, or along its first (transA). */
static void dense_layout(struct layout *l, const struct shape *x, const struct shape *y, int axis)
{
	int64_t n = shape_count(x);
	bool last = axis == x->rank - 1;
	l->columns = l->taps = x->dim[axis];
	l->rows = l->columns ? n / l->columns : 0;
	l->outputs = y->dim[y->rank - 1];
	l->plane = 0;
	l->step = 1;
	l->x = xcalloc((size_t)n + 1, sizeof *l->x);
	l->y = xcalloc((size_t)l->rows + 1, sizeof *l->y);
	for (int64_t r = 0; r < l->rows; r++) {
		l->y[r] = r * l->outputs;
		for (int64_t t = 0; t < l->taps; t++)
			l->x[r * l->taps + t] = last ? r * l->columns + t : t * l->rows + r;
	}
}

static void layout_init(struct layout *l, const struct prune_map *p, const struct prune_consumer *c,
                        const struct graph *g, int x, int y, int w)
{
	*l = (struct layout){ 0 };
	const struct node *n = &p->m->graph->node[c->node];
	if (c->kind == PRUNE_CONV)
		conv_layout(l, n, &g->value[x].shape, &g->value[y].shape, &g->value[w].shape);
	else
		dense_layout(l, &g->value[x].shape, &g->value[y].shape, c->axis);
}

/* ---- sums over windows ---- */

struct side {
	const struct model *m;
	int x, y, other; /* values; -1: not wanted */
	struct run *run;
	int64_t lanes;
};

struct share {
	const struct prune_fix *q;
	const struct layout *l;
	const struct prune_aim *aim;
	const int64_t *kept; /* (outputs) number of each kept output in the old network */
	struct side old, new;
	int64_t from, to, not_finite;
	struct prune_sums sums;
};

static void side_open(struct side *s, bool lanes)
{
	int value[3], n = 0;
	for (int k = 0; k < 3; k++) {
		int v = k == 0 ? s->x : k == 1 ? s->y : s->other;
		if (v >= 0)
			value[n++] = v;
	}
	s->lanes = lanes ? RUN_LANES : 1;
	s->run = lanes ? run_new_outputs_lanes(s->m->graph, n, value) : run_new_outputs(s->m->graph, n, value);
}

static void side_input(struct side *s, int lane, const real *native)
{
	if (s->lanes > 1)
		run_input_lane(s->run, 0, lane, native);
	else
		run_input(s->run, 0, native);
}

/* A value of one window. */
static void side_get(const struct side *s, int value, int lane, real *to)
{
	int64_t n = shape_count(&s->m->graph->value[value].shape);
	const real *from = run_real(s->run, value);
	bool lanes = s->lanes > 1 && s->m->graph->value[value].depends;
	if (lanes)
		lane_get(n, from, lane, to);
	else
		memcpy(to, from, (size_t)n * sizeof *to);
}

static real *room(const struct side *s, int value)
{
	return value < 0 ? NULL : xcalloc((size_t)shape_count(&s->m->graph->value[value].shape) + 1, sizeof(real));
}

static void one_row(const struct share *s, const real *x, const real *y, const real *was, const real *is, int64_t r,
                    double *z)
{
	const struct layout *l = s->l;
	int64_t channels = l->columns / l->taps;
	for (int64_t c = 0; c < channels; c++)
		for (int64_t t = 0; t < l->taps; t++) {
			int64_t at = l->x[r * l->taps + t];
			*z++ = at < 0 ? 0 : (double)x[c * l->plane + at];
		}
	for (int64_t o = 0; o < l->outputs; o++) {
		int64_t f = s->kept[o];
		int64_t at = l->old_row ? r * l->old_row + f : l->y[r] + f * l->step;
		double v = (double)y[at], scale = s->aim->scale[f];
		if (was && fabs(scale) > 1e-6)
			v += ((double)was[at] - (double)is[l->y[r] + o * l->step]) / scale;
		*z++ = v;
	}
}

static bool finite_rows(const double *z, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (!isfinite(z[i]))
			return false;
	return true;
}

static bool stopped(const struct prune_fix *q)
{
	return q->stop && q->stop(q->ctx);
}

struct buffers {
	real *x, *y, *was, *is;
	double *z;
};

static void one_window(struct share *s, int lane, struct buffers *b)
{
	const struct layout *l = s->l;
	int64_t w = l->columns + l->outputs;
	side_get(&s->new, s->new.x, lane, b->x);
	side_get(&s->old, s->old.y, lane, b->y);
	if (b->was) {
		side_get(&s->old, s->old.other, lane, b->was);
		side_get(&s->new, s->new.other, lane, b->is);
	}
	for (int64_t r = 0; r < l->rows; r += ROWS_AT_ONCE) {
		int64_t n = l->rows - r < ROWS_AT_ONCE ? l->rows - r : ROWS_AT_ONCE;
		for (int64_t i = 0; i < n; i++)
			one_row(s, b->x, b->y, b->was, b->is, r + i, b->z + i * w);
		if (finite_rows(b->z, n * w))
			prune_sums_add(&s->sums, n, b->z);
		else
			s->not_finite++;
	}
}

static void work(void *arg)
{
	struct share *s = arg;
	const struct model *m = s->old.m;
	const struct dataset *d = s->q->d;
	size_t n = (size_t)(m->T * m->C);
	real *tc = xcalloc(n, sizeof *tc), *native = xcalloc(n, sizeof *native);
	bool lanes = s->to - s->from >= RUN_LANES && run_lanes_pay(m->graph) && run_lanes_pay(s->new.m->graph);
	side_open(&s->old, lanes);
	side_open(&s->new, lanes);
	struct buffers b = { room(&s->new, s->new.x), room(&s->old, s->old.y), room(&s->old, s->old.other),
		             room(&s->new, s->new.other), NULL };
	b.z = xcalloc((size_t)(ROWS_AT_ONCE * (s->l->columns + s->l->outputs)) + 1, sizeof *b.z);
	int64_t each = lanes ? RUN_LANES : 1;
	for (int64_t i = s->from; i < s->to && !stopped(s->q); i += each) {
		int64_t now = s->to - i < each ? s->to - i : each;
		for (int k = 0; k < now; k++) {
			dataset_window(d, i + k, tc);
			model_pack(m, tc, native);
			side_input(&s->old, k, native);
			side_input(&s->new, k, native);
		}
		run_forward(s->old.run);
		run_forward(s->new.run);
		for (int k = 0; k < now; k++)
			one_window(s, k, &b);
	}
	run_free(s->old.run);
	run_free(s->new.run);
	free(tc), free(native);
	free(b.x), free(b.y), free(b.was), free(b.is), free(b.z);
}

/* ---- one consumer ---- */

/* Numbers of the old outputs that stay. */
static int64_t *kept_outputs(const struct prune_fix *q, int k)
{
	const struct prune_matrix *x = &q->facts->matrix[k];
	int64_t *kept = xcalloc((size_t)x->outputs + 1, sizeof *kept), n = 0;
	for (int64_t o = 0; o < x->outputs; o++)
		if (x->maker[o] < 0 || !q->removed[prune_class(q->facts->p, x->maker[o])])
			kept[n++] = o;
	return kept;
}

static int new_id(const struct model *now, const struct graph *g, int value)
{
	return value < 0 ? -1 : graph_find(now->graph, g->value[value].name);
}

static void fit(struct prune_fix *q, int k, const struct prune_sums *s)
{
	double *w = xcalloc((size_t)(s->n * s->m) + 1, sizeof *w), *bias = xcalloc((size_t)s->m + 1, sizeof *bias);
	double condition = 1;
	if (prune_sums_fit(s, w, bias, &condition)) {
		prune_fix_set(q, k, s->n, s->m, w, bias);
		q->condition = fmax(q->condition, condition);
		q->solved++;
	} else {
		q->by_gram++;
		snprintf(q->note, sizeof q->note,
		         "the equations of layer '%s' could not be solved; gram stands for them",
		         q->facts->p->m->layer[q->facts->p->consumer[k].layer].name);
	}
	free(w), free(bias);
}

/* Sums over all windows, and fits. now: the smaller network as far as it is repaired. */
static void solve(struct prune_fix *q, int k, const struct model *now)
{
	const struct prune_map *p = q->facts->p;
	const struct prune_consumer *c = &p->consumer[k];
	const struct graph *g = p->m->graph;
	const struct node *n = &g->node[c->node];
	struct layout l;
	struct prune_aim aim;
	struct share s[SHARES];
	int y = n->out[0], x = new_id(now, g, c->value), w = new_id(now, g, n->in[1]);
	layout_init(&l, p, c, now->graph, x, new_id(now, g, y), w);
	l.old_row = c->kind == PRUNE_CONV ? 0 : q->facts->matrix[k].outputs;
	prune_aim_init(&aim, p, c, q->facts->matrix[k].outputs);
	int64_t *kept = kept_outputs(q, k), samples = l.rows * q->windows;
	int other = q->sum && c->kind == PRUNE_CONV ? aim.other : -1;
	if (samples < 2 * (l.columns + 1) || l.columns > COLUMNS_MOST) {
		const char *name = p->m->layer[c->layer].name;
		if (l.columns > COLUMNS_MOST)
			snprintf(q->note, sizeof q->note,
			         "layer '%s' reads %lld numbers, more than %d: gram stands for least squares", name,
			         (long long)l.columns, COLUMNS_MOST);
		else
			snprintf(q->note, sizeof q->note,
			         "%lld samples of %lld windows are too few for the %lld unknowns of layer '%s': gram "
			         "stands "
			         "for least squares; --calibrate takes more windows",
			         (long long)samples, (long long)q->windows, (long long)l.columns + 1, name);
		q->by_gram++;
	} else {
		for (int i = 0; i < SHARES; i++) {
			s[i] = (struct share){ .q = q, .l = &l, .aim = &aim, .kept = kept };
			s[i].old = (struct side){ .m = p->m, .x = -1, .y = y, .other = other };
			s[i].new = (struct side){ .m = now, .x = x, .y = -1, .other = new_id(now, g, other) };
			s[i].from = q->windows * i / SHARES;
			s[i].to = q->windows * (i + 1) / SHARES;
			prune_sums_init(&s[i].sums, l.columns, l.outputs);
		}
		int threads = threads_of(q->threads, SHARES);
		for (int i = 0; i < SHARES; i += threads)
			threads_run(SHARES - i < threads ? SHARES - i : threads, work, s + i, sizeof *s);
		for (int i = 1; i < SHARES; i++)
			prune_sums_join(&s[0].sums, &s[i].sums);
		fit(q, k, &s[0].sums);
		for (int i = 0; i < SHARES; i++) {
			q->not_finite += s[i].not_finite;
			prune_sums_release(&s[i].sums);
		}
	}
	layout_release(&l);
	prune_aim_release(&aim);
	free(kept);
}

int prune_fix_ls(struct prune_fix *q, struct err *e)
{
	const struct prune_map *p = q->facts->p;
	for (int k = 0; k < p->n_consumer && !stopped(q); k++) {
		if (!prune_fix_reads(q, k) || p->consumer[k].kind == PRUNE_SUM)
			continue;
		if (!q->facts->weighted[k]) {
			q->untouched++;
			continue;
		}
		struct model *now = prune_build(p, q->removed, &q->edits, e);
		if (!now)
			return e->code;
		solve(q, k, now);
		model_free(now);
	}
	return 0;
}
