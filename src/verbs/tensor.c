/* analyze --npy TENSOR: one array of a window's analysis. */
#include <stdlib.h>
#include <string.h>
#include "core/base/words.h"
#include "src/verbs/cmd.h"
#include "src/export/export.h"

static int write_numbers(const struct options *o, const struct export_numbers *n, FILE *f)
{
	export_numbers(o->out ? o->out : "", n, f);
	return 0;
}

/* (F,times) or (F) of a layer. */
static struct export_numbers rows_of(const struct layer *l, const char *name, const real *v)
{
	return (struct export_numbers){ .name = name,
		                        .rank = l->has_time ? 2 : 1,
		                        .dim = { l->filters, l->times },
		                        .axis = { "filter", "step" },
		                        .v = v };
}

static struct export_numbers map_of(const struct loaded *l, const char *name, const real *v)
{
	return (struct export_numbers){ .name = name,
		                        .rank = 2,
		                        .dim = { l->model->T, l->model->C },
		                        .axis = { "step", "channel" },
		                        .label = { NULL, l->data.channel },
		                        .v = v };
}

/* All maps of layer q, which is number `layer` of the analysis: with --nodes its layers are not the model's. */
static int write_maps(struct analysis *a, int layer, const struct layer *q, const struct loaded *l,
                      const struct options *o, FILE *f)
{
	const real *const *map = analysis_saliency_layer(a, layer);
	int64_t n = l->model->T * l->model->C;
	real *all = xcalloc((size_t)(q->filters * n), sizeof *all);
	for (int64_t i = 0; i < q->filters; i++)
		memcpy(all + i * n, map[i], (size_t)n * sizeof *all);
	struct export_numbers out = { .name = o->npy,
		                      .rank = 3,
		                      .dim = { q->filters, l->model->T, l->model->C },
		                      .axis = { "filter", "step", "channel" },
		                      .label = { NULL, NULL, l->data.channel },
		                      .v = all };
	write_numbers(o, &out, f);
	free(all);
	return 0;
}

enum { NO_SUCH_LAYER = 1 };

/* LAYER, LAYER:grad ... */
static int write_layer(struct analysis *a, const struct loaded *l, const struct options *o, FILE *f, struct err *e)
{
	const char *colon = strrchr(o->npy, ':'), *what = "act";
	int layer = analysis_find_layer(a, o->npy);
	char *name = xstrdup(o->npy);
	if (layer < 0 && colon) {
		name[colon - o->npy] = '\0';
		what = colon + 1;
		layer = analysis_find_layer(a, name);
	}
	free(name);
	if (layer < 0)
		return NO_SUCH_LAYER;
	int n;
	const struct layer *q = &analysis_layers(a, &n)[layer];
	const real *v = NULL;
	if (!strcmp(what, "saliency"))
		return write_maps(a, layer, q, l, o, f);
	if (!strcmp(what, "act"))
		v = analysis_activation(a, layer);
	else if (!strcmp(what, "grad"))
		v = analysis_gradient(a, layer);
	else if (!strcmp(what, "importance"))
		v = analysis_importance(a, layer)->raw;
	else
		return err_set(e, ERR_VALUE, "--npy '%s': of a layer there are act, grad, saliency and importance",
		               o->npy);
	if (!v)
		return err_set(e, ERR_VALUE, "--npy '%s': the target does not depend on this layer", o->npy);
	struct export_numbers out = rows_of(q, o->npy, v);
	out.rank = strcmp(what, "importance") ? out.rank : 1;
	return write_numbers(o, &out, f);
}

/* A tensor of the graph in its own shape. */
static int write_value(struct analysis *a, int value, const struct options *o, FILE *f, struct err *e)
{
	const struct value *v = &analysis_model(a)->graph->value[value];
	const struct run *r = analysis_run(a);
	struct export_numbers out = { .name = v->name, .rank = v->shape.rank };
	const char *dot = o->out ? strrchr(o->out, '.') : NULL;
	if (v->dtype == DT_INT64) {
		if (dot && (!strcmp(dot, ".csv") || !strcmp(dot, ".json")))
			return err_set(e, ERR_VALUE, "--npy '%s' holds integers; they are written as .npy only",
			               o->npy);
		export_npy_integers(v->shape.rank, v->shape.dim, run_int(r, value), f);
		return 0;
	}
	/* the formats name up to four axes; what is before them is one */
	for (int i = 0; i < v->shape.rank; i++) {
		int at = v->shape.rank <= EXPORT_RANK ? i : i - (v->shape.rank - EXPORT_RANK);
		at = at < 0 ? 0 : at;
		out.dim[at] =
		        (out.dim[at] && v->shape.rank > EXPORT_RANK && i <= v->shape.rank - EXPORT_RANK ? out.dim[at]
		                                                                                        : 1) *
		        v->shape.dim[i];
	}
	out.rank = v->shape.rank <= EXPORT_RANK ? v->shape.rank : EXPORT_RANK;
	out.v = run_real(r, value);
	return write_numbers(o, &out, f);
}

static int say_no_tensor(struct analysis *a, const char *name, struct err *e)
{
	char asked[256], near[NEAREST_SAY];
	struct nearest q = { .asked = asked };
	const struct graph *g = analysis_model(a)->graph;
	int n;
	const struct layer *l = analysis_layers(a, &n);
	snprintf(asked, sizeof asked, "%.*s", (int)strcspn(name, ":"), name);
	for (int i = 0; i < n; i++)
		nearest_try(&q, l[i].name);
	for (int i = 0; i < g->n_value; i++)
		nearest_try(&q, g->value[i].name);
	return err_set(e, ERR_VALUE, "--npy '%s': no such tensor or layer%s", name,
	               q.best ? nearest_say(&q, near, sizeof near)
	                      : "; tsviz info lists the layers, --dump shapes the tensors");
}

static int write_output(const struct model *m, const real *graph, const struct options *o, FILE *f)
{
	real *own = xcalloc((size_t)m->outputs, sizeof *own);
	model_outputs_unpack(m, graph, own);
	struct export_numbers out = {
		.name = "output", .rank = 1, .dim = { m->outputs }, .axis = { "output" }, .v = own
	};
	if (output_has_axes(m)) {
		int t = !m->out_steps_first;
		out.rank = 2;
		out.dim[t] = m->out_steps;
		out.axis[t] = "step";
		out.dim[!t] = m->out_channels;
		out.axis[!t] = "output";
	}
	int bad = write_numbers(o, &out, f);
	free(own);
	return bad;
}

int tensor_write(struct analysis *a, const struct loaded *l, const struct options *o, FILE *f, struct err *e)
{
	int value = graph_find(l->model->graph, o->npy), bad;
	struct export_numbers out;
	if (!strcmp(o->npy, "input")) {
		out = map_of(l, "input", analysis_input(a));
	} else if (!strcmp(o->npy, "saliency")) {
		out = map_of(l, "saliency", analysis_saliency(a, -1, 0));
	} else if (!strcmp(o->npy, "output")) {
		return write_output(l->model, analysis_output(a), o, f);
	} else {
		bad = write_layer(a, l, o, f, e);
		if (bad != NO_SUCH_LAYER)
			return bad;
		if (value >= 0)
			return write_value(a, value, o, f, e);
		return say_no_tensor(a, o->npy, e);
	}
	return write_numbers(o, &out, f);
}
