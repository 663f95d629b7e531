/* What a result says, in words. */
#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "core/truth/truth.h"

/* Rows whose name is none of the methods have their own. */
static const char *label(const struct truth_row *q)
{
	return q->method >= 0 ? saliency_methods[q->method].label : q->name;
}

/* In how many of the replacements no other method is better. */
static int leads(const struct truth_result *r, int row)
{
	int n = 0;
	for (int how = 0; how < REPLACE_COUNT; how++) {
		bool first = r->replaces & 1u << how;
		for (int m = 0; m < r->n_row - 1 && first; m++)
			first = r->row[m].of[how].srg <= r->row[row].of[how].srg;
		n += first;
	}
	return n;
}

/* Under how many replacements the interval of row a does not lie above that of row b. */
static int alike(const struct truth_result *r, int a, int b)
{
	int n = 0;
	for (int how = 0; how < REPLACE_COUNT; how++)
		n += r->replaces & 1u << how && !(r->row[a].of[how].low > r->row[b].of[how].high);
	return n;
}

/* Whether no replacement has it above a random order. */
static bool by_chance(const struct truth_result *r, int row)
{
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (r->replaces & 1u << how && r->row[row].of[how].low > 0)
			return false;
	return true;
}

static void say_leader(const struct truth_result *r, char *buf, size_t size)
{
	int n = leads(r, r->best), of = r->n_replace;
	const char *name = label(&r->row[r->best]);
	if (n == of && of == 2)
		text_add(buf, size, "%s leads under both replacements", name);
	else if (n == of && of > 1)
		text_add(buf, size, "%s leads under all %d replacements", name, of);
	else if (n == of)
		text_add(buf, size, "%s leads", name);
	else
		text_add(buf, size, "%s leads on average over %d replacements, and is first under %d of them", name, of,
		         n);
	if (r->second < 0)
		return;
	name = label(&r->row[r->second]);
	n = alike(r, r->best, r->second);
	if (!n)
		text_add(buf, size, ", clearly before %s", name);
	else if (n == of)
		text_add(buf, size, ", but %s cannot be told from it", name);
	else
		text_add(buf, size, ", but %s cannot be told from it under %d of them", name, n);
}

/* The default method stands first in the table of methods. */
static void say_default(const struct truth_result *r, char *buf, size_t size)
{
	double best = r->row[r->best].measure[TRUTH_SRG];
	for (int m = 0; m < r->n_row - 1; m++) {
		double v = r->row[m].measure[TRUTH_SRG];
		if (r->row[m].method != 0 || m == r->best || m == r->second || by_chance(r, m) || !(best > 0) ||
		    !(v < best))
			continue;
		text_add(buf, size, "; %s reaches %.0f %% of the best", label(&r->row[m]), 100 * v / best);
	}
}

static void say_chance(const struct truth_result *r, char *buf, size_t size)
{
	int n = 0, said = 0;
	for (int m = 0; m < r->n_row - 1; m++)
		n += by_chance(r, m);
	for (int m = 0; m < r->n_row - 1; m++) {
		if (!by_chance(r, m))
			continue;
		text_add(buf, size, "%s%s", said == 0 ? "; " : said == n - 1 ? " and " : ", ", label(&r->row[m]));
		said++;
	}
	if (n)
		text_add(buf, size, "%s no better than a random order", n == 1 ? " is" : " are");
}

/* Which maps have no order, so that no measure of an order says anything of them. */
static void say_no_order(const struct truth_result *r, char *buf, size_t size)
{
	for (int m = 0; m < r->n_row - 1; m++)
		if (r->row[m].alike > 0.5)
			text_add(buf, size, "; the map of %s has no order in %.0f %% of the windows", label(&r->row[m]),
			         100 * r->row[m].alike);
}

/* What finds most of the mask. */
static void say_mask(const struct truth_result *r, char *buf, size_t size)
{
	int best = -1;
	if (!r->masked)
		return;
	for (int m = 0; m < r->n_row - 1; m++) {
		double v = r->row[m].measure[TRUTH_AUC_PR];
		if (isfinite(v) && (best < 0 || v > r->row[best].measure[TRUTH_AUC_PR]))
			best = m;
	}
	if (best < 0)
		text_add(buf, size, "; no window could be compared with the mask");
	else
		text_add(buf, size, "; %s finds most of the mask (AUC-PR %.2f, a random order %.2f)",
		         label(&r->row[best]), r->row[best].measure[TRUTH_AUC_PR],
		         r->row[r->n_row - 1].measure[TRUTH_AUC_PR]);
}

/* Where the replacements do not agree, what leads depends on what stands for a point. */
static void say_agreement(const struct truth_result *r, char *buf, size_t size)
{
	if (r->agreement < 0.5)
		text_add(buf, size, "; the replacements disagree on the order of the methods");
}

static void say_order(const struct truth_result *r, char *buf, size_t size)
{
	if (r->best < 0 || !isfinite(r->row[r->best].measure[TRUTH_SRG])) {
		text_add(buf, size, "the output changes under no replacement, so no order of the points can be judged");
		return;
	}
	if (by_chance(r, r->best)) {
		text_add(buf, size, "no method is better than a random order");
		return;
	}
	say_leader(r, buf, size);
	say_default(r, buf, size);
	say_chance(r, buf, size);
	say_agreement(r, buf, size);
}

void truth_sentence(const struct truth_result *r, char *buf, size_t size)
{
	buf[0] = 0;
	say_order(r, buf, size);
	say_no_order(r, buf, size);
	say_mask(r, buf, size);
}
