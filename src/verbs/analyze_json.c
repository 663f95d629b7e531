/* analyze in JSON of schema 2: one window, every array with the names of its axes. */
#include <math.h>
#include <stdlib.h>
#include "src/answer/answer.h"
#include "src/job/analysis_json.h"
#include "src/json/tensor_json.h"
#include "src/verbs/analyze_writer.h"

static const char no_dependence[] = "the target does not depend on this layer";

/* A tensor, or null with the reason. */
static void reals(struct json *j, const char *key, const char *axes, const int64_t *dim, const real *v, const char *why)
{
	if (v)
		json_put_reals(j, key, axes, dim, v);
	else
		json_put_none(j, key, why);
}

static void head(struct writer *w, const struct truth *truth)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	const struct dataset *d = &w->l->data;
	const char *stamp = dataset_stamp(d, w->index, 0);
	char name[32];
	int cls = analysis_class(w->a);
	json_put_string(j, "task", task_names[w->l->q.task]);
	json_put_int(j, "window", w->index);
	json_put_int(j, "row", dataset_row(d, w->index));
	if (*stamp)
		json_put_string(j, "time", stamp);
	if (d->n_group)
		json_put_string(j, "group", dataset_group_name(d, w->index));
	json_key(j, "channels"), json_array(j);
	for (int64_t c = 0; c < d->C; c++)
		json_string(j, d->channel[c]);
	json_end_array(j);
	json_put_reals(j, "input", "time channel", (int64_t[]){ m->T, m->C }, analysis_input(w->a));
	json_newline(j);
	answer_real_outputs(j, "output", w->l, analysis_output(w->a));
	if (analysis_logits(w->a))
		answer_real_outputs(j, "logits", w->l, analysis_logits(w->a));
	else
		json_put_none(j, "logits", "the network does not end in a softmax or a sigmoid");
	if (truth->y)
		answer_real_outputs(j, "y", w->l, truth->y);
	else
		json_put_none(j, "y", "there is no true value for each output");
	if (w->l->q.task == TASK_SEGMENTATION) {
		json_tensor(j, "step_class", "time", &m->out_steps);
		for (int64_t t = 0; t < m->out_steps; t++)
			json_int(j, model_step_class(m, analysis_output(w->a), t));
		json_end_tensor(j);
	} else if (cls >= 0) {
		json_put_int(j, "class", cls);
		json_put_string(j, "class_name", answer_class(w->l, cls, name, sizeof name));
	}
	if (truth->cls >= 0) {
		json_put_int(j, "true_class", truth->cls);
		json_put_string(j, "true_class_name", answer_class(w->l, truth->cls, name, sizeof name));
	}
	json_newline(j);
}

static const char *target_name(const struct writer *w, int k, char *buf, size_t size)
{
	target_format(&w->target[k], w->l->model, buf, size);
	return buf;
}

static void targets(struct writer *w)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	const int64_t dim[] = { m->T, m->C };
	enum loss_kind kind;
	double value;
	char name[TARGET_TEXT];
	json_key(j, "targets"), json_array(j);
	for (int k = 0; k < w->n_target; k++) {
		json_object(j);
		json_put_string(j, "target", target_name(w, k, name, sizeof name));
		json_put_figure(j, "value", w->value[k], "it is not a finite number");
		reals(j, "input_gradient", "time channel", dim,
		      w->grad[k] ? w->input_grad[k] : analysis_input_gradient(w->a),
		      "the target does not depend on the input");
		json_end_object(j);
	}
	json_end_array(j);
	json_newline(j);
	if (analysis_loss(w->a, &kind, &value)) {
		json_key(j, "loss"), json_object(j);
		json_put_string(j, "kind", loss_name(kind));
		json_put_figure(j, "value", value, "it is not a finite number");
		json_end_object(j);
	} else {
		json_put_none(j, "loss", "the window has no true value");
	}
	reals(j, "loss_gradient", "time channel", dim, analysis_input_loss_gradient(w->a), "there is no loss");
	json_newline(j);
}

static void map(struct writer *w)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	const struct question *q = analysis_question(w->a);
	const struct saliency_method *method = &saliency_methods[q->method];
	const real *v = analysis_saliency(w->a, -1, 0); /* computes it, and with it the note */
	const struct saliency_note *note = analysis_saliency_note(w->a, -1, 0);
	json_key(j, "saliency"), json_object(j);
	json_put_string(j, "method", method->name);
	if (method->baseline)
		json_put_string(j, "baseline", baseline_names[q->baseline]);
	json_put_int(j, "steps", note->steps);
	json_put_figure(j, "residual", note->residual, "the method does not promise that its map adds up");
	json_put_reals(j, "raw", "time channel", (int64_t[]){ m->T, m->C }, v);
	json_end_object(j);
	json_newline(j);
}

static void layer_targets(struct writer *w, int i, const char *axes, const int64_t *dim)
{
	struct json *j = &w->j;
	char name[TARGET_TEXT];
	json_key(j, "targets"), json_array(j);
	for (int k = 0; k < w->n_target; k++) {
		const struct layer_importance *own = analysis_importance(w->a, i);
		json_object(j);
		json_put_string(j, "target", target_name(w, k, name, sizeof name));
		reals(j, "gradient", axes, dim, w->grad[k] ? w->grad[k][i] : analysis_gradient(w->a, i), no_dependence);
		reals(j, "importance", "filter", dim, w->grad[k] ? w->raw[k][i] : own->raw, no_dependence);
		json_end_object(j);
	}
	json_end_array(j);
}

static void layer(struct writer *w, int i)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	const struct layer *l = &w->layer[i];
	const struct layer_clusters *c = analysis_clusters(w->a, i);
	const char *axes = l->has_time ? "filter time" : "filter";
	const int64_t dim[] = { l->filters, l->times };
	json_newline(j);
	json_object(j);
	json_put_string(j, "name", l->name);
	json_put_string(j, "type", l->type);
	json_put_string(j, "tensor", l->tensor);
	reals(j, "activation", axes, dim, analysis_activation(w->a, i), "there is no activation");
	layer_targets(w, i, axes, dim);
	reals(j, "loss_gradient", axes, dim, analysis_loss_gradient(w->a, i),
	      "there is no loss, or it does not depend on it");
	reals(j, "loss_influence", "filter", dim, analysis_loss_influence(w->a, i)->raw,
	      "there is no loss, or it does not depend on it");
	if (!w->o->no_saliency) {
		const real *const *maps = analysis_saliency_layer(w->a, i);
		int64_t n = m->T * m->C;
		json_tensor(j, "saliency", "filter time channel", (int64_t[]){ l->filters, m->T, m->C });
		for (int64_t k = 0; k < l->filters * n; k++)
			json_number(j, (double)maps[k / n][k % n]);
		json_end_tensor(j);
	}
	if (c->k) {
		json_tensor(j, "cluster", "filter", dim);
		for (int64_t f = 0; f < l->filters; f++)
			json_int(j, c->label[f]);
		json_end_tensor(j);
	} else {
		json_put_none(j, "cluster", "the layer has no time axis, or too many filters");
	}
	json_end_object(j);
}

int analyze_json(struct writer *w, const struct truth *truth, FILE *f, struct err *e)
{
	struct json *j = &w->j;
	int bad = answer_begin(j, w->l, "window", f, e);
	if (bad)
		return bad;
	head(w, truth);
	targets(w);
	json_put_string(j, "importance_measure", importance_measures[w->l->q.measure].name);
	if (!w->o->no_saliency)
		map(w);
	analyze_block_maps(w);
	if (w->o->off)
		json_put_string(j, "off", w->o->off);
	json_key(j, "layers"), json_array(j);
	for (int i = 0; i < w->n_layer; i++) {
		progress_say(&w->progress, i, w->n_layer, w->layer[i].name);
		if (i >= w->block_end)
			analyze_block_next(w);
		if (w->chosen[i])
			layer(w, i);
	}
	progress_end(&w->progress);
	json_end_array(j);
	answer_end(j);
	return 0;
}
