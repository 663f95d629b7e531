#include "src/data/data_npy.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/model/recipe_label.h"
#include "src/text/csv.h"
#include "src/data/window_build.h"

/* ---- what the axes are ---- */

enum reading {
	READ_WINDOWS, /* ready windows */
	STEPS_DOWN,   /* a series: each row is a time step */
	STEPS_ACROSS, /* a series: each column is a time step */
};

static int say_both(const struct npy *a, const struct data_wanted *q, struct err *e)
{
	char shape[64];
	npy_shape(a, shape, sizeof shape);
	return err_set(
	        e, ERR_VALUE,
	        "an array of shape %s for a model of %lld channels: each row may be a time step (--layout NTC) or "
	        "a channel (--layout NCT)",
	        shape, (long long)q->C);
}

/* Decides about an array of two axes without labels by the model's shape: a series of C channels, down or across, or
 * windows. Returns enum reading, or an error if two readings fit. */
static int reading_of_two(const struct npy *a, const struct data_wanted *q, struct err *e)
{
	int64_t rows = a->dim[0], cols = a->dim[1], T = q->T > 1 ? q->T : 1;
	const char *layout = q->r && q->r->given & RECIPE_LAYOUT ? q->r->layout : NULL;
	bool asked_down = layout && !strcmp(layout, "NTC"), asked_across = layout && !strcmp(layout, "NCT");
	bool fit = q->r && q->r->lengths == LENGTHS_FIT;
	bool down = cols == q->C && rows >= T, across = rows == q->C && cols >= T && q->C > 0;
	bool windows = q->C > 1 && q->T > 1 && cols == q->T * q->C;
	if (q->C <= 1 && q->T > 1 && cols == q->T)
		return READ_WINDOWS;
	if (q->C == 1 && across)
		return fit ? READ_WINDOWS : STEPS_ACROSS;
	if (windows && across)
		return err_set(
		        e, ERR_VALUE,
		        "its %lld rows may be %lld windows (--table wide) or the channels of one series (--table "
		        "long --layout NCT)",
		        (long long)rows, (long long)rows);
	if (windows)
		return READ_WINDOWS;
	if (down && across && !asked_down && !asked_across)
		return say_both(a, q, e);
	if (across && (!down || asked_across))
		return STEPS_ACROSS;
	return q->C != 1 || cols < 8 ? STEPS_DOWN : READ_WINDOWS;
}

/* Decides what an array is. Returns enum reading or an error. */
static int reading_of(const struct npy *a, const struct data_wanted *q, bool truth, struct err *e)
{
	const struct recipe *r = q->r;
	if (a->rank > 2 || truth || (r && (r->table == TABLE_WIDE || r->table == TABLE_COLUMNS)))
		return READ_WINDOWS;
	if (r && r->table == TABLE_LONG && a->rank == 2 && r->given & RECIPE_LAYOUT && !strcmp(r->layout, "NCT"))
		return STEPS_ACROSS;
	if (a->rank == 1 ||
	    (r && (r->table == TABLE_LONG || r->n_columns || r->n_predict || (r->label && !recipe_no_label(r)))))
		return STEPS_DOWN;
	return reading_of_two(a, q, e);
}

/* ---- rows of a series ---- */

/* Exchanges the two axes. */
static void turn(struct npy *a)
{
	int64_t dim = a->dim[0], stride = a->stride[0];
	a->dim[0] = a->dim[1];
	a->stride[0] = a->stride[1];
	a->dim[1] = dim;
	a->stride[1] = stride;
}

/* Makes a table of an array whose rows are time steps. The lists of columns have room for two more. */
static int make_table(struct table *t, const struct npy *a, const float *x, const char *file, int64_t budget,
                      struct err *e)
{
	int64_t rows = a->dim[0], cols = a->rank == 2 ? a->dim[1] : 1;
	if (cols > CSV_COLUMNS_MAX)
		return err_set(e, ERR_LIMIT,
		               "a series of %lld columns; at most %d are read; with --table wide each row is a window",
		               (long long)cols, CSV_COLUMNS_MAX);
	int64_t bytes = a->count * (int64_t)sizeof(double) + rows * 8;
	if (bytes + a->count * (int64_t)sizeof *x > budget)
		return err_set(e, ERR_LIMIT,
		               "an array of %lld numbers needs more memory than is allowed; see --max-mem",
		               (long long)a->count);
	t->file = text_copy(&t->arena, file, strlen(file));
	t->n_row = rows;
	t->room = budget - bytes;
	t->n_col = (int)cols;
	t->name = arena_alloc(&t->arena, (size_t)cols + 2, sizeof *t->name);
	t->number = arena_alloc(&t->arena, (size_t)cols + 2, sizeof *t->number);
	t->text = arena_alloc(&t->arena, (size_t)cols + 2, sizeof *t->text);
	t->line_noun = "row";
	for (int64_t c = 0; c < cols; c++) {
		char name[32];
		snprintf(name, sizeof name, "column %lld", (long long)c + 1);
		t->name[c] = text_copy(&t->arena, name, strlen(name));
		t->number[c] = arena_alloc(&t->arena, (size_t)rows, sizeof **t->number);
		for (int64_t i = 0; i < rows; i++)
			t->number[c][i] = (double)x[i * a->stride[0] + (a->rank == 2 ? c * a->stride[1] : 0)];
	}
	return 0;
}

/* ---- windows ---- */

static void make_set(struct window_set *s, const struct npy *a, const char *file)
{
	s->file = text_copy(&s->arena, file, strlen(file));
	s->format = "NumPy array";
	s->rank = a->rank;
	for (int i = 0; i < a->rank; i++) {
		s->dim[i] = a->dim[i];
		s->stride[i] = a->stride[i];
	}
	s->n = a->dim[0];
}

int npy_data(struct data *d, struct source *s, const struct data_wanted *q, bool truth, int64_t budget, struct err *e)
{
	struct npy a;
	float *x;
	char shape[64];
	int bad = npy_head(&a, s, e);
	if (bad)
		return bad;
	if (a.rank < 1 || a.rank > 4 || !a.count)
		return err_set(e, ERR_FORMAT,
		               "an array of %d axes and %lld elements; expected (windows, channels, steps) or "
		               "(windows, steps)",
		               a.rank, (long long)a.count);
	int reading = reading_of(&a, q, truth, e);
	if (reading < 0)
		return reading;
	npy_shape(&a, shape, sizeof shape);
	bad = npy_floats(&a, s, budget, &x, e);
	if (bad)
		return bad;
	d->ready = reading == READ_WINDOWS;
	if (!d->ready) {
		if (reading == STEPS_ACROSS)
			turn(&a);
		bad = make_table(&d->table, &a, x, s->file, budget, e);
		free(x);
		if (!bad)
			understood_add(&d->table.arena, &d->table.understood, "axes", "%s is %s", shape,
			               a.rank == 1               ? "(steps)"
			               : reading == STEPS_ACROSS ? "(channels, steps)"
			                                         : "(steps, columns)");
		return bad;
	}
	make_set(&d->set, &a, s->file);
	d->set.x = x;
	if (a.rank == 2 && q->r && q->r->table == TABLE_COLUMNS)
		d->set.axes = "TN";
	else if (a.rank == 2 && q->C > 1)
		return window_set_split(&d->set, q->r, q->T, q->C, e);
	return 0;
}

static int npy_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	return npy_data(d, s, q, false, budget, e);
}

static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	(void)q;
	return npy_probe(head, n);
}

const struct data_reader reader_npy = {
	.name = "NumPy .npy",
	.extensions = ".npy (f2 f4 f8, integers, C and Fortran order)",
	.example = "tsviz predict net.onnx windows.npy",
	.uses = RECIPE_TABLE,
	.probe = probe,
	.read = npy_read,
};

/* ---- labels ---- */

static void label_of(const struct npy *a, const unsigned char *p, int64_t i, char *buf, size_t size)
{
	if (a->kind == 'U' || a->kind == 'S') {
		npy_text(a, p, i, buf, size);
		return;
	}
	double v = npy_number(a, p, i);
	if (isnan(v))
		buf[0] = 0;
	else
		snprintf(buf, size, v == floor(v) && fabs(v) < 1e15 ? "%.0f" : "%.9g", v);
}

static void make_labels(struct window_set *s, const struct npy *a, const unsigned char *p)
{
	char buf[1024];
	const char *recent[256] = { 0 };
	s->label = arena_alloc(&s->arena, (size_t)a->dim[0], sizeof *s->label);
	for (int64_t i = 0; i < a->dim[0]; i++) {
		unsigned h = 2166136261u;
		label_of(a, p, i, buf, sizeof buf);
		for (const char *c = buf; *c; c++)
			h = (h ^ (unsigned char)*c) * 16777619u;
		if (!recent[h % 256] || strcmp(recent[h % 256], buf) != 0)
			recent[h % 256] = text_copy(&s->arena, buf, strlen(buf));
		s->label[i] = recent[h % 256];
	}
}

static bool any_fraction(const double *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (v[i] != floor(v[i]) && !isnan(v[i]))
			return true;
	return false;
}

/* Returns where element k lies in the file, if the last axis runs fastest. */
static int64_t place_in_file(const struct npy *a, int64_t k)
{
	int64_t at = 0;
	for (int i = a->rank - 1; i >= 0; i--) {
		at += k % a->dim[i] * a->stride[i];
		k /= a->dim[i];
	}
	return at;
}

static int truth_from(struct window_set *s, const struct npy *a, const unsigned char *p, struct err *e)
{
	bool text = a->kind == 'U' || a->kind == 'S';
	int64_t width = 1;
	for (int i = 1; i < a->rank; i++)
		width *= a->dim[i];
	if (a->rank < 1 || a->rank > 4 || !a->count || (text && width != 1))
		return err_set(e, ERR_FORMAT, "labels must be an array of one axis, or with one row for each window");
	s->n_truth = a->dim[0];
	if (!text) {
		s->n_value = width;
		s->value_rank = a->rank - 1;
		for (int i = 1; i < a->rank; i++)
			s->value_dim[i - 1] = a->dim[i];
		s->value = arena_alloc(&s->arena, (size_t)a->count, sizeof *s->value);
		for (int64_t k = 0; k < a->count; k++)
			s->value[k] = npy_number(a, p, place_in_file(a, k));
	}
	if (text || (width == 1 && !any_fraction(s->value, a->dim[0])))
		make_labels(s, a, p);
	return 0;
}

int npy_truth(struct window_set *set, const char *file, const unsigned char *data, size_t n, struct err *e)
{
	struct npy a;
	struct source s;
	source_memory(&s, file, data, n);
	int bad = npy_head(&a, &s, e);
	if (bad)
		return bad;
	if (a.count > (int64_t)(n - s.at) / a.size)
		return err_set(e, ERR_FORMAT, "the array ends early");
	return truth_from(set, &a, data + s.at, e);
}

/* ---- a series with a label for each step ---- */

/* Returns the number of labels, or 0 if there is not one text or number for each place on the first axis. */
static int64_t count_labels(const unsigned char *y, size_t n)
{
	struct npy a;
	struct source s;
	struct err e;
	source_memory(&s, "", y, n);
	if (npy_head(&a, &s, &e) || a.rank < 1 || a.rank > 2 || !a.count || (a.rank == 2 && a.dim[1] != 1))
		return 0;
	return a.dim[0];
}

/* Returns enum reading: what an array of two axes is, if each of its rows or columns may be a time step with a label.
 */
static enum reading labelled_reading(const struct npy *a, int64_t labels, const struct data_wanted *q)
{
	int64_t rows = a->dim[0], cols = a->dim[1], T = q->T > 1 ? q->T : 1;
	bool asked = q->r && q->r->table == TABLE_LONG;
	bool windows = q->T > 1 && (q->C ? cols == q->T * q->C : cols % q->T == 0);
	if (rows == labels && (asked || (!windows && (cols == q->C || (!q->C && cols < T)) && rows >= T)))
		return STEPS_DOWN;
	if (cols == labels && rows != labels && (asked || (rows == q->C && cols >= T)))
		return STEPS_ACROSS;
	return READ_WINDOWS;
}

static enum reading reading_with_labels(const struct npy *a, int64_t labels, const struct data_wanted *q)
{
	enum table_form form = q->r ? q->r->table : TABLE_AUTO;
	if (!labels || a->rank < 1 || a->rank > 2 || !a->count || form == TABLE_WIDE || form == TABLE_COLUMNS)
		return READ_WINDOWS;
	if (a->rank == 1)
		return a->dim[0] == labels ? STEPS_DOWN : READ_WINDOWS;
	return labelled_reading(a, labels, q);
}

bool npy_is_labelled_series(const struct source *s, const unsigned char *y, size_t n, const struct data_wanted *q)
{
	struct npy a;
	struct source copy = *s;
	struct err e;
	return !npy_head(&a, &copy, &e) && reading_with_labels(&a, count_labels(y, n), q) != READ_WINDOWS;
}

/* Adds a column of labels or groups. Whole numbers and texts become texts, so that they are no channel; other numbers
 * are a column of numbers. */
static int add_column(struct table *t, const struct window_set *y, const char *name, int64_t budget, struct err *e)
{
	int c = t->n_col;
	if (y->n_truth != t->n_row)
		return err_set(e, ERR_FORMAT, "%lld of them for %lld steps", (long long)y->n_truth,
		               (long long)t->n_row);
	if (t->n_row * 64 > budget)
		return err_set(e, ERR_LIMIT, "they need more memory than is allowed; see --max-mem");
	t->name[c] = text_copy(&t->arena, name, strlen(name));
	t->n_col++;
	if (!y->label) {
		t->number[c] = arena_dup(&t->arena, y->value, (size_t)t->n_row, sizeof **t->number);
		return 0;
	}
	t->text[c] = arena_alloc(&t->arena, (size_t)t->n_row, sizeof **t->text);
	for (int64_t i = 0; i < t->n_row; i++)
		t->text[c][i] = i && !strcmp(t->text[c][i - 1], y->label[i]) ? t->text[c][i - 1]
		                                                             : arena_strdup(&t->arena, y->label[i]);
	return 0;
}

static int read_series(struct table *t, struct source *s, int64_t labels, const struct data_wanted *q, int64_t budget,
                       struct err *e)
{
	struct npy a;
	float *x;
	char shape[64];
	int bad = npy_head(&a, s, e);
	if (bad)
		return bad;
	bool across = reading_with_labels(&a, labels, q) == STEPS_ACROSS;
	npy_shape(&a, shape, sizeof shape);
	bad = npy_floats(&a, s, budget, &x, e);
	if (bad)
		return bad;
	if (across)
		turn(&a);
	bad = make_table(t, &a, x, s->file, budget, e);
	free(x);
	if (!bad)
		understood_add(&t->arena, &t->understood, "axes", "%s is %s", shape,
		               a.rank == 1 ? "(steps)"
		               : across    ? "(channels, steps)"
		                           : "(steps, columns)");
	return bad;
}

int npy_labelled_series(struct data *d, struct source *s, const unsigned char *y, size_t n, const char *name,
                        const struct data_wanted *q, int64_t budget, struct err *e)
{
	struct window_set labels = { 0 };
	struct table *t = &d->table;
	d->ready = false;
	int bad = read_series(t, s, count_labels(y, n), q, budget, e);
	if (!bad) {
		bad = npy_truth(&labels, s->file, y, n, e);
		bad = bad ? bad : add_column(t, &labels, name, t->room, e);
		if (bad) {
			struct err why = *e;
			err_set(e, why.code, "array '%.60s' of the labels: %s", name, why.text);
		}
	}
	bool asked = q->r && (q->r->label || q->r->label_array);
	if (!bad && labels.label && (asked || q->classes > 1))
		t->label = t->name[t->n_col - 1];
	window_set_release(&labels);
	return bad;
}

/* ---- groups ---- */

/* Reads groups as labels: texts, or whole numbers. */
static int read_groups(struct window_set *y, const char *file, const unsigned char *data, size_t n, struct err *e)
{
	if (npy_truth(y, file, data, n, e) || !y->label)
		return err_set(
		        e, ERR_FORMAT,
		        "the groups are texts or whole numbers, one for each window or step, in an array of one axis");
	return 0;
}

int npy_groups(struct window_set *set, const char *file, const unsigned char *data, size_t n, struct err *e)
{
	struct window_set y = { .n = 0 };
	struct group_names q = { .n = 0 };
	int bad = read_groups(&y, file, data, n, e);
	set->group = bad ? NULL : arena_alloc(&set->arena, (size_t)y.n_truth, sizeof *set->group);
	for (int64_t i = 0; !bad && i < y.n_truth; i++) {
		set->group[i] = group_names_add(&q, &set->arena, y.label[i]);
		if (!*y.label[i])
			bad = err_set(e, ERR_FORMAT, "element %lld is empty, so window %lld has no group", (long long)i,
			              (long long)i);
	}
	if (!bad) {
		set->group_name = arena_dup(&set->arena, q.name, (size_t)q.n, sizeof *set->group_name);
		set->n_group = q.n;
		set->n_grouped = y.n_truth;
		set->group_asked = true;
	}
	group_names_release(&q);
	window_set_release(&y);
	return bad;
}

int npy_group_column(struct table *t, const char *file, const unsigned char *data, size_t n, const char *name,
                     struct err *e)
{
	struct window_set y = { .n = 0 };
	int bad = read_groups(&y, file, data, n, e);
	bad = bad ? bad : add_column(t, &y, name, t->room, e);
	window_set_release(&y);
	return bad ? err_at(e, "--group %s", name) : 0;
}
