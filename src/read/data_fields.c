#include "src/read/data_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"

static const struct {
	enum recipe_place at;
	const char *whom; /* which files have a use for the field */
} field[] = {
	{ RECIPE_AT_TABLE, "tables of text, ARFF, .npy, .npz and .mat" },
	{ RECIPE_AT_ARRAY, ".npz and .mat" },
	{ RECIPE_AT_LABEL_ARRAY, ".npz, .mat and JSON objects that are windows" },
	{ RECIPE_AT_SKIP, "tables of text" },
	{ RECIPE_AT_COMMENT, "tables of text, .ts, .tsf and ARFF" },
	{ RECIPE_AT_DECIMAL, "tables of text" },
	{ RECIPE_AT_ENCODING, "tables of text, .ts, .tsf and ARFF" },
};
enum { N_FIELD = sizeof field / sizeof *field };

static unsigned bit_of(int i)
{
	return 1u << field[i].at;
}

unsigned data_fields(void)
{
	unsigned all = 0;
	for (int i = 0; i < N_FIELD; i++)
		all |= bit_of(i);
	return all;
}

int data_fields_check(const char *format, unsigned uses, const struct data_wanted *q, struct err *e)
{
	for (int i = 0; i < N_FIELD; i++)
		if (q->asked & bit_of(i) & ~uses)
			return err_set(e, ERR_VALUE, "--%s is for %s; this file is %s", recipe_fields[field[i].at],
			               field[i].whom, format);
	return 0;
}

/* Fields that say how a series is cut, or how ready windows are fitted. */
static const struct {
	enum recipe_place at;
	bool ready;
} kind_field[] = {
	{ RECIPE_AT_STEP, false },       { RECIPE_AT_HORIZON, false }, { RECIPE_AT_GAPS, false },
	{ RECIPE_AT_LABEL_RULE, false }, { RECIPE_AT_LENGTHS, true },
};

int data_fields_check_kind(const struct data *d, const struct data_wanted *q, struct err *e)
{
	for (size_t i = 0; i < sizeof kind_field / sizeof *kind_field; i++) {
		if (kind_field[i].ready == d->ready || !(q->asked & 1u << kind_field[i].at))
			continue;
		const char *name = recipe_fields[kind_field[i].at];
		return d->ready ? err_set(e, ERR_VALUE,
		                          "--%s is for series, whose rows are cut into windows; the windows of this "
		                          "file "
		                          "are ready (%s)",
		                          name, d->format)
		                : err_set(e, ERR_VALUE,
		                          "--%s is for windows that are ready; this file is a series, whose rows are "
		                          "cut "
		                          "into windows (%s)",
		                          name, d->format);
	}
	return 0;
}

/* ---- fields that a recipe has for other files ---- */

/* Returns whether what was read is something else than what the field says. A field that only helps to find the numbers
 * in another kind of file says nothing about this one. */
static bool contradicts(const struct data *d, enum recipe_place at, const struct recipe *r)
{
	if (at == RECIPE_AT_TABLE)
		return d->ready ? r->table == TABLE_LONG : r->table == TABLE_WIDE || r->table == TABLE_COLUMNS;
	if (at == RECIPE_AT_LABEL_ARRAY)
		return r->label_array && strcmp(r->label_array, "none") != 0 && !r->label &&
		       !(d->ready && (d->set.label || d->set.value));
	return false;
}

static void warn(struct data *d, const char *text)
{
	struct arena *a = d->ready ? &d->set.arena : &d->table.arena;
	const char **warning = d->ready ? &d->set.warning : &d->table.warning;
	warnings_add(a, warning, text);
}

void data_fields_warn(struct data *d, unsigned uses, const struct data_wanted *q)
{
	for (int i = 0; q->r && i < N_FIELD; i++) {
		if (!(q->r->given & bit_of(i) & ~uses) || !contradicts(d, field[i].at, q->r))
			continue;
		const char *name = recipe_fields[field[i].at];
		char *value = recipe_text(q->r, name);
		char *text = xasprintf("--%s %.60s of the recipe is not used: it is for %s; this file is %s", name,
		                       value ? value : "", field[i].whom, d->format);
		warn(d, text);
		free(text);
		free(value);
	}
}

/* ---- missing values ---- */

/* Values of 32 bits are compared as such: 1e20 in the file may not be the double 1e20. */
static bool is_mark(double v, const double *mark, int n)
{
	for (int i = 0; i < n; i++)
		if (v == mark[i] || v == (double)(float)mark[i])
			return true;
	return false;
}

static bool is_word(const char *s, const struct recipe *r)
{
	for (int i = 0; i < r->n_missing_value; i++)
		if (!strcmp(s, r->missing_value[i]))
			return true;
	return false;
}

/* Removes the words. A column whose other cells are numbers is then a column of numbers. */
static void words_of_column(struct table *t, int c, const struct recipe *r)
{
	bool only_numbers = t->number[c] != NULL;
	for (int64_t i = 0; i < t->n_row; i++) {
		if (is_word(t->text[c][i], r))
			t->text[c][i] = "";
		only_numbers = only_numbers && (!*t->text[c][i] || !isnan(t->number[c][i]));
	}
	if (only_numbers)
		t->text[c] = NULL;
}

static void missing_in_table(struct table *t, const struct recipe *r, const double *mark, int n)
{
	for (int c = 0; c < t->n_col; c++) {
		for (int64_t i = 0; t->number[c] && n && i < t->n_row; i++)
			if (is_mark(t->number[c][i], mark, n))
				t->number[c][i] = NAN;
		if (t->text[c])
			words_of_column(t, c, r);
	}
}

/* The number of values in a set of windows, channels and steps included. */
static int64_t count_values(const struct window_set *s)
{
	int64_t n = s->rank ? 1 : 0;
	for (int k = 0; k < s->rank; k++)
		n *= s->dim[k];
	for (int64_t i = 0; !s->rank && i < s->n; i++)
		n += s->C * s->length[i];
	return n;
}

static void missing_in_windows(struct window_set *s, const double *mark, int n)
{
	int64_t count = n ? count_values(s) : 0;
	for (int64_t i = 0; i < count; i++)
		if (is_mark((double)s->x[i], mark, n))
			s->x[i] = NAN;
	/* Numbers that are classes are labels. */
	for (int64_t i = 0; n && s->value && !s->label && i < s->n_truth * s->n_value; i++)
		if (is_mark(s->value[i], mark, n))
			s->value[i] = NAN;
}

void data_fields_missing(struct data *d, const struct recipe *r)
{
	if (!r || !r->n_missing_value)
		return;
	double *mark = xcalloc((size_t)r->n_missing_value, sizeof *mark);
	int n = 0;
	for (int i = 0; i < r->n_missing_value; i++)
		n += number_parse(r->missing_value[i], strlen(r->missing_value[i]), '.', &mark[n]) == NUMBER_OK;
	if (d->ready)
		missing_in_windows(&d->set, mark, n);
	else
		missing_in_table(&d->table, r, mark, n);
	free(mark);
}
