/* Pooling along time. MaxPool remembers its winners: ties go to the earliest step, padding never wins. */
#include <math.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_planes.h"
#include "core/kernels/tile.h"
#include "core/kernels/op_reach.h"

struct pool_param {
	struct window w;
	int64_t rows;          /* N * C */
	bool count_pad;        /* count_include_pad */
	int64_t p;             /* GlobalLpPool */
	struct planes *planes; /* NULL: one axis */
};

static const struct window *pool_window(const struct node *n)
{
	return &((const struct pool_param *)n->param)->w;
}

static int infer_window(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int bad = need_real(q, 0, e);
	const int64_t *kernel = bad ? NULL : window_kernel(q, e);
	if (!kernel)
		return bad ? bad : ERR_FORMAT;
	struct pool_param *p = op_param(q, sizeof *p);
	q->out[0].shape = (struct shape){ .rank = x->rank, .dim = { x->dim[0], x->dim[1] } };
	p->rows = x->dim[0] * x->dim[1];
	p->count_pad = attr_int(q->n, "count_include_pad", 0) != 0;
	bad = planes_infer(q, kernel, &q->out[0].shape, &p->w, &p->planes, e);
	if (!bad && p->planes)
		q->n->tmp_bytes = (size_t)(p->planes->taps * p->w.k) * sizeof(int64_t);
	return bad;
}

/* The taps of output step t that lie inside the input: indices [from, to) of the kernel. */
static inline void taps_inside(const struct window *w, int64_t t, int64_t *from, int64_t *to)
{
	int64_t at = t * w->stride - w->pad;
	*from = at < 0 ? (-at + w->dilation - 1) / w->dilation : 0;
	*to = at + (w->k - 1) * w->dilation < w->ti ? w->k : at < w->ti ? (w->ti - 1 - at) / w->dilation + 1 : 0;
}

/* ---- over planes: the windows of one row (batch and channel) one after the other ---- */

/* The window of output (pos, t) of a plane: up to planes->taps * k offsets in the input's plane, -1: outside. Returns
 * their number. */
static int64_t plane_window(const struct pool_param *p, int64_t pos, int64_t t, int64_t *at)
{
	int64_t n = 0, from, to;
	taps_inside(&p->w, t, &from, &to);
	for (int64_t i = 0; i < p->planes->taps; i++) {
		int64_t base = p->planes->from[pos * p->planes->taps + i];
		for (int64_t k = from; base >= 0 && k < to; k++)
			at[n++] = base + (t * p->w.stride - p->w.pad + k * p->w.dilation) * p->planes->step_in;
	}
	return n;
}

/* Element of the output's plane. */
static int64_t plane_to(const struct pool_param *p, int64_t pos, int64_t t)
{
	return p->planes->to[pos] + t * p->planes->step_out;
}

static void planes_max(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	int64_t *at = c->tmp;
	for (int64_t pos = 0; pos < p->planes->n; pos++)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t n = plane_window(p, pos, t, at), to = plane_to(p, pos, t);
			const real *x = c->x[0];
			for (int64_t r = 0; r < p->rows; r++, x += p->planes->plane_in, to += p->planes->plane_out) {
				int64_t best = -1;
				real most = -(real)INFINITY;
				for (int64_t i = 0; i < n; i++)
					if (best < 0 || x[at[i]] > most || (isnan(x[at[i]]) && !isnan(most)))
						most = x[best = at[i]];
				((real *)c->y[0])[to] = most;
				((int32_t *)c->save)[to] = (int32_t)best;
			}
		}
}

static void planes_max_backward(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const int32_t *winner = c->save;
	for (int64_t i = 0; i < p->rows * p->planes->plane_out; i++)
		if (winner[i] >= 0)
			c->dx[0][i / p->planes->plane_out * p->planes->plane_in + winner[i]] += c->dy[0][i];
}

static double planes_kink(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	int64_t *at = c->tmp;
	double least = INFINITY;
	for (int64_t pos = 0; pos < p->planes->n; pos++)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t n = plane_window(p, pos, t, at);
			const real *x = c->x[0];
			for (int64_t r = 0; r < p->rows; r++, x += p->planes->plane_in) {
				double most =
				        (double)((const real *)c->y[0])[r * p->planes->plane_out + plane_to(p, pos, t)];
				for (int64_t i = 0; i < n; i++)
					if (most - (double)x[at[i]] > 0)
						least = fmin(least, (most - (double)x[at[i]]) / 2);
			}
		}
	return least;
}

/* What the sum of window (pos, t) with n elements inside is divided by. */
static real planes_scale(const struct pool_param *p, int64_t pos, int64_t t, int64_t n)
{
	if (p->count_pad) {
		int64_t room = p->w.ti + p->w.pad_end - (t * p->w.stride - p->w.pad),
		        fit = (room - 1) / p->w.dilation + 1;
		n = p->planes->padded[pos] * (fit < p->w.k ? fit : p->w.k);
	}
	return n > 0 ? 1 / (real)n : 0;
}

enum average_way { FORWARD, BACKWARD, TRACE };

/* Forward: y = scale sum x. Backward: dx += scale dy. Trace: to += from abs(x) / sum abs(x). */
static void planes_average(const struct op_call *c, enum average_way way, const real *from, real *to)
{
	const struct pool_param *p = c->n->param;
	int64_t *at = c->tmp;
	for (int64_t pos = 0; pos < p->planes->n; pos++)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t n = plane_window(p, pos, t, at), o = plane_to(p, pos, t), base = 0;
			real scale = planes_scale(p, pos, t, n);
			for (int64_t r = 0; r < p->rows; r++, base += p->planes->plane_in, o += p->planes->plane_out) {
				const real *x = (const real *)c->x[0] + base;
				double sum = 0;
				for (int64_t i = 0; way != BACKWARD && i < n; i++)
					sum += way == TRACE ? fabs((double)x[at[i]]) : (double)x[at[i]];
				if (way == FORWARD)
					to[o] = (real)sum * scale;
				for (int64_t i = 0; way == BACKWARD && i < n; i++)
					to[base + at[i]] += from[o] * scale;
				for (int64_t i = 0; way == TRACE && sum > 0 && i < n; i++)
					to[base + at[i]] += (real)((double)from[o] * fabs((double)x[at[i]]) / sum);
			}
		}
}

/* ---- MaxPool ---- */

static int max_infer(struct op_infer *q, struct err *e)
{
	int bad = infer_window(q, e);
	if (bad)
		return bad;
	if (q->n->n_out > 1) {
		q->out[1].shape = q->out[0].shape;
		q->out[1].dtype = DT_INT64;
	}
	q->n->save_bytes = (size_t)shape_count(&q->out[0].shape) * sizeof(int32_t);
	return 0;
}

/* The second output: where in the whole tensor each winner stands; with storage_order its plane is counted column by
 * column. */
static void max_indices(const struct op_call *c)
{
	const struct shape *x = &call_in(c, 0)->shape;
	int64_t n = call_count_out(c, 0), rows = x->dim[0] * x->dim[1], plane = 1, to[RANK_MAX], count = 1;
	bool columns = attr_int(c->n, "storage_order", 0) != 0;
	for (int a = 2; a < x->rank; a++) {
		to[a] = count;
		count *= x->dim[a];
		plane *= x->dim[a];
	}
	for (int64_t i = 0; i < n; i++) {
		int64_t at = ((const int32_t *)c->save)[i], rest = at, index = 0;
		for (int a = x->rank - 1; columns && a >= 2; a--) {
			index += rest % x->dim[a] * to[a];
			rest /= x->dim[a];
		}
		((int64_t *)c->y[1])[i] = i / (n / rows) * plane + (columns ? index : at);
	}
}

/* Output steps [from, to) whose windows lie wholly inside the input. */
static void steps_inside(const struct window *w, int64_t *from, int64_t *to)
{
	int64_t room = w->ti + w->pad - (w->k - 1) * w->dilation - 1;
	*from = (w->pad + w->stride - 1) / w->stride;
	*to = room < 0 ? 0 : room / w->stride + 1;
	*to = *to < w->to ? *to : w->to;
	*from = *from < *to ? *from : *to;
}

/* One window of each lane: a window in the padding alone has no winner. */
static void max_window(const struct window *w, int64_t lanes, const real *x, int64_t t, real *y, int32_t *winner)
{
	int64_t from, to, base = t * w->stride - w->pad;
	taps_inside(w, t, &from, &to);
	for (int64_t l = 0; l < lanes; l++) {
		int64_t best = -1;
		real most = -(real)INFINITY;
		for (int64_t k = from; k < to; k++) {
			real v = x[(base + k * w->dilation) * lanes + l];
			if (best < 0 || v > most || (isnan(v) && !isnan(most))) {
				best = base + k * w->dilation;
				most = v;
			}
		}
		y[t * lanes + l] = most;
		winner[t * lanes + l] = (int32_t)best;
	}
}

/* Window t of every row, of which some taps lie outside. */
static void max_at_end(const struct window *w, int64_t rows, int64_t lanes, const real *x, int64_t t, real *y,
                       int32_t *winner)
{
	int64_t from, to, first;
	taps_inside(w, t, &from, &to);
	first = t * w->stride - w->pad + from * w->dilation;
	if (lanes > 1 && from < to) {
		isa_active()->max_lanes(rows, 1, to - from, w->stride, w->dilation, x + first * lanes, w->ti * lanes,
		                        (int32_t)first, y + t * lanes, winner + t * lanes, w->to * lanes);
		return;
	}
	for (int64_t r = 0; r < rows; r++)
		max_window(w, lanes, x + r * w->ti * lanes, t, y + r * w->to * lanes, winner + r * w->to * lanes);
}

/* Windows [t0,t1) of every row. Those of [from,to) lie wholly inside. */
static void max_rows(const struct window *w, int64_t rows, int64_t lanes, int64_t t0, int64_t t1, const real *x,
                     real *y, int32_t *winner)
{
	const struct isa *isa = isa_active();
	int64_t from, to;
	steps_inside(w, &from, &to);
	from = from < t0 ? t0 : from < t1 ? from : t1;
	to = to < from ? from : to < t1 ? to : t1;
	int64_t first = from * w->stride - w->pad;
	if (from < to)
		(lanes > 1 ? isa->max_lanes : isa->max_windows)(rows, to - from, w->k, w->stride, w->dilation,
		                                                x + first * lanes, w->ti * lanes, (int32_t)first,
		                                                y + from * lanes, winner + from * lanes, w->to * lanes);
	for (int64_t t = t0; t < from; t++)
		max_at_end(w, rows, lanes, x, t, y, winner);
	for (int64_t t = to; t < t1; t++)
		max_at_end(w, rows, lanes, x, t, y, winner);
}

static void max_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	if (p->planes) {
		planes_max(c);
		if (c->n->n_out > 1 && c->y[1])
			max_indices(c);
		return;
	}
	max_rows(&p->w, p->rows, c->lanes, 0, p->w.to, c->x[0], c->y[0], c->save);
	if (c->n->n_out > 1 && c->y[1])
		max_indices(c);
}

static void max_forward_until(struct op_call *c, int64_t to)
{
	const struct pool_param *p = c->n->param;
	const struct window *w = &p->w;
	int64_t room = to + w->pad - (w->k - 1) * w->dilation - 1, end = room < 0 ? 0 : room / w->stride + 1;
	end = to >= w->ti || end > w->to ? w->to : end;
	if (end > c->made)
		max_rows(w, p->rows, c->lanes, c->made, end, c->x[0], c->y[0], c->save);
	c->made = end > c->made ? end : c->made;
}

static void max_backward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	if (p->planes) {
		if (c->fresh & 1)
			memset(c->dx[0], 0, (size_t)call_count_in(c, 0) * sizeof(real));
		planes_max_backward(c);
		return;
	}
	const struct isa *isa = isa_active();
	const int32_t *winner = c->save;
	const real *dy = c->dy[0];
	real *dx = c->dx[0];
	bool fresh = c->fresh & 1, side_by_side = p->w.k == 2 && p->w.stride == 2 && p->w.dilation == 1 && !p->w.pad;
	int64_t pairs = fresh && side_by_side ? p->w.ti / 2 < p->w.to ? p->w.ti / 2 : p->w.to : 0, L = c->lanes;
	if (pairs)
		(L > 1 ? isa->max_pairs_lanes : isa->max_pairs_back)(p->rows, pairs, dy, winner, p->w.to * L, dx,
		                                                     p->w.ti * L);
	for (int64_t r = 0; r < p->rows; r++, dx += p->w.ti * L, dy += p->w.to * L, winner += p->w.to * L) {
		for (int64_t t = 2 * pairs * L; fresh && t < p->w.ti * L; t++)
			dx[t] = 0;
		for (int64_t t = pairs * L; t < p->w.to * L; t++)
			if (winner[t] >= 0)
				dx[L > 1 ? winner[t] * L + t % L : winner[t]] += dy[t];
	}
}

static bool max_takes_lanes(const struct graph *g, const struct node *n)
{
	return lanes_first(g, n) && !((const struct pool_param *)n->param)->planes && (n->n_out < 2 || n->out[1] < 0);
}

static void max_trace(struct op_call *c, const real *share, real **share_x)
{
	const real **dy = c->dy;
	real **dx = c->dx;
	const real *shares[] = { share };
	if (!share_x[0])
		return;
	c->dy = shares;
	c->dx = share_x;
	max_backward(c);
	c->dy = dy;
	c->dx = dx;
}

/* Half the gap between the two largest of a window: moving both by that much makes them swap. */
static double max_gap(const real *x, int64_t n, int64_t step)
{
	double first, second;
	two_largest(x, n, step, &first, &second);
	double gap = first - second;
	return gap > 0 ? gap / 2 : INFINITY;
}

static double max_kink(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	double least = INFINITY;
	if (p->planes)
		return planes_kink(c);
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to;
			taps_inside(&p->w, t, &from, &to);
			if (from < to)
				least = fmin(least, max_gap(x + t * p->w.stride - p->w.pad + from * p->w.dilation,
				                            to - from, p->w.dilation));
		}
	return least;
}

static int pool_describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return window_describe(&((const struct pool_param *)n->param)->w, buf, size);
}

static int64_t pool_work(const struct graph *g, const struct node *n)
{
	const struct pool_param *p = n->param;
	(void)g;
	int64_t windows = p->planes ? p->planes->n * p->w.to : p->w.to,
	        taps = p->planes ? p->planes->taps * p->w.k : p->w.k;
	return work_times(work_times(p->rows, windows), taps);
}

const struct op op_max_pool = { .name = "MaxPool",
	                        .in_min = 1,
	                        .in_max = 1,
	                        .out_max = 2,
	                        .flags = OP_FRESH | OP_MAXIMUM,
	                        .infer = max_infer,
	                        .forward = max_forward,
	                        .forward_until = max_forward_until,
	                        .backward = max_backward,
	                        .lanes = max_takes_lanes,
	                        .trace = max_trace,
	                        .describe = pool_describe,
	                        .work = pool_work,
	                        .kink = max_kink,
	                        .reach = window_reach,
	                        .window = pool_window };

/* ---- AveragePool ---- */

/* What a window's sum is divided by: the steps inside, or with count_include_pad the declared padding too (but not the
 * steps that ceil_mode adds behind it). */
static real average_scale(const struct pool_param *p, int64_t t, int64_t from, int64_t to)
{
	int64_t n = to - from;
	if (p->count_pad) {
		int64_t room = p->w.ti + p->w.pad_end - (t * p->w.stride - p->w.pad);
		int64_t fit = (room - 1) / p->w.dilation + 1;
		n = fit < p->w.k ? fit : p->w.k;
	}
	return n > 0 ? 1 / (real)n : 0;
}

static void average_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	if (p->planes) {
		planes_average(c, FORWARD, NULL, c->y[0]);
		return;
	}
	const real *x = c->x[0];
	real *y = c->y[0];
	int64_t L = c->lanes;
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti * L, y += p->w.to * L)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to, base = t * p->w.stride - p->w.pad;
			taps_inside(&p->w, t, &from, &to);
			real sum[TILE_LANES] = { 0 }, scale = average_scale(p, t, from, to);
			for (int64_t k = from; k < to; k++)
				for (int64_t l = 0; l < L; l++)
					sum[l] += x[(base + k * p->w.dilation) * L + l];
			for (int64_t l = 0; l < L; l++)
				y[t * L + l] = sum[l] * scale;
		}
}

static void average_backward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	if (p->planes) {
		planes_average(c, BACKWARD, c->dy[0], c->dx[0]);
		return;
	}
	const real *dy = c->dy[0];
	real *dx = c->dx[0];
	int64_t L = c->lanes;
	for (int64_t r = 0; r < p->rows; r++, dx += p->w.ti * L, dy += p->w.to * L)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to, base = t * p->w.stride - p->w.pad;
			taps_inside(&p->w, t, &from, &to);
			real g[TILE_LANES], scale = average_scale(p, t, from, to);
			for (int64_t l = 0; l < L; l++)
				g[l] = dy[t * L + l] * scale;
			for (int64_t k = from; k < to; k++)
				for (int64_t l = 0; l < L; l++)
					dx[(base + k * p->w.dilation) * L + l] += g[l];
		}
}

static bool average_takes_lanes(const struct graph *g, const struct node *n)
{
	return lanes_first(g, n) && !((const struct pool_param *)n->param)->planes;
}

static void average_trace(struct op_call *c, const real *share, real **share_x)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	real *to_x = share_x[0];
	if (p->planes && to_x) {
		planes_average(c, TRACE, share, to_x);
		return;
	}
	for (int64_t r = 0; r < p->rows && to_x; r++, x += p->w.ti, to_x += p->w.ti, share += p->w.to)
		for (int64_t t = 0; t < p->w.to; t++) {
			int64_t from, to, base = t * p->w.stride - p->w.pad;
			real sum = 0;
			taps_inside(&p->w, t, &from, &to);
			for (int64_t k = from; k < to; k++)
				sum += real_abs(x[base + k * p->w.dilation]);
			for (int64_t k = from; k < to && sum > 0; k++)
				to_x[base + k * p->w.dilation] +=
				        share[t] * real_abs(x[base + k * p->w.dilation]) / sum;
		}
}

const struct op op_average_pool = { .name = "AveragePool",
	                            .in_min = 1,
	                            .in_max = 1,
	                            .out_max = 1,
	                            .flags = OP_LINEAR | OP_WEIGHTED_SUM | OP_MEAN,
	                            .infer = infer_window,
	                            .forward = average_forward,
	                            .backward = average_backward,
	                            .lanes = average_takes_lanes,
	                            .trace = average_trace,
	                            .describe = pool_describe,
	                            .work = pool_work,
	                            .reach = window_reach,
	                            .window = pool_window };

/* ---- global pools: one window over all spatial axes, as the same kernels see it ---- */

static struct reach global_reach(const struct reach_query *q)
{
	return reach_same(q, q->in_axis >= 2);
}

static int global_infer(struct op_infer *q, struct err *e)
{
	const struct shape *x = &q->in[0]->shape;
	int bad = need_real(q, 0, e);
	if (bad)
		return bad;
	if (x->rank < 2)
		return err_set(e, ERR_FORMAT, "an input of rank %d; at least 2 is needed", x->rank);
	struct pool_param *p = op_param(q, sizeof *p);
	int64_t steps = 1;
	q->out[0].shape = *x;
	for (int i = 2; i < x->rank; i++) {
		steps *= x->dim[i];
		q->out[0].shape.dim[i] = 1;
	}
	if (steps < 1)
		return err_set(e, ERR_FORMAT, "an input without steps");
	p->rows = x->dim[0] * x->dim[1];
	p->w = (struct window){ .k = steps, .stride = 1, .dilation = 1, .ti = steps, .to = 1, .axis = 2 };
	p->p = attr_int(q->n, "p", 2);
	if (p->p < 1)
		return err_set(e, ERR_FORMAT, "p %lld is below 1", (long long)p->p);
	q->n->save_bytes = (size_t)p->rows * sizeof(int32_t);
	return 0;
}

const struct op op_global_max_pool = { .name = "GlobalMaxPool",
	                               .in_min = 1,
	                               .in_max = 1,
	                               .out_max = 1,
	                               .flags = OP_MAXIMUM | OP_REDUCES,
	                               .infer = global_infer,
	                               .forward = max_forward,
	                               .forward_until = max_forward_until,
	                               .backward = max_backward,
	                               .lanes = max_takes_lanes,
	                               .trace = max_trace,
	                               .kink = max_kink,
	                               .reach = global_reach,
	                               .window = pool_window };

static void global_average_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	real *y = c->y[0];
	for (int64_t r = 0; r < p->rows && c->lanes == 1; r++, x += p->w.ti)
		y[r] = (real)(sum_in_double(p->w.ti, x) / (double)p->w.ti);
	for (int64_t r = 0; r < p->rows && c->lanes > 1; r++, x += p->w.ti * TILE_LANES, y += TILE_LANES) {
		double sum[TILE_LANES];
		sum_in_double_lanes(p->w.ti, x, sum);
		for (int l = 0; l < TILE_LANES; l++)
			y[l] = (real)(sum[l] / (double)p->w.ti);
	}
}

const struct op op_global_average_pool = { .name = "GlobalAveragePool",
	                                   .in_min = 1,
	                                   .in_max = 1,
	                                   .out_max = 1,
	                                   .flags = OP_LINEAR | OP_WEIGHTED_SUM | OP_MEAN | OP_REDUCES,
	                                   .infer = global_infer,
	                                   .forward = global_average_forward,
	                                   .backward = average_backward,
	                                   .lanes = average_takes_lanes,
	                                   .trace = average_trace,
	                                   .reach = global_reach,
	                                   .window = pool_window };

/* y = (sum abs(x)^p)^(1/p) */
static void lp_forward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0];
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti) {
		double sum = 0;
		for (int64_t t = 0; t < p->w.ti; t++)
			sum += pow(fabs((double)x[t]), (double)p->p);
		((real *)c->y[0])[r] = (real)pow(sum, 1 / (double)p->p);
	}
}

/* dy/dx = sign(x) (abs(x) / y)^(p-1); 0 where y is 0 */
static void lp_backward(struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	const real *x = c->x[0], *y = c->y[0];
	real *dx = c->dx[0];
	for (int64_t r = 0; r < p->rows; r++, x += p->w.ti, dx += p->w.ti)
		for (int64_t t = 0; t < p->w.ti && y[r] > 0; t++) {
			double g = pow(fabs((double)x[t]) / (double)y[r], (double)(p->p - 1));
			dx[t] += c->dy[0][r] * (real)(x[t] > 0 ? g : x[t] < 0 ? -g : 0);
		}
}

static double lp_kink(const struct op_call *c)
{
	const struct pool_param *p = c->n->param;
	double least = INFINITY;
	for (int64_t i = 0; p->p == 1 && i < p->rows * p->w.ti; i++)
		if (((const real *)c->x[0])[i] != 0)
			least = fmin(least, fabs((double)((const real *)c->x[0])[i]));
	return least;
}

const struct op op_global_lp_pool = { .name = "GlobalLpPool",
	                              .in_min = 1,
	                              .in_max = 1,
	                              .out_max = 1,
	                              .flags = OP_REDUCES,
	                              .infer = global_infer,
	                              .forward = lp_forward,
	                              .backward = lp_backward,
	                              .kink = lp_kink,
	                              .reach = global_reach,
	                              .window = pool_window };
