#include "core/prune/prune_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"

/* ---- rankings ---- */

static int by_importance(const struct prune_facts *f, const char *measure, double *score, struct err *e)
{
	int layer = -1;
	if (prune_importance(f, measure, score, &layer))
		return 0;
	return err_set(e, ERR_UNSUPPORTED,
	               "--rank %s: the filters of layer '%s' have no such importance; --rank l1 needs none", measure,
	               layer >= 0 ? f->p->m->layer[layer].name : "?");
}

static int taylor(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	(void)b;
	return by_importance(f, "taylor", score, e);
}
static int gated(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	(void)b;
	return by_importance(f, "gated", score, e);
}
static int gradient(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	(void)b;
	return by_importance(f, "gradient", score, e);
}
static int ablation(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	(void)b;
	return by_importance(f, "ablation", score, e);
}

static int l1(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	const struct prune_map *p = f->p;
	const struct graph *g = p->m->graph;
	(void)b, (void)e;
	for (int k = 0; k < p->n_maker; k++) {
		int v = g->node[p->maker[k].node].in[1], axis = 0;
		const struct value *w = &g->value[v];
		while (axis < w->shape.rank && (!p->tag[v].atom[axis] || w->shape.dim[axis] != p->maker[k].n ||
		                                p->tag[v].atom[axis][0] != p->maker[k].first))
			axis++;
		int64_t inner = 1, n = shape_count(&w->shape);
		for (int i = axis + 1; i < w->shape.rank; i++)
			inner *= w->shape.dim[i];
		for (int64_t i = 0; i < n && axis < w->shape.rank; i++)
			score[prune_class(p, p->maker[k].first + (int)(i / inner % p->maker[k].n))] +=
			        fabs((double)w->r[i]);
	}
	return 0;
}

static int by_chance(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	struct rng r;
	(void)e;
	rng_init(&r, b->seed);
	for (int a = 0; a < f->p->n_atom; a++)
		score[a] = rng_uniform(&r);
	return 0;
}

static int marks(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	if (!b->marks)
		return err_set(e, ERR_VALUE, "--rank marks: --off LAYER:F[,..] names the filters that are removed");
	for (int a = 0; a < f->p->n_atom; a++)
		score[a] = 1;
	for (int a = 0; a < f->p->n_atom; a++)
		if (b->marks[a])
			score[prune_class(f->p, a)] = 0;
	return 0;
}

const struct prune_rank prune_ranks[] = {
	{ "taylor", "mean over windows of abs(sum over t of a[f,t] dy/da[f,t])",
	  "Molchanov et al. 2017, Pruning convolutional neural networks, ICLR, equation 8 (without its mean over time)",
	  true, taylor },
	{ "obs",
	  "one after the other, the filter that least raises <B_RR, S_RR - S_RK S_KK^-1 S_KR>, R removed, K kept; S: "
	  "covariance of the consumer's input channels; B: sum over taps and outputs of w w^T mean((dy/dz)^2)",
	  "Hassibi and Stork 1993, Optimal Brain Surgeon, NIPS 5, for whole channels", true, prune_score_obs },
	{ "gated", "mean over windows of sum over t of abs(dy / dz[f,t])",
	  "Siddiqui et al. 2019, TSViz, equations 11 and 12", true, gated },
	{ "gradient", "mean over windows of sum over t of abs(dy / da[f,t])",
	  "Siddiqui et al. 2019, TSViz, IEEE Access (the paper's own tool)", true, gradient },
	{ "l1", "sum of abs(w) over the filter's own weights",
	  "Li et al. 2017, Pruning filters for efficient convnets, ICLR", false, l1 },
	{ "ablation", "mean over windows of abs(y - y with a[f,.] := 0)", "exact; of 64 windows", true, ablation },
	{ "random", "a random number, by --seed", "for comparison", false, by_chance },
	{ "marks", "the filters that --off names, whatever the ratio", "the user", false, marks },
	{ "clusters",
	  "filters by k-means on 2 - 2 correlation(a_f, a_g), k: those that stay; the best of each by Taylor stays",
	  "Siddiqui et al. 2019, TSViz, section VII: pruning by clusters and importance", true, prune_score_clusters },
	{ NULL, NULL, NULL, false, NULL },
};

int prune_rank_find(const char *name)
{
	for (int i = 0; prune_ranks[i].name; i++)
		if (!strcmp(prune_ranks[i].name, name))
			return i;
	return -1;
}

/* ---- the choice ---- */

bool prune_in_budget(const struct prune_map *p, const struct prune_budget *b, int maker)
{
	bool named = false, convolves = false, marked = false;
	for (int k = 0; k < p->n_maker; k++) {
		const struct prune_maker *q = &p->maker[k];
		if (q->family != p->maker[maker].family)
			continue;
		named |= b->layer && q->layer >= 0 && b->layer[q->layer];
		convolves |= q->convolution;
		for (int64_t i = 0; i < q->n && b->marks; i++)
			marked |= b->marks[q->first + (int)i];
	}
	return b->layer ? named : convolves || marked;
}

int64_t prune_quota(const struct prune_budget *b, int64_t n)
{
	int64_t q = b->count >= 0 ? b->count : (int64_t)floor(b->ratio * (double)n + 1e-9);
	return q > n - b->keep_min ? (n > b->keep_min ? n - b->keep_min : 0) : q;
}

int64_t prune_removed(const struct prune_map *p, const bool *removed, int maker)
{
	int64_t n = 0;
	for (int64_t i = 0; i < p->maker[maker].n; i++)
		n += removed[prune_class(p, p->maker[maker].first + (int)i)];
	return n;
}

struct candidate {
	double score;
	int class, family;
};

static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return x->class < y->class ? -1 : x->class > y->class;
}

/* All classes that may be removed by the budget. all (n_maker): the classes of each family, also those that stay. */
static int find_candidates(const struct prune_map *p, const struct prune_budget *b, const double *score,
                           struct candidate *to, int64_t *all)
{
	int n = 0;
	for (int a = 0; a < p->n_atom; a++) {
		int family = p->maker[p->atom[a].maker].family;
		if (p->atom[a].parent != a || !prune_in_budget(p, b, p->atom[a].maker))
			continue;
		all[family]++;
		if (!p->atom[a].stays)
			to[n++] = (struct candidate){ score[a], a, family };
	}
	return n;
}

/* Scores of layers are compared after each family's are divided by their Euclidean norm, as Molchanov et al. 2017 do.
 */
static void normalise(struct candidate *c, int n, int families)
{
	double *norm = xcalloc((size_t)families + 1, sizeof *norm);
	for (int i = 0; i < n; i++)
		norm[c[i].family] += c[i].score * c[i].score;
	for (int i = 0; i < n; i++)
		if (norm[c[i].family] > 0)
			c[i].score /= sqrt(norm[c[i].family]);
	free(norm);
}

/* A value whose channels are all removed gets its best one back. */
static void refill(const struct prune_map *p, const double *score, bool *removed)
{
	const struct graph *g = p->m->graph;
	for (int v = 0; v < g->n_value; v++)
		for (int axis = 0; axis < g->value[v].shape.rank; axis++) {
			const int *atom = p->tag[v].atom[axis];
			int best = -1;
			int64_t n = g->value[v].shape.dim[axis], i = 0;
			for (; atom && i < n && !prune_stays(p, removed, v, axis, i); i++) {
				int c = prune_class(p, atom[i]);
				best = best < 0 || score[c] > score[best] ? c : best;
			}
			if (atom && i == n && best >= 0)
				removed[best] = false;
		}
}

static int check_budget(const struct prune_budget *b, struct err *e)
{
	if (b->count < 0 && (!(b->ratio >= 0) || !(b->ratio < 1)))
		return err_set(e, ERR_VALUE, "a ratio of %g: it is at least 0 and less than 1", b->ratio);
	if (b->keep_min < 1)
		return err_set(e, ERR_VALUE, "at least one filter of each layer has to stay");
	return 0;
}

static void choose(const struct prune_map *p, const struct prune_budget *b, struct candidate *c, int n,
                   const int64_t *all, bool by_marks, bool *removed)
{
	int64_t *left = xcalloc((size_t)p->n_maker + 1, sizeof *left), total = 0;
	for (int k = 0; k < p->n_maker; k++) {
		int64_t most = all[k] > b->keep_min ? all[k] - b->keep_min : 0;
		left[k] = b->global || by_marks ? most : prune_quota(b, all[k]);
		total += all[k];
	}
	if (b->global)
		normalise(c, n, p->n_maker);
	qsort(c, (size_t)n, sizeof *c, compare);
	total = b->global && !by_marks ? (int64_t)floor(b->ratio * (double)total + 1e-9) : n;
	for (int i = 0; i < n && total > 0; i++) {
		if (left[c[i].family] < 1 || (by_marks && c[i].score > 0))
			continue;
		left[c[i].family]--;
		total--;
		removed[c[i].class] = true;
	}
	free(left);
}

/* Why no class is a candidate. */
static int no_candidates(const struct prune_map *p, const struct prune_budget *b, struct err *e)
{
	char why[200];
	for (int k = 0; k < p->n_maker; k++)
		if (prune_in_budget(p, b, k) && *prune_why(p, k, why, sizeof why))
			return err_set(e, ERR_UNSUPPORTED, "no filter %s can be removed; those of layer '%s' stay, %s",
			               b->layer ? "of these layers" : "of this network",
			               p->maker[k].layer >= 0 ? p->m->layer[p->maker[k].layer].name : "?", why);
	return err_set(e, ERR_UNSUPPORTED, "no filter can be removed: %s",
	               b->layer ? "these layers have no weights that make filters"
	                        : "the network has no convolution whose filters can be followed; --layers names "
	                          "dense layers");
}

/* Marked filters that stay, because too few would be left, are named. */
static int marks_kept(const struct prune_map *p, const struct prune_budget *b, const bool *removed, struct err *e)
{
	for (int a = 0; a < p->n_atom; a++) {
		const struct prune_maker *k = &p->maker[p->atom[a].maker];
		if (b->marks[a] && !removed[prune_class(p, a)])
			return err_set(e, ERR_VALUE, "filter %lld of layer '%s' is marked, but %s; nothing was removed",
			               (long long)p->atom[a].filter, k->layer >= 0 ? p->m->layer[k->layer].name : "?",
			               prune_in_budget(p, b, p->atom[a].maker)
			                       ? "too few filters of the layer would stay (--keep-min)"
			                       : "the layer is none of --layers");
	}
	return 0;
}

int prune_choose(const struct prune_facts *f, const struct prune_budget *b, int rank, bool *removed, struct err *e)
{
	const struct prune_map *p = f->p;
	const struct prune_rank *r = &prune_ranks[rank];
	int bad = check_budget(b, e);
	if (!bad && r->survey && !f->plan)
		bad = err_set(e, ERR_VALUE, "--rank %s needs data, or the survey of some", r->name);
	if (bad)
		return bad;
	double *score = xcalloc((size_t)p->n_atom + 1, sizeof *score);
	int64_t *all = xcalloc((size_t)p->n_maker + 1, sizeof *all);
	struct candidate *c = xcalloc((size_t)p->n_atom + 1, sizeof *c);
	memset(removed, 0, (size_t)p->n_atom * sizeof *removed);
	bad = r->score(f, b, score, e);
	if (!bad) {
		int n = find_candidates(p, b, score, c, all);
		choose(p, b, c, n, all, r->score == marks, removed);
		refill(p, score, removed);
		if (!n)
			bad = no_candidates(p, b, e);
		else if (r->score == marks)
			bad = marks_kept(p, b, removed, e);
	}
	free(score);
	free(all);
	free(c);
	return bad;
}
