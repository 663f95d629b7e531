#include "core/record/record_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- places in time ---- */

static int64_t start_of(const struct record_plan *p, int64_t window)
{
	return p->d->set ? window * p->m->T : dataset_start(p->d, window);
}

int64_t record_window(const struct record_plan *p, int64_t i)
{
	return p->order ? p->order[i] : i;
}

int64_t record_start(const struct record_plan *p, int64_t i)
{
	return start_of(p, record_window(p, i));
}

int64_t record_place(const struct record_plan *p, int64_t step)
{
	int64_t lo = 0, hi = p->windows;
	while (lo < hi) {
		int64_t mid = lo + (hi - lo) / 2;
		if (record_start(p, mid) < step)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void record_cover(const struct record_plan *p, int64_t first, int64_t end, int64_t *from, int64_t *to)
{
	*from = record_place(p, first - p->reach + 1);
	*to = record_place(p, end);
}

struct begin {
	int64_t start, window;
};

static int by_start(const void *pa, const void *pb)
{
	const struct begin *a = pa, *b = pb;
	if (a->start != b->start)
		return (a->start > b->start) - (a->start < b->start);
	return (a->window > b->window) - (a->window < b->window);
}

/* Windows without a true value come last in the data set, and with several groups they lie between the others. */
static void put_in_order(struct record_plan *p)
{
	int64_t i = 1;
	while (i < p->windows && start_of(p, i - 1) <= start_of(p, i))
		i++;
	if (i >= p->windows)
		return;
	struct begin *b = xcalloc((size_t)p->windows, sizeof *b);
	for (i = 0; i < p->windows; i++)
		b[i] = (struct begin){ start_of(p, i), i };
	qsort(b, (size_t)p->windows, sizeof *b, by_start);
	p->order = xcalloc((size_t)p->windows, sizeof *p->order);
	for (i = 0; i < p->windows; i++)
		p->order[i] = b[i].window;
	free(b);
}

/* ---- outputs ---- */

/* Where output k stands: its column and its step. */
static void place_output(struct record_plan *p, int64_t k)
{
	const struct model *m = p->m;
	const struct dataset *d = p->d;
	int64_t place = d->stored ? d->stored[k] : k, inner = 1, from = 0;
	bool timed = true;
	if (d->n_y == m->outputs && d->truth == TRUTH_COLUMNS) {
		inner = d->n_predict;
		from = d->truth_from;
	} else if (d->n_y == m->outputs && d->truth == TRUTH_WINDOW) {
		inner = d->C;
	} else if (m->out_steps == m->T) {
		inner = m->out_channels;
		place = 0;
		for (int64_t t = 0; t < m->out_steps; t++)
			for (int64_t c = 0; c < inner; c++)
				place = model_output_index(m, t, c) == k ? t * inner + c : place;
	} else {
		timed = false;
	}
	p->column[k] = (int)(timed ? place % inner : k);
	p->at[k] = timed ? from + place / inner : -1;
	p->columns = p->column[k] >= p->columns ? p->column[k] + 1 : p->columns;
	p->reach = p->at[k] >= p->reach ? p->at[k] + 1 : p->reach;
}

void record_plan_init(struct record_plan *p, const struct model *m, const struct dataset *d, enum task task)
{
	*p = (struct record_plan){ .m = m, .d = d, .task = task, .windows = d->n, .reach = m->T };
	p->steps = d->set ? d->n * m->T : d->n_row;
	p->channels = (int)m->C;
	p->classifier = task == TASK_CLASSIFICATION || (task == TASK_SEGMENTATION && m->out_steps == m->T);
	if (p->classifier) {
		p->classes = (int)(task == TASK_SEGMENTATION ? model_step_classes(m) : model_classes(m));
		p->columns = 1;
	} else {
		p->column = xcalloc((size_t)m->outputs, sizeof *p->column);
		p->at = xcalloc((size_t)m->outputs, sizeof *p->at);
		for (int64_t k = 0; k < m->outputs; k++)
			place_output(p, k);
	}
	put_in_order(p);
	p->truth = p->columns;
	p->error = 2 * p->columns;
	p->probability = p->error + 1;
	p->saliency = p->probability + p->classes;
	p->width = p->saliency + p->channels;
}

void record_plan_release(struct record_plan *p)
{
	free(p->order);
	free(p->column);
	free(p->at);
	memset(p, 0, sizeof *p);
}

/* ---- what a step is called ---- */

int64_t record_row(const struct record_plan *p, int64_t step)
{
	const struct dataset *d = p->d;
	if (d->set)
		return step;
	return d->row_of ? d->row_of[step] : d->first_row + step;
}

const char *record_stamp(const struct record_plan *p, int64_t step)
{
	const struct dataset *d = p->d;
	if (d->set)
		return dataset_stamp(d, step / p->m->T, step % p->m->T);
	return d->stamp && d->stamp[step] ? d->stamp[step] : "";
}

int64_t record_pieces(const struct record_plan *p)
{
	return p->d->set ? p->d->n : p->d->n_segment ? p->d->n_segment : 1;
}

int64_t record_piece(const struct record_plan *p, int64_t k)
{
	return p->d->set ? k * p->m->T : p->d->n_segment ? p->d->segment[k].row : 0;
}

int64_t record_piece_of(const struct record_plan *p, int64_t step)
{
	int64_t lo = 0, hi = record_pieces(p);
	if (p->d->set)
		return step / p->m->T;
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;
		if (record_piece(p, mid) <= step)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int record_group(const struct record_plan *p, int64_t step)
{
	const struct dataset *d = p->d;
	int64_t k = record_piece_of(p, step);
	if (!d->n_group)
		return -1;
	return d->set ? dataset_group(d, k) : d->n_segment ? d->segment[k].group : -1;
}

/* The name of column k of the predictions; "" where there is one alone, NULL: it has none. */
static const char *column_name(const struct record_plan *p, int k)
{
	const struct dataset *d = p->d;
	if (p->columns == 1)
		return "";
	if (d->n_y && d->truth == TRUTH_COLUMNS && d->held_name)
		return d->held_name[d->predict[k]];
	return d->n_y && d->truth == TRUTH_WINDOW && d->channel ? d->channel[k] : NULL;
}

const char *record_column_name(const struct record_plan *p, int k, char *buf, size_t size)
{
	const char *name = column_name(p, k);
	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%d", k);
	return buf;
}

const char *record_class_name(const struct record_plan *p, int k, char *buf, size_t size)
{
	if (p->d->class_name && k < p->d->n_class)
		return p->d->class_name[k];
	if (k < p->m->n_class_name)
		return p->m->class_name[k];
	snprintf(buf, size, "%d", k);
	return buf;
}

const char *record_channel_name(const struct record_plan *p, int c, char *buf, size_t size)
{
	if (p->d->channel && p->d->channel[c])
		return p->d->channel[c];
	snprintf(buf, size, "%d", c);
	return buf;
}

const char *record_number_name(const struct record_plan *p, int j, char *buf, size_t size)
{
	char name[32];
	if (j == p->error) {
		snprintf(buf, size, "error");
	} else if (j < p->error) {
		const char *what = j < p->truth ? "prediction" : "truth";
		int k = j < p->truth ? j : j - p->truth;
		const char *column = column_name(p, k);
		if (column)
			snprintf(buf, size, "%s%s%s", what, *column ? "_" : "", column);
		else
			snprintf(buf, size, "%s_%d", what, k);
	} else if (j < p->saliency) {
		snprintf(buf, size, "p_%s", record_class_name(p, j - p->probability, name, sizeof name));
	} else {
		snprintf(buf, size, "saliency_%s", record_channel_name(p, j - p->saliency, name, sizeof name));
	}
	return buf;
}
