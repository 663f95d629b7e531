#include "core/prune/prune_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/prune/prune_solve.h"

static int layer_named(const struct model *m, const char *name)
{
	for (int i = 0; i < m->n_layer; i++)
		if ((m->layer[i].kind == LAYER_ANALYSED || m->layer[i].kind == LAYER_INPUT) &&
		    !strcmp(m->layer[i].name, name))
			return i;
	return -1;
}

/* The atoms of a layer's filters; NULL: they have none. */
static const int *layer_atoms(const struct prune_map *p, int layer, int64_t filters)
{
	const struct layer *l = &p->m->layer[layer];
	int axis = prune_axis(p, l->act);
	const struct shape *s = &p->m->graph->value[l->act].shape;
	if (axis < 0 || s->dim[axis] != filters || (l->has_time && axis != l->axis_f))
		return NULL;
	return p->tag[l->act].atom[axis];
}

static void take_moments(struct prune_moments *to, const struct prune_map *p, const struct survey_consumer *c,
                         const struct survey_moments *q, const int *atom, int64_t outputs)
{
	int64_t n = c->channels;
	to->q = q;
	to->channels = n;
	to->atom = atom;
	to->covariance = xcalloc((size_t)(n * n) + 1, sizeof *to->covariance);
	to->square = xcalloc((size_t)outputs + 1, sizeof *to->square);
	const double *m2 = q->m2;
	for (int64_t i = 0; i < n; i++)
		for (int64_t k = i; k < n; k++)
			to->covariance[i * n + k] = to->covariance[k * n + i] = *m2++ / (double)q->n;
	for (int64_t o = 0; o < outputs; o++)
		to->square[o] = c->outputs == outputs && q->n_gradient ? q->gradient[o] / (double)q->n_gradient : 1;
	(void)p;
}

/* The survey has one consumer for each layer: the layer's first node with weights. */
static void find_moments(struct prune_facts *f, int k)
{
	const struct prune_map *p = f->p;
	const struct prune_consumer *c = &p->consumer[k];
	if (!f->plan || c->layer < 0 || !f->weighted[k])
		return;
	for (int i = 0; i < k; i++)
		if (p->consumer[i].layer == c->layer && p->consumer[i].kind != PRUNE_SUM)
			return;
	for (int i = 0; i < f->plan->n_consumer; i++) {
		const struct survey_consumer *s = &f->plan->consumer[i];
		int from = strcmp(s->name, p->m->layer[c->layer].name) ? -1 : layer_named(p->m, s->reads);
		if (from < 0 || s->taps != 1 || !s->covariance || f->part->moments[i].n < 2)
			continue;
		const int *atom = layer_atoms(p, from, s->channels);
		if (atom)
			take_moments(&f->moments[k], p, s, &f->part->moments[i], atom, f->matrix[k].outputs);
		return;
	}
}

void prune_facts_init(struct prune_facts *f, const struct prune_map *p, const struct survey_plan *plan,
                      const struct survey_part *part)
{
	*f = (struct prune_facts){ .p = p, .plan = part ? plan : NULL, .part = part };
	f->moments = xcalloc((size_t)p->n_consumer + 1, sizeof *f->moments);
	f->matrix = xcalloc((size_t)p->n_consumer + 1, sizeof *f->matrix);
	f->weighted = xcalloc((size_t)p->n_consumer + 1, sizeof *f->weighted);
	for (int k = 0; k < p->n_consumer; k++) {
		f->weighted[k] = prune_matrix_init(&f->matrix[k], p, &p->consumer[k]);
		find_moments(f, k);
	}
}

void prune_facts_release(struct prune_facts *f)
{
	for (int k = 0; f->p && k < f->p->n_consumer; k++) {
		free(f->moments[k].covariance);
		free(f->moments[k].square);
		prune_matrix_release(&f->matrix[k]);
	}
	free(f->moments);
	free(f->matrix);
	free(f->weighted);
	*f = (struct prune_facts){ 0 };
}

/* Adds the filters that layer y of the survey makes. */
static void add_layer(const struct prune_facts *f, int y, int layer, int measure, double *score, bool *has)
{
	const struct prune_map *p = f->p;
	int64_t filters = f->plan->layer[y].filters;
	const int *atom = layer_atoms(p, layer, filters);
	for (int64_t i = 0; i < filters && atom; i++) {
		if (atom[i] < 0 || p->maker[p->atom[atom[i]].maker].layer != layer)
			continue;
		struct survey_filter all = survey_filter_all(f->plan, f->part, y, i);
		const struct spread *s = &all.importance[measure][0];
		if (s->n && isfinite(s->mean)) {
			score[prune_class(p, atom[i])] += s->mean;
			has[atom[i]] = true;
		}
		survey_filter_release(&all);
	}
}

bool prune_importance(const struct prune_facts *f, const char *measure, double *score, int *layer)
{
	const struct prune_map *p = f->p;
	bool *has = xcalloc((size_t)p->n_atom + 1, sizeof *has), good = true;
	int k = 0;
	for (; f->plan && k < f->plan->n_measure && strcmp(f->plan->measure[k], measure); k++)
		;
	for (int y = 0; f->plan && k < f->plan->n_measure && y < f->plan->n_layer; y++) {
		int at = layer_named(p->m, f->plan->layer[y].name);
		if (at >= 0)
			add_layer(f, y, at, k, score, has);
	}
	for (int a = 0; a < p->n_atom && good; a++) {
		good = has[a] || !prune_removable(p, a);
		*layer = p->maker[p->atom[a].maker].layer;
	}
	free(has);
	return good;
}

/* ---- the unique part of a filter ---- */

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

/* The atoms of n filters of a layer with this name; NULL: they have none. */
static const int *atoms_of(const struct prune_map *p, const char *name, int64_t n)
{
	int layer = layer_named(p->m, name);
	return layer < 0 ? NULL : layer_atoms(p, layer, n);
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
