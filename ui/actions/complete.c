/* Tab in the command line: names of actions, then the arguments of those that choose from a list. Tab in an expression
 * of `&`: the words of its language. */
#include "ui/actions/actions.h"

#include <string.h>
#include "core/probe/cluster.h"

/* The i-th choice, or NULL at the end; buf for one that has to be written. */
typedef const char *choice(const struct ui *u, int i, char *buf, size_t size);

static const char *measure(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return importance_measures[i].name;
}

static const char *method(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return saliency_methods[i].name;
}

static const char *target(const struct ui *u, int i, char *buf, size_t size)
{
	static const enum target_kind plain[] = { TARGET_SUM, TARGET_CLASS, TARGET_LOSS, TARGET_ERROR };
	enum { PLAIN = sizeof plain / sizeof *plain };
	bool named = i < PLAIN;
	if (!named && i - PLAIN >= u->s.m->outputs)
		return NULL;
	target_format(&(struct target){ .kind = named ? plain[i] : TARGET_OUTPUT, .k = named ? 0 : i - PLAIN }, u->s.m,
	              buf, size);
	return buf;
}

static const char *baseline(const struct ui *u, int i, char *buf, size_t size)
{
	(void)buf, (void)size;
	return i < (u->pin.on ? 3 : 2) ? baseline_names[i] : NULL;
}

static const char *column(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	for (const struct filter_fact *q = filter_fact_table; q->name; q++)
		if (q->title && i-- == 0)
			return q->name;
	return NULL;
}

static const char *sort(const struct ui *u, int i, char *buf, size_t size)
{
	(void)buf, (void)size;
	if (u->s.view == VIEW_TABLE)
		return column(u, i, buf, size);
	if (u->s.view == VIEW_WINDOWS)
		return i < (int)WINDOWS_SORTS ? windows_sort_names[i] : NULL;
	return i < (int)SORT_COUNT ? sort_names[i] : NULL;
}

static const char *glyphs(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return i < (int)GLYPHS_COUNT ? glyphs_of((enum glyph_set)i)->name : NULL;
}

static const char *theme(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return theme_word(i);
}

static const char *cluster_method(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return cluster_method_names[i];
}

static const char *layer(const struct ui *u, int i, char *buf, size_t size)
{
	(void)buf, (void)size;
	return i < u->s.n_column ? u->s.m->layer[u->s.column[i]].name : NULL;
}

static const char *action_name(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	for (const struct action *a = actions; a->help; a++)
		if (a->name && i-- == 0)
			return a->name;
	return NULL;
}

static const struct {
	const char *action;
	choice *choice;
} lists[] = {
	{ "measure", measure }, { "method", method }, { "target", target }, { "baseline", baseline },
	{ "sort", sort },       { "glyphs", glyphs }, { "theme", theme },   { "cluster-method", cluster_method },
	{ "search", layer },    { "column", column },
};

static choice *choice_of(const char *text, size_t n)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strlen(lists[i].action) == n && !strncmp(text, lists[i].action, n))
			return lists[i].choice;
	return NULL;
}

/* The word in p from `from` on becomes what all choices share that begin with it; those are the hint, unless it is one.
 */
static void complete_word(const struct ui *u, struct prompt *p, size_t from, choice *of)
{
	char b[64], common[64] = "";
	const char *word = p->text + from, *name;
	size_t n = strlen(word), hint = 0;
	int found = 0;
	for (int i = 0; (name = of(u, i, b, sizeof b)); i++) {
		if (strncmp(name, word, n) != 0)
			continue;
		if (!found++)
			snprintf(common, sizeof common, "%s", name);
		size_t k = n;
		while (common[k] && common[k] == name[k])
			k++;
		common[k] = '\0';
		if (hint < sizeof p->hint)
			hint += (size_t)snprintf(p->hint + hint, sizeof p->hint - hint, "%s ", name);
	}
	if (found < 2)
		p->hint[0] = '\0';
	if (found && from + strlen(common) < sizeof p->text)
		snprintf(p->text + from, sizeof p->text - from, "%s", common);
}

static void complete_command(void *ctx, struct prompt *p)
{
	const struct ui *u = ctx;
	size_t n = strcspn(p->text, " "), from = n + strspn(p->text + n, " ");
	choice *of = choice_of(p->text, n);
	if (!p->text[n])
		complete_word(u, p, 0, action_name);
	else if (of)
		complete_word(u, p, from, of);
}

/* The words of the language of `&`, each with what follows it: "silent", "imp>", "look:2>", "layer~". */
static const char *expression_word(const struct ui *u, int i, char *buf, size_t size)
{
	for (const struct filter_fact *q = filter_fact_table; q->name; q++) {
		int words = q->missing || q->kind == FACT_CURVE ? 0
		            : q->kind == FACT_SHARE             ? (int)u->scene.channels.n
		                                                : 1;
		if (i >= words) {
			i -= words;
			continue;
		}
		if (q->kind == FACT_SHARE)
			snprintf(buf, size, "%s:%d>", q->name, i + 1);
		else
			snprintf(buf, size, "%s%s", q->name,
			         q->kind == FACT_FLAG     ? ""
			         : q->kind == FACT_TEXT   ? "~"
			         : q->kind == FACT_LETTER ? "="
			                                  : ">");
		return buf;
	}
	return NULL;
}

static void complete_expression(void *ctx, struct prompt *p)
{
	const struct ui *u = ctx;
	size_t from = strlen(p->text);
	while (from && !strchr(" (!&|,", p->text[from - 1]))
		from--;
	if (u->s.view != VIEW_WINDOWS)
		complete_word(u, p, from, expression_word);
}

prompt_complete *complete_of(const char *action)
{
	return !strcmp(action, "command") ? complete_command : !strcmp(action, "filter") ? complete_expression : NULL;
}
