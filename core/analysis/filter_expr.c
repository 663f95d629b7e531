/* Recursive descent to a list of instructions for a small stack:  or: and { "or" and }   and: not { ["and"] not } not:
 * ["not"] term term: "(" or ")" | name [ operator number ]. */
#include "core/analysis/filter_expr.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

enum { DEPTH = 32 };

struct fact {
	size_t offset;
	bool is_flag;
};
#define NUMBER(f)                                       \
	{                                               \
		offsetof(struct filter_facts, f), false \
	}
#define FLAG(f)                                        \
	{                                              \
		offsetof(struct filter_facts, f), true \
	}

const struct filter_expr_name filter_expr_names[] = {
	{ "imp", "importance, 0 to 1 within the layer" },
	{ "raw", "importance, as the measure gives it" },
	{ "rank", "place by importance, from 1" },
	{ "index", "number of the filter, from 0" },
	{ "cluster", "number of its cluster, from 0, or letter" },
	{ "mean", "mean activation" },
	{ "max", "largest activation" },
	{ "min", "smallest activation" },
	{ "change", "importance against what is pinned" },
	{ "dead", "no activity in this window" },
	{ "off", "switched off" },
	{ "marked", "marked" },
	{ NULL, NULL },
};
/* in the order of the names */
static const struct fact facts[] = { NUMBER(imp),     NUMBER(raw),  NUMBER(rank), NUMBER(index),
	                             NUMBER(cluster), NUMBER(mean), NUMBER(max),  NUMBER(min),
	                             NUMBER(change),  FLAG(dead),   FLAG(off),    FLAG(marked) };

enum code { COMPARE, AND, OR, NOT };
enum relation { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, NOT_ZERO };

struct instruction {
	enum code code;
	int fact; /* COMPARE */
	enum relation relation;
	double number;
};

struct filter_expr {
	struct instruction *code;
	int n;
};

struct parser {
	const char *text, *at;
	struct filter_expr *x;
	int depth;
	struct err *e;
	bool bad;
};

static void fail(struct parser *p, const char *what)
{
	if (!p->bad)
		err_set(p->e, ERR_VALUE, "filter expression, column %d: %s", (int)(p->at - p->text) + 1, what);
	p->bad = true;
}

static void emit(struct parser *p, struct instruction i)
{
	p->x->code = xrealloc(p->x->code, (size_t)p->x->n + 1, sizeof *p->x->code);
	p->x->code[p->x->n++] = i;
}

static void blanks(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t' || *p->at == ',')
		p->at++;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t word_length(const char *s)
{
	size_t n = 0;
	while (letter(s[n]))
		n++;
	return n;
}

static bool next_is(const struct parser *p, const char *word)
{
	size_t n = word_length(p->at);
	return n == strlen(word) && !memcmp(p->at, word, n);
}

/* Take `word`, or the sign that means the same. */
static bool take(struct parser *p, const char *word, const char *sign)
{
	blanks(p);
	size_t n = next_is(p, word) ? strlen(word) : !strncmp(p->at, sign, strlen(sign)) ? strlen(sign) : 0;
	p->at += n;
	return n > 0;
}

static bool take_relation(struct parser *p, enum relation *r)
{
	static const struct {
		const char *sign;
		enum relation r;
	} rows[] = {
		{ "<=", LESS_EQUAL }, { ">=", GREATER_EQUAL }, { "!=", NOT_EQUAL }, { "==", EQUAL },
		{ "<", LESS },        { ">", GREATER },        { "=", EQUAL },
	};
	blanks(p);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strncmp(p->at, rows[i].sign, strlen(rows[i].sign))) {
			p->at += strlen(rows[i].sign);
			*r = rows[i].r;
			return true;
		}
	return false;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Decimal, by hand: the locale has no say. */
static bool take_number(struct parser *p, double *out)
{
	const char *s = p->at;
	double sign = *s == '-' ? -1 : 1, v = 0, power = 0;
	s += *s == '-' || *s == '+';
	if (!digit(*s) && !(*s == '.' && digit(s[1])))
		return false;
	for (; digit(*s); s++)
		v = v * 10 + (*s - '0');
	if (*s == '.')
		for (s++; digit(*s); s++)
			v = v * 10 + (*s - '0'), power--;
	if ((*s == 'e' || *s == 'E') && (digit(s[1]) || ((s[1] == '-' || s[1] == '+') && digit(s[2])))) {
		double more = 0, down = s[1] == '-' ? -1 : 1;
		for (s += digit(s[1]) ? 1 : 2; digit(*s); s++)
			more = fmin(more * 10 + (*s - '0'), 400);
		power += down * more;
	}
	v = power < 0 ? v / pow(10, -power) : v * pow(10, power);
	p->at = s;
	*out = sign * v;
	return true;
}

static bool take_value(struct parser *p, const char *name, double *v)
{
	blanks(p);
	if (take_number(p, v))
		return true;
	if (!strcmp(name, "cluster") && word_length(p->at) == 1) {
		*v = (*p->at | 32) - 'a';
		p->at++;
		return true;
	}
	return false;
}

static void comparison(struct parser *p)
{
	size_t n = word_length(p->at);
	struct instruction i = { .code = COMPARE, .fact = -1, .relation = NOT_ZERO };
	for (int k = 0; filter_expr_names[k].name; k++)
		if (strlen(filter_expr_names[k].name) == n && !memcmp(filter_expr_names[k].name, p->at, n))
			i.fact = k;
	if (i.fact < 0) {
		fail(p, n ? "no such name; imp raw rank index cluster mean max min change dead off marked are known"
		        : *p->at ? "a name is expected here, as in imp>0.5"
		                 : "something is missing here");
		return;
	}
	p->at += n;
	if (take_relation(p, &i.relation) && !take_value(p, filter_expr_names[i.fact].name, &i.number)) {
		fail(p, "a number is expected here");
		return;
	}
	emit(p, i);
}

static void any_of(struct parser *p);

static void term(struct parser *p)
{
	bool negate = false;
	while (take(p, "not", "!"))
		negate = !negate;
	blanks(p);
	if (*p->at != '(') {
		comparison(p);
	} else if (++p->depth > DEPTH) {
		fail(p, "too many brackets inside each other");
	} else {
		p->at++;
		any_of(p);
		blanks(p);
		if (*p->at != ')')
			fail(p, "a closing bracket is missing");
		else
			p->at++;
		p->depth--;
	}
	if (negate)
		emit(p, (struct instruction){ .code = NOT });
}

static void all_of(struct parser *p)
{
	term(p);
	for (;;) {
		if (take(p, "and", "&")) {
			p->at += *p->at == '&';
		} else if (p->bad || !*p->at || *p->at == ')' || *p->at == '|' || next_is(p, "or")) {
			return;
		}
		term(p);
		emit(p, (struct instruction){ .code = AND });
	}
}

static void any_of(struct parser *p)
{
	all_of(p);
	while (!p->bad && take(p, "or", "|")) {
		p->at += *p->at == '|';
		all_of(p);
		emit(p, (struct instruction){ .code = OR });
	}
}

struct filter_expr *filter_expr_parse(const char *s, struct err *e)
{
	struct parser p = { .text = s, .at = s, .e = e };
	if (strlen(s) > FILTER_EXPR_BYTES) {
		err_set(e, ERR_LIMIT, "filter expression: longer than %d bytes", FILTER_EXPR_BYTES);
		return NULL;
	}
	p.x = xcalloc(1, sizeof *p.x);
	blanks(&p);
	if (!*p.at)
		return p.x;
	any_of(&p);
	blanks(&p);
	if (!p.bad && *p.at)
		fail(&p, *p.at == ')' ? "a closing bracket too many" : "not understood");
	if (!p.bad)
		return p.x;
	filter_expr_free(p.x);
	return NULL;
}

/* Importance is a float, and what is typed was read from a screen. */
static bool same(double v, double number)
{
	return v == number || (isfinite(number) && fabs(v - number) <= 1e-6 * fmax(1, fabs(number)));
}

static bool compare(const struct instruction *i, const struct filter_facts *f)
{
	const char *at = (const char *)f + facts[i->fact].offset;
	double v = facts[i->fact].is_flag ? *(const bool *)at : *(const double *)(const void *)at;
	switch (i->relation) {
	case LESS:
		return v < i->number && !same(v, i->number);
	case LESS_EQUAL:
		return v <= i->number || same(v, i->number);
	case GREATER:
		return v > i->number && !same(v, i->number);
	case GREATER_EQUAL:
		return v >= i->number || same(v, i->number);
	case EQUAL:
		return same(v, i->number);
	case NOT_EQUAL:
		return !isnan(v) && !same(v, i->number);
	default:
		return v < 0 || v > 0;
	}
}

bool filter_expr_match(const struct filter_expr *x, const struct filter_facts *f)
{
	/* an expression of 256 bytes has fewer terms */
	bool stack[FILTER_EXPR_BYTES + 1] = { false };
	int n = 0;
	for (int k = 0; k < x->n; k++) {
		const struct instruction *i = &x->code[k];
		switch (i->code) {
		case COMPARE:
			stack[n++] = compare(i, f);
			break;
		case NOT:
			stack[n - 1] = !stack[n - 1];
			break;
		case AND:
			n--;
			stack[n - 1] = stack[n - 1] && stack[n];
			break;
		case OR:
			n--;
			stack[n - 1] = stack[n - 1] || stack[n];
			break;
		}
	}
	return n ? stack[0] : true;
}

void filter_expr_free(struct filter_expr *x)
{
	if (!x)
		return;
	free(x->code);
	free(x);
}
