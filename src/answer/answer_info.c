/* info: the architecture, what is known of the model, and how the data are read. */
#include <stdlib.h>
#include "core/kernels/op_window.h"
#include "core/model/describe.h"
#include "src/answer/answer.h"
#include "src/json/tensor_json.h"

static void ports(struct json *j, const struct model *m)
{
	json_key(j, "ports"), json_array(j);
	for (int i = 0; i < m->n_port; i++) {
		json_object(j);
		json_put_string(j, "kind", m->port[i].output ? "output" : "input");
		json_put_string(j, "name", m->port[i].name);
		json_put_string(j, "shape_text", m->port[i].shape);
		json_put_string(j, "use", m->port[i].use);
		json_end_object(j);
	}
	json_end_array(j);
}

static void facts(struct json *j, const struct model_facts *f)
{
	json_key(j, "facts"), json_array(j);
	for (int i = 0; i < f->n; i++) {
		json_object(j);
		json_put_string(j, "name", f->v[i].name);
		json_put_string(j, "text", f->v[i].value);
		json_end_object(j);
	}
	json_end_array(j);
}

/* The spread of one weight and its histogram. */
static void weight(struct json *j, const struct value *v)
{
	static const char none[] = "no element is a finite number";
	int64_t bins = TENSOR_BINS;
	struct tensor_figures q;
	tensor_figures(v->r, shape_count(&v->shape), &q);
	json_object(j);
	json_put_string(j, "name", v->name);
	json_key(j, "shape"), json_array(j);
	for (int k = 0; k < v->shape.rank; k++)
		json_int(j, v->shape.dim[k]);
	json_end_array(j);
	json_put_figure(j, "min", q.min, none);
	json_put_figure(j, "max", q.max, none);
	json_put_figure(j, "mean", q.mean, none);
	json_put_figure(j, "deviation", q.sd, none);
	json_put_int(j, "zeros", q.zeros);
	json_put_int(j, "not_finite", q.nan + q.infinite);
	json_put_whole(j, "histogram", "bin", &bins, q.bin);
	json_end_object(j);
}

static void weights(struct json *j, const struct model *m, int layer)
{
	int n, *w = layer_weights(m, layer, &n);
	json_key(j, "weights"), json_array(j);
	for (int i = 0; i < n; i++)
		weight(j, &m->graph->value[w[i]]);
	json_end_array(j);
	free(w);
}

/* The geometry of the first node of the layer that slides over time. */
static void geometry(struct json *j, const struct model *m, const struct layer *l)
{
	for (int i = l->first_node; l->act >= 0 && i < l->end_node; i++) {
		const struct node *n = &m->graph->node[i];
		const struct window *w = n->op->window ? n->op->window(n) : NULL;
		if (!w || w->taps_across > 1)
			continue;
		json_put_int(j, "kernel", w->k);
		json_put_int(j, "stride", w->stride);
		json_put_int(j, "dilation", w->dilation);
		return;
	}
}

static void layer(struct json *j, const struct model *m, int i)
{
	const struct layer *l = &m->layer[i];
	json_newline(j);
	json_object(j);
	json_put_string(j, "name", l->name);
	json_put_string(j, "type", l->type);
	json_put_string(j, "detail", l->detail);
	json_put_string(j, "activation_function", l->activation);
	json_key(j, "shape"), json_array(j), json_int(j, l->filters);
	if (l->has_time)
		json_int(j, l->times);
	json_end_array(j);
	json_key(j, "axes"), json_array(j), json_string(j, "filter");
	if (l->has_time)
		json_string(j, "time");
	json_end_array(j);
	geometry(j, m, l);
	json_put_int(j, "parameters", l->params);
	json_put_int(j, "multiply_adds", l->macs);
	if (l->receptive > 0)
		json_put_int(j, "receptive", l->receptive);
	else
		json_put_none(j, "receptive", "it is not known for this layer");
	json_put_bool(j, "analysed", l->kind == LAYER_ANALYSED);
	json_key(j, "reads"), json_array(j);
	for (int k = 0; k < l->n_in; k++)
		json_string(j, m->layer[l->in[k]].name);
	json_end_array(j);
	facts(j, &l->facts);
	weights(j, m, i);
	json_end_object(j);
}

void answer_layers_json(struct json *j, const struct model *m)
{
	json_newline(j);
	json_key(j, "layers"), json_array(j);
	for (int i = 0; i < m->n_layer; i++)
		layer(j, m, i);
	json_end_array(j);
}

static void data(struct json *j, const struct loaded *l)
{
	const struct dataset *d = &l->data;
	int n_class = d->has_labels ? d->n_class : 0;
	json_newline(j);
	json_key(j, "read"), json_object(j);
	json_put_string(j, "format", l->read->format);
	json_put_int(j, "windows", d->n);
	json_put_int(j, "windows_with_truth", d->n_target);
	if (d->n_group)
		json_put_int(j, "groups", d->n_group);
	json_put_int(j, "steps", d->T);
	json_key(j, "channels"), json_array(j);
	for (int64_t c = 0; c < d->C; c++)
		json_string(j, d->channel[c]);
	json_end_array(j);
	int64_t *count = xcalloc((size_t)n_class + 1, sizeof *count), dim = n_class;
	for (int64_t i = 0; n_class && i < d->n; i++) {
		int cls = dataset_class(d, i);
		if (cls >= 0 && cls < n_class)
			count[cls]++;
	}
	json_put_whole(j, "class_windows", "class", &dim, count);
	free(count);
	json_key(j, "understood"), json_array(j);
	for (const struct understood *u = d->understood; u; u = u->next) {
		json_object(j);
		json_put_string(j, "what", u->what);
		json_put_string(j, "text", u->text);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void totals(struct json *j, const struct loaded *l)
{
	const struct model *m = l->model;
	json_put_int(j, "parameters", m->params);
	json_put_int(j, "fixed_parameters", model_fixed_params(m));
	if (m->n_unsupported) {
		json_put_none(j, "task", m->unsupported);
		json_put_none(j, "multiply_adds", m->unsupported);
	} else {
		json_put_string(j, "task", task_names[l->q.task]);
		json_put_int(j, "multiply_adds", graph_macs(m->graph));
	}
	struct tensor_figures odd;
	model_odd_weights(m, &odd);
	json_put_int(j, "not_finite_weights", odd.nan + odd.infinite);
	json_put_int(j, "huge_weights", odd.huge);
	json_put_int(j, "denormal_weights", odd.denormal);
	json_newline(j);
	facts(j, &m->facts);
	if (m->history.n) {
		int64_t n = m->history.n;
		json_newline(j);
		json_key(j, "history"), json_object(j);
		json_put_figures(j, "loss_curve", "epoch", &n, m->history.loss);
		json_put_figures(j, "validation_loss_curve", "epoch", &n, m->history.val_loss);
		json_put_int(j, "best_epoch", m->history.best);
		json_end_object(j);
	}
}

static void input_output(struct json *j, const struct loaded *l)
{
	const struct model *m = l->model;
	json_put_string(j, "format", m->format);
	json_key(j, "input_format"), json_object(j);
	json_put_int(j, "steps", m->T);
	json_put_int(j, "channel_count", m->C);
	json_put_string(j, "layout", m->layout);
	if (m->layout_how)
		json_put_string(j, "layout_how", m->layout_how);
	json_end_object(j);
	ports(j, m);
	json_put_int(j, "outputs", m->outputs);
	json_key(j, "output_format"), json_object(j);
	answer_output_shape(j, l);
	json_end_object(j);
	int n = l->has_data && l->data.has_labels ? l->data.n_class : m->n_class_name;
	answer_classes(j, l, n);
	json_newline(j);
}

int answer_info(const struct loaded *l, FILE *f, struct err *e)
{
	const struct model *m = l->model;
	struct json json, *j = &json;
	int bad = answer_begin(j, l, "info", f, e);
	if (bad)
		return bad;
	input_output(j, l);
	totals(j, l);
	answer_layers_json(j, m);
	if (l->recipe_from)
		json_put_string(j, "recipe_from", l->recipe_from);
	answer_scaler(j, l);
	if (l->has_data)
		data(j, l);
	json_end(j);
	return 0;
}
