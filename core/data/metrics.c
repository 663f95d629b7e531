#include "core/data/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "core/data/metrics_steps.h"
#include "core/run/run.h"

/* ---- outputs of many windows ---- */

struct share {
	const struct model *m;
	const struct dataset *d;
	int64_t from, to;
	real *out; /* output of window `from` */
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

static void predict_share(void *arg)
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
}

void model_predict(const struct model *m, const struct dataset *d, int64_t from, int64_t to, int threads, real *out)
{
	int64_t n = to - from;
	struct share s[THREADS_MAX];
	threads = threads_of(threads, n);
	/* A window's output depends only on the window, so it does not matter which thread computes it. */
	for (int k = 0; k < threads; k++) {
		int64_t a = from + n * k / threads, b = from + n * (k + 1) / threads;
		s[k] = (struct share){ .m = m, .d = d, .from = a, .to = b, .out = out + (a - from) * m->outputs };
	}
	threads_run(threads, predict_share, s, sizeof *s);
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
	struct error_shape shape;
	struct naive naive;
	real *y;     /* (n_y) */
	double *raw; /* (n_y) */
};

static bool has_classes(enum task task)
{
	return task == TASK_CLASSIFICATION || task == TASK_SEGMENTATION;
}

struct error_shape error_shape_of(const struct model *m, const struct dataset *d, enum task task)
{
	struct error_shape h = { .task = task, .normal = -1 };
	bool steps = task_has_steps(task);
	h.K = task == TASK_CLASSIFICATION ? model_classes(m) : task == TASK_SEGMENTATION ? model_step_classes(m) : 0;
	h.steps = steps ? m->out_steps : 0;
	h.channels = steps ? m->out_channels : 0;
	h.several = task == TASK_SEGMENTATION && m->out_channels > 1 && m->head != HEAD_SOFTMAX;
	h.scores = task == TASK_RECONSTRUCTION;
	if (h.scores && d->has_labels && d->n_class > 1)
		h.normal = metrics_normal_class(d);
	return h;
}

static int check_values(const struct model *m, const struct dataset *d, enum task task, struct err *e)
{
	if (task == TASK_SEGMENTATION && d->n_y != m->outputs)
		return err_set(e, ERR_VALUE,
		               "the data has no class for each of the %lld steps of the output; --label COL names a "
		               "column of them, an array of ready windows has the shape (windows, %lld)",
		               (long long)m->out_steps, (long long)m->out_steps);
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

static int counter_check(const struct model *m, const struct dataset *d, const struct error_shape *h, struct err *e)
{
	if (h->task == TASK_CLASSIFICATION && !d->has_labels)
		return err_set(e, ERR_VALUE, "the data has no labels to compare with; --label COL names their column");
	int bad = h->task == TASK_CLASSIFICATION ? 0 : check_values(m, d, h->task, e);
	if (!bad && h->K > CLASSES_MOST)
		return err_set(e, ERR_LIMIT, "%lld %s are too many classes, %d at most", (long long)h->K,
		               h->task == TASK_CLASSIFICATION ? "outputs" : "channels", CLASSES_MOST);
	return bad;
}

struct metrics_counter *metrics_counter_new(const struct model *m, const struct dataset *d, const struct error_shape *h,
                                            struct err *e)
{
	if (counter_check(m, d, h, e))
		return NULL;
	struct metrics_counter *c = xcalloc(1, sizeof *c);
	c->m = m;
	c->d = d;
	c->shape = *h;
	if (h->task == TASK_CLASSIFICATION)
		return c;
	if (!has_classes(h->task))
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
	if (truth >= c->shape.K)
		return err_set(e, ERR_VALUE,
		               "window %lld is of class %d, the model has %d; --classes A,B,... "
		               "names them in the order of "
		               "the outputs",
		               (long long)i, truth, (int)c->shape.K);
	s->confusion[truth * c->shape.K + model_class(c->m, p)]++;
	return 0;
}

static void count_steps(struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s)
{
	if (dataset_truth(c->d, i, c->y))
		steps_count(s, c->m, &c->shape, p, c->y);
}

/* Errors of numbers, whose true values are c->y and c->raw. */
static void count_numbers(struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s)
{
	const struct dataset *d = c->d;
	if (c->naive.window)
		naive_window(&c->naive, c->m, c->y);
	for (int64_t k = 0; k < d->n_y; k++) {
		tally_add(&s->model, (double)p[k], (double)c->y[k]);
		tally_add(&s->model_raw, dataset_unscale(d, i, k, (double)p[k]), c->raw[k]);
		tally_add(&s->last, naive_scaled(&c->naive, i, k), (double)c->y[k]);
		tally_add(&s->last_raw, naive_raw(&c->naive, i, k), c->raw[k]);
	}
	if (c->shape.steps)
		errors_of_axes(s, c->m, d, i, p, c->y, c->raw);
}

int metrics_count(struct metrics_counter *c, int64_t i, const real *p, struct error_sums *s, struct err *e)
{
	bool finite = metrics_all_finite(p, c->m->outputs);
	s->n_bad += !finite;
	if (c->shape.task == TASK_SEGMENTATION)
		count_steps(c, i, finite ? p : NULL, s);
	else if (finite && c->shape.task == TASK_CLASSIFICATION)
		return count_class(c, i, p, s, e);
	else if (finite && dataset_truth(c->d, i, c->y) && dataset_truth_raw(c->d, i, c->raw))
		count_numbers(c, i, p, s);
	if (c->shape.scores)
		score_count(s, c->m, c->d, i, p);
	return 0;
}

/* ---- sums ---- */

void error_sums_init(struct error_sums *s, const struct error_shape *h)
{
	memset(s, 0, sizeof *s);
	s->confusion = xcalloc((size_t)(h->K * h->K) + 1, sizeof *s->confusion);
	s->one_step = xcalloc((size_t)(h->K ? h->steps : 0) + 1, sizeof *s->one_step);
	s->each_step = xcalloc((size_t)(h->K ? h->steps : 0) + 1, sizeof *s->each_step);
	s->each = xcalloc((size_t)h->K + 1, sizeof *s->each);
	axis_init(&s->step, h->K ? 0 : h->steps);
	axis_init(&s->channel, h->K ? 0 : h->channels);
}

void error_sums_release(struct error_sums *s)
{
	free(s->confusion), free(s->one_step), free(s->each_step), free(s->each);
	free(s->step.mse), free(s->channel.mse), free(s->score), free(s->score_class);
	memset(s, 0, sizeof *s);
}

static void tally_join(struct tally *to, const struct tally *from)
{
	to->square += from->square;
	to->size += from->size;
	to->mape += from->mape;
	to->smape += from->smape;
	to->n += from->n;
}

static void axis_join(struct axis_errors *to, const struct axis_errors *from)
{
	for (int64_t i = 0; i < 4 * to->n; i++)
		to->mse[i] += from->mse[i];
}

static void steps_join(struct error_sums *to, const struct error_sums *from, const struct error_shape *h)
{
	to->n_unclear += from->n_unclear;
	for (int64_t t = 0; t < h->steps; t++) {
		to->one_step[t].known += from->one_step[t].known;
		to->one_step[t].right += from->one_step[t].right;
		to->each_step[t].known += from->each_step[t].known;
		to->each_step[t].right += from->each_step[t].right;
	}
	for (int64_t k = 0; k < h->K; k++) {
		to->each[k].hit += from->each[k].hit;
		to->each[k].said += from->each[k].said;
		to->each[k].truth += from->each[k].truth;
	}
}

void error_sums_add(struct error_sums *to, const struct error_sums *from, const struct error_shape *h)
{
	tally_join(&to->model, &from->model);
	tally_join(&to->model_raw, &from->model_raw);
	tally_join(&to->last, &from->last);
	tally_join(&to->last_raw, &from->last_raw);
	to->n_axis += from->n_axis;
	axis_join(&to->step, &from->step);
	axis_join(&to->channel, &from->channel);
	for (int64_t i = 0; i < h->K * h->K; i++)
		to->confusion[i] += from->confusion[i];
	if (h->task == TASK_SEGMENTATION)
		steps_join(to, from, h);
	if (from->n_score) {
		error_scores_room(to, to->n_score + from->n_score);
		memcpy(to->score + to->n_score, from->score, (size_t)from->n_score * sizeof *to->score);
		memcpy(to->score_class + to->n_score, from->score_class,
		       (size_t)from->n_score * sizeof *to->score_class);
		to->n_score += from->n_score;
	}
	to->n_bad += from->n_bad;
}

/* ---- the errors of a set ---- */

static void classes_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h)
{
	int64_t K = h->K;
	q->classification = h->task == TASK_CLASSIFICATION;
	q->K = (int)K;
	if (!h->several || !s->n_unclear) {
		q->confusion = xcalloc((size_t)(K * K) + 1, sizeof *q->confusion);
		memcpy(q->confusion, s->confusion, (size_t)(K * K) * sizeof *q->confusion);
	}
	q->precision = xcalloc((size_t)K + 1, sizeof *q->precision);
	q->recall = xcalloc((size_t)K + 1, sizeof *q->recall);
	q->f1 = xcalloc((size_t)K + 1, sizeof *q->f1);
	q->support = xcalloc((size_t)K + 1, sizeof *q->support);
	if (q->classification)
		metrics_rates(q);
	else
		steps_from_sums(q, s, h);
}

void metrics_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h, int64_t windows)
{
	memset(q, 0, sizeof *q);
	q->majority = -1;
	q->windows = windows;
	q->task = h->task;
	q->n_bad = s->n_bad;
	if (has_classes(h->task)) {
		classes_from_sums(q, s, h);
		return;
	}
	tally_end(&s->model, false, &q->model);
	tally_end(&s->model_raw, true, &q->model_raw);
	tally_end(&s->last, false, &q->last);
	tally_end(&s->last_raw, true, &q->last_raw);
	if (h->steps)
		axes_from_sums(q, s, h);
	if (h->scores)
		scores_from_sums(q, s, h);
}

int metrics_compute(struct metrics *q, const struct model *m, const struct dataset *d, enum task task,
                    const real *predictions, struct err *e)
{
	struct error_shape h = error_shape_of(m, d, task);
	struct metrics_counter *c = metrics_counter_new(m, d, &h, e);
	struct error_sums s;
	int bad = 0;
	memset(q, 0, sizeof *q);
	if (!c)
		return ERR_VALUE;
	error_sums_init(&s, &h);
	for (int64_t i = 0; i < d->n_target && !bad; i++)
		bad = metrics_count(c, i, predictions + i * m->outputs, &s, e);
	if (!bad)
		metrics_from_sums(q, &s, &h, d->n_target);
	if (!bad && task == TASK_SEGMENTATION && !q->steps && !q->n_bad) {
		bad = err_set(e, ERR_VALUE, "no step of any window has a known class");
		metrics_release(q);
	}
	error_sums_release(&s);
	metrics_counter_free(c);
	return bad;
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

const char *metrics_baseline(const struct dataset *d)
{
	return d->truth == TRUTH_WINDOW ? "window mean" : d->set ? "mean value" : "last value";
}

/* Whether all predictions are one class, and the true classes are not. */
static bool says_one_class(const struct metrics *q)
{
	int predicted = 0, known = 0;
	for (int k = 0; k < q->K; k++) {
		int64_t column = 0, row = 0;
		for (int i = 0; i < q->K; i++)
			column += q->confusion[i * q->K + k], row += q->confusion[k * q->K + i];
		predicted += column > 0;
		known += row > 0;
	}
	return predicted == 1 && known > 1;
}

const char *metrics_worse(const struct metrics *q, const struct dataset *d)
{
	if (has_classes(q->task) && q->accuracy < q->majority_accuracy)
		return "the model is right less often than the majority class";
	if (has_classes(q->task))
		return q->confusion && says_one_class(q) ? "the model gives everything the same class" : NULL;
	if (!(q->model.mse > q->last.mse))
		return NULL;
	return d->truth == TRUTH_WINDOW ? "the model's error is larger than that of the window's mean"
	       : d->set                 ? "the model's error is larger than that of the mean value"
	                                : "the model's error is larger than that of the last-value baseline";
}

void metrics_sentence(const struct metrics *q, const struct dataset *d, char *buf, size_t size)
{
	if (!has_classes(q->task)) {
		snprintf(buf, size, "MSE %.4g%s over %lld windows; repeating the %s: %.4g", q->model.mse,
		         d->scale != SCALE_NONE ? " (scaled)" : "", (long long)q->windows, metrics_baseline(d),
		         q->last.mse);
		return;
	}
	bool steps = q->task == TASK_SEGMENTATION;
	int64_t of = steps ? q->steps : q->windows - q->n_bad;
	const char *majority = q->majority >= 0 ? "majority class" : "the more frequent answer";
	if (q->confusion)
		snprintf(buf, size, "accuracy %.1f %% of %lld %s, %.0f wrong; %s %.1f %%", 100 * q->accuracy,
		         (long long)of, steps ? "steps" : "windows", round((1 - q->accuracy) * (double)of), majority,
		         100 * q->majority_accuracy);
	else
		snprintf(buf, size, "accuracy %.1f %% of all steps and classes; %s %.1f %%", 100 * q->accuracy,
		         majority, 100 * q->majority_accuracy);
}
