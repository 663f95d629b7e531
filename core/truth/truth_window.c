#include "core/truth/truth_window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PURPOSE_CHANCE, PURPOSE_OTHER };

void truth_worker_make(struct truth_worker *w, const struct truth_job *j, const struct perturb *p, const int64_t *share)
{
	size_t n = (size_t)(p->T * p->C), units = (size_t)p->units;
	*w = (struct truth_worker){ .j = j, .p = *p, .share = share };
	probe_init(&w->probe, j->m, false);
	probe_data(&w->probe, j->d);
	probe_init(&w->second, j->m, false);
	probe_data(&w->second, j->d);
	w->second.width = 1;
	truth_eval_make(&w->eval, &w->probe);
	question_copy(&w->q, j->q);
	w->maps = xcalloc(n * (size_t)j->n_method + 1, sizeof *w->maps);
	w->base = xcalloc(n * (size_t)j->n_method + 1, sizeof *w->base);
	w->other = xcalloc(2 * n, sizeof *w->other);
	w->x = w->other + n;
	w->score = xcalloc(units, sizeof *w->score);
	w->order[0] = xcalloc(4 * units, sizeof *w->order[0]);
	w->order[1] = w->order[0] + units;
	w->chance[0] = w->order[1] + units;
	w->chance[1] = w->chance[0] + units;
	w->replaced = xcalloc(units, 1);
	w->inside = xcalloc(units, 1);
	w->dot = xcalloc((size_t)j->n_method * 2 * TRUTH_STEPS + 1, sizeof *w->dot);
}

void truth_worker_release(struct truth_worker *w)
{
	truth_eval_release(&w->eval);
	saliency_release(&w->map);
	probe_release(&w->probe);
	probe_release(&w->second);
	question_release(&w->q);
	free(w->maps), free(w->base), free(w->other), free(w->score), free(w->order[0]), free(w->replaced),
	        free(w->dot);
	free(w->inside);
}

struct rng truth_rng(const struct truth_job *j, int64_t window, int purpose)
{
	struct rng r;
	rng_init(&r, j->q->seed);
	rng_init(&r, rng_next(&r) + (uint64_t)window);
	rng_init(&r, rng_next(&r) + (uint64_t)purpose);
	return r;
}

void truth_map(struct truth_worker *w, struct probe *p, int k, real *out, struct saliency_note *note)
{
	const struct truth_method *q = &w->j->method[k];
	if (q->method < 0) {
		*note = (struct saliency_note){ .residual = NAN, .at = -1 };
		probe_forward(p);
		q->map(p, out);
		return;
	}
	saliency_begin(&w->map, p, q->method, -1, 0, out, note);
	while (saliency_step(&w->map) && !truth_stopped(w->j))
		;
}

/* ---- orders ---- */

struct scored {
	double score;
	int64_t unit;
};

static int by_score(const void *pa, const void *pb)
{
	const struct scored *a = pa, *b = pb;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

void truth_order(const double *score, int64_t n, bool largest, int64_t *order)
{
	struct scored *s = xcalloc((size_t)n + 1, sizeof *s);
	for (int64_t i = 0; i < n; i++)
		s[i] = (struct scored){ largest ? score[i] : -score[i], i };
	qsort(s, (size_t)n, sizeof *s, by_score);
	for (int64_t i = 0; i < n; i++)
		order[i] = s[i].unit;
	free(s);
}

static void chance_order(struct rng *r, int64_t n, int64_t *order, int64_t *reverse)
{
	for (int64_t i = 0; i < n; i++) {
		int64_t k = rng_below(r, i + 1);
		order[i] = order[k];
		order[k] = i;
	}
	for (int64_t i = 0; i < n; i++)
		reverse[i] = order[n - 1 - i];
}

/* ---- curves ---- */

double truth_area(const double *d, const int64_t *share)
{
	double sum = 0;
	for (int k = 1; k <= TRUTH_STEPS; k++)
		sum += (double)(share[k] - share[k - 1]) * (d[k] + d[k - 1]) / 2;
	return sum / (double)share[TRUTH_STEPS];
}

/* Marks the units of step k, after those of step k - 1. */
static void mark(struct truth_worker *w, const int64_t *order, int k)
{
	if (k == 1)
		memset(w->replaced, 0, (size_t)w->p.units);
	for (int64_t i = w->share[k - 1]; i < w->share[k]; i++)
		w->replaced[order[i]] = 1;
}

/* Asks for the outputs of steps 1 .. STEPS - 1. */
static void ask_curve(struct truth_worker *w, const int64_t *order, enum replace how, double *y)
{
	for (int k = 1; k < TRUTH_STEPS; k++) {
		mark(w, order, k);
		perturb_apply(&w->p, w->probe.x, w->replaced, how, w->other, w->x);
		truth_eval_add(&w->eval, w->x, &y[k]);
	}
}

static struct truth_pair *pair_of(const struct truth_window *to, int method, int how)
{
	return &to->at[method * REPLACE_COUNT + how];
}

static void ask_pairs(struct truth_worker *w, struct truth_window *to, int method, int64_t *const order[2])
{
	for (int how = 0; how < REPLACE_COUNT; how++) {
		struct truth_pair *q = pair_of(to, method, how);
		if (!(w->j->replaces & 1u << how) || truth_stopped(w->j))
			continue;
		ask_curve(w, order[0], (enum replace)how, q->most);
		ask_curve(w, order[1], (enum replace)how, q->least);
	}
}

/* With all units replaced the order is of no account. */
static void ask_ends(struct truth_worker *w, struct truth_window *to)
{
	int last = w->j->n_method;
	memset(w->replaced, 1, (size_t)w->p.units);
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (w->j->replaces & 1u << how) {
			perturb_apply(&w->p, w->probe.x, w->replaced, (enum replace)how, w->other, w->x);
			truth_eval_add(&w->eval, w->x, &pair_of(to, last, how)->most[TRUTH_STEPS]);
		}
}

/* ---- infidelity ---- */

double truth_infidelity(const double *dot, const double *change, int n)
{
	double dd = 0, dc = 0, cc = 0, off = 0;
	for (int k = 0; k < n; k++) {
		dd += dot[k] * dot[k];
		dc += dot[k] * change[k];
		cc += change[k] * change[k];
	}
	double b = dd > 0 ? dc / dd : 0;
	for (int k = 0; k < n; k++)
		off += (b * dot[k] - change[k]) * (b * dot[k] - change[k]);
	return cc > 0 ? off / cc : NAN;
}

/* What the map says of replacing x by w->x: see TRUTH_INFIDELITY. */
static double predicted(const struct truth_worker *w, int k, const real *map, const real *base)
{
	const struct truth_method *q = &w->j->method[k];
	bool parts = q->method >= 0 && saliency_methods[q->method].parts;
	double sum = 0;
	for (int64_t i = 0; i < w->p.T * w->p.C; i++) {
		double x = (double)w->probe.x[i], off = x - (double)w->x[i], by = x - (double)base[i];
		if (off != 0 && (!parts || by != 0))
			sum += (double)map[i] * off / (parts ? by : 1);
	}
	return sum;
}

/* The windows changed by chance are made once more, and compared with what each map says of them. change[k - 1] and
 * change[STEPS + k - 1] are y - y_k. */
static void infidelities(struct truth_worker *w, struct truth_window *to, enum replace how, const double *change)
{
	int64_t n = w->p.T * w->p.C;
	for (int k = 1; k <= TRUTH_STEPS; k++)
		for (int way = 0; way < 2; way++) {
			memset(w->replaced, 0, (size_t)w->p.units);
			for (int64_t i = 0; i < w->share[k]; i++)
				w->replaced[w->chance[way][i]] = 1;
			perturb_apply(&w->p, w->probe.x, w->replaced, how, w->other, w->x);
			for (int m = 0; m < w->j->n_method; m++)
				w->dot[m * 2 * TRUTH_STEPS + way * TRUTH_STEPS + k - 1] =
				        predicted(w, m, w->maps + m * n, w->base + m * n);
		}
	for (int m = 0; m < w->j->n_method; m++)
		pair_of(to, m, (int)how)->infidelity =
		        truth_infidelity(w->dot + m * 2 * TRUTH_STEPS, change, 2 * TRUTH_STEPS);
}

/* ---- the mask ---- */

/* Whether the window is compared: its class is predicted right, and the mask has some of its units. */
static bool find_inside(struct truth_worker *w, int64_t i, struct truth_window *to)
{
	const struct probe *p = &w->probe;
	to->mask_share = NAN;
	if (!w->j->mask)
		return false;
	for (int k = 0; k < (w->j->n_method + 1) * TRUTH_FOUND; k++)
		to->found[k] = NAN;
	if (p->predicted >= 0 && p->cls >= 0 && p->predicted != p->cls)
		return false;
	int64_t n = truth_mask_units(w->j->mask, w->j->d, i, &w->p, w->inside);
	if (n == 0 || n == w->p.units)
		return false;
	to->mask_share = (double)n / (double)w->p.units;
	return true;
}

/* A random order as a map: the first unit scores most. */
static void find_by_chance(struct truth_worker *w, struct truth_window *to)
{
	for (int64_t u = 0; u < w->p.units; u++)
		w->score[w->chance[0][u]] = (double)(w->p.units - u);
	truth_find(w->score, w->inside, w->p.units, to->found + w->j->n_method * TRUTH_FOUND);
}

/* ---- one window ---- */

/* The outputs become their distances from y. */
static void finish(struct truth_worker *w, struct truth_window *to, double y)
{
	int chance = w->j->n_method;
	for (int how = 0; how < REPLACE_COUNT; how++) {
		double change[2 * TRUTH_STEPS];
		struct truth_pair *c = pair_of(to, chance, how);
		if (!(w->j->replaces & 1u << how))
			continue;
		double end = c->most[TRUTH_STEPS];
		for (int m = 0; m <= chance; m++) {
			struct truth_pair *q = pair_of(to, m, how);
			q->most[0] = q->least[0] = y;
			q->most[TRUTH_STEPS] = q->least[TRUTH_STEPS] = end;
			for (int k = 1; k <= TRUTH_STEPS && m == chance; k++) {
				change[k - 1] = y - q->most[k];
				change[TRUTH_STEPS + k - 1] = y - q->least[k];
			}
			for (int k = 0; k <= TRUTH_STEPS; k++) {
				q->most[k] = fabs(y - q->most[k]);
				q->least[k] = fabs(y - q->least[k]);
			}
			q->area = truth_area(q->most, w->share) - truth_area(q->least, w->share);
			q->infidelity = NAN;
		}
		infidelities(w, to, (enum replace)how, change);
	}
}

static void find_other(struct truth_worker *w, int64_t i)
{
	struct rng r = truth_rng(w->j, i, PURPOSE_OTHER);
	int64_t n = w->j->d->n, k = n > 1 ? rng_below(&r, n - 1) : 0;
	dataset_window(w->j->d, k + (n > 1 && k >= i), w->other);
}

void truth_window(struct truth_worker *w, int64_t i, struct truth_window *to)
{
	const struct truth_job *j = w->j;
	struct probe *p = &w->probe;
	struct saliency_note note;
	struct rng r = truth_rng(j, i, PURPOSE_CHANCE);
	int64_t count = w->p.T * w->p.C;
	w->q.window = i;
	probe_ask(p, &w->q);
	probe_forward(p);
	to->cls = p->predicted;
	for (int m = 0; m < j->n_method && !truth_stopped(j); m++) {
		truth_map(w, p, m, w->maps + m * count, &note);
		to->residual[m] = note.residual;
		if (j->method[m].method >= 0)
			saliency_reference(&w->map, w->base + m * count);
	}
	bool masked = find_inside(w, i, to);
	find_other(w, i);
	double y = probe_target(p, p->run);
	for (int m = 0; m < j->n_method; m++) {
		perturb_scores(&w->p, w->maps + m * count, w->score);
		truth_order(w->score, w->p.units, true, w->order[0]);
		truth_order(w->score, w->p.units, false, w->order[1]);
		to->alike[m] = w->score[w->order[0][0]] == w->score[w->order[1][0]];
		if (masked)
			truth_find(w->score, w->inside, w->p.units, to->found + m * TRUTH_FOUND);
		ask_pairs(w, to, m, w->order);
	}
	chance_order(&r, w->p.units, w->chance[0], w->chance[1]);
	if (masked)
		find_by_chance(w, to);
	ask_pairs(w, to, j->n_method, w->chance);
	ask_ends(w, to);
	truth_eval_end(&w->eval);
	if (!truth_stopped(j))
		finish(w, to, y);
}
