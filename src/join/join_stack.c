/* Puts files side by side that hold one channel each (--stack): windows to windows of several channels, or series to a
 * table of several columns. A file of labels may be among them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "core/data/dataset_cut.h"
#include "src/join/data_join.h"

struct stack {
	struct join *j;
	struct data *d;    /* the result */
	const char *asked; /* the value of --label, or NULL */
	struct data label; /* the file of labels */
	int label_file;    /* its number; -1: it is none of the files; only if has_label */
	bool has_label;
	int *file; /* [n] numbers of the files that are stacked */
	int n;
	char **name; /* [n] of their channels */
};

static const struct data *part_of(const struct stack *q, int i)
{
	return &q->j->part[q->file[i]];
}

static const char *first_name(const struct stack *q)
{
	return q->j->f->file[q->file[0]].name;
}

/* ---- names of channels ---- */

/* Bytes of the name before its last ending, or before two if the last one is .gz. */
static size_t stem(const char *name)
{
	size_t n = strlen(name);
	for (int i = 0; i < 2; i++) {
		size_t k = n;
		while (k > 1 && name[k - 1] != '.' && name[k - 1] != '/')
			k--;
		if (k < 2 || name[k - 1] != '.')
			break;
		bool packed = n - k == 2 && !strncasecmp(name + k, "gz", 2);
		n = k - 1;
		if (!packed)
			break;
	}
	return n;
}

static bool between_words(char c)
{
	return strchr("_-. /", c) != NULL;
}

/* How much all names have in common at the beginning and at the end, in whole words. */
static void common_ends(const char *const *name, const size_t *len, int n, size_t *before, size_t *after)
{
	size_t a = len[0], b = len[0];
	for (int i = 1; i < n; i++) {
		size_t k = 0;
		while (k < a && k < len[i] && name[i][k] == name[0][k])
			k++;
		a = k;
		k = 0;
		while (k < b && k < len[i] && name[i][len[i] - 1 - k] == name[0][len[0] - 1 - k])
			k++;
		b = k;
	}
	while (a && !between_words(name[0][a - 1]))
		a--;
	while (b && !between_words(name[0][len[0] - b]))
		b--;
	for (int i = 0; i < n; i++)
		if (a + b >= len[i])
			a = b = 0;
	*before = a;
	*after = b;
}

/* "total_acc_x_train.txt" and "body_gyro_y_train.txt" become "total_acc_x" and "body_gyro_y". */
static void name_channels(struct stack *q)
{
	const char **name = xcalloc((size_t)q->n, sizeof *name);
	size_t *len = xcalloc((size_t)q->n, sizeof *len), before = 0, after = 0;
	for (int i = 0; i < q->n; i++) {
		name[i] = q->j->f->file[q->file[i]].name;
		len[i] = stem(name[i]);
	}
	if (q->n > 1)
		common_ends(name, len, q->n, &before, &after);
	for (int i = 0; i < q->n; i++)
		q->name[i] = xstrndup(name[i] + before, len[i] - before - after);
	free(name);
	free(len);
}

/* ---- which file holds the labels ---- */

/* Is the file the one that --label names, by its path or its name? */
static bool is_asked(const struct stack *q, const struct data_file *f)
{
	const char *slash = strrchr(f->path, '/');
	return q->asked && (!strcmp(q->asked, f->path) || !strcmp(q->asked, slash ? slash + 1 : f->path));
}

static bool one_a_row(const struct data *d)
{
	return !d->ready && d->table.n_col == 1;
}

/* Takes the file of labels out of the files, and lists the other ones. */
static int find_label(struct stack *q)
{
	struct join *j = q->j;
	bool any_ready = false, all_one = true;
	for (int i = 0; i < j->f->n; i++) {
		any_ready = any_ready || j->part[i].ready;
		all_one = all_one && one_a_row(&j->part[i]);
	}
	for (int i = 0; i < j->f->n; i++) {
		const struct data_file *f = &j->f->file[i];
		bool label =
		        is_asked(q, f) || (!q->asked && one_a_row(&j->part[i]) && data_files_label(f->name, !all_one));
		if (label && q->has_label) {
			err_set(j->e, ERR_VALUE, "holds labels as %.80s does; --label FILE says which file to take",
			        j->f->file[q->label_file].name);
			return join_at(j, i);
		}
		if (label) {
			q->has_label = true;
			q->label_file = i;
			q->label = j->part[i];
			j->part[i] = (struct data){ 0 };
		} else {
			q->file[q->n++] = i;
		}
	}
	for (int i = 0; i < q->n && any_ready; i++)
		if (one_a_row(part_of(q, i))) {
			err_set(j->e, ERR_VALUE,
			        "holds one value a row, and others hold windows; --label %.80s if these are labels, "
			        "else "
			        "leave the file out",
			        j->f->file[q->file[i]].name);
			return join_at(j, q->file[i]);
		}
	if (q->n)
		return 0;
	return err_set(j->e, ERR_VALUE, "%s: holds labels; --stack needs the files of the channels, too",
	               j->f->file[0].path);
}

static int say_count(struct stack *q, int i, const char *what, int64_t n, int64_t first)
{
	err_set(q->j->e, ERR_VALUE, "has %lld %s%s, and %.80s has %lld; files that are stacked need the same number",
	        (long long)n, what, n == 1 ? "" : "s", first_name(q), (long long)first);
	return join_at(q->j, i);
}

/* ---- windows ---- */

/* The axes of a set of one channel each; NULL: there are several, or it is not known. */
static const char *axes_of(const struct window_set *s)
{
	if (s->axes || !s->rank)
		return s->axes;
	if (s->rank == 2)
		return "NT";
	return s->rank == 3 && s->dim[1] == 1 ? "NCT" : s->rank == 3 && s->dim[2] == 1 ? "NTC" : NULL;
}

static int64_t axis(const char *axes, const int64_t *size, char letter, int64_t none)
{
	const char *at = strchr(axes, letter);
	return at ? size[at - axes] : none;
}

/* Gives every set the form (windows, channels, steps) with strides in elements. */
struct windows {
	int64_t n, C, T;
	int64_t stride_n, stride_c, stride_t;
};

static int shape_of(struct stack *q, int i, struct windows *out)
{
	const struct window_set *s = &part_of(q, i)->set;
	const char *axes = axes_of(s);
	if (!axes) {
		err_set(q->j->e, ERR_VALUE,
		        "has windows of %s; --stack needs windows of one length and one channel in each file",
		        s->rank ? "several channels, or of axes that are not known" : "different lengths");
		return join_at(q->j, q->file[i]);
	}
	*out = (struct windows){ axis(axes, s->dim, 'N', 1),    axis(axes, s->dim, 'C', 1),
		                 axis(axes, s->dim, 'T', 1),    axis(axes, s->stride, 'N', 0),
		                 axis(axes, s->stride, 'C', 0), axis(axes, s->stride, 'T', 0) };
	return 0;
}

static int check_shapes(struct stack *q, struct windows *shape, int64_t *C)
{
	int bad = 0;
	*C = 0;
	for (int i = 0; i < q->n && !bad; i++) {
		bad = shape_of(q, i, &shape[i]);
		if (!bad && shape[i].n != shape[0].n)
			bad = say_count(q, q->file[i], "window", shape[i].n, shape[0].n);
		if (!bad && shape[i].T != shape[0].T) {
			err_set(q->j->e, ERR_VALUE,
			        "has windows of %lld steps, and %.80s of %lld; leave one of them out",
			        (long long)shape[i].T, first_name(q), (long long)shape[0].T);
			bad = join_at(q->j, q->file[i]);
		}
		*C += shape[i].C;
	}
	return bad;
}

static void copy_channel(struct window_set *out, int64_t to, const struct window_set *s, const struct windows *p,
                         int64_t c)
{
	for (int64_t w = 0; w < p->n; w++) {
		const float *from = s->x + w * p->stride_n + c * p->stride_c;
		float *x = out->x + w * out->stride[0] + to * out->stride[1];
		for (int64_t t = 0; t < p->T; t++)
			x[t] = from[t * p->stride_t];
	}
}

/* The place of a message about the file of labels. */
static int label_at(struct stack *q)
{
	return q->label_file >= 0 ? join_at(q->j, q->label_file) : err_at(q->j->e, "%s", q->asked);
}

/* A file of words without a header begins with the first label, which stands above words as a header does. Returns 1 if
 * it is so, else 0. */
static int header_is_label(const struct table *t, int64_t n)
{
	return t->n_row == n - 1 && t->n_col == 1 && t->has_header && t->text[0] && !data_files_label(t->name[0], true);
}

/* Each of n windows has a label that is a word or a whole number. */
static void label_texts(struct window_set *out, const struct table *t)
{
	int64_t first = header_is_label(t, out->n);
	out->label = arena_alloc(&out->arena, (size_t)out->n, sizeof *out->label);
	for (int64_t i = 0; i < out->n; i++) {
		char buf[32];
		const char *s = i < first ? t->name[0] : cut_label_text(t, 0, i - first, buf);
		out->label[i] = i && !strcmp(out->label[i - 1], s) ? out->label[i - 1] : arena_strdup(&out->arena, s);
	}
}

/* Each window has one or several numbers. */
static void label_numbers(struct window_set *out, const struct table *t)
{
	out->n_value = t->n_col;
	out->value = arena_alloc(&out->arena, (size_t)(out->n * t->n_col), sizeof *out->value);
	for (int64_t i = 0; i < out->n; i++)
		for (int c = 0; c < t->n_col; c++)
			out->value[i * t->n_col + c] = t->number[c] ? t->number[c][i] : NAN;
}

static bool whole(const double *x, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (x[i] < floor(x[i]) || x[i] > floor(x[i]))
			return false;
	return true;
}

/* The labels of the windows from a file of labels. */
static int label_windows(struct stack *q, struct window_set *out)
{
	const struct table *t = &q->label.table;
	if (q->label.ready) {
		err_set(q->j->e, ERR_VALUE, "holds windows, not a label for each window");
		return label_at(q);
	}
	if (t->n_row != out->n && !header_is_label(t, out->n)) {
		err_set(q->j->e, ERR_VALUE, "has %lld label%s for %lld windows", (long long)t->n_row,
		        t->n_row == 1 ? "" : "s", (long long)out->n);
		return label_at(q);
	}
	bool words = t->n_col == 1 && t->text[0];
	if (!words)
		label_numbers(out, t);
	if (words || (t->n_col == 1 && t->number[0] && whole(t->number[0], out->n)))
		label_texts(out, t);
	return 0;
}

/* The labels that stand in the files themselves: those of the first file that has some, and others have to agree. */
static int own_labels(struct stack *q, struct window_set *out)
{
	const struct window_set *a = NULL;
	for (int i = 0; i < q->n; i++) {
		const struct window_set *s = &part_of(q, i)->set;
		if (!s->label)
			continue;
		for (int64_t w = 0; a && w < out->n; w++)
			if (strcmp(a->label[w], s->label[w]) != 0) {
				err_set(q->j->e, ERR_VALUE,
				        "says that window %lld is '%.40s', and another file says '%.40s'; --label none "
				        "takes none",
				        (long long)w, s->label[w], a->label[w]);
				return join_at(q->j, q->file[i]);
			}
		a = a ? a : s;
	}
	if (!a)
		return 0;
	out->label = arena_alloc(&out->arena, (size_t)out->n, sizeof *out->label);
	for (int64_t w = 0; w < out->n; w++)
		out->label[w] = arena_strdup(&out->arena, a->label[w]);
	return 0;
}

static int stack_windows(struct stack *q)
{
	struct window_set *out = &q->d->set;
	struct windows *shape = xcalloc((size_t)q->n, sizeof *shape);
	int64_t C = 0, at = 0, values = 0;
	int bad = check_shapes(q, shape, &C);
	if (!bad && (!i64_mul(shape[0].n, C * shape[0].T, &values) || values > INT64_MAX / 8))
		bad = err_set(q->j->e, ERR_LIMIT, "there are too many values");
	bad = bad ? bad : join_spend(q->j, values * (int64_t)sizeof *out->x);
	if (!bad) {
		out->n = out->n_truth = shape[0].n;
		out->rank = 3;
		out->axes = "NCT";
		memcpy(out->dim, (int64_t[4]){ out->n, C, shape[0].T }, sizeof out->dim);
		memcpy(out->stride, (int64_t[4]){ C * shape[0].T, shape[0].T, 1 }, sizeof out->stride);
		out->x = xcalloc((size_t)values + 1, sizeof *out->x);
		out->channel = arena_alloc(&out->arena, (size_t)C, sizeof *out->channel);
		out->format = part_of(q, 0)->set.format;
	}
	for (int i = 0; i < q->n && !bad; i++)
		for (int64_t c = 0; c < shape[i].C; c++, at++) {
			char *name = shape[i].C == 1 ? xstrdup(q->name[i])
			                             : xasprintf("%s %lld", q->name[i], (long long)c + 1);
			out->channel[at] = arena_strdup(&out->arena, name);
			copy_channel(out, at, &part_of(q, i)->set, &shape[i], c);
			free(name);
		}
	const int64_t *line = part_of(q, 0)->set.line;
	if (!bad && line)
		out->line = arena_dup(&out->arena, line, (size_t)out->n, sizeof *line);
	free(shape);
	bad = bad ? bad : own_labels(q, out);
	return bad || !q->has_label ? bad : label_windows(q, out);
}

/* ---- series ---- */

static bool same_cells(const struct table *a, int i, const struct table *b, int k)
{
	for (int64_t row = 0; row < a->n_row; row++) {
		char x[32], y[32];
		if (strcmp(cut_label_text(a, i, row, x), cut_label_text(b, k, row, y)) != 0)
			return false;
	}
	return true;
}

/* Stamps, or a first column of numbers that rise from row to row: the steps, not a signal. */
static bool counts_steps(const struct table *t, int c)
{
	if (t->text[c])
		return true;
	if (c)
		return false;
	for (int64_t i = 1; i < t->n_row; i++)
		if (!(t->number[c][i] > t->number[c][i - 1]))
			return false;
	return t->n_row > 1;
}

/* Is column c of file i that of the steps, which the first file has, too? Negative: it differs there. */
static int shared_column(struct stack *q, int i, int c)
{
	const struct table *a = &part_of(q, 0)->table, *t = &part_of(q, i)->table;
	for (int k = 0; k < a->n_col && t->n_col > 1 && a->n_col > 1; k++) {
		if (strcmp(a->name[k], t->name[c]) != 0 || !counts_steps(a, k) || !counts_steps(t, c))
			continue;
		if (same_cells(a, k, t, c))
			return 1;
		err_set(q->j->e, ERR_VALUE,
		        "its column '%.60s' is not the same as that of %.80s; files that are stacked need the same "
		        "steps",
		        t->name[c], first_name(q));
		return join_at(q->j, q->file[i]);
	}
	return 0;
}

/* Copies a column; a column of labels has text alone, so that it is no channel. */
static void copy_column(struct table *out, const char *name, const struct table *t, int c, bool label)
{
	int to = out->n_col++;
	size_t n = (size_t)out->n_row;
	const char *before = NULL;
	out->name[to] = text_clean_copy(&out->arena, name);
	if (t->number[c] && !label)
		out->number[to] = arena_dup(&out->arena, t->number[c], n, sizeof **out->number);
	if (!t->text[c] && !label)
		return;
	out->text[to] = arena_alloc(&out->arena, n, sizeof **out->text);
	for (int64_t row = 0; row < out->n_row; row++) {
		char buf[32];
		const char *s = cut_label_text(t, c, row, buf);
		out->text[to][row] = before = before && !strcmp(before, s) ? before : arena_strdup(&out->arena, s);
	}
}

static int stack_file(struct stack *q, int i)
{
	const struct table *t = &part_of(q, i)->table;
	struct table *out = &q->d->table;
	bool *leave = xcalloc((size_t)t->n_col + 1, sizeof *leave);
	int bad = 0, signals = 0;
	for (int c = 0; c < t->n_col && bad >= 0; c++) {
		bool first = i == 0 && t->n_col > 1 && counts_steps(t, c);
		bad = first ? 1 : i ? shared_column(q, i, c) : 0;
		leave[c] = bad > 0;
		signals += bad == 0;
	}
	for (int c = 0; c < t->n_col && bad >= 0; c++) {
		if (leave[c] && i)
			continue;
		char *name = leave[c]       ? xstrdup(t->name[c])
		             : signals == 1 ? xstrdup(q->name[i])
		                            : xasprintf("%s %s", q->name[i], t->name[c]);
		copy_column(out, name, t, c, false);
		free(name);
	}
	free(leave);
	return bad < 0 ? bad : 0;
}

static int stack_columns(struct stack *q)
{
	const struct table *a = &part_of(q, 0)->table;
	struct table *out = &q->d->table;
	size_t columns = q->has_label;
	int bad = 0;
	for (int i = 0; i < q->n && !bad; i++) {
		const struct table *t = &part_of(q, i)->table;
		columns += (size_t)t->n_col;
		if (t->n_row != a->n_row)
			bad = say_count(q, q->file[i], "row", t->n_row, a->n_row);
		else if (fabs(t->rate - a->rate) > 1e-6 * fabs(a->rate)) {
			err_set(q->j->e, ERR_VALUE, "has %.6g rows a second, and %.80s has %.6g; leave one of them out",
			        t->rate, first_name(q), a->rate);
			bad = join_at(q->j, q->file[i]);
		}
	}
	if (!bad && q->has_label && (q->label.ready || q->label.table.n_row != a->n_row))
		bad = q->label_file >= 0
		              ? say_count(q, q->label_file, "row", q->label.table.n_row, a->n_row)
		              : err_set(q->j->e, ERR_VALUE, "%s: does not have a label for each of %lld rows", q->asked,
		                        (long long)a->n_row);
	bad = bad ? bad : join_spend(q->j, a->n_row * (int64_t)(columns * sizeof(double)));
	if (bad)
		return bad;
	out->n_row = a->n_row;
	out->has_header = true;
	out->name = arena_alloc(&out->arena, columns, sizeof *out->name);
	out->number = arena_alloc(&out->arena, columns, sizeof *out->number);
	out->text = arena_alloc(&out->arena, columns, sizeof *out->text);
	for (int i = 0; i < q->n && !bad; i++)
		bad = stack_file(q, i);
	if (!bad && q->has_label)
		copy_column(out, q->asked ? q->asked : q->j->f->file[q->label_file].name, &q->label.table, 0, true);
	size_t rows = (size_t)a->n_row;
	out->line = a->line ? arena_dup(&out->arena, a->line, rows, sizeof *a->line) : NULL;
	out->first_line = a->first_line;
	out->line_noun = a->line_noun ? arena_strdup(&out->arena, a->line_noun) : NULL;
	out->time = a->time ? arena_dup(&out->arena, a->time, rows, sizeof *a->time) : NULL;
	out->rate = a->rate;
	out->room = q->j->room;
	return bad;
}

/* ---- all ---- */

static void say_stack(struct stack *q)
{
	struct arena *a = q->d->ready ? &q->d->set.arena : &q->d->table.arena;
	struct understood **list = q->d->ready ? &q->d->set.understood : &q->d->table.understood;
	char names[400] = "";
	size_t n = 0;
	for (int i = 0; i < q->n && n + 80 < sizeof names; i++)
		n += (size_t)snprintf(names + n, sizeof names - n, "%s%.60s", i ? ", " : "", q->name[i]);
	understood_add(a, list, "files", "%d side by side: %s%s", q->n, names, n + 80 < sizeof names ? "" : " ...");
	const char *file = q->has_label && q->label_file >= 0 ? q->j->f->file[q->label_file].name : q->asked;
	if (!q->has_label)
		return;
	if (q->d->ready)
		understood_add(a, list, "label", "%.80s, a line for each window", file);
	else if (!q->asked)
		warnings_add(a, &q->d->table.warning,
		             "a file of labels is among the files; --label with its name takes it");
}

static int stack_all(struct stack *q)
{
	int bad = find_label(q);
	if (bad)
		return bad;
	for (int i = 1; i < q->n; i++)
		if (part_of(q, i)->ready != part_of(q, 0)->ready) {
			err_set(q->j->e, ERR_VALUE,
			        "is read as %s, and %.80s is not; --table long or --table wide says how tables are "
			        "read",
			        part_of(q, i)->ready ? "windows" : "a series", first_name(q));
			return join_at(q->j, q->file[i]);
		}
	q->d->ready = part_of(q, 0)->ready;
	q->d->format = part_of(q, 0)->format;
	name_channels(q);
	bad = q->d->ready ? stack_windows(q) : stack_columns(q);
	if (!bad)
		say_stack(q);
	return bad;
}

int join_stack(struct join *j, const char *label, struct data *label_data, struct data *d)
{
	struct stack q = { .j = j, .d = d, .asked = label, .label_file = -1 };
	q.file = xcalloc((size_t)j->f->n, sizeof *q.file);
	q.name = xcalloc((size_t)j->f->n, sizeof *q.name);
	if (label_data) {
		q.label = *label_data;
		q.has_label = true;
	}
	int bad = stack_all(&q);
	d->label_is_file = !bad && q.has_label;
	for (int i = 0; i < j->f->n; i++)
		free(q.name[i]);
	free(q.name);
	free(q.file);
	if (!label_data)
		data_release(&q.label);
	return bad;
}
