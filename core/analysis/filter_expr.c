#include "core/analysis/filter_expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/expr.h"
#include "core/base/mem.h"

static const char LOOK[] = "look"; /* the fact that a channel by itself stands for */

struct comparison {
	int fact;        /* a row of filter_fact_table */
	int64_t channel; /* of a FACT_SHARE */
	enum relation relation;
	double number;
	char *text; /* what a FACT_TEXT is compared with; owned */
};

struct filter_expr {
	struct expr *x;
	struct comparison *compare;
	int n;
};

struct parser {
	const struct fact_channels *channels;
	struct filter_expr *x;
};

static void keep(struct filter_expr *x, struct comparison c)
{
	x->compare = xrealloc(x->compare, (size_t)x->n + 1, sizeof *x->compare);
	x->compare[x->n++] = c;
}

static bool take_value(struct expr_reader *r, enum fact_kind kind, double *v)
{
	expr_blanks(r);
	if (expr_number(r, v)) {
		bool share = kind == FACT_SHARE || kind == FACT_PART, percent;
		expr_blanks(r);
		percent = (share || kind == FACT_DEGREE) && *r->at == '%';
		r->at += percent;
		/* a share is 0 to 1, and the columns show it in per cent */
		if (percent || (share && *v > 1))
			*v /= 100;
		return true;
	}
	if (kind == FACT_LETTER && expr_word(r->at) == 1) {
		*v = (*r->at | 32) - 'a';
		r->at++;
		return true;
	}
	return false;
}

static void no_such_name(struct expr_reader *r)
{
	char names[256] = "";
	size_t n = 0;
	for (const struct filter_fact *q = filter_fact_table; q->name && n < sizeof names; q++)
		if (q->kind != FACT_CURVE)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s ", q->name);
	char text[320];
	snprintf(text, sizeof text, "no such name; %sare known", names);
	expr_fail(r, text);
}

/* ":load" behind the name of a fact that each channel has. */
static void take_channel(struct expr_reader *r, const struct fact_channels *channels, struct comparison *i)
{
	const char *word;
	if (*r->at != ':') {
		expr_fail(r, "a channel is expected here, as in look:2>0.7");
		return;
	}
	r->at++;
	const char *at = r->at;
	size_t n = expr_text(r, &word);
	i->channel = fact_channel_find(channels, word, n);
	if (i->channel >= 0 || r->bad)
		return;
	char text[96];
	snprintf(text, sizeof text, "no channel is called so; give its name or its number, 1 to %lld",
	         (long long)channels->n);
	r->at = at;
	expr_fail(r, text);
}

/* What a text is compared with. */
static void take_word(struct expr_reader *r, struct comparison *i)
{
	const char *word;
	if (i->relation != HAS && i->relation != EQUAL && i->relation != NOT_EQUAL) {
		expr_fail(r, "names are compared by ~ = and !=");
		return;
	}
	size_t n = expr_text(r, &word);
	if (!n)
		expr_fail(r, "a word is expected here");
	else if (!r->bad)
		i->text = xasprintf("%.*s", (int)n, word);
}

/* A channel before an operator, where no fact has that name, is short for what filters look at: 2>.7 is look:2>.7. */
static bool take_bare_channel(struct expr_reader *r, const struct fact_channels *channels, struct comparison *i)
{
	struct expr_reader try = *r;
	enum relation relation;
	const char *word;
	size_t n = *r->at == '"' ? 0 : expr_text(&try, &word);
	if (!n || filter_fact_find(r->at, expr_word(r->at)) >= 0 || !expr_relation(&try, &relation) || relation == HAS)
		return false;
	i->channel = fact_channel_find(channels, word, n);
	if (i->channel < 0)
		return false;
	r->at = word + n;
	return true;
}

static void comparison(struct expr_reader *r, void *ctx)
{
	struct parser *p = ctx;
	size_t n = expr_word(r->at);
	struct comparison i = { .relation = NOT_ZERO };
	if (take_bare_channel(r, p->channels, &i)) {
		i.fact = filter_fact_find(LOOK, sizeof LOOK - 1);
		expr_relation(r, &i.relation);
		if (take_value(r, FACT_SHARE, &i.number))
			keep(p->x, i);
		else
			expr_fail(r, "a number is expected here");
		return;
	}
	i.fact = filter_fact_find(r->at, n);
	const struct filter_fact *q = i.fact >= 0 ? &filter_fact_table[i.fact] : NULL;
	if (!n) {
		expr_fail(r, *r->at ? "a name is expected here, as in imp>0.5" : "something is missing here");
		return;
	}
	if (!q || q->kind == FACT_CURVE) {
		no_such_name(r);
		return;
	}
	r->at += n;
	if (q->kind == FACT_SHARE)
		take_channel(r, p->channels, &i);
	bool related = !r->bad && expr_relation(r, &i.relation);
	if (q->kind == FACT_TEXT && !r->bad)
		take_word(r, &i);
	else if (related && i.relation == HAS)
		expr_fail(r, "~ is for names, as in layer~conv");
	else if (related && !take_value(r, q->kind, &i.number))
		expr_fail(r, "a number is expected here");
	if (r->bad)
		free(i.text);
	else
		keep(p->x, i);
}

struct filter_expr *filter_expr_parse(const char *s, const struct fact_channels *channels, struct err *e)
{
	struct filter_expr *x = xcalloc(1, sizeof *x);
	x->x = expr_parse(s, comparison, &(struct parser){ channels, x }, e);
	if (x->x)
		return x;
	filter_expr_free(x);
	return NULL;
}

static bool compare_text(const struct comparison *i, const char *s)
{
	size_t n = strlen(i->text);
	if (!s || i->relation != HAS)
		return s && (strcasecmp(s, i->text) == 0) == (i->relation == EQUAL);
	for (; *s; s++)
		if (!strncasecmp(s, i->text, n))
			return true;
	return false;
}

struct matched {
	const struct filter_expr *x;
	const struct filter_facts *f;
};

static bool holds(const void *ctx, int k)
{
	const struct matched *q = ctx;
	const struct comparison *i = &q->x->compare[k];
	const struct filter_fact *fact = &filter_fact_table[i->fact];
	if (fact->kind == FACT_TEXT)
		return compare_text(i, *(const char *const *)(const void *)((const char *)q->f + fact->offset));
	return relation_holds(i->relation, filter_fact_number(q->f, i->fact, i->channel), i->number);
}

bool filter_expr_match(const struct filter_expr *x, const struct filter_facts *f)
{
	return expr_holds(x->x, holds, &(struct matched){ x, f });
}

unsigned filter_expr_sources(const struct filter_expr *x)
{
	unsigned sources = 0;
	for (int k = 0; x && k < x->n; k++)
		sources |= filter_fact_table[x->compare[k].fact].source;
	return sources;
}

void filter_expr_free(struct filter_expr *x)
{
	if (!x)
		return;
	for (int k = 0; k < x->n; k++)
		free(x->compare[k].text);
	free(x->compare);
	expr_free(x->x);
	free(x);
}
