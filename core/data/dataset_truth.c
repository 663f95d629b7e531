/* The true values of windows: where they come from, and their order, which is that of the outputs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"

/* ---- reading ---- */

static int64_t place_of(const struct dataset *d, int64_t k)
{
	return d->stored ? d->stored[k] : k;
}

/* Returns the held column that output k forecasts. */
static int column_of(const struct dataset *d, int64_t k)
{
	return d->predict[place_of(d, k) % d->n_predict];
}

double dataset_last(const struct dataset *d, int64_t i, int64_t k)
{
	float x;
	dataset_rows(d, column_of(d, k), dataset_start(d, i) + d->T - 1, 1, &x);
	return (double)x;
}

double dataset_last_raw(const struct dataset *d, int64_t i, int64_t k)
{
	return d->raw[column_of(d, k)][dataset_start(d, i) + d->T - 1];
}

static bool has_truth(const struct dataset *d, int64_t i)
{
	return d->n_y > 0 && i >= 0 && i < d->n_target;
}

/* Returns the row of output k of window i. */
static int64_t row_of(const struct dataset *d, int64_t i, int64_t k)
{
	return dataset_start(d, i) + d->truth_from + place_of(d, k) / d->n_predict;
}

static bool truth_columns(const struct dataset *d, int64_t i, double *scaled, double *raw)
{
	for (int64_t k = 0; k < d->n_y; k++) {
		int c = column_of(d, k);
		int64_t row = row_of(d, i, k);
		float x;
		dataset_rows(d, c, row, 1, &x);
		scaled[k] = (double)x;
		raw[k] = d->raw[c][row];
	}
	return true;
}

/* Target values of a set have one unit. A window in which one is unknown has no truth. */
static bool truth_set(const struct dataset *d, int64_t i, double *scaled, double *raw)
{
	const double *v = d->set->value + cut_file_row(d, i) * d->n_y;
	for (int64_t k = 0; k < d->n_y; k++) {
		scaled[k] = raw[k] = v[place_of(d, k)];
		if (isnan(scaled[k]))
			return false;
	}
	return true;
}

static bool truth_window(const struct dataset *d, int64_t i, double *scaled, double *raw)
{
	real *tc = xcalloc((size_t)d->n_y, sizeof *tc);
	dataset_window(d, i, tc);
	for (int64_t k = 0; k < d->n_y; k++) {
		scaled[k] = (double)tc[place_of(d, k)];
		raw[k] = dataset_unscale_channel(d, i, place_of(d, k) % d->C, scaled[k]);
	}
	free(tc);
	return true;
}

/* Returns the class at step t of window i, or -1. */
static int step_class(const struct dataset *d, int64_t i, int64_t t)
{
	if (d->truth == TRUTH_ROWS)
		return d->row_class[dataset_start(d, i) + t];
	double v = d->set->value[cut_file_row(d, i) * (d->n_y / d->step_classes) + t];
	return v >= 0 ? (int)v : -1;
}

static bool truth_steps(const struct dataset *d, int64_t i, double *scaled, double *raw)
{
	int64_t K = d->step_classes;
	bool any = false;
	for (int64_t k = 0; k < d->n_y; k++) {
		int64_t at = place_of(d, k), c = at % K;
		int cls = step_class(d, i, at / K);
		scaled[k] = raw[k] = cls < 0 ? (double)NAN : K == 1 ? cls : cls == c;
		any |= cls >= 0;
	}
	return any;
}

/* Writes both, (n_y) each. */
static bool truth_both(const struct dataset *d, int64_t i, double *scaled, double *raw)
{
	static bool (*const from[])(const struct dataset *, int64_t, double *, double *) = {
		[TRUTH_COLUMNS] = truth_columns, [TRUTH_SET] = truth_set,    [TRUTH_WINDOW] = truth_window,
		[TRUTH_SET_STEPS] = truth_steps, [TRUTH_ROWS] = truth_steps,
	};
	return has_truth(d, i) && from[d->truth](d, i, scaled, raw);
}

bool dataset_truth(const struct dataset *d, int64_t i, real *y)
{
	double *both = xcalloc((size_t)(2 * d->n_y) + 1, sizeof *both);
	bool known = truth_both(d, i, both, both + d->n_y);
	for (int64_t k = 0; k < d->n_y && known; k++)
		y[k] = (real)both[k];
	free(both);
	return known;
}

bool dataset_truth_changed(const struct dataset *d, int64_t i, const real *tc, real *y)
{
	if (d->truth != TRUTH_WINDOW)
		return dataset_truth(d, i, y);
	for (int64_t k = 0; k < d->n_y && has_truth(d, i); k++)
		y[k] = tc[place_of(d, k)];
	return has_truth(d, i);
}

bool dataset_truth_raw(const struct dataset *d, int64_t i, double *y)
{
	double *scaled = xcalloc((size_t)d->n_y + 1, sizeof *scaled);
	bool known = truth_both(d, i, scaled, y);
	free(scaled);
	return known;
}

double dataset_unscale(const struct dataset *d, int64_t i, int64_t k, double y)
{
	if (d->n_y && d->truth == TRUTH_WINDOW)
		return dataset_unscale_channel(d, i, place_of(d, k) % d->C, y);
	if (d->n_predict <= 0)
		return y;
	const struct scaler *s = dataset_scaler(d, i);
	int c = column_of(d, k);
	return c < s->n ? y * s->scale[c] + s->shift[c] : y;
}

/* ---- choosing ---- */

int64_t cut_classes(const struct cut *c)
{
	const struct model *m = c->m;
	if (!m)
		return 0;
	return m->task == TASK_SEGMENTATION ? model_step_classes(m) : task_has_steps(m->task) ? 0 : model_classes(m);
}

/* Says where the truth of each output stands in a source with steps or channels as the outer axis. */
static void order_truth(struct cut *c, bool steps_outer)
{
	struct dataset *d = c->d;
	const struct model *m = c->m;
	if (!m->out_steps || m->out_steps_outer == steps_outer)
		return;
	d->stored = arena_alloc(&d->arena, (size_t)d->n_y, sizeof *d->stored);
	for (int64_t t = 0; t < m->out_steps; t++)
		for (int64_t k = 0; k < m->out_channels; k++)
			d->stored[model_output_index(m, t, k)] =
			        steps_outer ? t * m->out_channels + k : k * m->out_steps + t;
}

static void take_truth(struct cut *c, enum truth_source from, bool steps_outer)
{
	struct dataset *d = c->d;
	d->truth = from;
	d->n_y = c->m->outputs;
	d->n_target = d->n;
	d->step_classes = c->m->out_channels;
	order_truth(c, steps_outer);
}

void cut_columns_truth(struct cut *c)
{
	struct dataset *d = c->d;
	d->truth = TRUTH_COLUMNS;
	d->truth_from = d->T - 1 + d->horizon;
	if (c->m && c->m->task == TASK_SEQUENCE && c->m->out_steps <= d->T)
		d->truth_from = d->T - c->m->out_steps;
	if (c->m)
		order_truth(c, true);
}

void cut_window_truth(struct cut *c)
{
	take_truth(c, TRUTH_WINDOW, true);
}

bool cut_rows_truth(struct cut *c, int *row_class)
{
	if (c->m->out_steps != c->d->T) {
		cut_warn(
		        c->d,
		        "the labels of the rows are not compared with the output, which has %lld steps for the %lld of "
		        "the window",
		        (long long)c->m->out_steps, (long long)c->d->T);
		return false;
	}
	c->d->row_class = row_class;
	take_truth(c, TRUTH_ROWS, true);
	return true;
}

/* Whether the target values of a set are a class for each step: whole numbers below K, or unknown. If not, *odd is the
 * first value that is no class. */
static bool classes_of_steps(const struct window_set *s, int64_t steps, int64_t K, double *odd)
{
	if (s->n_value != steps)
		return false;
	for (int64_t i = 0; i < s->n_truth * steps; i++)
		if (!isnan(s->value[i]) && (s->value[i] >= (double)K || s->value[i] > floor(s->value[i]))) {
			*odd = s->value[i];
			return false;
		}
	return true;
}

/* Numbers below 0 are not classes, as with -1 for what is not to be counted; labels -1 and 1 look the same. */
static void warn_negative(struct cut *c)
{
	const struct window_set *s = c->set;
	int64_t n = s->n_truth * s->n_value, below = 0;
	for (int64_t i = 0; i < n; i++)
		below += s->value[i] < 0;
	if (below)
		cut_warn(c->d, "%lld of %lld true values are below 0: the class of these steps counts as unknown",
		         (long long)below, (long long)n);
}

int cut_check_classes(const struct cut *c, struct err *e)
{
	const struct model *m = c->m;
	const struct window_set *s = c->set;
	double odd = 0;
	if (m->task != TASK_SEGMENTATION || !s->value || s->n_value != m->out_steps ||
	    classes_of_steps(s, m->out_steps, model_step_classes(m), &odd))
		return 0;
	/* a probability is compared with one channel */
	if (m->out_channels == 1 && odd < 1)
		return 0;
	return err_set(e, ERR_VALUE, "the true values hold %g, which is none of the classes 0 to %lld of the steps%s",
	               odd, (long long)model_step_classes(m) - 1,
	               m->out_channels == 1 ? "; --task sequence compares numbers" : "");
}

/* Returns whether target values with axes have the steps outside. Flat values have the order of the model's own
 * framework. */
static bool steps_are_outer(struct cut *c)
{
	const struct model *m = c->m;
	const struct window_set *s = c->set;
	int64_t a = 1, b = 1;
	int n = 0;
	for (int i = 0; i < s->value_rank; i++)
		if (s->value_dim[i] > 1 && n < 2)
			*(n++ ? &b : &a) = s->value_dim[i];
	bool as_steps = a == m->out_steps && b == m->out_channels,
	     as_channels = a == m->out_channels && b == m->out_steps;
	if (n < 2 || as_steps == as_channels || (m->out_steps_first ? as_steps : as_channels))
		return m->out_steps_first;
	cut_warn(c->d,
	         "the true values have the axes (%lld,%lld), the output of the model (%lld,%lld): they are turned",
	         (long long)a, (long long)b, (long long)b, (long long)a);
	return as_steps;
}

bool cut_set_truth(struct cut *c)
{
	struct dataset *d = c->d;
	const struct model *m = c->m;
	const struct window_set *s = c->set;
	bool guessed = m->task == TASK_SEQUENCE || m->task == TASK_RECONSTRUCTION;
	bool labels = m->task == TASK_SEGMENTATION || (guessed && m->head == HEAD_LINEAR && m->out_channels > 1);
	double odd;
	if (s->value && labels && classes_of_steps(s, m->out_steps, model_step_classes(m), &odd)) {
		d->task = TASK_SEGMENTATION;
		warn_negative(c);
		take_truth(c, TRUTH_SET_STEPS, true);
		return true;
	}
	if (s->value && s->n_value == m->outputs) {
		if (m->out_flat && m->task == TASK_RECONSTRUCTION)
			d->task = TASK_REGRESSION;
		take_truth(c, TRUTH_SET, steps_are_outer(c));
		return true;
	}
	if (m->task != TASK_RECONSTRUCTION)
		return false;
	take_truth(c, TRUTH_WINDOW, true);
	return true;
}
