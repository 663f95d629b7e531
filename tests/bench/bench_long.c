/* Networks with many steps: tests/bench/gen_long.py writes them, and tests/bench/run.py names their folder. */
#include <stdio.h>
#include <stdlib.h>
#include "core/base/rng.h"
#include "core/analysis/analysis.h"
#include "src/read/read_model.h"
#include "tests/bench/full.h"
#include "tests/bench/measure.h"

struct work {
	struct analysis *a;
	const struct model *m;
	real *x;
	int layer;
};

/* What the first level of the browser shows of a window: the importance of each filter of each layer. */
static void importances(void *arg)
{
	struct work *w = arg;
	analysis_window(w->a, w->x, NULL, -1);
	for (int i = 0; i < w->m->n_layer; i++)
		if (w->m->layer[i].kind == LAYER_ANALYSED)
			analysis_importance(w->a, i);
}

/* The map of one filter of a layer in the middle. */
static void one_map(void *arg)
{
	struct work *w = arg;
	analysis_window(w->a, w->x, NULL, -1);
	analysis_saliency(w->a, w->layer, 5);
}

static void long_line(const char *bench, const char *net, void (*fn)(void *), struct work *w)
{
	struct timing t = measure(fn, w, 2, 5);
	line(bench);
	line_text("net", net);
	line_timing(&t);
	line_end();
}

static int long_net(const char *net)
{
	char path[4096];
	struct rng r;
	snprintf(path, sizeof path, "build/bench/long/%s.onnx", net);
	struct model *m = full_read(path);
	if (!m)
		return 1;
	struct work w = { .a = analysis_new(m), .m = m };
	struct question q = *analysis_question(w.a);
	w.x = xcalloc((size_t)(m->T * m->C), sizeof *w.x);
	rng_init(&r, 1);
	for (int64_t i = 0; i < m->T * m->C; i++)
		w.x[i] = (real)rng_normal(&r);
	while (w.layer < m->n_layer / 2 || m->layer[w.layer].kind != LAYER_ANALYSED)
		w.layer++;
	q.task = TASK_CLASSIFICATION;
	q.target = (struct target){ .kind = TARGET_CLASS };
	analysis_window(w.a, w.x, NULL, -1);
	analysis_ask(w.a, &q);
	long_line("long_importance", net, importances, &w);
	long_line("long_one_map", net, one_map, &w);
	analysis_free(w.a);
	free(w.x);
	model_free(m);
	return 0;
}

int bench_splice(void)
{
	return long_net("splice");
}

int bench_tcn(void)
{
	return long_net("tcn");
}
