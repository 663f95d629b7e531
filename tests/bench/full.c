#include "tests/bench/full.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "src/read/read_model.h"

struct model *full_read(const char *path)
{
	struct err e = { 0 };
	struct read_options o = { .no_sandbox = true };
	struct model *m = read_model(path, &o, &e);
	if (!m)
		fprintf(stderr, "bench: %s: %s\n", path, e.text);
	return m;
}

void full_init(struct full *f, const struct model *m, const real *x, const real *y)
{
	size_t n = (size_t)(m->T * m->C), k = (size_t)m->outputs;
	struct rng r;
	*f = (struct full){ .a = analysis_new(m), .m = m };
	f->x = xcalloc(n, sizeof *f->x);
	f->native = xcalloc(n, sizeof *f->native);
	f->scaled = xcalloc(n, sizeof *f->scaled);
	f->y = xcalloc(k, sizeof *f->y);
	rng_init(&r, 1);
	for (size_t i = 0; i < n; i++)
		f->x[i] = x ? x[i] : (real)rng_normal(&r);
	for (size_t i = 0; i < k; i++)
		f->y[i] = y ? y[i] : 1;
	model_pack(m, f->x, f->native);
	f->run = run_new(m->graph);
	run_want(f->run, m->input);
	for (int i = 0; i < m->n_layer; i++)
		if (m->layer[i].kind == LAYER_ANALYSED)
			run_want(f->run, m->layer[i].act);
}

void full_release(struct full *f)
{
	analysis_free(f->a);
	run_free(f->run);
	free(f->x);
	free(f->native);
	free(f->scaled);
	free(f->y);
}

static void window(struct full *f)
{
	bool classes = f->m->head != HEAD_LINEAR;
	analysis_window(f->a, f->x, classes ? NULL : f->y, classes ? 0 : -1);
}

void full_analysis(void *arg)
{
	struct full *f = arg;
	int64_t n = f->m->T * f->m->C;
	window(f);
	analysis_saliency_layers(f->a, NULL);
	for (int i = 0; i < f->m->n_layer; i++) {
		if (f->m->layer[i].kind != LAYER_ANALYSED)
			continue;
		analysis_activation(f->a, i);
		analysis_gradient(f->a, i);
		analysis_importance(f->a, i);
		analysis_loss_influence(f->a, i);
		const real *const *map = analysis_saliency_layer(f->a, i);
		for (int64_t k = 0; k < f->m->layer[i].filters; k++)
			minmax_scale(map[k], n, f->scaled);
	}
}

void full_forward(void *arg)
{
	struct full *f = arg;
	run_input(f->run, 0, f->native);
	run_forward(f->run);
}

void full_gradients(void *arg)
{
	struct full *f = arg;
	full_forward(f);
	run_backward(f->run, f->m->logits, NULL);
}

int64_t full_filters(const struct model *m)
{
	int64_t n = 0;
	for (int i = 0; i < m->n_layer; i++)
		n += m->layer[i].kind == LAYER_ANALYSED ? m->layer[i].filters : 0;
	return n;
}
