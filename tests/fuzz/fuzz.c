#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis.h"
#include "core/base/mem.h"
#include "tests/unit/serial_bytes.h"

void fuzz_refused(const struct err *e)
{
	if (!e->text[0])
		abort();
}

char *fuzz_text(const uint8_t *data, size_t n)
{
	char *s = xcalloc(n + 1, 1);
	memcpy(s, data, n);
	return s;
}

/* Steps forward of what is traced (an operator without a rule of its own takes a backward pass a point), and explained
 * by a method of hundreds of passes. */
enum { TRACE_MOST = 1000, METHOD_MOST = 300 };

static bool is_little(const struct model *m, int64_t most)
{
	int64_t all = 0;
	for (int i = 0; i < m->graph->n_value; i++)
		all += shape_count(&m->graph->value[i].shape);
	for (int i = 0; i < m->graph->n_node && all <= most; i++) {
		int64_t work = graph_work(m->graph, &m->graph->node[i]);
		all += work < most ? work : most;
	}
	return all <= most;
}

/* What only the output is wanted of computes the same, with values in one another's places. */
static void run_reusing(const struct model *m, const struct run *all)
{
	size_t bytes = (size_t)m->outputs * sizeof(real);
	const real *given = run_real(all, m->input), *want = run_real(all, m->output);
	struct run *r = run_new_outputs(m->graph, 1, &m->output);
	run_input(r, 0, given);
	run_forward(r);
	if (memcmp(run_real(r, m->output), want, bytes) != 0)
		abort();
	run_free(r);
}

static void run(const struct model *m)
{
	real *x = xcalloc((size_t)(m->T * m->C) + 1, sizeof *x);
	for (int64_t i = 0; i < m->T * m->C; i++)
		x[i] = (real)((i * 7 % 13) - 6) / 6;
	struct analysis *a = analysis_new(m);
	analysis_window(a, x, NULL, -1);
	int n, methods = 0;
	run_reusing(m, analysis_run(a));
	analysis_kinks(a);
	/* which of the methods: by the network, so that all have their turn */
	while (saliency_methods[methods].name)
		methods++;
	struct question q = *analysis_question(a);
	if (is_little(m, METHOD_MOST))
		q.method = (m->graph->n_value + m->graph->n_node) % methods;
	analysis_ask(a, &q);
	const struct layer *l = analysis_layers(a, &n);
	for (int i = 0; i < n && i < 8; i++)
		if (l[i].kind == LAYER_ANALYSED) {
			analysis_importance(a, i);
			analysis_saliency(a, i, l[i].filters - 1);
			if (!is_little(m, TRACE_MOST))
				continue;
			analysis_trace(a, i, l[i].filters - 1, l[i].times / 2);
			analysis_feeds(a, i, 0, 0);
		}
	analysis_free(a);
	free(x);
}

void fuzz_model(struct model *m, int64_t most, const struct err *e)
{
	if (!m) {
		fuzz_refused(e);
		return;
	}
	if (!m->n_unsupported && is_little(m, most))
		run(m);
	/* and it must survive the way from child to parent */
	unsigned char *buf;
	size_t n;
	struct err again = { 0 };
	if (serial_bytes(m, &buf, &n, &again) == 0) {
		struct model *copy = serial_read(buf, n, &again);
		if (!copy)
			abort();
		model_free(copy);
		free(buf);
	}
	model_free(m);
}
