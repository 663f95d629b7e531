/* predict: what the model says of each window, and what is true. */
#include <stdlib.h>
#include "src/answer/answer.h"
#include "src/json/tensor_json.h"

/* The key "y": the true values, scaled, as a tensor like that of the output. */
static void truth(struct json *j, const struct loaded *l, int64_t i)
{
	const struct dataset *d = &l->data;
	const struct model *m = l->model;
	real *y = xcalloc((size_t)(d->n_y + m->outputs) + 1, sizeof *y);
	if (!d->n_y)
		json_put_none(j, "y", answer_no_y(l, dataset_class(d, i)));
	else if (!dataset_truth(d, i, y))
		json_put_none(j, "y", "the window lies at the end of the data");
	else if (d->n_y == m->outputs)
		answer_real_outputs(j, "y", l, y);
	else
		json_put_reals(j, "y", "output", (int64_t[]){ d->n_y }, y);
	free(y);
}

/* The same in raw units. */
static void raw_truth(struct json *j, const struct loaded *l, int64_t i)
{
	const struct dataset *d = &l->data;
	double *y = xcalloc((size_t)d->n_y + 1, sizeof *y);
	if (!dataset_truth_raw(d, i, y))
		json_put_none(j, "y_raw", "the window lies at the end of the data");
	else if (d->n_y == l->model->outputs)
		answer_outputs(j, "y_raw", l, y);
	else
		json_put_figures(j, "y_raw", "output", (int64_t[]){ d->n_y }, y);
	free(y);
}

static void raw(struct json *j, const struct loaded *l, int64_t i, const real *out)
{
	int64_t n = l->model->outputs;
	double *v = xcalloc((size_t)n, sizeof *v);
	for (int64_t k = 0; k < n; k++)
		v[k] = dataset_unscale(&l->data, i, k, (double)out[k]);
	answer_outputs(j, "output_raw", l, v);
	free(v);
	raw_truth(j, l, i);
}

static void classes(struct json *j, const struct loaded *l, int64_t i, const real *out)
{
	char name[32];
	int cls = model_class(l->model, out), known = dataset_class(&l->data, i);
	json_put_int(j, "class", cls);
	json_put_string(j, "class_name", answer_class(l, cls, name, sizeof name));
	answer_probabilities(j, l->model, out);
	if (known >= 0) {
		json_put_int(j, "true_class", known);
		json_put_string(j, "true_class_name", answer_class(l, known, name, sizeof name));
	} else {
		json_put_none(j, "true_class", "the data have no class of the window");
	}
}

static void step_classes(struct json *j, const struct model *m, const real *out)
{
	json_tensor(j, "step_class", "time", &m->out_steps);
	for (int64_t t = 0; t < m->out_steps; t++)
		json_int(j, model_step_class(m, out, t));
	json_end_tensor(j);
}

static void window(struct json *j, const struct loaded *l, int64_t i, const real *out)
{
	const struct dataset *d = &l->data;
	const char *stamp = dataset_stamp(d, i, 0);
	json_newline(j);
	json_object(j);
	json_put_int(j, "window", i);
	json_put_int(j, "row", dataset_row(d, i));
	if (*stamp)
		json_put_string(j, "time", stamp);
	if (d->n_group)
		json_put_string(j, "group_name", dataset_group_name(d, i));
	answer_real_outputs(j, "output", l, out);
	truth(j, l, i);
	if (l->q.task == TASK_CLASSIFICATION)
		classes(j, l, i, out);
	else if (l->q.task == TASK_SEGMENTATION)
		step_classes(j, l->model, out);
	else if (d->n_y && d->scale != SCALE_NONE)
		raw(j, l, i, out);
	if (l->q.task == TASK_RECONSTRUCTION && d->n_y == l->model->outputs)
		json_put_figure(j, "error", metrics_window_error(l->model, d, i, out),
		                "the window has no finite error");
	json_end_object(j);
}

int answer_predict(const struct loaded *l, const int64_t *chosen, int64_t first, int64_t n, int threads, FILE *f,
                   struct err *e)
{
	enum { SLICE = 4096 };
	const struct model *m = l->model;
	struct json json, *j = &json;
	int bad = answer_begin(j, l, "predict", f, e);
	if (bad)
		return bad;
	json_put_string(j, "task", task_names[l->q.task]);
	if (l->q.task == TASK_CLASSIFICATION || l->q.task == TASK_SEGMENTATION)
		answer_classes(j, l, answer_class_count(l));
	answer_output_names(j, l);
	json_key(j, "per_window"), json_array(j);
	real *y = xcalloc((size_t)(SLICE * m->outputs), sizeof *y);
	for (int64_t i = 0, slice; i < n && !ferror(f); i += slice) {
		int64_t from = chosen ? chosen[i] : first + i;
		slice = chosen ? 1 : n - i < SLICE ? n - i : SLICE;
		model_predict(m, &l->data, from, from + slice, threads, y);
		for (int64_t w = 0; w < slice; w++)
			window(j, l, from + w, y + w * m->outputs);
	}
	free(y);
	json_end_array(j);
	json_end(j);
	return 0;
}
