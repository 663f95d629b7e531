#include "ui/session/windows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/model/loss.h"
#include "core/model/task.h"
#include "core/probe/target.h"
#include "core/run/run.h"

const char *const windows_sort_names[WINDOWS_SORTS] = { "index", "from", "group", "label", "y", "predicted", "error" };

enum { WINDOWS_OUTPUTS_MAX = 1 << 24 }; /* numbers kept in all */

void windows_init(struct windows *w, const struct model *m, const struct dataset *d, enum task task)
{
	*w = (struct windows){ .m = m, .d = d, .task = task, .sorted = -1 };
	if (!d || d->n < 1 || d->n > INT32_MAX || d->n > WINDOWS_OUTPUTS_MAX / m->outputs)
		return;
	w->n = w->listed = d->n;
	size_t n = (size_t)d->n + WINDOWS_EDITED;
	w->output = xcalloc(n * (size_t)m->outputs, sizeof *w->output);
	w->truth = xcalloc(n, sizeof *w->truth);
	w->predicted = xcalloc(n, sizeof *w->predicted);
	w->error = xcalloc(n, sizeof *w->error);
	w->wrong = xcalloc(n, sizeof *w->wrong);
	w->rank = xcalloc(n, sizeof *w->rank);
	w->sort = windows_have_truth(w) ? WINDOWS_ERROR : WINDOWS_INDEX;
	w->order = xcalloc(n, sizeof *w->order);
	for (int64_t i = 0; i < (int64_t)n; i++) {
		w->truth[i] = w->predicted[i] = w->error[i] = (double)NAN;
		w->order[i] = (int)i;
	}
}

void windows_release(struct windows *w)
{
	run_free(w->run);
	for (int k = 0; k < w->n_edited; k++)
		edited_drop(w->edited[k]);
	free(w->output);
	free(w->truth);
	free(w->predicted);
	free(w->error);
	free(w->wrong);
	free(w->rank);
	free(w->order);
	*w = (struct windows){ 0 };
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The value from which the loss of a classification is computed. */
static int loss_value(const struct windows *w)
{
	return loss_of_logits(loss_for(w->task, w->m)) ? w->m->logits : w->m->output;
}

/* Writes the true values of row i to y (outputs). Returns false if there are none. */
static bool truth_of(const struct windows *w, int64_t i, real *y)
{
	const struct edited *e = windows_edited(w, i);
	if (w->d->n_y != w->m->outputs)
		return false;
	return e ? edited_truth(e, w->d, y) : dataset_truth(w->d, i, y);
}

/* run: that in which the output of row i was computed. */
static void judge_class(struct windows *w, const struct run *run, int64_t i, real *y)
{
	const struct model *m = w->m;
	int cls = dataset_class(w->d, windows_number(w, i));
	bool known = truth_of(w, i, y);
	w->predicted[i] = (double)model_class(m, w->output + i * m->outputs);
	w->truth[i] = cls < 0 ? (double)NAN : cls;
	if (cls < 0 || cls >= model_classes(m))
		return;
	w->wrong[i] = w->predicted[i] != cls;
	w->error[i] = loss_of_model(m, loss_for(w->task, m), run_real(run, loss_value(w)), known ? y : NULL, cls, NULL);
}

static void judge_steps(struct windows *w, int64_t i, real *y)
{
	bool known = truth_of(w, i, y);
	struct step_count q = model_count_steps(w->m, w->output + i * w->m->outputs, known ? y : NULL);
	w->predicted[i] = q.class;
	w->truth[i] = q.true_class < 0 ? (double)NAN : q.true_class;
	w->error[i] = q.known ? (double)(q.known - q.right) / (double)q.known : (double)NAN;
}

double windows_miss(const struct dataset *d, int64_t i, const real *o, const real *y, int64_t n)
{
	double sum = 0;
	for (int64_t k = 0; k < n; k++) {
		double a = (double)o[k], b = (double)y[k];
		if (d->group_scaler)
			a = dataset_unscale(d, i, k, a), b = dataset_unscale(d, i, k, b);
		sum += (a - b) * (a - b);
	}
	return sqrt(sum / (double)n);
}

static void judge_values(struct windows *w, int64_t i, real *y)
{
	int64_t n = w->m->outputs;
	const real *o = w->output + i * n;
	w->predicted[i] = (double)o[0];
	if (!truth_of(w, i, y))
		return;
	w->truth[i] = (double)y[0];
	w->error[i] = windows_miss(w->d, windows_number(w, i), o, y, n);
}

/* Prediction, truth and error of row i, whose output was just computed in run. y: (outputs) scratch. */
static void judge(struct windows *w, const struct run *run, int64_t i, real *y)
{
	w->truth[i] = w->predicted[i] = w->error[i] = (double)NAN;
	w->wrong[i] = false;
	if (w->task == TASK_CLASSIFICATION)
		judge_class(w, run, i, y);
	else if (w->task == TASK_SEGMENTATION)
		judge_steps(w, i, y);
	else
		judge_values(w, i, y);
}

struct ranked {
	double error;
	bool wrong;
	int i;
};

static int worse(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	if (a->wrong != b->wrong)
		return a->wrong ? -1 : 1;
	if (a->error != b->error)
		return a->error > b->error ? -1 : 1;
	return a->i - b->i;
}

static void rank_all(struct windows *w)
{
	struct ranked *v = xcalloc((size_t)w->n, sizeof *v);
	int n = 0;
	for (int i = 0; i < (int)w->n; i++)
		if (!isnan(w->error[i]))
			v[n++] = (struct ranked){ w->error[i], w->wrong[i], i };
	qsort(v, (size_t)n, sizeof *v, worse);
	for (int k = 0; k < n; k++)
		w->rank[v[k].i] = k + 1;
	w->ranked = n;
	free(v);
}

/* The errors over all windows that have true values, as the verb eval has them. */
static void judge_all(struct windows *w)
{
	struct metrics q;
	struct err e;
	if (w->d->n_target < 1)
		return;
	if (!metrics_compute(&q, w->m, w->d, w->task, w->output, &e)) {
		metrics_sentence(&q, w->d, w->quality, sizeof w->quality);
		metrics_release(&q);
	}
}

const char *windows_quality(const struct windows *w)
{
	return w->n > 0 && w->seen == w->n ? w->quality : "";
}

int windows_rank(const struct windows *w, int64_t i)
{
	return w->n > 0 && w->seen == w->n && i < w->n ? w->rank[i] : 0;
}

bool windows_is_bad(const struct windows *w, int64_t i)
{
	return w->task == TASK_CLASSIFICATION ? w->wrong[i] : w->rank[i] && 20 * (int64_t)w->rank[i] <= w->ranked;
}

bool windows_is_right(const struct windows *w, int64_t i)
{
	return w->rank[i] && (w->task == TASK_CLASSIFICATION ? !w->wrong[i] : 2 * (int64_t)w->rank[i] > w->ranked);
}

bool windows_have_truth(const struct windows *w)
{
	return w->d && (w->task == TASK_CLASSIFICATION ? w->d->has_labels || w->d->n_y > 0
	                                               : w->d->n_y == w->m->outputs && w->d->n_target > 0);
}

double windows_cost(const struct windows *w)
{
	double macs = 0;
	for (int i = 0; i < w->m->n_layer; i++)
		macs += (double)w->m->layer[i].macs;
	return (macs + (double)(w->m->T * w->m->C)) * (double)w->n;
}

static struct run *run_of(const struct windows *w)
{
	return run_new_outputs(w->m->graph, 2, (int[]){ w->m->output, loss_value(w) });
}

/* The output of row i, whose input is tc (T,C). native: (T,C) scratch. */
static void compute(struct windows *w, struct run *run, int64_t i, const real *tc, real *native)
{
	int input = 0;
	for (int k = 0; k < w->m->graph->n_input; k++)
		if (w->m->graph->input[k] == w->m->input)
			input = k;
	model_pack(w->m, tc, native);
	run_input(run, input, native);
	run_forward(run);
	memcpy(w->output + i * w->m->outputs, run_real(run, w->m->output), (size_t)w->m->outputs * sizeof *w->output);
}

/* ---- edited windows ---- */

int64_t windows_number(const struct windows *w, int64_t i)
{
	return i < w->n ? i : w->edited[i - w->n]->window;
}

const struct edited *windows_edited(const struct windows *w, int64_t i)
{
	return i < w->n ? NULL : w->edited[i - w->n];
}

bool windows_known(const struct windows *w, int64_t i)
{
	return i < w->seen || i >= w->n;
}

const char *windows_name(const struct windows *w, int64_t i, char *buf, size_t size)
{
	snprintf(buf, size, "%lld%s", (long long)windows_number(w, i), windows_edited(w, i) ? "*" : "");
	return buf;
}

const char *windows_changes(const struct windows *w, int64_t i, char *buf, size_t size)
{
	long long n = (long long)w->changed[i - w->n];
	const char *note = w->edited[i - w->n]->note;
	snprintf(buf, size, "%lld step%s changed%s%s", n, n == 1 ? "" : "s", *note ? ": " : "", note);
	return buf;
}

int64_t windows_row_of(const struct windows *w, int64_t i, const struct edited *e)
{
	for (int k = 0; k < w->n_edited && e; k++)
		if (w->edited[k] == e)
			return w->n + k;
	return i;
}

static int64_t steps_changed(const struct edited *e, const struct dataset *d)
{
	struct edited *file = edited_new(d, e->window);
	int64_t n = 0;
	for (int64_t t = 0; t < e->T; t++)
		n += memcmp(e->raw + t * e->own, file->raw + t * e->own, (size_t)e->own * sizeof *e->raw) != 0;
	edited_drop(file);
	return n;
}

bool windows_take_edits(struct windows *w, const struct edits *e)
{
	int n = w->n < 1 ? 0 : e->n < WINDOWS_EDITED ? e->n : WINDOWS_EDITED;
	size_t count = (size_t)(w->m->T * w->m->C), outputs = (size_t)w->m->outputs;
	int64_t at = w->at < w->listed ? w->order[w->at] : 0;
	int64_t here = at < w->n + w->n_edited && w->n > 0 ? windows_number(w, at) : 0;
	bool differs = n != w->n_edited;
	for (int k = 0; k < n; k++)
		differs |= w->edited[k] != e->of[k];
	if (!differs)
		return false;
	real *native = xcalloc(count + outputs, sizeof *native);
	struct run *run = run_of(w);
	for (int k = 0; k < n; k++)
		edited_hold(e->of[k]);
	for (int k = 0; k < w->n_edited; k++)
		edited_drop(w->edited[k]);
	w->n_edited = n;
	for (int k = 0; k < n; k++) {
		w->edited[k] = e->of[k];
		w->changed[k] = steps_changed(e->of[k], w->d);
		compute(w, run, w->n + k, e->of[k]->x, native);
		judge(w, run, w->n + k, native + count);
	}
	run_free(run);
	free(native);
	if (at >= w->n)
		w->order[w->at] = (int)here;
	w->sorted = -1;
	return true;
}

/* ---- the windows of the data ---- */

bool windows_step(struct windows *w, double budget)
{
	if (w->done >= w->n)
		return false;
	if (!w->run)
		w->run = run_of(w);
	size_t count = (size_t)(w->m->T * w->m->C), outputs = (size_t)w->m->outputs;
	real *tc = xcalloc(count * 2 + outputs, sizeof *tc), *native = tc + count, *y = native + count;
	double end = seconds() + budget;
	do {
		dataset_window(w->d, w->done, tc);
		compute(w, w->run, w->done, tc, native);
		judge(w, w->run, w->done, y);
		w->done++;
	} while (w->done < w->n && seconds() < end);
	free(tc);
	if (w->done == w->n) {
		rank_all(w);
		judge_all(w);
		run_free(w->run);
		w->run = NULL;
	}
	return w->done < w->n;
}

bool windows_labelled(const struct windows *w)
{
	return w->d && w->d->has_labels && w->task != TASK_CLASSIFICATION;
}

bool windows_grouped(const struct windows *w)
{
	return w->d && w->d->n_group > 0;
}

bool windows_has(const struct windows *w, enum windows_sort column)
{
	return column == WINDOWS_LABEL ? windows_labelled(w) : column == WINDOWS_GROUP ? windows_grouped(w) : true;
}

/* Returns the group of this name, or -1. */
static int group_called(const struct windows *w, const char *name)
{
	for (int g = 0; g < w->d->n_group; g++)
		if (!strcmp(w->d->group_name[g], name))
			return g;
	return -1;
}

bool windows_filter(struct windows *w, const char *word)
{
	bool found = !*word || group_called(w, word) >= 0;
	for (int g = 0; g < w->d->n_group && !found; g++)
		found = strcasestr(w->d->group_name[g], word) != NULL;
	if (!found)
		return false;
	snprintf(w->only, sizeof w->only, "%s", word);
	w->at = 0;
	w->sorted = -1;
	return true;
}

enum windows_sort windows_next_sort(const struct windows *w)
{
	enum windows_sort next = w->sort;
	do
		next = next == 0 ? WINDOWS_SORTS - 1 : next - 1;
	while (!windows_has(w, next));
	return next;
}

const char *windows_label(const struct windows *w, int64_t i)
{
	int cls = dataset_class(w->d, windows_number(w, i));
	return cls >= 0 && cls < w->d->n_class ? w->d->class_name[cls] : "";
}

bool windows_ascend(const struct windows *w)
{
	return (w->sort <= WINDOWS_LABEL) != w->reverse;
}

struct keyed {
	double key; /* NaN: not known, at the end either way */
	bool wrong; /* larger than all that are not */
	const char *text;
	int i;
	bool down;
};

static int ordered(const void *pa, const void *pb)
{
	const struct keyed *a = pa, *b = pb;
	bool na = isnan(a->key), nb = isnan(b->key);
	int c = a->i < b->i ? -1 : a->i > b->i;
	if (na != nb)
		return na ? 1 : -1;
	if (!na && a->wrong != b->wrong)
		c = a->wrong ? 1 : -1;
	else if (!na && a->key != b->key)
		c = a->key < b->key ? -1 : 1;
	else if (strcmp(a->text, b->text) != 0)
		c = strverscmp(a->text, b->text); /* "day 9" before "day 10" */
	else
		return c;
	return a->down ? -c : c;
}

/* What the list shows in a column of numbers. */
static double shown(const struct windows *w, int64_t i, double v)
{
	bool scaled = w->sort != WINDOWS_ERROR && !target_has_class(w->task) && w->d->n_y == w->m->outputs;
	return scaled && w->raw ? dataset_unscale(w->d, windows_number(w, i), 0, v) : v;
}

static struct keyed key_of(const struct windows *w, int i)
{
	const double *number[WINDOWS_SORTS] = {
		[WINDOWS_TRUTH] = w->truth, [WINDOWS_PREDICTED] = w->predicted, [WINDOWS_ERROR] = w->error
	};
	struct keyed k = { .text = "", .i = i, .down = !windows_ascend(w) };
	bool known = windows_known(w, i);
	int64_t window = windows_number(w, i);
	k.wrong = w->sort == WINDOWS_ERROR && known && w->wrong[i];
	if (number[w->sort])
		k.key = known ? shown(w, i, number[w->sort][i]) : (double)NAN;
	else if (w->sort == WINDOWS_LABEL)
		k.text = windows_label(w, i);
	else if (w->sort == WINDOWS_GROUP)
		k.text = dataset_group_name(w->d, window);
	else if (w->sort == WINDOWS_FROM && *dataset_stamp(w->d, window, 0))
		k.text = dataset_stamp(w->d, window, 0);
	else
		k.key = w->sort == WINDOWS_FROM ? (double)dataset_row(w->d, window)
		                                : (double)window + (i < w->n ? 0 : 0.5);
	return k;
}

void windows_units(struct windows *w, bool raw)
{
	if (w->raw != raw)
		w->sorted = -1;
	w->raw = raw;
}

void windows_sort(struct windows *w)
{
	if (w->n < 1)
		return;
	int64_t here = w->order[w->at < w->listed ? w->at : w->listed - 1];
	struct keyed *k = xcalloc((size_t)(w->n + w->n_edited), sizeof *k);
	int group = *w->only ? group_called(w, w->only) : -1, n = 0;
	for (int i = 0; i < (int)w->n + w->n_edited; i++) {
		bool all = !*w->only;
		int64_t of = windows_number(w, i);
		if (all || (group >= 0 ? dataset_group(w->d, of) == group
		                       : strcasestr(dataset_group_name(w->d, of), w->only) != NULL))
			k[n++] = key_of(w, i);
	}
	qsort(k, (size_t)n, sizeof *k, ordered);
	for (int i = 0; i < n; i++)
		w->order[i] = k[i].i;
	w->listed = n;
	free(k);
	w->sorted = w->seen;
	w->at = w->at ? windows_place(w, here) : 0;
}

int64_t windows_place(const struct windows *w, int64_t i)
{
	for (int64_t p = 0; p < w->listed; p++)
		if (w->order[p] == (int)i)
			return p;
	return 0;
}
