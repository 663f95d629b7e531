#include "src/answer/answer.h"

#include <stdlib.h>
#include "src/answer/answer_head.h"
#include "src/json/tensor_json.h"

int answer_begin(struct json *j, const struct loaded *l, const char *kind, FILE *f, struct err *e)
{
	struct answer_head h;
	int bad = answer_head_of(&h, l, kind, e);
	if (!bad) {
		json_begin(j, f, &h.envelope);
		if (l->has_data)
			json_put_string(j, "set", load_set(l));
	}
	answer_head_release(&h);
	return bad;
}

const char *answer_class_of(const struct dataset *d, const struct model *m, int64_t k, char *buf, size_t size)
{
	if (d && d->class_name && k < d->n_class)
		return d->class_name[k];
	if (m && k < m->n_class_name)
		return m->class_name[k];
	snprintf(buf, size, "%lld", (long long)k);
	return buf;
}

const char *answer_class(const struct loaded *l, int64_t k, char *buf, size_t size)
{
	return answer_class_of(l->has_data ? &l->data : NULL, l->model, k, buf, size);
}

static void scaler_members(struct json *j, const struct scaler *s)
{
	int64_t n = s->n;
	json_put_figures(j, "subtract", "column", &n, s->shift);
	json_put_figures(j, "divide", "column", &n, s->scale);
	if (s->low && s->high) {
		json_put_figures(j, "column_low", "column", &n, s->low);
		json_put_figures(j, "column_high", "column", &n, s->high);
	}
}

/* The names of the columns that are scaled. They are not the channels: these may be derived, and a column may be
 * predicted only. */
static void scaled_columns(struct json *j, const struct dataset *d)
{
	json_key(j, "columns"), json_array(j);
	for (int k = 0; k < d->n_held; k++)
		json_string(j, d->held_name[k]);
	json_end_array(j);
}

void answer_scaler(struct json *j, const struct loaded *l)
{
	const struct dataset *d = l->has_data ? &l->data : NULL;
	const struct scaler *own = l->recipe.scaler.n ? &l->recipe.scaler : NULL;
	json_newline(j);
	if (d && d->scale != SCALE_NONE && d->group_scaler) {
		json_key(j, "scaler"), json_object(j);
		scaled_columns(j, d);
		json_key(j, "per_group"), json_array(j);
		for (int g = 0; g < d->n_group; g++) {
			json_object(j);
			json_put_string(j, "group_name", d->group_name[g]);
			scaler_members(j, &d->group_scaler[g]);
			json_end_object(j);
		}
		json_end_array(j);
		json_end_object(j);
		return;
	}
	if (d)
		own = d->scale != SCALE_NONE && d->scaler.n ? &d->scaler : NULL;
	if (!own) {
		json_put_none(j, "scaler",
		              !d && l->recipe.scale != SCALE_NONE ? "the scaling is fitted to data, and there are none"
		                                                  : "nothing is scaled");
		return;
	}
	json_key(j, "scaler"), json_object(j);
	if (d)
		scaled_columns(j, d);
	scaler_members(j, own);
	json_end_object(j);
}

void answer_probabilities(struct json *j, const struct model *m, const real *out)
{
	int64_t n = model_classes(m);
	double *p = xcalloc((size_t)n + 1, sizeof *p);
	model_probabilities(m, out, p);
	json_tensor(j, "probabilities", "class", &n);
	for (int64_t k = 0; k < n; k++)
		json_number(j, p[k]);
	json_end_tensor(j);
	free(p);
}

const char *answer_no_y(const struct loaded *l, int cls)
{
	if (l->q.task != TASK_CLASSIFICATION)
		return "the data have no true values";
	return cls < 0 ? "the data have no class of the window" : "the true value is a class, which true_class says";
}

int64_t answer_class_count(const struct loaded *l)
{
	int64_t K = l->q.task == TASK_SEGMENTATION ? l->model->out_channels : l->model->outputs;
	return K > 1 ? K : 2;
}

void answer_classes(struct json *j, const struct loaded *l, int64_t n)
{
	char name[32];
	json_key(j, "classes"), json_array(j);
	for (int64_t k = 0; k < n; k++)
		json_string(j, answer_class(l, k, name, sizeof name));
	json_end_array(j);
}

/* The names of the axes of the output, and their lengths. */
static const char *output_axes(const struct loaded *l, int64_t *dim)
{
	const struct model *m = l->model;
	dim[0] = m->out_steps ? m->out_steps : m->outputs;
	dim[1] = m->out_channels;
	if (m->out_steps)
		return l->q.task == TASK_SEGMENTATION && dim[1] > 1 ? "time class" : "time channel";
	return l->q.task == TASK_CLASSIFICATION && m->outputs > 1 ? "class" : "output";
}

void answer_output_shape(struct json *j, const struct loaded *l)
{
	int64_t dim[2];
	json_shape(j, output_axes(l, dim), dim);
}

void answer_output_names(struct json *j, const struct loaded *l)
{
	const struct model *m = l->model;
	bool classes = l->q.task == TASK_CLASSIFICATION && m->outputs > 1;
	int64_t C = m->out_channels;
	char name[64];
	json_key(j, "output_names"), json_array(j);
	for (int64_t k = 0; k < m->outputs; k++) {
		if (m->out_steps)
			snprintf(name, sizeof name, "output[%lld,%lld]", (long long)(k / C), (long long)(k % C));
		else
			snprintf(name, sizeof name, "output%lld", (long long)k);
		json_string(j, classes ? answer_class(l, k, name, sizeof name) : name);
	}
	json_end_array(j);
}

/* The place in the graph of element k of an output as it is written. */
static int64_t place(const struct model *m, int64_t k)
{
	return m->out_steps ? model_output_index(m, k / m->out_channels, k % m->out_channels) : k;
}

void answer_outputs(struct json *j, const char *key, const struct loaded *l, const double *v)
{
	int64_t dim[2];
	json_tensor(j, key, output_axes(l, dim), dim);
	for (int64_t k = 0; k < l->model->outputs; k++)
		json_number(j, v[place(l->model, k)]);
	json_end_tensor(j);
}

void answer_output_set(struct json *j, const char *key, const struct loaded *l, const real *v, int64_t n)
{
	int64_t dim[3] = { n };
	char axes[64];
	snprintf(axes, sizeof axes, "window %s", output_axes(l, dim + 1));
	json_tensor(j, key, axes, dim);
	for (int64_t i = 0; i < n; i++)
		for (int64_t k = 0; k < l->model->outputs; k++)
			json_number(j, (double)v[i * l->model->outputs + place(l->model, k)]);
	json_end_tensor(j);
}

void answer_real_outputs(struct json *j, const char *key, const struct loaded *l, const real *v)
{
	int64_t n = l->model->outputs;
	double *d = xcalloc((size_t)n, sizeof *d);
	for (int64_t k = 0; k < n; k++)
		d[k] = (double)v[k];
	answer_outputs(j, key, l, d);
	free(d);
}
