/* Which input steps a filter, or the target, looks at. The table of methods, what they share, and the two that need one
 * plain backward pass. */
#include "core/probe/saliency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void saliency_begin(struct saliency_job *j, struct probe *p, int method, int layer, int64_t filter, real *out,
                    struct saliency_note *note)
{
	size_t n = (size_t)probe_window_count(p);
	if (!j->sum) {
		j->sum = xcalloc(n, sizeof *j->sum);
		j->weight = xcalloc(n, sizeof *j->weight);
		j->x = xcalloc(n * (size_t)probe_width(p), sizeof *j->x);
		j->g = xcalloc(n * (size_t)probe_width(p), sizeof *j->g);
	}
	memset(j->sum, 0, n * sizeof *j->sum);
	memset(j->weight, 0, n * sizeof *j->weight);
	*j = (struct saliency_job){ .p = p,
		                    .active = true,
		                    .method = method,
		                    .layer = layer,
		                    .filter = filter,
		                    .out = out,
		                    .note = note,
		                    .sum = j->sum,
		                    .weight = j->weight,
		                    .x = j->x,
		                    .g = j->g,
		                    .from = j->from };
	*note = (struct saliency_note){ .residual = NAN, .at = -1 };
	rng_init(&j->rng, p->q.seed);
}

bool saliency_step(struct saliency_job *j)
{
	probe_forward(j->p);
	j->active = saliency_methods[j->method].step(j);
	return j->active;
}

void saliency_release(struct saliency_job *j)
{
	free(j->sum);
	free(j->weight);
	free(j->x);
	free(j->g);
	free(j->from);
}

void saliency_reference(const struct saliency_job *j, real *x0)
{
	const struct saliency_method *q = &saliency_methods[j->method];
	int64_t n = probe_window_count(j->p);
	const real *base = q->baseline && !q->draws ? probe_baseline(j->p) : NULL;
	for (int64_t i = 0; i < n; i++)
		x0[i] = q->draws ? (real)j->weight[i] : base ? base[i] : 0;
}

double saliency_value(struct saliency_job *j, const struct run *r)
{
	struct probe *p = j->p;
	if (j->layer < 0)
		return probe_target(p, r);
	const struct layer *l = &p->layer[j->layer];
	layer_rows(p->m, l, run_real(r, l->act), p->rows);
	double sum = 0;
	for (int64_t t = 0; t < l->times; t++)
		sum += (double)p->rows[j->filter * l->times + t];
	return sum;
}

int saliency_seed(struct saliency_job *j, const struct run *r, real *seed)
{
	int v = j->layer < 0 ? probe_target_seed(j->p, r, seed) : probe_filter_seed(j->p, j->layer, j->filter, seed);
	return v >= 0 && j->p->m->graph->value[v].depends ? v : -1;
}

void saliency_gradient(struct saliency_job *j, struct run *r, real *g)
{
	struct probe *p = j->p;
	int v = saliency_seed(j, r, p->seed);
	const real *d = NULL;
	if (v >= 0) {
		run_want_clear(r);
		run_want(r, p->m->input);
		run_backward(r, v, p->seed);
		d = run_grad(r, p->m->input);
	}
	if (d)
		model_unpack(p->m, d, g);
	else
		memset(g, 0, (size_t)probe_window_count(p) * sizeof *g);
}

/* Inputs in fewer lanes than this are faster one by one. */
enum { FEW = RUN_LANES / 4 };

/* g (n,T,C): the gradients that start from the lanes of seed at value v; -1: there are none. */
static void gradients_of_lanes(struct probe *p, struct run *many, int n, int v, const real *seed, real *g)
{
	int64_t count = probe_window_count(p);
	const real *d = NULL;
	if (v >= 0) {
		run_want_clear(many);
		run_want(many, p->m->input);
		run_backward(many, v, seed);
		d = run_grad(many, p->m->input);
	}
	if (!d)
		memset(g, 0, (size_t)(n * count) * sizeof *g);
	for (int l = 0; d && l < n; l++) {
		lane_get(count, d, l, p->native);
		model_unpack(p->m, p->native, g + l * count);
	}
}

void saliency_many(struct saliency_job *j, int n, const real *x, double *value, real *g)
{
	struct probe *p = j->p;
	int64_t count = probe_window_count(p);
	int v = j->layer < 0 || p->m->graph->value[p->layer[j->layer].act].depends ? 0 : -1;
	if (n < FEW || v < 0) {
		for (int l = 0; l < n; l++) {
			struct run *r = probe_twin_run(p, x + l * count);
			if (value)
				value[l] = saliency_value(j, r);
			if (g)
				saliency_gradient(j, r, g + l * count);
		}
		return;
	}
	struct run *many = probe_many(p);
	for (int l = 0; l < n; l++)
		probe_many_input(p, many, l, x + l * count);
	run_forward(many);
	for (int l = 0; l < n; l++) {
		const struct run *r = probe_many_lane(p, many, l, j->layer);
		if (value)
			value[l] = saliency_value(j, r);
		v = g ? saliency_seed(j, r, p->seed) : -1;
		if (v >= 0)
			lane_put(shape_count(&p->m->graph->value[v].shape), p->seed, l, p->many_scratch);
	}
	if (g)
		gradients_of_lanes(p, many, n, v, p->many_scratch, g);
}

double saliency_residual(const struct saliency_job *j)
{
	int64_t n = probe_window_count(j->p);
	double sum = 0, size = 0, whole = j->whole - j->none;
	for (int64_t i = 0; i < n; i++) {
		sum += (double)j->out[i];
		size += fabs((double)j->out[i]);
	}
	double off = fabs(sum - whole), of = fabs(whole) > 1e-6 * size ? fabs(whole) : size;
	return off > 0 || isnan(off) ? off / of : 0;
}

void saliency_absolute(struct saliency_job *j)
{
	int64_t n = probe_window_count(j->p);
	for (int64_t i = 0; i < n; i++)
		j->out[i] = real_abs(j->out[i]);
}

static bool gradient(struct saliency_job *j)
{
	saliency_gradient(j, j->p->run, j->out);
	saliency_absolute(j);
	return false;
}

static bool gradient_input(struct saliency_job *j)
{
	int64_t n = probe_window_count(j->p);
	saliency_gradient(j, j->p->run, j->out);
	for (int64_t i = 0; i < n; i++) {
		j->sum[i] = (double)j->out[i];
		j->out[i] *= j->p->x[i];
	}
	j->n = 1;
	return false;
}

const struct saliency_method saliency_methods[] = {
	{ .name = "gradient",
	  .label = "gradient",
	  .formula = "abs(df / dx), f the target or the filter's sum over time",
	  .source = "Simonyan, Vedaldi, Zisserman 2014, Deep inside convolutional networks, ICLR workshop, section 3",
	  .step = gradient },
	{ .name = "gradient-input",
	  .label = "gradient x input",
	  .formula = "x df/dx",
	  .is_signed = true,
	  .source = "Shrikumar, Greenside, Shcherbina, Kundaje 2016, Not just a black box, arXiv 1605.01713; for a "
	            "network of "
	            "relus without biases it adds up to f(x)",
	  .parts = true,
	  .spectrum = true,
	  .step = gradient_input },
	{ .name = "integrated",
	  .label = "integrated gradients",
	  .formula = "(x - x') times the mean of df/dx at x' + (k - 1/2)/m (x - x'), k = 1..m; m doubled from 16 until "
	             "the map adds up to "
	             "f(x) - f(x') within 1 %, or 1024",
	  .source = "Sundararajan, Taly, Yan 2017, Axiomatic attribution for deep networks, ICML, equations 1 and 3 "
	            "(there the right end of "
	            "each step, here its middle)",
	  .is_signed = true,
	  .baseline = true,
	  .parts = true,
	  .spectrum = true,
	  .step = saliency_integrated },
	{ .name = "smoothgrad",
	  .label = "SmoothGrad",
	  .formula = "abs(mean of df/dx at x + noise) over 50 draws of normal noise, its deviation 15 % of each "
	             "channel's range in the window",
	  .source = "Smilkov, Thorat, Kim, Viegas, Wattenberg 2017, SmoothGrad, arXiv 1706.03825 (there the range of "
	            "the image)",
	  .random = true,
	  .step = saliency_smooth },
	{ .name = "occlusion",
	  .label = "occlusion",
	  .formula = "mean of f(x) - f(x with a patch := x') over the patches that cover the point; a patch is a "
	             "sixteenth of one channel, "
	             "moved by half of it; with --points series derived channels are computed again and hidden by no "
	             "patch",
	  .is_signed = true,
	  .baseline = true,
	  .source = "Zeiler, Fergus 2014, Visualizing and understanding convolutional networks, ECCV, section 4.2",
	  .parts = true,
	  .hides = true,
	  .step = saliency_occlusion },
	{ .name = "grad-cam",
	  .label = "Grad-CAM",
	  .formula = "max(0, sum over k of a[k] A[k,t]), a[k] the mean over t of df/dA[k,t], A the last layer with a "
	             "time axis before f "
	             "(the input where there is none); stretched to the window linearly, all channels alike",
	  .source = "Selvaraju et al. 2017, Grad-CAM, ICCV, equations 1 and 2",
	  .channels_alike = true,
	  .step = saliency_cam },
	{ .name = "guided",
	  .label = "guided back-propagation",
	  .formula = "df/dx where every rectifier passes back only positive gradients at positive inputs",
	  .is_signed = true,
	  .source = "Springenberg, Dosovitskiy, Brox, Riedmiller 2015, Striving for simplicity, ICLR workshop",
	  .step = saliency_guided },
	{ .name = "deeplift",
	  .label = "DeepLIFT (rescale)",
	  .formula = "(x - x') times multipliers: dy/dx through linear operators, (y - y') / (x - x') through "
	             "activation functions; the winner's "
	             "difference through max pooling; the mean gradient between x' and x through others",
	  .source = "Shrikumar, Greenside, Kundaje 2017, Learning important features through propagating activation "
	            "differences, ICML, "
	            "section 3.5.1; max pooling as in Lundberg, Lee 2017 (SHAP)",
	  .is_signed = true,
	  .baseline = true,
	  .parts = true,
	  .step = saliency_deeplift },
	{ .name = "expected",
	  .label = "expected gradients",
	  .formula =
	          "mean of (x - x') df/dx at x' + a (x - x') over 64 draws: x' a window of the data, or the baseline "
	          "where there are none, a uniform in part k of 64",
	  .source = "Erion, Janizek, Sturmfels, Lundberg, Lee 2021, Improving performance of deep learning models with "
	            "axiomatic attribution priors and expected gradients, Nature Machine Intelligence 3, equation 5",
	  .is_signed = true,
	  .random = true,
	  .parts = true,
	  .baseline = true,
	  .draws = true,
	  .step = saliency_expected },
	{ .name = "relevance",
	  .label = "relevance (LRP)",
	  .formula =
	          "relevance R of f goes back: R_j = sum_k x_j w_jk R_k / (z_k + e sign z_k) through linear operators, "
	          "a bias or batch normalisation folded into the one before, e 0.25 of the root mean square of z; "
	          "unchanged "
	          "through activation functions, to the winner of max pooling, in halves to two factors",
	  .source =
	          "Bach, Binder, Montavon, Klauschen, Mueller, Samek 2015, On pixel-wise explanations, PLOS ONE 10(7), "
	          "equation 58; e as in Montavon et al. 2019, Layer-wise relevance propagation: an overview",
	  .is_signed = true,
	  .parts = true,
	  .step = saliency_relevance },
	{ 0 },
};

int saliency_find(const char *name)
{
	for (int i = 0; saliency_methods[i].name; i++)
		if (!strcmp(saliency_methods[i].name, name))
			return i;
	return -1;
}

bool saliency_stale(unsigned stale, int method, bool target)
{
	const struct saliency_method *q = &saliency_methods[method];
	return stale & (target ? STALE_TARGET_MAP : STALE_MAPS) || (q->baseline && stale & STALE_BASELINE_MAPS) ||
	       (q->random && stale & STALE_RANDOM_MAPS);
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
