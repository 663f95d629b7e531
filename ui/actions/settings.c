#include "ui/actions/settings.h"

#include <stdio.h>
#include <string.h>
#include "ui/state/format.h"

const char *const unit_names[UNITS] = { "scaled", "raw" };
const char *const keybar_names[KEYBARS] = { "hidden", "keys", "functions" };

static void target_value(const struct ui *u, char *b, size_t n)
{
	target_format(&u->s.q.target, u->s.m, b, n);
}
static void measure_value(const struct ui *u, char *b, size_t n)
{
	const struct importance_measure *m = &importance_measures[u->s.q.measure];
	snprintf(b, n, "%s: %s", m->name, m->formula);
}
static void method_value(const struct ui *u, char *b, size_t n)
{
	const struct saliency_method *m = &saliency_methods[u->s.q.method];
	char why[192];
	truth_auto(&u->scene.truth, why, sizeof why);
	if (truth_follows(&u->scene.truth, &u->s))
		snprintf(b, n, "auto: %s", why);
	else
		snprintf(b, n, "%s: %s", m->name, m->formula);
}
static void baseline_value(const struct ui *u, char *b, size_t n)
{
	if (u->s.q.baseline == BASELINE_WINDOW)
		snprintf(b, n, "%s %lld", baseline_names[u->s.q.baseline], (long long)u->s.q.baseline_window);
	else
		snprintf(b, n, "%s", baseline_names[u->s.q.baseline]);
}
static void cluster_method_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.q.cluster_method == CLUSTER_KMEANS ? "k-means" : "DTW, complete linkage");
}
static void clusters_value(const struct ui *u, char *b, size_t n)
{
	if (u->s.q.clusters)
		snprintf(b, n, "%d", u->s.q.clusters);
	else
		snprintf(b, n, "by the method");
}
static void seed_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%llu", (unsigned long long)u->s.q.seed);
}
static void percentile_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%d", u->s.percentile);
}
static void all_windows_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.all_windows ? "all windows" : "this window");
}
static void filter_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", *u->s.expression ? u->s.expression : "all filters");
}
static void sort_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", sort_names[u->s.sort]);
}
static void reverse_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.reverse ? "on" : "off");
}
static void units_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", unit_names[u->s.raw_units]);
}
static void colours_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->s.cluster_colours ? "on" : "off");
}
static void size_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%+d", u->s.zoom);
}
static void glyphs_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->g->name);
}
static void theme_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", theme_word((int)u->theme));
}
static void keybar_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", keybar_names[u->keybar]);
}
static void hints_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%s", u->hints ? "on" : "off");
}
static void off_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%d", u->s.q.off.n);
}
static void marks_value(const struct ui *u, char *b, size_t n)
{
	snprintf(b, n, "%d", u->s.marks.n);
}
static void pin_value(const struct ui *u, char *b, size_t n)
{
	char number[32];
	if (u->pin.on)
		snprintf(b, n, "window %s, %d filters off", window_format(&u->pin.q, number, sizeof number),
		         u->pin.q.off.n);
	else if (u->s.beside)
		snprintf(b, n, "none; beside %.80s", u->s.beside->name[1]);
	else
		snprintf(b, n, "none");
}

const struct setting settings[] = {
	{ "target", "target", target_value, false, false },
	{ "importance measure", "measure", measure_value, false, false },
	{ "saliency method", "method", method_value, false, false },
	{ "baseline", "baseline", baseline_value, false, false },
	{ "seed", NULL, seed_value, false, false },
	{ "clustering", "cluster-method", cluster_method_value, false, false },
	{ "clusters", "cluster-count", clusters_value, false, false },
	{ "percentile", "percentile", percentile_value, false, false },
	{ "figures of", "all-windows", all_windows_value, false, false },
	{ "filter", "filter", filter_value, false, false },
	{ "sort by", "sort", sort_value, false, false },
	{ "reversed order", "reverse", reverse_value, false, true },
	{ "units", "units", units_value, false, false },
	{ "cluster colours", "cluster-colours", colours_value, false, true },
	{ "plot size", "larger", size_value, true, false },
	{ "glyphs", "glyphs", glyphs_value, false, false },
	{ "background", "theme", theme_value, false, false },
	{ "key bar", "keybar", keybar_value, false, false },
	{ "hints", "hints", hints_value, false, true },
	{ "filters off", "switch-clear", off_value, true, false },
	{ "marks", "clear-marks", marks_value, true, false },
	{ "pinned", "pin", pin_value, true, false },
	{ "keep these settings", "save-settings", NULL, false, false },
	{ 0 },
};

int settings_count(void)
{
	return (int)(sizeof settings / sizeof *settings) - 1;
}

const struct setting *setting_find(const char *name)
{
	for (const struct setting *s = settings; s->label; s++)
		if (setting_settable(s) && (!strcmp(s->action, name) || !strcmp(s->label, name)))
			return s;
	return NULL;
}
