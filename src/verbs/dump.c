/* --dump STAGE: what one stage of the data flow holds, for developers and bug reports. */
#include <stdlib.h>
#include <string.h>
#include "src/verbs/cmd.h"
#include "src/json/model_json.h"

struct dump {
	const struct loaded *l;
	const struct options *o;
	FILE *f;
};

static int dump_graph(struct dump *q, struct err *e)
{
	(void)e;
	graph_print(q->l->model->graph, q->f);
	return 0;
}

static int dump_shapes(struct dump *q, struct err *e)
{
	const struct graph *g = q->l->model->graph;
	(void)e;
	for (int i = 0; i < g->n_value; i++) {
		char shape[96];
		shape_format(&g->value[i].shape, shape, sizeof shape);
		fprintf(q->f, "%d %s %s %.*s%s%s\n", i, g->value[i].name, shape, g->value[i].shape.rank,
		        g->value[i].axis, g->value[i].dtype == DT_INT64 ? " int64" : "",
		        g->value[i].constant ? " constant" : "");
	}
	return 0;
}

static int dump_recipe(struct dump *q, struct err *e)
{
	(void)e;
	for (int i = 0; recipe_fields[i]; i++) {
		char *text = recipe_text(&q->l->recipe, recipe_fields[i]);
		if (text)
			fprintf(q->f, "%s %s\n", recipe_fields[i], text);
		free(text);
	}
	return 0;
}

static int window_of(struct dump *q, real *tc, struct err *e)
{
	int64_t index;
	if (!q->l->has_data)
		return err_set(e, ERR_VALUE, "--dump %s needs data", q->o->dump);
	int bad = load_index(q->l, q->o, &index, e);
	if (!bad)
		dataset_window(&q->l->data, index, tc);
	return bad;
}

static int dump_window(struct dump *q, struct err *e)
{
	const struct model *m = q->l->model;
	real *tc = xcalloc((size_t)(m->T * m->C), sizeof *tc);
	int bad = window_of(q, tc, e);
	for (int64_t t = 0; t < m->T && !bad; t++)
		for (int64_t c = 0; c < m->C; c++)
			fprintf(q->f, "%.9g%c", (double)tc[t * m->C + c], c + 1 < m->C ? ' ' : '\n');
	free(tc);
	return bad;
}

static void values_print(FILE *f, const char *name, const struct value *v, const real *r)
{
	char shape[96];
	shape_format(&v->shape, shape, sizeof shape);
	fprintf(f, "%s %s", name, shape);
	for (int64_t i = 0; r && i < shape_count(&v->shape); i++)
		fprintf(f, " %.9g", (double)r[i]);
	fprintf(f, "%s\n", r ? "" : " none");
}

/* Every value that depends on the input, or the gradient of the sum of outputs with respect to it. */
static int dump_run(struct dump *q, bool gradients, struct err *e)
{
	const struct model *m = q->l->model;
	const struct graph *g = m->graph;
	real *tc = xcalloc((size_t)(m->T * m->C), sizeof *tc), *native = xcalloc((size_t)(m->T * m->C), sizeof *native);
	int bad = window_of(q, tc, e);
	if (!bad) {
		struct run *r = run_new(g);
		model_pack(m, tc, native);
		run_input(r, 0, native);
		run_forward(r);
		for (int i = 0; i < g->n_value && gradients; i++)
			if (g->value[i].depends && g->value[i].dtype == DT_REAL)
				run_want(r, i);
		if (gradients)
			run_backward(r, m->output, NULL);
		for (int i = 0; i < g->n_value; i++)
			if (g->value[i].depends && g->value[i].dtype == DT_REAL)
				values_print(q->f, g->value[i].name, &g->value[i],
				             gradients ? run_grad(r, i) : run_real(r, i));
		run_free(r);
	}
	free(tc);
	free(native);
	return bad;
}

static int dump_model(struct dump *q, struct err *e)
{
	return model_json_write(q->l->model, q->f, e);
}

static int dump_activations(struct dump *q, struct err *e)
{
	return dump_run(q, false, e);
}

static int dump_gradients(struct dump *q, struct err *e)
{
	return dump_run(q, true, e);
}

static const struct stage {
	const char *name;
	int (*print)(struct dump *q, struct err *e);
} stages[] = {
#define STAGE(name) { #name, dump_##name },
	DUMP_STAGES(STAGE)
#undef STAGE
};

int cmd_dump(struct options *o, struct err *e)
{
	const struct stage *s = stages;
	while (strcmp(s->name, o->dump) != 0)
		s++;
	struct loaded l;
	struct output out;
	int bad = load(&l, o, 0, e);
	if (!bad && !(bad = output_open(&out, o, e))) {
		struct dump q = { &l, o, out.f };
		bad = s->print(&q, e);
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
