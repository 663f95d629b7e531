/* The table of actions, and those that are about the program itself. */
#include "ui/actions/act.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- prompts ---- */

bool action_ask(struct ui *u, const char *arg, const char *action, const char *label)
{
	if (arg)
		return false;
	prompt_open(&u->prompt, action, label, complete_prompt, u);
	return true;
}

bool action_number(struct ui *u, const char *s, int64_t *v)
{
	char *end;
	while (*s == ' ' || *s == '#')
		s++;
	*v = strtoll(s, &end, 10);
	while (*end == ' ')
		end++;
	if (end != s && !*end)
		return true;
	ui_say(u, "'%s' is not a whole number", s);
	return false;
}

bool action_on_off(struct ui *u, const char *arg, bool *v)
{
	bool on = arg && !strcmp(arg, "on"), off = arg && !strcmp(arg, "off");
	if (arg && !on && !off)
		ui_say(u, "'%s' is neither on nor off", arg);
	else
		*v = arg ? on : !*v;
	return !arg || on || off;
}

int action_name(const char *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* ---- the program ---- */

unsigned act_cancel(struct ui *u, const char *arg)
{
	unsigned changed = CHANGED_MESSAGE;
	(void)arg;
	if (u->s.view == VIEW_EDIT && u->editor.selects) {
		u->editor.selects = false;
		return CHANGED_TIME;
	}
	if (!u->s.highlight) {
		session_leave(&u->s, &changed);
		return changed;
	}
	u->s.highlight = HIGHLIGHT_OFF;
	return CHANGED_TIME;
}

unsigned act_redraw(struct ui *u, const char *arg)
{
	(void)arg;
	u->redraw = true;
	return CHANGED_MESSAGE;
}
unsigned act_suspend(struct ui *u, const char *arg)
{
	(void)arg;
	u->suspend = true;
	return 0;
}
unsigned act_quit(struct ui *u, const char *arg)
{
	(void)arg;
	u->quit = true;
	return 0;
}

/* Says what would be lost with the program, and what quits nevertheless; false: nothing. */
static bool quit_loses(struct ui *u, const char *again)
{
	const struct session *s = &u->s;
	const struct keep_ops *keep = u->options->keep;
	if (keep && keep->keeps(u->options->keep_ctx))
		return false;
	const struct {
		const char *one; /* of the things that would be lost, in the singular */
		int n;
	} at_stake[] = { { "mark", s->marks.n },
		         { "note", notes_n(s->notes) },
		         { "switched-off filter", s->q.off.n },
		         { "edited window", s->edits.n } };
	char lost[160] = "";
	size_t n = 0;
	for (size_t i = 0; i < sizeof at_stake / sizeof *at_stake; i++)
		if (at_stake[i].n)
			n += (size_t)snprintf(lost + n, sizeof lost - n, "%d %s%s, ", at_stake[i].n, at_stake[i].one,
			                      at_stake[i].n == 1 ? "" : "s");
	if (u->pin.on)
		n += (size_t)snprintf(lost + n, sizeof lost - n, "the pin, ");
	if (n)
		ui_say(u, "quitting loses %.*s; %s", (int)n - 2, lost, again);
	return n > 0;
}

unsigned act_quit_view(struct ui *u, const char *arg)
{
	unsigned changed = 0;
	(void)arg;
	if (session_leave(&u->s, &changed))
		return changed;
	u->quit = u->quit_asked || !quit_loses(u, "q again quits");
	u->quit_asked = true;
	return 0;
}

unsigned act_quit_asking(struct ui *u, const char *arg)
{
	(void)arg;
	u->quit = !quit_loses(u, ":q! quits");
	return 0;
}

/* ---- the table ---- */

const struct action actions[] = {
#define GROUP(title) { .help = title },
#define GO(name, keys, help, view, needs) \
	{ name, keys, help, act_view_##view, needs, CHANGED_VIEW | CHANGED_LIST, false, EVERYWHERE },
#define ACTION(name, keys, help, run, needs, affects) { name, keys, help, run, needs, affects, false, EVERYWHERE },
#define STEP(name, keys, help, run, needs, affects) { name, keys, help, run, needs, affects, true, EVERYWHERE },
#define IN(view, name, keys, help, run, needs, affects) { name, keys, help, run, needs, affects, false, VIEW_##view },
/* In the record a cursor that moves is another window. */
#define MOVED (CHANGED_LAYER | CHANGED_FILTER | CHANGED_TIME | CHANGED_LIST | CHANGED_WINDOW)
#define CHOSEN (CHANGED_QUESTION | CHANGED_MARKS | CHANGED_ORDER | CHANGED_LOOK)
#include "ui/actions/actions.def"
#undef IN
#undef STEP
#undef ACTION
#undef GO
#undef GROUP
	{ 0 },
};

static const struct action *of_key(int key, int view)
{
	if (key == 8)
		key = KEYS_BACKSPACE;
	for (const struct action *a = actions; a->help; a++) {
		const char *k = a->view == view ? a->keys : NULL;
		while (k && *k) {
			size_t n = strcspn(k, " ");
			if (key_parse(k, n) == key)
				return a;
			k += n + strspn(k + n, " ");
		}
	}
	return NULL;
}

const struct action *action_of_key(int key)
{
	return of_key(key, EVERYWHERE);
}

const struct action *action_of_view(enum view_id v, int key)
{
	return of_key(key, (int)v);
}

const struct action *action_of_user_key(const struct ui *u, int key)
{
	const struct action *here = action_of_view(u->s.view, key);
	if (here)
		return here;
	for (int i = u->options->n_bind - 1; i >= 0; i--)
		if (u->options->bind[i].key == key)
			return action_find(u->options->bind[i].action);
	return action_of_key(key);
}

/* The last line of the settings that is about a key counts. */
static int user_key(const struct ui *u, const struct action *a, int *n)
{
	const struct browse_binding *b = u->options->bind;
	for (int i = 0; i < u->options->n_bind; i++) {
		bool again = false;
		for (int k = i + 1; k < u->options->n_bind; k++)
			again = again || b[k].key == b[i].key;
		if (!again && action_find(b[i].action) == a && (*n)-- == 0)
			return b[i].key;
	}
	return 0;
}

static bool bound_by_user(const struct ui *u, int key)
{
	for (int i = 0; i < u->options->n_bind; i++)
		if (u->options->bind[i].key == key)
			return true;
	return false;
}

int action_key(const struct ui *u, const struct action *a, int n)
{
	int key = user_key(u, a, &n);
	for (const char *k = a->keys; !key && *k;) {
		size_t len = strcspn(k, " ");
		int of_table = key_parse(k, len);
		if ((a->view != EVERYWHERE || !bound_by_user(u, of_table)) && n-- == 0)
			key = of_table;
		k += len + strspn(k + len, " ");
	}
	return key;
}

const char *action_key_format(const struct ui *u, const struct action *a, char *buf, size_t size)
{
	int key = action_key(u, a, 0);
	char b[16];
	if (key)
		key_format(key, b, sizeof b);
	snprintf(buf, size, "%s", key ? b : "");
	return buf;
}

const char *action_keys_format(const struct ui *u, const struct action *a, char *buf, size_t size)
{
	size_t at = 0;
	*buf = '\0';
	for (int key, n = 0; at < size && (key = action_key(u, a, n)); n++) {
		char b[16];
		key_format(key, b, sizeof b);
		at += (size_t)snprintf(buf + at, size - at, "%s%s", n ? " " : "", b);
	}
	return buf;
}

const struct action *action_find(const char *name)
{
	for (const struct action *a = actions; a->help; a++)
		if (a->name && !strcmp(a->name, name))
			return a;
	return NULL;
}

/* Is there a filter under the cursor? Not where the expression hides them all. */
static bool action_filter_seen(const struct ui *u)
{
	return !session_lists(&u->s) || !*u->s.expression || !u->scene.rows[u->s.layer].loaded ||
	       u->scene.rows[u->s.layer].n_order > 0;
}

/* A view works out what it shows as it is laid out. On a screen that is too small it is not, and may know nothing. */
static bool laid_out(struct ui *u, const struct action *a)
{
	unsigned needs = a->needs;
	if ((needs & NEED_WHOLE) == NEED_WHOLE) {
		u->whole = true;
		ui_changed(u, CHANGED_MESSAGE);
	}
	if (needs & NEED_FRESH)
		ui_update(u);
	return (needs & NEED_LAYOUT) != NEED_LAYOUT || u->frame.usable;
}

/* What writes a file or fills the clipboard is laid out for a usual screen where the real one is too small to show
 * anything: the numbers do not depend on the screen. */
static unsigned run_action(struct ui *u, const struct action *a, const char *arg)
{
	enum { USUAL_W = 80, USUAL_H = 24 };
	int w = u->canvas.w, h = u->canvas.h;
	bool small = (a->needs & NEED_WHOLE) == NEED_WHOLE && !u->frame.usable;
	if (small)
		ui_resize(u, USUAL_W, USUAL_H);
	unsigned changed = laid_out(u, a) ? a->run(u, arg) : 0;
	assert(!(changed & ~a->affects));
	if (small)
		ui_resize(u, w, h);
	return changed;
}

unsigned action_run(struct ui *u, const struct action *a, const char *arg)
{
	const struct session *s = &u->s;
	bool filters = u->views[s->view]->has_filters;
	if ((a->needs & NEED_DATA) && !s->runs)
		ui_say(u, s->m->n_unsupported ? "%s: the model cannot be run: %s" : "%s: needs data (tsviz MODEL DATA)",
		       a->name, s->m->n_unsupported ? s->m->unsupported : "");
	else if (a->view != EVERYWHERE && a->view != (int)s->view)
		ui_say(u, "%s: only in the view %s", a->name, u->views[a->view]->name);
	else if ((a->needs & NEED_LAYER) && s->layer < 0)
		ui_say(u, "%s: no layer of this model has filters", a->name);
	else if ((a->needs & NEED_FILTER) && (!filters || s->layer < 0 || s->filter[s->layer] < 0))
		ui_say(u, "%s: select a filter first (2, 3, 4 or Enter)", a->name);
	else if ((a->needs & NEED_FILTER) && !action_filter_seen(u))
		ui_say(u, "%s: no filter of %s matches '%s'; & and Enter shows all", a->name,
		       session_layer_now(s)->name, s->expression);
	else
		return run_action(u, a, arg);
	return 0;
}

void actions_print(FILE *f)
{
	for (const struct action *a = actions; a->help; a++)
		if (a->name)
			fprintf(f, "%-18s %-18s %s\n", a->name, a->keys, a->help);
		else
			fprintf(f, "%s%s\n", a == actions ? "" : "\n", a->help);
}
