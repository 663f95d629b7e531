/* What levels 1 to 4 and the filter view show is what the model and the core say. */
#include "src/read/read_model.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"
#include "ui/browse/browser.h"
#include "ui/state/format.h"
#include "ui/views/views.h"

struct world {
	struct model *m;
	struct dataset d;
	struct browse_options o;
	struct ui u;
};

/* columns: those of the window and of the true values; task_name as --task. */
static void world_of(struct world *w, const char *model, const char *columns, enum task task, const char *view)
{
	struct read_options r = { 0 };
	struct recipe recipe;
	struct table t;
	struct err e;
	char path[64];
	memset(w, 0, sizeof *w);
	recipe_init(&recipe);
	snprintf(path, sizeof path, "tests/screens/%s.json", model);
	w->m = read_model(path, &r, &e);
	ck_assert_msg(w->m != NULL, "%s", e.text);
	ck_assert_msg(!table_from_file(&t, "tests/screens/load.csv", &e), "%s", e.text);
	ck_assert_msg(recipe_set(&recipe, "columns", columns, &e) >= 0, "%s", e.text);
	if (task == TASK_REGRESSION)
		ck_assert_msg(recipe_set(&recipe, "predict", "load", &e) >= 0, "%s", e.text);
	ck_assert_msg(!model_set_task(w->m, task, &recipe, &e), "%s", e.text);
	ck_assert_msg(!dataset_cut(&w->d, &t, &recipe, w->m, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&recipe);
	w->o = (struct browse_options){
		.m = w->m, .d = &w->d, .q = { .task = task }, .glyphs = "braille", .view = view
	};
	ck_assert_msg(!ui_init(&w->u, &w->o, &e), "%s", e.text);
	w->u.patient = true;
	ui_update(&w->u);
	ui_draw(&w->u);
}

static void world_make(struct world *w, const char *view)
{
	world_of(w, "net", "load,temp", TASK_REGRESSION, view);
}

static void world_release(struct world *w)
{
	ui_release(&w->u);
	dataset_release(&w->d);
	model_free(w->m);
}

static void resize(struct ui *u, int w, int h)
{
	ui_resize(u, w, h);
	ui_update(u);
	ui_draw(u);
}

__attribute__((unused)) static void press(struct ui *u, const char *keys)
{
	struct err e;
	int *key = NULL, n = keys_parse(keys, &key, &e);
	ck_assert_int_gt(n, 0);
	for (int i = 0; i < n; i++) {
		ui_key(u, key[i]);
		ui_update(u);
	}
	ui_draw(u);
	free(key);
}

/* The whole screen as text; the caller frees it. */
static char *screen(const struct ui *u)
{
	char *all = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&all, &size);
	canvas_print(&u->canvas, f);
	fclose(f);
	return all;
}

static bool has(const struct ui *u, const char *text)
{
	char *all = screen(u);
	bool yes = strstr(all, text) != NULL;
	free(all);
	return yes;
}

/* ---- level 1 ---- */

START_TEST(kinds_have_short_names)
{
	static const char *const cases[][2] = {
		{ "Convolution1D", "Conv" },
		{ "Conv1D", "Conv" },
		{ "Conv", "Conv" },
		{ "MaxPooling1D", "MaxPool" },
		{ "GlobalAveragePooling1D", "GlobalAvgPool" },
		{ "GlobalAveragePool", "GlobalAvgPool" },
		{ "BatchNormalization", "BatchNorm" },
		{ "Gemm", "Dense" },
		{ "LSTM", "LSTM" },
	};
	char b[48];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_str_eq(kind_word(&(struct layer){ .type = cases[i][0] }, b, sizeof b), cases[i][1]);
}
END_TEST

START_TEST(layers_speak_in_words_before_abbreviations)
{
	struct layer conv = { .type = "Conv", .has_time = true, .detail = "64 k3 s2 same relu" },
	             dense = { .type = "Dense", .detail = "1" }, pool = { .type = "MaxPool", .detail = "k2 s2 same" },
	             add = { .type = "Add", .detail = "relu" };
	char b[96];
	ck_assert_str_eq(layer_words(&conv, 80, b, sizeof b), "64 filters, kernel 3, stride 2, same, relu");
	ck_assert_str_eq(layer_words(&conv, 30, b, sizeof b), "64 filters, kernel 3, stride 2");
	ck_assert_str_eq(layer_words(&conv, 20, b, sizeof b), "64 filters, kernel 3");
	ck_assert_str_eq(layer_words(&conv, 19, b, sizeof b), "64 filters k3 s2");
	ck_assert_str_eq(layer_words(&conv, 15, b, sizeof b), "64 filters k3");
	ck_assert_str_eq(layer_words(&conv, 10, b, sizeof b), "64 k3 s2");
	ck_assert_str_eq(layer_words(&conv, 5, b, sizeof b), "64 k3");
	ck_assert_str_eq(layer_words(&dense, 20, b, sizeof b), "1 unit");
	ck_assert_str_eq(layer_words(&pool, 20, b, sizeof b), "kernel 2, stride 2");
	ck_assert_str_eq(layer_words(&pool, 8, b, sizeof b), "k2 s2");
	ck_assert_str_eq(layer_words(&add, 20, b, sizeof b), "relu");
}
END_TEST

/* Layers that only move values are not counted. */
START_TEST(the_title_of_level_1_counts_the_layers_by_kind)
{
	struct world w;
	world_make(&w, "network");
	int conv = 0, pool = 0, dense = 0;
	for (int i = 0; i < w.m->n_layer; i++) {
		conv += !strncmp(w.m->layer[i].type, "Conv", 4);
		pool += !strncmp(w.m->layer[i].type, "MaxPool", 7);
		dense += !strcmp(w.m->layer[i].type, "Dense") || !strcmp(w.m->layer[i].type, "Gemm");
	}
	ck_assert(conv > 1 && pool > 0 && dense > 0);
	char want[128];
	snprintf(want, sizeof want, "%d Conv, %d MaxPool, %d Dense   %lld parameters", conv, pool, dense,
	         (long long)w.m->params);
	ck_assert(has(&w.u, want)); /* 80 columns */
	resize(&w.u, 40, 12);
	snprintf(want, sizeof want, "%d Conv, %d MaxPool, %d Dense\n", conv, pool, dense);
	ck_assert(has(&w.u, want));
	world_release(&w);
}
END_TEST

/* Between 40 and 250 columns the prediction has its place on level 1, whatever the task. */
START_TEST(level_1_shows_the_output_at_every_width)
{
	struct world w;
	for (int k = 0; k < 2; k++) {
		if (k)
			world_of(&w, "auto", "load,temp", TASK_RECONSTRUCTION, "network");
		else
			world_make(&w, "network");
		for (int width = 40; width <= 250; width += 3)
			for (int height = 12; height <= 60; height += 6) {
				resize(&w.u, width, height);
				const struct rect *r = &w.u.panel.output;
				ck_assert_msg(r->w >= 18 && r->h >= 2, "%dx%d: output %dx%d", width, height, r->w,
				              r->h);
				if (!k)
					continue;
				ck_assert_msg(has(&w.u, "output  error"), "%dx%d: no head", width, height);
			}
		world_release(&w);
	}
}
END_TEST

/* On a high screen the input is as wide as the screen, and below the boxes stand the filters in the order of their
 * importance, with its number. */
START_TEST(a_high_screen_has_the_input_at_full_width_and_the_best_filters)
{
	struct world w;
	world_make(&w, "network");
	resize(&w.u, 200, 50);
	ck_assert_int_eq(w.u.panel.input.w, 200);
	for (int i = 0; i < w.m->n_layer; i++) {
		const struct rows *r = &w.u.scene.rows[i];
		if (w.m->layer[i].kind != LAYER_ANALYSED || r->F < 2 || r->times < 2 || layer_thins(w.m, i) >= 0)
			continue;
		char head[96];
		snprintf(head, sizeof head, "%s importance of %lld filters", w.m->layer[i].name, (long long)r->F);
		ck_assert_msg(has(&w.u, head), "%s", head);
		/* the first column begins the line */
		snprintf(head, sizeof head, "\n#%d ", r->importance->order[0]);
		ck_assert_msg(i != w.u.s.column[0] || has(&w.u, head), "%s:%s", w.m->layer[i].name, head);
	}
	world_release(&w);
}
END_TEST

/* ---- pools that only thin ---- */

START_TEST(a_pool_that_thins_has_the_importance_of_its_convolution)
{
	struct world w;
	world_make(&w, "layers");
	int pools = 0;
	w.u.whole = true;
	ui_changed(&w.u, CHANGED_LOOK);
	ui_update(&w.u);
	for (int i = 0; i < w.m->n_layer; i++) {
		int of = layer_thins(w.m, i);
		if (of < 0)
			continue;
		pools++;
		const struct rows *pool = &w.u.scene.rows[i], *conv = &w.u.scene.rows[of];
		ck_assert(pool->loaded && conv->loaded && pool->F == conv->F);
		for (int f = 0; f < pool->F; f++) {
			ck_assert_double_eq_tol(pool->scaled[f], conv->scaled[f], 1e-5);
			ck_assert_double_eq_tol(pool->numbers->range[f].hi, conv->numbers->range[f].hi, 1e-6);
		}
	}
	ck_assert_int_eq(pools, 1);
	world_release(&w);
}
END_TEST

/* A network of a convolution, a max-pooling with this kernel and stride, and a dense layer. also: a second layer reads
 * the convolution. Returns what layer_thins says of the pool. */
static int thins(const char *op, int64_t kernel, int64_t stride, bool also)
{
	struct model *m = model_new("t", "test");
	struct err e;
	real w[3 * 2 * 3] = { 1, 2, 3 };
	int x = model_input(m, "x", "Input", "NCT", 24, 2, 1, &e);
	struct shape s = { 3, { 3, 2, 3 } };
	struct attr a[2] = { attr_is("kernel_shape", 1, &kernel), attr_is("strides", 1, &stride) };
	int c = graph_op(m->graph, "Conv", "conv", 2, (int[]){ x, graph_const_real(m->graph, "w", &s, w, true, &e) }, 0,
	                 NULL, &e);
	int conv = model_layer(m, "conv", "Conv", "", LAYER_ANALYSED, c, c, 1, (int[]){ 0 }, &e);
	int p = graph_op(m->graph, op, "pool", 1, &c, 2, a, &e);
	ck_assert_msg(p >= 0, "%s", e.text);
	int pool = model_layer(m, "pool", op, "", LAYER_ANALYSED, p, p, 1, &conv, &e), y = p;
	if (also) {
		int z = graph_op(m->graph, "GlobalAveragePool", "mean", 1, &c, 0, NULL, &e);
		model_layer(m, "mean", "GlobalAveragePool", "", LAYER_ANALYSED, z, z, 1, &conv, &e);
		y = graph_op(m->graph, "Add", "y", 2, (int[]){ p, z }, 0, NULL, &e);
		model_layer(m, "add", "Add", "", LAYER_ANALYSED, y, y, 2, (int[]){ pool, pool + 1 }, &e);
	}
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	int of = layer_thins(m, pool);
	ck_assert_int_eq(layer_thins(m, conv), -1);
	model_free(m);
	return of;
}

START_TEST(only_a_max_pooling_whose_windows_lie_apart_thins)
{
	ck_assert_int_eq(thins("MaxPool", 2, 2, false), 1);
	ck_assert_int_eq(thins("MaxPool", 2, 3, false), 1);
	ck_assert_int_eq(thins("MaxPool", 3, 2, false), -1);
	ck_assert_int_eq(thins("AveragePool", 2, 2, false), -1);
	ck_assert_int_eq(thins("MaxPool", 2, 2, true), -1);
}
END_TEST

UNIT_MAIN("levels", kinds_have_short_names, layers_speak_in_words_before_abbreviations,
          the_title_of_level_1_counts_the_layers_by_kind, level_1_shows_the_output_at_every_width,
          a_high_screen_has_the_input_at_full_width_and_the_best_filters,
          a_pool_that_thins_has_the_importance_of_its_convolution, only_a_max_pooling_whose_windows_lie_apart_thins)
