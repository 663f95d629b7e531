/* How cost grows: a network of three convolutions, with ever longer windows and with ever more filters. */
#include <stdio.h>
#include <stdlib.h>
#include "core/base/rng.h"
#include "tests/bench/full.h"
#include "tests/bench/measure.h"

enum { LAYERS = 3, TAPS = 3 };

static struct model *net(int64_t steps, int64_t filters)
{
	struct model *m = model_new("growth", "bench");
	struct err e;
	struct rng r;
	rng_init(&r, 1);
	int v = model_input(m, "input", "Input", "NCT", steps, 1, 1, &e);
	for (int k = 0; k < LAYERS; k++) {
		int64_t channels = k ? filters : 1;
		struct shape s = { 3, { filters, channels, TAPS } };
		real *w = xcalloc((size_t)shape_count(&s), sizeof *w);
		for (int64_t i = 0; i < shape_count(&s); i++)
			w[i] = (real)(rng_normal(&r) / (double)(channels + TAPS));
		int weights = graph_const_real(m->graph, NULL, &s, w, true, &e);
		int conv = graph_op(m->graph, "Conv", NULL, 2, (int[]){ v, weights }, 1,
		                    (struct attr[]){ attr_is("pads", 2, (int64_t[]){ 1, 1 }) }, &e);
		v = graph_op(m->graph, "Relu", NULL, 1, &conv, 0, NULL, &e);
		char name[16];
		snprintf(name, sizeof name, "conv%d", k + 1);
		model_layer(m, name, "Conv", "relu", LAYER_ANALYSED, conv, v, 1, &k, &e);
		free(w);
	}
	if (v < 0 || model_finish(m, v, &e)) {
		fprintf(stderr, "bench: %s\n", e.text);
		model_free(m);
		return NULL;
	}
	return m;
}

static void one_map(void *arg)
{
	struct full *f = arg;
	analysis_window(f->a, f->x, NULL, -1);
	analysis_saliency(f->a, LAYERS, f->m->layer[LAYERS].filters / 2);
}

static void all_maps(void *arg)
{
	struct full *f = arg;
	analysis_window(f->a, f->x, NULL, -1);
	for (int i = 1; i <= LAYERS; i++)
		analysis_saliency_layer(f->a, i);
}

static void point(int64_t steps, int64_t filters, const char *axis)
{
	static const struct {
		const char *what;
		void (*fn)(void *);
	} jobs[] = { { "forward", full_forward },
		     { "backward", full_gradients },
		     { "one map", one_map },
		     { "all maps", all_maps } };
	struct model *m = net(steps, filters);
	struct full f;
	if (!m)
		return;
	full_init(&f, m, NULL, NULL);
	double forward = 0;
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
		struct timing t = measure(jobs[i].fn, &f, 0.2, 3);
		if (i == 0)
			forward = t.median;
		if (i == 1)
			t.median -= forward; /* the pass back alone */
		line("growth");
		line_text("axis", axis);
		line_text("what", jobs[i].what);
		line_number("steps", (double)steps);
		line_number("filters", (double)filters);
		line_timing(&t);
		line_end();
	}
	full_release(&f);
	model_free(m);
}

int bench_growth(void)
{
	static const int64_t steps[] = { 100, 300, 1000, 3000, 10000, 30000, 100000, 131072 },
	                     filters[] = { 8, 16, 32, 64, 128, 256, 512, 1024 };
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		point(steps[i], 64, "steps");
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		point(1000, filters[i], "filters");
	return 0;
}
