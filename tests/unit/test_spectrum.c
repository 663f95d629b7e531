/* The spectral twin of a saliency map: a sine by hand, the sum over frequencies, and numbers of numpy's FFT
 * (tests/gen_spectrum.py). */
#include "core/probe/spectrum.h"

#include <math.h>
#include <string.h>
#include "core/analysis/analysis.h"
#include "tests/unit/unit.h"

enum { C = 2, F = 3, MOST = 40 };
static struct err e;

/* How far from a figure of this size rounding may lead. */
static double close_to(double size)
{
	return sizeof(real) == 8 ? 1e-12 : 1e-6 * size;
}

static void wave(real *v, int64_t n, int k, double size)
{
	for (int64_t i = 0; i < n; i++)
		v[i] = (real)(size * sin(1.3 * (double)i + 0.7 * k + 1));
}

static int wave_const(struct graph *g, struct shape s, int k, double size)
{
	real v[4 * MOST];
	wave(v, shape_count(&s), k, size);
	return graph_const_real(g, NULL, &s, v, true, &e);
}

/* The network of tests/gen_spectrum.py: y = sum d tanh(conv(x, w) + b), zeros around x. */
static struct model *curved(int64_t T)
{
	struct model *m = model_new("curved.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "input", "InputLayer", "NCT", T, C, 1, &e);
	int w = wave_const(g, (struct shape){ 3, { F, C, 3 } }, 1, 0.6);
	int b = wave_const(g, (struct shape){ 1, { F } }, 2, 0.2);
	int d = wave_const(g, (struct shape){ 2, { F * T, 1 } }, 3, 0.5);
	struct attr pads = attr_is("pads", 2, (int64_t[]){ 1, 1 });
	int v = graph_op(g, "Conv", NULL, 3, (int[]){ x, w, b }, 1, &pads, &e);
	int act = graph_op(g, "Tanh", NULL, 1, &v, 0, NULL, &e);
	int l = model_layer(m, "conv", "Conv", "tanh", LAYER_ANALYSED, v, act, 1, (int[]){ 0 }, &e);
	int flat = graph_op(g, "Flatten", NULL, 1, &act, 0, NULL, &e);
	int y = graph_op(g, "MatMul", NULL, 2, (int[]){ flat, d }, 0, NULL, &e);
	ck_assert_msg(y >= 0, "%s", e.text);
	model_layer(m, "dense", "Dense", "", LAYER_ANALYSED, y, y, 1, &l, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	return m;
}

/* y = sum w x, w (C,T). */
static struct model *linear(int64_t T, const real *w)
{
	struct model *m = model_new("linear.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "input", "InputLayer", "NCT", T, C, 1, &e);
	struct shape s = { 2, { C * T, 1 } };
	int weights = graph_const_real(g, NULL, &s, w, true, &e);
	int flat = graph_op(g, "Flatten", NULL, 1, &x, 0, NULL, &e);
	int y = graph_op(g, "MatMul", NULL, 2, (int[]){ flat, weights }, 0, NULL, &e);
	ck_assert_msg(y >= 0, "%s", e.text);
	model_layer(m, "dense", "Dense", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	return m;
}

/* The window of tests/gen_spectrum.py, (T,C). */
static void window_of(int64_t T, real *tc)
{
	real v[C * MOST];
	wave(v, C * T, 4, 1.1);
	for (int64_t t = 0; t < T; t++)
		for (int64_t c = 0; c < C; c++)
			tc[t * C + c] = v[c * T + t];
}

/* Map, steps and spectrum of the target by one method, the mean of each channel as baseline. Returns whether there is
 * a spectrum. */
static bool spectrum(const struct model *m, const char *method, const real *x, real *map, double *R, int64_t *steps)
{
	struct saliency_job j = { 0 };
	struct saliency_note note;
	struct probe p;
	struct question q = { .task = TASK_REGRESSION, .target = { .kind = TARGET_SUM }, .baseline = BASELINE_MEAN };
	probe_init(&p, m, false);
	probe_window(&p, x, NULL, -1);
	probe_ask(&p, &q);
	saliency_begin(&j, &p, saliency_find(method), -1, 0, map, &note);
	while (saliency_step(&j))
		;
	double dx[MOST * C], g[MOST * C];
	bool there = spectrum_factors(&j, dx, g);
	if (there)
		spectrum_of(m->T, C, dx, g, R);
	*steps = note.steps;
	saliency_release(&j);
	probe_release(&p);
	return there;
}

/* Channel 0: three cycles, which the weights have half as high, beside a constant that the window does not have: 16/2 *
 * 0.5 = 4. Channel 1: 2 and the fastest change, 1; weights 0.125 and 0.25: 16 * 0.25 = 4 and 16 * 0.25 = 4. */
START_TEST(a_sine_stands_in_one_band)
{
	enum { T = 16 };
	real w[C * T], x[T * C], map[T * C];
	double R[(T / 2 + 1) * C], want[(T / 2 + 1) * C] = { 0 };
	int64_t steps;
	for (int t = 0; t < T; t++) {
		double sine = sin(2 * 3.14159265358979323846 * 3 * t / T);
		x[t * C] = (real)sine;
		x[t * C + 1] = (real)(2 + (t % 2 ? -1 : 1));
		w[t] = (real)(0.5 * sine + 0.25);
		w[T + t] = (real)(0.125 + (t % 2 ? -0.25 : 0.25));
	}
	struct model *m = linear(T, w);
	want[3 * C] = want[0 * C + 1] = want[8 * C + 1] = 4;
	ck_assert(spectrum(m, "gradient-input", x, map, R, &steps));
	for (int i = 0; i < (T / 2 + 1) * C; i++)
		ck_assert_double_eq_tol(R[i], want[i], close_to(10));
	/* from the mean of each channel, the constant of channel 1 explains nothing */
	want[1] = 0;
	ck_assert(spectrum(m, "integrated", x, map, R, &steps));
	for (int i = 0; i < (T / 2 + 1) * C; i++)
		ck_assert_double_eq_tol(R[i], want[i], close_to(10));
	model_free(m);
}
END_TEST

static const struct {
	const char *method;
	int64_t T;
	double R[7 * C];
} recorded[] = {
#include "tests/unit/spectrum_numbers.h"
};

START_TEST(spectra_are_those_of_numpy)
{
	int64_t T = recorded[_i].T, steps;
	real x[MOST * C], map[MOST * C];
	double R[MOST * C];
	struct model *m = curved(T);
	window_of(T, x);
	ck_assert(spectrum(m, recorded[_i].method, x, map, R, &steps));
	ck_assert(!steps || steps == 16);
	for (int64_t i = 0; i < spectrum_bands(T) * C; i++)
		ck_assert_msg(fabs(R[i] - recorded[_i].R[i]) < close_to(1),
		              "%s, T %d, number %d: %.15g instead of %.15g", recorded[_i].method, (int)T, (int)i, R[i],
		              recorded[_i].R[i]);
	model_free(m);
}
END_TEST

/* Of each channel by itself, for windows of even and odd length and of one step. */
START_TEST(bands_add_up_to_the_sum_of_the_map)
{
	static const int64_t lengths[] = { 1, 2, 3, 31, 32, MOST };
	int64_t T = lengths[_i], steps;
	struct model *m = curved(T);
	for (int i = 0; saliency_methods[i].name; i++) {
		real x[MOST * C], map[MOST * C];
		double R[MOST * C];
		window_of(T, x);
		if (!saliency_methods[i].spectrum)
			continue;
		ck_assert(spectrum(m, saliency_methods[i].name, x, map, R, &steps));
		for (int64_t c = 0; c < C; c++) {
			double sum = 0, bands = 0, size = 0;
			for (int64_t t = 0; t < T; t++) {
				sum += (double)map[t * C + c];
				size += fabs((double)map[t * C + c]);
			}
			for (int64_t k = 0; k < spectrum_bands(T); k++)
				bands += R[k * C + c];
			/* one step is its own mean */
			ck_assert(size > 0 || (T == 1 && !strcmp(saliency_methods[i].name, "integrated")));
			ck_assert_double_eq_tol(bands, sum, close_to(1 + size));
		}
	}
	model_free(m);
}
END_TEST

START_TEST(methods_without_a_mean_gradient_have_no_spectrum)
{
	enum { T = 12 };
	struct model *m = curved(T);
	int with = 0;
	for (int i = 0; saliency_methods[i].name; i++) {
		real x[T * C], map[T * C];
		double R[(T / 2 + 1) * C] = { 7 };
		int64_t steps;
		const char *name = saliency_methods[i].name;
		window_of(T, x);
		bool there = spectrum(m, name, x, map, R, &steps);
		ck_assert_int_eq(there, !strcmp(name, "gradient-input") || !strcmp(name, "integrated"));
		ck_assert(there == (fabs(R[0] - 7) > 0));
		with += there;
	}
	ck_assert_int_eq(with, 2);
	model_free(m);
}
END_TEST

/* After other maps, another method and another window. */
START_TEST(an_analysis_keeps_the_spectrum_of_its_target)
{
	enum { T = 12 };
	static const char *const methods[] = { "integrated", "gradient", "gradient-input", "integrated" };
	struct model *m = curved(T);
	struct analysis *a = analysis_new(m);
	real x[T * C];
	double before = 0;
	window_of(T, x);
	for (int i = 0; i < 8; i++) {
		struct question q = *analysis_question(a);
		q.method = saliency_find(methods[i % 4]);
		q.target = (struct target){ .kind = TARGET_SUM };
		x[3] += i == 4;
		analysis_window(a, x, NULL, -1);
		analysis_ask(a, &q);
		const real *map = analysis_saliency(a, -1, 0);
		analysis_saliency(a, 1, 2);
		const double *R = analysis_spectrum(a);
		ck_assert((R != NULL) == (i % 4 != 1));
		double sum = 0, bands = 0;
		for (int k = 0; R && k < T * C; k++)
			sum += (double)map[k];
		for (int64_t k = 0; R && k < spectrum_bands(T) * C; k++)
			bands += R[k];
		ck_assert_double_eq_tol(bands, sum, close_to(10));
		ck_assert(!R || fabs(bands - before) > 1e-3 || i == 4);
		before = R ? bands : before;
	}
	analysis_free(a);
	model_free(m);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, a_sine_stands_in_one_band);
	tcase_add_loop_test(c, spectra_are_those_of_numpy, 0, sizeof recorded / sizeof *recorded);
	tcase_add_loop_test(c, bands_add_up_to_the_sum_of_the_map, 0, 6);
	tcase_add_test(c, an_analysis_keeps_the_spectrum_of_its_target);
	tcase_add_test(c, methods_without_a_mean_gradient_have_no_spectrum);
}
UNIT_MAIN_WITH("spectrum", setup)
