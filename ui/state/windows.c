#include "ui/state/windows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/model/task.h"
#include "core/run/run.h"

const char *const windows_sort_names[WINDOWS_SORTS] = { "index", "from", "group", "label", "y", "predicted", "error" };

enum { WINDOWS_OUTPUTS_MAX = 1 << 24 }; /* numbers kept in all */

void windows_init(struct windows *w, const struct model *m, const struct dataset *d, enum task task)
{
	*w = (struct windows){ .m = m, .d = d, .task = task, .sorted = -1 };
	if (!d || d->n < 1 || d->n > INT32_MAX || d->n > WINDOWS_OUTPUTS_MAX / m->outputs)
		return;
	w->n = w->listed = d->n;
	size_t n = (size_t)d->n;
	w->output = xcalloc(n * (size_t)m->outputs, sizeof *w->output);
	w->truth = xcalloc(n, sizeof *w->truth);
	w->predicted = xcalloc(n, sizeof *w->predicted);
	w->error = xcalloc(n, sizeof *w->error);
	w->order = xcalloc(n, sizeof *w->order);
	for (int64_t i = 0; i < d->n; i++) {
		w->truth[i] = w->predicted[i] = w->error[i] = (double)NAN;
		w->order[i] = (int)i;
	}
}

void windows_release(struct windows *w)
{
	run_free(w->run);
	free(w->output);
	free(w->truth);
	free(w->predicted);
	free(w->error);
	free(w->order);
	*w = (struct windows){ 0 };
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Error: of a forecast the mean of its squares, rooted; of a class 1 minus the probability of the true one; of a
 * segmentation the share of its steps that are wrong. */
static void judge(struct windows *w, int64_t i, real *y)
{
	int64_t n = w->m->outputs;
	const real *o = w->output + i * n;
	if (w->task == TASK_CLASSIFICATION) {
		int cls = dataset_class(w->d, i);
		w->predicted[i] = (double)model_class(w->m, o);
		w->truth[i] = cls < 0 ? (double)NAN : cls;
		if (cls >= 0 && cls < model_classes(w->m))
			w->error[i] = 1 - model_class_probability(w->m, o, cls);
		return;
	}
	if (w->task == TASK_SEGMENTATION) {
		bool known = w->d->n_y == n && dataset_truth(w->d, i, y);
		struct step_count q = model_count_steps(w->m, o, known ? y : NULL);
		w->predicted[i] = q.class;
		w->truth[i] = q.true_class < 0 ? (double)NAN : q.true_class;
		w->error[i] = q.known ? (double)(q.known - q.right) / (double)q.known : (double)NAN;
		return;
	}
	w->predicted[i] = (double)o[0];
	if (w->d->n_y != n || !dataset_truth(w->d, i, y))
		return;
	double sum = 0;
	for (int64_t k = 0; k < n; k++)
		sum += ((double)o[k] - (double)y[k]) * ((double)o[k] - (double)y[k]);
	w->truth[i] = (double)y[0];
	w->error[i] = sqrt(sum / (double)n);
}

bool windows_step(struct windows *w, double budget)
{
	if (w->done >= w->n)
		return false;
	if (!w->run)
		w->run = run_new_outputs(w->m->graph, 1, &w->m->output);
	size_t count = (size_t)(w->m->T * w->m->C), outputs = (size_t)w->m->outputs;
	real *tc = xcalloc(count * 2 + outputs, sizeof *tc), *native = tc + count, *y = native + count;
	double end = seconds() + budget;
	int input = 0;
	for (int k = 0; k < w->m->graph->n_input; k++)
		if (w->m->graph->input[k] == w->m->input)
			input = k;
	do {
		dataset_window(w->d, w->done, tc);
		model_pack(w->m, tc, native);
		run_input(w->run, input, native);
		run_forward(w->run);
		const real *o = run_real(w->run, w->m->output);
		for (size_t k = 0; k < outputs; k++)
			w->output[(size_t)w->done * outputs + k] = o[k];
		judge(w, w->done++, y);
	} while (w->done < w->n && seconds() < end);
	free(tc);
	if (w->done == w->n) {
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
	int cls = dataset_class(w->d, i);
	return cls >= 0 && cls < w->d->n_class ? w->d->class_name[cls] : "";
}

bool windows_ascend(const struct windows *w)
{
	return (w->sort <= WINDOWS_LABEL) != w->reverse;
}

struct keyed {
	double key; /* NaN: not known, at the end either way */
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
	if (!na && a->key != b->key)
		c = a->key < b->key ? -1 : 1;
	else if (strcmp(a->text, b->text) != 0)
		c = strverscmp(a->text, b->text); /* "day 9" before "day 10" */
	else
		return c;
	return a->down ? -c : c;
}

static struct keyed key_of(const struct windows *w, int i)
{
	const double *number[WINDOWS_SORTS] = {
		[WINDOWS_TRUTH] = w->truth, [WINDOWS_PREDICTED] = w->predicted, [WINDOWS_ERROR] = w->error
	};
	struct keyed k = { 0, "", i, !windows_ascend(w) };
	if (number[w->sort])
		k.key = i < w->seen ? number[w->sort][i] : (double)NAN;
	else if (w->sort == WINDOWS_LABEL)
		k.text = windows_label(w, i);
	else if (w->sort == WINDOWS_GROUP)
		k.text = dataset_group_name(w->d, i);
	else if (w->sort == WINDOWS_FROM && *dataset_stamp(w->d, i, 0))
		k.text = dataset_stamp(w->d, i, 0);
	else
		k.key = w->sort == WINDOWS_FROM ? (double)dataset_row(w->d, i) : i;
	return k;
}

void windows_sort(struct windows *w)
{
	if (w->n < 1)
		return;
	int64_t here = w->order[w->at < w->listed ? w->at : w->listed - 1];
	struct keyed *k = xcalloc((size_t)w->n, sizeof *k);
	int group = *w->only ? group_called(w, w->only) : -1, n = 0;
	for (int i = 0; i < (int)w->n; i++) {
		bool all = !*w->only;
		if (all || (group >= 0 ? dataset_group(w->d, i) == group
		                       : strcasestr(dataset_group_name(w->d, i), w->only) != NULL))
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
