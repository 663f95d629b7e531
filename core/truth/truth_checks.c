#include "core/truth/truth_checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS_STABLE = 3, DRAWS_SMOOTH = 5, BINS = 100, PURPOSE_STABLE = 10, PURPOSE_SMOOTH = 20 };
static const double level[2] = { 0.01, 0.05 }, same_output = 0.05, smooth = 0.15;

/* ---- random parameters ---- */

static bool is_parameter(const struct graph *g, const struct node *n, int k)
{
	const struct value *v = n->in[k] >= 0 ? &g->value[n->in[k]] : NULL;
	return v && v->constant && v->dtype == DT_REAL && shape_count(&v->shape) > 1;
}

static void fill_like(struct rng *r, const real *was, int64_t n, real *to)
{
	double mean = 0, squares = 0;
	for (int64_t i = 0; i < n; i++)
		mean += (double)was[i] / (double)n;
	for (int64_t i = 0; i < n; i++)
		squares += ((double)was[i] - mean) * ((double)was[i] - mean);
	for (int64_t i = 0; i < n; i++)
		to[i] = (real)(mean + sqrt(squares / (double)n) * rng_normal(r));
}

static void add_node(struct truth_random *q, const struct graph *g, const struct node *n, struct rng *r)
{
	for (int k = 0; k < n->n_in; k++) {
		if (!is_parameter(g, n, k))
			continue;
		const struct value *v = &g->value[n->in[k]];
		int64_t count = shape_count(&v->shape);
		struct random_array a = { n->in[k], xcalloc((size_t)count, sizeof(real)) };
		fill_like(r, v->r, count, a.data);
		q->array = xrealloc(q->array, (size_t)q->n + 1, sizeof *q->array);
		q->array[q->n++] = a;
	}
}

void truth_random_make(struct truth_random *q, const struct graph *g, uint64_t seed)
{
	struct rng r;
	int *end = xcalloc((size_t)g->n_node + 1, sizeof *end), layers = 0;
	rng_init(&r, seed);
	*q = (struct truth_random){ 0 };
	for (int i = g->n_node - 1; i >= 0; i--) {
		const struct node *n = &g->node[i];
		int before = q->n;
		if (n->op->macs && node_depends(g, n))
			add_node(q, g, n, &r);
		if (q->n > before)
			end[layers++] = q->n;
	}
	q->stages = layers < TRUTH_STAGES ? layers : TRUTH_STAGES;
	q->upto = xcalloc((size_t)q->stages + 1, sizeof *q->upto);
	for (int s = 0; s < q->stages; s++)
		q->upto[s] = end[(s + 1) * layers / q->stages - 1];
	free(end);
}

void truth_random_release(struct truth_random *q)
{
	for (int k = 0; k < q->n; k++)
		free(q->array[k].data);
	free(q->array);
	free(q->upto);
}

/* The first n arrays are random, the others are those of the network. */
static void override(const struct truth_random *q, int n, struct probe *p)
{
	struct run *both[] = { p->run, probe_twin(p) };
	for (int k = 0; k < q->n; k++)
		for (int i = 0; i < 2; i++)
			run_override(both[i], q->array[k].value, k < n ? q->array[k].data : NULL);
}

/* ---- changed windows ---- */

void truth_deviation(const struct dataset *d, const int64_t *window, int64_t n, double *deviation)
{
	real *x = xcalloc((size_t)(d->T * d->C), sizeof *x);
	double *mean = xcalloc((size_t)d->C, sizeof *mean), all = (double)(n * d->T);
	memset(deviation, 0, (size_t)d->C * sizeof *deviation);
	for (int pass = 0; pass < 2; pass++)
		for (int64_t i = 0; i < n; i++) {
			dataset_window(d, window[i], x);
			for (int64_t k = 0; k < d->T * d->C; k++) {
				double off = (double)x[k] - mean[k % d->C];
				if (pass)
					deviation[k % d->C] += off * off / all;
				else
					deviation[k % d->C] += off / all;
			}
			if (!pass && i == n - 1) {
				memcpy(mean, deviation, (size_t)d->C * sizeof *mean);
				memset(deviation, 0, (size_t)d->C * sizeof *deviation);
			}
		}
	for (int64_t c = 0; c < d->C; c++)
		deviation[c] = sqrt(deviation[c]);
	free(mean);
	free(x);
}

/* Puts the window with noise into the second probe. by (own channels): deviations. NULL: without noise. The class that
 * is explained stays that of the window. */
static void put_window(struct truth_worker *w, const double *by, struct rng *r)
{
	const struct probe *p = &w->probe;
	struct probe *q = &w->second;
	for (int64_t t = 0; t < w->p.T; t++)
		for (int64_t c = 0; c < w->p.C; c++) {
			int64_t k = t * w->p.C + c;
			double off = by && c < w->p.own ? by[c] * rng_normal(r) : 0;
			w->x[k] = (real)((double)p->x[k] + off);
		}
	if (by)
		perturb_derive(&w->p, w->x);
	probe_window(q, w->x, p->has_y ? p->y : NULL, p->cls);
	probe_forward(q);
	q->predicted = p->predicted;
	if (q->step_class && p->step_class)
		memcpy(q->step_class, p->step_class, (size_t)p->m->out_steps * sizeof *q->step_class);
}

static void begin(struct truth_worker *w, int64_t i)
{
	w->q.window = i;
	probe_ask(&w->second, &w->q);
}

/* ---- stability ---- */

static double norm_of(const real *a, const real *b, int64_t n)
{
	double sum = 0;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)a[i] - (b ? (double)b[i] : 0);
		sum += v * v;
	}
	return sqrt(sum);
}

void truth_stability(struct truth_worker *w, int64_t i, struct truth_window *to)
{
	const struct truth_job *j = w->j;
	int64_t n = w->p.T * w->p.C;
	double *by = xcalloc((size_t)w->p.C, sizeof *by), y = probe_target(&w->probe, w->probe.run);
	struct saliency_note note;
	begin(w, i);
	for (int k = 0; k < 2 * j->n_method; k++)
		to->stable[k] = NAN;
	for (int k = 0; k < 2; k++) {
		struct rng r = truth_rng(j, i, PURPOSE_STABLE + k);
		for (int64_t c = 0; c < w->p.C; c++)
			by[c] = level[k] * w->deviation[c];
		for (int draw = 0; draw < DRAWS_STABLE; draw++) {
			put_window(w, by, &r);
			double now = probe_target(&w->second, w->second.run);
			if (!(fabs(now - y) <= same_output * fabs(y)))
				continue;
			for (int m = 0; m < j->n_method; m++) {
				const real *map = w->maps + m * n;
				double of = norm_of(map, NULL, n), *worst = &to->stable[2 * m + k];
				truth_map(w, &w->second, m, w->other, &note);
				double v = of > 0 ? norm_of(w->other, map, n) / of : 0;
				*worst = *worst >= v ? *worst : v;
			}
		}
	}
	free(by);
}

/* ---- randomised parameters ---- */

double truth_entropy(const real *map, int64_t n)
{
	int64_t count[BINS] = { 0 };
	double most = 0, sum = 0;
	for (int64_t i = 0; i < n; i++)
		most = fmax(most, fabs((double)map[i]));
	for (int64_t i = 0; i < n && most > 0; i++) {
		int k = (int)(fabs((double)map[i]) / most * BINS);
		count[k < BINS ? k : BINS - 1]++;
	}
	for (int k = 0; k < BINS; k++) {
		double share = (double)count[k] / (double)n;
		sum -= share > 0 ? share * log(share) : 0;
	}
	return sum;
}

/* smoothed (n_method, n): abs of the mean map over draws of noise, which are the same in each call. */
static void smooth_maps(struct truth_worker *w, int64_t i, const double *by, double *smoothed)
{
	const struct truth_job *j = w->j;
	int64_t n = w->p.T * w->p.C;
	struct rng r = truth_rng(j, i, PURPOSE_SMOOTH);
	struct saliency_note note;
	memset(smoothed, 0, (size_t)(j->n_method * n) * sizeof *smoothed);
	for (int draw = 0; draw < DRAWS_SMOOTH; draw++) {
		put_window(w, by, &r);
		for (int m = 0; m < j->n_method; m++) {
			truth_map(w, &w->second, m, w->other, &note);
			for (int64_t k = 0; k < n; k++)
				smoothed[m * n + k] += (double)w->other[k] / DRAWS_SMOOTH;
		}
	}
	for (int64_t k = 0; k < j->n_method * n; k++)
		smoothed[k] = fabs(smoothed[k]);
}

static void ranges(const struct truth_worker *w, double *by)
{
	for (int64_t c = 0; c < w->p.C; c++) {
		double low = INFINITY, high = -INFINITY;
		for (int64_t t = 0; t < w->p.T; t++) {
			low = fmin(low, (double)w->probe.x[t * w->p.C + c]);
			high = fmax(high, (double)w->probe.x[t * w->p.C + c]);
		}
		by[c] = smooth * (high - low);
	}
}

static void entropies(struct truth_worker *w, struct truth_window *to)
{
	int64_t n = w->p.T * w->p.C;
	struct saliency_note note;
	put_window(w, NULL, NULL);
	for (int m = 0; m < w->j->n_method; m++) {
		double before = truth_entropy(w->maps + m * n, n);
		truth_map(w, &w->second, m, w->other, &note);
		to->entropy[m] = before > 0 ? (truth_entropy(w->other, n) - before) / before : NAN;
	}
}

void truth_randomise(struct truth_worker *w, int64_t i, struct truth_window *to)
{
	const struct truth_random *q = w->random;
	int methods = w->j->n_method;
	int64_t n = w->p.T * w->p.C;
	double *by = xcalloc((size_t)w->p.C, sizeof *by);
	double *was = xcalloc(2 * (size_t)(methods * n) + 1, sizeof *was), *now = was + methods * n;
	begin(w, i);
	ranges(w, by);
	smooth_maps(w, i, by, was);
	for (int s = 0; s < q->stages; s++) {
		override(q, q->upto[s], &w->second);
		smooth_maps(w, i, by, now);
		for (int m = 0; m < methods; m++)
			to->after[m * q->stages + s] = truth_rank_correlation(was + m * n, now + m * n, n);
	}
	entropies(w, to);
	override(q, 0, &w->second);
	free(was);
	free(by);
}
