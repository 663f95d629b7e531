#include "core/kernels/op_move.h"

#include <stdlib.h>
#include <string.h>
#include "core/kernels/op_util.h"

struct move *move_new(struct op_infer *q, int n_view)
{
	struct move *m = op_param(q, sizeof *m);
	*m = (struct move){ .n_view = n_view, .fill_in = -1 };
	m->view = arena_alloc(&q->g->arena, (size_t)n_view, sizeof *m->view);
	return m;
}

struct view *move_view(struct move *m, int i, int in, int out, const struct shape *dims)
{
	struct view *v = &m->view[i];
	*v = (struct view){ .in = in, .out = out, .rank = dims->rank };
	memcpy(v->dim, dims->dim, sizeof *v->dim * (size_t)dims->rank);
	shape_strides(dims, v->to);
	shape_strides(dims, v->from);
	return v;
}

bool move_keeps(const struct graph *g, const struct node *n, int k, int64_t *at)
{
	const struct move *m = n->param;
	if (n->op->forward != move_forward || m->fill || m->index)
		return false;
	for (int i = 0; i < m->n_view; i++) {
		const struct view *v = &m->view[i];
		int64_t count = 1;
		if (v->in != k || v->out || v->x0)
			continue;
		for (int a = v->rank - 1; a >= 0; a--) {
			if (v->dim[a] != 1 && (v->from[a] != count || v->to[a] != count))
				return false;
			count *= v->dim[a];
		}
		*at = v->y0;
		return count == shape_count(&g->value[n->in[k]].shape);
	}
	return false;
}

enum what { COPY_REAL, COPY_INT, ADD_REAL };

/* Elements of several numbers: of as many windows. */
static void piece_lanes(int64_t n, int64_t lanes, const real *src, int64_t from, real *dst, int64_t to, enum what what)
{
	for (int64_t i = 0; i < n; i++, src += from * lanes, dst += to * lanes)
		if (what == ADD_REAL)
			for (int64_t l = 0; l < lanes; l++)
				dst[l] += src[l];
		else
			memcpy(dst, src, (size_t)lanes * sizeof *dst);
}

/* dst[..] = or += src[..] over the axes from `a` on. An element is `lanes` numbers. */
static void piece(const struct view *v, int a, int64_t lanes, const void *src, const int64_t *from, void *dst,
                  const int64_t *to, enum what what)
{
	if (a < v->rank - 1) {
		int64_t width = (int64_t)(what == COPY_INT ? sizeof(int64_t) : sizeof(real)) * lanes;
		for (int64_t i = 0; i < v->dim[a]; i++)
			piece(v, a + 1, lanes, (const char *)src + i * from[a] * width, from,
			      (char *)dst + i * to[a] * width, to, what);
		return;
	}
	int64_t n = v->rank ? v->dim[a] : 1, f = v->rank ? from[a] : 1, t = v->rank ? to[a] : 1;
	if (what == COPY_INT) {
		for (int64_t i = 0; i < n; i++)
			((int64_t *)dst)[i * t] = ((const int64_t *)src)[i * f];
	} else if (what == COPY_REAL && f == 1 && t == 1) {
		memcpy(dst, src, (size_t)(n * lanes) * sizeof(real));
	} else if (lanes > 1) {
		piece_lanes(n, lanes, src, f, dst, t, what);
	} else if (what == ADD_REAL) {
		for (int64_t i = 0; i < n; i++)
			((real *)dst)[i * t] += ((const real *)src)[i * f];
	} else {
		for (int64_t i = 0; i < n; i++)
			((real *)dst)[i * t] = ((const real *)src)[i * f];
	}
}

static void fill(struct op_call *c, const struct move *m)
{
	int64_t n = call_count_out(c, 0) * c->lanes;
	bool is_real = call_out(c, 0)->dtype == DT_REAL;
	const void *with = m->fill_in >= 0 && m->fill_in < c->n->n_in ? c->x[m->fill_in] : NULL;
	for (int64_t i = 0; i < n; i++)
		if (is_real)
			((real *)c->y[0])[i] = with ? *(const real *)with : 0;
		else
			((int64_t *)c->y[0])[i] = with ? *(const int64_t *)with : 0;
}

void move_forward(struct op_call *c)
{
	const struct move *m = c->n->param;
	if (m->fill)
		fill(c, m);
	if (m->index) {
		int64_t n = call_count_out(c, 0);
		bool is_real = call_out(c, 0)->dtype == DT_REAL;
		for (int64_t i = 0; i < n; i++)
			if (m->index[i] >= 0 && is_real)
				for (int64_t l = 0; l < c->lanes; l++)
					((real *)c->y[0])[i * c->lanes + l] =
					        ((const real *)c->x[0])[m->index[i] * c->lanes + l];
			else if (m->index[i] >= 0)
				((int64_t *)c->y[0])[i] = ((const int64_t *)c->x[0])[m->index[i]];
		return;
	}
	for (int k = 0; k < m->n_view; k++) {
		const struct view *v = &m->view[k];
		const struct value *x = call_in(c, v->in);
		int64_t width = (int64_t)(x->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t)) * c->lanes;
		if (!c->y[v->out])
			continue;
		const char *from = (const char *)c->x[v->in] + v->x0 * width;
		char *to = (char *)c->y[v->out] + v->y0 * width;
		/* the same place: see move_keeps */
		if (from != to)
			piece(v, 0, c->lanes, from, v->from, to, v->to, x->dtype == DT_REAL ? COPY_REAL : COPY_INT);
	}
}

static void carry_back(const struct op_call *c, const real *const *dy, real *const *dx)
{
	const struct move *m = c->n->param;
	if (m->index) {
		int64_t n = call_count_out(c, 0);
		for (int64_t i = 0; dx[0] && i < n; i++)
			for (int64_t l = 0; m->index[i] >= 0 && l < c->lanes; l++)
				dx[0][m->index[i] * c->lanes + l] += dy[0][i * c->lanes + l];
		return;
	}
	for (int k = 0; k < m->n_view; k++) {
		const struct view *v = &m->view[k];
		if (dx[v->in] && dy[v->out])
			piece(v, 0, c->lanes, dy[v->out] + v->y0 * c->lanes, v->to, dx[v->in] + v->x0 * c->lanes,
			      v->from, ADD_REAL);
	}
}

void move_backward(struct op_call *c)
{
	const struct move *m = c->n->param;
	carry_back(c, c->dy, c->dx);
	/* what the filling constant got: all that no piece covers */
	if (m->fill && m->fill_in > 0 && m->fill_in < c->n->n_in && c->dx[m->fill_in]) {
		double sum = 0;
		int64_t n = call_count_out(c, 0), i, covered = call_count_in(c, 0);
		for (i = 0; i < n; i++)
			sum += (double)c->dy[0][i];
		const struct view *v = m->view;
		real *copy = c->tmp;
		memset(copy, 0, (size_t)covered * sizeof *copy);
		piece(v, 0, 1, c->dy[0] + v->y0, v->to, copy + v->x0, v->from, ADD_REAL);
		for (i = 0; i < covered; i++)
			sum -= (double)copy[i];
		c->dx[m->fill_in][0] += (real)sum;
	}
}

bool move_lanes(const struct graph *g, const struct node *n)
{
	const struct move *m = n->param;
	bool all = !m->index || g->value[n->in[0]].depends;
	for (int i = 0; i < m->n_view; i++)
		all &= g->value[n->in[m->view[i].in]].depends;
	return all && !(m->fill && m->fill_in >= 0 && m->fill_in < n->n_in && n->in[m->fill_in] >= 0 &&
	                g->value[n->in[m->fill_in]].depends);
}

void move_trace(struct op_call *c, const real *share, real **share_x)
{
	const real *dy[1] = { share };
	const struct move *m = c->n->param;
	/* a share belongs to output 0; operators with more (Split) are entered once for each by the caller's choice of
	 * output */
	for (int k = 0; k < m->n_view; k++)
		if (m->view[k].out)
			return;
	carry_back(c, dy, share_x);
}

/* ---- reach: which positions of the input each position of the output gets elements from ---- */

/* Positions along one axis: of element e it is e / inner % n. */
struct span {
	int64_t inner, n, *low, *high; /* (positions of the output) the positions read; low > high: none */
	int64_t out_inner, out_n;
};

static void span_add(struct span *s, int64_t from, int64_t to)
{
	int64_t u = from / s->inner % s->n, t = to / s->out_inner % s->out_n;
	s->low[t] = u < s->low[t] ? u : s->low[t];
	s->high[t] = u > s->high[t] ? u : s->high[t];
}

/* The elements [at, at + (n-1)*by] all have one position. */
static bool stays(int64_t at, int64_t by, int64_t n, int64_t inner)
{
	return n < 2 || (at % inner + (n - 1) * by >= 0 && at % inner + (n - 1) * by < inner);
}

static void span_view(struct span *s, const struct view *v, int a, int64_t from, int64_t to)
{
	if (a == v->rank) {
		span_add(s, from, to);
		return;
	}
	for (int64_t i = 0; i < v->dim[a]; i++)
		span_view(s, v, a + 1, from + i * v->from[a], to + i * v->to[a]);
}

/* The view without axes along which no position changes, wherever one begins: whole blocks of both tensors, and axes
 * inside of them. */
static struct view span_axes(const struct span *s, const struct view *v)
{
	struct view few = *v;
	int64_t from = v->x0, to = v->y0;
	few.rank = 0;
	for (int a = v->rank - 1; a >= 0; a--) {
		int64_t f = v->from[a], t = v->to[a], d = v->dim[a] - 1;
		bool inside = stays(from, f, v->dim[a], s->inner) && stays(to, t, v->dim[a], s->out_inner);
		bool blocks = f % (s->inner * s->n) == 0 && t % (s->out_inner * s->out_n) == 0;
		if (d && (inside || blocks)) {
			from += inside && !blocks ? d * f : 0;
			to += inside && !blocks ? d * t : 0;
			continue;
		}
		few.dim[few.rank] = v->dim[a];
		few.from[few.rank] = f;
		few.to[few.rank++] = t;
	}
	return few;
}

static void span_fill(struct span *s, const struct reach_query *q)
{
	const struct move *m = q->n->param;
	int64_t n = shape_count(&q->g->value[q->n->out[q->out]].shape);
	for (int64_t i = 0; m->index && q->in == 0 && i < n; i++)
		if (m->index[i] >= 0)
			span_add(s, m->index[i], i);
	for (int k = 0; k < m->n_view; k++) {
		const struct view *v = &m->view[k];
		if (v->in != q->in || v->out != q->out)
			continue;
		struct view few = span_axes(s, v);
		bool whole = true;
		for (int a = 0; a < few.rank; a++)
			whole &= few.from[a] % s->inner == 0 && few.to[a] % s->out_inner == 0;
		span_view(s, whole ? &few : v, 0, v->x0, v->y0);
	}
}

/* Does position t read inside of its window? Where the window lies outside the input, as at mirrored ends, what is read
 * may stand still or turn back: positions that are near each other then still read what is near each other. */
static bool span_fits(const struct span *s, struct reach r)
{
	for (int64_t t = 0; t < s->out_n; t++) {
		int64_t from = t * r.stride + r.first, to = from + r.n - 1;
		int64_t by = t ? s->low[t] - s->low[t - 1] : 0;
		if (s->low[t] > s->high[t] || (s->low[t] >= from && s->high[t] <= to))
			continue;
		if ((to >= 0 && from < s->n) || by > r.stride || by < -r.stride)
			return false;
	}
	return true;
}

/* The window that most neighbouring positions agree on. */
static struct reach span_reach(const struct span *s)
{
	int64_t n = 0, stride = 0, at = -1, run = 0, longest = 0, middle = -1;
	for (int64_t t = 0; t < s->out_n; t++) {
		if (s->low[t] > s->high[t])
			continue;
		int64_t by = at >= 0 ? s->low[t] - s->low[at] : 0;
		n = s->high[t] - s->low[t] + 1 > n ? s->high[t] - s->low[t] + 1 : n;
		run = at == t - 1 && at >= 0 && by > 0 && (!run || by == s->low[at] - s->low[at - 1]) ? run + 1 : 0;
		if (run > longest) {
			longest = run;
			middle = t;
			stride = by;
		}
		at = t;
	}
	struct reach scattered = { REACH_SCATTERED, .n = n };
	if (at < 0)
		return scattered;
	if (!longest) {
		/* one position alone */
		for (int64_t t = 0; t < at; t++)
			if (s->low[t] <= s->high[t])
				return scattered;
		return (struct reach){ REACH_WINDOW, 1, s->low[at] - at, n, false };
	}
	struct reach r = { REACH_WINDOW, stride, s->low[middle] - middle * stride, n, false };
	for (int64_t t = 0; t < s->out_n; t++)
		r.mirrored |=
		        s->low[t] <= s->high[t] && (t * stride + r.first >= s->n || t * stride + r.first + n <= 0);
	return span_fits(s, r) ? r : scattered;
}

struct reach move_reach(const struct reach_query *q)
{
	const struct move *m = q->n->param;
	const struct shape *x = &q->g->value[q->n->in[q->in]].shape, *y = &q->g->value[q->n->out[q->out]].shape;
	int64_t xs[RANK_MAX], ys[RANK_MAX];
	if (m->fill && q->in == m->fill_in)
		return (struct reach){ .kind = REACH_ALL };
	shape_strides(x, xs);
	shape_strides(y, ys);
	struct span s = { xs[q->in_axis], x->dim[q->in_axis], NULL, NULL, ys[q->out_axis], y->dim[q->out_axis] };
	s.low = xcalloc((size_t)s.out_n + 1, sizeof *s.low);
	s.high = xcalloc((size_t)s.out_n + 1, sizeof *s.high);
	for (int64_t t = 0; t < s.out_n; t++) {
		s.low[t] = s.n;
		s.high[t] = -1;
	}
	span_fill(&s, q);
	struct reach r = span_reach(&s);
	free(s.low);
	free(s.high);
	return r;
}
