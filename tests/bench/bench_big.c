/* Networks of a usual size: FCN, ResNet and InceptionTime on windows of 1000 steps, and a deep one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "core/base/rng.h"
#include "tests/bench/full.h"
#include "tests/bench/measure.h"

static double peak_mb(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_maxrss / 1024;
}

static void report(const char *bench, const char *net, void (*fn)(void *), struct full *f, double flop)
{
	struct timing t = measure(fn, f, 2, 5);
	line(bench);
	line_text("net", net);
	line_timing(&t);
	line_speed(flop, &t);
	line_end();
}

/* The map of the filter that the cursor came to: the slowest of the layers, each alone after everything was forgotten.
 */
static void slowest_filter(const char *net, struct full *f)
{
	double most = 0;
	const char *layer = "";
	for (int i = 0; i < f->m->n_layer; i++) {
		const struct layer *l = &f->m->layer[i];
		if (l->kind != LAYER_ANALYSED)
			continue;
		analysis_window(f->a, f->x, NULL, -1);
		analysis_importance(f->a, i);
		double at = seconds();
		analysis_saliency(f->a, i, l->filters / 2);
		at = seconds() - at;
		if (at > most) {
			most = at;
			layer = l->name;
		}
	}
	line("filter_saliency");
	line_text("net", net);
	line_text("slowest_layer", layer);
	line_number("most_ms", 1e3 * most);
	line_end();
}

static int big_net(const char *net)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/big_%s.onnx", bench_big, net);
	struct model *m = full_read(path);
	struct full f;
	if (!m)
		return 1;
	double flop = 2 * (double)graph_macs(m->graph);
	full_init(&f, m, NULL, NULL);
	report("big_forward", net, full_forward, &f, flop);
	report("big_forward_backward", net, full_gradients, &f, 2 * flop);
	slowest_filter(net, &f);
	full_release(&f);
	full_init(&f, m, NULL, NULL);
	double at = seconds();
	full_analysis(&f);
	at = seconds() - at;
	double peak = peak_mb(); /* of one analysis, as a user makes it */
	struct timing t = { at, at, 1 };
	if (at < 2)
		t = measure(full_analysis, &f, 1, 3);
	line("big_full_analysis");
	line_text("net", net);
	line_number("filters", (double)full_filters(m));
	line_timing(&t);
	line_number("peak_rss_mb", peak);
	line_end();
	full_release(&f);
	model_free(m);
	return 0;
}

int bench_fcn(void)
{
	return big_net("fcn");
}

int bench_resnet(void)
{
	return big_net("resnet");
}

int bench_inceptiontime(void)
{
	return big_net("inceptiontime");
}

/* ---- 60 convolutions of 128 filters ---- */

enum { DEEP = 60, FILTERS = 128, TAPS = 3, STEPS = 1000 };

static void add_layer(struct model *m, int k, int *value, int64_t channels, struct rng *r)
{
	struct err e;
	struct shape s = { 3, { FILTERS, channels, TAPS } };
	size_t n = (size_t)(FILTERS * channels * TAPS);
	real *w = xcalloc(n, sizeof *w), *b = xcalloc(FILTERS, sizeof *b);
	char name[32];
	for (size_t i = 0; i < n; i++)
		w[i] = (real)(rng_normal(r) * sqrt(2.0 / (double)(channels * TAPS)));
	int wv = graph_const_real(m->graph, NULL, &s, w, true, &e);
	int bv = graph_const_real(m->graph, NULL, &(struct shape){ 1, { FILTERS } }, b, true, &e);
	int conv = graph_op(m->graph, "Conv", NULL, 3, (int[]){ *value, wv, bv }, 1,
	                    (struct attr[]){ attr_is("pads", 2, (int64_t[]){ 1, 1 }) }, &e);
	*value = graph_op(m->graph, "Relu", NULL, 1, &conv, 0, NULL, &e);
	snprintf(name, sizeof name, "conv%d", k + 1);
	model_layer(m, name, "Conv", "relu", LAYER_ANALYSED, conv, *value, 1, &k, &e);
	free(w);
	free(b);
}

static void importance_of_all(void *arg)
{
	struct full *f = arg;
	analysis_window(f->a, f->x, NULL, -1);
	for (int i = 1; i < f->m->n_layer; i++)
		analysis_importance(f->a, i);
}

int bench_deep(void)
{
	struct model *m = model_new("deep", "bench");
	struct err e;
	struct rng r;
	struct full f;
	rng_init(&r, 1);
	int v = model_input(m, "input", "Input", "NCT", STEPS, 1, 1, &e);
	for (int k = 0; k < DEEP; k++)
		add_layer(m, k, &v, k ? FILTERS : 1, &r);
	if (v < 0 || model_finish(m, v, &e)) {
		fprintf(stderr, "bench: %s\n", e.text);
		return 1;
	}
	full_init(&f, m, NULL, NULL);
	report("deep_importance_of_all_layers", "60 x 128", importance_of_all, &f, 4 * (double)graph_macs(m->graph));
	full_release(&f);
	model_free(m);
	return 0;
}
