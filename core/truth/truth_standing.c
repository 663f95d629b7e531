#include "core/truth/truth_standing.h"

#include <math.h>
#include <stdlib.h>

static int by_srg(const void *pa, const void *pb)
{
	const struct truth_place *a = pa, *b = pb;
	bool known_a = isfinite(a->srg), known_b = isfinite(b->srg);
	if (known_a != known_b)
		return known_a ? -1 : 1;
	if (known_a && a->srg != b->srg)
		return a->srg > b->srg ? -1 : 1;
	return a->method - b->method;
}

/* Adds d / end, its part of a mean over n replacements. */
static void curve_add(struct truth_curve *to, const struct truth_curve *d, double end, int n)
{
	for (int k = 0; k <= TRUTH_STEPS && end > 0; k++)
		to->d[k] += d->d[k] / end / n;
}

static void place_make(const struct truth_result *r, const struct truth_row *row, int n, struct truth_place *p)
{
	p->method = row->method;
	p->srg = row->measure[TRUTH_SRG];
	for (int how = 0; how < REPLACE_COUNT; how++) {
		bool in = r->replaces & 1u << how;
		p->low[how] = in ? row->of[how].low : (double)NAN;
		p->high[how] = in ? row->of[how].high : (double)NAN;
		if (!in)
			continue;
		curve_add(&p->most, &row->of[how].most, r->end[how], n);
		curve_add(&p->least, &row->of[how].least, r->end[how], n);
	}
}

void truth_standing_of(const struct truth_result *r, struct truth_standing *s)
{
	int n = 0; /* replacements that change the output */
	*s = (struct truth_standing){ .windows = r->windows, .series = r->series, .replaces = r->replaces };
	for (int how = 0; how < REPLACE_COUNT; how++)
		n += r->replaces & 1u << how && r->end[how] > 0;
	for (int m = 0; m < r->n_row - 1; m++)
		if (r->row[m].method >= 0)
			place_make(r, &r->row[m], n, &s->place[s->n++]);
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (r->replaces & 1u << how) {
			curve_add(&s->random_low, &r->random_low[how], r->end[how], n);
			curve_add(&s->random_high, &r->random_high[how], r->end[how], n);
		}
	truth_standing_sort(s);
}

void truth_standing_sort(struct truth_standing *s)
{
	qsort(s->place, (size_t)s->n, sizeof *s->place, by_srg);
}

int truth_place_of(const struct truth_standing *s, int method)
{
	for (int i = 0; i < s->n; i++)
		if (s->place[i].method == method)
			return i;
	return -1;
}

bool truth_apart(const struct truth_standing *s, int a, int b)
{
	bool apart = s->replaces != 0;
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (s->replaces & 1u << how)
			apart = apart && s->place[a].low[how] > s->place[b].high[how];
	return apart;
}

/* Whether it beats a random order under every replacement. */
static bool beats_chance(const struct truth_standing *s, int i)
{
	bool beats = s->replaces != 0;
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (s->replaces & 1u << how)
			beats = beats && s->place[i].low[how] > 0;
	return beats;
}

int truth_choose(const struct truth_standing *s, char *why, size_t size)
{
	const char *name = saliency_methods[0].name;
	int usual = truth_place_of(s, 0);
	if (!s->n || !isfinite(s->place[0].srg)) {
		snprintf(why, size, "%s, the default, because the output changes under no replacement", name);
		return 0;
	}
	const char *best = saliency_methods[s->place[0].method].name;
	if (!beats_chance(s, 0))
		snprintf(why, size, "%s, the default, because no method is clearly better than a random order", name);
	else if (usual == 0)
		snprintf(why, size, "%s, the default, which is the best of %d", name, s->n);
	else if (usual > 0 && !truth_apart(s, 0, usual))
		snprintf(why, size, "%s; %s, the best of %d, is not clearly better", name, best, s->n);
	else {
		snprintf(why, size, "%s, the best of %d, clearly better than %s", best, s->n, name);
		return s->place[0].method;
	}
	return 0;
}

void truth_standing_job(struct truth_job *j, const struct model *m, const struct dataset *d, const struct question *q)
{
	*j = (struct truth_job){ .m = m,
		                 .d = d,
		                 .q = q,
		                 .windows = TRUTH_WINDOWS,
		                 .replaces = (1u << REPLACE_COUNT) - 1,
		                 .series = perturb_derives(d),
		                 .length = 1,
		                 .threads = 1 };
	for (int k = 0; k < TRUTH_METHODS_MAX && saliency_methods[k].name; k++)
		j->method[j->n_method++] = (struct truth_method){ .name = saliency_methods[k].name, .method = k };
}

/* Two curves for each method and replacement, those of the random order, and maps: occlusion tries all steps, and the
 * others need some two hundred passes forward and back. */
double truth_window_cost(const struct model *m)
{
	double macs = 0, passes = (double)m->T + 600;
	int methods = 1;
	for (int i = 0; i < m->n_layer; i++)
		macs += (double)m->layer[i].macs;
	while (saliency_methods[methods - 1].name)
		methods++;
	passes += 2.0 * TRUTH_STEPS * REPLACE_COUNT * methods;
	return passes * (macs + 1);
}
