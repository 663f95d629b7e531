#include "core/record/record_expr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"

enum { TERMS_MAX = 32, NAME_MAX = RECORD_NAME };

enum operator{ LESS, LESS_EQUAL, MORE, MORE_EQUAL, EQUAL, NOT_EQUAL, OPERATORS };
static const char *const operator_text[OPERATORS] = {
	[LESS] = "<", [LESS_EQUAL] = "<=", [MORE] = ">", [MORE_EQUAL] = ">=", [EQUAL] = "=", [NOT_EQUAL] = "!="
};

struct term {
	int number; /* of the row; -1: the sum of the saliency */
	enum operator op;
	double value;
	bool begins; /* the first of an alternative */
};

struct record_expr {
	const struct record_plan *p;
	int n;
	struct term term[TERMS_MAX];
};

double record_saliency(const struct record_plan *p, const double *row)
{
	double sum = 0;
	for (int c = 0; c < p->channels; c++)
		sum += row[p->saliency + c];
	return sum;
}

static const char *blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* A word up to a blank or an operator, or in quotes. Returns the place behind it. */
static const char *word(const char *s, char *to)
{
	const char *end = *s == '"' ? strchr(s + 1, '"') : s + strcspn(s, " \t<>=!");
	const char *from = *s == '"' && end ? s + 1 : s;
	if (!end)
		end = s + strlen(s);
	size_t n = (size_t)(end - from) < NAME_MAX - 1 ? (size_t)(end - from) : NAME_MAX - 1;
	memcpy(to, from, n);
	to[n] = '\0';
	return *end == '"' ? end + 1 : end;
}

/* The longest operator with which s begins. */
static int operator_at(const char *s)
{
	int best = -1;
	for (int i = 0; i < OPERATORS; i++) {
		size_t n = strlen(operator_text[i]);
		if (!strncmp(s, operator_text[i], n) && (best < 0 || n > strlen(operator_text[best])))
			best = i;
	}
	return best;
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
static bool find_number(const struct record_plan *p, const char *name, struct term *t, bool *is_class)
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

static const char *parse_term(struct record_expr *x, const char *s, bool begins, struct err *e)
{
	char name[NAME_MAX], value[NAME_MAX], names[400];
	struct term *t = &x->term[x->n];
	bool is_class;
	if (x->n == TERMS_MAX) {
		err_set(e, ERR_LIMIT, "more than %d comparisons", TERMS_MAX);
		return NULL;
	}
	s = blanks(word(s, name));
	if (!find_number(x->p, name, t, &is_class)) {
		err_set(e, ERR_VALUE, "'%s' is no number of a step; these are: %s", name,
		        say_names(x->p, names, sizeof names));
		return NULL;
	}
	int op = operator_at(s);
	if (op < 0) {
		err_set(e, ERR_VALUE, "after '%s' one of < <= > >= = != is expected", name);
		return NULL;
	}
	t->op = (enum operator)op;
	s = word(blanks(s + strlen(operator_text[op])), value);
	if (is_class) {
		t->value = find_class(x->p, value);
		if (t->value < 0) {
			err_set(e, ERR_VALUE, "there is no class '%s'", value);
			return NULL;
		}
	} else if (number_parse(value, strlen(value), '.', &t->value) != NUMBER_OK) {
		err_set(e, ERR_VALUE, "'%s' is no number", value);
		return NULL;
	}
	t->begins = begins;
	x->n++;
	return blanks(s);
}

struct record_expr *record_expr_parse(const char *s, const struct record_plan *p, struct err *e)
{
	struct record_expr *x = xcalloc(1, sizeof *x);
	bool begins = true;
	x->p = p;
	for (s = blanks(s); s && *s;) {
		if (x->n && !begins && !strncmp(s, "or", 2) && strchr(" \t", s[2])) {
			begins = true;
			s = blanks(s + 2);
			if (!*s) {
				err_set(e, ERR_VALUE, "after `or` a comparison is expected");
				s = NULL;
			}
			continue;
		}
		s = parse_term(x, s, begins, e);
		begins = false;
	}
	if (s)
		return x;
	free(x);
	return NULL;
}

void record_expr_free(struct record_expr *x)
{
	free(x);
}

static bool holds(const struct term *t, double v)
{
	switch (t->op) {
	case LESS:
		return v < t->value;
	case LESS_EQUAL:
		return v <= t->value;
	case MORE:
		return v > t->value;
	case MORE_EQUAL:
		return v >= t->value;
	case EQUAL:
		return v >= t->value && v <= t->value;
	default:
		return v < t->value || v > t->value;
	}
}

bool record_expr_holds(const struct record_expr *x, const double *row)
{
	bool all = false;
	for (int i = 0; i < x->n; i++) {
		const struct term *t = &x->term[i];
		if (t->begins && all)
			return true;
		double v = t->number < 0 ? record_saliency(x->p, row) : row[t->number];
		all = (t->begins || all) && holds(t, v);
	}
	return all;
}
