/* predict: a row for every window, as CSV or JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "src/verbs/cmd.h"

/* A name as a CSV cell. */
static void cell(FILE *f, const char *s)
{
	if (!strpbrk(s, ",\"\n\r")) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++)
		fprintf(f, *s == '"' ? "\"\"" : "%c", *s);
	fputc('"', f);
}

static const char *class_of(const struct loaded *l, int64_t k, char *buf, size_t size)
{
	if (l->has_data && l->data.class_name && k < l->data.n_class)
		return l->data.class_name[k];
	if (k < l->model->n_class_name)
		return l->model->class_name[k];
	snprintf(buf, size, "%lld", (long long)k);
	return buf;
}

static void number(FILE *f, double v)
{
	char text[NUMBER_TEXT];
	fputc(',', f);
	if (isfinite(v))
		fwrite(text, 1, number_write(text, v, 9), f);
	else
		fputs(isnan(v) ? "nan" : v < 0 ? "-inf" : "inf", f);
}

static void header(const struct loaded *l, FILE *f, bool stamps)
{
	const struct model *m = l->model;
	char name[32];
	fprintf(f, "window,row%s%s", stamps ? ",time" : "", l->data.n_group ? ",group" : "");
	for (int64_t k = 0; k < m->outputs; k++) {
		fputc(',', f);
		if (l->q.task == TASK_CLASSIFICATION && m->outputs > 1)
			cell(f, class_of(l, k, name, sizeof name));
		else
			fprintf(f, "output%lld", (long long)k);
	}
	if (l->q.task == TASK_CLASSIFICATION) {
		fprintf(f, ",class,true\n");
		return;
	}
	bool scaled = l->data.n_y && l->data.scale != SCALE_NONE;
	for (int64_t k = 0; k < m->outputs && scaled; k++)
		fprintf(f, ",raw%lld", (long long)k);
	for (int64_t k = 0; k < l->data.n_y; k++)
		fprintf(f, ",true%lld", (long long)k);
	fputc('\n', f);
}

static void row(const struct loaded *l, int64_t i, const real *out, bool stamps, FILE *f)
{
	const struct model *m = l->model;
	const struct dataset *d = &l->data;
	char name[32];
	fprintf(f, "%lld,%lld", (long long)i, (long long)dataset_row(d, i));
	if (stamps) {
		fputc(',', f);
		cell(f, dataset_stamp(d, i, 0));
	}
	if (d->n_group) {
		fputc(',', f);
		cell(f, dataset_group_name(d, i));
	}
	for (int64_t k = 0; k < m->outputs; k++)
		number(f, (double)out[k]);
	if (l->q.task == TASK_CLASSIFICATION) {
		fputc(',', f);
		cell(f, class_of(l, model_class(m, out), name, sizeof name));
		fputc(',', f);
		if (dataset_class(d, i) >= 0)
			cell(f, class_of(l, dataset_class(d, i), name, sizeof name));
		fputc('\n', f);
		return;
	}
	for (int64_t k = 0; k < m->outputs && d->n_y && d->scale != SCALE_NONE; k++)
		number(f, dataset_unscale(d, i, k, (double)out[k]));
	double *y = xcalloc((size_t)d->n_y + 1, sizeof *y);
	bool known = dataset_truth_raw(d, i, y);
	for (int64_t k = 0; k < d->n_y; k++) {
		if (known)
			number(f, y[k]);
		else
			fputc(',', f);
	}
	free(y);
	fputc('\n', f);
}

/* ---- JSON ---- */

static void names_json(struct json *j, const struct loaded *l)
{
	char name[32];
	json_key(j, "outputs"), json_array(j);
	for (int64_t k = 0; k < l->model->outputs; k++) {
		snprintf(name, sizeof name, "output%lld", (long long)k);
		json_string(j, l->q.task == TASK_CLASSIFICATION && l->model->outputs > 1
		                       ? class_of(l, k, name, sizeof name)
		                       : name);
	}
	json_end_array(j);
}

static void begin_json(struct json *j, const struct loaded *l, FILE *f)
{
	json_init(j, f);
	json_object(j);
	json_key(j, "schema"), json_int(j, 1);
	json_key(j, "model"), json_string(j, l->model->file);
	json_key(j, "set"), json_string(j, load_set(l));
	json_key(j, "task"), json_string(j, l->q.task == TASK_CLASSIFICATION ? "classification" : "regression");
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
		json_string(j, class_of(l, cls, name, sizeof name));
}

/* The forecast in raw units, where data were scaled, and the true values. */
static void forecast_json(struct json *j, const struct loaded *l, int64_t i, const real *out)
{
	const struct dataset *d = &l->data;
	double *y = xcalloc((size_t)d->n_y + 1, sizeof *y);
	bool known = dataset_truth_raw(d, i, y);
	if (d->n_y && d->scale != SCALE_NONE) {
		json_key(j, "raw"), json_array(j);
		for (int64_t k = 0; k < l->model->outputs; k++)
			json_number(j, dataset_unscale(d, i, k, (double)out[k]));
		json_end_array(j);
	}
	json_key(j, "true");
	if (known && d->n_y) {
		json_array(j);
		for (int64_t k = 0; k < d->n_y; k++)
			json_number(j, y[k]);
		json_end_array(j);
	} else {
		json_null(j);
	}
	free(y);
}

static void row_json(struct json *j, const struct loaded *l, int64_t i, const real *out, bool stamps)
{
	json_newline(j);
	json_object(j);
	json_key(j, "window"), json_int(j, i);
	json_key(j, "row"), json_int(j, dataset_row(&l->data, i));
	if (stamps)
		json_key(j, "time"), json_string(j, dataset_stamp(&l->data, i, 0));
	if (l->data.n_group)
		json_key(j, "group"), json_string(j, dataset_group_name(&l->data, i));
	json_key(j, "output"), json_reals(j, out, l->model->outputs);
	if (l->q.task == TASK_CLASSIFICATION) {
		class_json(j, l, "class", model_class(l->model, out));
		class_json(j, l, "true", dataset_class(&l->data, i));
	} else {
		forecast_json(j, l, i, out);
	}
	json_end_object(j);
}

/* ---- the verb ---- */

static void write_windows(const struct loaded *l, const struct options *o, int64_t first, int64_t end, FILE *f)
{
	enum { SLICE = 4096 };
	struct json j;
	bool stamps = *dataset_stamp(&l->data, 0, 0) != '\0';
	int64_t k = l->model->outputs;
	real *y = xcalloc((size_t)(SLICE * k), sizeof *y);
	if (o->json)
		begin_json(&j, l, f);
	else
		header(l, f, stamps);
	for (int64_t i = first; i < end && !ferror(f); i += SLICE) {
		int64_t to = i + SLICE < end ? i + SLICE : end;
		model_predict(l->model, &l->data, i, to, options_threads(o), y);
		for (int64_t w = i; w < to; w++)
			if (o->json)
				row_json(&j, l, w, y + (w - i) * k, stamps);
			else
				row(l, w, y + (w - i) * k, stamps, f);
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
		write_windows(&l, o, first, o->index >= 0 ? first + 1 : l.data.n, out.f);
		bad = output_close(&out, e);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
