/* The frequency response: of kernels against numpy, and as measured against a forward pass in plain loops. */
#include "core/analysis/response.h"
#include "tests/unit/response_numbers.h"
#include "tests/unit/unit.h"

START_TEST(kernels_have_the_transform_that_numpy_computes)
{
	for (size_t i = 0; i < sizeof response_cases / sizeof *response_cases; i++) {
		double gain[RESPONSE_BINS];
		response_of_kernel(response_cases[i].w, response_cases[i].taps, response_cases[i].dilation, gain);
		for (int k = 0; k < RESPONSE_BINS; k++)
			ck_assert_double_eq_tol(gain[k], response_cases[i].gain[k], 1e-6);
	}
	ck_assert_double_eq(response_frequency(RESPONSE_BINS - 1), 0.5);
}
END_TEST

enum { T = 40, C = 2, F = 3, G = 2, K = 3, T1 = T - K + 1, T2 = T1 - K + 1 };

struct weights {
	real first[F][C][K], second[G][F][K];
};

static struct weights weights(void)
{
	struct weights w;
	real *v = &w.first[0][0][0];
	for (size_t i = 0; i < sizeof w / sizeof *v; i++)
		v[i] = (real)((int)(i * 7 % 13) - 6) / 8;
	return w;
}

/* Two convolutions without padding, a relu between them: layers 1 and 2. */
static struct model *network(const struct weights *w)
{
	struct model *m = model_new("t", "test");
	struct graph *g = m->graph;
	struct err e;
	int x = model_input(m, "x", "Input", "NCT", T, C, 1, &e);
	struct shape s = { 3, { F, C, K } };
	int a = graph_op(g, "Conv", "a", 2, (int[]){ x, graph_const_real(g, "wa", &s, &w->first[0][0][0], true, &e) },
	                 0, NULL, &e);
	model_layer(m, "a", "Conv", "", LAYER_ANALYSED, a, a, 1, (int[]){ 0 }, &e);
	int z = graph_op(g, "Relu", "z", 1, &a, 0, NULL, &e);
	s = (struct shape){ 3, { G, F, K } };
	int b = graph_op(g, "Conv", "b", 2, (int[]){ z, graph_const_real(g, "wb", &s, &w->second[0][0][0], true, &e) },
	                 0, NULL, &e);
	model_layer(m, "b", "Conv", "", LAYER_ANALYSED, b, b, 1, (int[]){ 1 }, &e);
	ck_assert_msg(!model_finish(m, b, &e), "%s", e.text);
	return m;
}

static const real *measure(struct response *r)
{
	int64_t channels;
	int steps = 1;
	while (response_step(r))
		steps++;
	ck_assert_int_eq(steps, 1 + 2 * C * RESPONSE_BINS);
	const real *v = response_get(r, &channels);
	ck_assert_int_eq(channels, C);
	return v;
}

START_TEST(a_linear_layer_measures_as_its_kernel_says)
{
	struct weights w = weights();
	struct model *m = network(&w);
	struct response *r = response_new(m, NULL, 1);
	const real *v = measure(r);
	for (int f = 0; f < F; f++)
		for (int c = 0; c < C; c++) {
			double gain[RESPONSE_BINS];
			response_of_kernel(w.first[f][c], K, 1, gain);
			for (int k = 0; k < RESPONSE_BINS; k++)
				ck_assert_double_eq_tol(v[(f * C + c) * RESPONSE_BINS + k], gain[k], 1e-4);
		}
	response_free(r);
	model_free(m);
}
END_TEST

/* The network in plain loops, in double precision. */
static void forward(const struct weights *w, double x[C][T], double y[G][T2])
{
	double h[F][T1];
	for (int f = 0; f < F; f++)
		for (int t = 0; t < T1; t++) {
			h[f][t] = 0;
			for (int c = 0; c < C; c++)
				for (int k = 0; k < K; k++)
					h[f][t] += (double)w->first[f][c][k] * x[c][t + k];
			h[f][t] = h[f][t] > 0 ? h[f][t] : 0;
		}
	for (int g = 0; g < G; g++)
		for (int t = 0; t < T2; t++) {
			y[g][t] = 0;
			for (int f = 0; f < F; f++)
				for (int k = 0; k < K; k++)
					y[g][t] += (double)w->second[g][f][k] * h[f][t + k];
		}
}

START_TEST(a_deeper_layer_measures_as_a_forward_pass_in_plain_loops)
{
	struct weights w = weights();
	struct model *m = network(&w);
	struct response *r = response_new(m, NULL, 2);
	const real *v = measure(r);
	for (int c = 0; c < C; c++)
		for (int k = 0; k < RESPONSE_BINS; k++) {
			double sum[G] = { 0 };
			for (int phase = 0; phase < 2; phase++) {
				double x[C][T] = { { 0 } }, y[G][T2];
				for (int t = 0; t < T; t++)
					x[c][t] = sin(6.283185307179586 * k / 64 * t + phase * 1.5707963267948966);
				forward(&w, x, y);
				for (int g = 0; g < G; g++)
					for (int t = 0; t < T2; t++)
						sum[g] += y[g][t] * y[g][t] / T2;
			}
			for (int g = 0; g < G; g++)
				ck_assert_double_eq_tol(v[(g * C + c) * RESPONSE_BINS + k], sqrt(sum[g]), 1e-4);
		}
	response_free(r);
	model_free(m);
}
END_TEST

UNIT_MAIN("response", kernels_have_the_transform_that_numpy_computes, a_linear_layer_measures_as_its_kernel_says,
          a_deeper_layer_measures_as_a_forward_pass_in_plain_loops)
