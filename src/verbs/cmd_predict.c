/* predict: a row for every window, as CSV or JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/metrics.h"
#include "src/answer/answer.h"
#include "src/export/cells.h"
#include "src/verbs/cmd.h"

/* What a row holds behind the outputs. */
struct columns {
	bool classes;  /* the class of the window and the true one */
	bool steps;    /* the class of each step */
	bool error;    /* the mean squared error of the window: a reconstruction */
	bool raw;      /* the outputs in raw units */
	int64_t truth; /* true values; 0: there are none, or they are the window itself */
};

static struct columns columns_of(const struct loaded *l)
{
	const struct dataset *d = &l->data;
	enum task task = l->q.task;
	struct columns c = { .classes = task == TASK_CLASSIFICATION, .steps = task == TASK_SEGMENTATION };
	if (c.classes)
		return c;
	bool itself = d->n_y && d->truth == TRUTH_WINDOW;
	c.error = task == TASK_RECONSTRUCTION && d->n_y == l->model->outputs;
	c.raw = d->n_y && d->scale != SCALE_NONE && !c.steps;
	c.truth = itself || c.steps ? 0 : d->n_y;
	return c;
}

/* Names such as "true[3,0]"; true values that are not one for each output are numbered. */
static void names(FILE *f, const struct model *m, const char *what, int64_t n)
{
	char name[64];
	for (int64_t k = 0; k < n; k++) {
		fputc(',', f);
		if (n == m->outputs)
			csv_cell(f, output_name_of(m, what, k, name, sizeof name));
		else
			fprintf(f, "%s%lld", what, (long long)k);
	}
}

static void header(const struct loaded *l, const struct columns *c, FILE *f, bool stamps)
{
	const struct model *m = l->model;
	char name[32];
	fprintf(f, "window,row%s%s", stamps ? ",time" : "", l->data.n_group ? ",group" : "");
	if (c->classes && m->outputs > 1)
		for (int64_t k = 0; k < m->outputs; k++) {
			fputc(',', f);
			csv_cell(f, answer_class(l, k, name, sizeof name));
		}
	else
		names(f, m, "output", m->outputs);
	if (c->classes)
		fprintf(f, ",class,true");
	for (int64_t t = 0; t < m->out_steps && c->steps; t++)
		fprintf(f, ",class[%lld]", (long long)t);
	if (c->error)
		fprintf(f, ",error");
	if (c->raw)
		names(f, m, "raw", m->outputs);
	names(f, m, "true", c->truth);
	fputc('\n', f);
}

static void truth_cells(const struct loaded *l, const struct columns *c, int64_t i, FILE *f)
{
	const struct model *m = l->model;
	const struct dataset *d = &l->data;
	double *y = xcalloc((size_t)d->n_y + 1, sizeof *y);
	bool known = c->truth && dataset_truth_raw(d, i, y);
	for (int64_t k = 0; k < c->truth; k++) {
		if (known)
			csv_number(f, y[c->truth == m->outputs ? model_output_at(m, k) : k]);
		else
			fputc(',', f);
	}
	free(y);
}

static void row(const struct loaded *l, const struct columns *c, int64_t i, const real *out, bool stamps, FILE *f)
{
	const struct model *m = l->model;
	const struct dataset *d = &l->data;
	char name[32];
	fprintf(f, "%lld,%lld", (long long)i, (long long)dataset_row(d, i));
	if (stamps) {
		fputc(',', f);
		csv_cell(f, dataset_stamp(d, i, 0));
	}
	if (d->n_group) {
		fputc(',', f);
		csv_cell(f, dataset_group_name(d, i));
	}
	for (int64_t k = 0; k < m->outputs; k++)
		csv_number(f, (double)out[model_output_at(m, k)]);
	if (c->classes) {
		fputc(',', f);
		csv_cell(f, answer_class(l, model_class(m, out), name, sizeof name));
		fputc(',', f);
		if (dataset_class(d, i) >= 0)
			csv_cell(f, answer_class(l, dataset_class(d, i), name, sizeof name));
	}
	for (int64_t t = 0; t < m->out_steps && c->steps; t++) {
		fputc(',', f);
		csv_cell(f, answer_class(l, model_step_class(m, out, t), name, sizeof name));
	}
	if (c->error)
		csv_number(f, metrics_window_error(m, d, i, out));
	for (int64_t k = 0; k < m->outputs && c->raw; k++) {
		int64_t at = model_output_at(m, k);
		csv_number(f, dataset_unscale(d, i, at, (double)out[at]));
	}
	truth_cells(l, c, i, f);
	fputc('\n', f);
}

/* ---- JSON ---- */

static void names_json(struct json *j, const struct loaded *l)
{
	char name[64];
	if (output_has_axes(l->model))
		json_key(j, "output_axes"), output_axes_json(j, l->model);
	json_key(j, "outputs"), json_array(j);
	for (int64_t k = 0; k < l->model->outputs; k++)
		json_string(j, l->q.task == TASK_CLASSIFICATION && l->model->outputs > 1
		                       ? answer_class(l, k, name, sizeof name)
		                       : output_name_of(l->model, "output", k, name, sizeof name));
	json_end_array(j);
}

static void begin_json(struct json *j, const struct loaded *l, FILE *f)
{
	json_init(j, f);
	json_object(j);
	json_key(j, "schema"), json_int(j, 1);
	json_key(j, "model"), json_string(j, l->model->file);
	json_key(j, "set"), json_string(j, load_set(l));
	json_key(j, "task"), json_string(j, task_names[l->q.task]);
	names_json(j, l);
	json_newline(j);
	json_key(j, "windows"), json_array(j);
}

static void class_json(struct json *j, const struct loaded *l, const char *key, int cls)
{
	char name[32];
	json_key(j, key);
	if (cls < 0)
		json_null(j);
	else
		json_string(j, answer_class(l, cls, name, sizeof name));
}

/* The forecast in raw units, where data were scaled, and the true values. */
static void forecast_json(struct json *j, const struct loaded *l, const struct columns *c, int64_t i, const real *out)
{
	const struct dataset *d = &l->data;
	const struct model *m = l->model;
	double *y = xcalloc((size_t)d->n_y + 1, sizeof *y);
	bool known = dataset_truth_raw(d, i, y);
	if (c->raw) {
		json_key(j, "raw"), json_array(j);
		for (int64_t k = 0; k < m->outputs; k++) {
			int64_t at = model_output_at(m, k);
			json_number(j, dataset_unscale(d, i, at, (double)out[at]));
		}
		json_end_array(j);
	}
	if (c->error)
		json_key(j, "error"), json_number(j, metrics_window_error(m, d, i, out));
	json_key(j, "true");
	if (known && c->truth) {
		json_array(j);
		for (int64_t k = 0; k < c->truth; k++)
			json_number(j, y[c->truth == m->outputs ? model_output_at(m, k) : k]);
		json_end_array(j);
	} else {
		json_null(j);
	}
	free(y);
}

/* The class of each step, and the true one. */
static void steps_json(struct json *j, const struct loaded *l, int64_t i, const real *out)
{
	const struct model *m = l->model;
	real *y = xcalloc((size_t)m->outputs, sizeof *y);
	json_key(j, "class"), json_array(j);
	for (int64_t t = 0; t < m->out_steps; t++)
		json_int(j, model_step_class(m, out, t));
	json_end_array(j);
	json_key(j, "true"), outputs_json(j, m, dataset_truth(&l->data, i, y) ? y : NULL, 1);
	free(y);
}

static void row_json(struct json *j, const struct loaded *l, const struct columns *c, int64_t i, const real *out,
                     bool stamps)
{
	json_newline(j);
	json_object(j);
	json_key(j, "window"), json_int(j, i);
	json_key(j, "row"), json_int(j, dataset_row(&l->data, i));
	if (stamps)
		json_key(j, "time"), json_string(j, dataset_stamp(&l->data, i, 0));
	if (l->data.n_group)
		json_key(j, "group"), json_string(j, dataset_group_name(&l->data, i));
	json_key(j, "output"), outputs_json(j, l->model, out, 1);
	if (l->q.task == TASK_CLASSIFICATION) {
		class_json(j, l, "class", model_class(l->model, out));
		class_json(j, l, "true", dataset_class(&l->data, i));
	} else if (c->steps) {
		steps_json(j, l, i, out);
	} else {
		forecast_json(j, l, c, i, out);
	}
	json_end_object(j);
}

/* ---- the verb ---- */

/* Windows first .. end-1; or those that were chosen, in their order. */
static void write_windows(const struct loaded *l, const struct options *o, int64_t first, int64_t end, FILE *f)
{
	enum { SLICE = 4096 };
	struct json j;
	bool stamps = *dataset_stamp(&l->data, 0, 0) != '\0';
	int64_t k = l->model->outputs, n = o->chosen ? o->n_chosen : end - first;
	struct columns c = columns_of(l);
	real *y = xcalloc((size_t)(SLICE * k), sizeof *y);
	if (o->json)
		begin_json(&j, l, f);
	else
		header(l, &c, f, stamps);
	for (int64_t i = 0, slice; i < n && !ferror(f); i += slice) {
		int64_t from = o->chosen ? o->chosen[i] : first + i;
		slice = o->chosen ? 1 : n - i < SLICE ? n - i : SLICE;
		model_predict(l->model, &l->data, from, from + slice, options_threads(o), y);
		for (int64_t w = 0; w < slice; w++)
			if (o->json)
				row_json(&j, l, &c, from + w, y + w * k, stamps);
			else
				row(l, &c, from + w, y + w * k, stamps, f);
	}
	if (o->json) {
		json_end_array(&j);
		json_end_object(&j);
		fputc('\n', f);
	}
	free(y);
}

int cmd_predict(struct options *o, struct err *e)
{
	struct loaded l;
	struct output out;
	int64_t first = 0;
	int bad = load(&l, o, 0, e);
	if (!bad && o->index >= 0)
		bad = load_index(&l, o, &first, e);
	if (!bad)
		bad = output_open(&out, o, e);
	if (!bad) {
		int64_t end = o->index >= 0 ? first + 1 : l.data.n;
		if (o->schema_version == 2)
			bad = answer_predict(&l, o->chosen, first, o->chosen ? o->n_chosen : end - first,
			                     options_threads(o), out.f, e);
		else
			write_windows(&l, o, first, end, out.f);
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
