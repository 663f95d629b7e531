/* Which input steps a filter, or the target, looks at. The table of methods, and the plain gradient: Simonyan, Vedaldi and
 * Zisserman 2014, "Deep inside convolutional networks", section 3, with the derivative of the filter's sum over time. */
#include <math.h>
#include <string.h>
#include "core/analysis_state.h"

static void absolute(real *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		v[i] = real_abs(v[i]);
}

/* Signed d (filter's sum over time, or target) / d input of the current window, (T,C); zeros where nothing leads to the input. */
static void gradient_one(struct analysis *a, int layer, int64_t filter, real *tc)
{
	int v = layer < 0 ? target_seed(a, a->run, a->seed_native) : analysis_filter_seed(a, layer, filter, a->seed_native);
	const real *g = NULL;
	if (v >= 0 && a->m->graph->value[v].depends) {
		analysis_want_input(a);
		run_backward(a->run, v, a->seed_native);
		g = run_grad(a->run, a->m->input);
	}
	if (g)
		model_unpack(a->m, g, tc);
	else
		memset(tc, 0, (size_t)analysis_window_count(a) * sizeof *tc);
}

static void gradient(struct analysis *a, int layer, int64_t first, int64_t n, real *out, double *residual)
{
	(void)residual;
	int64_t count = analysis_window_count(a);
	for (int64_t i = 0; i < n; i++)
		gradient_one(a, layer, first + i, out + i * count);
	absolute(out, n * count);
}

const struct saliency_method saliency_methods[] = {
	{ .name = "gradient", .label = "gradient", .formula = "abs(dy / dx), y the target or the filter's sum over time",
	  .source = "Simonyan, Vedaldi, Zisserman 2014, Deep inside convolutional networks, ICLR workshop", .compute = gradient },
	{ 0 },
};

int saliency_find(const char *name)
{
	for (int i = 0; saliency_methods[i].name; i++)
		if (!strcmp(saliency_methods[i].name, name))
			return i;
	return -1;
}

void saliency_channels(const real *tc, int64_t T, int64_t C, double *share)
{
	double total = 0;
	for (int64_t c = 0; c < C; c++) {
		share[c] = 0;
		for (int64_t t = 0; t < T; t++)
			share[c] += fabs((double)tc[t * C + c]);
		total += share[c];
	}
	for (int64_t c = 0; c < C; c++)
		share[c] = total > 0 ? share[c] / total : 0;
}
