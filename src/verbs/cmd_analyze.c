/* analyze: all that tsviz knows about one window, as JSON (schema 1) or, on a terminal, as a summary. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "src/answer/analyze_cost.h"
#include "src/answer/analyze_writer.h"
#include "src/verbs/cmd.h"
#include "src/kept/kept_truths.h"
#include "src/job/analysis_json.h"

static real *copy(const real *v, int64_t n)
{
	if (!v)
		return NULL;
	real *p = xcalloc((size_t)n, sizeof *p);
	memcpy(p, v, (size_t)n * sizeof *p);
	return p;
}

/* ---- targets ---- */

static void targets_choose(struct writer *w)
{
	w->target[w->n_target++] = (struct target){ .kind = TARGET_SUM };
	if (target_has_class(w->l->q.task))
		w->target[w->n_target++] = (struct target){ .kind = TARGET_CLASS };
	struct target t = w->l->q.target;
	bool known = false;
	for (int i = 0; i < w->n_target; i++)
		known |= w->target[i].kind == t.kind;
	if (!known)
		w->target[w->n_target++] = t;
}

static bool target_is_own(const struct writer *w, int k)
{
	return w->target[k].kind == w->l->q.target.kind;
}

static void ask_target(struct writer *w, struct target t)
{
	struct question q = *analysis_question(w->a);
	q.target = t;
	analysis_ask(w->a, &q);
}

/* ---- blocks of layers ---- */

static void block_gradients(struct writer *w, int k)
{
	for (int i = w->block_first; i < w->block_end; i++)
		if (w->chosen[i])
			w->grad[k][i] = copy(analysis_gradient(w->a, i), w->layer[i].filters * w->layer[i].times);
}

static void block_choose(struct writer *w, int first)
{
	int64_t n = 0, maps = w->o->no_saliency ? 0 : w->l->model->T * w->l->model->C;
	w->block_first = w->block_end = first;
	for (; w->block_end < w->n_layer; w->block_end++) {
		const struct layer *l = &w->layer[w->block_end];
		int64_t more = w->chosen[w->block_end] ? l->filters * (l->times * (w->n_target + 1) + maps) : 0;
		if (n && n + more > BLOCK)
			break;
		n += more;
	}
}

void analyze_block_maps(struct writer *w)
{
	bool *want = xcalloc((size_t)w->n_layer, sizeof *want);
	for (int i = w->block_first; i < w->block_end; i++)
		want[i] = w->chosen[i];
	if (!w->o->no_saliency)
		analysis_saliency_layers(w->a, want);
	free(want);
}

/* Goes on to the next block of layers: their gradients by all targets, and their maps, are in memory behind it. */
static void block_next(struct writer *w)
{
	for (int i = w->block_first; i < w->block_end; i++) {
		for (int k = 0; k < w->n_target; k++)
			if (w->grad[k]) {
				free(w->grad[k][i]);
				w->grad[k][i] = NULL;
			}
		analysis_drop_maps(w->a, i);
	}
	block_choose(w, w->block_end);
	for (int k = 0; k < w->n_target; k++)
		if (!target_is_own(w, k)) {
			ask_target(w, w->target[k]);
			block_gradients(w, k);
		}
	ask_target(w, w->l->q.target);
	analyze_block_maps(w);
}

void analyze_layers(struct writer *w, void (*write)(struct writer *w, int layer))
{
	json_key(&w->j, "layers"), json_array(&w->j);
	for (int i = 0; i < w->n_layer; i++) {
		progress_say(&w->progress, i, w->n_layer, w->layer[i].name);
		if (i >= w->block_end)
			block_next(w);
		if (w->chosen[i])
			write(w, i);
	}
	progress_end(&w->progress);
	json_end_array(&w->j);
}

static void target_compute(struct writer *w, int k)
{
	const struct model *m = w->l->model;
	size_t n = (size_t)w->n_layer;
	ask_target(w, w->target[k]);
	w->value[k] = analysis_target_value(w->a);
	if (target_is_own(w, k))
		return;
	w->grad[k] = xcalloc(n, sizeof *w->grad[k]);
	w->raw[k] = xcalloc(n, sizeof *w->raw[k]);
	w->scaled[k] = xcalloc(n, sizeof *w->scaled[k]);
	w->input_grad[k] = copy(analysis_input_gradient(w->a), m->T * m->C);
	block_gradients(w, k);
	for (int i = 0; i < w->n_layer; i++) {
		if (!w->chosen[i])
			continue;
		const struct layer *l = &w->layer[i];
		const struct layer_importance *q = analysis_importance(w->a, i);
		w->raw[k][i] = copy(q->raw, l->filters);
		w->scaled[k][i] = copy(q->scaled, l->filters);
	}
}

static void writer_release(struct writer *w)
{
	for (int k = 0; k < w->n_target; k++) {
		for (int i = 0; w->grad[k] && i < w->n_layer; i++) {
			free(w->grad[k][i]);
			free(w->raw[k][i]);
			free(w->scaled[k][i]);
		}
		free(w->grad[k]), free(w->raw[k]), free(w->scaled[k]), free(w->input_grad[k]);
	}
	free(w->chosen);
	analysis_free(w->a);
	analysis_free(w->other);
}

/* ---- JSON ---- */

static const char *target_key(const struct writer *w, int k, char *buf, size_t size)
{
	target_format(&w->target[k], w->l->model, buf, size);
	return buf;
}

static void raw_scaled_json(struct json *j, const real *raw, const real *scaled, int64_t n)
{
	if (!raw) {
		json_null(j);
		return;
	}
	json_object(j);
	reals_json(j, "raw", raw, n);
	reals_json(j, "scaled", scaled, n);
	json_end_object(j);
}

/* How the maps of a layer came about: per filter, where the method has it. */
static void notes_json(struct writer *w, int i)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	int64_t F = w->layer[i].filters;
	double *share = xcalloc((size_t)m->C, sizeof *share);
	json_newline(j);
	json_key(j, "channels"), json_array(j);
	for (int64_t f = 0; f < F; f++) {
		saliency_channels(analysis_saliency(w->a, i, f), m->T, m->C, share);
		for (int64_t c = 0; c < m->C; c++)
			json_number(j, share[c]);
	}
	json_end_array(j);
	free(share);
	if (!analysis_saliency_note(w->a, i, 0)->steps && isnan(analysis_saliency_note(w->a, i, 0)->residual))
		return;
	json_key(j, "steps"), json_array(j);
	for (int64_t f = 0; f < F; f++)
		json_int(j, analysis_saliency_note(w->a, i, f)->steps);
	json_end_array(j);
	json_key(j, "residual"), json_array(j);
	for (int64_t f = 0; f < F; f++)
		json_number(j, analysis_saliency_note(w->a, i, f)->residual);
	json_end_array(j);
}

static void saliency_json(struct writer *w, int i)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	const struct layer *l = &w->layer[i];
	const real *const *map = analysis_saliency_layer(w->a, i);
	int64_t n = m->T * m->C;
	real *scaled = xcalloc((size_t)n, sizeof *scaled);
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	shape_json(j, 3, (int64_t[]){ l->filters, m->T, m->C });
	for (int pass = 0; pass < 2; pass++) {
		json_newline(j);
		json_key(j, pass ? "scaled" : "raw"), json_array(j);
		for (int64_t f = 0; f < l->filters; f++) {
			if (pass)
				map_scaled(map[f], n, scaled);
			for (int64_t k = 0; k < n; k++)
				json_number(j, (double)(pass ? scaled : map[f])[k]);
		}
		json_end_array(j);
	}
	notes_json(w, i);
	json_end_object(j);
	free(scaled);
}

static void layer_json(struct writer *w, int i)
{
	struct json *j = &w->j;
	const struct layer *l = &w->layer[i];
	int64_t n = l->filters * l->times;
	char key[TARGET_TEXT];
	json_newline(j);
	json_object(j);
	json_key(j, "name"), json_string(j, l->name);
	json_key(j, "type"), json_string(j, l->type);
	json_key(j, "tensor"), json_string(j, l->tensor);
	shape_json(j, l->has_time ? 2 : 1, (int64_t[]){ l->filters, l->times });
	json_newline(j);
	reals_json(j, "act", analysis_activation(w->a, i), n);
	json_newline(j);
	json_key(j, "grad"), json_object(j);
	for (int k = 0; k < w->n_target; k++)
		reals_json(j, target_key(w, k, key, sizeof key),
		           w->grad[k] ? w->grad[k][i] : analysis_gradient(w->a, i), n);
	json_end_object(j);
	json_newline(j);
	reals_json(j, "dloss", analysis_loss_gradient(w->a, i), n);
	json_newline(j);
	json_key(j, "importance"), json_object(j);
	for (int k = 0; k < w->n_target; k++) {
		json_key(j, target_key(w, k, key, sizeof key));
		if (w->grad[k])
			raw_scaled_json(j, w->raw[k][i], w->scaled[k][i], l->filters);
		else
			raw_scaled_json(j, analysis_importance(w->a, i)->raw, analysis_importance(w->a, i)->scaled,
			                l->filters);
	}
	json_end_object(j);
	json_newline(j);
	const struct layer_importance *q = analysis_loss_influence(w->a, i);
	json_key(j, "loss_influence");
	raw_scaled_json(j, q->raw, q->scaled, l->filters);
	if (!w->o->no_saliency)
		saliency_json(w, i);
	clusters_json(j, w->a, i);
	json_end_object(j);
}

static void window_json(struct writer *w)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	json_key(j, "schema"), json_int(j, 1);
	json_newline(j);
	json_key(j, "model"), json_string(j, m->file);
	json_newline(j);
	json_key(j, "task"), json_string(j, task_names[w->l->q.task]);
	json_newline(j);
	json_key(j, "window"), json_object(j);
	json_key(j, "set"), json_string(j, load_set(w->l));
	json_key(j, "index"), json_int(j, w->index);
	if (w->l->has_data && w->l->data.n_group)
		json_key(j, "group"), json_string(j, dataset_group_name(&w->l->data, w->index));
	json_end_object(j);
	json_newline(j);
	json_key(j, "input"), json_object(j);
	shape_json(j, 2, (int64_t[]){ m->T, m->C });
	reals_json(j, "data", analysis_input(w->a), m->T * m->C);
	json_end_object(j);
}

static void answer_json(struct writer *w, const struct truth *truth)
{
	struct json *j = &w->j;
	const struct model *m = w->l->model;
	int predicted = analysis_class(w->a);
	json_newline(j);
	if (output_has_axes(m)) {
		json_key(j, "output_axes"), output_axes_json(j, m);
		json_newline(j);
	}
	json_key(j, "y");
	if (truth->y || truth->cls < 0)
		outputs_json(j, m, truth->y, 1);
	else
		json_int(j, truth->cls);
	json_newline(j);
	json_key(j, "output"), outputs_json(j, m, analysis_output(w->a), 1);
	json_newline(j);
	json_key(j, "logits"), outputs_json(j, m, analysis_logits(w->a), 1);
	json_newline(j);
	if (w->l->q.task == TASK_SEGMENTATION) {
		json_key(j, "class"), json_array(j);
		for (int64_t t = 0; t < m->out_steps; t++)
			json_int(j, model_step_class(m, analysis_output(w->a), t));
		json_end_array(j);
		return;
	}
	json_key(j, "class");
	if (predicted < 0)
		json_null(j);
	else
		json_int(j, predicted);
}

static void derived_json(struct writer *w)
{
	struct json *j = &w->j;
	int64_t n = w->l->model->T * w->l->model->C;
	enum loss_kind kind;
	double value;
	char key[TARGET_TEXT];
	json_newline(j);
	json_key(j, "targets"), json_object(j);
	for (int k = 0; k < w->n_target; k++)
		json_key(j, target_key(w, k, key, sizeof key)), json_number(j, w->value[k]);
	json_end_object(j);
	json_newline(j);
	json_key(j, "loss");
	if (analysis_loss(w->a, &kind, &value)) {
		json_object(j);
		json_key(j, "kind"), json_string(j, loss_name(kind));
		json_key(j, "value"), json_number(j, value);
		json_end_object(j);
	} else {
		json_null(j);
	}
	const struct kinks *q = analysis_kinks(w->a);
	json_newline(j);
	json_key(j, "kinks"), json_object(j);
	json_key(j, "relu_min_abs"), json_number(j, q->relu_min_abs);
	json_key(j, "maxpool_min_gap"), json_number(j, q->maxpool_min_gap);
	json_key(j, "maxpool_nonzero_ties"), json_int(j, q->maxpool_nonzero_ties);
	json_end_object(j);
	real *scaled = xcalloc((size_t)n, sizeof *scaled);
	json_newline(j);
	json_key(j, "output_saliency"), json_object(j);
	for (int k = 0; k < w->n_target; k++) {
		const real *g = w->grad[k] ? w->input_grad[k] : analysis_input_gradient(w->a);
		json_key(j, target_key(w, k, key, sizeof key));
		if (!g) {
			json_null(j);
			continue;
		}
		for (int64_t i = 0; i < n; i++)
			scaled[i] = (real)fabs((double)g[i]);
		minmax(scaled, n, scaled);
		json_object(j);
		reals_json(j, "grad", g, n);
		reals_json(j, "scaled", scaled, n);
		json_end_object(j);
	}
	json_end_object(j);
	free(scaled);
	json_newline(j);
	reals_json(j, "loss_gradient", analysis_input_loss_gradient(w->a), n);
}

static void write_json(struct writer *w, const struct truth *truth, FILE *f)
{
	struct json *j = &w->j;
	json_init(j, f);
	json_object(j);
	window_json(w);
	answer_json(w, truth);
	derived_json(w);
	json_newline(j);
	json_key(j, "importance_measure"), json_string(j, importance_measures[w->l->q.measure].name);
	json_key(j, "saliency_method"), json_string(j, saliency_methods[w->l->q.method].name);
	if (!w->o->no_saliency)
		method_json(&w->j, w->a, -1, 0);
	analyze_block_maps(w);
	if (w->o->off) {
		json_newline(j);
		json_key(j, "off"), json_string(j, w->o->off);
	}
	if (w->other) {
		json_newline(j);
		json_key(j, "compare");
		variant_json(j, w->other, w->a, w->other_window);
	}
	json_newline(j);
	analyze_layers(w, layer_json);
	json_end_object(j);
	fputc('\n', f);
}

/* ---- text ---- */

/* "saliency integrated gradients of sum, baseline zero, 64 steps, residual 0.3 %: traffic 71 %, diff 29 %; most at
 * steps 49 47 48" */
static void method_text(struct writer *w, FILE *f)
{
	const struct model *m = w->l->model;
	const struct saliency_method *q = &saliency_methods[w->l->q.method];
	const real *map = analysis_saliency(w->a, -1, 0);
	const struct saliency_note *note = analysis_saliency_note(w->a, -1, 0);
	double *share = xcalloc((size_t)m->C, sizeof *share);
	fprintf(f, "saliency %s", q->label);
	if (q->baseline && w->l->q.baseline == BASELINE_WINDOW)
		fprintf(f, ", baseline window %lld", (long long)w->l->q.baseline_window);
	else if (q->baseline)
		fprintf(f, ", baseline %s", baseline_names[w->l->q.baseline]);
	if (q->hides && w->l->q.series)
		fprintf(f, ", points series");
	if (q->random)
		fprintf(f, ", seed %llu", (unsigned long long)w->l->q.seed);
	if (note->steps)
		fprintf(f, ", %lld steps", (long long)note->steps);
	if (!isnan(note->residual))
		fprintf(f, ", residual %.2g %%", 100 * note->residual);
	if (note->at >= 0)
		fprintf(f, ", layer %s", w->layer[note->at].name);
	saliency_channels(map, m->T, m->C, share);
	for (int64_t c = 0; c < m->C && c < 16; c++) {
		const char *name = w->l->data.channel ? w->l->data.channel[c] : NULL;
		fprintf(f, "%s%s%s%.0f %%", c ? ", " : ": ", name ? name : "", name ? " " : "", 100 * share[c]);
	}
	fputc('\n', f);
	free(share);
}

static void write_text(struct writer *w, FILE *f)
{
	const struct model *m = w->l->model;
	char key[TARGET_TEXT];
	enum loss_kind kind;
	double value;
	struct target t = w->l->q.target;
	target_format(&t, m, key, sizeof key);
	fprintf(f, "%s, window %lld\noutput", m->file, (long long)w->index);
	for (int64_t i = 0; i < m->outputs && i < 24; i++)
		fprintf(f, " %.6g", (double)analysis_output(w->a)[model_output_at(m, i)]);
	fprintf(f, "%s; target %s", m->outputs > 24 ? " ..." : "", key);
	if (analysis_loss(w->a, &kind, &value))
		fprintf(f, "; %s %.6g", loss_name(kind), value);
	fputc('\n', f);
	if (!w->o->no_saliency)
		method_text(w, f);
	fprintf(f, "\n%-28s %12s  most important filters (%s)\n", "layer", "silent",
	        importance_measures[w->l->q.measure].name);
	for (int i = 0; i < w->n_layer; i++) {
		if (!w->chosen[i])
			continue;
		const struct layer *l = &w->layer[i];
		int64_t dead = 0;
		for (int64_t q = 0; q < l->filters; q++)
			dead += analysis_silent(w->a, i, q);
		const struct layer_importance *q = analysis_importance(w->a, i);
		fprintf(f, "%-28s %5lld of %3lld ", l->name, (long long)dead, (long long)l->filters);
		for (int r = 0; q->raw && r < l->filters && r < 5; r++)
			fprintf(f, "  #%d %.4g", q->order[r], (double)q->raw[q->order[r]]);
		fprintf(f, "\n");
	}
	if (w->other)
		variant_text(f, w->other, w->a, w->other_window);
	fprintf(f, "\n--json, -o FILE or a pipe: everything\n");
}

/* ---- the verb ---- */

static int layers_choose(struct writer *w, struct err *e)
{
	const char *s = w->o->layers;
	w->chosen = xcalloc((size_t)w->n_layer + 1, sizeof *w->chosen);
	for (int i = 0; i < w->n_layer && !s; i++)
		w->chosen[i] = w->layer[i].kind == LAYER_ANALYSED;
	while (s && *s) {
		size_t n = strcspn(s, ",");
		int at = -1;
		for (int i = 0; i < w->n_layer; i++)
			if (w->layer[i].kind == LAYER_ANALYSED && strlen(w->layer[i].name) == n &&
			    !memcmp(w->layer[i].name, s, n))
				at = i;
		if (at < 0)
			return say_no_layer(w->a, "--layers", s, n, e);
		w->chosen[at] = true;
		s += n + (s[n] == ',');
	}
	return 0;
}

static int analyze(struct writer *w, FILE *f, bool text, struct err *e)
{
	const struct loaded *l = w->l;
	real *y = xcalloc((size_t)l->model->outputs, sizeof *y);
	struct truth truth = load_truth(l, w->index, y);
	struct question q = { 0 };
	question_copy(&q, &l->q);
	q.window = w->index;
	int bad = w->o->off ? variant_switch(&q.off, w->a, "--off", w->o->off, e) : 0;
	if (!bad) {
		analysis_data(w->a, &l->data);
		analysis_truth(w->a, load_by_hand(l));
		analysis_ask(w->a, &q);
	}
	if (!bad && w->o->npy) {
		bad = tensor_write(w->a, l, w->o, f, e);
	} else if (!bad && w->o->compare && !(w->other = variant_other(w->a, l, w->o, &w->other_window, e))) {
		bad = ERR_VALUE;
	} else if (!bad) {
		targets_choose(w);
		block_choose(w, 0);
		progress_init(&w->progress, w->o->out || !isatty(STDOUT_FILENO));
		if (!text)
			bad = cost_check(w->a, l, w->o, w->chosen, w->n_target, e);
		for (int k = 0; k < w->n_target && !bad; k++)
			target_compute(w, k);
		ask_target(w, l->q.target);
		if (text)
			write_text(w, f);
		else if (!bad && w->o->schema_version == 2)
			bad = analyze_json(w, &truth, f, e);
		else if (!bad)
			write_json(w, &truth, f);
	}
	question_release(&q);
	free(y);
	return bad;
}

int cmd_analyze(struct options *o, struct err *e)
{
	struct loaded l;
	struct output out;
	if (o->all)
		return cmd_all(o, e);
	if (o->schema_version && o->npy)
		return err_set(e, ERR_VALUE,
		               "--schema-version is for JSON, which --npy does not write; leave one of them out"),
		       2;
	struct writer w = { .l = &l, .o = o };
	int bad = load(&l, o, 0, e);
	bad = bad ? bad : kept_truth_method(&l, o, e);
	if (!bad)
		bad = load_index(&l, o, &w.index, e);
	if (!bad) {
		w.a = o->nodes ? analysis_new_nodes(l.model) : analysis_new(l.model);
		w.layer = analysis_layers(w.a, &w.n_layer);
		bad = layers_choose(&w, e);
	}
	if (!bad && !(bad = output_open(&out, o, e))) {
		bad = analyze(&w, out.f, !o->json && !out.to_file && isatty(1), e);
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
	}
	writer_release(&w);
	loaded_release(&l);
	return bad ? 1 : 0;
}
