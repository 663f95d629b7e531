/* The command line: its commands, and the options that :set knows. */
#include "ui/actions/act.h"

#include <stdio.h>
#include <string.h>
#include "core/base/words.h"
#include "ui/actions/settings.h"

/* Commands that have another name in vim. */
static const struct {
	const char *name, *action;
} aliases[] = {
	{ "q", "quit-asking" },
	{ "q!", "quit" },
	{ "w", "export" },
	{ "e", "open" },
};
enum { ALIASES = sizeof aliases / sizeof *aliases };

const struct action *command_find(const char *name, size_t n)
{
	char word[64];
	if (n >= sizeof word)
		return NULL;
	snprintf(word, sizeof word, "%.*s", (int)n, name);
	for (int i = 0; i < ALIASES; i++)
		if (!strcmp(aliases[i].name, word))
			return action_find(aliases[i].action);
	return action_find(word);
}

const char *command_name(int i)
{
	if (i < ALIASES)
		return aliases[i].name;
	i -= ALIASES;
	for (const struct action *a = actions; a->help; a++)
		if (a->name && i-- == 0)
			return a->name;
	return NULL;
}

static bool all_digits(const char *s, size_t n)
{
	return n && strspn(s, "0123456789") == n;
}

/* The one command whose name begins with the word; NULL: there is none, or more than one. */
static const struct action *command_begins(const char *word, size_t n)
{
	const struct action *found = NULL;
	int of = 0;
	for (const struct action *a = actions; a->help; a++)
		if (a->name && !strncmp(a->name, word, n)) {
			found = a;
			of++;
		}
	return of == 1 ? found : NULL;
}

/* The name of a layer: it is selected, and, where the view shows no filters, its page is opened. */
static bool layer_command(struct ui *u, const char *name, size_t n, unsigned *changed)
{
	struct session *s = &u->s;
	for (int i = 0; i < s->m->n_layer; i++) {
		if (strlen(s->m->layer[i].name) != n || strncmp(s->m->layer[i].name, name, n) != 0)
			continue;
		bool filters = s->m->layer[i].kind == LAYER_ANALYSED && s->runs;
		*changed = CHANGED_LAYER | CHANGED_LIST | (filters ? session_layer(s, i) : 0);
		s->net_at = i;
		if ((!filters || !u->view->has_filters) && s->view != VIEW_NETWORK)
			*changed |= session_view(s, VIEW_LAYER, true);
		return true;
	}
	return false;
}

/* The name of a layer in double quotes: any name, also one with blanks, of digits alone, or that a command has. */
static unsigned quoted_layer(struct ui *u, const char *name, size_t n)
{
	unsigned changed = 0;
	n -= n > 0 && name[n - 1] == '"';
	if (!layer_command(u, name, n, &changed))
		ui_say(u, "there is no layer '%.*s'", (int)(n < 80 ? n : 80), name);
	return changed;
}

static void say_unknown(struct ui *u, const char *name, size_t n)
{
	char word[80], near[NEAREST_SAY];
	snprintf(word, sizeof word, "%.*s", (int)n, name);
	struct nearest q = { .asked = word };
	for (int i = 0; command_name(i); i++)
		nearest_try(&q, command_name(i));
	ui_say(u, "there is no command '%s'%s", word,
	       q.best ? nearest_say(&q, near, sizeof near) : "; Tab completes, ? lists them");
}

unsigned act_command(struct ui *u, const char *arg)
{
	if (action_ask(u, arg, "command", ":"))
		return 0;
	arg += strspn(arg, " ");
	size_t n = strcspn(arg, " "), all = strlen(arg);
	const char *rest = arg + n + strspn(arg + n, " ");
	while (all > n && arg[all - 1] == ' ')
		all--;
	if (!n)
		return 0;
	if (*arg == '"')
		return quoted_layer(u, arg + 1, all - 1);
	if (all_digits(arg, n - (n > 1 && arg[n - 1] == '*')) && !*rest)
		return action_run(u, action_find("window"), arg);
	unsigned changed = 0;
	const struct action *a = command_find(arg, n);
	if (!a && layer_command(u, arg, all, &changed))
		return changed;
	a = a ? a : command_begins(arg, n);
	if (a)
		return action_run(u, a, *rest ? rest : NULL);
	say_unknown(u, arg, n);
	return 0;
}

/* ---- options ---- */

/* An option by its name, or, after "no", one that can be off. *off: it was "no". */
static const struct setting *option_named(const char *name, bool *off)
{
	const struct setting *s = setting_find(name);
	*off = !s && !strncmp(name, "no", 2);
	if (*off)
		s = setting_find(name + 2);
	return s && (!*off || s->on_off) ? s : NULL;
}

/* Says the value, or what was meant by the name. */
static void say_setting(struct ui *u, const struct setting *s, const char *name)
{
	char value[160], near[NEAREST_SAY];
	struct nearest q = { .asked = name };
	if (s) {
		s->value(u, value, sizeof value);
		ui_say(u, "%s: %s", s->action, value);
		return;
	}
	for (int i = 0; settings[i].label; i++)
		if (setting_settable(&settings[i]))
			nearest_try(&q, settings[i].action);
	ui_say(u, "there is no option '%s'%s", name, q.best ? nearest_say(&q, near, sizeof near) : "; :set lists them");
}

/* "NAME", "NAME VALUE", "NAME=VALUE", "noNAME", "NAME?" */
unsigned act_set(struct ui *u, const char *arg)
{
	char name[64];
	if (!arg || !*arg)
		return action_run(u, action_find("options"), NULL);
	size_t n = strcspn(arg, " =?");
	const char *value = arg + n + strspn(arg + n, " =");
	snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : (int)sizeof name - 1, arg);
	bool off;
	const struct setting *s = option_named(name, &off);
	if (s && !*value && (s->on_off || off))
		value = off ? "off" : "on";
	if (!s || !*value || *value == '?') {
		say_setting(u, s, name);
		return 0;
	}
	u->message[0] = '\0';
	unsigned changed = action_run(u, action_find(s->action), value);
	if (!u->message[0])
		say_setting(u, s, name);
	return changed;
}
