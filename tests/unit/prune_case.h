/* For the tests of core/prune: networks by hand, and the comparison of a smaller network with the old one whose same
 * filters are switched off. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "core/prune/prune_build.h"
#include "core/prune/prune_rank.h"
#include "core/prune/prune_rules.h"
#include "tests/unit/op_cases.h"

static struct err e;

static int must(int id)
{
	ck_assert_msg(id >= 0, "%s", e.text);
	return id;
}

static int numbers(struct graph *g, struct rng *r, int rank, const int64_t *dim, double low, double high, bool weight)
{
	struct shape s = { .rank = rank };
	for (int i = 0; i < rank; i++)
		s.dim[i] = dim[i];
	int64_t n = shape_count(&s);
	real *v = xcalloc((size_t)n + 1, sizeof *v);
	fill(v, n, r, low, high);
	int id = must(graph_const_real(g, NULL, &s, v, weight, &e));
	free(v);
	return id;
}

static int ints(struct graph *g, int n, const int64_t *v)
{
	struct shape s = { .rank = 1, .dim = { n } };
	return must(graph_const_int(g, NULL, &s, v, &e));
}

static int op(struct graph *g, const char *name, int n, const int *in, int n_attr, const struct attr *attr)
{
	return must(graph_op(g, name, NULL, n, in, n_attr, attr, &e));
}

static int conv(struct graph *g, struct rng *r, int x, int64_t co, int64_t k, int64_t group)
{
	int64_t ci = g->value[x].shape.dim[1] / group, pads[] = { k / 2, k / 2 };
	int w = numbers(g, r, 3, (int64_t[]){ co, ci, k }, -1, 1, true), b = numbers(g, r, 1, &co, -1, 1, true);
	return op(g, "Conv", 3, (int[]){ x, w, b }, 2,
	          (struct attr[]){ attr_is("pads", 2, pads), attr_i("group", group) });
}

/* Two outputs of all elements of a value. */
static int dense(struct graph *g, struct rng *r, int x)
{
	int flat = op(g, "Flatten", 1, &x, 1, (struct attr[]){ attr_i("axis", 0) });
	int w = numbers(g, r, 2, (int64_t[]){ g->value[flat].shape.dim[1], 2 }, -1, 1, true);
	return op(g, "Gemm", 2, (int[]){ flat, w }, 0, NULL);
}

static int scalar(struct graph *g, double v)
{
	struct shape s = { 0 };
	return must(graph_const_real(g, NULL, &s, &(real){ (real)v }, false, &e));
}

/* ---- the two networks ---- */

static void forward(const struct model *m, struct run *r, const real *x, real *y)
{
	run_input(r, 0, x);
	run_forward(r);
	memcpy(y, run_real(r, m->output), (size_t)m->outputs * sizeof *y);
	run_free(r);
}

static struct run *switched_off(const struct prune_map *p, const bool *removed)
{
	const struct graph *g = p->m->graph;
	struct run *r = run_new(g);
	for (int v = 0; v < g->n_value; v++)
		for (int k = 0; k < g->value[v].shape.rank && g->value[v].depends && g->value[v].dtype == DT_REAL; k++)
			for (int64_t i = 0; i < g->value[v].shape.dim[k]; i++)
				if (!prune_stays(p, removed, v, k, i))
					run_switch_off(r, v, k, i);
	return r;
}

/* A layer of which no filter can be removed says why. */
static void check_reasons(const struct prune_map *p, const char *what)
{
	char why[200];
	for (int k = 0; k < p->n_maker; k++) {
		bool any = false;
		for (int64_t i = 0; i < p->maker[k].n; i++)
			any |= prune_removable(p, p->maker[k].first + (int)i);
		ck_assert_msg(any == !*prune_why(p, k, why, sizeof why), "%s: '%s' of maker %d", what, why, k);
	}
}

/* Removes a random half. Returns how many classes were removed; 0: there are none that can be. */
static int compare(const struct model *m, uint64_t seed, const char *what)
{
	struct prune_map p;
	struct prune_facts f;
	struct prune_budget b = { .ratio = 0.5, .count = -1, .keep_min = 1, .seed = seed };
	prune_map_init(&p, m);
	check_reasons(&p, what);
	prune_facts_init(&f, &p, NULL, NULL);
	bool *removed = xcalloc((size_t)p.n_atom + 1, sizeof *removed);
	int n = 0;
	if (!prune_choose(&f, &b, prune_rank_find("random"), removed, &e))
		for (int a = 0; a < p.n_atom; a++)
			n += p.atom[a].parent == a && removed[a];
	if (n) {
		struct model *small = prune_build(&p, removed, NULL, &e);
		ck_assert_msg(small != NULL, "%s: %s", what, e.text);
		int64_t count = m->T * m->C;
		real *x = xcalloc((size_t)count, sizeof *x), *y = xcalloc((size_t)m->outputs, sizeof *y);
		real *z = xcalloc((size_t)m->outputs, sizeof *z);
		struct rng r;
		rng_init(&r, seed);
		fill(x, count, &r, -1, 1);
		forward(m, switched_off(&p, removed), x, y);
		forward(small, run_new(small->graph), x, z);
		for (int64_t i = 0; i < m->outputs; i++)
			ck_assert_msg(fabs((double)(y[i] - z[i])) <= 1e-5 * fmax(1, fabs((double)y[i])) ||
			                      (isnan(y[i]) && isnan(z[i])) || y[i] == z[i],
			              "%s: %g with filters off, %g without them", what, (double)y[i], (double)z[i]);
		ck_assert_int_lt(small->params, m->params);
		ck_assert_str_eq(small->graph->value[small->output].name, m->graph->value[m->output].name);
		model_free(small);
		free(x), free(y), free(z);
	}
	free(removed);
	prune_facts_release(&f);
	prune_map_release(&p);
	return n;
}
