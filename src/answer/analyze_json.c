/* analyze in JSON of schema 2: one window, every array with the names of its axes. */
#include <math.h>
#include <stdlib.h>
#include "core/analysis/compare.h"
#include "src/answer/analyze_writer.h"
#include "src/answer/answer.h"
#include "src/job/analysis_json.h"
#include "src/json/tensor_json.h"

static const char no_dependence[] = "the target does not depend on this layer";
static const char no_number[] = "it is not a finite number";

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
		json_put_string(j, "group_name", dataset_group_name(d, w->index));
	json_key(j, "channels"), json_array(j);
	for (int64_t c = 0; c < d->C; c++)
		json_string(j, d->channel[c]);
	json_end_array(j);
	json_put_reals(j, "input", "time channel", (int64_t[]){ m->T, m->C }, analysis_input(w->a));
	json_newline(j);
	if (w->l->q.task == TASK_CLASSIFICATION || w->l->q.task == TASK_SEGMENTATION)
		answer_classes(j, w->l, answer_class_count(w->l));
	answer_output_names(j, w->l);
	answer_real_outputs(j, "output", w->l, analysis_output(w->a));
	if (analysis_logits(w->a))
		answer_real_outputs(j, "logits", w->l, analysis_logits(w->a));
	else
		json_put_none(j, "logits", "the network does not end in a softmax or a sigmoid");
	if (truth->y)
		answer_real_outputs(j, "y", w->l, truth->y);
	else
		json_put_none(j, "y", answer_no_y(w->l, truth->cls));
	if (w->l->q.task == TASK_SEGMENTATION) {
		json_tensor(j, "step_class", "time", &m->out_steps);
		for (int64_t t = 0; t < m->out_steps; t++)
			json_int(j, model_step_class(m, analysis_output(w->a), t));
		json_end_tensor(j);
	} else if (cls >= 0) {
		json_put_int(j, "class", cls);
		json_put_string(j, "class_name", answer_class(w->l, cls, name, sizeof name));
		answer_probabilities(j, m, analysis_output(w->a));
	}
	if (truth->cls >= 0) {
		json_put_int(j, "true_class", truth->cls);
		json_put_string(j, "true_class_name", answer_class(w->l, truth->cls, name, sizeof name));
	} else if (w->l->q.task == TASK_CLASSIFICATION) {
		json_put_none(j, "true_class", "the data have no class of the window");
	}
	json_newline(j);
}

static const char *target_name(const struct writer *w, int k, char *buf, size_t size)
{
	target_format(&w->target[k], w->l->model, buf, size);
	return buf;
}

/* A gradient and its size, min-max scaled. */
static void input_gradient(struct json *j, const struct model *m, const real *g)
{
	static const char why[] = "the target does not depend on the input";
	const int64_t dim[] = { m->T, m->C };
	real *scaled = g ? xcalloc((size_t)(m->T * m->C), sizeof *scaled) : NULL;
	if (g)
		map_scaled(g, m->T * m->C, scaled);
	reals(j, "input_gradient", "time channel", dim, g, why);
	reals(j, "input_gradient_scaled", "time channel", dim, scaled, why);
	free(scaled);
}

static void targets(struct writer *w)
{
	struct json *j = &w->j;
	char name[TARGET_TEXT];
	json_key(j, "targets"), json_array(j);
	for (int k = 0; k < w->n_target; k++) {
		json_object(j);
		json_put_string(j, "target", target_name(w, k, name, sizeof name));
		json_put_figure(j, "value", w->value[k], no_number);
		input_gradient(j, w->l->model, w->grad[k] ? w->input_grad[k] : analysis_input_gradient(w->a));
		json_end_object(j);
	}
	json_end_array(j);
	json_newline(j);
}

static void loss(struct writer *w)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	enum loss_kind kind;
	double value;
	if (analysis_loss(w->a, &kind, &value)) {
		json_put_string(j, "loss_function", loss_name(kind));
		json_put_figure(j, "loss", value, no_number);
	} else {
		json_put_none(j, "loss", "the window has no true value");
	}
	reals(j, "loss_gradient", "time channel", (int64_t[]){ m->T, m->C }, analysis_input_loss_gradient(w->a),
	      "there is no loss");
	json_newline(j);
}

static void kinks(struct writer *w)
{
	struct json *j = &w->j;
	const struct kinks *q = analysis_kinks(w->a);
	json_key(j, "kinks"), json_object(j);
	json_put_figure(j, "relu_min_abs", q->relu_min_abs, "there is no relu whose input is not 0");
	json_put_figure(j, "maxpool_min_gap", q->maxpool_min_gap, "no pooling window has two different elements");
	json_put_int(j, "maxpool_nonzero_ties", q->maxpool_nonzero_ties);
	json_end_object(j);
	json_newline(j);
}

/* ---- layers ---- */

static void layer_targets(struct writer *w, int i, const char *axes, const int64_t *dim)
{
	struct json *j = &w->j;
	char name[TARGET_TEXT];
	json_key(j, "targets"), json_array(j);
	for (int k = 0; k < w->n_target; k++) {
		const struct layer_importance *own = analysis_importance(w->a, i);
		bool kept = w->grad[k] != NULL;
		json_object(j);
		json_put_string(j, "target", target_name(w, k, name, sizeof name));
		reals(j, "gradient", axes, dim, kept ? w->grad[k][i] : analysis_gradient(w->a, i), no_dependence);
		reals(j, "importance", "filter", dim, kept ? w->raw[k][i] : own->raw, no_dependence);
		reals(j, "importance_scaled", "filter", dim, kept ? w->scaled[k][i] : own->scaled, no_dependence);
		json_end_object(j);
	}
	json_end_array(j);
}

/* The channels of each filter's map, and how the maps came about where the method says so. */
static void layer_notes(struct writer *w, int i)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	int64_t F = w->layer[i].filters;
	double *share = xcalloc((size_t)m->C, sizeof *share);
	const struct saliency_note *first = analysis_saliency_note(w->a, i, 0);
	json_tensor(j, "channel_shares", "filter channel", (int64_t[]){ F, m->C });
	for (int64_t f = 0; f < F; f++) {
		saliency_channels(analysis_saliency(w->a, i, f), m->T, m->C, share);
		for (int64_t c = 0; c < m->C; c++)
			json_number(j, share[c]);
	}
	json_end_tensor(j);
	free(share);
	if (!first->steps && isnan(first->residual))
		return;
	json_tensor(j, "filter_steps", "filter", &F);
	for (int64_t f = 0; f < F; f++)
		json_int(j, analysis_saliency_note(w->a, i, f)->steps);
	json_end_tensor(j);
	json_tensor(j, "filter_residual", "filter", &F);
	for (int64_t f = 0; f < F; f++)
		json_number(j, analysis_saliency_note(w->a, i, f)->residual);
	json_end_tensor(j);
}

static void layer_maps(struct writer *w, int i)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	int64_t n = m->T * m->C, F = w->layer[i].filters;
	const int64_t dim[] = { F, m->T, m->C };
	const real *const *map = analysis_saliency_layer(w->a, i);
	real *scaled = xcalloc((size_t)n, sizeof *scaled);
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	for (int pass = 0; pass < 2; pass++) {
		json_tensor(j, pass ? "scaled" : "raw", "filter time channel", dim);
		for (int64_t f = 0; f < F; f++) {
			if (pass)
				map_scaled(map[f], n, scaled);
			for (int64_t k = 0; k < n; k++)
				json_number(j, (double)(pass ? scaled : map[f])[k]);
		}
		json_end_tensor(j);
		json_newline(j);
	}
	layer_notes(w, i);
	json_end_object(j);
	free(scaled);
}

static void layer(struct writer *w, int i)
{
	static const char no_loss[] = "there is no loss, or it does not depend on the layer";
	struct json *j = &w->j;
	const struct layer *l = &w->layer[i];
	const struct layer_importance *influence = analysis_loss_influence(w->a, i);
	const char *axes = l->has_time ? "filter time" : "filter";
	const int64_t dim[] = { l->filters, l->times };
	json_newline(j);
	json_object(j);
	json_put_string(j, "name", l->name);
	json_put_string(j, "type", l->type);
	json_put_string(j, "tensor", l->tensor);
	reals(j, "activation", axes, dim, analysis_activation(w->a, i), "there is no activation");
	layer_targets(w, i, axes, dim);
	reals(j, "loss_gradient", axes, dim, analysis_loss_gradient(w->a, i), no_loss);
	reals(j, "loss_influence", "filter", dim, influence->raw, no_loss);
	reals(j, "loss_influence_scaled", "filter", dim, influence->scaled, no_loss);
	if (!w->o->no_saliency)
		layer_maps(w, i);
	answer_clusters_json(&w->j, w->a, i);
	json_end_object(j);
}

/* ---- --compare ---- */

static void compared_layer(struct writer *w, int i)
{
	static const char why[] = "the target does not depend on the layer in both";
	struct json *j = &w->j;
	int64_t F = w->layer[i].filters;
	double *diff = xcalloc((size_t)F, sizeof *diff);
	int *moved = xcalloc((size_t)F, sizeof *moved);
	json_newline(j);
	json_object(j);
	json_put_string(j, "name", w->layer[i].name);
	if (compare_importance(w->other, w->a, i, diff, moved)) {
		json_put_figures(j, "importance_difference", "filter", &F, diff);
		json_tensor(j, "rose", "filter", &F);
		for (int64_t f = 0; f < F; f++)
			json_int(j, moved[f]);
		json_end_tensor(j);
	} else {
		json_put_none(j, "importance_difference", why);
		json_put_none(j, "rose", why);
	}
	json_end_object(j);
	free(diff);
	free(moved);
}

static void compared(struct writer *w)
{
	static const char no_loss[] = "a window without a true value has no loss";
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	struct comparison c;
	real *difference = xcalloc((size_t)(m->T * m->C), sizeof *difference);
	compare_outputs(w->other, w->a, &c);
	json_newline(j);
	json_key(j, "compare"), json_object(j);
	json_put_int(j, "window", w->other_window >= 0 ? w->other_window : w->index);
	json_put_int(j, "off_count", analysis_question(w->other)->off.n);
	answer_real_outputs(j, "output", w->l, analysis_output(w->other));
	json_put_figure(j, "target_here", c.target[1], no_number);
	json_put_figure(j, "target_there", c.target[0], no_number);
	json_put_figure(j, "loss_here", c.loss[1], no_loss);
	json_put_figure(j, "loss_there", c.loss[0], no_loss);
	double changed = compare_saliency(w->other, w->a, -1, 0, difference);
	json_put_figure(j, "saliency_changed", changed, "one of the two maps is 0 everywhere");
	json_put_reals(j, "saliency_difference", "time channel", (int64_t[]){ m->T, m->C }, difference);
	json_key(j, "layers"), json_array(j);
	for (int i = 0; i < w->n_layer; i++)
		if (w->layer[i].kind == LAYER_ANALYSED)
			compared_layer(w, i);
	json_end_array(j);
	json_end_object(j);
	free(difference);
}

int analyze_json(struct writer *w, const struct truth *truth, FILE *f, struct err *e)
{
	struct json *j = &w->j;
	int bad = answer_begin(j, w->l, "window", f, e);
	if (bad)
		return bad;
	head(w, truth);
	targets(w);
	loss(w);
	kinks(w);
	json_put_string(j, "importance_measure", importance_measures[w->l->q.measure].name);
	json_put_string(j, "saliency_method", saliency_methods[w->l->q.method].name);
	if (!w->o->no_saliency) {
		answer_map_json(&w->j, w->a, -1, 0);
		json_newline(&w->j);
	}
	analyze_block_maps(w);
	if (w->o->off)
		json_put_string(j, "off", w->o->off);
	if (w->other)
		compared(w);
	json_newline(j);
	analyze_layers(w, layer);
	json_end(j);
	return 0;
}
