/* analyze --all: errors, outputs and every filter's importance over all windows. */
#include "src/answer/answer.h"
#include "src/json/tensor_json.h"

static void places(struct json *j, const struct dataset *d, int64_t n)
{
	json_tensor(j, "window_rows", "window", &n);
	for (int64_t i = 0; i < n; i++)
		json_int(j, dataset_row(d, i));
	json_end_tensor(j);
	json_newline(j);
	if (n && *dataset_stamp(d, 0, 0)) {
		json_key(j, "window_times"), json_array(j);
		for (int64_t i = 0; i < n; i++)
			json_string(j, dataset_stamp(d, i, 0));
		json_end_array(j);
	}
	if (d->n_group) {
		json_key(j, "window_groups"), json_array(j);
		for (int64_t i = 0; i < n; i++)
			json_string(j, dataset_group_name(d, i));
		json_end_array(j);
	}
	json_key(j, "channels"), json_array(j);
	for (int64_t c = 0; c < d->C; c++)
		json_string(j, d->channel[c]);
	json_end_array(j);
	json_newline(j);
}

static void layer(struct json *j, const char *name, const struct survey_layer *y)
{
	const struct {
		const char *key;
		const double *v;
	} figure[] = {
		{ "importance_min", y->raw_min },           { "importance_max", y->raw_max },
		{ "importance_mean", y->raw_mean },         { "importance_scaled_min", y->scaled_min },
		{ "importance_scaled_max", y->scaled_max }, { "importance_scaled_mean", y->scaled_mean },
	};
	json_newline(j);
	json_object(j);
	json_put_string(j, "name", name);
	for (size_t k = 0; k < sizeof figure / sizeof *figure; k++)
		if (y->depends)
			json_put_figures(j, figure[k].key, "filter", &y->F, figure[k].v);
		else
			json_put_none(j, figure[k].key, "the target does not depend on this layer in any window");
	json_end_object(j);
}

int answer_set(const struct loaded *l, const struct survey *s, const struct metrics *q, int64_t n, FILE *f,
               struct err *e)
{
	const struct model *m = l->model;
	struct json json, *j = &json;
	struct target t = l->q.target;
	char target[TARGET_TEXT];
	int bad = answer_begin(j, l, "set", f, e);
	if (bad)
		return bad;
	target_format(&t, m, target, sizeof target);
	json_put_string(j, "task", task_names[l->q.task]);
	json_put_int(j, "windows", n);
	places(j, &l->data, n);
	if (l->q.task == TASK_CLASSIFICATION || l->q.task == TASK_SEGMENTATION)
		answer_classes(j, l, answer_class_count(l));
	json_put_string(j, "target", target);
	answer_scaler(j, l);
	if (q)
		answer_errors(j, q, &l->data, m);
	else
		json_put_none(j, "errors", "no window has a true value");
	json_newline(j);
	answer_output_names(j, l);
	answer_output_set(j, "predictions", l, s->output, n);
	json_newline(j);
	json_put_string(j, "importance_measure", importance_measures[l->q.measure].name);
	json_key(j, "layers"), json_array(j);
	for (int i = 0; i < s->n_layer; i++)
		if (s->layer[i].F)
			layer(j, m->layer[i].name, &s->layer[i]);
	json_end_array(j);
	json_end(j);
	return 0;
}
