/* Actions: a smaller network, and saving it. */
#include "ui/actions/act.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ".5", "0.5" or "50 %"; false after saying what is wrong. */
static bool ratio_of(struct ui *u, const char *s, double *v)
{
	char *end;
	*v = strtod(s, &end);
	end += strspn(end, " ");
	bool percent = *end == '%';
	end += percent;
	if (percent)
		*v /= 100;
	if (end != s && !end[strspn(end, " ")] && *v > 0 && *v < 1)
		return true;
	ui_say(u, "prune '%.40s': a part of the filters between 0 and 1, such as .5 or 50 %%; or curve, or stop", s);
	return false;
}

unsigned act_prune(struct ui *u, const char *arg)
{
	const struct filter_set none = { 0 };
	struct scene_prune *p = &u->scene.prune;
	const struct filter_set *marks = &u->s.marks;
	double ratio = (double)NAN;
	arg = arg && !*arg && marks->n ? NULL : arg;
	if (arg && !strcmp(arg, "curve"))
		return action_run(u, action_find("prune-curve"), NULL);
	if (arg && !strcmp(arg, "stop")) {
		ui_say(u, prune_stop(p, u->scene.worker) ? "prune: stopped" : "prune: nothing is at work");
		return CHANGED_MESSAGE;
	}
	if (!arg && !marks->n) {
		(void)action_ask(u, NULL, "prune", "part of the filters to remove (50 %): ");
		return 0;
	}
	if (arg && !ratio_of(u, arg, &ratio))
		return 0;
	prune_start(p, u->scene.worker, &u->s, arg ? &none : marks, ratio);
	if (!arg)
		ui_say(u, "the network without the %d marked filter%s is being made", marks->n,
		       marks->n == 1 ? "" : "s");
	else
		ui_say(u, "the network without %.3g %% of each layer's filters is being made%s", 100 * ratio,
		       marks->n ? "; the marks do not matter" : "");
	return CHANGED_MESSAGE;
}

unsigned act_save_model(struct ui *u, const char *arg)
{
	const struct browse_options *o = u->options;
	const struct pruned *q = u->s.pruned;
	struct err e = { 0 };
	if (!o->write_model)
		ui_say(u, "no model can be written from here");
	else if (!q)
		ui_say(u, "there is no smaller network to write: :prune 50%% makes one; this one is written by tsviz "
		          "convert");
	else if (action_ask(u, arg, "save-model", "the smaller network to file (.onnx .json): ") || !*arg)
		return 0;
	else if (o->write_model(o->ctx, arg, q->m, &e) < 0)
		ui_say(u, "%s", e.text);
	else
		ui_say(u, "written: %s: %s, %lld of %lld parameters", arg, q->name, (long long)q->params,
		       (long long)u->s.m->params);
	return CHANGED_MESSAGE;
}
