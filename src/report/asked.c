/* The question of a session: what the reviewer asked last is what the report explains, unless the command line says
 * otherwise. The network is the intact one; filters that were off are among what was tried. */
#include <string.h>
#include "src/report/report.h"
#include "src/session/session_bind.h"

static void lost(struct report *r, const char *what, const char *name)
{
	report_limit(r, "The session asked for the %s '%s', which this model or this program does not have.", what,
	             name);
}

static void take_measure(struct report *r, struct question *q, const char *name)
{
	for (int i = 0; importance_measures[i].name; i++)
		if (!strcmp(importance_measures[i].name, name)) {
			q->measure = i;
			return;
		}
	lost(r, "importance measure", name);
}

static void take_method(struct report *r, struct question *q, const char *name)
{
	int i = saliency_find(name);
	if (i >= 0)
		q->method = i;
	else
		lost(r, "saliency method", name);
}

static void take_baseline(struct report *r, struct question *q, const struct review_question *from)
{
	bool there;
	for (int i = 0; i <= BASELINE_WINDOW; i++)
		if (!strcmp(baseline_names[i], from->baseline)) {
			q->baseline = (enum baseline)i;
			q->baseline_window = i == BASELINE_WINDOW && r->b.l.data.n > 0
			                             ? session_window_of(&r->b.l.data, &from->baseline_window, &there)
			                             : 0;
			q->series = from->series;
			return;
		}
	lost(r, "baseline", from->baseline);
}

void report_ask(struct report *r)
{
	const struct options *o = r->o;
	const struct review_question *from = &r->session.question;
	struct loaded *l = &r->b.l;
	struct target t;
	struct err e;
	if (!r->has_session || !l->has_data)
		return;
	if (!o->target && *from->target) {
		if (target_parse(&t, from->target, l->model, l->q.task, &e))
			lost(r, "target", from->target);
		else
			l->q.target = t;
	}
	if (!options_given(o, "importance") && *from->measure)
		take_measure(r, &l->q, from->measure);
	if (o->method < 0 && *from->method)
		take_method(r, &l->q, from->method);
	if (!o->baseline && *from->baseline)
		take_baseline(r, &l->q, from);
	if (!options_given(o, "seed"))
		l->q.seed = (uint64_t)from->seed;
}
