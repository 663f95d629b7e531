#include "src/data/wide_label.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"
#include "core/base/number.h"
#include "src/data/label_names.h"
#include "src/data/window_build.h"

/* ---- what a column holds ---- */

static uint64_t hash_of(const void *p, size_t n)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (const unsigned char *s = p; n--; s++)
		h = (h ^ *s) * 1099511628211u;
	return h;
}

static void add_key(struct column_seen *c, uint64_t key)
{
	if (!c->key)
		c->key = xcalloc(DISTINCT_MOST, sizeof *c->key);
	for (int i = 0; i < c->distinct; i++)
		if (c->key[i] == key)
			return;
	if (c->distinct < DISTINCT_MOST)
		c->key[c->distinct++] = key;
}

void column_add(struct column_seen *c, const char *s, size_t n, char point)
{
	double v;
	float missing;
	bool first = !c->words && !c->wholes && !c->fractions;
	if (number_parse(s, n, point, &v) != NUMBER_OK) {
		if (text_value(s, n, point, &missing) && isnan(missing))
			return;
		c->words++;
		add_key(c, hash_of(s, n));
		return;
	}
	double whole = v;
	c->rises = first || (c->rises && v >= c->before + 1 && v <= c->before + 1);
	c->before = v;
	*(v == floor(v) ? &c->wholes : &c->fractions) += 1;
	whole = whole == 0 ? 0 : whole; /* -0 is 0 */
	add_key(c, hash_of(&whole, sizeof whole));
}

void column_release(struct column_seen *c)
{
	free(c->key);
	c->key = NULL;
}

/* ---- the roles of columns ---- */

struct choice {
	const struct wide_question *q;
	struct wide_roles *r;
	bool used[COLUMNS_SEEN]; /* columns that are the label or left out */
	int64_t values;          /* cells of a row that are left */
};

static void use(struct choice *c, int i)
{
	c->used[i] = true;
	c->values--;
}

static void take_label(struct choice *c, int i, const char *why)
{
	c->r->has_label = true;
	c->r->label = c->q->column[i].at;
	snprintf(c->r->why, sizeof c->r->why, "%s", why);
	use(c, i);
}

static void leave_out(struct choice *c, int i)
{
	c->r->id[c->r->n_id++] = c->q->column[i].at;
	use(c, i);
}

/* How many values the model reads from a row. If only its steps are known, the most that so many cells can hold with
 * up to two cells that are no values. 0: unknown. */
static int64_t wanted_values(const struct choice *c)
{
	const struct wide_question *q = c->q;
	if (q->uneven || !q->T)
		return 0;
	if (q->C)
		return q->T * q->C;
	for (int64_t more = 0; q->T > 2 && more <= 2; more++)
		if (c->values - more > 0 && (c->values - more) % q->T == 0)
			return c->values - more;
	return 0;
}

static int ask(struct choice *c, struct err *e)
{
	const struct wide_question *q = c->q;
	int64_t k = label_position(q->asked, q->n_cell);
	int found = -1;
	if (!strcmp(q->asked, "none"))
		return 0;
	for (int i = 0; i < q->n_column; i++) {
		const struct column_seen *s = &q->column[i];
		if (s->name && (!strcmp(s->name, q->asked) || (found < 0 && !strcasecmp(s->name, q->asked))))
			found = i;
	}
	for (int i = 0; i < q->n_column && found < 0; i++)
		if (k >= 0 && (q->column[i].at == k || q->column[i].at + q->n_cell == k) &&
		    (strcmp(q->asked, "last") || q->column[i].at < 0))
			found = i;
	if (found < 0)
		return err_set(
		        e, ERR_VALUE,
		        "--label %.60s: no cell of a row has this name; --label first, last, a name or number of the "
		        "header, or none",
		        q->asked);
	take_label(c, found, "as --label says");
	return 0;
}

/* ---- by name ---- */

/* Few different values, so that the column can be one of classes. */
static bool few(const struct wide_question *q, const struct column_seen *s)
{
	int64_t most = q->classes ? q->classes : q->rows / 2 > 2 ? q->rows / 2 : 2;
	return s->distinct > 0 && s->distinct <= (most < 100 || q->classes ? most : 100);
}

/* The same without regard to the model, so that the classes of another model are still found, and said. */
static bool few_for_any(const struct wide_question *q, const struct column_seen *s)
{
	struct wide_question any = *q;
	any.classes = 0;
	return few(&any, s);
}

/* Whether the cells of a column can be classes: words, or a few whole numbers. */
static bool holds_classes(const struct wide_question *q, const struct column_seen *s)
{
	return s->words || (s->wholes && !s->fractions && (few(q, s) || few_for_any(q, s)));
}

static bool is_named_id(const struct column_seen *s)
{
	return s->name && !s->group && id_name(s->name);
}

/* Whether n cells of a row are as many as the model reads, if any number of those that number or name the row are left
 * out. True if the model's size is not known. */
static bool fits_model(const struct wide_question *q, int64_t n)
{
	int64_t ids = 0;
	for (int i = 0; i < q->n_column; i++)
		ids += is_named_id(&q->column[i]);
	if (q->uneven || q->T < 2)
		return true;
	for (; ids >= 0; ids--, n--)
		if (q->C ? n == q->T * q->C : n % q->T == 0)
			return true;
	return false;
}

/* Names of steps end with a number: t5, X100, 17. */
static bool names_step(const char *name)
{
	size_t n = strlen(name);
	return n && name[n - 1] >= '0' && name[n - 1] <= '9';
}

/* Finds another column at an end of the row that could be the label, too. */
static const struct column_seen *rival(const struct wide_question *q, int than)
{
	for (int i = 0; i < q->n_column; i++) {
		const struct column_seen *s = &q->column[i];
		bool end = !s->at || s->at == -1 || s->at == q->n_cell - 1;
		if (end && i != than && !s->group && !s->words && holds_classes(q, s) && !is_named_id(s) &&
		    !(s->name && names_step(s->name)) && !(s->name && label_name(s->name) == LABEL_YES))
			return s;
	}
	return NULL;
}

static int say_doubtful(const struct wide_question *q, int i, const char *why, struct err *e)
{
	const char *name = q->column[i].name;
	return err_set(e, ERR_VALUE,
	               "column '%.60s' may be the label of the windows or one of their values: %s; --label '%.60s', "
	               "--label NAME of another column or --label none decides",
	               name, why, name);
}

/* Decides about a column whose name may be that of a label or of something measured. */
static int may_be_named(struct choice *c, int i, struct err *e)
{
	const struct wide_question *q = c->q;
	bool label = fits_model(q, c->values - 1), value = fits_model(q, c->values);
	const struct column_seen *other = rival(q, i);
	char why[120];
	if (value && !label) {
		snprintf(c->r->warning, sizeof c->r->warning,
		         "column '%.60s' is a value of each window, because the model reads as many; --label '%.60s' "
		         "takes it for the label",
		         q->column[i].name, q->column[i].name);
		return 0;
	}
	if (value && label && !(q->classes && few(q, &q->column[i])))
		return say_doubtful(q, i, "both fit the model", e);
	if (other) {
		snprintf(why, sizeof why, "the %s cell of each row holds a few whole numbers, too",
		         other->at ? "last" : "first");
		return say_doubtful(q, i, why, e);
	}
	take_label(c, i, "by its name and its values");
	return 0;
}

static int say_two_names(const struct wide_question *q, int i, int k, struct err *e)
{
	return err_set(e, ERR_VALUE, "the columns '%.60s' and '%.60s' both have names of labels; --label NAME chooses",
	               q->column[i].name, q->column[k].name);
}

/* Decides by the names. A name alone does not make a label: a column of many numbers is none for a classifier. */
static int by_name(struct choice *c, struct err *e)
{
	const struct wide_question *q = c->q;
	int sure[2] = { -1, -1 }, maybe[2] = { -1, -1 }, odd = -1;
	for (int i = 0; i < q->n_column; i++) {
		enum label_sign sign = q->column[i].name && !c->used[i] ? label_name(q->column[i].name) : LABEL_NO;
		int *to = sign == LABEL_YES ? sure : maybe;
		if (!sign)
			continue;
		if (!q->classes || holds_classes(q, &q->column[i]))
			to[to[0] >= 0] = i;
		else if (sign == LABEL_YES)
			odd = odd < 0 ? i : odd;
	}
	if (sure[1] >= 0)
		return say_two_names(q, sure[0], sure[1], e);
	if (sure[0] >= 0 && maybe[0] >= 0 && !fits_model(q, c->values - 1))
		return say_two_names(q, sure[0], maybe[0], e);
	if (sure[0] >= 0)
		take_label(c, sure[0], "by its name");
	else if (odd >= 0 && fits_model(q, c->values - 1))
		return say_doubtful(q, odd, "it holds many different numbers", e);
	else if (maybe[1] >= 0)
		return say_two_names(q, maybe[0], maybe[1], e);
	else if (maybe[0] >= 0)
		return may_be_named(c, maybe[0], e);
	return 0;
}

/* Leaves out the columns that `is` finds until the row has as many values as the model reads. */
static void drop_while_more(struct choice *c, int64_t want,
                            bool (*is)(const struct wide_question *q, const struct column_seen *s))
{
	const struct wide_question *q = c->q;
	for (int i = 0; i < q->n_column; i++)
		if (!c->used[i] && q->column[i].name && is(q, &q->column[i]) &&
		    (q->column[i].words || !want || c->values > want))
			leave_out(c, i);
}

static bool is_id(const struct wide_question *q, const struct column_seen *s)
{
	(void)q;
	return is_named_id(s);
}

static bool is_other_label(const struct wide_question *q, const struct column_seen *s)
{
	enum label_sign sign = label_name(s->name);
	return sign == LABEL_YES || (sign == LABEL_MAYBE && holds_classes(q, s));
}

/* Leaves out columns whose names are those of numbers or names of rows, or of labels that are not asked for. */
static void drop_ids(struct choice *c, int64_t want)
{
	drop_while_more(c, want, is_id);
	if (c->q->asked || c->r->has_label)
		drop_while_more(c, want, is_other_label);
}

/* Columns of words are the label if their words are few or repeat, else names of the rows. */
static int by_words(struct choice *c, int64_t want, struct err *e)
{
	const struct wide_question *q = c->q;
	bool label = c->r->has_label || q->asked, word = false;
	for (int i = 0; i < q->n_column; i++) {
		const struct column_seen *s = &q->column[i];
		if (c->used[i] || !s->words)
			continue;
		bool repeats = s->distinct < q->rows && (!want || c->values == want + 1);
		if (label || (!few(q, s) && !repeats)) {
			leave_out(c, i);
			continue;
		}
		if (word)
			return err_set(
			        e, ERR_VALUE,
			        "two cells of each row hold words; --label first, last or NAME says which one is the "
			        "label");
		take_label(c, i, "it holds words");
		word = true;
	}
	return 0;
}

static bool can_be_label(const struct wide_question *q, const struct column_seen *s)
{
	return s->wholes && !s->fractions && !s->words && few(q, s);
}

static bool may_be_other_labels(const struct wide_question *q, const struct column_seen *s)
{
	return s->wholes && !s->fractions && !s->words && few_for_any(q, s);
}

static bool counts_rows(const struct wide_question *q, const struct column_seen *s)
{
	return q->neighbours && q->rows >= 3 && s->rises && s->wholes == q->rows;
}

/* The first and the last column that are not used yet. An uneven row has only these two places. */
static void ends(const struct choice *c, int *first, int *last)
{
	const struct wide_question *q = c->q;
	*first = *last = -1;
	int64_t front = 0, back = q->n_cell - 1;
	for (int i = 0; i < q->n_column; i++) /* columns at the front come in their order */
		if (q->column[i].at >= 0 && c->used[i] && q->column[i].at == front)
			front++;
	for (int i = q->n_column - 1; i >= 0; i--)
		if (q->column[i].at < 0 && c->used[i] && q->column[i].at + q->n_cell == back)
			back--;
	for (int i = 0; i < q->n_column; i++) {
		*first = q->column[i].at == front ? i : *first;
		*last = q->column[i].at < 0 && q->column[i].at + q->n_cell == back ? i : *last;
	}
}

static int say_ends(const struct choice *c, const char *why, struct err *e)
{
	return err_set(
	        e, ERR_VALUE,
	        "the label of a row of %lld cells may be its first or its last cell: %s; --label first, last, NAME or "
	        "none decides",
	        (long long)c->q->n_cell, why);
}

/* Chooses between the two ends of a row by their values. must: one of the two has to be the label. */
static int by_values(struct choice *c, bool must, struct err *e)
{
	const struct wide_question *q = c->q;
	int first, last;
	ends(c, &first, &last);
	if (first < 0 || last < 0)
		return 0;
	const struct column_seen *a = &q->column[first], *b = &q->column[last];
	bool can_first = can_be_label(q, a), can_last = can_be_label(q, b);
	char why[96];
	if (!can_first && !can_last) {
		can_first = may_be_other_labels(q, a);
		can_last = may_be_other_labels(q, b);
		if (can_first == can_last)
			can_first = can_last = false;
	}
	if (!can_first && !can_last)
		return must ? say_ends(c, "neither holds a few whole numbers", e) : 0;
	if (can_first && can_last) {
		bool one_first = a->distinct == 1, one_last = b->distinct == 1;
		if (one_first == one_last || q->rows < 10)
			return say_ends(c, "both hold a few whole numbers", e);
		can_first = one_last;
		snprintf(c->r->warning, sizeof c->r->warning,
		         "the %s cell of each row is taken for the label, because the %s one is always the same; "
		         "--label %s "
		         "takes that",
		         can_first ? "first" : "last", can_first ? "last" : "first", can_first ? "last" : "first");
	}
	int chosen = can_first ? first : last, n = q->column[chosen].distinct;
	snprintf(why, sizeof why, "it holds %d different whole number%s", n, n == 1 ? "" : "s");
	take_label(c, chosen, why);
	return 0;
}

/* Leaves out a column at either end that counts the rows. */
static void drop_counter(struct choice *c)
{
	int first, last;
	ends(c, &first, &last);
	if (first >= 0 && counts_rows(c->q, &c->q->column[first]))
		leave_out(c, first);
	else if (last >= 0 && counts_rows(c->q, &c->q->column[last]))
		leave_out(c, last);
}

static int by_counts(struct choice *c, struct err *e)
{
	int64_t want = wanted_values(c);
	bool labelled = c->r->has_label || c->q->asked;
	if (want && c->values == want)
		return 0;
	if (want && (c->values == want + 2 || (labelled && c->values == want + 1)))
		drop_counter(c);
	int first, last;
	ends(c, &first, &last);
	/* A row number and no label. */
	if (!labelled && want && c->values == want + 1 && first >= 0 && last >= 0 &&
	    counts_rows(c->q, &c->q->column[first]) && !few(c->q, &c->q->column[first]) &&
	    !can_be_label(c->q, &c->q->column[last]))
		drop_counter(c);
	if (!labelled && (!want || c->values != want))
		return by_values(c, want && c->values == want + 1, e);
	return 0;
}

int wide_label_choose(struct wide_roles *r, const struct wide_question *q, struct err *e)
{
	struct choice c = { .q = q, .r = r, .values = q->n_cell };
	memset(r, 0, sizeof *r);
	for (int i = 0; i < q->n_column; i++)
		if (q->column[i].group)
			use(&c, i);
	int bad = q->asked ? ask(&c, e) : by_name(&c, e);
	if (bad)
		return bad;
	drop_ids(&c, q->uneven || !q->T || !q->C ? 0 : q->T * q->C);
	bad = by_words(&c, wanted_values(&c), e);
	return bad ? bad : by_counts(&c, e);
}

void wide_label_place(const struct wide_question *q, int64_t at, char *buf, size_t size)
{
	const char *name = NULL;
	char which[32];
	int64_t k = at < 0 ? at + q->n_cell : at;
	for (int i = 0; i < q->n_column; i++)
		name = q->column[i].at == at && q->column[i].name ? q->column[i].name : name;
	snprintf(which, sizeof which, "cell %lld", (long long)k + 1);
	snprintf(buf, size, "%s of each row%s%.60s%s",
	         !k                   ? "the first cell"
	         : k == q->n_cell - 1 ? "the last cell"
	                              : which,
	         name && *name ? " ('" : "", name && *name ? name : "", name && *name ? "')" : "");
}
