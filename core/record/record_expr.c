#include "core/record/record_expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/expr.h"

struct comparison {
	int number; /* of the row; -1: the sum of the saliency */
	enum relation relation;
	double value;
};

struct record_expr {
	const struct record_plan *p;
	struct expr *x;
	struct comparison *compare;
	int n;
};

double record_saliency(const struct record_plan *p, const double *row)
{
	double sum = 0;
	for (int c = 0; c < p->channels; c++)
		sum += row[p->saliency + c];
	return sum;
}

static int find_class(const struct record_plan *p, const char *name)
{
	char buf[32];
	for (int k = 0; k < p->classes; k++)
		if (!strcmp(record_class_name(p, k, buf, sizeof buf), name))
			return k;
	return -1;
}

/* Sets t->number, and *is_class if it is compared with the name of a class. */
static bool find_number(const struct record_plan *p, const char *name, struct comparison *t, bool *is_class)
{
	char buf[RECORD_NAME];
	*is_class = p->classifier && (!strcmp(name, "class") || !strcmp(name, "true_class"));
	if (*is_class) {
		t->number = *name == 'c' ? p->prediction : p->truth;
		return true;
	}
	t->number = -1;
	for (int j = 0; j < p->width; j++)
		if (!strcmp(record_number_name(p, j, buf, sizeof buf), name)) {
			t->number = j;
			return true;
		}
	return !strcmp(name, "saliency");
}

static const char *say_names(const struct record_plan *p, char *to, size_t size)
{
	size_t at = 0;
	char buf[RECORD_NAME];
	for (int j = 0; j < p->width && at + RECORD_NAME + 8 < size; j++)
		at += (size_t)snprintf(to + at, size - at, "%s%s", j ? ", " : "",
		                       record_number_name(p, j, buf, sizeof buf));
	snprintf(to + at, size - at, ", saliency%s", p->classifier ? ", class, true_class" : "");
	return to;
}

static void take_class(struct expr_reader *r, const struct record_plan *p, struct comparison *t)
{
	const char *word;
	char name[RECORD_NAME], text[RECORD_NAME + 32];
	size_t n = expr_text(r, &word);
	snprintf(name, sizeof name, "%.*s", (int)n, word);
	int k = find_class(p, name);
	t->value = k;
	snprintf(text, sizeof text, "there is no class '%s'", name);
	if (k < 0)
		expr_fail(r, text);
	else if (t->relation != EQUAL && t->relation != NOT_EQUAL)
		expr_fail(r, "classes are compared by = and !=");
}

static void comparison(struct expr_reader *r, void *ctx)
{
	struct record_expr *x = ctx;
	struct comparison t = { 0 };
	const char *word, *at = r->at;
	char name[RECORD_NAME], names[400], text[600];
	bool is_class;
	size_t n = expr_text(r, &word);
	snprintf(name, sizeof name, "%.*s", (int)n, word);
	if (!n) {
		expr_fail(r, "a name is expected here, as in error>2");
		return;
	}
	if (!find_number(x->p, name, &t, &is_class)) {
		snprintf(text, sizeof text, "'%s' is no number of a step; these are: %s", name,
		         say_names(x->p, names, sizeof names));
		r->at = at;
		expr_fail(r, text);
		return;
	}
	if (!expr_relation(r, &t.relation) || t.relation == HAS) {
		expr_fail(r, "one of < <= > >= = != is expected here");
		return;
	}
	if (is_class)
		take_class(r, x->p, &t);
	else if (expr_blanks(r), !expr_number(r, &t.value))
		expr_fail(r, "a number is expected here");
	x->compare = xrealloc(x->compare, (size_t)x->n + 1, sizeof *x->compare);
	x->compare[x->n++] = t;
}

struct record_expr *record_expr_parse(const char *s, const struct record_plan *p, struct err *e)
{
	struct record_expr *x = xcalloc(1, sizeof *x);
	x->p = p;
	x->x = expr_parse(s, comparison, x, e);
	if (x->x)
		return x;
	record_expr_free(x);
	return NULL;
}

void record_expr_free(struct record_expr *x)
{
	if (!x)
		return;
	expr_free(x->x);
	free(x->compare);
	free(x);
}

struct step {
	const struct record_expr *x;
	const double *row;
};

static bool holds(const void *ctx, int k)
{
	const struct step *q = ctx;
	const struct comparison *t = &q->x->compare[k];
	double v = t->number < 0 ? record_saliency(q->x->p, q->row) : q->row[t->number];
	return relation_holds(t->relation, v, t->value);
}

bool record_expr_holds(const struct record_expr *x, const double *row)
{
	return x->n && expr_holds(x->x, holds, &(struct step){ x, row });
}
