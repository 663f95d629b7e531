#include "core/attack/attack.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/attack/attack_window.h"
#include "core/base/threads.h"
#include "core/graph/flat.h"

const struct attack_method_row attack_methods[] = {
#define ATTACK_METHOD(id, name, label, formula, source) { name, label, formula, source },
#include "core/attack/attack_methods.def"
#undef ATTACK_METHOD
	{ 0 },
};

enum { BISECTIONS = 8 };

struct shared {
	const struct attack_job *j;
	struct attack_result *r;
	struct attack_space space;
	struct attack_point *intact; /* [n] */
	pthread_mutex_t lock;
	int64_t next, done;
};

bool attack_falls(const struct attack_job *j)
{
	return j->task == TASK_CLASSIFICATION || j->by > 0;
}

static struct attack_point *point_of(const struct attack_result *r, int64_t i, int m, int e)
{
	return &r->point[(i * r->n_method + m) * r->n_epsilon + e];
}

/* ---- what holds for all windows ---- */

/* Hann's window of 2 reach + 1 weights, the ends of which are not 0; their sum is 1. */
static void kernel_make(struct attack_space *s)
{
	double sum = 0;
	s->reach = s->j->reach ? s->j->reach : (s->p.T + 15) / 16;
	s->kernel = xcalloc((size_t)s->reach + 1, sizeof *s->kernel);
	for (int64_t k = 0; k <= s->reach; k++) {
		s->kernel[k] = 0.5 + 0.5 * cos(3.14159265358979323846 * (double)k / (double)(s->reach + 1));
		sum += (k ? 2 : 1) * s->kernel[k];
	}
	for (int64_t k = 0; k <= s->reach; k++)
		s->kernel[k] /= sum;
}

static void space_make(struct attack_space *s, const struct attack_job *j, struct attack_result *r)
{
	int64_t C = j->m->C;
	*s = (struct attack_space){ .j = j };
	perturb_init(&s->p, j->m->T, C, j->d, !j->free, 1);
	s->unit = xcalloc((size_t)C + 1, sizeof *s->unit);
	r->deviation = xcalloc((size_t)C + 1, sizeof *r->deviation);
	channel_spread_make(&s->spread, j->d);
	for (int64_t c = 0; c < C; c++) {
		r->deviation[c] = s->spread.deviation[c];
		s->unit[c] = j->scaled ? 1 : r->deviation[c];
	}
	s->segment = j->segment ? j->segment : (s->p.T + 4) / 5;
	s->segment = s->segment < s->p.T ? s->segment : s->p.T;
	kernel_make(s);
}

static void space_release(struct attack_space *s)
{
	free(s->unit);
	channel_spread_release(&s->spread);
	free(s->kernel);
}

/* ---- windows ---- */

/* The windows of the worker with their best changes, and what the model says of them. */
static void save(struct shared *all, struct attack_worker *w, enum attack_method m, int64_t from)
{
	const struct attack_job *j = all->j;
	const struct perturb *p = &all->space.p;
	int64_t count = p->T * p->C, n = j->m->outputs;
	attack_apply(w, m, w->best);
	for (int l = 0; l < w->n && j->written; l++) {
		real *x = w->x + l * count;
		for (int64_t k = 0; k < count; k++)
			if (k % p->C < p->own && w->mask[l * p->T + k / p->C])
				x[k] = dataset_as_read(j->d, w->window[l], k % p->C, (double)x[k]);
		perturb_derive(p, x);
	}
	attack_pass(&w->pass, w->n, w->x, NULL);
	memcpy(all->r->x + from * count, w->x, (size_t)(w->n * count) * sizeof *w->x);
	memcpy(all->r->before + from * n, w->first, (size_t)(w->n * n) * sizeof *w->first);
	memcpy(all->r->now + from * n, w->pass.output, (size_t)(w->n * n) * sizeof *w->first);
}

/* The smallest epsilon of each window, between the one that makes it fall and the one before. */
static void bisect(struct shared *all, struct attack_worker *w, int m, int64_t from)
{
	const struct attack_job *j = all->j;
	double low[RUN_LANES], high[RUN_LANES];
	bool any = false;
	for (int l = 0; l < w->n; l++) {
		int e = 0;
		while (e < j->n_epsilon && !point_of(all->r, from + l, m, e)->fell)
			e++;
		high[l] = w->intact[l].fell ? 0 : e < j->n_epsilon ? j->epsilon[e] : (double)INFINITY;
		low[l] = e ? j->epsilon[e - 1] : 0;
		any |= high[l] > 0 && isfinite(high[l]);
	}
	for (int k = 0; k < BISECTIONS && any; k++) {
		for (int l = 0; l < w->n; l++)
			w->epsilon[l] = high[l] > 0 && isfinite(high[l]) ? (low[l] + high[l]) / 2 : 0;
		attack_begin(w, j->method[m]);
		attack_windows(w, j->method[m]);
		for (int l = 0; l < w->n; l++)
			if (w->epsilon[l] > 0 && w->at_best[l].fell)
				high[l] = w->epsilon[l];
			else if (w->epsilon[l] > 0)
				low[l] = w->epsilon[l];
	}
	for (int l = 0; l < w->n; l++)
		all->r->curve[m].least[from + l] = high[l];
}

static void one_batch(struct shared *all, struct attack_worker *w, int64_t from, int n)
{
	const struct attack_job *j = all->j;
	attack_take(w, n, all->r->window + from);
	for (int l = 0; l < n; l++)
		all->intact[from + l] = w->intact[l];
	for (int m = 0; m < j->n_method; m++) {
		attack_begin(w, j->method[m]);
		for (int e = 0; e < j->n_epsilon; e++) {
			for (int l = 0; l < n; l++)
				w->epsilon[l] = j->epsilon[e];
			attack_windows(w, j->method[m]);
			for (int l = 0; l < n; l++)
				*point_of(all->r, from + l, m, e) = w->at_best[l];
		}
		if (m == j->n_method - 1)
			save(all, w, j->method[m], from);
		if (attack_falls(j))
			bisect(all, w, m, from);
	}
}

static void work(void *arg)
{
	struct shared *all = arg;
	struct attack_worker w;
	attack_worker_make(&w, &all->space);
	for (;;) {
		pthread_mutex_lock(&all->lock);
		int64_t from = all->next, left = all->r->n - from;
		int n = left < w.pass.width ? (int)left : w.pass.width;
		all->next += n > 0 ? n : 0;
		pthread_mutex_unlock(&all->lock);
		if (n < 1)
			break;
		one_batch(all, &w, from, n);
		pthread_mutex_lock(&all->lock);
		all->done += n;
		for (int l = 0; l < n; l++) {
			all->r->flat += !w.slopes[l];
			all->r->broken += w.broken[l];
		}
		if (all->j->progress)
			all->j->progress(all->j->ctx, all->done, all->r->n);
		pthread_mutex_unlock(&all->lock);
	}
	attack_worker_release(&w);
}

/* ---- figures ---- */

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

/* The value below which a share of v (n, ascending) lies: that of the next rank. */
static double quantile(const double *v, int64_t n, double share)
{
	return n ? v[(int64_t)(share * (double)(n - 1) + 0.5)] : (double)NAN;
}

static void sum_least(const struct shared *all, struct attack_curve *q)
{
	int64_t n = 0;
	double *v = xcalloc((size_t)all->r->n + 1, sizeof *v);
	for (int64_t i = 0; i < all->r->n; i++) {
		if (all->intact[i].fell)
			continue;
		v[n++] = q->least[i];
		int at = q->n_first;
		while (at > 0 && q->least[q->first[at - 1]] > q->least[i])
			at--;
		if (at == ATTACK_WORST || !isfinite(q->least[i]))
			continue;
		q->n_first += q->n_first < ATTACK_WORST;
		for (int k = q->n_first - 1; k > at; k--)
			q->first[k] = q->first[k - 1];
		q->first[at] = i;
	}
	qsort(v, (size_t)n, sizeof *v, ascending);
	for (int k = 0; k < 3; k++)
		q->quartile[k] = quantile(v, n, (k + 1) / 4.);
	free(v);
}

static void sum_up(struct shared *all)
{
	struct attack_result *r = all->r;
	double n = (double)r->n;
	for (int64_t i = 0; i < r->n; i++) {
		r->loss += all->intact[i].loss / n;
		r->wrong += all->intact[i].fell;
	}
	for (int m = 0; m < r->n_method; m++) {
		struct attack_curve *q = &r->curve[m];
		for (int e = 0; e < r->n_epsilon; e++)
			for (int64_t i = 0; i < r->n; i++) {
				q->loss[e] += point_of(r, i, m, e)->loss / n;
				q->fallen[e] += point_of(r, i, m, e)->fell / n;
			}
		if (r->falls)
			sum_least(all, q);
	}
}

/* ---- all of it ---- */

/* Windows with true values whose loss is finite, spread evenly. */
static int choose_windows(const struct attack_job *j, struct attack_result *r, struct err *e)
{
	const struct dataset *d = j->d;
	int64_t all = d->n_target, n = j->windows < all ? j->windows : all;
	struct attack_pass a;
	real *x = xcalloc((size_t)(d->T * d->C) * RUN_LANES + 1, sizeof *x);
	attack_pass_make(&a, j->m, j->task);
	r->window = xcalloc((size_t)n + 1, sizeof *r->window);
	for (int64_t i = 0; i < n; i++) {
		int64_t w = i * all / n;
		attack_pass_truth(&a, d, 0, w);
		dataset_window(d, w, x);
		attack_pass(&a, 1, x, NULL);
		r->window[r->n] = w;
		r->n += isfinite(a.loss[0]);
		r->not_finite += !isfinite(a.loss[0]);
	}
	attack_pass_release(&a);
	free(x);
	if (r->n)
		return 0;
	return err_set(
	        e, ERR_VALUE,
	        "%s: no window has a true value and a finite loss; an attack makes the loss larger: --predict or "
	        "--label names the column of the true values",
	        d->file);
}

static void result_make(const struct attack_job *j, struct attack_result *r)
{
	size_t n = (size_t)r->n, e = (size_t)j->n_epsilon, m = (size_t)j->n_method;
	r->falls = attack_falls(j);
	r->n_method = j->n_method;
	r->n_epsilon = j->n_epsilon;
	r->curve = xcalloc(m + 1, sizeof *r->curve);
	r->point = xcalloc(n * m * e + 1, sizeof *r->point);
	r->x = xcalloc(n * (size_t)(j->m->T * j->m->C) + 1, sizeof *r->x);
	r->before = xcalloc(n * (size_t)j->m->outputs + 1, sizeof *r->before);
	r->now = xcalloc(n * (size_t)j->m->outputs + 1, sizeof *r->now);
	for (int k = 0; k < j->n_method; k++) {
		struct attack_curve *q = &r->curve[k];
		q->method = j->method[k];
		q->loss = xcalloc(e + 1, sizeof *q->loss);
		q->fallen = xcalloc(e + 1, sizeof *q->fallen);
		q->least = xcalloc(n + 1, sizeof *q->least);
		for (int i = 0; i < 3; i++)
			q->quartile[i] = NAN;
		for (size_t i = 0; i < n; i++)
			q->least[i] = NAN;
	}
}

/* Refuses where operators alone tell that there is no direction to go. */
static int check_flat(const struct attack_job *j, struct err *e)
{
	char why[256];
	int to = loss_of_logits(loss_for(j->task, j->m)) ? j->m->logits : j->m->output;
	if (!*graph_flat_why(j->m->graph, j->m->input, to, why, sizeof why))
		return 0;
	return err_set(e, ERR_VALUE,
	               "%s: the loss has no gradient by the input, so there is no direction to go: %s; tsviz "
	               "counterfactual needs no gradient",
	               j->m->file, why);
}

int attack_run(const struct attack_job *j, struct attack_result *r, struct err *e)
{
	struct shared all = { .j = j, .r = r };
	*r = (struct attack_result){ 0 };
	int bad = check_flat(j, e);
	bad = bad ? bad : choose_windows(j, r, e);
	if (bad)
		return bad;
	result_make(j, r);
	space_make(&all.space, j, r);
	all.intact = xcalloc((size_t)r->n + 1, sizeof *all.intact);
	pthread_mutex_init(&all.lock, NULL);
	threads_share(threads_of(j->threads, r->n), work, &all);
	pthread_mutex_destroy(&all.lock);
	sum_up(&all);
	free(all.intact);
	space_release(&all.space);
	if (r->flat < r->n)
		return 0;
	return err_set(e, ERR_VALUE,
	               "%s: the gradient of the loss by the input is %s for each of the %lld windows, so there is no "
	               "direction to go; tsviz counterfactual needs no gradient",
	               j->m->file, r->broken ? "0 or no finite number" : "0", (long long)r->n);
}

void attack_release(struct attack_result *r)
{
	for (int k = 0; k < r->n_method && r->curve; k++)
		free(r->curve[k].loss), free(r->curve[k].fallen), free(r->curve[k].least);
	free(r->curve), free(r->point), free(r->window), free(r->deviation);
	free(r->x), free(r->before), free(r->now);
}

void attack_sentence(const struct attack_job *j, const struct attack_result *r, char *buf, size_t size)
{
	const struct attack_curve *q = &r->curve[r->n_method - 1];
	int last = r->n_epsilon - 1;
	const char *units = j->scaled ? "" : j->epsilon[last] == 1 ? " deviation" : " deviations";
	size_t n = (size_t)snprintf(buf, size, "under %s of %g%s ", attack_methods[q->method].label, j->epsilon[last],
	                            units);
	if (!r->falls) {
		snprintf(buf + n, size - n, "the mean loss of %lld windows is %.4g, %.4g without it", (long long)r->n,
		         q->loss[last], r->loss);
		return;
	}
	n += (size_t)snprintf(buf + n, size - n, "%.1f %% of %lld windows %s, %.1f %% without it",
	                      100 * q->fallen[last], (long long)r->n,
	                      j->task == TASK_CLASSIFICATION ? "are classified wrong" : "change as much as --by says",
	                      100 * (double)r->wrong / (double)r->n);
	if (isfinite(q->quartile[1]))
		snprintf(buf + n, size - n, "; half of the others fall by %.3g", q->quartile[1]);
	else if (r->wrong < r->n)
		snprintf(buf + n, size - n, "; fewer than half of the others fall");
}
