#include "core/model/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "", "mse", "mae", "crossentropy", "binary_crossentropy", "step_crossentropy" };

const char *loss_name(enum loss_kind k)
{
	return names[k];
}

enum loss_kind loss_find(const char *name)
{
	for (int k = LOSS_MSE; k < LOSS_STEP_CROSSENTROPY; k++)
		if (!strcmp(names[k], name))
			return (enum loss_kind)k;
	return LOSS_NONE;
}

enum loss_kind loss_for(enum task task, const struct model *m)
{
	if (task == TASK_SEGMENTATION)
		return m->head == HEAD_SIGMOID || m->out_channels == 1 ? LOSS_BINARY_CROSSENTROPY
		                                                       : LOSS_STEP_CROSSENTROPY;
	if (task != TASK_CLASSIFICATION)
		return LOSS_MSE;
	bool one = m->outputs == 1 && model_classes(m) == 2;
	return one || m->head == HEAD_SIGMOID ? LOSS_BINARY_CROSSENTROPY : LOSS_CROSSENTROPY;
}

bool loss_of_logits(enum loss_kind k)
{
	return k >= LOSS_CROSSENTROPY;
}

static double mse(int64_t n, const real *v, const real *y, int cls, real *seed)
{
	(void)cls;
	double sum = 0;
	for (int64_t i = 0; i < n; i++) {
		double d = (double)v[i] - (double)y[i];
		sum += d * d;
		seed[i] = (real)(2 * d / (double)n);
	}
	return sum / (double)n;
}

static double mae(int64_t n, const real *v, const real *y, int cls, real *seed)
{
	(void)cls;
	double sum = 0;
	for (int64_t i = 0; i < n; i++) {
		double d = (double)v[i] - (double)y[i];
		sum += fabs(d);
		seed[i] = (real)((d > 0) - (d < 0)) / (real)n;
	}
	return sum / (double)n;
}

static double crossentropy(int64_t n, const real *v, const real *y, int cls, real *seed)
{
	(void)y;
	double top = (double)v[0], sum = 0;
	for (int64_t i = 1; i < n; i++)
		top = (double)v[i] > top ? (double)v[i] : top;
	for (int64_t i = 0; i < n; i++)
		sum += exp((double)v[i] - top);
	for (int64_t i = 0; i < n; i++)
		seed[i] = (real)(exp((double)v[i] - top) / sum - (i == cls));
	return log(sum) + top - (double)v[cls];
}

static double binary(int64_t n, const real *v, const real *y, int cls, real *seed)
{
	double sum = 0;
	int64_t known = n;
	for (int64_t i = 0; y && i < n; i++)
		known -= isnan(y[i]);
	for (int64_t i = 0; i < n; i++) {
		double z = (double)v[i], e = exp(-fabs(z));
		double truth = y ? (double)y[i] : n == 1 ? cls != 0 : i == cls;
		seed[i] = 0;
		if (isnan(truth))
			continue;
		sum += (z > 0 ? z : 0) + log1p(e) - truth * z;
		seed[i] = (real)(((z > 0 ? 1 : e) / (1 + e) - truth) / (double)known);
	}
	return sum / (double)known;
}

/* Returns whether the truth that the loss needs is there: values, a class, or either. */
static bool truth_given(enum loss_kind k, int64_t n, const real *y, int cls)
{
	switch (k) {
	case LOSS_MSE:
	case LOSS_MAE:
		return y != NULL;
	case LOSS_CROSSENTROPY:
		return cls >= 0 && cls < n;
	case LOSS_BINARY_CROSSENTROPY:
		return y || (cls >= 0 && cls < (n == 1 ? 2 : n));
	default:
		return false;
	}
}

double loss_eval(enum loss_kind k, int64_t n, const real *v, const real *y, int cls, real *seed)
{
	static double (*const fn[])(int64_t, const real *, const real *, int, real *) = { NULL, mse, mae, crossentropy,
		                                                                          binary };
	if (n < 1 || !truth_given(k, n, y, cls)) {
		if (seed)
			memset(seed, 0, (size_t)n * sizeof *seed);
		return NAN;
	}
	if (seed)
		return fn[k](n, v, y, cls, seed);
	real *unused = xmalloc((size_t)n * sizeof *unused);
	double x = fn[k](n, v, y, cls, unused);
	free(unused);
	return x;
}

/* The loss of step t times `share`, with its gradient. */
static double step_loss(const struct model *m, int64_t t, const real *v, const real *y, double share, real *seed)
{
	double top = -INFINITY, sum = 0, weight = 0, loss = 0;
	for (int64_t c = 0; c < m->out_channels; c++) {
		int64_t i = model_output_index(m, t, c);
		top = (double)v[i] > top ? (double)v[i] : top;
		weight += (double)y[i];
	}
	for (int64_t c = 0; c < m->out_channels; c++)
		sum += exp((double)v[model_output_index(m, t, c)] - top);
	for (int64_t c = 0; c < m->out_channels; c++) {
		int64_t i = model_output_index(m, t, c);
		double p = exp((double)v[i] - top) / sum;
		loss += (double)y[i] * (log(sum) + top - (double)v[i]);
		if (seed)
			seed[i] = (real)(share * (weight * p - (double)y[i]));
	}
	return share * loss;
}

static double step_crossentropy(const struct model *m, const real *v, const real *y, real *seed)
{
	double sum = 0;
	int64_t known = 0;
	for (int64_t t = 0; t < m->out_steps; t++)
		known += !isnan(y[model_output_index(m, t, 0)]);
	for (int64_t t = 0; t < m->out_steps; t++) {
		bool use = !isnan(y[model_output_index(m, t, 0)]);
		if (use)
			sum += step_loss(m, t, v, y, 1 / (double)known, seed);
		for (int64_t c = 0; c < m->out_channels && seed && !use; c++)
			seed[model_output_index(m, t, c)] = 0;
	}
	return known ? sum : NAN;
}

double loss_of_model(const struct model *m, enum loss_kind k, const real *v, const real *y, int cls, real *seed)
{
	if (k != LOSS_STEP_CROSSENTROPY)
		return loss_eval(k, m->outputs, v, y, cls, seed);
	if (y)
		return step_crossentropy(m, v, y, seed);
	if (seed)
		memset(seed, 0, (size_t)m->outputs * sizeof *seed);
	return NAN;
}
