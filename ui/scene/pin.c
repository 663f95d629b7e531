#include "ui/scene/pin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void pin_release(struct pin *p)
{
	for (int i = 0; p->scaled && i < p->n_layer; i++)
		free(p->scaled[i]);
	free(p->scaled);
	free(p->range);
	free(p->has);
	free(p->input);
	free(p->y);
	free(p->output);
	free(p->map);
	free(p->share);
	question_release(&p->q);
	*p = (struct pin){ 0 };
}

static real *copy(const real *v, int64_t n)
{
	real *to = xcalloc((size_t)n + 1, sizeof *to);
	memcpy(to, v, (size_t)n * sizeof *v);
	return to;
}

void pin_set(struct pin *p, const struct session *s)
{
	const struct model *m = s->m;
	pin_release(p);
	*p = (struct pin){ .on = true, .filling = true, .n_layer = m->n_layer, .C = m->C, .loss = (double)NAN };
	question_copy(&p->q, &s->q);
	p->input = xcalloc((size_t)(m->T * m->C) + 1, sizeof *p->input);
	session_input(s, p->input);
	p->has_y = s->has_y;
	p->cls = s->cls;
	p->y = s->has_y ? copy(s->y, m->outputs) : NULL;
	p->has = xcalloc((size_t)m->n_layer + 1, sizeof *p->has);
	p->scaled = xcalloc((size_t)s->m->n_layer + 1, sizeof *p->scaled);
	p->range = xcalloc((size_t)m->n_layer + 1, sizeof *p->range);
	p->share = xcalloc((size_t)s->m->C + 1, sizeof *p->share);
}

void pin_intact(struct pin *p, const struct session *s)
{
	struct question q = s->q;
	q.off = (struct filter_set){ 0 };
	q.edited = s->beside ? q.edited : NULL;
	if (p->on && p->beside == s->beside && question_equal(&p->q, &q))
		return;
	pin_set(p, s);
	if (!q.edited && s->q.edited) { /* the window in the file, and its own truth */
		dataset_window(s->d, q.window, p->input);
		if (p->y)
			dataset_truth(s->d, q.window, p->y);
	}
	question_copy(&p->q, &q);
	p->beside = s->beside;
	p->filling = !session_changed(s) && !p->beside;
}

bool pin_is(const struct pin *p, const struct session *s)
{
	return p->on && p->q.window == s->q.window && p->q.edited == s->q.edited &&
	       filter_set_equal(&p->q.off, &s->q.off);
}

void pin_follow(struct pin *p, const struct session *s)
{
	/* what was asked, but of this window and with these filters off */
	struct question was = p->q;
	was.window = s->q.window;
	was.edited = s->q.edited;
	was.off = s->q.off;
	unsigned stale = question_stale(&was, &s->q);
	p->alike_target = p->on && !(stale & STALE_GRADIENTS);
	p->alike_importance = p->on && !(stale & STALE_IMPORTANCE);
	p->alike_map = p->on && !saliency_stale(stale, s->q.method, true);
	p->comparable = p->alike_importance ? p->scaled : NULL;
}

void pin_gone(struct pin *p)
{
	p->filling = false;
}

static void take_map(struct pin *p, const real *map, const struct session *s)
{
	if (p->map || !map)
		return;
	p->map = copy(map, s->m->T * s->m->C);
	saliency_channels(map, s->m->T, s->m->C, p->share);
}

static void take_layer(struct pin *p, int layer, const real *scaled, struct range range, int64_t F)
{
	if (p->has[layer])
		return;
	p->scaled[layer] = scaled ? copy(scaled, F) : NULL;
	p->range[layer] = range;
	p->has[layer] = true;
}

void pin_fill(struct pin *p, struct scene *c, struct session *s)
{
	bool missing = false;
	if (!p->filling)
		return;
	if (!p->output && !c->window_stale) {
		p->output = copy(c->output, s->m->outputs);
		p->predicted = c->predicted;
		p->target = c->target;
		p->loss = c->loss;
	}
	take_map(p, scene_map(c, -1, 0), s);
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(c, s, layer);
		const struct layer_importance *q = &r->numbers->importance;
		if (!r->stale)
			take_layer(p, layer, q->scaled, series_range(series_of(q->raw, r->F)), r->F);
		missing |= r->stale;
	}
	p->filling = missing || !p->map || !p->output;
}

bool pin_complete(struct pin *p, const struct scene *c, const struct session *s)
{
	bool second = c->second.on && c->second.beside == p->beside && question_equal(&c->second.q, &p->q);
	bool complete = true;
	const struct answer *r = second ? scene_second_answer(c, -1) : NULL;
	if (r && !p->output) {
		p->output = copy(r->output, s->m->outputs);
		p->predicted = r->predicted;
		p->target = r->target;
		p->loss = r->loss;
	}
	if (r)
		take_map(p, r->input, s);
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		r = second ? scene_second_answer(c, layer) : NULL;
		if (r)
			take_layer(p, layer, r->scaled, r->raw, s->m->layer[layer].filters);
		complete &= p->has[layer];
	}
	return complete && p->map && p->output;
}
