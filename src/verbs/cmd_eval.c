/* eval: how good is the model on these windows, and is it better than no model? */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/answer/answer.h"
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

static void numbers_json(struct json *j, const char *key, const double *v, int64_t n)
{
	json_key(j, key), json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_number17(j, v[i]);
	json_end_array(j);
}

static void axis_json(struct json *j, const char *key, const struct axis_errors *a, bool raw)
{
	json_key(j, key), json_object(j);
	numbers_json(j, "mse", a->mse, a->n);
	numbers_json(j, "mae", a->mae, a->n);
	if (raw) {
		numbers_json(j, "raw_mse", a->raw_mse, a->n);
		numbers_json(j, "raw_mae", a->raw_mae, a->n);
	}
	json_end_object(j);
}

/* The score at a share of the windows, counted from the smallest: 0.5 is the median (the lower one of two). */
static double score_at(const struct anomalies *a, double share)
{
	return a->n ? a->score[(int64_t)(share * (double)(a->n - 1))] : (double)NAN;
}

static const double score_shares[] = { 0, 0.5, 0.95, 1 };
static const char *const score_names[] = { "min", "median", "p95", "max" };
enum { SCORES = sizeof score_shares / sizeof *score_shares };

static void anomalies_json(struct json *j, const struct anomalies *a, const struct dataset *d)
{
	char name[32];
	json_key(j, "anomaly_score"), json_object(j);
	json_key(j, "score"), json_string(j, "mean squared error of the window");
	for (int i = 0; i < SCORES; i++)
		json_key(j, score_names[i]), json_number17(j, score_at(a, score_shares[i]));
	if (a->normal >= 0) {
		json_key(j, "normal"), json_string(j, class_name(d, a->normal, name, sizeof name));
		json_key(j, "normal_windows"), json_int(j, a->n_normal);
		json_key(j, "anomalies"), json_int(j, a->n_anomaly);
		json_key(j, "roc_auc"), json_number17(j, a->roc_auc);
		json_key(j, "pr_area"), json_number17(j, a->pr_area);
	}
	json_end_object(j);
}

static void classes_json(struct json *j, const struct metrics *q, const struct dataset *d)
{
	char name[32];
	json_key(j, "accuracy"), json_number17(j, q->accuracy);
	json_key(j, "majority_accuracy"), json_number17(j, q->majority_accuracy);
	json_key(j, "majority");
	if (q->majority >= 0)
		json_string(j, class_name(d, q->majority, name, sizeof name));
	else
		json_null(j);
	json_key(j, "classes"), json_array(j);
	for (int k = 0; k < q->K; k++)
		json_string(j, class_name(d, k, name, sizeof name));
	json_end_array(j);
	numbers_json(j, "precision", q->precision, q->K);
	numbers_json(j, "recall", q->recall, q->K);
	numbers_json(j, "f1", q->f1, q->K);
	if (q->task == TASK_SEGMENTATION) {
		json_key(j, "macro_f1"), json_number17(j, q->macro_f1);
		json_key(j, "steps"), json_int(j, q->steps);
		numbers_json(j, "step_accuracy", q->step_accuracy, q->step.n);
	}
	json_key(j, "confusion");
	if (!q->confusion) {
		json_null(j);
		return;
	}
	json_array(j);
	for (int i = 0; i < q->K; i++) {
		json_array(j);
		for (int k = 0; k < q->K; k++)
			json_int(j, q->confusion[i * q->K + k]);
		json_end_array(j);
	}
	json_end_array(j);
}

/* The baseline as a key of JSON. */
static const char *baseline_key(const struct dataset *d)
{
	return d->truth == TRUTH_WINDOW ? "naive_window_mean" : d->set ? "naive_mean" : "naive_last_value";
}

void metrics_json(struct json *j, const struct metrics *q, const struct dataset *d)
{
	json_object(j);
	json_key(j, "windows"), json_int(j, q->windows);
	if (d->n_group)
		json_key(j, "groups"), json_int(j, d->n_group);
	if (q->classification || q->task == TASK_SEGMENTATION) {
		classes_json(j, q, d);
	} else {
		bool raw = d->scale != SCALE_NONE;
		errors_json(j, "model", &q->model, &q->model_raw);
		errors_json(j, baseline_key(d), &q->last, &q->last_raw);
		if (q->step.n) {
			axis_json(j, "channel", &q->channel, raw);
			axis_json(j, "step", &q->step, raw);
		}
		if (q->task == TASK_RECONSTRUCTION)
			anomalies_json(j, &q->anomalies, d);
	}
	if (q->n_bad)
		json_key(j, "not_finite"), json_int(j, q->n_bad);
	json_end_object(j);
}

void survey_errors_json(struct json *j, const struct survey_plan *p, const struct survey_part *all)
{
	/* what answer_errors asks of the data; of a set it asks only whether there is one */
	struct window_set set = { 0 };
	struct dataset d = { .n_group = p->n_group, .truth = p->truth, .scale = p->scale };
	struct metrics q;
	d.set = p->ready_windows ? &set : NULL;
	d.n_class = (int)p->n_name;
	d.class_name = p->n_name ? (const char **)p->class_name : NULL;
	metrics_from_sums(&q, &all->errors, &p->error_shape, p->windows);
	answer_errors(j, &q, &d, NULL);
	metrics_release(&q);
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
	const char *naive = metrics_baseline(d);
	fprintf(f, "%-12s %-7s %12s %12s %12s %11s %11s\n", "", "units", "MSE", "RMSE", "MAE", "MAPE", "SMAPE");
	forecast_row(f, "model", "scaled", &q->model, false);
	forecast_row(f, "model", "raw", &q->model_raw, true);
	forecast_row(f, naive, "scaled", &q->last, false);
	forecast_row(f, naive, "raw", &q->last_raw, true);
}

enum { AXIS_ROWS = 24, CONFUSION_COLUMNS = 20 };

/* The errors of each channel or step. Of many, as many parts of equal length as fit are shown, each with its mean. */
static void axis_print(const struct axis_errors *a, const char *what, const struct dataset *d, const char **name,
                       FILE *f)
{
	bool raw = d->scale != SCALE_NONE;
	int64_t rows = a->n < AXIS_ROWS ? a->n : AXIS_ROWS;
	fprintf(f, "\n%-12s %12s %12s", what, "MSE", "MAE");
	fprintf(f, raw ? " %12s %12s\n" : "\n", "raw MSE", "raw MAE");
	for (int64_t i = 0; i < rows; i++) {
		int64_t from = a->n * i / rows, to = a->n * (i + 1) / rows;
		double sum[4] = { 0 };
		for (int64_t k = from; k < to; k++) {
			const double *of[] = { a->mse, a->mae, a->raw_mse, a->raw_mae };
			for (int v = 0; v < 4; v++)
				sum[v] += of[v][k] / (double)(to - from);
		}
		char text[64];
		if (to - from > 1)
			snprintf(text, sizeof text, "%lld-%lld", (long long)from, (long long)to - 1);
		else if (name)
			snprintf(text, sizeof text, "%.63s", name[from]);
		else
			snprintf(text, sizeof text, "%lld", (long long)from);
		int w = text_width(text);
		fprintf(f, "%s%*s %12.7g %12.7g", text, w < 12 ? 12 - w : 0, "", sum[0], sum[1]);
		if (raw)
			fprintf(f, " %12.7g %12.7g", sum[2], sum[3]);
		fprintf(f, "\n");
	}
}

static void anomalies_print(const struct anomalies *a, const struct dataset *d, FILE *f)
{
	char name[32];
	fprintf(f, "\nanomaly score (mean squared error of the window):");
	for (int i = 0; i < SCORES; i++)
		fprintf(f, "%s %s %.7g", i ? "," : "", score_names[i], score_at(a, score_shares[i]));
	fprintf(f, "\n");
	if (a->normal < 0) {
		fprintf(f,
		        "no labels of anomalies: --label COL, or an array y of 0 and 1, gives ROC AUC and PR area\n");
		return;
	}
	fprintf(f, "%lld windows are '%s', %lld are anomalies\n", (long long)a->n_normal,
	        class_name(d, a->normal, name, sizeof name), (long long)a->n_anomaly);
	if (a->n_normal && a->n_anomaly)
		fprintf(f, "ROC AUC %.4f, PR area %.4f (by chance %.4f)\n", a->roc_auc, a->pr_area,
		        (double)a->n_anomaly / (double)(a->n_normal + a->n_anomaly));
}

static void confusion_row(const struct metrics *q, int k, FILE *f)
{
	for (int i = 0; q->confusion && i < q->K && i < CONFUSION_COLUMNS; i++)
		fprintf(f, " %6lld", (long long)q->confusion[k * q->K + i]);
	fprintf(f, "\n");
}

/* A share that is not defined, such as the precision of a class that is never predicted, is a dash. */
static void share_cell(FILE *f, double v)
{
	if (isfinite(v))
		fprintf(f, " %9.4f", v);
	else
		fprintf(f, " %9s", "-");
}

static void classes_print(const struct metrics *q, const struct dataset *d, FILE *f)
{
	char name[32];
	int w = 5;
	bool steps = q->task == TASK_SEGMENTATION;
	for (int k = 0; k < q->K; k++) {
		int n = text_width(class_name(d, k, name, sizeof name));
		w = n > w ? n : w;
	}
	fprintf(f, "accuracy %.4f%s; ", q->accuracy,
	        !steps         ? ""
	        : q->confusion ? " of all steps"
	                       : " of all steps and classes");
	if (q->majority >= 0)
		fprintf(f, "always '%s': %.4f\n", class_name(d, q->majority, name, sizeof name), q->majority_accuracy);
	else
		fprintf(f, "always the more frequent answer: %.4f\n", q->majority_accuracy);
	for (int k = 0; k < q->K; k++)
		fprintf(f, "%s%d = %s",
		        k       ? ", "
		        : steps ? "classes: "
		                : "outputs: ",
		        k, class_name(d, k, name, sizeof name));
	fprintf(f, "\n\n");
	fprintf(f, "%*s %9s %9s %9s %9s%s\n", w, "class", "precision", "recall", "F1", steps ? "steps" : "windows",
	        q->confusion ? "   confusion: rows true, columns predicted" : "");
	for (int k = 0; k < q->K; k++) {
		const char *s = class_name(d, k, name, sizeof name);
		fprintf(f, "%*s%s", w - text_width(s), "", s);
		share_cell(f, q->precision[k]), share_cell(f, q->recall[k]), share_cell(f, q->f1[k]);
		fprintf(f, " %9lld  ", (long long)q->support[k]);
		confusion_row(q, k, f);
	}
	if (steps)
		fprintf(f, "mean F1 %.4f\n", q->macro_f1);
}

/* The accuracy at each step, or of parts of equal length where there are many. */
static void step_accuracy_print(const struct metrics *q, FILE *f)
{
	int64_t n = q->step.n, rows = n < AXIS_ROWS ? n : AXIS_ROWS;
	fprintf(f, "\n%-12s %12s\n", "step", "accuracy");
	for (int64_t i = 0; i < rows; i++) {
		int64_t from = n * i / rows, to = n * (i + 1) / rows;
		double sum = 0;
		char text[64];
		for (int64_t k = from; k < to; k++)
			sum += q->step_accuracy[k];
		snprintf(text, sizeof text, to - from > 1 ? "%lld-%lld" : "%lld", (long long)from, (long long)to - 1);
		fprintf(f, "%-12s %12.4f\n", text, sum / (double)(to - from));
	}
}

static void metrics_print(const struct metrics *q, const struct dataset *d, FILE *f)
{
	if (q->classification || q->task == TASK_SEGMENTATION) {
		classes_print(q, d, f);
		if (q->task == TASK_SEGMENTATION)
			step_accuracy_print(q, f);
		return;
	}
	forecast_print(q, d, f);
	if (!q->step.n)
		return;
	bool named = d->truth == TRUTH_WINDOW && d->channel;
	axis_print(&q->channel, "channel", d, named ? d->channel : NULL, f);
	axis_print(&q->step, "step", d, NULL, f);
	if (q->task == TASK_RECONSTRUCTION)
		anomalies_print(&q->anomalies, d, f);
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
static void warn_of_input(const struct metrics *q, const struct loaded *l)
{
	const char *worse = metrics_worse(q, &l->data);
	bool labels = q->task == TASK_REGRESSION && l->model->outputs > 1 && !l->data.set && !l->recipe.n_predict;
	if (worse)
		say_warning("%s; usual causes: %sanother scaling than in training (--scale, --fit), other columns or "
		            "another order of them (--columns), derived channels left out or added (--derive)",
		            worse, labels ? "the outputs are classes whose column was not named (--label), " : "");
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
		if (o->schema_version == 2) {
			bad = answer_eval(&l, &q, out.f, e);
		} else if (o->json) {
			struct json j;
			json_init(&j, out.f);
			json_object(&j);
			json_key(&j, "schema"), json_int(&j, 1);
			json_key(&j, "model"), json_string(&j, l.model->file);
			json_key(&j, "set"), json_string(&j, load_set(&l));
			json_key(&j, "task"), json_string(&j, task_names[q.task]);
			json_key(&j, "errors"), metrics_json(&j, &q, &l.data);
			json_end_object(&j);
			fputc('\n', out.f);
		} else {
			fprintf(out.f, "%s on %s: ", l.model->file, l.data.file);
			windows_print(&l.data, out.f);
			fprintf(out.f, "\n\n");
			if (task_has_steps(q.task))
				fprintf(out.f, "%s: %lld steps of %lld channel%s\n\n", task_names[q.task],
				        (long long)l.model->out_steps, (long long)l.model->out_channels,
				        l.model->out_channels == 1 ? "" : "s");
			metrics_print(&q, &l.data, out.f);
			if (q.n_bad)
				fprintf(out.f, "\n%lld window%s left out: the output is not a finite number\n",
				        (long long)q.n_bad, q.n_bad == 1 ? "" : "s");
		}
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
		if (!bad && !o->quiet)
			warn_of_input(&q, &l);
	}
	metrics_release(&q);
	loaded_release(&l);
	return bad ? 1 : 0;
}
