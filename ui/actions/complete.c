/* What the line of the prompt may become: names of commands, then the arguments of those that choose from a list. */
#include "ui/actions/actions.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "core/base/text.h"
#include "core/probe/cluster.h"
#include "ui/actions/settings.h"
#include "ui/state/format.h"

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

static const char *command(const struct ui *u, int i, char *buf, size_t size)
{
	const char *name = command_name(i);
	int n = 0;
	if (name)
		return name;
	while (command_name(n))
		n++;
	return layer(u, i - n, buf, size); /* the name of a layer goes there */
}

static const char *on_off(const struct ui *u, int i, char *buf, size_t size)
{
	static const char *const names[] = { "on", "off", NULL };
	(void)u, (void)buf, (void)size;
	return names[i];
}

static const char *prune_word(const struct ui *u, int i, char *buf, size_t size)
{
	static const char *const names[] = { "50%", "curve", "stop", NULL };
	(void)u, (void)buf, (void)size;
	return names[i];
}

static const char *class_word(const struct ui *u, int i, char *buf, size_t size)
{
	return u->s.runs && u->s.q.task == TASK_CLASSIFICATION && i < model_classes(u->s.m)
	               ? class_name_format(u, i, buf, size)
	               : NULL;
}

static const char *unit(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return i < UNITS ? unit_names[i] : NULL;
}

static const char *keybar(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	return i < KEYBARS ? keybar_names[i] : NULL;
}

static const char *option(const struct ui *u, int i, char *buf, size_t size)
{
	(void)u, (void)buf, (void)size;
	for (const struct setting *s = settings; s->label; s++)
		if (setting_settable(s) && i-- == 0)
			return s->action;
	return NULL;
}

static const struct {
	const char *action;
	choice *choice;
} lists[] = {
	{ "measure", measure },  { "method", method },
	{ "target", target },    { "baseline", baseline },
	{ "sort", sort },        { "glyphs", glyphs },
	{ "theme", theme },      { "cluster-method", cluster_method },
	{ "search", layer },     { "column", column },
	{ "set", option },       { "reverse", on_off },
	{ "units", unit },       { "keybar", keybar },
	{ "hints", on_off },     { "cluster-colours", on_off },
	{ "prune", prune_word }, { "counterfactual", class_word },
};

static choice *choice_of(const char *action)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (!strcmp(lists[i].action, action))
			return lists[i].choice;
	return NULL;
}

/* Offers the choices that begin with the word at `from`; the word itself comes first. */
static void offer(const struct ui *u, struct prompt *p, size_t from, choice *of)
{
	char b[PROMPT_CHOICE];
	const char *word = p->text + from, *name;
	size_t n = strlen(word);
	p->from = from;
	for (int itself = 1; itself >= 0; itself--)
		for (int i = 0; (name = of(u, i, b, sizeof b)); i++)
			if (!strncmp(name, word, n) && (name[n] == '\0') == itself)
				prompt_offer(p, name);
}

/* ---- files ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Offers the files whose names begin as the path at `from` does; a folder ends in a slash. Names that a terminal cannot
 * show are left out, and so are hidden ones that were not asked for. */
static void offer_files(struct prompt *p, size_t from)
{
	char folder[PROMPT_TEXT], name[PROMPT_CHOICE], clean[PROMPT_CHOICE];
	const char *path = p->text + from, *slash = strrchr(path, '/'), *word = slash ? slash + 1 : path;
	size_t n = strlen(word);
	struct stat st;
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash + 1 - path) : 1, slash ? path : ".");
	p->from = (size_t)(word - p->text);
	DIR *d = opendir(folder);
	for (struct dirent *f; d && (f = readdir(d));) {
		size_t len = strlen(f->d_name);
		if (strncmp(f->d_name, word, n) != 0 || (*f->d_name == '.' && !n) || len + 2 > sizeof name)
			continue;
		text_clean(clean, sizeof clean, f->d_name, len);
		bool dir = !fstatat(dirfd(d), f->d_name, &st, 0) && S_ISDIR(st.st_mode);
		snprintf(name, sizeof name, "%.*s%s", (int)sizeof name - 2, f->d_name, dir ? "/" : "");
		if (!strcmp(clean, f->d_name))
			prompt_offer(p, name);
	}
	if (d)
		closedir(d);
	qsort(p->choice, (size_t)p->n_choice, sizeof *p->choice, by_name);
}

/* The words of the language of `&`, each with what follows it: "silent", "imp>", "look:2>", "layer~". */
static const char *expression_word(const struct ui *u, int i, char *buf, size_t size)
{
	for (const struct filter_fact *q = filter_fact_table; q->name; q++) {
		int words = q->kind == FACT_CURVE ? 0 : q->kind == FACT_SHARE ? (int)u->scene.channels.n : 1;
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

/* The word of an expression with which the line ends. */
static void complete_expression(const struct ui *u, struct prompt *p, size_t begin)
{
	size_t from = strlen(p->text);
	while (from > begin && !strchr(" (!&|,", p->text[from - 1]))
		from--;
	if (u->s.view != VIEW_WINDOWS)
		offer(u, p, from, expression_word);
}

/* ---- the line ---- */

static bool takes_file(const char *action)
{
	return !strcmp(action, "open") || !strcmp(action, "export") || !strcmp(action, "save-model");
}

/* What is given to the action, from `from` on. */
static void complete_argument(const struct ui *u, struct prompt *p, const char *action, size_t from, bool asked)
{
	size_t n = strcspn(p->text + from, " ="), value = from + n + strspn(p->text + from + n, " =");
	char name[64];
	snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : 0, p->text + from);
	choice *of = choice_of(action);
	if (takes_file(action) && asked)
		offer_files(p, from);
	else if (!strcmp(action, "set") && p->text[from + n] && setting_find(name))
		complete_argument(u, p, name, value, asked);
	else if (!strcmp(action, "filter"))
		complete_expression(u, p, from);
	else if (of)
		offer(u, p, from, of);
}

static void complete_line(const struct ui *u, struct prompt *p, bool asked)
{
	size_t n = strcspn(p->text, " "), from = n + strspn(p->text + n, " ");
	const struct action *a = command_find(p->text, n);
	if (p->text[n]) {
		if (a)
			complete_argument(u, p, a->name, from, asked);
		return;
	}
	offer(u, p, 0, command);
	if (!n)
		snprintf(p->hint, sizeof p->hint, "name of a command, number of a window; Tab shows what there is");
	else if (a && p->n_choice == 1)
		snprintf(p->hint, sizeof p->hint, "%s", a->help);
}

/* In a prompt of its own an action that chooses from a list offers it, too. */
void complete_prompt(void *ctx, struct prompt *p, bool asked)
{
	const struct ui *u = ctx;
	if (!strcmp(p->action, "command"))
		complete_line(u, p, asked);
	else if (strcmp(p->action, "search") != 0 && (*p->text || asked))
		complete_argument(u, p, p->action, 0, asked);
}
