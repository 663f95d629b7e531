/* Checks that a run of several windows at once gives each of them the same bits as a run of that window alone: all
 * values and all gradients, and the values of runs that keep only outputs. */
#ifndef TESTS_LANES_H
#define TESTS_LANES_H

#include "core/run/run.h"
#include "tests/unit/unit.h"

/* The input of a lane: that of `all`, a little larger in each lane. Signs and the bounds of most domains stay. */
static inline void lane_input(const struct run *all, int k, int lane, real *x)
{
	int v = all->g->input[k];
	for (int64_t i = 0; i < shape_count(&all->g->value[v].shape); i++)
		x[i] = ((const real *)all->val[v])[i] * (1 + (real)lane / 64) + (real)(i % 7 == lane % 7) / 256;
}

static inline void lanes_same(const struct graph *g, int v, int lane, const real *got, const real *want,
                              const char *what)
{
	int64_t n = shape_count(&g->value[v].shape);
	real *one = xcalloc((size_t)n + 1, sizeof *one);
	lane_get(n, got, lane, one);
	for (int64_t i = 0; i < n; i++)
		ck_assert_msg(!memcmp(&one[i], &want[i], sizeof *one) || (isnan(one[i]) && isnan(want[i])),
		              "%s of '%s' (%s), lane %d, element %lld: %.9g, alone %.9g", what, g->value[v].name,
		              g->value[v].node < 0 ? "" : g->node[g->value[v].node].op->name, lane, (long long)i,
		              (double)one[i], (double)want[i]);
	free(one);
}

static inline void lanes_want(struct run *r)
{
	for (int v = 0; v < r->g->n_value; v++)
		if (r->g->value[v].depends && r->g->value[v].dtype == DT_REAL)
			run_want(r, v);
}

/* The gradients of value `from` by all values. */
static inline void check_lanes_backward(const struct run *all, struct run *one, struct run *lanes, int from)
{
	const struct graph *g = all->g;
	int64_t n = shape_count(&g->value[from].shape);
	real *seed = xcalloc((size_t)(n * RUN_LANES) + 1, sizeof *seed), *own = xcalloc((size_t)n + 1, sizeof *own);
	real *x = NULL;
	for (int64_t i = 0; i < n * RUN_LANES; i++)
		seed[i] = (real)((i * 37 + 11) % 41 - 20) / 16;
	lanes_want(lanes);
	run_backward(lanes, from, seed);
	for (int l = 0; l < RUN_LANES; l += 7) {
		for (int k = 0; k < g->n_input; k++) {
			x = xcalloc((size_t)shape_count(&g->value[g->input[k]].shape) + 1, sizeof *x);
			lane_input(all, k, l, x);
			run_input(one, k, x);
			free(x);
		}
		run_forward(one);
		lanes_want(one);
		lane_get(n, seed, l, own);
		run_backward(one, from, own);
		for (int v = 0; v < g->n_value; v++) {
			const real *a = run_grad(lanes, v), *b = run_grad(one, v);
			ck_assert_msg(!a == !b, "gradient of '%s'", g->value[v].name);
			if (a && b)
				lanes_same(g, v, l, a, b, "the gradient");
		}
	}
	free(seed);
	free(own);
}

/* all: a run with inputs; n values that are its outputs. Does nothing where lanes are not possible, nor for networks so
 * large that the check would take long. */
static inline void check_lanes(const struct run *all, int n, const int *value)
{
	const struct graph *g = all->g;
	if (!run_lanes_possible(g) || all->data_bytes > 1 << 17)
		return;
	struct run *one = run_new(g), *lanes = run_new_lanes(g, -1, NULL),
	           *outputs = run_new_outputs_lanes(g, n, value), *joined = run_new_lanes(g, n, value);
	memset(outputs->data, 0xff, outputs->data_bytes);
	for (int l = 0; l < RUN_LANES; l++)
		for (int k = 0; k < g->n_input; k++) {
			real *x = xcalloc((size_t)shape_count(&g->value[g->input[k]].shape) + 1, sizeof *x);
			lane_input(all, k, l, x);
			run_input_lane(lanes, k, l, x);
			run_input_lane(outputs, k, l, x);
			run_input_lane(joined, k, l, x);
			free(x);
		}
	run_forward(lanes);
	run_forward(outputs);
	run_forward(joined);
	for (int l = 0; l < RUN_LANES; l += 7) {
		for (int k = 0; k < g->n_input; k++) {
			real *x = xcalloc((size_t)shape_count(&g->value[g->input[k]].shape) + 1, sizeof *x);
			lane_input(all, k, l, x);
			run_input(one, k, x);
			free(x);
		}
		run_forward(one);
		for (int v = 0; v < g->n_value; v++)
			if (g->value[v].depends)
				lanes_same(g, v, l, run_real(lanes, v), run_real(one, v), "the value");
		for (int i = 0; i < n; i++)
			if (g->value[value[i]].depends) {
				const real *want = run_real(one, value[i]);
				lanes_same(g, value[i], l, run_real(outputs, value[i]), want, "the output");
				lanes_same(g, value[i], l, run_real(joined, value[i]), want, "the output, joined");
			}
	}
	for (int i = 0; i < n; i++)
		if (g->value[value[i]].depends) {
			check_lanes_backward(all, one, lanes, value[i]);
			check_lanes_backward(all, one, joined, value[i]);
		}
	run_free(one);
	run_free(lanes);
	run_free(outputs);
	run_free(joined);
}

#endif
