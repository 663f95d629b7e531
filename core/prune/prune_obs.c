/* Rankings from the moments of what consumers read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/probe/cluster.h"
#include "core/prune/prune_rank.h"
#include "core/prune/prune_solve.h"

/* ---- obs ----
 * With M = S^-1, the covariance of the removed channels R that the kept ones cannot explain is (M_RR)^-1. So the error
 * of a consumer is <B_RR, (M_RR)^-1>. Gaussian elimination of R from M, and the same steps on both sides of B, make
 * B_ii / M_ii the rise of the error when i is removed next. */
struct elimination {
	int64_t n;
	double *m, *b; /* (n,n) */
	int *class;    /* (n) -1: the channel has no atom */
};

static void eliminate(struct elimination *s, int64_t p)
{
	int64_t n = s->n;
	double *a = xcalloc((size_t)n + 1, sizeof *a), *row = xcalloc((size_t)n + 1, sizeof *row);
	double pivot = s->m[p * n + p], bpp = s->b[p * n + p];
	for (int64_t i = 0; i < n; i++) {
		a[i] = i == p || !(pivot > 0) ? 0 : s->m[p * n + i] / pivot;
		row[i] = s->b[p * n + i];
	}
	for (int64_t i = 0; i < n; i++)
		for (int64_t k = 0; k < n && a[i] != 0; k++)
			s->m[i * n + k] -= a[i] * s->m[p * n + k];
	for (int64_t i = 0; i < n; i++)
		for (int64_t k = 0; k < n; k++)
			s->b[i * n + k] += a[i] * a[k] * bpp - a[i] * row[k] - row[i] * a[k];
	free(a);
	free(row);
}

/* B (n,n) of a consumer: channels that are the same at all slots. */
static void weight_products(const struct prune_facts *f, int k, double *b)
{
	const struct prune_moments *q = &f->moments[k];
	const struct prune_matrix *w = &f->matrix[k];
	int64_t n = q->channels, slots = 0;
	int *channel = xcalloc((size_t)f->p->n_atom + 1, sizeof *channel);
	for (int64_t i = 0; i < n; i++)
		if (q->atom[i] >= 0)
			channel[q->atom[i]] = (int)i + 1;
	for (int64_t c = 0; c < w->columns; c++)
		slots = w->slot[c] >= slots ? w->slot[c] + 1 : slots;
	double *at = xcalloc((size_t)(n * w->outputs) + 1, sizeof *at);
	for (int64_t s = 0; s < slots; s++) {
		memset(at, 0, (size_t)(n * w->outputs) * sizeof *at);
		for (int64_t c = 0; c < w->columns; c++) {
			int i = w->atom[c] < 0 || w->slot[c] != s ? 0 : channel[w->atom[c]];
			for (int64_t o = 0; o < w->outputs && i; o++)
				at[(i - 1) * w->outputs + o] = w->w[c * w->outputs + o] * sqrt(q->square[o]);
		}
		for (int64_t i = 0; i < n; i++)
			for (int64_t j = 0; j < n; j++)
				for (int64_t o = 0; o < w->outputs; o++)
					b[i * n + j] += at[i * w->outputs + o] * at[j * w->outputs + o];
	}
	free(at);
	free(channel);
}

/* false: the consumer has no moments, or they are not finite. */
static bool elimination_init(struct elimination *s, const struct prune_facts *f, int k)
{
	const struct prune_moments *q = &f->moments[k];
	if (!q->q)
		return false;
	int64_t n = q->channels;
	bool varies = false;
	*s = (struct elimination){ .n = n };
	s->m = xcalloc((size_t)(n * n) + 1, sizeof *s->m);
	s->b = xcalloc((size_t)(n * n) + 1, sizeof *s->b);
	s->class = xcalloc((size_t)n + 1, sizeof *s->class);
	for (int64_t i = 0; i < n; i++)
		s->class[i] = q->atom[i] < 0 ? -1 : prune_class(f->p, q->atom[i]);
	for (int64_t i = 0; i < n; i++) {
		varies = varies || q->covariance[i * n + i] != 0;
		s->m[i * n + i] = 1;
	}
	if (!varies) /* constants: the bias takes their place, so that B stays 0 */
		return true;
	weight_products(f, k, s->b);
	return prune_inverse(n, q->covariance, s->m);
}

/* The rise of all consumers' errors, or infinity if none reads the class. */
static double rise(const struct elimination *s, int n, int class)
{
	double sum = 0;
	bool any = false;
	for (int k = 0; k < n; k++)
		for (int64_t i = 0; i < s[k].n; i++)
			if (s[k].class[i] == class && s[k].m[i * s[k].n + i] > 0) {
				sum += s[k].b[i * s[k].n + i] / s[k].m[i * s[k].n + i];
				any = true;
			}
	return any ? sum : INFINITY;
}

static void remove_class(struct elimination *s, int n, int class)
{
	for (int k = 0; k < n; k++)
		for (int64_t i = 0; i < s[k].n; i++)
			if (s[k].class[i] == class)
				eliminate(&s[k], i);
}

/* A family's classes in the order of the greedy removal. A later one scores no less than an earlier one. */
static void greedy(const struct prune_facts *f, int family, const struct elimination *all, int n, double *score)
{
	const struct prune_map *p = f->p;
	struct elimination *s = xcalloc((size_t)n + 1, sizeof *s);
	bool *done = xcalloc((size_t)p->n_atom + 1, sizeof *done);
	double high = 0;
	for (int k = 0; k < n; k++) {
		size_t bytes = (size_t)(all[k].n * all[k].n) * sizeof(double);
		s[k] = all[k];
		s[k].m = memcpy(xmalloc(bytes + 8), all[k].m, bytes);
		s[k].b = memcpy(xmalloc(bytes + 8), all[k].b, bytes);
	}
	for (;;) {
		int best = -1;
		double least = INFINITY;
		for (int a = 0; a < p->n_atom; a++) {
			if (done[a] || p->atom[a].parent != a || p->atom[a].stays ||
			    p->maker[p->atom[a].maker].family != family)
				continue;
			double r = rise(s, n, a);
			if (best < 0 || r < least) {
				best = a;
				least = r;
			}
		}
		if (best < 0)
			break;
		done[best] = true;
		/* equal scores would be ordered by number */
		high = fmax(nextafter(high, INFINITY), isfinite(least) ? least : high);
		score[best] = high;
		remove_class(s, n, best);
	}
	for (int k = 0; k < n; k++) {
		free(s[k].m);
		free(s[k].b);
	}
	free(s);
	free(done);
}

int prune_score_obs(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	const struct prune_map *p = f->p;
	struct elimination *s = xcalloc((size_t)p->n_consumer + 1, sizeof *s);
	bool *read = xcalloc((size_t)p->n_atom + 1, sizeof *read);
	int n = 0, bad = 0;
	for (int k = 0; k < p->n_consumer; k++)
		if (elimination_init(&s[n], f, k)) {
			for (int64_t i = 0; i < s[n].n; i++)
				if (s[n].class[i] >= 0)
					read[s[n].class[i]] = true;
			n++;
		} else {
			free(s[n].m), free(s[n].b), free(s[n].class);
			s[n] = (struct elimination){ 0 };
		}
	for (int a = 0; a < p->n_atom && !bad; a++)
		if (p->atom[a].parent == a && !p->atom[a].stays && !read[a] && prune_in_budget(p, b, p->atom[a].maker))
			bad = err_set(e, ERR_UNSUPPORTED,
			              "--rank obs: there are no moments of what reads the filters of layer '%s'; use "
			              "--rank taylor",
			              p->m->layer[p->maker[p->atom[a].maker].layer].name);
	for (int k = 0; k < p->n_maker && !bad; k++)
		if (p->maker[k].family == k && prune_in_budget(p, b, k))
			greedy(f, k, s, n, score);
	for (int k = 0; k < n; k++) {
		free(s[k].m);
		free(s[k].b);
		free(s[k].class);
	}
	free(s);
	free(read);
	return bad;
}

/* ---- clusters ---- */

/* Squared distances of the classes of a family, from the moments of a consumer that reads them all. false: there is
 * none. id [n]: the classes; d2 (n,n). */
static bool distances(const struct prune_facts *f, const int *id, int n, double *d2)
{
	int *at = xcalloc((size_t)n + 1, sizeof *at);
	bool found = false;
	for (int k = 0; k < f->p->n_consumer && !found; k++) {
		const struct prune_moments *q = &f->moments[k];
		found = q->q != NULL;
		for (int i = 0; i < n && found; i++) {
			at[i] = -1;
			for (int64_t c = 0; c < q->channels; c++)
				if (q->atom[c] >= 0 && prune_class(f->p, q->atom[c]) == id[i])
					at[i] = (int)c;
			found = at[i] >= 0;
		}
		for (int i = 0; i < n && found; i++)
			for (int j = 0; j < n; j++) {
				const double *s = q->covariance;
				double v = s[at[i] * q->channels + at[i]], u = s[at[j] * q->channels + at[j]];
				double r = v > 0 && u > 0 ? s[at[i] * q->channels + at[j]] / sqrt(v * u)
				                          : (double)(v == u);
				d2[i * n + j] = i == j ? 0 : fmax(0, 2 - 2 * r);
			}
	}
	free(at);
	return found;
}

static int cluster_family(const struct prune_facts *f, const struct prune_budget *b, int family, const double *worth,
                          double *score, struct err *e)
{
	const struct prune_map *p = f->p;
	int *id = xcalloc((size_t)p->n_atom + 1, sizeof *id), n = 0, bad = 0;
	int64_t all = 0;
	for (int a = 0; a < p->n_atom; a++)
		if (p->atom[a].parent == a && p->maker[p->atom[a].maker].family == family) {
			all++;
			if (!p->atom[a].stays)
				id[n++] = a;
		}
	int k = n - (int)prune_quota(b, all);
	double *d2 = xcalloc((size_t)n * (size_t)n + 1, sizeof *d2), inertia;
	int *label = xcalloc((size_t)n + 1, sizeof *label);
	if (n > CLUSTER_FILTERS_MAX || (n && !distances(f, id, n, d2)))
		bad = err_set(e, ERR_UNSUPPORTED,
		              "--rank clusters: there are no moments of layer '%s'; use --rank taylor",
		              p->m->layer[p->maker[family].layer].name);
	else if (n)
		cluster_kmeans(d2, n, k < 1 ? 1 : k, b->seed, label, &inertia);
	double most = 0;
	for (int i = 0; i < n; i++)
		most = fmax(most, worth[id[i]]);
	for (int i = 0; i < n && !bad; i++) {
		double own = worth[id[i]];
		bool best = true;
		for (int j = 0; j < n; j++) {
			double other = worth[id[j]];
			bool before = j < i ? other >= own : other > own;
			best = best && (label[j] != label[i] || !before);
		}
		score[id[i]] = (most > 0 ? own / most : 0) + (best ? 2 : 0);
	}
	free(id);
	free(d2);
	free(label);
	return bad;
}

int prune_score_clusters(const struct prune_facts *f, const struct prune_budget *b, double *score, struct err *e)
{
	const struct prune_map *p = f->p;
	double *worth = xcalloc((size_t)p->n_atom + 1, sizeof *worth);
	int layer = -1, bad = 0;
	if (!prune_importance(f, "taylor", worth, &layer))
		bad = err_set(e, ERR_UNSUPPORTED, "--rank clusters: the filters of layer '%s' have no importance",
		              layer >= 0 ? p->m->layer[layer].name : "?");
	for (int k = 0; k < p->n_maker && !bad; k++)
		if (p->maker[k].family == k && prune_in_budget(p, b, k))
			bad = cluster_family(f, b, k, worth, score, e);
	free(worth);
	return bad;
}
