#include "core/analysis/response.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/run/run.h"

static const double TURN = 6.283185307179586; /* 2 pi */

void response_of_kernel(const real *w, int64_t taps, int64_t dilation, double *gain)
{
	for (int bin = 0; bin < RESPONSE_BINS; bin++) {
		double re = 0, im = 0, f = response_frequency(bin);
		for (int64_t k = 0; k < taps; k++) {
			double phase = TURN * fmod(f * (double)(k * dilation), 1);
			re += (double)w[k] * cos(phase);
			im += (double)w[k] * sin(phase);
		}
		gain[bin] = sqrt(re * re + im * im);
	}
}

struct response {
	const struct model *m;
	int layer, input; /* input: which of the graph's */
	struct run *run;
	int64_t channels, at; /* at: the next pass; 0 is the constant window */
	double *mean, *sd;    /* (C) */
	real *tc, *native;    /* (T,C) */
	real *rows, *still;   /* (F,times) of this pass, of the constant window */
	double *sum;          /* (F) of squares over both phases of a frequency */
	real *out;            /* (F,channels,RESPONSE_BINS) */
};

enum { WINDOWS = 16 };

static void statistics(struct response *r, const struct dataset *d)
{
	int64_t T = r->m->T, C = r->m->C, n = !d ? 0 : d->n < WINDOWS ? d->n : WINDOWS;
	double *square = xcalloc((size_t)C + 1, sizeof *square);
	for (int64_t i = 0; i < n; i++) {
		dataset_window(d, d->n * i / n, r->tc);
		for (int64_t k = 0; k < T * C; k++) {
			r->mean[k % C] += (double)r->tc[k] / (double)(n * T);
			square[k % C] += (double)r->tc[k] * (double)r->tc[k] / (double)(n * T);
		}
	}
	for (int64_t ch = 0; ch < C; ch++) {
		double v = square[ch] - r->mean[ch] * r->mean[ch];
		r->sd[ch] = v > 0 && isfinite(v) ? sqrt(v) : 1;
		r->mean[ch] = isfinite(r->mean[ch]) ? r->mean[ch] : 0;
	}
	free(square);
}

struct response *response_new(const struct model *m, const struct dataset *d, int layer)
{
	struct response *r = xcalloc(1, sizeof *r);
	const struct layer *l = &m->layer[layer];
	size_t n = (size_t)(m->T * m->C), rows = (size_t)(l->filters * l->times);
	r->m = m;
	r->layer = layer;
	r->channels = m->C <= RESPONSE_CHANNELS_MAX ? m->C : 1;
	for (int k = 0; k < m->graph->n_input; k++)
		if (m->graph->input[k] == m->input)
			r->input = k;
	r->run = run_new_outputs(m->graph, 0, NULL);
	r->mean = xcalloc((size_t)m->C + 1, sizeof *r->mean);
	r->sd = xcalloc((size_t)m->C + 1, sizeof *r->sd);
	r->tc = xcalloc(n * 2, sizeof *r->tc);
	r->native = r->tc + n;
	r->rows = xcalloc(rows * 2, sizeof *r->rows);
	r->still = r->rows + rows;
	r->sum = xcalloc((size_t)l->filters + 1, sizeof *r->sum);
	r->out = xcalloc((size_t)(l->filters * r->channels) * RESPONSE_BINS, sizeof *r->out);
	statistics(r, d);
	return r;
}

void response_free(struct response *r)
{
	if (!r)
		return;
	run_free(r->run);
	free(r->mean);
	free(r->sd);
	free(r->tc);
	free(r->rows);
	free(r->sum);
	free(r->out);
	free(r);
}

static void take_rows(int node, void *ctx)
{
	struct response *r = ctx;
	const struct layer *l = &r->m->layer[r->layer];
	if (r->m->graph->value[l->act].node == node)
		layer_rows(r->m, l, run_now(r->run, l->act), r->rows);
}

/* Runs the window in which channel ch (-1: none; all, if they oscillate together) has a wave of this bin. */
static void pass(struct response *r, int64_t ch, int bin, bool cosine)
{
	int64_t T = r->m->T, C = r->m->C;
	double f = response_frequency(bin);
	for (int64_t t = 0; t < T; t++) {
		double phase = TURN * fmod(f * (double)t, 1), wave = cosine ? cos(phase) : sin(phase);
		for (int64_t k = 0; k < C; k++) {
			bool moves = ch >= 0 && (k == ch || r->channels < C);
			r->tc[t * C + k] = (real)(r->mean[k] + (moves ? r->sd[k] * wave : 0));
		}
	}
	model_pack(r->m, r->tc, r->native);
	run_input(r->run, r->input, r->native);
	run_forward_passing(r->run, take_rows, r);
}

/* Joint waves have the amplitude of each channel; what comes through is for one standard deviation. */
static double amplitude(const struct response *r, int64_t ch)
{
	return r->channels < r->m->C ? 1 : r->sd[ch];
}

bool response_step(struct response *r)
{
	const struct layer *l = &r->m->layer[r->layer];
	int64_t passes = 1 + 2 * RESPONSE_BINS * r->channels, i = r->at - 1, ch = i / (2 * RESPONSE_BINS);
	int bin = (int)(i / 2 % RESPONSE_BINS);
	if (r->at >= passes)
		return false;
	pass(r, r->at ? ch : -1, r->at ? bin : 0, i % 2 == 1);
	if (r->at++ == 0) {
		memcpy(r->still, r->rows, (size_t)(l->filters * l->times) * sizeof *r->still);
		return true;
	}
	for (int64_t f = 0; f < l->filters; f++) {
		double sum = i % 2 ? r->sum[f] : 0;
		for (int64_t k = f * l->times; k < (f + 1) * l->times; k++) {
			double d = (double)r->rows[k] - (double)r->still[k];
			sum += d * d / (double)l->times;
		}
		r->sum[f] = sum;
		r->out[(f * r->channels + ch) * RESPONSE_BINS + bin] = (real)(sqrt(sum) / amplitude(r, ch));
	}
	return r->at < passes;
}

const real *response_get(const struct response *r, int64_t *channels)
{
	*channels = r->channels;
	return r->out;
}
