/* Attacks (core/attack), and the way back through derived channels (core/data/perturb.h). */
#include <math.h>
#include <string.h>
#include "core/attack/attack_window.h"
#include "tests/unit/hand_net.h"

/* ---- derived channels ---- */

/* A function of all channels whose gradient is known: the sum of w x + x^3 / 3. */
static double value_of(const real *x, int64_t n, real *g)
{
	double sum = 0;
	for (int64_t k = 0; k < n; k++) {
		double w = (double)(k % 5) - 1.5, v = (double)x[k];
		sum += w * v + v * v * v / 3;
		if (g)
			g[k] = (real)(w + v * v);
	}
	return sum;
}

START_TEST(the_gradient_goes_back_through_differences)
{
	enum { T = 6, C = 4, N = T * C };
	struct dataset d = { .T = T, .C = C, .n_source = 2, .derive = DERIVE_DIFF };
	struct perturb p;
	real x[N], g[N], moved[N];
	const double h = 1. / 256; /* steps of which a float loses nothing */
	perturb_init(&p, T, C, &d, true, 1);
	for (int t = 0; t < T; t++) {
		x[t * C] = (real)((t * 7 % 5) / 4. - 0.5);
		x[t * C + 1] = (real)((t * 3 % 4) / 8. + 0.25);
	}
	perturb_derive(&p, x);
	value_of(x, N, g);
	perturb_backward(&p, x, g);
	for (int64_t k = 0; k < N; k++) {
		if (k % C >= 2) {
			ck_assert(g[k] == 0);
			continue;
		}
		double f[2];
		for (int side = 0; side < 2; side++) {
			memcpy(moved, x, sizeof x);
			moved[k] += (real)(side ? h : -h);
			perturb_derive(&p, moved);
			f[side] = value_of(moved, N, NULL);
		}
		ck_assert_double_eq_tol((double)g[k], (f[1] - f[0]) / (2 * h), 1e-4);
	}
}
END_TEST

/* ---- losses and gradients ---- */

static struct dataset hand_data(struct window_set *set, float *x, double *y, int n)
{
	struct dataset d;
	struct recipe r;
	*set = (struct window_set){ .x = x, .n = n, .rank = 2, .dim = { n, 4 }, .stride = { 4, 1 } };
	set->value = y;
	set->n_truth = n;
	set->n_value = 1;
	recipe_init(&r);
	ck_assert_msg(dataset_of_windows(&d, set, &r, NULL, &e) == 0, "%s", e.text);
	recipe_release(&r);
	return d;
}

/* In a window of the hand net: y = 42.5, whose gradient by x is 0 1+6 .. by hand: through relu and pool only x1 - x2 of
 * filter 0 at step 1 and the largest of 2x + x' of filter 1 count. */
START_TEST(the_gradient_of_the_loss_is_that_of_differences)
{
	struct net n = net_new();
	struct attack_pass a;
	real x[2 * 4], g[2 * 4], moved[2 * 4], none[2 * 4];
	ck_assert(model_set_task(n.m, TASK_REGRESSION, NULL, &e) == 0);
	attack_pass_make(&a, n.m, TASK_REGRESSION);
	for (int i = 0; i < 2; i++) {
		a.has_y[i] = true;
		a.cls[i] = -1;
		a.y[i] = (real)(10 * i);
		for (int k = 0; k < 4; k++)
			x[4 * i + k] = window[k] + (real)(i * k) / 4;
	}
	ck_assert(attack_pass(&a, 2, x, g));
	ck_assert_double_eq_tol(a.loss[0], 42.5 * 42.5, 1e-3);
	for (int k = 0; k < 8; k++) {
		double f[2];
		for (int side = 0; side < 2; side++) {
			memcpy(moved, x, sizeof x);
			moved[k] += (real)(side ? 0.0625 : -0.0625);
			attack_pass(&a, 2, moved, NULL);
			f[side] = a.loss[k / 4];
		}
		ck_assert_double_eq_tol((double)g[k], (f[1] - f[0]) / 0.125, 1e-2 * fabs((double)g[k]) + 1e-2);
	}
	attack_pass(&a, 1, x, none);
	ck_assert(!memcmp(none, g, 4 * sizeof *g)); /* a window does not see its neighbours */
	attack_pass_release(&a);
	model_free(n.m);
}
END_TEST

/* ---- a whole job ---- */

START_TEST(what_falls_moved_the_output_and_the_smallest_epsilon_is_between)
{
	struct net n = net_new();
	struct window_set set;
	struct attack_result r;
	float x[3 * 4];
	double y[3] = { 40, 41, 42 };
	for (int i = 0; i < 12; i++)
		x[i] = (float)window[i % 4] + (float)(i / 4) / 4;
	ck_assert(model_set_task(n.m, TASK_REGRESSION, NULL, &e) == 0);
	struct dataset d = hand_data(&set, x, y, 3);
	d.n_target = 3;
	struct attack_job j = { .m = n.m,
		                .d = &d,
		                .task = TASK_REGRESSION,
		                .n_method = 1,
		                .method = { ATTACK_FGSM },
		                .n_epsilon = 3,
		                .epsilon = { 0, 0.125, 0.5 },
		                .scaled = true,
		                .free = true,
		                .by = 3,
		                .steps = 4,
		                .windows = 10,
		                .threads = 1 };
	ck_assert_msg(attack_run(&j, &r, &e) == 0, "%s", e.text);
	ck_assert(r.n == 3 && r.wrong == 0 && r.falls);
	ck_assert_double_eq_tol(r.curve[0].loss[0], r.loss, 1e-9);
	/* The output is linear in x up to the next kink, so it moves by slope times epsilon: by 3 at 3 / slope. */
	double slope = fabs((double)r.now[0] - (double)r.before[0]) / 0.5;
	ck_assert(slope * 0.5 >= 3);
	ck_assert_double_eq_tol(r.curve[0].least[0], 3 / slope, 0.5 / 256 + 1e-6);
	ck_assert(r.point[0].fell == false && r.point[2].fell == true);
	attack_release(&r);
	dataset_release(&d);
	model_free(n.m);
}
END_TEST

UNIT_MAIN("attack", the_gradient_goes_back_through_differences, the_gradient_of_the_loss_is_that_of_differences,
          what_falls_moved_the_output_and_the_smallest_epsilon_is_between)
