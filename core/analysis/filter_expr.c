/* Recursive descent to a list of instructions for a small stack:  or: and { "or" and }   and: not { ["and"] not } not:
 * ["not"] term term: "(" or ")" | name [ ":" channel ] [ operator value ] | channel operator value. */
#include "core/analysis/filter_expr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"

enum { DEPTH = 32 };
static const char LOOK[] = "look"; /* the fact that a channel by itself stands for */

enum code { COMPARE, AND, OR, NOT };
enum relation { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, HAS, NOT_ZERO };

struct instruction {
	enum code code;
	int fact;        /* COMPARE: a row of filter_fact_table */
	int64_t channel; /* of a FACT_SHARE */
	enum relation relation;
	double number;
	char *text; /* what a FACT_TEXT is compared with; owned */
};

struct filter_expr {
	struct instruction *code;
	int n;
};

struct parser {
	const char *text, *at;
	const struct fact_channels *channels;
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
		{ "<", LESS },        { ">", GREATER },        { "=", EQUAL },      { "~", HAS },
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

/* A word of a name: up to a blank, a bracket or a sign of the language; or anything between quotes. */
static size_t take_text(struct parser *p, const char **word)
{
	blanks(p);
	bool quoted = *p->at == '"';
	*word = p->at + quoted;
	size_t n = strcspn(*word, quoted ? "\"" : " \t,()<>=!~&|\"");
	p->at = *word + n;
	if (quoted && *p->at != '"')
		fail(p, "the closing quote is missing");
	p->at += quoted && *p->at == '"';
	return n;
}

static bool take_value(struct parser *p, enum fact_kind kind, double *v)
{
	blanks(p);
	if (take_number(p, v)) {
		bool share = kind == FACT_SHARE || kind == FACT_PART, percent;
		blanks(p);
		percent = (share || kind == FACT_DEGREE) && *p->at == '%';
		p->at += percent;
		/* a share is 0 to 1, and the columns show it in per cent */
		if (percent || (share && *v > 1))
			*v /= 100;
		return true;
	}
	if (kind == FACT_LETTER && word_length(p->at) == 1) {
		*v = (*p->at | 32) - 'a';
		p->at++;
		return true;
	}
	return false;
}

static void no_such_name(struct parser *p)
{
	char names[256] = "";
	size_t n = 0;
	for (const struct filter_fact *q = filter_fact_table; q->name && n < sizeof names; q++)
		if (q->kind != FACT_CURVE)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s ", q->name);
	char text[320];
	snprintf(text, sizeof text, "no such name; %sare known", names);
	fail(p, text);
}

/* ":load" behind the name of a fact that each channel has. */
static void take_channel(struct parser *p, struct instruction *i)
{
	const char *word;
	if (*p->at != ':') {
		fail(p, "a channel is expected here, as in look:2>0.7");
		return;
	}
	p->at++;
	const char *at = p->at;
	size_t n = take_text(p, &word);
	i->channel = fact_channel_find(p->channels, word, n);
	if (i->channel >= 0 || p->bad)
		return;
	char text[96];
	snprintf(text, sizeof text, "no channel is called so; give its name or its number, 1 to %lld",
	         (long long)p->channels->n);
	p->at = at;
	fail(p, text);
}

/* What a text is compared with. */
static void take_word(struct parser *p, struct instruction *i)
{
	const char *word;
	if (i->relation != HAS && i->relation != EQUAL && i->relation != NOT_EQUAL) {
		fail(p, "names are compared by ~ = and !=");
		return;
	}
	size_t n = take_text(p, &word);
	if (!n)
		fail(p, "a word is expected here");
	else if (!p->bad)
		i->text = xasprintf("%.*s", (int)n, word);
}

/* A channel before an operator, where no fact has that name, is short for what filters look at: 2>.7 is look:2>.7. */
static bool take_bare_channel(struct parser *p, struct instruction *i)
{
	struct parser try = *p;
	enum relation r;
	const char *word;
	size_t n = *p->at == '"' ? 0 : take_text(&try, &word);
	if (!n || filter_fact_find(p->at, word_length(p->at)) >= 0 || !take_relation(&try, &r) || r == HAS)
		return false;
	i->channel = fact_channel_find(p->channels, word, n);
	if (i->channel < 0)
		return false;
	p->at = word + n;
	return true;
}

static void comparison(struct parser *p)
{
	size_t n = word_length(p->at);
	struct instruction i = { .code = COMPARE, .relation = NOT_ZERO };
	if (take_bare_channel(p, &i)) {
		i.fact = filter_fact_find(LOOK, sizeof LOOK - 1);
		take_relation(p, &i.relation);
		if (take_value(p, FACT_SHARE, &i.number))
			emit(p, i);
		else
			fail(p, "a number is expected here");
		return;
	}
	i.fact = filter_fact_find(p->at, n);
	const struct filter_fact *q = i.fact >= 0 ? &filter_fact_table[i.fact] : NULL;
	if (!n) {
		fail(p, *p->at ? "a name is expected here, as in imp>0.5" : "something is missing here");
		return;
	}
	if (!q || q->kind == FACT_CURVE) {
		no_such_name(p);
		return;
	}
	p->at += n;
	if (q->kind == FACT_SHARE)
		take_channel(p, &i);
	bool related = !p->bad && take_relation(p, &i.relation);
	if (q->kind == FACT_TEXT && !p->bad)
		take_word(p, &i);
	else if (related && i.relation == HAS)
		fail(p, "~ is for names, as in layer~conv");
	else if (related && !take_value(p, q->kind, &i.number))
		fail(p, "a number is expected here");
	if (p->bad)
		free(i.text);
	else
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

struct filter_expr *filter_expr_parse(const char *s, const struct fact_channels *channels, struct err *e)
{
	struct parser p = { .text = s, .at = s, .channels = channels, .e = e };
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

static bool compare_text(const struct instruction *i, const char *s)
{
	size_t n = strlen(i->text);
	if (!s || i->relation != HAS)
		return s && (strcasecmp(s, i->text) == 0) == (i->relation == EQUAL);
	for (; *s; s++)
		if (!strncasecmp(s, i->text, n))
			return true;
	return false;
}

static bool compare(const struct instruction *i, const struct filter_facts *f)
{
	const struct filter_fact *q = &filter_fact_table[i->fact];
	if (q->kind == FACT_TEXT)
		return compare_text(i, *(const char *const *)(const void *)((const char *)f + q->offset));
	double v = filter_fact_number(f, i->fact, i->channel);
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

unsigned filter_expr_sources(const struct filter_expr *x)
{
	unsigned sources = 0;
	for (int k = 0; x && k < x->n; k++)
		if (x->code[k].code == COMPARE)
			sources |= filter_fact_table[x->code[k].fact].source;
	return sources;
}

void filter_expr_free(struct filter_expr *x)
{
	if (!x)
		return;
	for (int k = 0; k < x->n; k++)
		free(x->code[k].text);
	free(x->code);
	free(x);
}
