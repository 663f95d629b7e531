#include "core/data/metrics.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/metrics_steps.h"
#include "core/run/run.h"

/* ---- outputs of many windows ---- */

enum { THREADS_MAX = 64 };

struct share {
	const struct model *m;
	const struct dataset *d;
	int64_t from, to;
	real *out; /* output of window `from` */
	pthread_t thread;
	bool started;
};

static void predict_one(const struct share *s, struct run *r, int64_t i, real *tc, real *native)
{
	const struct model *m = s->m;
	dataset_window(s->d, i, tc);
	model_pack(m, tc, native);
	run_input(r, 0, native);
	run_forward(r);
	memcpy(s->out + (i - s->from) * m->outputs, run_real(r, m->output), (size_t)m->outputs * sizeof *s->out);
}

/* n windows, at most RUN_LANES. The other lanes compute what they hold from before. */
static void predict_lanes(const struct share *s, struct run *r, int64_t first, int n, real *tc, real *native)
{
	const struct model *m = s->m;
	for (int l = 0; l < n; l++) {
		dataset_window(s->d, first + l, tc);
		model_pack(m, tc, native);
		run_input_lane(r, 0, l, native);
	}
	run_forward(r);
	for (int l = 0; l < n; l++)
		lane_get(m->outputs, run_real(r, m->output), l, s->out + (first + l - s->from) * m->outputs);
}

static void *predict_share(void *arg)
{
	struct share *s = arg;
	const struct model *m = s->m;
	size_t n = (size_t)(m->T * m->C);
	real *tc = xcalloc(n, sizeof *tc), *native = xcalloc(n, sizeof *native);
	bool many = s->to - s->from >= RUN_LANES && run_lanes_pay(m->graph) && m->graph->value[m->output].depends;
	struct run *r =
	        many ? run_new_outputs_lanes(m->graph, 1, &m->output) : run_new_outputs(m->graph, 1, &m->output);
	for (int64_t i = s->from; i < s->to && !many; i++)
		predict_one(s, r, i, tc, native);
	for (int64_t i = s->from; i < s->to && many; i += RUN_LANES)
		predict_lanes(s, r, i, s->to - i < RUN_LANES ? (int)(s->to - i) : RUN_LANES, tc, native);
	run_free(r);
	free(tc);
	free(native);
	return NULL;
}

void model_predict(const struct model *m, const struct dataset *d, int64_t from, int64_t to, int threads, real *out)
{
	int64_t n = to - from;
	struct share s[THREADS_MAX];
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (threads > n)
		threads = (int)n;
	if (threads < 1)
		threads = 1;
	/* A window's output depends only on the window, so it does not matter which thread computes it. */
	for (int k = 0; k < threads; k++) {
		int64_t a = from + n * k / threads, b = from + n * (k + 1) / threads;
		s[k] = (struct share){ .m = m, .d = d, .from = a, .to = b, .out = out + (a - from) * m->outputs };
		s[k].started = k > 0 && !pthread_create(&s[k].thread, NULL, predict_share, &s[k]);
	}
	for (int k = 0; k < threads; k++)
		if (!s[k].started)
			predict_share(&s[k]);
	for (int k = 0; k < threads; k++)
		if (s[k].started)
			pthread_join(s[k].thread, NULL);
}

/* ---- errors of a forecast (metrics.h) ---- */

static void tally_add(struct tally *t, double p, double y)
{
	double gap = fabs(p - y), sum = fabs(p) + fabs(y);
	t->square += gap * gap;
	t->size += gap;
	t->mape += gap > 0 ? 100 * gap / fabs(y) : 0;
	t->smape += sum > 0 ? 200 * gap / sum : 0;
	t->n++;
}

static void tally_end(const struct tally *t, bool raw, struct forecast_errors *f)
{
	double n = (double)t->n;
	f->mse = t->n ? t->square / n : NAN;
	f->rmse = sqrt(f->mse);
	f->mae = t->n ? t->size / n : NAN;
	f->mape = t->n && raw ? t->mape / n : NAN;
	f->smape = t->n && raw ? t->smape / n : NAN;
}

bool metrics_all_finite(const real *v, int64_t n)
{
	for (int64_t k = 0; k < n; k++)
		if (!isfinite(v[k]))
			return false;
	return true;
}

/* The baseline of a forecast: the last value of the column, or the mean of the true values of ready windows. That of a
 * reconstruction is the mean of each channel of the window. */
struct naive {
	const struct dataset *d;
	double *mean; /* [n_y] mean of the true values; NULL: use the last value */
	bool window;  /* mean is that of the window, and naive_window fills it */
};

static void naive_init(struct naive *v, const struct dataset *d)
{
	*v = (struct naive){ .d = d, .window = d->truth == TRUTH_WINDOW };
	if (v->window)
		v->mean = xcalloc((size_t)d->n_y, sizeof *v->mean);
	if (v->window || !d->set)
		return;
	double *y = xcalloc((size_t)d->n_y, sizeof *y);
	int64_t n = 0;
	v->mean = xcalloc((size_t)d->n_y, sizeof *v->mean);
	for (int64_t i = 0; i < d->n_target; i++) {
		if (!dataset_truth_raw(d, i, y))
			continue;
		n++;
		for (int64_t k = 0; k < d->n_y; k++)
			v->mean[k] += (y[k] - v->mean[k]) / (double)n;
	}
	free(y);
}

/* Fills the mean of each channel of a window with true values y. */
static void naive_window(struct naive *v, const struct model *m, const real *y)
{
	for (int64_t c = 0; c < m->out_channels; c++) {
		double sum = 0;
		for (int64_t t = 0; t < m->out_steps; t++)
			sum += (double)y[model_output_index(m, t, c)];
		for (int64_t t = 0; t < m->out_steps; t++)
			v->mean[model_output_index(m, t, c)] = sum / (double)m->out_steps;
	}
}

static double naive_scaled(const struct naive *v, int64_t i, int64_t k)
{
	return v->mean ? v->mean[k] : dataset_last(v->d, i, k);
}

static double naive_raw(const struct naive *v, int64_t i, int64_t k)
{
	if (v->window)
		return dataset_unscale(v->d, i, k, v->mean[k]);
	return v->mean ? v->mean[k] : dataset_last_raw(v->d, i, k);
}

/* ---- the errors of one window ---- */

enum { CLASSES_MOST = 10000 };

struct metrics_counter {
	const struct model *m;
	const struct dataset *d;
	enum task task;
	int64_t K;
	struct naive naive;
	real *y;     /* (n_y) */
	double *raw; /* (n_y) */
};

static int64_t counter_check(const struct model *m, const struct dataset *d, enum task task, struct err *e)
{
	int64_t K = task == TASK_CLASSIFICATION ? model_classes(m) : 0;
	if (task == TASK_CLASSIFICATION && !d->has_labels)
		return err_set(e, ERR_VALUE, "the data has no labels to compare with; --label COL names their column");
	if (K > CLASSES_MOST)
		return err_set(e, ERR_LIMIT, "%lld outputs are too many classes, %d at most", (long long)K,
		               CLASSES_MOST);
	if (task == TASK_CLASSIFICATION)
		return K;
	if (d->n_y != m->outputs)
		return err_set(e, ERR_VALUE,
		               "the data has no values to compare %lld output%s with; --predict COL names "
		               "their column",
		               (long long)m->outputs, m->outputs == 1 ? "" : "s");
	if (!d->n_target)
		return err_set(e, ERR_VALUE,
		               "no window has a true value: the data ends before the first; %lld rows are "
		               "too few for %lld steps "
		               "and what comes %lld later",
		               (long long)d->n_row, (long long)d->T, (long long)d->horizon);
	return 0;
}

struct metrics_counter *metrics_counter_new(const struct model *m, const struct dataset *d, enum task task,
                                            struct err *e)
{
	int64_t K = counter_check(m, d, task, e);
	if (K < 0)
		return NULL;
	struct metrics_counter *c = xcalloc(1, sizeof *c);
	c->m = m;
	c->d = d;
	c->task = task;
	c->K = K;
	if (task == TASK_CLASSIFICATION)
		return c;
	naive_init(&c->naive, d);
	c->y = xcalloc((size_t)d->n_y, sizeof *c->y);
	c->raw = xcalloc((size_t)d->n_y, sizeof *c->raw);
	return c;
}

void metrics_counter_free(struct metrics_counter *c)
{
	if (!c)
		return;
	free(c->naive.mean);
	free(c->y);
	free(c->raw);
	free(c);
}

static int count_class(const struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s, struct err *e)
{
	int truth = dataset_class(c->d, i);
	if (truth < 0)
		return 0;
	if (truth >= c->K)
		return err_set(e, ERR_VALUE,
		               "window %lld is of class %d, the model has %d; --classes A,B,... "
		               "names them in the order of "
		               "the outputs",
		               (long long)i, truth, (int)c->K);
	s->confusion[truth * c->K + model_class(c->m, p)]++;
	return 0;
}

int metrics_count(struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s, struct err *e)
{
	const struct dataset *d = c->d;
	if (!metrics_all_finite(p, c->m->outputs)) {
		s->n_bad++;
		return 0;
	}
	if (c->task == TASK_CLASSIFICATION)
		return count_class(c, i, p, s, e);
	if (!dataset_truth(d, i, c->y) || !dataset_truth_raw(d, i, c->raw))
		return 0;
	if (c->naive.window)
		naive_window(&c->naive, c->m, c->y);
	for (int64_t k = 0; k < d->n_y; k++) {
		tally_add(&s->model, (double)p[k], (double)c->y[k]);
		tally_add(&s->model_raw, dataset_unscale(d, i, k, (double)p[k]), c->raw[k]);
		tally_add(&s->last, naive_scaled(&c->naive, i, k), (double)c->y[k]);
		tally_add(&s->last_raw, naive_raw(&c->naive, i, k), c->raw[k]);
	}
	return 0;
}

static void tally_join(struct tally *to, const struct tally *from)
{
	to->square += from->square;
	to->size += from->size;
	to->mape += from->mape;
	to->smape += from->smape;
	to->n += from->n;
}

void error_sums_add(struct error_sums *to, const struct error_sums *from, int64_t K)
{
	tally_join(&to->model, &from->model);
	tally_join(&to->model_raw, &from->model_raw);
	tally_join(&to->last, &from->last);
	tally_join(&to->last_raw, &from->last_raw);
	for (int64_t i = 0; to->confusion && from->confusion && i < K * K; i++)
		to->confusion[i] += from->confusion[i];
	to->n_bad += from->n_bad;
}

/* ---- the errors of a set ---- */

void metrics_from_sums(struct metrics *q, const struct error_sums *s, enum task task, int64_t windows, int64_t K)
{
	memset(q, 0, sizeof *q);
	q->majority = -1;
	q->windows = windows;
	q->task = task;
	q->n_bad = s->n_bad;
	if (task != TASK_CLASSIFICATION) {
		tally_end(&s->model, false, &q->model);
		tally_end(&s->model_raw, true, &q->model_raw);
		tally_end(&s->last, false, &q->last);
		tally_end(&s->last_raw, true, &q->last_raw);
		return;
	}
	q->classification = true;
	q->K = (int)K;
	q->confusion = xcalloc((size_t)(K * K), sizeof *q->confusion);
	q->precision = xcalloc((size_t)K, sizeof *q->precision);
	q->recall = xcalloc((size_t)K, sizeof *q->recall);
	q->f1 = xcalloc((size_t)K, sizeof *q->f1);
	q->support = xcalloc((size_t)K, sizeof *q->support);
	memcpy(q->confusion, s->confusion, (size_t)(K * K) * sizeof *q->confusion);
	metrics_rates(q);
}

static int from_windows(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                        const real *predictions, struct err *e)
{
	struct metrics_counter *c = metrics_counter_new(m, d, task, e);
	struct error_sums s = { 0 };
	int bad = 0;
	if (!c)
		return ERR_VALUE;
	s.confusion = xcalloc((size_t)(c->K * c->K) + 1, sizeof *s.confusion);
	for (int64_t i = 0; i < d->n_target && !bad; i++)
		bad = metrics_count(c, i, predictions + i * m->outputs, &s, e);
	if (!bad)
		metrics_from_sums(q, &s, task, d->n_target, c->K);
	free(s.confusion);
	metrics_counter_free(c);
	return bad;
}

int metrics_compute(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                    const real *predictions, struct err *e)
{
	memset(q, 0, sizeof *q);
	q->majority = -1;
	q->windows = d->n_target;
	q->task = task;
	if (task == TASK_SEGMENTATION) {
		if (d->n_y != m->outputs)
			return err_set(
			        e, ERR_VALUE,
			        "the data has no class for each of the %lld steps of the output; --label COL names a "
			        "column of them, an array of ready windows has the shape (windows, %lld)",
			        (long long)m->out_steps, (long long)m->out_steps);
		int bad =
		        d->n_target ? metrics_segmentation(q, m, d, predictions, e) : (int)counter_check(m, d, task, e);
		if (bad)
			metrics_release(q);
		return bad;
	}
	int bad = from_windows(q, m, d, task, predictions, e);
	if (bad)
		return bad;
	if (task_has_steps(task))
		metrics_axes(q, m, d, predictions);
	if (task == TASK_RECONSTRUCTION)
		metrics_anomalies(q, m, d, predictions);
	return 0;
}

void metrics_release(struct metrics *q)
{
	free(q->confusion);
	free(q->precision);
	free(q->recall);
	free(q->f1);
	free(q->support);
	free(q->step_accuracy);
	free(q->step.mse);
	free(q->channel.mse);
	free(q->anomalies.score);
	memset(q, 0, sizeof *q);
}
