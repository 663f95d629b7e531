/* eval: how good is the model on these windows, and is it better than no model? */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/cli/say.h"
#include "src/verbs/cmd.h"

static void errors_json(struct json *j, const char *key, const struct forecast_errors *scaled,
                        const struct forecast_errors *raw)
{
	json_key(j, key), json_object(j);
	json_key(j, "standardized"), json_object(j);
	json_key(j, "mse"), json_number17(j, scaled->mse);
	json_key(j, "rmse"), json_number17(j, scaled->rmse);
	json_key(j, "mae"), json_number17(j, scaled->mae);
	json_end_object(j);
	json_key(j, "raw"), json_object(j);
	json_key(j, "mse"), json_number17(j, raw->mse);
	json_key(j, "rmse"), json_number17(j, raw->rmse);
	json_key(j, "mae"), json_number17(j, raw->mae);
	json_key(j, "mape"), json_number17(j, raw->mape);
	json_key(j, "smape"), json_number17(j, raw->smape);
	json_end_object(j);
	json_end_object(j);
}

static const char *class_name(const struct dataset *d, int k, char *buf, size_t size)
{
	if (d->class_name && k < d->n_class)
		return d->class_name[k];
	snprintf(buf, size, "%d", k);
	return buf;
}

static void numbers_json(struct json *j, const char *key, const double *v, int n)
{
	json_key(j, key), json_array(j);
	for (int i = 0; i < n; i++)
		json_number17(j, v[i]);
	json_end_array(j);
}

void metrics_json(struct json *j, const struct metrics *q, const struct dataset *d)
{
	char name[32];
	json_object(j);
	json_key(j, "windows"), json_int(j, q->windows);
	if (d->n_group)
		json_key(j, "groups"), json_int(j, d->n_group);
	if (!q->classification) {
		errors_json(j, "model", &q->model, &q->model_raw);
		errors_json(j, d->set ? "naive_mean" : "naive_last_value", &q->last, &q->last_raw);
	} else {
		json_key(j, "accuracy"), json_number17(j, q->accuracy);
		json_key(j, "majority_accuracy"), json_number17(j, q->majority_accuracy);
		json_key(j, "majority"), json_string(j, class_name(d, q->majority, name, sizeof name));
		json_key(j, "classes"), json_array(j);
		for (int k = 0; k < q->K; k++)
			json_string(j, class_name(d, k, name, sizeof name));
		json_end_array(j);
		numbers_json(j, "precision", q->precision, q->K);
		numbers_json(j, "recall", q->recall, q->K);
		numbers_json(j, "f1", q->f1, q->K);
		json_key(j, "confusion"), json_array(j);
		for (int i = 0; i < q->K; i++) {
			json_array(j);
			for (int k = 0; k < q->K; k++)
				json_int(j, q->confusion[i * q->K + k]);
			json_end_array(j);
		}
		json_end_array(j);
	}
	if (q->n_bad)
		json_key(j, "not_finite"), json_int(j, q->n_bad);
	json_end_object(j);
}

static void forecast_row(FILE *f, const char *who, const char *units, const struct forecast_errors *q, bool percent)
{
	fprintf(f, "%-12s %-7s %12.7g %12.7g %12.7g", who, units, q->mse, q->rmse, q->mae);
	if (percent)
		fprintf(f, " %9.4f %% %9.4f %%", q->mape, q->smape);
	fprintf(f, "\n");
}

static void forecast_print(const struct metrics *q, const struct dataset *d, FILE *f)
{
	const char *naive = d->set ? "mean value" : "last value";
	fprintf(f, "%-12s %-7s %12s %12s %12s %11s %11s\n", "", "units", "MSE", "RMSE", "MAE", "MAPE", "SMAPE");
	forecast_row(f, "model", "scaled", &q->model, false);
	forecast_row(f, "model", "raw", &q->model_raw, true);
	forecast_row(f, naive, "scaled", &q->last, false);
	forecast_row(f, naive, "raw", &q->last_raw, true);
}

static void classes_print(const struct metrics *q, const struct dataset *d, FILE *f)
{
	char name[32];
	int w = 5;
	for (int k = 0; k < q->K; k++) {
		int n = text_width(class_name(d, k, name, sizeof name));
		w = n > w ? n : w;
	}
	fprintf(f, "accuracy %.4f; always '%s': %.4f\n", q->accuracy, class_name(d, q->majority, name, sizeof name),
	        q->majority_accuracy);
	for (int k = 0; k < q->K; k++)
		fprintf(f, "%s%d = %s", k ? ", " : "outputs: ", k, class_name(d, k, name, sizeof name));
	fprintf(f, "\n\n");
	fprintf(f, "%*s %9s %9s %9s %9s   confusion: rows true, columns predicted\n", w, "class", "precision", "recall",
	        "F1", "windows");
	for (int k = 0; k < q->K; k++) {
		const char *s = class_name(d, k, name, sizeof name);
		int64_t n = 0;
		for (int i = 0; i < q->K; i++)
			n += q->confusion[k * q->K + i];
		fprintf(f, "%*s%s %9.4f %9.4f %9.4f %9lld  ", w - text_width(s), "", s, q->precision[k], q->recall[k],
		        q->f1[k], (long long)n);
		for (int i = 0; i < q->K && i < 20; i++)
			fprintf(f, " %6lld", (long long)q->confusion[k * q->K + i]);
		fprintf(f, "\n");
	}
}

/* Says which part of the file is the label: a wrong one gives a wrong accuracy. */
static void say_label(const struct dataset *d)
{
	for (const struct understood *u = d->understood; u; u = u->next)
		if (!strcmp(u->what, "label") && d->n_target) {
			char *text = xasprintf("%s: label: %s", d->file, u->text);
			say_remark(text);
			free(text);
		}
}

/* A model that is no better than a guess was most likely given other input than in its training. */
static void warn_of_input(const struct metrics *q, const struct dataset *d)
{
	const char *worse = NULL;
	if (q->classification && q->accuracy < q->majority_accuracy)
		worse = "the model is right less often than the majority class";
	else if (!q->classification && q->model.mse > q->last.mse)
		worse = d->set ? "the model's error is larger than that of the mean value"
		               : "the model's error is larger than that of the last-value baseline";
	if (worse)
		say_warning("%s; usual causes: another scaling than in training (--scale, --fit), other columns or "
		            "another order of them (--columns), derived channels left out or added (--derive)",
		            worse);
}

int cmd_eval(struct options *o, struct err *e)
{
	struct loaded l;
	struct output out;
	struct metrics q = { 0 };
	int bad = load(&l, o, 0, e);
	if (!bad && !l.data.n_target)
		bad = err_set(e, ERR_VALUE, "%s: no window has a true value; %s", l.read->name,
		              l.data.set ? "the file has no labels, or --label and --label-array do not say where; "
		                           "numpy.savez(\"f.npz\", x=windows, y=labels) keeps both"
		                         : "give --label or --predict, or more rows");
	if (!bad) {
		real *y = xcalloc((size_t)(l.data.n_target * l.model->outputs), sizeof *y);
		model_predict(l.model, &l.data, 0, l.data.n_target, options_threads(o), y);
		bad = metrics_compute(&q, l.model, &l.data, l.q.task, y, e);
		free(y);
	}
	if (!bad && !o->quiet)
		say_label(&l.data);
	if (!bad && !(bad = output_open(&out, o, e))) {
		if (o->json) {
			struct json j;
			json_init(&j, out.f);
			json_object(&j);
			json_key(&j, "schema"), json_int(&j, 1);
			json_key(&j, "model"), json_string(&j, l.model->file);
			json_key(&j, "set"), json_string(&j, load_set(&l));
			json_key(&j, "errors"), metrics_json(&j, &q, &l.data);
			json_end_object(&j);
			fputc('\n', out.f);
		} else {
			fprintf(out.f, "%s on %s: ", l.model->file, l.data.file);
			windows_print(&l.data, out.f);
			fprintf(out.f, "\n\n");
			if (q.classification)
				classes_print(&q, &l.data, out.f);
			else
				forecast_print(&q, &l.data, out.f);
			if (q.n_bad)
				fprintf(out.f, "\n%lld window%s left out: the output is not a finite number\n",
				        (long long)q.n_bad, q.n_bad == 1 ? "" : "s");
		}
		bad = output_close(&out, e);
		if (!bad && !o->quiet)
			warn_of_input(&q, &l.data);
	}
	metrics_release(&q);
	loaded_release(&l);
	return bad ? 1 : 0;
}
