/* Gradients of every operator against central differences, in double precision (the f64 build; the float build runs the
 * same cases with a tolerance that only catches gross errors). tests/unit/op_cases.h holds at least one case for every
 * row of op_table: a test walks the rows and fails for an operator without one.
 *
 * A case is a text: the operator, its inputs as shapes, its attributes. Inputs are random numbers kept off kinks; those
 * marked c are constants that are not differentiated (int64 lists). L = sum of w * y with random w; every other input
 * is differentiated. */
#define UNIT_ONE_PROCESS
#include "core/kernels/tile.h"
#include "tests/unit/lanes.h"
#include "tests/unit/op_cases.h"

static double bench_loss(struct bench *b)
{
	double sum = 0;
	bench_forward(b);
	for (int k = 0; k < b->n_out; k++) {
		int64_t n = shape_count(&b->g->value[b->out[k]].shape);
		for (int64_t i = 0; i < n; i++)
			sum += (double)b->w[k][i] * (double)run_real(b->r, b->out[k])[i];
	}
	return sum;
}

/* Random inputs until none lies near a kink. */
static void off_kinks(struct bench *b, const struct op_case *c, struct rng *rng, double least)
{
	const struct op *op = op_find(c->op);
	for (int tries = 0; tries < 1000; tries++) {
		bench_forward(b);
		if (!op->kink || op->kink(&b->r->call[0]) > least)
			return;
		for (int k = 0; k < c->n_in; k++)
			if (b->x[k])
				fill(b->x[k], shape_count(&c->in[k].shape), rng, lowest(&c->in[k]), highest(&c->in[k]));
	}
	ck_abort_msg("%s: no inputs off its kinks found", c->op);
}

/* The loops run over all cases once for every instruction set that this processor has. */
static int isa_count(void)
{
	int n = 0;
	for (const struct isa *i = isa_table; i->name; i++)
		n += i->usable() != 0;
	return n;
}

static const struct op_case *case_on_isa(int i)
{
	int skip = i / N_CASES;
	const struct isa *isa = isa_table;
	while (!isa->usable() || skip-- > 0)
		isa++;
	ck_assert(isa_select(isa->name));
	return &cases[i % N_CASES];
}

START_TEST(gradients_are_central_differences)
{
	const struct op_case *c = case_on_isa(_i);
	double h = sizeof(real) == 8 ? 1e-5 : 5e-3, tolerance = sizeof(real) == 8 ? 1e-6 : 2e-2;
	struct rng rng;
	struct bench b;
	rng_init(&rng, 1 + (uint64_t)(_i % N_CASES));
	bench_open(&b, c, &rng);
	off_kinks(&b, c, &rng, 4 * h);
	for (int k = 0; k < c->n_in; k++) {
		/* stored statistics are not differentiated while training */
		if (!b.x[k] || (c->training && k > 2))
			continue;
		int64_t n = shape_count(&c->in[k].shape);
		double *got = xcalloc((size_t)n, sizeof *got), *want = xcalloc((size_t)n, sizeof *want);
		bench_forward(&b);
		run_want_clear(b.r);
		run_want(b.r, b.in[k]);
		for (int o = 0; o < b.n_out; o++) {
			run_backward(b.r, b.out[o], b.w[o]);
			const real *g = run_grad(b.r, b.in[k]);
			for (int64_t i = 0; i < n; i++)
				got[i] += g ? (double)g[i] : 0;
		}
		for (int64_t i = 0; i < n; i++) {
			real x = b.x[k][i];
			b.x[k][i] = x + (real)h;
			double up = bench_loss(&b);
			b.x[k][i] = x - (real)h;
			double down = bench_loss(&b);
			b.x[k][i] = x;
			want[i] = (up - down) / (2 * h);
		}
		char what[80];
		snprintf(what, sizeof what, "case %d, %s, input %d", _i, c->op, k);
		unit_close(what, got, want, n, tolerance, tolerance * 1e-1);
		free(got);
		free(want);
	}
	bench_close(&b);
}
END_TEST

/* Adds into what is there, and does nothing for what is not wanted: all inputs at once give the same as one by one. */
START_TEST(gradients_of_all_inputs_at_once)
{
	const struct op_case *c = case_on_isa(_i);
	struct rng rng;
	struct bench b;
	rng_init(&rng, 77 + (uint64_t)(_i % N_CASES));
	bench_open(&b, c, &rng);
	off_kinks(&b, c, &rng, 1e-3);
	real *one[INPUTS] = { 0 };
	for (int k = 0; k < c->n_in; k++) {
		if (!b.x[k] || (c->training && k > 2))
			continue;
		size_t bytes = (size_t)shape_count(&c->in[k].shape) * sizeof(real);
		run_want_clear(b.r);
		run_want(b.r, b.in[k]);
		run_backward(b.r, b.out[0], b.w[0]);
		one[k] = xmalloc(bytes);
		if (run_grad(b.r, b.in[k]))
			memcpy(one[k], run_grad(b.r, b.in[k]), bytes);
		else
			memset(one[k], 0, bytes);
	}
	run_want_clear(b.r);
	for (int k = 0; k < c->n_in; k++)
		if (one[k])
			run_want(b.r, b.in[k]);
	run_backward(b.r, b.out[0], b.w[0]);
	for (int k = 0; k < c->n_in; k++)
		if (one[k] && run_grad(b.r, b.in[k]))
			unit_close(c->op, run_grad(b.r, b.in[k]), one[k], shape_count(&c->in[k].shape), 1e-12, 0);
	for (int k = 0; k < INPUTS; k++)
		free(one[k]);
	bench_close(&b);
}
END_TEST

/* Operators behind some of whose outputs nothing lies: shut functions, filled or cut-off places, a lone number less its
 * own mean; of Split's pieces only the first is entered here. */
static bool may_lose(const struct op_case *c)
{
	static const char *const names[] = { "Relu",   "HardSigmoid", "HardSwish", "ThresholdedRelu",
		                             "Shrink", "Floor",       "Ceil",      "Round",
		                             "Sign",   "Pad",         "CumSum",    "Clip",
		                             "Trilu",  "Split" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], c->op))
			return true;
	const char *mode = c->attr[1].name && c->attr[1].s ? c->attr[1].s : "";
	if (strstr(mode, "HardSigmoid"))
		return true;
	/* outputs that no tap reaches hold the bias alone */
	if (!strcmp(c->op, "ConvTranspose") && c->attr[0].name)
		return true;
	return shape_count(&c->in[0].shape) == 1 || !strcmp(mode, "tf_crop_and_resize");
}

/* What recursive highlighting hands on: never more than came in, never negative, and all of it where an input is
 * active. */
START_TEST(trace_hands_on_what_came_in)
{
	const struct op_case *c = case_on_isa(_i);
	const struct op *op = op_find(c->op);
	struct rng rng;
	struct bench b;
	if (!op->trace)
		return;
	rng_init(&rng, 177 + (uint64_t)(_i % N_CASES));
	bench_open(&b, c, &rng);
	off_kinks(&b, c, &rng, 1e-3);
	real *share[INPUTS] = { 0 };
	double given = 0, got = 0;
	for (int k = 0; k < c->n_in; k++)
		if (b.x[k])
			share[k] = xcalloc((size_t)shape_count(&c->in[k].shape), sizeof(real));
	int64_t n = shape_count(&b.g->value[b.out[0]].shape);
	for (int64_t i = 0; i < n; i++) {
		b.w[0][i] = real_abs(b.w[0][i]);
		given += (double)b.w[0][i];
	}
	op->trace(&b.r->call[0], b.w[0], share);
	for (int k = 0; k < c->n_in; k++)
		for (int64_t i = 0; share[k] && i < shape_count(&c->in[k].shape); i++) {
			ck_assert_msg(share[k][i] >= 0, "%s: a negative share", c->op);
			got += (double)share[k][i];
		}
	ck_assert_msg(got <= given * (1 + 1e-5), "%s: %g came in, %g went out", c->op, given, got);
	ck_assert_msg(got >= given * (1 - 1e-4) || may_lose(c), "%s: %g came in, only %g went out", c->op, given, got);
	for (int k = 0; k < INPUTS; k++)
		free(share[k]);
	bench_close(&b);
}
END_TEST

/* Several windows at once give each the bits that it has alone; whether the other inputs depend on the window or not.
 */
static void lanes_of_case(const struct op_case *c, bool fixed)
{
	struct rng rng;
	struct bench b;
	rng_init(&rng, 277);
	bench_open_with(&b, c, &rng, fixed);
	bench_forward(&b);
	check_lanes(b.r, b.n_out, b.out);
	bench_close(&b);
}

START_TEST(lanes_are_windows_alone)
{
	const struct op_case *c = case_on_isa(_i);
	if (c->training)
		return;
	lanes_of_case(c, false);
	if (!c->in[0].absent && !c->in[0].is_real && !c->in[0].is_int)
		lanes_of_case(c, true);
}
END_TEST

/* The derivatives by one input are those that backward computes for a gradient of ones; from any place, at any pace. */
static void slopes_by_input(struct bench *b, int k, int64_t n)
{
	struct op_call call = b->r->call[0];
	real *one = xcalloc((size_t)n, sizeof *one), *want = xcalloc((size_t)n, sizeof *want),
	     *got = xcalloc((size_t)n, sizeof *got), *dx[INPUTS] = { 0 };
	const real *dy[8] = { one };
	for (int64_t i = 0; i < n; i++)
		one[i] = 1;
	dx[k] = want;
	call.dy = dy;
	call.dx = dx;
	call.fresh = 0;
	call.n->op->backward(&call);
	for (int64_t step = 1; step <= 4; step++)
		for (int64_t from = 0; from < n; from++) {
			int64_t count = (n - from + step - 1) / step;
			call.n->op->slope(&b->r->call[0], k, from, step, count, got);
			for (int64_t i = 0; i < count; i++)
				ck_assert_msg(got[i] == want[from + i * step],
				              "%s, input %d, element %d: %g, backward %g", call.n->op->name, k,
				              (int)(from + i * step), (double)got[i], (double)want[from + i * step]);
		}
	free(one);
	free(want);
	free(got);
}

START_TEST(slopes_are_the_gradients_of_ones)
{
	const struct op_case *c = &cases[_i];
	struct rng rng;
	struct bench b;
	if (!op_find(c->op)->slope || c->training)
		return;
	rng_init(&rng, 377 + (uint64_t)_i);
	bench_open(&b, c, &rng);
	bench_forward(&b);
	int64_t n = shape_count(&b.g->value[b.out[0]].shape);
	for (int k = 0; k < c->n_in; k++)
		if (b.x[k] && shape_count(&c->in[k].shape) == n)
			slopes_by_input(&b, k, n);
	bench_close(&b);
}
END_TEST

START_TEST(pointwise_operators_have_slopes)
{
	for (int i = 0; op_table[i]; i++) {
		bool points = op_table[i]->flags & (OP_UNARY | OP_POINTWISE) && !(op_table[i]->flags & OP_NODIFF);
		ck_assert_msg(points == (op_table[i]->slope != NULL), "%s: its flags and slope disagree",
		              op_table[i]->name);
	}
}
END_TEST

START_TEST(every_operator_has_a_case)
{
	for (int i = 0; op_table[i]; i++) {
		bool found = (op_table[i]->flags & OP_NODIFF) != 0;
		ck_assert_msg(!found == (op_table[i]->backward != NULL), "%s: OP_NODIFF and backward disagree",
		              op_table[i]->name);
		for (int k = 0; k < N_CASES; k++)
			found |= !strcmp(cases[k].op, op_table[i]->name);
		ck_assert_msg(found, "operator %s has no gradient case", op_table[i]->name);
	}
}
END_TEST

static void setup(TCase *t)
{
	tcase_add_test(t, every_operator_has_a_case);
	tcase_add_test(t, pointwise_operators_have_slopes);
	tcase_add_loop_test(t, slopes_are_the_gradients_of_ones, 0, N_CASES);
	tcase_add_loop_test(t, gradients_are_central_differences, 0, N_CASES * isa_count());
	tcase_add_loop_test(t, gradients_of_all_inputs_at_once, 0, N_CASES * isa_count());
	tcase_add_loop_test(t, lanes_are_windows_alone, 0, N_CASES * isa_count());
	tcase_add_loop_test(t, trace_hands_on_what_came_in, 0, N_CASES * isa_count());
}
UNIT_MAIN_WITH("grad", setup)
