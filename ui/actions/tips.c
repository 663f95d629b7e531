/* The first starts: one line of hints for each view. */
#include "ui/actions/act.h"

#include <stdio.h>
#include <string.h>
#include "core/base/text.h"

/* The most useful first; {NAME} is the key of that action. */
static const char *const tips[VIEW_COUNT][5] = {
	[VIEW_NETWORK] = { "{enter} opens a layer", "{layers} shows all layers with their filters",
	                   "{help} explains this screen", "{window-next} next window",
	                   ":set hints off ends these lines" },
	[VIEW_LAYERS] = { "{enter} opens the filter", "{switch} switches it off",
	                  "{percentile-less} shows more filters", "{help} explains this screen" },
	[VIEW_GRID] = { "{enter} opens the filter", "{next-layer} next layer", "{sort} sorts by something else",
	                "{help} explains this screen" },
	[VIEW_CLUSTERS] = { "filters of one letter make a cluster", "{fold} folds a cluster",
	                    "{cluster-count} how many clusters", "{help} explains this screen" },
	[VIEW_FILTER] = { "{left} and {right} walk along time", "{highlight} shows what produced the value",
	                  "{last-place} goes back and forth", "{help} explains this screen" },
	[VIEW_TABLE] = { "{sort} sorts by the next column", "{filter} chooses: & silent", "{enter} opens the filter",
	                 "{help} explains this screen" },
	[VIEW_METHODS] = { "where the rows differ, one method alone says little",
	                   "{toggle} of the output or the filter", "{help} explains this screen" },
	[VIEW_WINDOWS] = { "{enter} opens the window", "{sort} sorts, {reverse} the other way", "{search} searches",
	                   "{help} explains this screen" },
	[VIEW_FINDINGS] = { "{enter} goes to what a line names", "{help} explains this screen" },
	[VIEW_COMPARE] = { "rows that are equal are one line", "{pin} pins another window",
	                   "{help} explains this screen" },
	[VIEW_EDIT] = { "{edit-up} and {edit-down} change the value", "{edit-select} begins a segment",
	                "{undo} takes it back", "{help} explains this screen" },
	[VIEW_OPTIONS] = { "{enter} changes the option", ":set NAME VALUE does so everywhere",
	                   "{help} explains this screen" },
};

/* Writes a hint with the names of keys in place of {NAME}; false: one of the actions has no key. */
static bool tip_format(const struct ui *u, const char *tip, char *buf, size_t size)
{
	size_t n = 0;
	char name[64], key[16];
	while (*tip && n + 1 < size) {
		size_t len = strcspn(tip, "}");
		if (*tip != '{') {
			buf[n++] = *tip++;
			continue;
		}
		snprintf(name, sizeof name, "%.*s", (int)len - 1, tip + 1);
		const struct action *a = action_find(name);
		if (!a || !*action_key_format(u, a, key, sizeof key))
			return false;
		n += (size_t)snprintf(buf + n, size - n, "%s", key);
		tip += len + 1;
	}
	buf[n < size ? n : size - 1] = '\0';
	return true;
}

void tips_say(struct ui *u)
{
	char line[sizeof u->message] = "", one[128];
	enum view_id view = u->s.view;
	if (!u->hints || u->message[0] || u->prompt.open || u->hinted[view] || !u->frame.usable)
		return;
	u->hinted[view] = true;
	for (int i = 0; i < 5 && tips[view][i]; i++) {
		size_t n = strlen(line);
		if (!tip_format(u, tips[view][i], one, sizeof one) || n + strlen(one) + 3 > sizeof line ||
		    text_width(line) + text_width(one) + 3 > u->canvas.w)
			continue;
		snprintf(line + n, sizeof line - n, "%s%s", n ? "; " : "", one);
	}
	if (*line)
		ui_say(u, "%s", line);
}

unsigned act_hints(struct ui *u, const char *arg)
{
	struct err e = { 0 };
	if (!action_on_off(u, arg, &u->hints))
		return 0;
	memset(u->hinted, 0, sizeof u->hinted);
	u->hinted[u->s.view] = true;
	ui_say(u, "hints: %s", u->hints ? "on" : "off");
	if (u->options->keep_hints && u->options->keep_hints(u->hints, &e) < 0)
		ui_say(u, "hints are %s until the program ends; %s", u->hints ? "on" : "off", e.text);
	return CHANGED_MESSAGE;
}
