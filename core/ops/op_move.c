#include "core/kernels/op_move.h"

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

/* dst[..] = or += src[..] over the axes from `a` on. */
static void piece(const struct view *v, int a, const void *src, const int64_t *from, void *dst, const int64_t *to,
                  enum what what)
{
	if (a < v->rank - 1) {
		size_t width = what == COPY_INT ? sizeof(int64_t) : sizeof(real);
		for (int64_t i = 0; i < v->dim[a]; i++)
			piece(v, a + 1, (const char *)src + i * from[a] * (int64_t)width, from,
			      (char *)dst + i * to[a] * (int64_t)width, to, what);
		return;
	}
	int64_t n = v->rank ? v->dim[a] : 1, f = v->rank ? from[a] : 1, t = v->rank ? to[a] : 1;
	if (what == COPY_INT) {
		for (int64_t i = 0; i < n; i++)
			((int64_t *)dst)[i * t] = ((const int64_t *)src)[i * f];
	} else if (what == ADD_REAL) {
		for (int64_t i = 0; i < n; i++)
			((real *)dst)[i * t] += ((const real *)src)[i * f];
	} else if (f == 1 && t == 1) {
		memcpy(dst, src, (size_t)n * sizeof(real));
	} else {
		for (int64_t i = 0; i < n; i++)
			((real *)dst)[i * t] = ((const real *)src)[i * f];
	}
}

static void fill(struct op_call *c, const struct move *m)
{
	int64_t n = call_count_out(c, 0);
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
				((real *)c->y[0])[i] = ((const real *)c->x[0])[m->index[i]];
			else if (m->index[i] >= 0)
				((int64_t *)c->y[0])[i] = ((const int64_t *)c->x[0])[m->index[i]];
		return;
	}
	for (int k = 0; k < m->n_view; k++) {
		const struct view *v = &m->view[k];
		const struct value *x = call_in(c, v->in);
		size_t width = x->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t);
		if (!c->y[v->out])
			continue;
		const char *from = (const char *)c->x[v->in] + v->x0 * (int64_t)width;
		char *to = (char *)c->y[v->out] + v->y0 * (int64_t)width;
		/* the same place: see move_keeps */
		if (from != to)
			piece(v, 0, from, v->from, to, v->to, x->dtype == DT_REAL ? COPY_REAL : COPY_INT);
	}
}

static void carry_back(const struct op_call *c, const real *const *dy, real *const *dx)
{
	const struct move *m = c->n->param;
	if (m->index) {
		int64_t n = call_count_out(c, 0);
		for (int64_t i = 0; dx[0] && i < n; i++)
			if (m->index[i] >= 0)
				dx[0][m->index[i]] += dy[0][i];
		return;
	}
	for (int k = 0; k < m->n_view; k++) {
		const struct view *v = &m->view[k];
		if (dx[v->in] && dy[v->out])
			piece(v, 0, dy[v->out] + v->y0, v->to, dx[v->in] + v->x0, v->from, ADD_REAL);
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
		piece(v, 0, c->dy[0] + v->y0, v->to, copy + v->x0, v->from, ADD_REAL);
		for (i = 0; i < covered; i++)
			sum -= (double)copy[i];
		c->dx[m->fill_in][0] += (real)sum;
	}
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
