#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"
#include "core/base/number.h"

/* The distinct labels of a column, in order of appearance, found by hashing. */
struct labels {
	const char *name[CLASSES_MAX];
	int n;
	int slot[4096]; /* index + 1, 0: free */
	int last;
};

static unsigned hash(const char *s)
{
	unsigned h = 2166136261u; /* FNV-1a */
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h % 4096;
}

/* Returns the index of a label. A new label is added; the arena keeps its text. Returns -1 if there are too many. */
static int label_index(struct labels *l, struct arena *a, const char *s)
{
	if (l->n && !strcmp(l->name[l->last], s))
		return l->last;
	unsigned h = hash(s);
	for (; l->slot[h]; h = (h + 1) % 4096)
		if (!strcmp(l->name[l->slot[h] - 1], s))
			return l->last = l->slot[h] - 1;
	if (l->n == CLASSES_MAX)
		return -1;
	l->name[l->n] = arena_strdup(a, s);
	l->slot[h] = ++l->n;
	return l->last = l->n - 1;
}

const char *cut_label_text(const struct table *t, int col, int64_t row, char buf[32])
{
	if (t->text[col])
		return t->text[col][row];
	double v = t->number[col] ? t->number[col][row] : NAN;
	if (isnan(v))
		return "";
	snprintf(buf, 32, v == floor(v) && fabs(v) < 1e15 ? "%.0f" : "%.9g", v);
	return buf;
}

/* Returns the name of the folder that holds the file of a row or window. Returns "" if it is not known. */
static const char *folder_label(const struct cut *c, int64_t row)
{
	const struct file_part *p =
	        c->t ? cut_part(c->t->part, c->t->n_part, row) : cut_part(c->set->part, c->set->n_part, row);
	return p && p->folder ? p->folder : "";
}

static bool as_number(const char *s, double *v)
{
	return number_parse(s, strlen(s), '.', v) == NUMBER_OK;
}

static bool same_label(const char *a, const char *b)
{
	double x, y;
	return !strcmp(a, b) || (as_number(a, &x) && as_number(b, &y) && !(x < y) && !(x > y));
}

static int by_number(const void *a, const void *b)
{
	double x = 0, y = 0;
	as_number(*(const char *const *)a, &x);
	as_number(*(const char *const *)b, &y);
	return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns whether all labels are whole numbers 0..K-1. */
static bool all_indices(const struct labels *l, int64_t K)
{
	for (int i = 0; i < l->n; i++) {
		double v;
		if (!as_number(l->name[i], &v) || v < 0 || v >= (double)K || v > floor(v))
			return false;
	}
	return true;
}

static int find_name(const char *const *name, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (same_label(name[i], s))
			return i;
	return -1;
}

static bool all_named(const struct labels *l, const char *const *name, int n)
{
	for (int i = 0; i < l->n; i++)
		if (find_name(name, n, l->name[i]) < 0)
			return false;
	return true;
}

static void set_names(struct dataset *d, const char *const *name, int n)
{
	d->n_class = n;
	d->class_name = arena_alloc(&d->arena, (size_t)n, sizeof *d->class_name);
	for (int i = 0; i < n; i++)
		d->class_name[i] = arena_strdup(&d->arena, name[i]);
}

static void number_names(struct dataset *d, int n)
{
	d->n_class = n;
	d->class_name = arena_alloc(&d->arena, (size_t)n, sizeof *d->class_name);
	for (int i = 0; i < n; i++) {
		char buf[16];
		snprintf(buf, sizeof buf, "%d", i);
		d->class_name[i] = arena_strdup(&d->arena, buf);
	}
}

static int say_labels(const struct cut *c, const struct labels *l, int64_t K, struct err *e)
{
	char list[200] = "";
	size_t n = 0;
	for (int i = 0; i < l->n && i < 5; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%.30s", i ? ", " : "", l->name[i]);
	char where[96] = "the file";
	if (c->by_folder)
		snprintf(where, sizeof where, "--label-from folder");
	else if (c->t)
		snprintf(where, sizeof where, "column '%.80s'", c->t->name[c->label_col]);
	return err_set(e, ERR_VALUE,
	               "%s holds %d label%s (%s%s), but the model has %lld classes; --classes "
	               "A,B,... names them in "
	               "the order of the outputs",
	               where, l->n, l->n == 1 ? "" : "s", list, l->n > 5 ? " ..." : "", (long long)K);
}

/* Warns that the file's labels differ from the model's classes, and says which label is taken for which class. */
static void warn_order(struct dataset *d, const char *const *own)
{
	char list[300] = "";
	size_t n = 0;
	for (int i = 0; i < d->n_class && i < 5; i++)
		n += (size_t)snprintf(list + n, sizeof list - n, "%s%.20s = %.20s", i ? ", " : "", d->class_name[i],
		                      own[i]);
	cut_warn(d,
	         "its labels are not the model's classes and are taken in order: %s%s; --classes gives another order",
	         list, d->n_class > 5 ? " ..." : "");
}

/* Decides which class belongs to which output. */
static int name_classes(struct cut *c, struct labels *l, struct err *e)
{
	struct dataset *d = c->d;
	const struct recipe *r = c->r;
	const struct model *m = c->m;
	int64_t K = cut_classes(c);
	if (K > CLASSES_MAX)
		return err_set(e, ERR_LIMIT, "%lld outputs are too many classes, %d at most", (long long)K,
		               CLASSES_MAX);
	if (r->n_classes) {
		if (r->n_classes > CLASSES_MAX || (K && r->n_classes != K))
			return err_set(e, ERR_VALUE, "--classes names %d, but the model has %lld", r->n_classes,
			               (long long)K);
		set_names(d, (const char *const *)r->classes, r->n_classes);
		return 0;
	}
	const char *const *own = m && m->class_name && m->n_class_name == K ? m->class_name : NULL;
	bool numeric = true, indices = K && all_indices(l, K);
	if (own && (indices || all_named(l, own, (int)K))) {
		set_names(d, own, (int)K);
	} else if (indices) {
		number_names(d, (int)K);
	} else if (!K || l->n == K) {
		const char *name[CLASSES_MAX];
		double v;
		for (int i = 0; i < l->n; i++) {
			name[i] = l->name[i];
			numeric = numeric && as_number(name[i], &v);
		}
		qsort(name, (size_t)l->n, sizeof *name, numeric ? by_number : by_text);
		set_names(d, name, l->n);
		if (own)
			warn_order(d, own);
	} else {
		return say_labels(c, l, K, e);
	}
	return 0;
}

/* Finds the class of each label; -1: it is not one of the classes. */
static void map_labels(const struct cut *c, const struct labels *l, int *class_of)
{
	const struct dataset *d = c->d;
	for (int i = 0; i < l->n; i++)
		class_of[i] = find_name(d->class_name, d->n_class, l->name[i]);
	if (c->r->n_classes || !all_indices(l, d->n_class))
		return;
	/* The labels may be indices although the model has names for its classes. */
	for (int i = 0; i < l->n; i++) {
		double v = 0;
		if (class_of[i] < 0 && as_number(l->name[i], &v))
			class_of[i] = (int)v;
	}
}

/* Finds the labels of the windows of one segment by the rule, from those of its rows. Writes the label of a window to
 * window_label[row at which it begins]. Counts are updated as the window slides. */
static void label_segment(const struct cut *c, const struct segment *s, const int *row_label, int *window_label)
{
	const struct dataset *d = c->d;
	int64_t *count = xcalloc((size_t)d->n_class, sizeof *count), first = s->row, lo = first, hi = first;
	for (int64_t start = first; start + d->T <= first + s->n_row; start += d->step) {
		int64_t end = start + d->T;
		window_label[start] = row_label[end - 1];
		if (c->r->label_rule != LABEL_LAST) {
			if (hi < start)
				hi = start;
			for (; hi < end; hi++)
				if (row_label[hi] >= 0)
					count[row_label[hi]]++;
			/* If step > T, rows between two windows were never counted. */
			for (int64_t k = lo; k < start && k < start - d->step + d->T; k++)
				if (row_label[k] >= 0)
					count[row_label[k]]--;
			lo = start;
			int best = -1;
			for (int k = 0; k < d->n_class; k++)
				if (count[k] && (best < 0 || c->r->label_rule == LABEL_ANY || count[k] > count[best]))
					best = k;
			window_label[start] = best;
		}
		if (d->step > d->n_row)
			break;
	}
	free(count);
}

/* Sets the labels of the windows from those of the rows. */
static void label_windows(struct cut *c, const int *row_label)
{
	struct dataset *d = c->d;
	int *window_label = xcalloc((size_t)d->n_row, sizeof *window_label);
	for (int i = 0; i < d->n_segment; i++)
		label_segment(c, &d->segment[i], row_label, window_label);
	for (int64_t i = 0; i < d->n; i++)
		d->label[i] = window_label[dataset_start(d, i)];
	free(window_label);
}

/* Returns whether the folders name classes. They do not if none is known, or if the model's classes have names and no
 * folder has one of these: a file to be predicted lies anywhere. */
static bool folders_name_classes(struct cut *c, const struct labels *l)
{
	const struct recipe *r = c->r;
	const char *const *own = (const char *const *)r->classes;
	int n = r->n_classes;
	if (!n && c->m && c->m->class_name && c->m->n_class_name == cut_classes(c)) {
		own = c->m->class_name;
		n = c->m->n_class_name;
	}
	bool any = l->n > 0 && (!n || all_indices(l, n));
	for (int i = 0; i < l->n && !any; i++)
		any = find_name(own, n, l->name[i]) >= 0;
	if (l->n && !any)
		cut_warn(c->d, "--label-from folder: '%.60s' is the name of no class, so the windows have no labels",
		         l->name[0]);
	if (any)
		understood_add(&c->d->arena, &c->d->understood, "label", "the name of the folder that holds the file");
	return any;
}

/* Returns the text of the label of a row of the file, or "". */
static const char *row_text(const struct cut *c, int64_t row, char buf[32])
{
	return c->by_folder ? folder_label(c, row) : cut_label_text(c->t, c->label_col, row, buf);
}

/* Where the labels of a series come from, for messages. */
static const char *label_source(const struct cut *c, char buf[PLACE_TEXT])
{
	if (c->by_folder)
		return "--label-from folder";
	if (c->r->label)
		snprintf(buf, PLACE_TEXT, "--label %.60s: column '%.60s'", c->r->label, c->t->name[c->label_col]);
	else
		snprintf(buf, PLACE_TEXT, "the column of labels, '%.60s',", c->t->name[c->label_col]);
	return buf;
}

static int say_no_class(const struct cut *c, int64_t row, const char *label, struct err *e)
{
	char at[PLACE_TEXT], name[96] = "";
	if (!c->by_folder)
		snprintf(name, sizeof name, ", column '%.80s'", c->t->name[c->label_col]);
	return err_set(e, ERR_VALUE, "%s%s: label '%.60s' is not among --classes", table_place(c->t, row, at), name,
	               label);
}

static int label_rows(struct cut *c, struct labels *l, int *row_label, struct err *e)
{
	struct dataset *d = c->d;
	char buf[32], at[PLACE_TEXT];
	for (int64_t i = 0; i < d->n_row; i++) {
		const char *s = row_text(c, cut_file_row(d, i), buf);
		row_label[i] = *s ? label_index(l, &d->arena, s) : -1;
		if (*s && row_label[i] < 0)
			return err_set(e, ERR_LIMIT, "%s holds more than %d different labels", label_source(c, at),
			               CLASSES_MAX);
	}
	if (c->by_folder && !folders_name_classes(c, l))
		return 0;
	if (!l->n)
		return err_set(e, ERR_FORMAT, "%s is empty in the rows that are cut", label_source(c, at));
	d->has_labels = true;
	int bad = name_classes(c, l, e);
	if (bad)
		return bad;
	int class_of[CLASSES_MAX];
	map_labels(c, l, class_of);
	for (int64_t i = 0; i < d->n_row; i++) {
		if (row_label[i] < 0)
			continue;
		if (class_of[row_label[i]] < 0)
			return say_no_class(c, cut_file_row(d, i), l->name[row_label[i]], e);
		row_label[i] = class_of[row_label[i]];
	}
	return 0;
}

int cut_labels(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	struct labels *l = xcalloc(1, sizeof *l);
	int *row_label = xcalloc((size_t)d->n_row, sizeof *row_label);
	int bad = label_rows(c, l, row_label, e);
	if (!bad && d->has_labels) {
		d->n_target = d->n;
		d->label = arena_alloc(&d->arena, (size_t)d->n, sizeof *d->label);
		label_windows(c, row_label);
		if (c->m && c->m->task == TASK_SEGMENTATION)
			cut_rows_truth(c, arena_dup(&d->arena, row_label, (size_t)d->n_row, sizeof *row_label));
	}
	free(row_label);
	free(l);
	return bad;
}

/* Adds the labels that the file declares, unless there are more than the model has classes. */
static void add_declared(struct cut *c, struct labels *l)
{
	const struct window_set *s = c->set;
	int64_t K = cut_classes(c) ? cut_classes(c) : CLASSES_MAX;
	struct labels *all = xcalloc(1, sizeof *all);
	*all = *l;
	bool fit = true;
	for (int i = 0; i < s->n_declared && fit; i++)
		fit = label_index(all, &c->d->arena, s->declared[i]) >= 0 && all->n <= K;
	if (fit)
		*l = *all;
	free(all);
}

static int label_set(struct cut *c, struct labels *l, struct err *e)
{
	struct dataset *d = c->d;
	for (int64_t i = 0; i < d->n; i++) {
		int64_t w = cut_file_row(d, i);
		const char *s = c->by_folder ? folder_label(c, w) : c->set->label[w];
		d->label[i] = *s ? label_index(l, &d->arena, s) : -1;
		if (*s && d->label[i] < 0)
			return err_set(e, ERR_LIMIT, "more than %d different labels; are they numbers to be predicted?",
			               CLASSES_MAX);
	}
	if (c->by_folder && !folders_name_classes(c, l))
		return 0;
	if (!l->n)
		return err_set(e, ERR_FORMAT, "no window has a label");
	if (!c->by_folder)
		add_declared(c, l);
	d->has_labels = true;
	int bad = name_classes(c, l, e);
	if (bad)
		return bad;
	int class_of[CLASSES_MAX];
	map_labels(c, l, class_of);
	char at[PLACE_TEXT];
	for (int64_t i = 0; i < d->n; i++) {
		if (d->label[i] < 0)
			continue;
		int k = class_of[d->label[i]];
		if (k < 0)
			return err_set(e, ERR_VALUE, "%s: label '%.60s' is not among --classes",
			               window_place(c->set, cut_file_row(d, i), at), l->name[d->label[i]]);
		d->label[i] = k;
	}
	return 0;
}

int cut_set_labels(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	struct labels *l = xcalloc(1, sizeof *l);
	d->label = arena_alloc(&d->arena, (size_t)d->n, sizeof *d->label);
	int bad = label_set(c, l, e);
	free(l);
	d->n_target = d->has_labels ? d->n : 0;
	return bad;
}

void cut_class_names(struct cut *c)
{
	const struct recipe *r = c->r;
	bool classes = c->m && (c->m->task == TASK_CLASSIFICATION || c->m->task == TASK_SEGMENTATION);
	if (classes && !c->d->has_labels && r->n_classes && r->n_classes == cut_classes(c))
		set_names(c->d, (const char *const *)r->classes, r->n_classes);
}

bool cut_one_hot(struct cut *c)
{
	struct dataset *d = c->d;
	int64_t K = c->set->n_value;
	if (K < 2 || K > CLASSES_MAX)
		return false;
	int *label = arena_alloc(&d->arena, (size_t)d->n, sizeof *label);
	for (int64_t i = 0; i < d->n; i++) {
		const double *v = c->set->value + cut_file_row(d, i) * K;
		label[i] = -1;
		for (int k = 0; k < K; k++) {
			bool one = v[k] >= 1 && v[k] <= 1;
			if ((!one && !(v[k] >= 0 && v[k] <= 0)) || (one && label[i] >= 0))
				return false;
			label[i] = one ? k : label[i];
		}
	}
	d->label = label;
	d->has_labels = true;
	d->n_target = d->n;
	if (c->r->n_classes == K)
		set_names(d, (const char *const *)c->r->classes, (int)K);
	else if (c->m && c->m->class_name && c->m->n_class_name == K)
		set_names(d, c->m->class_name, (int)K);
	else
		number_names(d, (int)K);
	return true;
}

int cut_class_numbers(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	int64_t K = c->m->outputs;
	char at[PLACE_TEXT];
	if (d->n_predict != 1 || K > CLASSES_MAX)
		return err_set(e, ERR_VALUE,
		               "--predict: the class of a window comes from one column and is one of at most %d",
		               CLASSES_MAX);
	const double *x = d->raw[d->predict[0]];
	d->label = arena_alloc(&d->arena, (size_t)d->n, sizeof *d->label);
	for (int64_t i = 0; i < d->n; i++) {
		d->label[i] = -1;
		if (i >= d->n_target)
			continue;
		int64_t row = dataset_start(d, i) + d->T - 1 + d->horizon;
		if (x[row] < 0 || x[row] >= (double)K || x[row] > floor(x[row]))
			return err_set(e, ERR_VALUE,
			               "%s, column '%s': %g is no class index from 0 to %lld; a "
			               "column of names is given by --label",
			               table_place(c->t, cut_file_row(d, row), at), d->held_name[d->predict[0]], x[row],
			               (long long)K - 1);
		d->label[i] = (int)x[row];
	}
	d->has_labels = true;
	d->n_y = 0;
	if (c->m->class_name && c->m->n_class_name == K)
		set_names(d, c->m->class_name, (int)K);
	else
		number_names(d, (int)K);
	return 0;
}
