/* All windows, and the second question: numbers beside those of the question. */
#include "ui/scene/scene_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void scene_survey(struct scene *c, const struct session *s)
{
	if (!c->worker || (c->survey.on && target_equal(&c->survey.target, &s->q.target)))
		return;
	c->survey.on = true;
	c->survey.fits = c->survey.failed = false;
	c->survey.done = c->survey.total = 0;
	c->survey.target = s->q.target;
	worker_survey(c->worker, &s->q, c->survey.source, s->origin, ++c->survey.number);
}

bool scene_place_survey(struct scene *c, struct answer *r)
{
	bool wanted = r->total > 0 && r->ask.time == c->survey.number;
	if (wanted) {
		c->survey.done = r->done;
		c->survey.total = r->total;
		c->survey.failed = r->done == r->total && !r->survey;
	}
	if (wanted && r->survey) {
		survey_set_free(c->survey.set);
		c->survey.set = r->survey;
		c->survey.fits = true;
		r->survey = NULL;
		/* an expression may read it */
		for (int i = 0; i < c->n_layer; i++)
			c->rows[i].ordered = false;
	}
	answer_free(r);
	return wanted;
}

bool scene_over_set(const struct scene *c, const struct session *s)
{
	return s->all_windows && c->survey.set && c->survey.fits && survey_set_measures(c->survey.set, s->q.measure);
}

bool scene_lacks(const struct scene *c, const struct session *s)
{
	return s->all_windows && c->survey.set && c->survey.fits && !survey_set_measures(c->survey.set, s->q.measure);
}

/* Which sums of channels the survey has for this method; -1: none. */
static int surveyed_method(int method)
{
	static const char *const names[SURVEY_METHODS] = { "gradient", "gradient-input" };
	for (int k = 0; k < SURVEY_METHODS; k++)
		if (!strcmp(saliency_methods[method].name, names[k]))
			return k;
	return -1;
}

/* What the rows of a layer show over all windows. */
static void rows_of_set(const struct scene *c, const struct session *s, int layer)
{
	struct rows *r = &c->rows[layer];
	size_t F = (size_t)r->F;
	int64_t C = c->channels.n;
	int method = surveyed_method(s->q.method);
	rows_set_release(r);
	r->set_mean = rows_missing(r->F);
	r->set_look = rows_missing(r->F * C);
	r->of_set.F = r->F;
	if (!survey_set_filter(c->survey.set, layer, 0))
		return;
	real *raw = xcalloc(F + 1, sizeof *raw), *scaled = xcalloc(F + 1, sizeof *scaled);
	int *order = xcalloc(F + 1, sizeof *order), *rank = xcalloc(F + 1, sizeof *rank);
	for (int64_t f = 0; f < r->F; f++) {
		const struct set_filter *q = survey_set_filter(c->survey.set, layer, f);
		raw[f] = (real)survey_set_importance(q, s->q.measure, false);
		scaled[f] = (real)survey_set_importance(q, s->q.measure, true);
		r->of_set.depends |= !isnan(raw[f]);
		r->set_mean[f] = q->all.activation.n ? q->all.activation.mean : (double)NAN;
		if (method >= 0)
			survey_set_look(c->survey.set, q, method, r->set_look + f * C);
	}
	rank_order(scaled, r->F, order, rank);
	r->of_set.raw = r->of_set.depends ? raw : NULL;
	r->of_set.scaled = r->of_set.depends ? scaled : NULL;
	r->of_set.order = order;
	r->of_set.rank = rank;
	if (r->of_set.depends)
		return;
	free(raw);
	free(scaled);
}

/* Chooses what the rows show, after the user or the survey has changed it. */
void scene_choose_set(struct scene *c, const struct session *s)
{
	const struct survey_set *set = scene_over_set(c, s) ? c->survey.set : NULL;
	if (set == c->over.set && (!set || (c->over.measure == s->q.measure && c->over.method == s->q.method)))
		return;
	c->over.set = set;
	c->over.measure = s->q.measure;
	c->over.method = s->q.method;
	for (int k = 0; k < s->n_column; k++) {
		struct rows *r = &c->rows[s->column[k]];
		if (set)
			rows_of_set(c, s, s->column[k]);
		r->over = set != NULL;
		rows_choose(r);
	}
}

/* ---- the second question ---- */

void scene_second_forget(struct scene *c)
{
	for (int i = 0; c->second.answer && i <= c->n_layer; i++) {
		answer_free(c->second.answer[i]);
		c->second.answer[i] = NULL;
	}
}

void scene_second(struct scene *c, const struct question *q, const struct beside *beside)
{
	if (!c->worker || (c->second.on && c->second.beside == beside && question_equal(&c->second.q, q)))
		return;
	if (!c->second.answer)
		c->second.answer = xcalloc((size_t)c->n_layer + 1, sizeof *c->second.answer);
	scene_second_forget(c);
	c->second.on = true;
	c->second.beside = beside;
	question_copy(&c->second.q, q);
	worker_second(c->worker, q, beside, ++c->second.number);
}

const struct answer *scene_second_answer(const struct scene *c, int layer)
{
	return c->second.answer ? c->second.answer[layer + 1] : NULL;
}

bool scene_place_second(struct scene *c, struct answer *r)
{
	bool wanted = c->second.on && (unsigned)r->ask.time == c->second.number;
	if (!wanted) {
		answer_free(r);
		return false;
	}
	answer_free(c->second.answer[r->ask.layer + 1]);
	c->second.answer[r->ask.layer + 1] = r;
	return true;
}
