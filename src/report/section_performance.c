/* How good the model is, beside what needs no model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/report/report.h"

static void errors_row(struct doc *d, struct doc_table *t, const char *who, const struct forecast_errors *q,
                       bool percent)
{
	doc_cell(d, t, "%s", who);
	doc_number(d, t, q->mse);
	doc_number(d, t, q->rmse);
	doc_number(d, t, q->mae);
	if (percent) {
		doc_number(d, t, q->mape);
		doc_number(d, t, q->smape);
	}
}

static void forecast(const struct report *r, struct doc *d, const struct metrics *q)
{
	const struct dataset *data = &r->b.l.data;
	const char *naive = metrics_baseline(data);
	struct doc_table *t = doc_table(d, "Errors in the units of the data", "who|>MSE|>RMSE|>MAE|>MAPE %|>SMAPE %");
	errors_row(d, t, "model", &q->model_raw, true);
	errors_row(d, t, naive, &q->last_raw, true);
	if (data->scale != SCALE_NONE) {
		t = doc_table(d, "Errors of scaled values, as the model reads and writes them", "who|>MSE|>RMSE|>MAE");
		errors_row(d, t, "model", &q->model, false);
		errors_row(d, t, naive, &q->last, false);
	}
	if (q->last.mse > 0)
		doc_say(d,
		        "MSE is the mean squared error, RMSE its root, MAE the mean absolute error. The line %s is "
		        "what "
		        "needs no model; the model's MSE is %.1f %% of its.",
		        naive, 100 * q->model.mse / q->last.mse);
}

static void axis(struct doc *d, const struct axis_errors *a, const char *what, const char **name)
{
	char caption[64], head[64];
	if (a->n < 2)
		return;
	snprintf(caption, sizeof caption, "Errors by %s of the output, scaled", what);
	snprintf(head, sizeof head, "%s|>MSE|>MAE", what);
	struct doc_table *t = doc_table(d, caption, head);
	for (int64_t i = 0; i < a->n && i < REPORT_ROWS; i++) {
		if (name)
			doc_cell(d, t, "%s", name[i]);
		else
			doc_cell(d, t, "%lld", (long long)i);
		doc_number(d, t, a->mse[i]);
		doc_number(d, t, a->mae[i]);
	}
	doc_left_out(d, t, a->n, what);
}

static void confusion(const struct report *r, struct doc *d, const struct metrics *q)
{
	enum { CLASSES = 20 };
	char name[64];
	if (!q->confusion)
		return;
	int n = q->K < CLASSES ? q->K : CLASSES;
	struct doc_table *t =
	        doc_table(d, "Confusion matrix: rows are true classes, columns predicted ones", "true class");
	for (int k = 0; k < n; k++)
		doc_column(d, t, true, report_class(r, k, name, sizeof name));
	for (int i = 0; i < n; i++) {
		doc_cell(d, t, "%s", report_class(r, i, name, sizeof name));
		for (int k = 0; k < n; k++)
			doc_cell(d, t, "%lld", (long long)q->confusion[i * q->K + k]);
	}
	doc_left_out(d, t, q->K, "classes");
}

static void classes(const struct report *r, struct doc *d, const struct metrics *q)
{
	char name[64];
	bool steps = q->task == TASK_SEGMENTATION;
	struct doc_table *t = doc_table(d, NULL, "who|>accuracy");
	doc_cell(d, t, "model"), doc_number(d, t, q->accuracy);
	if (q->majority >= 0)
		doc_cell(d, t, "always '%s'", report_class(r, q->majority, name, sizeof name));
	else
		doc_cell(d, t, "always the more frequent answer");
	doc_number(d, t, q->majority_accuracy);
	t = doc_table(d, "Each class",
	              steps ? "class|>precision|>recall|>F1|>steps" : "class|>precision|>recall|>F1|>windows");
	for (int k = 0; k < q->K && k < REPORT_ROWS; k++) {
		doc_cell(d, t, "%s", report_class(r, k, name, sizeof name));
		doc_number(d, t, q->precision[k]);
		doc_number(d, t, q->recall[k]);
		doc_number(d, t, q->f1[k]);
		doc_cell(d, t, "%lld", (long long)q->support[k]);
	}
	doc_left_out(d, t, q->K, "classes");
	doc_say(d, "Precision: which share of the windows that are predicted as the class are of it. Recall: which "
	           "share of "
	           "the windows of the class are found. F1 is their harmonic mean.");
	confusion(r, d, q);
}

static void anomalies(const struct report *r, struct doc *d, const struct anomalies *a)
{
	char name[64];
	if (!a->n)
		return;
	struct doc_table *t = doc_table(d, "Anomaly score: the mean squared error of a window", "what|>value");
	doc_cell(d, t, "least"), doc_number(d, t, a->score[0]);
	doc_cell(d, t, "median"), doc_number(d, t, a->score[(a->n - 1) / 2]);
	doc_cell(d, t, "largest"), doc_number(d, t, a->score[a->n - 1]);
	if (a->normal < 0 || !a->n_normal || !a->n_anomaly)
		return;
	doc_cell(d, t, "windows of '%s'", report_class(r, a->normal, name, sizeof name));
	doc_cell(d, t, "%lld", (long long)a->n_normal);
	doc_cell(d, t, "anomalies"), doc_cell(d, t, "%lld", (long long)a->n_anomaly);
	doc_cell(d, t, "ROC AUC (0.5 by chance)"), doc_number(d, t, a->roc_auc);
	doc_cell(d, t, "area under precision and recall"), doc_number(d, t, a->pr_area);
}

/* Window by window, the worst first. */
static void worst(const struct report *r, struct doc *d)
{
	const struct windows *w = &r->windows;
	bool class = w->task == TASK_CLASSIFICATION;
	if (w->ranked < 1)
		return;
	int *at = xcalloc((size_t)w->n, sizeof *at);
	for (int64_t i = 0; i < w->n; i++)
		if (w->rank[i] > 0)
			at[w->rank[i] - 1] = (int)i;
	struct doc_table *t = doc_table(d,
	                                class ? "The worst windows: wrong classes first, then by the loss"
	                                : w->task == TASK_SEGMENTATION
	                                        ? "The worst windows, by the share of their steps that are wrong"
	                                        : "The worst windows, by the root of their mean squared error",
	                                class                ? "window|true|predicted|>loss"
	                                : w->m->outputs == 1 ? "window|>true, scaled|>predicted, scaled|>error"
	                                                     : "window|>error");
	for (int64_t k = 0; k < w->ranked && k < REPORT_WORST; k++) {
		char text[128], name[64];
		int64_t i = at[k];
		doc_cell(d, t, "%s", report_window(r, i, text, sizeof text));
		if (class) {
			doc_cell(d, t, "%s", report_class(r, (int64_t)w->truth[i], name, sizeof name));
			doc_cell(d, t, "%s", report_class(r, (int64_t)w->predicted[i], name, sizeof name));
		} else if (w->m->outputs == 1) {
			doc_number(d, t, w->truth[i]);
			doc_number(d, t, w->predicted[i]);
		}
		doc_number(d, t, w->error[i]);
	}
	doc_left_out(d, t, w->ranked, "windows");
	free(at);
}

/* Window i beside the rows of --fit (windows, where the data are ready windows). */
enum beside_fit { FIT_BEFORE, FIT_TOUCHES, FIT_AFTER };

static enum beside_fit beside_fit(const struct dataset *d, const struct row_range *fit, int64_t i)
{
	int64_t first = dataset_row(d, i), last = first;
	if (!d->set) {
		int64_t at = dataset_start(d, i) + d->T - 1;
		last = d->row_of ? d->row_of[at] : d->first_row + at;
	}
	if (fit->to >= 0 && first >= fit->to)
		return FIT_AFTER;
	return last < fit->from ? FIT_BEFORE : FIT_TOUCHES;
}

/* The figures of the windows `at` (n) alone, in a sentence; "": there are none. y: outputs of all windows. */
static void alone(const struct report *r, const int64_t *at, int64_t n, const real *y, char *buf, size_t size)
{
	const struct loaded *l = &r->b.l;
	size_t outputs = (size_t)l->model->outputs;
	struct dataset some;
	struct metrics q;
	struct err e;
	real *of = xcalloc((size_t)n * outputs, sizeof *of);
	for (int64_t k = 0; k < n; k++)
		memcpy(of + (size_t)k * outputs, y + (size_t)at[k] * outputs, outputs * sizeof *of);
	dataset_pick(&some, &l->data, n, at);
	*buf = '\0';
	if (!metrics_compute(&q, l->model, &some, l->q.task, of, &e)) {
		metrics_sentence(&q, &some, buf, size);
		metrics_release(&q);
	}
	dataset_release(&some);
	free(of);
}

/* Windows of rows that the scaling was fitted to may be those of the training, so errors on them say less. */
static void trained_on(struct report *r, struct doc *d, const real *y)
{
	const struct loaded *l = &r->b.l;
	const struct row_range *fit = &l->recipe.fit;
	int64_t all = l->data.n_target, touch = 0, after = 0;
	char sentence[256], rows[64];
	const char *noun = l->data.set ? "windows" : "rows";
	if (!(l->recipe.given & RECIPE_FIT))
		return;
	int64_t *at = xcalloc((size_t)all, sizeof *at);
	for (int64_t i = 0; i < all; i++) {
		enum beside_fit where = beside_fit(&l->data, fit, i);
		touch += where == FIT_TOUCHES;
		if (where == FIT_AFTER)
			at[after++] = i;
	}
	if (touch) {
		snprintf(rows, sizeof rows, "%lld:", (long long)fit->from);
		if (fit->to >= 0)
			text_add(rows, sizeof rows, "%lld", (long long)fit->to);
		doc_caution(
		        d,
		        "The recipe has --fit %s: %sthese %s%s may be those of the training. %lld of the %lld windows "
		        "here %s them; errors on these say less about new data.",
		        rows, l->data.scale == SCALE_NONE ? "" : "the scaling is fitted to ", noun,
		        l->data.scale == SCALE_NONE ? "" : ", which", (long long)touch, (long long)all,
		        l->data.set ? "are among" : "have rows of");
		if (after)
			alone(r, at, after, y, sentence, sizeof sentence);
		if (after && *sentence) {
			doc_say(d, "The %lld windows that lie wholly behind them, alone: %s.", (long long)after,
			        sentence);
			report_short(r, "On the %lld windows that lie wholly behind the %s of --fit: %s.",
			             (long long)after, noun, sentence);
		} else {
			doc_say(d, "No window lies wholly behind them.");
			report_short(r,
			             "Caution: %lld of the %lld windows are of %s, which may be those of the training.",
			             (long long)touch, (long long)all, rows);
		}
	}
	free(at);
}

void section_performance(struct report *r, struct doc *d)
{
	const struct loaded *l = &r->b.l;
	struct metrics q = { 0 };
	struct err e;
	char sentence[256];
	if (!l->has_data || !l->data.n_target) {
		report_nothing(r, "no window has a true value to compare with");
		return;
	}
	real *y = xcalloc((size_t)(l->data.n_target * l->model->outputs), sizeof *y);
	model_predict(l->model, &l->data, 0, l->data.n_target, options_threads(r->o), y);
	if (metrics_compute(&q, l->model, &l->data, l->q.task, y, &e)) {
		report_nothing(r, "%s", e.text);
		metrics_release(&q);
		free(y);
		return;
	}
	metrics_sentence(&q, &l->data, sentence, sizeof sentence);
	doc_say(d, "%s.", sentence);
	report_short(r, "How good it is: %s.", sentence);
	trained_on(r, d, y);
	free(y);
	const char *worse = metrics_worse(&q, &l->data);
	if (worse)
		report_short(r, "Caution: %s.", worse);
	if (worse)
		doc_caution(d,
		            "Caution: %s. Either the model is of no use on these data, or they reach it in another "
		            "form than "
		            "in its training (scaling, columns, their order).",
		            worse);
	if (q.classification || q.task == TASK_SEGMENTATION) {
		classes(r, d, &q);
	} else {
		forecast(r, d, &q);
		axis(d, &q.channel, "channel", l->data.truth == TRUTH_WINDOW ? l->data.channel : NULL);
		axis(d, &q.step, "step", NULL);
		if (q.task == TASK_RECONSTRUCTION)
			anomalies(r, d, &q.anomalies);
	}
	if (q.n_bad)
		doc_caution(d, "%lld windows are left out: the output is not a finite number.", (long long)q.n_bad);
	worst(r, d);
	metrics_release(&q);
}
