#include "ui/state/pin.h"

#include <stdlib.h>
#include <string.h>

void pin_release(struct pin *p)
{
	for (int i = 0; p->scaled && i < p->n_layer; i++)
		free(p->scaled[i]);
	free(p->scaled);
	free(p->output);
	free(p->map);
	free(p->share);
	question_release(&p->q);
	*p = (struct pin){ 0 };
}

void pin_set(struct pin *p, const struct session *s)
{
	pin_release(p);
	*p = (struct pin){ .on = true, .filling = true, .n_layer = s->m->n_layer, .C = s->m->C };
	question_copy(&p->q, &s->q);
	p->scaled = xcalloc((size_t)s->m->n_layer + 1, sizeof *p->scaled);
	p->share = xcalloc((size_t)s->m->C + 1, sizeof *p->share);
}

bool pin_is(const struct pin *p, const struct session *s)
{
	return p->on && p->q.window == s->q.window && filter_set_equal(&p->q.off, &s->q.off);
}

void pin_follow(struct pin *p, const struct session *s)
{
	/* what was asked, but of this window and with these filters off */
	struct question was = p->q;
	was.window = s->q.window;
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

static real *copy(const real *v, int64_t n)
{
	real *to = xcalloc((size_t)n + 1, sizeof *to);
	memcpy(to, v, (size_t)n * sizeof *v);
	return to;
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
	}
	const real *map = scene_map(c, -1, 0);
	if (!p->map && map) {
		p->map = copy(map, s->m->T * s->m->C);
		saliency_channels(map, s->m->T, s->m->C, p->share);
	}
	for (int k = 0; k < s->n_column; k++) {
		int layer = s->column[k];
		const struct rows *r = scene_rows(c, s, layer);
		if (!p->scaled[layer] && !r->stale && r->importance->scaled)
			p->scaled[layer] = copy(r->importance->scaled, r->F);
		missing |= r->stale;
	}
	p->filling = missing || !p->map || !p->output;
}
