/* Saliency carried forward (core/band/band.h) equals that of one backward pass a filter, in every layer that it covers.
 */
#include <math.h>
#include "core/band/band.h"
#include "core/run/run.h"
#include "core/kernels/tile.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

/* least: how many layers the band must cover, so that a plan that covers nothing cannot pass. */
static const struct {
	const char *path;
	int least;
} nets[] = {
	{ "tests/onnx/fcn_13.onnx", 3 },         { "tests/onnx/resnet_13.onnx", 8 },
	{ "tests/onnx/inception_13.onnx", 8 },   { "tests/onnx/tcn_13.onnx", 2 },
	{ "tests/onnx/separable_13.onnx", 2 },   { "tests/onnx/squeeze_excite_13.onnx", 1 },
	{ "tests/onnx/lstm_fcn_13.onnx", 1 },    { "tests/onnx/gru_13.onnx", 0 },
	{ "tests/onnx/autoencoder_13.onnx", 1 }, { "tests/onnx/forecaster_13.onnx", 1 },
	{ "tests/onnx/activations_13.onnx", 1 }, { "tests/onnx/norms_13.onnx", 1 },
	{ "tests/onnx/plane_13.onnx", 0 },       { "tests/onnx/series_13.onnx", 0 },
	{ "tests/keras/chain.h5", 3 },           { "tests/keras/mixed.h5", 1 },
	{ "tests/keras/residual.h5", 2 },        { "../shared/models/internet_traffic.h5", 6 },
};
enum { N_NETS = sizeof nets / sizeof *nets };

static struct model *open_net(const char *path)
{
	struct read_options o = { .no_sandbox = true };
	struct err e = { 0 };
	struct model *m = read_model(path, &o, &e);
	ck_assert_msg(m != NULL, "%s: %s", path, e.text);
	return m;
}

static struct run *run_window(const struct model *m)
{
	size_t n = (size_t)(m->T * m->C);
	real *tc = xcalloc(n, sizeof *tc), *native = xcalloc(n, sizeof *native);
	for (size_t i = 0; i < n; i++)
		tc[i] = (real)(sin(0.37 * (double)i + 1) + 0.4 * cos(1.9 * (double)i));
	model_pack(m, tc, native);
	struct run *r = run_new(m->graph);
	run_input(r, 0, native);
	free(tc);
	free(native);
	return r;
}

static real ***maps_new(const struct model *m, const struct band *b)
{
	real ***map = xcalloc((size_t)m->n_layer, sizeof *map);
	for (int l = 0; l < m->n_layer; l++) {
		if (!band_covers(b, l))
			continue;
		map[l] = xcalloc((size_t)m->layer[l].filters, sizeof **map);
		for (int64_t f = 0; f < m->layer[l].filters; f++)
			map[l][f] = xcalloc((size_t)(m->T * m->C), sizeof ***map);
	}
	return map;
}

static void maps_free(const struct model *m, real ***map)
{
	for (int l = 0; l < m->n_layer; l++)
		for (int64_t f = 0; map[l] && f < m->layer[l].filters; f++)
			free(map[l][f]);
	for (int l = 0; l < m->n_layer; l++)
		free(map[l]);
	free(map);
}

static void by_backward(const struct model *m, struct run *r, const struct layer *l, int64_t f, real *map)
{
	size_t n = (size_t)(l->filters * l->times);
	real *rows = xcalloc(n, sizeof *rows), *seed = xcalloc(n, sizeof *seed);
	for (int64_t t = 0; t < l->times; t++)
		rows[f * l->times + t] = 1;
	layer_unrows(m, l, rows, seed);
	run_want_clear(r);
	run_want(r, m->input);
	run_backward(r, l->act, seed);
	const real *g = run_grad(r, m->input);
	ck_assert_ptr_nonnull(g);
	model_unpack(m, g, map);
	for (int64_t i = 0; i < m->T * m->C; i++)
		map[i] = real_abs(map[i]);
	free(rows);
	free(seed);
}

/* Returns the number of layers that were covered. */
static int compare(const struct model *m, struct run *r)
{
	struct band *b = band_new(m, m->layer, m->n_layer);
	real ***map = maps_new(m, b), ***cut = maps_new(m, b), *want = xcalloc((size_t)(m->T * m->C), sizeof *want);
	int covered = 0;
	run_forward(r);
	band_maps(b, r, (real *const *const *)map);
	band_chunk(b, 5);
	band_maps(b, r, (real *const *const *)cut);
	for (int l = 0; l < m->n_layer; l++) {
		covered += map[l] != NULL;
		for (int64_t f = 0; map[l] && f < m->layer[l].filters; f++) {
			double most = 0;
			char what[200];
			by_backward(m, r, &m->layer[l], f, want);
			for (int64_t i = 0; i < m->T * m->C; i++)
				most = fmax(most, (double)want[i]);
			snprintf(what, sizeof what, "%s %s filter %d", m->file, m->layer[l].name, (int)f);
			unit_close(what, map[l][f], want, m->T * m->C, 1e-5, 1e-5 * most);
			unit_close(what, cut[l][f], want, m->T * m->C, 1e-5, 1e-5 * most);
		}
	}
	free(want);
	maps_free(m, map);
	maps_free(m, cut);
	band_free(b);
	return covered;
}

START_TEST(maps_equal_those_of_backward_passes)
{
	if (!strncmp(nets[_i].path, "../shared", 9) && access(nets[_i].path, R_OK))
		unit_skip("no %s", nets[_i].path);
	struct model *m = open_net(nets[_i].path);
	struct run *r = run_window(m);
	for (const struct isa *isa = isa_table; isa->name; isa++)
		if (isa_select(isa->name)) {
			int covered = compare(m, r);
			ck_assert_msg(covered >= nets[_i].least, "%s: only %d layers are covered", nets[_i].path,
			              covered);
		}
	run_free(r);
	model_free(m);
}
END_TEST

START_TEST(filters_switched_off_pass_nothing_on)
{
	struct model *m = open_net("tests/onnx/resnet_13.onnx");
	struct run *r = run_window(m);
	for (int l = 0; l < m->n_layer; l++)
		if (m->layer[l].kind == LAYER_ANALYSED && m->layer[l].has_time && m->layer[l].axis_f >= 0)
			run_switch_off(r, m->layer[l].act, m->layer[l].axis_f, m->layer[l].filters / 2);
	ck_assert_int_gt(r->n_off, 1);
	compare(m, r);
	run_free(r);
	model_free(m);
}
END_TEST

/* ---- operators that no network of tests/onnx has behind a convolution ---- */

enum { T = 12, C = 2 };
static struct err e;

static int op(struct model *m, const char *name, int n_in, const int *in, int n_attr, const struct attr *a)
{
	int v = graph_op(m->graph, name, NULL, n_in, in, n_attr, a, &e);
	ck_assert_msg(v >= 0, "%s: %s", name, e.text);
	return v;
}
static int numbers(struct model *m, const struct shape *s, double size, double more)
{
	real v[64];
	for (int64_t i = 0; i < shape_count(s); i++)
		v[i] = (real)(size * sin(1.7 * (double)i + 0.4) + more);
	return graph_const_real(m->graph, NULL, s, v, true, &e);
}
static int ints(struct model *m, int n, const int64_t *v)
{
	return graph_const_int(m->graph, NULL, &(struct shape){ 1, { n } }, v, &e);
}

static int by_mod(struct model *m, int x)
{
	struct attr fmod = attr_i("fmod", 1);
	return op(m, "Mod", 2, (int[]){ x, numbers(m, &(struct shape){ 1, { 1 } }, 0, 0.7) }, 1, &fmod);
}
static int by_where(struct model *m, int x)
{
	int mask = ints(m, T, (int64_t[]){ 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0 });
	return op(m, "Where", 3, (int[]){ mask, x, op(m, "Neg", 1, &x, 0, NULL) }, 0, NULL);
}
static int by_where_constant(struct model *m, int x)
{
	int mask = ints(m, T, (int64_t[]){ 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0 });
	return op(m, "Where", 3, (int[]){ mask, x, numbers(m, &(struct shape){ 1, { 1 } }, 0, 3) }, 0, NULL);
}
/* An axis more and back again; in between the layer has its filters and steps. */
static int by_reshape(struct model *m, int x)
{
	int four[] = { x, ints(m, 4, (int64_t[]){ 1, 3, T, 1 }) };
	int y = op(m, "Relu", 1, (int[]){ op(m, "Reshape", 2, four, 0, NULL) }, 0, NULL);
	return op(m, "Reshape", 2, (int[]){ y, ints(m, 3, (int64_t[]){ 1, 3, T }) }, 0, NULL);
}

static const struct {
	const char *name;
	int (*build)(struct model *m, int x);
} through[] = {
	{ "Mod", by_mod },
	{ "Where", by_where },
	{ "Where, else a constant", by_where_constant },
	{ "Reshape", by_reshape },
};

START_TEST(the_band_goes_through)
{
	struct model *m = model_new("through.json", "test");
	int x = model_input(m, "input", "InputLayer", "NCT", T, C, 1, &e), l = 0, y = x;
	struct attr same = attr_is("pads", 2, (int64_t[]){ 1, 1 });
	struct shape w[] = { { 3, { 3, C, 3 } }, { 3, { 3, 3, 3 } } };
	for (int k = 0; k < 2; k++) {
		y = op(m, "Conv", 2, (int[]){ y, numbers(m, &w[k], 1, 0.1) }, 1, &same);
		l = model_layer(m, k ? "after" : "before", "Conv", "", LAYER_ANALYSED, y, y, 1, &l, &e);
		if (k)
			break;
		y = through[_i].build(m, y);
		l = model_layer(m, "through", through[_i].name, "", LAYER_ANALYSED, y, y, 1, &l, &e);
	}
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	struct run *r = run_window(m);
	int covered = compare(m, r);
	ck_assert_msg(covered == 3, "%s: only %d layers are covered", through[_i].name, covered);
	run_free(r);
	model_free(m);
}
END_TEST

/* The steps are 8 of the window apart, and chunks 5, so that a reader which takes each second step is ahead of one that
 * takes all, and leaves out a step that the other needs later. */
START_TEST(no_step_is_left_out_between_readers)
{
	enum { STEPS = 352 };
	struct model *m = model_new("apart.json", "test");
	int x = model_input(m, "input", "InputLayer", "NCT", STEPS, C, 1, &e), l = 0;
	struct attr by[] = { attr_is("strides", 1, (int64_t[]){ 8 }), attr_is("strides", 1, (int64_t[]){ 2 }) };
	struct shape w[] = { { 3, { 2, C, 8 } }, { 3, { 2, 2, 1 } }, { 3, { 2, 2, 3 } } };
	int stem = op(m, "Conv", 2, (int[]){ x, numbers(m, &w[0], 1, 0.1) }, 1, &by[0]);
	int all = op(m, "Relu", 1, &stem, 0, NULL);
	int second = op(m, "Conv", 2, (int[]){ stem, numbers(m, &w[1], 1, 0.1) }, 1, &by[1]);
	int end = op(m, "Conv", 2, (int[]){ second, numbers(m, &w[2], 1, 0.1) }, 0, NULL);
	l = model_layer(m, "all", "Relu", "", LAYER_ANALYSED, all, all, 1, &l, &e);
	l = model_layer(m, "end", "Conv", "", LAYER_ANALYSED, end, end, 1, &l, &e);
	ck_assert_msg(!model_finish(m, end, &e), "%s", e.text);
	struct run *r = run_window(m);
	ck_assert_int_eq(compare(m, r), 2);
	run_free(r);
	model_free(m);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, maps_equal_those_of_backward_passes, 0, N_NETS);
	tcase_add_test(c, filters_switched_off_pass_nothing_on);
	tcase_add_loop_test(c, the_band_goes_through, 0, sizeof through / sizeof *through);
	tcase_add_test(c, no_step_is_left_out_between_readers);
}

UNIT_MAIN_WITH("band", setup)
