/* Methods that are one backward pass with other rules for some operators: guided back-propagation, DeepLIFT and
 * layer-wise relevance.
 * Formulas and sources: the table in core/probe/saliency.c. */
#include "core/probe/saliency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool input_depends(const struct op_call *c, int k)
{
	const struct value *v = call_in(c, k);
	return v && v->depends && v->dtype == DT_REAL;
}

static int64_t value_count(const struct value *v)
{
	return shape_count(&v->shape);
}

/* One backward pass from f by a rule, on the current window's run. */
static bool backward_by(struct saliency_job *j, int v, bool (*rule)(struct op_call *c, int node, void *ctx), void *ctx)
{
	struct run *r = j->p->run;
	run_want_clear(r);
	run_want(r, j->p->m->input);
	run_backward_by(r, v, j->p->seed, rule, ctx);
	const real *g = run_grad(r, j->p->m->input);
	if (g)
		model_unpack(j->p->m, g, j->out);
	return g != NULL;
}

/* ---- guided back-propagation ---- */

/* The operator's own gradient shuts it where its input is negative; here also where the gradient is. */
static bool guided_rule(struct op_call *c, int node, void *ctx)
{
	const struct run *r = ctx;
	(void)node;
	if (!(c->n->op->flags & OP_RECTIFIER))
		return false;
	real *dy = r->grad[c->n->out[0]];
	int64_t n = value_count(call_out(c, 0));
	for (int64_t i = 0; i < n; i++)
		dy[i] = dy[i] > 0 ? dy[i] : 0;
	return false;
}

bool saliency_guided(struct saliency_job *j)
{
	int v = saliency_seed(j, j->p->run, j->p->seed);
	if (v < 0 || !backward_by(j, v, guided_rule, j->p->run))
		memset(j->out, 0, (size_t)probe_window_count(j->p) * sizeof *j->out);
	return false;
}

/* ---- DeepLIFT, rescale rule ----
 * dy holds the multipliers of an operator's outputs, dx gets those of its inputs. Every rule keeps
 * sum of m_x (x - x') = sum of m_y (y - y'), so the map adds up to f(x) - f(x'). */

/* Differences that are all rounding say nothing: there the gradient stands for the quotient. */
static bool tiny(real x, real ref)
{
	return real_abs(x - ref) <= 64 * REAL_EPS * (real_abs(x) + real_abs(ref));
}

/* The gradient by the operator's own rule, added to nothing. The caller frees it. */
static real *gradient_alone(struct op_call *c)
{
	real *dx = c->dx[0], *gradient = xcalloc((size_t)value_count(call_in(c, 0)), sizeof *gradient);
	c->dx[0] = gradient;
	c->n->op->backward(c);
	c->dx[0] = dx;
	return gradient;
}

static void rescale_function(struct op_call *c, const struct op_call *ref)
{
	const real *x = c->x[0], *y = c->y[0], *x0 = ref->x[0], *y0 = ref->y[0], *dy = c->dy[0];
	real *dx = c->dx[0], *gradient = gradient_alone(c);
	for (int64_t i = 0, n = value_count(call_in(c, 0)); i < n; i++)
		dx[i] += tiny(x[i], x0[i]) ? gradient[i] : dy[i] * (y[i] - y0[i]) / (x[i] - x0[i]);
	free(gradient);
}

/* Where the maximum rose its difference goes to the winner of the window, where it fell to that of the baseline: the
 * winner's own difference has the same sign and is at least as large. */
static void rescale_max(struct op_call *c, struct op_call *ref)
{
	const real *x = c->x[0], *x0 = ref->x[0], *y = c->y[0], *y0 = ref->y[0], *dy = c->dy[0];
	int64_t n = value_count(call_in(c, 0)), ny = value_count(call_out(c, 0));
	real *share = xcalloc((size_t)n, sizeof *share), *part = xcalloc((size_t)ny, sizeof *part);
	const struct {
		struct op_call *c;
		bool rose;
	} pass[] = { { c, true }, { ref, false } };
	for (int p = 0; p < 2; p++) {
		const real *dy_then = pass[p].c->dy[0];
		real *dx_then = pass[p].c->dx[0];
		for (int64_t i = 0; i < ny; i++)
			part[i] = (y[i] > y0[i]) == pass[p].rose ? dy[i] * (y[i] - y0[i]) : 0;
		pass[p].c->dy[0] = part;
		pass[p].c->dx[0] = share;
		c->n->op->backward(pass[p].c);
		pass[p].c->dy[0] = dy_then;
		pass[p].c->dx[0] = dx_then;
	}
	for (int64_t i = 0; i < n; i++)
		if (x[i] != x0[i])
			c->dx[0][i] += share[i] / (x[i] - x0[i]);
	free(share);
	free(part);
}

static void *value_room(const struct value *v)
{
	size_t n = (size_t)value_count(v);
	return xcalloc(n ? n : 1, v->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t));
}

/* Integrated gradients of one operator: the mean of its gradients at the middles of `steps` parts of the way from x' to
 * x. One is exact for products. */
static void rescale_path(struct op_call *c, const struct op_call *ref, int steps)
{
	int n_in = c->n->n_in, n_out = c->n->n_out;
	struct op_call q = *c;
	q.x = xcalloc((size_t)n_in, sizeof *q.x);
	q.dx = xcalloc((size_t)n_in, sizeof *q.dx);
	q.y = xcalloc((size_t)n_out, sizeof *q.y);
	q.save = xcalloc(c->n->save_bytes + 1, 1);
	real **at = xcalloc((size_t)n_in, sizeof *at);
	for (int k = 0; k < n_in; k++) {
		at[k] = input_depends(c, k) ? value_room(call_in(c, k)) : NULL;
		q.dx[k] = c->dx[k] ? value_room(call_in(c, k)) : NULL;
		q.x[k] = at[k] ? at[k] : c->x[k];
	}
	for (int k = 0; k < n_out; k++)
		q.y[k] = c->y[k] ? value_room(call_out(c, k)) : NULL;
	for (int s = 0; s < steps; s++) {
		real part = (real)((s + 0.5) / steps);
		for (int k = 0; k < n_in; k++)
			for (int64_t i = 0; at[k] && i < value_count(call_in(c, k)); i++) {
				real from = ((const real *)ref->x[k])[i];
				at[k][i] = from + part * (((const real *)c->x[k])[i] - from);
			}
		c->n->op->forward(&q);
		c->n->op->backward(&q);
	}
	for (int k = 0; k < n_in; k++) {
		for (int64_t i = 0; q.dx[k] && i < value_count(call_in(c, k)); i++)
			c->dx[k][i] += q.dx[k][i] / (real)steps;
		free(at[k]);
		free(q.dx[k]);
	}
	for (int k = 0; k < n_out; k++)
		free(q.y[k]);
	free(at), free(q.x), free(q.dx), free(q.y), free(q.save);
}

static bool only_first_depends(const struct op_call *c)
{
	for (int k = 1; k < c->n->n_in; k++)
		if (input_depends(c, k))
			return false;
	return true;
}

/* Linear in what depends on the window: their gradient is the multiplier. */
static bool linear(const struct op_call *c)
{
	unsigned is = c->n->op->flags;
	return is & OP_LINEAR || (is & (OP_LINEAR_FIRST | OP_BILINEAR) && only_first_depends(c));
}

static bool deeplift_rule(struct op_call *c, int node, void *ctx)
{
	struct op_call *ref = &((struct run *)ctx)->call[node];
	const struct op *op = c->n->op;
	if (linear(c))
		return false;
	if (op->flags & OP_UNARY && c->dx[0] && only_first_depends(c))
		rescale_function(c, ref);
	else if (op->flags & OP_MAXIMUM && op->window && c->dx[0])
		rescale_max(c, ref);
	else
		rescale_path(c, ref, op->flags & OP_BILINEAR ? 1 : 32);
	return true;
}

bool saliency_deeplift(struct saliency_job *j)
{
	struct probe *p = j->p;
	const real *base = probe_baseline(p);
	int64_t n = probe_window_count(p);
	struct run *ref = probe_twin_run(j->p, base);
	j->whole = saliency_value(j, p->run);
	j->none = saliency_value(j, ref);
	int v = j->layer < 0 ? probe_target_seed_between(p, ref, p->run, p->seed) : saliency_seed(j, p->run, p->seed);
	if (v < 0 || !p->m->graph->value[v].depends || !backward_by(j, v, deeplift_rule, ref))
		memset(j->out, 0, (size_t)n * sizeof *j->out);
	for (int64_t i = 0; i < n; i++)
		j->out[i] *= p->x[i] - base[i];
	j->note->residual = saliency_residual(j);
	return false;
}

/* ---- layer-wise relevance, epsilon rule ----
 * dy holds the relevance of an operator's output divided by the output itself, dx gets the same of its inputs: so a
 * linear operator needs its own gradient alone, and relevance is the window times what arrives there. */

static const double stabiliser = 0.25;

/* The relevance of z is divided by z + epsilon sign(z) instead of z, with epsilon a quarter of the root of the mean
 * square of z. */
static void stabilise(struct op_call *c, real *dy)
{
	const real *z = c->y[0];
	int64_t n = value_count(call_out(c, 0));
	double squares = 0;
	for (int64_t i = 0; i < n; i++)
		squares += (double)z[i] * (double)z[i] / (double)n;
	double epsilon = stabiliser * sqrt(squares);
	for (int64_t i = 0; i < n; i++) {
		double v = fabs((double)z[i]);
		dy[i] = v + epsilon > 0 ? (real)((double)dy[i] * v / (v + epsilon)) : 0;
	}
}

struct relevance {
	const struct run *run;
	int from; /* the value that is explained */
};

static bool only_value_depends(const struct graph *g, const struct node *n, int value)
{
	for (int k = 0; k < n->n_in; k++)
		if (n->in[k] >= 0 && n->in[k] != value && g->value[n->in[k]].depends)
			return false;
	return true;
}

/* Does the node scale and shift each number of the value by constants, as a bias and batch normalisation do? */
static bool scales(const struct graph *g, const struct node *n, int value)
{
	unsigned is = n->op->flags;
	bool affine = is & OP_LINEAR || is & OP_BILINEAR || (is & OP_LINEAR_FIRST && n->in[0] == value);
	return is & OP_POINTWISE && affine && only_value_depends(g, n, value);
}

/* Whether all that reads the output is one node that scales and shifts it: the two are one linear operator, which
 * stabilises once, where the last of them ends. */
static bool folded(const struct relevance *q, const struct graph *g, int value)
{
	const struct node *reader = NULL;
	if (value == q->from)
		return false;
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] == value) {
				if (reader)
					return false;
				reader = &g->node[i];
			}
	return reader && scales(g, reader, value);
}

/* m_x = m_y y / x, by the gradient where x is next to 0. */
static void pass_function(struct op_call *c)
{
	const real *x = c->x[0], *y = c->y[0], *dy = c->dy[0];
	real *dx = c->dx[0], *gradient = gradient_alone(c);
	for (int64_t i = 0, n = value_count(call_in(c, 0)); i < n; i++)
		dx[i] += real_abs(x[i]) < (real)1e-6 ? gradient[i] : dy[i] * y[i] / x[i];
	free(gradient);
}

static bool relevance_rule(struct op_call *c, int node, void *ctx)
{
	const struct relevance *q = ctx;
	const struct op *op = c->n->op;
	real *dy = q->run->grad[c->n->out[0]];
	(void)node;
	if (op->flags & (OP_LAYOUT | OP_MOVES | OP_COPIES | OP_JOINS))
		return false;
	if (linear(c)) {
		if (!folded(q, c->g, c->n->out[0]))
			stabilise(c, dy);
		return false;
	}
	if (op->flags & OP_UNARY && !(op->flags & OP_HINGE) && c->dx[0] && only_first_depends(c)) {
		pass_function(c);
		return true;
	}
	/* each of two factors gets half */
	for (int64_t i = 0; op->flags & OP_BILINEAR && i < value_count(call_out(c, 0)); i++)
		dy[i] /= 2;
	return false;
}

bool saliency_relevance(struct saliency_job *j)
{
	struct probe *p = j->p;
	int64_t n = probe_window_count(p);
	int v = saliency_seed(j, p->run, p->seed);
	struct relevance q = { .run = p->run, .from = v };
	if (v < 0 || !backward_by(j, v, relevance_rule, &q))
		memset(j->out, 0, (size_t)n * sizeof *j->out);
	for (int64_t i = 0; i < n; i++)
		j->out[i] *= p->x[i];
	return false;
}
