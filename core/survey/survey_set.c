#include "core/survey/survey_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/probe/importance.h"

struct survey_set *survey_set_new(struct survey_plan *p, const char *target)
{
	struct survey_set *s = xcalloc(1, sizeof *s);
	s->plan = *p;
	*p = (struct survey_plan){ 0 };
	s->target = xstrdup(target);
	s->filter = xcalloc((size_t)s->plan.n_layer + 1, sizeof *s->filter);
	for (int k = 0; k < s->plan.n_layer; k++) {
		s->filter[k] = xcalloc((size_t)s->plan.layer[k].filters + 1, sizeof **s->filter);
		for (int64_t f = 0; f < s->plan.layer[k].filters; f++)
			s->filter[k][f].unique = NAN;
	}
	s->unique = xcalloc((size_t)s->plan.n_consumer + 1, sizeof *s->unique);
	return s;
}

/* Takes the sums of one filter and releases what shows nothing. */
static struct survey_filter shown(struct survey_filter *f)
{
	struct survey_filter q = *f;
	free(q.examples.at);
	q.examples = (struct survey_examples){ 0 };
	*f = (struct survey_filter){ 0 };
	return q;
}

static void filter_of(const struct survey_set *s, const struct survey_part *all, int k, int64_t i)
{
	const struct survey_plan *p = &s->plan;
	struct set_filter *f = &s->filter[k][i];
	struct survey_filter q = survey_filter_all(p, all, k, i);
	double n = (double)(q.windows ? q.windows : 1);
	f->dead = survey_filter_dead(&q);
	f->alive = f->dead ? 0 : (double)q.alive / n;
	f->active = f->dead ? 0 : (double)q.active / (n * (double)p->layer[k].times);
	f->n_spread = survey_filter_spread(&q, f->spread);
	f->all = shown(&q);
	if (p->groups < 2)
		return;
	f->class_of = xcalloc((size_t)p->groups, sizeof *f->class_of);
	for (int64_t g = 0; g < p->groups; g++) {
		struct survey_filter one = { .channel = xcalloc((size_t)(SURVEY_METHODS * p->C), sizeof(double)) };
		survey_filter_join(&one, &all->filter[k][g * p->layer[k].filters + i], p->C);
		f->class_of[g] = shown(&one);
	}
}

struct survey_set *survey_set_of(struct survey_plan *p, const struct survey_part *all, const char *target)
{
	struct survey_set *s = survey_set_new(p, target);
	s->not_finite = all->not_finite;
	s->maps = all->maps;
	s->ablations = all->ablations;
	for (int k = 0; k < s->plan.n_layer; k++)
		for (int64_t i = 0; i < s->plan.layer[k].filters; i++)
			filter_of(s, all, k, i);
	return s;
}

void survey_set_free(struct survey_set *s)
{
	if (!s)
		return;
	for (int k = 0; k < s->plan.n_layer; k++) {
		for (int64_t i = 0; i < s->plan.layer[k].filters; i++) {
			struct set_filter *f = &s->filter[k][i];
			survey_filter_release(&f->all);
			for (int64_t g = 0; f->class_of && g < s->plan.groups; g++)
				survey_filter_release(&f->class_of[g]);
			free(f->class_of);
		}
		free(s->filter[k]);
	}
	for (int k = 0; k < s->plan.n_consumer; k++)
		free(s->unique[k]);
	free(s->unique);
	free(s->filter);
	free(s->target);
	survey_plan_release(&s->plan);
	free(s);
}

bool survey_set_bind(struct survey_set *s, const struct model *m)
{
	struct survey_plan *p = &s->plan;
	bool good = p->T == m->T && p->C == m->C && p->outputs == m->outputs;
	for (int k = 0; k < p->n_layer && good; k++) {
		struct survey_layer_plan *y = &p->layer[k];
		y->index = model_find_layer(m, y->name);
		good = y->index >= 0 && m->layer[y->index].filters == y->filters &&
		       m->layer[y->index].times == y->times;
	}
	return good;
}

static int place(const struct survey_set *s, int layer)
{
	for (int k = 0; k < s->plan.n_layer; k++)
		if (s->plan.layer[k].index == layer)
			return k;
	return -1;
}

const struct set_filter *survey_set_filter(const struct survey_set *s, int layer, int64_t f)
{
	int k = place(s, layer);
	return k < 0 ? NULL : &s->filter[k][f];
}

int survey_set_dead(const struct survey_set *s, int layer)
{
	int k = place(s, layer), n = 0;
	for (int64_t i = 0; k >= 0 && i < s->plan.layer[k].filters; i++)
		n += s->filter[k][i].dead;
	return n;
}

bool survey_set_measures(const struct survey_set *s, int measure)
{
	return measure < s->plan.n_measure && (importance_measures[measure].rows || s->ablations > 0);
}

double survey_set_importance(const struct set_filter *f, int measure, bool scaled)
{
	const struct spread *q = &f->all.importance[measure][scaled];
	return q->n ? q->mean : (double)NAN;
}

bool survey_set_look(const struct survey_set *s, const struct set_filter *f, int method, double *share)
{
	int64_t C = s->plan.C;
	const double *v = f->all.channel + method * C;
	double all = 0;
	for (int64_t c = 0; c < C; c++)
		all += v[c];
	for (int64_t c = 0; c < C; c++)
		share[c] = all > 0 ? v[c] / all : (double)NAN;
	return all > 0;
}
