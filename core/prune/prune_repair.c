#include "core/prune/prune_repair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/prune/prune_solve.h"

static bool gone(const struct prune_fix *q, int atom)
{
	return atom >= 0 && q->removed[prune_class(q->facts->p, atom)];
}

bool prune_fix_reads(const struct prune_fix *q, int k)
{
	const struct prune_map *p = q->facts->p;
	const struct prune_consumer *c = &p->consumer[k];
	for (int64_t i = 0; i < p->m->graph->value[c->value].shape.dim[c->axis]; i++)
		if (!prune_stays(p, q->removed, c->value, c->axis, i))
			return true;
	return false;
}

void prune_fix_set(struct prune_fix *q, int k, int64_t columns, int64_t outputs, const double *w, const double *bias)
{
	const struct prune_map *p = q->facts->p;
	const struct prune_consumer *c = &p->consumer[k];
	int weights = p->m->graph->node[c->node].in[1];
	real *to = xcalloc((size_t)(columns * outputs) + 1, sizeof *to);
	real *b = xcalloc((size_t)outputs + 1, sizeof *b);
	prune_matrix_pack(p, c, columns, outputs, w, to);
	for (int64_t o = 0; o < outputs; o++)
		b[o] = (real)bias[o];
	free(q->edits.constant[weights]);
	free(q->edits.bias[c->node]);
	q->edits.constant[weights] = to;
	q->edits.bias[c->node] = b;
}

/* ---- gram and bias ----
 * A removed channel r is written as c_r + sum over kept channels k of A_rk x_k, the same at every step: A = S_RK
 * S_KK^-1, c = mean_R - A mean_K; of `bias`, A is 0. The weights of the kept channels take its place. */

/* a (channels,channels): row r of a removed channel has A_rk at the kept k. c (channels). */
static bool affine(const struct prune_fix *q, const struct prune_moments *m, bool only_mean, double *a, double *c)
{
	int64_t n = m->channels, kept = 0, out = 0;
	int64_t *in = xcalloc((size_t)n + 1, sizeof *in), *rest = xcalloc((size_t)n + 1, sizeof *rest);
	for (int64_t i = 0; i < n; i++)
		*(gone(q, m->atom[i]) ? &rest[out++] : &in[kept++]) = i;
	double *s = xcalloc((size_t)(kept * kept) + 1, sizeof *s), *x = xcalloc((size_t)(kept * out) + 1, sizeof *x);
	double condition = 1;
	for (int64_t i = 0; i < kept; i++) {
		for (int64_t k = 0; k < kept; k++)
			s[i * kept + k] = m->covariance[in[i] * n + in[k]];
		for (int64_t k = 0; k < out && !only_mean; k++)
			x[i * out + k] = m->covariance[in[i] * n + rest[k]];
	}
	bool good = only_mean || prune_solve(kept, s, out, x, &condition);
	for (int64_t k = 0; k < out && good; k++) {
		c[rest[k]] = m->q->mean[rest[k]];
		for (int64_t i = 0; i < kept; i++) {
			a[rest[k] * n + in[i]] = x[i * out + k];
			c[rest[k]] -= x[i * out + k] * m->q->mean[in[i]];
		}
	}
	free(in), free(rest), free(s), free(x);
	return good;
}

/* The columns of w where channel and slot are those; -1: there is none. */
static int64_t column_of(const struct prune_matrix *w, int atom, int slot)
{
	for (int64_t k = 0; k < w->columns; k++)
		if (w->atom[k] == atom && w->slot[k] == slot)
			return k;
	return -1;
}

/* Adds what the removed channels gave to the weights of the kept ones, and to the bias. */
static void take_over(const struct prune_fix *q, int k, const double *a, const double *c, double *w, double *bias)
{
	const struct prune_moments *m = &q->facts->moments[k];
	const struct prune_matrix *x = &q->facts->matrix[k];
	int64_t n = m->channels, no = x->outputs;
	int *channel = xcalloc((size_t)q->facts->p->n_atom + 1, sizeof *channel);
	for (int64_t i = 0; i < n; i++)
		if (m->atom[i] >= 0)
			channel[m->atom[i]] = (int)i + 1;
	for (int64_t col = 0; col < x->columns; col++) {
		int64_t r = gone(q, x->atom[col]) ? channel[x->atom[col]] - 1 : -1;
		if (r < 0)
			continue;
		for (int64_t o = 0; o < no; o++)
			bias[o] += c[r] * x->w[col * no + o];
		for (int64_t i = 0; i < n; i++) {
			int64_t to = a[r * n + i] != 0 ? column_of(x, m->atom[i], x->slot[col]) : -1;
			for (int64_t o = 0; o < no && to >= 0; o++)
				w[to * no + o] += a[r * n + i] * x->w[col * no + o];
		}
	}
	free(channel);
}

/* Takes from w (columns,outputs) and bias what stays, into the edits. */
static void keep_rest(struct prune_fix *q, int k, double *w, double *bias)
{
	const struct prune_matrix *x = &q->facts->matrix[k];
	int64_t columns = 0, outputs = 0, at = 0;
	for (int64_t o = 0; o < x->outputs; o++)
		if (!gone(q, x->maker[o]))
			bias[outputs++] = bias[o];
	for (int64_t c = 0; c < x->columns; c++) {
		if (gone(q, x->atom[c]))
			continue;
		for (int64_t o = 0; o < x->outputs; o++)
			if (!gone(q, x->maker[o]))
				w[at++] = w[c * x->outputs + o];
		columns++;
	}
	prune_fix_set(q, k, columns, outputs, w, bias);
}

static bool repair_one(struct prune_fix *q, int k, bool only_mean)
{
	const struct prune_moments *m = &q->facts->moments[k];
	const struct prune_matrix *x = &q->facts->matrix[k];
	if (!m->q)
		return false;
	int64_t n = m->channels, all = x->columns * x->outputs;
	double *a = xcalloc((size_t)(n * n) + 1, sizeof *a), *c = xcalloc((size_t)n + 1, sizeof *c);
	double *w = xcalloc((size_t)all + 1, sizeof *w), *bias = xcalloc((size_t)x->outputs + 1, sizeof *bias);
	bool good = affine(q, m, only_mean, a, c);
	if (good) {
		memcpy(w, x->w, (size_t)all * sizeof *w);
		memcpy(bias, x->bias, (size_t)x->outputs * sizeof *bias);
		take_over(q, k, a, c, w, bias);
		keep_rest(q, k, w, bias);
	}
	free(a), free(c), free(w), free(bias);
	return good;
}

static int from_moments(struct prune_fix *q, bool only_mean)
{
	for (int k = 0; k < q->facts->p->n_consumer; k++) {
		if (!prune_fix_reads(q, k) || q->facts->p->consumer[k].kind == PRUNE_SUM)
			continue;
		if (repair_one(q, k, only_mean))
			q->by_gram++;
		else
			q->untouched++;
	}
	return 0;
}

static int fix_none(struct prune_fix *q, struct err *e)
{
	(void)q, (void)e;
	return 0;
}

static int fix_bias(struct prune_fix *q, struct err *e)
{
	(void)e;
	return from_moments(q, true);
}

static int fix_gram(struct prune_fix *q, struct err *e)
{
	(void)e;
	return from_moments(q, false);
}

static int fix_ls(struct prune_fix *q, struct err *e)
{
	/* what least squares cannot solve stays as gram leaves it */
	from_moments(q, false);
	q->by_gram = q->untouched = 0;
	return prune_fix_ls(q, e);
}

static int fix_ls_sum(struct prune_fix *q, struct err *e)
{
	q->sum = true;
	return fix_ls(q, e);
}

const struct prune_repair prune_repairs[] = {
	{ "ls",
	  "weights and bias of each consumer by ridge regression: target its old value before the activation function, "
	  "input the activations of the smaller network; layer after layer",
	  true, true, fix_ls },
	{ "ls-sum", "the same, and the last convolution before an Add aims at the old sum minus the other branch", true,
	  true, fix_ls_sum },
	{ "gram",
	  "a removed channel is replaced by mean_R + S_RK S_KK^-1 (x_K - mean_K), from means and covariances alone",
	  true, false, fix_gram },
	{ "bias", "a removed channel is replaced by its mean", true, false, fix_bias },
	{ "none", "removed channels are zero", false, false, fix_none },
	{ NULL, NULL, false, false, NULL },
};

int prune_repair_find(const char *name)
{
	for (int i = 0; prune_repairs[i].name; i++)
		if (!strcmp(prune_repairs[i].name, name))
			return i;
	return -1;
}

int prune_repair(struct prune_fix *q, int repair, struct err *e)
{
	const struct prune_repair *r = &prune_repairs[repair];
	prune_edits_init(&q->edits, q->facts->p);
	q->condition = 1;
	if (r->survey && !q->facts->plan)
		return err_set(e, ERR_VALUE, "--repair %s needs data, or the survey of some", r->name);
	if (r->data && !q->d)
		return err_set(e, ERR_VALUE, "--repair %s needs data; --repair gram needs only a survey", r->name);
	int bad = r->fix(q, e);
	if (!bad && q->untouched && !*q->note)
		snprintf(q->note, sizeof q->note,
		         "%d consumer%s of removed channels could not be repaired, because their weights are shared or "
		         "there are no moments of what they read",
		         q->untouched, q->untouched == 1 ? "" : "s");
	return bad;
}

void prune_fix_release(struct prune_fix *q)
{
	if (q->facts)
		prune_edits_release(&q->edits, q->facts->p);
}
