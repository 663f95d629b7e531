/* eval: errors of the model and of the baseline. */
#include <math.h>
#include "src/answer/answer.h"
#include "src/json/tensor_json.h"

static const char no_number[] = "it is not a finite number";

static void figure(struct json *j, const char *key, double v)
{
	json_put_figure(j, key, v, no_number);
}

static void errors(struct json *j, const struct forecast_errors *scaled, const struct forecast_errors *raw)
{
	json_key(j, "scaled_units"), json_object(j);
	figure(j, "mse", scaled->mse), figure(j, "rmse", scaled->rmse), figure(j, "mae", scaled->mae);
	json_end_object(j);
	json_key(j, "raw_units"), json_object(j);
	figure(j, "mse", raw->mse), figure(j, "rmse", raw->rmse), figure(j, "mae", raw->mae);
	json_put_figure(j, "mape_percent", raw->mape, "a true value is 0, of which no error is a share");
	figure(j, "smape_percent", raw->smape);
	json_end_object(j);
}

/* Errors along an axis of the output: the keys "channel_mse" and so on. */
static void along(struct json *j, const char *what, const char *axis, const struct axis_errors *a, bool raw)
{
	const struct {
		const char *name;
		const double *v;
	} figure[] = { { "mse", a->mse }, { "mae", a->mae }, { "raw_mse", a->raw_mse }, { "raw_mae", a->raw_mae } };
	char key[32];
	json_newline(j);
	for (int k = 0; k < (raw ? 4 : 2); k++) {
		snprintf(key, sizeof key, "%s_%s", what, figure[k].name);
		json_put_figures(j, key, axis, &a->n, figure[k].v);
	}
}

/* The scores are in ascending order; the median is the lower one of two. */
static void anomalies(struct json *j, const struct anomalies *a, const struct dataset *d, const struct model *m)
{
	static const double share[] = { 0, 0.5, 0.95, 1 };
	static const char *const key[] = { "min", "median", "p95", "max" };
	char name[32];
	json_newline(j);
	json_key(j, "anomaly_score"), json_object(j);
	json_put_string(j, "score", "mean squared error of the window");
	for (int i = 0; i < 4; i++)
		figure(j, key[i], a->n ? a->score[(int64_t)(share[i] * (double)(a->n - 1))] : (double)NAN);
	if (a->normal >= 0) {
		json_put_string(j, "normal", answer_class_of(d, m, a->normal, name, sizeof name));
		json_put_int(j, "normal_windows", a->n_normal);
		json_put_int(j, "anomalies", a->n_anomaly);
		figure(j, "auc_roc", a->roc_auc);
		figure(j, "auc_pr", a->pr_area);
	}
	json_end_object(j);
}

static void classes(struct json *j, const struct metrics *q, const struct dataset *d, const struct model *m)
{
	static const char several[] = "several classes of a step may be true";
	int64_t K = q->K;
	char name[32];
	figure(j, "accuracy", q->accuracy);
	figure(j, "majority_accuracy", q->majority_accuracy);
	if (q->majority >= 0)
		json_put_string(j, "majority", answer_class_of(d, m, q->majority, name, sizeof name));
	else
		json_put_none(j, "majority", several);
	json_key(j, "classes"), json_array(j);
	for (int64_t k = 0; k < K; k++)
		json_string(j, answer_class_of(d, m, k, name, sizeof name));
	json_end_array(j);
	json_newline(j);
	json_put_figures(j, "precision", "class", &K, q->precision);
	json_put_figures(j, "recall", "class", &K, q->recall);
	json_put_figures(j, "f1", "class", &K, q->f1);
	if (q->confusion)
		json_put_whole(j, "confusion", "class class", (int64_t[]){ K, K }, q->confusion);
	else
		json_put_none(j, "confusion", several);
	if (q->task == TASK_SEGMENTATION) {
		figure(j, "macro_f1", q->macro_f1);
		json_put_int(j, "steps", q->steps);
		json_put_figures(j, "step_accuracy", "time", &q->step.n, q->step_accuracy);
	}
}

void answer_errors(struct json *j, const struct metrics *q, const struct dataset *d, const struct model *m)
{
	json_newline(j);
	json_key(j, "errors"), json_object(j);
	if (q->classification || q->task == TASK_SEGMENTATION) {
		classes(j, q, d, m);
	} else {
		bool raw = d->scale != SCALE_NONE;
		json_key(j, "model"), json_object(j);
		errors(j, &q->model, &q->model_raw);
		json_end_object(j);
		json_newline(j);
		json_key(j, "baseline"), json_object(j);
		json_put_string(j, "name", metrics_baseline(d));
		errors(j, &q->last, &q->last_raw);
		json_end_object(j);
		if (q->step.n) {
			along(j, "channel", "channel", &q->channel, raw);
			along(j, "step", "time", &q->step, raw);
		}
		if (q->task == TASK_RECONSTRUCTION)
			anomalies(j, &q->anomalies, d, m);
	}
	json_end_object(j);
}

int answer_eval(const struct loaded *l, const struct metrics *q, FILE *f, struct err *e)
{
	struct json json, *j = &json;
	int bad = answer_begin(j, l, "eval", f, e);
	if (bad)
		return bad;
	json_put_string(j, "task", task_names[q->task]);
	json_put_int(j, "windows", q->windows);
	if (l->data.n_group)
		json_put_int(j, "groups", l->data.n_group);
	json_put_int(j, "not_finite", q->n_bad);
	answer_errors(j, q, &l->data, l->model);
	json_end(j);
	return 0;
}
