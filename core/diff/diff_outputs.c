#include "core/diff/diff_outputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"

/* ---- one scale ---- */

static bool same_scaler(const struct scaler *p, const struct scaler *q)
{
	if (p->n != q->n)
		return false;
	for (int k = 0; k < p->n; k++)
		if (p->shift[k] != q->shift[k] || p->scale[k] != q->scale[k])
			return false;
	return true;
}

bool diff_scalers_differ(const struct dataset *a, const struct dataset *b)
{
	if (!a->group_scaler != !b->group_scaler || a->n_group != b->n_group)
		return true;
	for (int k = 0; k < a->n_group && a->group_scaler; k++)
		if (!same_scaler(&a->group_scaler[k], &b->group_scaler[k]))
			return true;
	return !same_scaler(&a->scaler, &b->scaler);
}

/* Raw units are scale * v + shift: of output k of window i. */
static void units_of(const struct dataset *d, int64_t i, int64_t k, double *scale, double *shift)
{
	*shift = dataset_unscale(d, i, k, 0);
	*scale = dataset_unscale(d, i, k, 1) - *shift;
}

struct two {
	const struct model *const *m;
	const struct dataset *const *d;
	enum task task;
	bool units;         /* outputs have units, so that they can be unscaled */
	bool convert;       /* the second one's must be converted */
	bool probabilities; /* they are compared instead of outputs */
	int64_t n;          /* numbers that are compared in a window */
	real *const *out;
	/* The outputs of a window: of each model (outputs), and those of the second in the order and on the scale of
	 * the first. */
	const real *said[2];
	real *q;
	double *v[2]; /* (n) what is compared, in the order of the first model's own framework */
	real *y;      /* (n_y) */
};

void diff_reorder(const struct model *const m[2], const real *out, real *to)
{
	const struct model *a = m[0], *b = m[1];
	if (!a->out_steps) {
		memcpy(to, out, (size_t)a->outputs * sizeof *to);
		return;
	}
	for (int64_t t = 0; t < a->out_steps; t++)
		for (int64_t c = 0; c < a->out_channels; c++)
			to[model_output_index(a, t, c)] = out[model_output_index(b, t, c)];
}

static bool has_classes(enum task task)
{
	return task == TASK_CLASSIFICATION || task == TASK_SEGMENTATION;
}

/* Whether the outputs of the first model have units. */
static bool has_units(const struct model *const m[2], const struct dataset *const d[2], enum task task)
{
	return !has_classes(task) && d[0]->n_y == m[0]->outputs;
}

bool diff_converts(const struct model *const m[2], const struct dataset *const d[2], enum task task)
{
	return has_units(m, d, task) && d[1]->n_y == m[1]->outputs && diff_scalers_differ(d[0], d[1]);
}

void diff_convert(const struct model *const m[2], const struct dataset *const d[2], int64_t i, real *y)
{
	for (int64_t k = 0; k < m[0]->outputs; k++) {
		double scale, shift;
		units_of(d[0], i, k, &scale, &shift);
		y[k] = (real)((dataset_unscale(d[1], i, k, (double)y[k]) - shift) / scale);
	}
}

static void outputs_of(struct two *w, int64_t i)
{
	int64_t n = w->m[0]->outputs;
	w->said[0] = w->out[0] + i * n;
	w->said[1] = w->out[1] + i * n;
	diff_reorder(w->m, w->said[1], w->q);
	if (w->convert)
		diff_convert(w->m, w->d, i, w->q);
	if (w->probabilities) {
		model_probabilities(w->m[0], w->said[0], w->v[0]);
		model_probabilities(w->m[1], w->said[1], w->v[1]);
		return;
	}
	for (int64_t k = 0; k < n; k++) {
		w->v[0][k] = (double)w->said[0][model_output_at(w->m[0], k)];
		w->v[1][k] = (double)w->q[model_output_at(w->m[0], k)];
	}
}

/* ---- differences ---- */

static bool all_finite(const real *v, int64_t n)
{
	for (int64_t k = 0; k < n; k++)
		if (!isfinite((double)v[k]))
			return false;
	return true;
}

static void keep_worst(struct diff_outputs *r, const struct diff_worst *w)
{
	int at = r->n_worst;
	while (at > 0 && r->worst[at - 1].difference < w->difference)
		at--;
	if (at == DIFF_WORST)
		return;
	r->n_worst += r->n_worst < DIFF_WORST;
	for (int k = r->n_worst - 1; k > at; k--)
		r->worst[k] = r->worst[k - 1];
	r->worst[at] = *w;
}

static void add_differences(const struct two *w, int64_t i, struct diff_outputs *r)
{
	bool classes = w->task == TASK_CLASSIFICATION;
	struct diff_worst worst = { .window = i, .difference = -1, .cls = { -1, -1 }, .truth = -1 };
	for (int64_t k = 0; k < w->n; k++) {
		double gap = fabs(w->v[1][k] - w->v[0][k]), scale = NAN, shift;
		if (w->units)
			units_of(w->d[0], i, model_output_at(w->m[0], k), &scale, &shift);
		if (gap > worst.difference) {
			worst.difference = gap;
			worst.output = k;
			worst.said[0] = w->v[0][k];
			worst.said[1] = w->v[1][k];
		}
		r->mean += gap;
		r->raw_mean += gap * fabs(scale);
		r->largest = fmax(r->largest, gap);
		r->raw_largest = fmax(r->raw_largest, gap * fabs(scale));
	}
	if (classes) {
		worst.cls[0] = model_class(w->m[0], w->said[0]);
		worst.cls[1] = model_class(w->m[1], w->said[1]);
		worst.truth = dataset_class(w->d[0], i);
	}
	if (worst.difference > 0)
		keep_worst(r, &worst);
}

/* ---- classes ---- */

static void add_unit(struct diff_outputs *r, int a, int b, int truth)
{
	r->units++;
	r->flips += a != b;
	if (truth < 0)
		return;
	r->known++;
	r->right_to_wrong += a == truth && b != truth;
	r->wrong_to_right += a != truth && b == truth;
}

static void add_classes(const struct two *w, int64_t i, bool has_y, struct diff_outputs *r)
{
	const struct model *m = w->m[0];
	if (w->task == TASK_CLASSIFICATION)
		add_unit(r, model_class(m, w->said[0]), model_class(w->m[1], w->said[1]), dataset_class(w->d[0], i));
	for (int64_t t = 0; w->task == TASK_SEGMENTATION && t < m->out_steps; t++)
		add_unit(r, model_step_class(m, w->said[0], t), model_step_class(w->m[1], w->said[1], t),
		         has_y ? model_true_class(m, w->y, t) : -1);
}

/* ---- errors ---- */

/* The error of the first model (side 0) or of the second one; NaN: there is no true value. */
static double error_of(const struct two *w, int side, int64_t i, bool has_y)
{
	const struct model *m = w->m[side];
	if (w->task == TASK_CLASSIFICATION) {
		int truth = dataset_class(w->d[0], i);
		return truth < 0 ? (double)NAN : (double)(model_class(m, w->said[side]) != truth);
	}
	if (!has_y)
		return NAN;
	if (w->task == TASK_SEGMENTATION) {
		int64_t known = 0, wrong = 0;
		for (int64_t t = 0; t < m->out_steps; t++) {
			int truth = model_true_class(w->m[0], w->y, t);
			known += truth >= 0;
			wrong += truth >= 0 && truth != model_step_class(m, w->said[side], t);
		}
		return known ? (double)wrong / (double)known : (double)NAN;
	}
	return metrics_window_error(w->m[0], w->d[0], i, side ? w->q : w->said[0]);
}

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

void diff_bootstrap(const double *v, int64_t n, int64_t block, uint64_t seed, double *low, double *high)
{
	double draw[DIFF_DRAWS];
	double *sum =
	        xcalloc(2 * (size_t)n + 1, sizeof *sum); /* sum[i]: of the first i, the first ones again at the end */
	struct rng rng;
	rng_init(&rng, seed);
	for (int64_t i = 0; i < 2 * n; i++)
		sum[i + 1] = sum[i] + v[i % n];
	for (int b = 0; b < DIFF_DRAWS; b++) {
		double all = 0;
		for (int64_t left = n; left > 0; left -= block) {
			int64_t at = rng_below(&rng, n), k = left < block ? left : block;
			all += sum[at + k] - sum[at];
		}
		draw[b] = all / (double)n;
	}
	qsort(draw, DIFF_DRAWS, sizeof *draw, ascending);
	*low = draw[DIFF_DRAWS / 40];
	*high = draw[DIFF_DRAWS - 1 - DIFF_DRAWS / 40];
	free(sum);
}

/* Windows that follow each other and share rows with the first of them. */
static int64_t block_of(const struct dataset *d)
{
	return d->set || d->step >= d->T ? 1 : (d->T + d->step - 1) / d->step;
}

static void sum_errors(const double *error, int64_t n, int64_t block, uint64_t seed, struct diff_outputs *r)
{
	double *gap = xcalloc((size_t)n + 1, sizeof *gap);
	r->errors = n;
	r->block = block;
	r->low = r->high = r->difference = r->error[0] = r->error[1] = NAN;
	for (int64_t i = 0; i < n; i++)
		gap[i] = error[2 * i + 1] - error[2 * i];
	if (n) {
		r->error[0] = r->error[1] = r->difference = 0;
		for (int64_t i = 0; i < n; i++) {
			r->error[0] += error[2 * i] / (double)n;
			r->error[1] += error[2 * i + 1] / (double)n;
			r->difference += gap[i] / (double)n;
		}
	}
	if (n >= DIFF_BLOCKS_LEAST * r->block)
		diff_bootstrap(gap, n, r->block, seed, &r->low, &r->high);
	free(gap);
}

/* ---- all of it ---- */

static bool finite_both(const struct two *w, struct diff_outputs *r)
{
	int64_t n = w->m[0]->outputs;
	bool a = all_finite(w->said[0], n), b = all_finite(w->said[1], n);
	r->not_finite[0] += !a;
	r->not_finite[1] += !b;
	r->not_finite_one += a != b;
	return a && b;
}

static void two_make(struct two *w)
{
	const struct model *a = w->m[0], *b = w->m[1];
	const struct dataset *d = w->d[0];
	w->units = has_units(w->m, w->d, w->task);
	w->convert = diff_converts(w->m, w->d, w->task);
	w->probabilities = w->task == TASK_CLASSIFICATION && (a->head != b->head || a->logarithms != b->logarithms);
	w->n = w->probabilities ? model_classes(a) : a->outputs;
	w->q = xcalloc((size_t)(a->outputs + d->n_y) + 1, sizeof *w->q);
	w->y = w->q + a->outputs;
	w->v[0] = xcalloc(2 * (size_t)w->n + 1, sizeof *w->v[0]);
	w->v[1] = w->v[0] + w->n;
}

void diff_outputs(const struct model *const m[2], const struct dataset *const d[2], enum task task, uint64_t seed,
                  real *const out[2], struct diff_outputs *r)
{
	struct two w = { .m = m, .d = d, .task = task, .out = out };
	double *error = xcalloc(2 * (size_t)d[0]->n + 1, sizeof *error);
	int64_t n_error = 0;
	two_make(&w);
	*r = (struct diff_outputs){ .probabilities = w.probabilities, .converted = w.convert };
	w.units = w.units && d[0]->scale != SCALE_NONE;
	for (int64_t i = 0; i < d[0]->n; i++) {
		outputs_of(&w, i);
		if (!finite_both(&w, r))
			continue;
		r->windows++;
		bool has_y = i < d[0]->n_target && d[0]->n_y == m[0]->outputs && dataset_truth(d[0], i, w.y);
		add_differences(&w, i, r);
		add_classes(&w, i, has_y, r);
		double a = error_of(&w, 0, i, has_y), b = error_of(&w, 1, i, has_y);
		if (isfinite(a) && isfinite(b))
			error[2 * n_error] = a, error[2 * n_error++ + 1] = b;
	}
	double all = (double)r->windows * (double)w.n;
	r->mean = all > 0 ? r->mean / all : NAN;
	r->largest = all > 0 ? r->largest : NAN;
	r->raw_mean = all > 0 && w.units ? r->raw_mean / all : NAN;
	r->raw_largest = all > 0 && w.units ? r->raw_largest : NAN;
	sum_errors(error, n_error, block_of(d[0]), seed, r);
	free(error);
	free(w.q);
	free(w.v[0]);
}
