/* Recursive descent to a list of instructions for a small stack:  or: and { "or" and }   and: not { ["and"] not } not:
 * ["not"] term   term: "(" or ")" | comparison. */
#include "core/base/expr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

enum { DEPTH = 32 };
enum { AND = -1, OR = -2, NOT = -3 }; /* instructions; one from 0 on is the number of a comparison */

struct expr {
	int *code;
	int n, comparisons;
};

struct joiner {
	struct expr_reader r;
	expr_comparison *comparison;
	void *ctx;
};

void expr_fail(struct expr_reader *r, const char *what)
{
	if (!r->bad)
		err_set(r->e, ERR_VALUE, "expression, column %d: %s", (int)(r->at - r->text) + 1, what);
	r->bad = true;
}

static void emit(struct expr *x, int code)
{
	x->code = xrealloc(x->code, (size_t)x->n + 1, sizeof *x->code);
	x->code[x->n++] = code;
}

/* ---- words and numbers ---- */

void expr_blanks(struct expr_reader *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == ',')
		r->at++;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t expr_word(const char *s)
{
	size_t n = 0;
	while (letter(s[n]))
		n++;
	return n;
}

static bool next_is(const struct expr_reader *r, const char *word)
{
	size_t n = expr_word(r->at);
	return n == strlen(word) && !memcmp(r->at, word, n);
}

/* Take `word`, or the sign that means the same. */
static bool take(struct expr_reader *r, const char *word, const char *sign)
{
	expr_blanks(r);
	size_t n = next_is(r, word) ? strlen(word) : !strncmp(r->at, sign, strlen(sign)) ? strlen(sign) : 0;
	r->at += n;
	return n > 0;
}

size_t expr_text(struct expr_reader *r, const char **word)
{
	expr_blanks(r);
	bool quoted = *r->at == '"';
	*word = r->at + quoted;
	size_t n = strcspn(*word, quoted ? "\"" : " \t,()<>=!~&|\"");
	r->at = *word + n;
	if (quoted && *r->at != '"')
		expr_fail(r, "the closing quote is missing");
	r->at += quoted && *r->at == '"';
	return n;
}

bool expr_relation(struct expr_reader *r, enum relation *relation)
{
	static const struct {
		const char *sign;
		enum relation r;
	} rows[] = {
		{ "<=", LESS_EQUAL }, { ">=", GREATER_EQUAL }, { "!=", NOT_EQUAL }, { "==", EQUAL },
		{ "<", LESS },        { ">", GREATER },        { "=", EQUAL },      { "~", HAS },
	};
	expr_blanks(r);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strncmp(r->at, rows[i].sign, strlen(rows[i].sign))) {
			r->at += strlen(rows[i].sign);
			*relation = rows[i].r;
			return true;
		}
	return false;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

bool expr_number(struct expr_reader *r, double *number)
{
	const char *s = r->at;
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
	r->at = s;
	*number = sign * v;
	return true;
}

/* ---- what joins ---- */

static void any_of(struct joiner *j);

static void term(struct joiner *j)
{
	struct expr_reader *r = &j->r;
	bool negate = false;
	while (take(r, "not", "!"))
		negate = !negate;
	expr_blanks(r);
	if (*r->at != '(') {
		j->comparison(r, j->ctx);
		emit(r->x, r->x->comparisons++);
	} else if (++r->depth > DEPTH) {
		expr_fail(r, "too many brackets inside each other");
	} else {
		r->at++;
		any_of(j);
		expr_blanks(r);
		if (*r->at != ')')
			expr_fail(r, "a closing bracket is missing");
		else
			r->at++;
		r->depth--;
	}
	if (negate)
		emit(r->x, NOT);
}

static void all_of(struct joiner *j)
{
	struct expr_reader *r = &j->r;
	term(j);
	for (;;) {
		if (take(r, "and", "&")) {
			r->at += *r->at == '&';
		} else if (r->bad || !*r->at || *r->at == ')' || *r->at == '|' || next_is(r, "or")) {
			return;
		}
		term(j);
		emit(r->x, AND);
	}
}

static void any_of(struct joiner *j)
{
	all_of(j);
	while (!j->r.bad && take(&j->r, "or", "|")) {
		j->r.at += *j->r.at == '|';
		all_of(j);
		emit(j->r.x, OR);
	}
}

struct expr *expr_parse(const char *s, expr_comparison *comparison, void *ctx, struct err *e)
{
	struct joiner j = { { .text = s, .at = s, .e = e }, comparison, ctx };
	struct expr_reader *r = &j.r;
	if (strlen(s) > EXPR_BYTES) {
		err_set(e, ERR_LIMIT, "expression: longer than %d bytes", EXPR_BYTES);
		return NULL;
	}
	r->x = xcalloc(1, sizeof *r->x);
	expr_blanks(r);
	if (!*r->at)
		return r->x;
	any_of(&j);
	expr_blanks(r);
	if (!r->bad && *r->at)
		expr_fail(r, *r->at == ')' ? "a closing bracket too many" : "not understood");
	if (!r->bad)
		return r->x;
	expr_free(r->x);
	return NULL;
}

void expr_free(struct expr *x)
{
	if (!x)
		return;
	free(x->code);
	free(x);
}

/* ---- whether it holds ---- */

static bool same(double v, double number)
{
	return v == number || (isfinite(number) && fabs(v - number) <= 1e-6 * fmax(1, fabs(number)));
}

bool relation_holds(enum relation relation, double v, double number)
{
	switch (relation) {
	case LESS:
		return v < number && !same(v, number);
	case LESS_EQUAL:
		return v <= number || same(v, number);
	case GREATER:
		return v > number && !same(v, number);
	case GREATER_EQUAL:
		return v >= number || same(v, number);
	case EQUAL:
		return same(v, number);
	case NOT_EQUAL:
		return !isnan(v) && !same(v, number);
	default:
		return v < 0 || v > 0;
	}
}

bool expr_holds(const struct expr *x, bool (*holds)(const void *ctx, int k), const void *ctx)
{
	/* an expression of EXPR_BYTES has fewer terms */
	bool stack[EXPR_BYTES + 1] = { false };
	int n = 0;
	for (int i = 0; i < x->n; i++) {
		int code = x->code[i];
		if (code >= 0) {
			stack[n++] = holds(ctx, code);
		} else if (code == NOT) {
			stack[n - 1] = !stack[n - 1];
		} else {
			n--;
			stack[n - 1] = code == AND ? stack[n - 1] && stack[n] : stack[n - 1] || stack[n];
		}
	}
	return n ? stack[0] : true;
}
