/* analyze --all: errors, predictions and every filter's importance over all windows, as JSON. */
#include <stdlib.h>
#include <string.h>
#include "core/analysis/survey.h"
#include "src/answer/answer.h"
#include "src/verbs/cmd.h"

static void doubles(struct json *j, const char *key, const double *v, int64_t n)
{
	json_key(j, key), json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_number(j, v[i]);
	json_end_array(j);
}

static void figures(struct json *j, const char *key, const double *low, const double *high, const double *mean,
                    int64_t n)
{
	json_key(j, key), json_object(j);
	doubles(j, "min", low, n);
	doubles(j, "max", high, n);
	doubles(j, "mean", mean, n);
	json_end_object(j);
}

/* The members of a scaler: "mean" and "std", or "min" and "range"; a number, or an array where there are columns. */
static void scaler_members(struct json *j, const struct dataset *d, const struct scaler *s)
{
	const char *shift = d->scale == SCALE_MINMAX ? "min" : "mean",
	           *scale = d->scale == SCALE_MINMAX ? "range" : "std";
	for (int pass = 0; pass < 2; pass++) {
		const double *v = pass ? s->scale : s->shift;
		json_key(j, pass ? scale : shift);
		if (s->n == 1) {
			json_number17(j, v[0]);
			continue;
		}
		json_array(j);
		for (int i = 0; i < s->n; i++)
			json_number17(j, v[i]);
		json_end_array(j);
	}
}

static void scaler_json(struct json *j, const struct dataset *d)
{
	json_newline(j);
	json_key(j, "scaler");
	if (d->scale == SCALE_NONE || !d->scaler.n) {
		json_null(j);
		return;
	}
	json_object(j);
	if (!d->group_scaler) {
		scaler_members(j, d, &d->scaler);
		json_end_object(j);
		return;
	}
	json_key(j, "groups"), json_array(j);
	for (int g = 0; g < d->n_group; g++) {
		json_object(j);
		json_key(j, "group"), json_string(j, d->group_name[g]);
		scaler_members(j, d, &d->group_scaler[g]);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void write_all(const struct loaded *l, const struct survey *s, const struct metrics *q, int64_t n, FILE *f)
{
	const struct model *m = l->model;
	struct json j;
	json_init(&j, f);
	json_object(&j);
	json_key(&j, "schema"), json_int(&j, 1);
	json_key(&j, "model"), json_string(&j, m->file);
	json_key(&j, "set"), json_string(&j, load_set(l));
	scaler_json(&j, &l->data);
	json_newline(&j);
	json_key(&j, "errors");
	if (l->data.n_target)
		metrics_json(&j, q, &l->data);
	else
		json_null(&j);
	json_newline(&j);
	if (output_has_axes(m)) {
		json_key(&j, "output_axes"), output_axes_json(&j, m);
		json_newline(&j);
	}
	json_key(&j, "predictions"), outputs_json(&j, m, s->output, n);
	json_newline(&j);
	json_key(&j, "importance"), json_array(&j);
	for (int i = 0; i < s->n_layer; i++) {
		const struct survey_layer *y = &s->layer[i];
		if (!y->F)
			continue;
		json_newline(&j);
		json_object(&j);
		json_key(&j, "name"), json_string(&j, m->layer[i].name);
		if (y->depends) {
			figures(&j, "raw", y->raw_min, y->raw_max, y->raw_mean, y->F);
			figures(&j, "scaled", y->scaled_min, y->scaled_max, y->scaled_mean, y->F);
		} else {
			json_key(&j, "raw"), json_null(&j);
			json_key(&j, "scaled"), json_null(&j);
		}
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	fputc('\n', f);
}

int cmd_all(struct options *o, struct err *e)
{
	struct loaded l;
	struct output out;
	int bad = load(&l, o, 0, e);
	if (!bad && o->nodes)
		bad = err_set(e, ERR_VALUE, "--nodes is for one window; leave --all out");
	if (!bad && !(bad = output_open(&out, o, e))) {
		struct survey s;
		struct metrics q = { 0 };
		int64_t n = l.data.n_target ? l.data.n_target : l.data.n;
		survey_make(&s, l.model, &l.data, &l.q, 0, n, options_threads(o));
		if (l.data.n_target)
			bad = metrics_compute(&q, l.model, &l.data, l.q.task, s.output, e);
		if (!bad && o->schema_version == 2)
			bad = answer_set(&l, &s, l.data.n_target ? &q : NULL, n, out.f, e);
		else if (!bad)
			write_all(&l, &s, &q, n, out.f);
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
		metrics_release(&q);
		survey_release(&s);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
