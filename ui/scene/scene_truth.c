#include "ui/scene/scene_truth.h"

#include <stdlib.h>

/* Multiply-adds: what costs more is not measured unasked, and a patient browser, which cannot be interrupted, waits for
 * less. */
static const double UNASKED = 4e12, PATIENT = 4e11;

static struct truth_of of_question(const struct question *q, int which)
{
	return (struct truth_of){ q->target, q->baseline, q->baseline == BASELINE_WINDOW ? q->baseline_window : 0,
		                  q->seed, which ? (q->edited ? -2 : q->window) : -1 };
}

static bool same(const struct truth_of *a, const struct truth_of *b)
{
	return target_equal(&a->target, &b->target) && a->baseline == b->baseline &&
	       a->baseline_window == b->baseline_window && a->seed == b->seed && a->window == b->window;
}

bool truth_is_costly(const struct scene_truth *t, const struct model *m)
{
	return judge_cost(m) > (t->wait ? PATIENT : UNASKED);
}

static void ask(struct scene_truth *t, struct worker *w, const struct session *s, int which, enum judge_what what)
{
	struct scene_truth_at *at = &t->at[which];
	at->asked = what == JUDGE_KEPT ? TRUTH_LOOKED_FOR : TRUTH_MEASURED;
	at->ended = false;
	at->done = at->total = 0;
	worker_judge(w, &s->q, what, t->source, s->origin, ++at->number);
}

void truth_ask(struct scene_truth *t, struct worker *w, const struct session *s, bool wanted)
{
	struct scene_truth_at *set = &t->at[0], *here = &t->at[1];
	for (int k = 0; k < 2; k++) {
		struct truth_of now = of_question(&s->q, k);
		if (same(&t->at[k].of, &now))
			continue;
		free(t->at[k].standing);
		t->at[k].standing = NULL;
		t->at[k].asked = TRUTH_NOT_ASKED;
		t->at[k].of = now;
	}
	bool measure = t->insisted || ((wanted || s->auto_method == AUTO_MEASURED) && !truth_is_costly(t, s->m));
	if (measure && set->asked != TRUTH_MEASURED && !set->standing)
		ask(t, w, s, 0, JUDGE_SET);
	else if ((t->look || wanted) && t->source && set->asked == TRUTH_NOT_ASKED)
		ask(t, w, s, 0, JUDGE_KEPT);
	/* the judge takes windows from the file */
	if (measure && wanted && !s->q.edited && here->asked == TRUTH_NOT_ASKED)
		ask(t, w, s, 1, JUDGE_WINDOW);
}

bool truth_awaited(const struct scene_truth *t, int which)
{
	return t->wait && t->at[which].asked != TRUTH_NOT_ASKED && !t->at[which].ended;
}

bool truth_place(struct scene_truth *t, struct answer *r)
{
	struct scene_truth_at *at = &t->at[r->ask.filter];
	bool wanted = r->total > 0 && r->ask.time == at->number && at->asked != TRUTH_NOT_ASKED;
	if (wanted) {
		at->done = r->done;
		at->total = r->total;
		at->ended = r->done == r->total;
	}
	if (wanted && r->standing) {
		free(at->standing);
		at->standing = r->standing;
		r->standing = NULL;
	}
	answer_free(r);
	return wanted;
}

const struct truth_standing *truth_of_set(const struct scene_truth *t)
{
	return t->at[0].standing;
}

const struct truth_standing *truth_of_window(const struct scene_truth *t)
{
	return t->at[1].standing;
}

int truth_auto(const struct scene_truth *t, char *why, size_t size)
{
	const struct truth_standing *set = truth_of_set(t);
	char unused[256];
	why = why ? why : unused;
	size = why == unused ? sizeof unused : size;
	if (set)
		return truth_choose(set, why, size);
	snprintf(why, size, "%s, the default, as the methods are not measured: view 7, or tsviz truth",
	         saliency_methods[0].name);
	return 0;
}

bool truth_follows(const struct scene_truth *t, const struct session *s)
{
	return s->auto_method == AUTO_MEASURED || (s->auto_method == AUTO_IF_KEPT && truth_of_set(t));
}

void truth_forget(struct scene_truth *t)
{
	free(t->at[0].standing);
	free(t->at[1].standing);
	t->at[0].standing = t->at[1].standing = NULL;
}
