#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include "core/analysis.h"
#include "core/mem.h"
#include "core/serial.h"

#define WORK_MAX 2000000                           /* multiply-adds of a model that is run */

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

static void run(const struct model *m)
{
	int64_t values = 0;
	for (int i = 0; i < m->graph->n_value; i++)
		values += shape_count(&m->graph->value[i].shape);
	if (m->n_unsupported || graph_macs(m->graph) > WORK_MAX || values > WORK_MAX || m->T * m->C > WORK_MAX)
		return;
	real *x = xcalloc((size_t)(m->T * m->C) + 1, sizeof *x);
	for (int64_t i = 0; i < m->T * m->C; i++)
		x[i] = (real)((i * 7 % 13) - 6) / 6;
	struct analysis *a = analysis_new(m);
	analysis_window(a, x, NULL, -1);
	int n;
	const struct layer *l = analysis_layers(a, &n);
	for (int i = 0; i < n && i < 8; i++)
		if (l[i].kind == LAYER_ANALYSED) {
			analysis_importance(a, i);
			if (l[i].filters > 0)
				analysis_saliency(a, i, l[i].filters - 1);
		}
	analysis_free(a);
	free(x);
}

void fuzz_model(struct model *m, const struct err *e)
{
	if (!m) {
		fuzz_refused(e);
		return;
	}
	run(m);
	/* and it must survive the way from child to parent */
	unsigned char *buf;
	size_t n;
	struct err again = { 0 };
	if (serial_write(m, &buf, &n, &again) == 0) {
		struct model *copy = serial_read(buf, n, &again);
		if (!copy)
			abort();
		model_free(copy);
		free(buf);
	}
	model_free(m);
}
