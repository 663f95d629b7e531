#include "src/answer/answer.h"

#include <stdlib.h>
#include "src/json/envelope.h"
#include "src/json/tensor_json.h"
#include "src/kept/survey_names.h"
#include "src/read/version.h"

int answer_begin(struct json *j, const struct loaded *l, const char *kind, FILE *f, struct err *e)
{
	char *hash = NULL;
	int bad = model_hash(l->model, &hash, e);
	if (bad)
		return bad;
	char *recipe = recipe_options(&l->recipe);
	struct envelope head = { .kind = kind, .version = TSVIZ_VERSION, .model = l->model->file, .model_hash = hash };
	if (l->has_data)
		head.data = l->data.file;
	if (l->has_data || l->recipe_from)
		head.recipe = recipe;
	json_init(j, f);
	json_object(j);
	json_envelope(j, &head);
	json_newline(j);
	if (l->has_data)
		json_put_string(j, "set", load_set(l));
	free(recipe);
	free(hash);
	return 0;
}

void answer_end(struct json *j)
{
	json_end_object(j);
	fputc('\n', j->f);
}

const char *answer_class(const struct loaded *l, int64_t k, char *buf, size_t size)
{
	if (l->has_data && l->data.class_name && k < l->data.n_class)
		return l->data.class_name[k];
	if (k < l->model->n_class_name)
		return l->model->class_name[k];
	snprintf(buf, size, "%lld", (long long)k);
	return buf;
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

void answer_outputs(struct json *j, const char *key, const struct loaded *l, const double *v)
{
	const struct model *m = l->model;
	int64_t dim[2], C = m->out_channels;
	json_tensor(j, key, output_axes(l, dim), dim);
	for (int64_t k = 0; k < m->outputs; k++)
		json_number(j, v[m->out_steps ? model_output_index(m, k / C, k % C) : k]);
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
