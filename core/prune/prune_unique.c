#include "core/prune/prune_unique.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/prune/prune_map.h"
#include "core/prune/prune_solve.h"

bool prune_unique_channels(const struct survey_consumer *c, const struct survey_moments *q, double *unique)
{
	int64_t n = c->channels;
	if (c->taps != 1 || !c->covariance || n < 1 || q->n < UNIQUE_POSITIONS * n)
		return false;
	double *s = xcalloc((size_t)(n * n) + 1, sizeof *s);
	const double *m2 = q->m2;
	for (int64_t i = 0; i < n; i++)
		for (int64_t k = i; k < n; k++)
			s[i * n + k] = s[k * n + i] = *m2++ / (double)q->n;
	bool good = prune_unique(n, s, unique);
	free(s);
	return good;
}

void prune_unique_measure(struct survey_set *s, const struct survey_part *all)
{
	const struct survey_plan *p = &s->plan;
	for (int k = 0; k < p->n_consumer; k++) {
		const struct survey_consumer *c = &p->consumer[k];
		free(s->unique[k]);
		s->unique[k] = xcalloc((size_t)c->channels + 1, sizeof **s->unique);
		if (prune_unique_channels(c, &all->moments[k], s->unique[k]))
			continue;
		free(s->unique[k]);
		s->unique[k] = NULL;
	}
}

/* The atoms of n filters of a layer; NULL: they have none. */
static const int *atoms_of(const struct prune_map *p, const char *name, int64_t n)
{
	for (int i = 0; i < p->m->n_layer; i++) {
		const struct layer *l = &p->m->layer[i];
		if (l->kind != LAYER_ANALYSED || strcmp(l->name, name) != 0)
			continue;
		int axis = prune_axis(p, l->act);
		bool fits = axis >= 0 && p->m->graph->value[l->act].shape.dim[axis] == n &&
		            (!l->has_time || axis == l->axis_f);
		return fits ? p->tag[l->act].atom[axis] : NULL;
	}
	return NULL;
}

void prune_unique_filters(struct survey_set *s, const struct model *m)
{
	struct prune_map p;
	prune_map_init(&p, m);
	double *of_class = xcalloc((size_t)p.n_atom + 1, sizeof *of_class);
	for (int a = 0; a < p.n_atom; a++)
		of_class[a] = NAN;
	for (int k = 0; k < s->plan.n_consumer; k++) {
		const struct survey_consumer *c = &s->plan.consumer[k];
		const int *atom = s->unique[k] ? atoms_of(&p, c->reads, c->channels) : NULL;
		for (int64_t i = 0; atom && i < c->channels; i++)
			if (atom[i] >= 0) {
				double *to = &of_class[prune_class(&p, atom[i])];
				*to = fmax(*to, s->unique[k][i]); /* of NaN and a number it is the number */
			}
	}
	for (int k = 0; k < s->plan.n_layer; k++) {
		const struct survey_layer_plan *y = &s->plan.layer[k];
		const int *atom = atoms_of(&p, y->name, y->filters);
		for (int64_t f = 0; f < y->filters; f++)
			s->filter[k][f].unique =
			        atom && atom[f] >= 0 ? of_class[prune_class(&p, atom[f])] : (double)NAN;
	}
	free(of_class);
	prune_map_release(&p);
}
