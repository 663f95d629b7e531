/* Actions of the editor: a segment, and what is done with it. */
#include "ui/actions/act.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/rng.h"
#include "ui/state/format.h"

/* ---- the segment ---- */

/* "steps 12 to 31 of load" */
static void segment_words(const struct ui *u, char *buf, size_t size)
{
	const struct editor *e = &u->editor;
	struct span p = editor_segment(e);
	char name[64] = "all channels";
	if (e->channel != EDIT_ALL)
		channel_name(u, e->channel, name, sizeof name);
	if (p.n == 1)
		snprintf(buf, size, "step %lld of %s", (long long)p.from, name);
	else
		snprintf(buf, size, "steps %lld to %lld of %s", (long long)p.from, (long long)(p.from + p.n - 1), name);
}

/* The cursor stays in sight where only a part of the window is shown. */
static unsigned moved(struct ui *u)
{
	editor_fit(&u->editor, &u->s);
	viewport_follow(&u->s.shown, u->s.m->T, u->editor.at);
	return CHANGED_TIME;
}

unsigned act_edit_select(struct ui *u, const char *arg)
{
	struct editor *e = &u->editor;
	long long from = 0, to = 0;
	int read = 0;
	if (arg && *arg) {
		int64_t steps = dataset_length(u->s.d, u->s.q.window);
		if (sscanf(arg, "%lld:%lld%n", &from, &to, &read) != 2 || arg[read] || from < 0 || to <= from ||
		    to > steps) {
			ui_say(u, "the segment is A:B, from step A on and before step B, within 0:%lld",
			       (long long)steps);
			return 0;
		}
		editor_select(e, from, to - from);
		return moved(u);
	}
	e->selects = !e->selects;
	e->anchor = e->at;
	ui_say(u, e->selects ? "a segment begins here; move to its other end" : "no segment: one step");
	return moved(u);
}

unsigned act_edit_all(struct ui *u, const char *arg)
{
	(void)arg;
	editor_select(&u->editor, 0, dataset_length(u->s.d, u->s.q.window));
	return moved(u);
}

/* Where no segment is selected, a tenth of the window. */
unsigned act_edit_salient(struct ui *u, const char *arg)
{
	struct editor *e = &u->editor;
	editor_fit(e, &u->s);
	const real *map = scene_map(&u->scene, -1, 0);
	int64_t steps = dataset_length(u->s.d, u->s.q.window), n = editor_segment(e).n, from;
	(void)arg;
	if (!map) {
		ui_say(u, "the saliency of this window is not there yet");
		return 0;
	}
	n = e->selects ? n : (steps + 9) / 10;
	int64_t salient = editor_salient(e, &u->s, map, n);
	bool there = e->selects && editor_segment(e).from == salient;
	if (there && e->salient) {
		struct rng r;
		rng_init(&r, u->s.q.seed + 0x5eed + e->draws++);
		from = rng_below(&r, steps - n + 1);
	} else {
		from = salient;
	}
	e->salient = !(there && e->salient);
	editor_select(e, from, n);
	ui_say(u,
	       e->salient ? "the %lld steps with the largest saliency; again: as many by chance"
	                  : "%lld steps by chance; again: those with the largest saliency",
	       (long long)n);
	return moved(u);
}

/* ---- operations ---- */

/* What was done is said once the prediction is there, with the one before. */
static unsigned apply(struct ui *u, struct edit step, const char *what)
{
	struct err e = { 0 };
	char where[96], before[sizeof u->before];
	editor_fit(&u->editor, &u->s);
	predicted_format(u, before, sizeof before);
	unsigned changed = editor_apply(&u->editor, &u->s, step, &e);
	if (!changed) {
		ui_say(u, "%s", e.text);
		return 0;
	}
	memcpy(u->before, before, sizeof before);
	segment_words(u, where, sizeof where);
	snprintf(u->switched, sizeof u->switched, "%s %s%s", where, what, u->s.q.edited ? "" : ", as in the file");
	return changed;
}

/* Sets *v to the number in arg, where there is one; false after saying that it is none. */
static bool value_of(struct ui *u, const char *arg, double *v)
{
	double read;
	if (!arg || !*arg)
		return true;
	if (number_parse(arg, strlen(arg), '.', &read) != NUMBER_OK || !isfinite(read)) {
		ui_say(u, "'%s' is not a number", arg);
		return false;
	}
	*v = read;
	return true;
}

unsigned act_edit_flat(struct ui *u, const char *arg)
{
	(void)arg;
	return apply(u, (struct edit){ .op = EDIT_FLAT }, "flattened to the mean");
}

unsigned act_edit_line(struct ui *u, const char *arg)
{
	(void)arg;
	return apply(u, (struct edit){ .op = EDIT_LINE }, "made a straight line");
}

unsigned act_edit_smooth(struct ui *u, const char *arg)
{
	(void)arg;
	return apply(u, (struct edit){ .op = EDIT_SMOOTH }, "smoothed");
}

unsigned act_edit_reverse(struct ui *u, const char *arg)
{
	(void)arg;
	return apply(u, (struct edit){ .op = EDIT_REVERSE }, "turned round in time");
}

unsigned act_edit_restore(struct ui *u, const char *arg)
{
	(void)arg;
	return apply(u, (struct edit){ .op = EDIT_RESTORE }, "as in the file");
}

static unsigned shift(struct ui *u, double by)
{
	char what[64];
	snprintf(what, sizeof what, "%s by %g deviation%s", by < 0 ? "down" : "up", by < 0 ? -by : by,
	         by > 1 || by < -1 ? "s" : "");
	return apply(u, (struct edit){ .op = EDIT_SHIFT, .by = by }, what);
}

unsigned act_edit_up(struct ui *u, const char *arg)
{
	double by = 0.1;
	return value_of(u, arg, &by) ? shift(u, by) : 0;
}
unsigned act_edit_down(struct ui *u, const char *arg)
{
	double by = 0.1;
	return value_of(u, arg, &by) ? shift(u, -by) : 0;
}

static unsigned stretch(struct ui *u, double by)
{
	char what[64];
	snprintf(what, sizeof what, "stretched by %.3g about the mean", by);
	return apply(u, (struct edit){ .op = EDIT_SCALE, .by = by }, what);
}

unsigned act_edit_stretch(struct ui *u, const char *arg)
{
	double by = 1.25;
	return value_of(u, arg, &by) ? stretch(u, by) : 0;
}
unsigned act_edit_shrink(struct ui *u, const char *arg)
{
	double by = 1.25;
	if (!value_of(u, arg, &by))
		return 0;
	return stretch(u, by != 0 ? 1 / by : 0);
}

unsigned act_edit_noise(struct ui *u, const char *arg)
{
	double by = 0.1;
	char what[64];
	if (!value_of(u, arg, &by))
		return 0;
	snprintf(what, sizeof what, "with noise of %g deviations", by);
	return apply(u, (struct edit){ .op = EDIT_NOISE, .by = by }, what);
}

unsigned act_edit_set(struct ui *u, const char *arg)
{
	double v = 0;
	char what[64];
	if (action_ask(u, arg, "edit-set", "value, in the units of the file: ") || !*arg || !value_of(u, arg, &v))
		return 0;
	snprintf(what, sizeof what, "set to %g", v);
	return apply(u, (struct edit){ .op = EDIT_SET, .by = v }, what);
}

/* ---- copying ---- */

unsigned act_edit_copy(struct ui *u, const char *arg)
{
	editor_fit(&u->editor, &u->s);
	const struct edited *w = editor_window(&u->s);
	struct span p = editor_segment(&u->editor);
	char where[96];
	(void)arg;
	segment_words(u, where, sizeof where);
	if (edit_copy(&u->editor.clip, w, p.from, p.n, u->editor.channel))
		ui_say(u, "%s copied; P pastes, in another window too", where);
	edited_drop(w);
	return CHANGED_MESSAGE;
}

unsigned act_edit_paste(struct ui *u, const char *arg)
{
	(void)arg;
	if (!u->editor.clip.v) {
		ui_say(u, "nothing was copied; y copies the segment");
		return 0;
	}
	return apply(u, (struct edit){ .op = EDIT_PASTE }, "pasted");
}

/* The same steps of the pinned window. */
unsigned act_edit_pinned(struct ui *u, const char *arg)
{
	struct edit_clip clip = { 0 };
	editor_fit(&u->editor, &u->s);
	struct span p = editor_segment(&u->editor);
	(void)arg;
	if (!u->pin.on) {
		ui_say(u, "nothing is pinned; p pins a window, whose steps can then be put into another");
		return 0;
	}
	const struct edited *pinned =
	        u->pin.q.edited ? edited_hold(u->pin.q.edited) : edited_new(u->s.d, u->pin.q.window);
	unsigned changed = 0;
	if (edit_copy(&clip, pinned, p.from, p.n, u->editor.channel))
		changed = apply(u, (struct edit){ .op = EDIT_PASTE, .clip = &clip }, "as in the pinned window");
	else
		ui_say(u, "the pinned window ends before step %lld", (long long)p.from);
	edit_clip_release(&clip);
	edited_drop(pinned);
	return changed;
}
