/* What levels 1 to 4 and the filter view show is what the model and the core say. */
#include "src/read/read_model.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"
#include <math.h>
#include "core/base/text.h"
#include "ui/browse/browser.h"
#include "ui/parts/axis.h"
#include "ui/parts/versus.h"
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

static void press(struct ui *u, const char *keys)
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
	char *copy = strdup(all);
	free(all);
	return copy;
}

static bool has(const struct ui *u, const char *text)
{
	char *all = screen(u);
	bool yes = strstr(all, text) != NULL;
	free(all);
	return yes;
}

/* How far behind the text `after` the screen has `text`; -1: it does not. */
static int where(const struct ui *u, const char *after, const char *text)
{
	char *all = screen(u), *from = strstr(all, after), *at = from ? strstr(from, text) : NULL;
	int far = at ? (int)(at - from) : -1;
	free(all);
	return far;
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

/* At 80 columns the columns are layers that differ: the pool stands in the header of its convolution, until v gives it
 * a column of its own. */
START_TEST(pools_are_folded_into_their_convolutions)
{
	struct world w;
	world_make(&w, "layers");
	struct ui *u = &w.u;
	resize(u, 80, 24);
	ck_assert(has(u, "conv1 \u2192 pool1 ") && has(u, " conv2 ") && has(u, " dense "));
	ck_assert(!has(u, "\u203a"));
	press(u, "v");
	ck_assert(!has(u, "\u2192") && has(u, " pool1 ") && has(u, " conv2 ") && has(u, "+1 \u203a"));
	press(u, "l l l");
	ck_assert(has(u, "pool1 ") && has(u, " conv2 ") && has(u, "dense ") && has(u, "\u2039 +1"));
	press(u, "h h V");
	ck_assert(has(u, "conv1 \u2192 pool1 "));
	ck_assert_str_eq(session_layer_now(&u->s)->name, "conv1");
	press(u, "V");
	ck_assert(has(u, " pool1 "));
	/* a measure under which both differ */
	press(u, "V M");
	ck_assert(importance_measures[u->s.q.measure].before && !has(u, "\u2192") && has(u, " pool1 "));
	world_release(&w);
}
END_TEST

/* Rows of the plot of a filter: from its own row to the next filter's. */
static int plot_height(const struct ui *u, int layer, int f)
{
	for (int i = u->canvas.n_zone - 1; i >= 0; i--)
		if (u->canvas.zone[i].a == layer && u->canvas.zone[i].b == f)
			return u->canvas.zone[i].r.h;
	return 0;
}

START_TEST(plots_of_level_2_are_as_high_as_they_are_important)
{
	static const int size[][3] = { { 80, 24, 4 }, { 120, 40, 4 }, { 200, 50, 8 } };
	struct world w;
	world_make(&w, "layers");
	struct ui *u = &w.u;
	for (int i = 0; i < 3; i++) {
		resize(u, size[i][0], size[i][1]);
		press(u, "% 7 0 enter");
		const struct rows *r = &u->scene.rows[u->s.layer];
		ck_assert_int_ge(r->n_list, 2);
		ck_assert_int_ge(plot_height(u, u->s.layer, r->list[0]), size[i][2]);
		press(u, "% 0 enter");
		int last = 99;
		for (int k = 0; k < r->n_list; k++) {
			int h = plot_height(u, u->s.layer, r->list[k]);
			ck_assert_msg(h <= last, "%d columns, row %d: %d after %d", size[i][0], k, h, last);
			last = h ? h : last;
		}
		ck_assert_int_gt(plot_height(u, u->s.layer, r->list[0]),
		                 plot_height(u, u->s.layer, r->list[r->n_list - 1]));
	}
	world_release(&w);
}
END_TEST

/* ---- level 3 ---- */

START_TEST(level_3_shows_its_sort_keys_and_the_numbers)
{
	struct world w;
	world_make(&w, "grid");
	struct ui *u = &w.u;
	resize(u, 80, 24);
	ck_assert(has(u, "importance \u25be|index|cluster|activity|look|peak"));
	press(u, "I");
	ck_assert(has(u, "importance \u25b4|index"));
	press(u, "I s s s s");
	ck_assert(has(u, "|look \u25be"));
	/* by look: the filters that look at the first channel most, in falling order, then the others */
	const struct rows *r = &u->scene.rows[u->s.layer];
	int64_t C = w.m->C;
	ck_assert_int_eq(r->looked, r->F);
	for (int i = 1; i < r->n_order; i++) {
		const double *a = r->look + r->order[i - 1] * C, *b = r->look + r->order[i] * C;
		ck_assert(C == 2 && (a[0] >= a[1] || b[1] > b[0]));
		if ((a[0] >= a[1]) == (b[0] >= b[1]))
			ck_assert(fmax(a[0], a[1]) >= fmax(b[0], b[1]));
	}
	world_release(&w);
}
END_TEST

/* ---- level 4 ---- */

/* The prototype is the mean of the scaled activations, and a folded cluster is a line of it with size, importance and
 * what its filters look at. */
START_TEST(a_folded_cluster_is_a_line_with_its_prototype)
{
	struct world w;
	world_make(&w, "clusters");
	struct ui *u = &w.u;
	resize(u, 100, 30);
	press(u, "K 3 enter V");
	const struct rows *r = &u->scene.rows[u->s.layer];
	const struct layer_clusters *q = r->clusters;
	ck_assert_int_eq(q->k, 3);
	for (int k = 0; k < q->k; k++) {
		double look[2] = { 0, 0 }, importance = 0;
		for (int64_t t = 0; t < r->times; t++) {
			double sum = 0;
			for (int f = 0; f < r->F; f++) {
				struct series v = rows_series(r, f);
				struct range range = series_range(v);
				if (q->label[f] == k && range.hi > range.lo)
					sum += ((double)v.v[t] - range.lo) / (range.hi - range.lo);
			}
			ck_assert_double_eq_tol(sum / q->size[k], q->prototype[k * r->times + t], 1e-6);
		}
		for (int f = 0; f < r->F; f++)
			for (int ch = 0; ch < 2; ch++)
				look[ch] += q->label[f] == k ? r->look[f * 2 + ch] / q->size[k] : 0;
		for (int f = 0; f < r->F; f++)
			importance += q->label[f] == k ? r->scaled[f] / q->size[k] : 0;
		char want[64];
		snprintf(want, sizeof want, "\u25b8 %c  %3d filter%s  importance %.2f", cluster_letter(k), q->size[k],
		         q->size[k] == 1 ? " " : "s", importance);
		ck_assert_msg(has(u, want), "%s", want);
		snprintf(want, sizeof want, "load %.0f%%  ", 100 * look[0]);
		ck_assert_msg(has(u, want), "%s", want);
		snprintf(want, sizeof want, "temp %.0f%%", 100 * look[1]);
		ck_assert_msg(has(u, want), "%s", want);
	}
	press(u, "V");
	ck_assert(!has(u, "\u25b8"));
	press(u, "v");
	ck_assert(has(u, "\u25b8 ") && has(u, "mean importance"));
	world_release(&w);
}
END_TEST

/* ---- the filter view ---- */

/* The strongest windows are rows with a plot; Enter goes from one to the next, and a click to the one clicked. */
START_TEST(the_filter_view_shows_its_strongest_windows_and_goes_to_them)
{
	struct world w;
	world_make(&w, "filter");
	struct ui *u = &w.u;
	const struct answer *t = u->scene.top;
	char want[64];
	ck_assert(t && t->n >= 2 && t->done == w.d.n);
	snprintf(want, sizeof want, "strongest of %lld windows", (long long)w.d.n);
	ck_assert_msg(has(u, want), "%s", want);
	for (int i = 0; i < 2; i++) {
		const struct zone *z = NULL;
		for (int k = 0; k < u->canvas.n_zone; k++)
			z = u->canvas.zone[k].b == -1 - i ? &u->canvas.zone[k] : z;
		ck_assert_ptr_nonnull(z);
		/* braille at the right end of its row */
		int32_t glyph = u->canvas.cell[z->r.y * u->canvas.w + z->r.x + z->r.w - 1].cp;
		ck_assert_msg(glyph > 0x2800 && glyph <= 0x28ff, "window %d: %x", i, (unsigned)glyph);
	}
	for (int i = 0; i < t->n; i++) {
		struct top_window to = t->top[i];
		press(u, "enter");
		ck_assert_int_eq(u->s.q.window, to.window);
		ck_assert_int_eq(u->s.time[u->s.layer], to.time);
		t = u->scene.top;
	}
	press(u, "enter");
	ck_assert_int_eq(u->s.q.window, t->top[0].window);
	for (int k = 0; k < u->canvas.n_zone; k++)
		if (u->canvas.zone[k].b == -2) {
			unsigned changed = 0;
			u->view->pick(u, &u->canvas.zone[k], u->canvas.zone[k].r.x, &changed);
			ck_assert_uint_ne(changed & CHANGED_WINDOW, 0);
			break;
		}
	ck_assert_int_eq(u->s.q.window, t->top[1].window);
	world_release(&w);
}
END_TEST

/* The frequency response has its place from 80x24 on. */
START_TEST(the_filter_view_shows_the_frequency_response)
{
	static const int size[][2] = { { 80, 24 }, { 120, 40 }, { 200, 50 } };
	struct world w;
	world_make(&w, "filter");
	for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
		resize(&w.u, size[i][0], size[i][1]);
		ck_assert_msg(has(&w.u, "response"), "%dx%d", size[i][0], size[i][1]);
	}
	world_release(&w);
}
END_TEST

/* The channels of a kernel stand in the order of the input where all have room. */
START_TEST(a_kernel_lists_channels_in_the_order_of_the_input)
{
	struct world w;
	world_make(&w, "filter");
	ck_assert(has(&w.u, "mean ")); /* with few windows above, there is room for it */
	resize(&w.u, 120, 40);
	ck_assert_int_gt(where(&w.u, "kernel, 2 channels", "load "), 0);
	ck_assert_int_gt(where(&w.u, "kernel, 2 channels", "temp "), where(&w.u, "kernel, 2 channels", "load "));
	ck_assert_int_gt(where(&w.u, "kernel, 2 channels", "weights "), where(&w.u, "kernel, 2 channels", "temp "));
	world_release(&w);
}
END_TEST

/* ---- two things beside each other ---- */

/* The marks of both lines lie on their dots. */
START_TEST(marks_lie_on_their_lines)
{
	enum { N = 60, W = 60, H = 4 };
	struct world w;
	world_make(&w, "layers");
	struct canvas both, one;
	struct rect r = { 0, 0, W, H };
	struct range range = { -1, 1 };
	real a[N], b[N];
	int marks = 0;
	for (int i = 0; i < N; i++) {
		a[i] = (real)sin(i * 1.3);
		b[i] = (real)cos(i * 0.9);
	}
	canvas_init(&both, W, H);
	versus_plot(&w.u, &both, r, series_of(a, N), series_of(b, N), range);
	for (int k = 0; k < 2; k++) {
		canvas_init(&one, W, H);
		plot_line(&one, w.u.g, r, series_of(k ? b : a, N), range, (struct paint){ .style = S_LINE });
		for (int i = 0; i < W * H; i++)
			if (both.cell[i].cp == (k ? w.u.g->predicted : w.u.g->truth)) {
				ck_assert_msg(one.cell[i].cp > 0x2800 && one.cell[i].cp <= 0x28ff,
				              "line %d: the mark at column %d, row %d is beside it", k, i % W, i / W);
				marks++;
			}
		canvas_release(&one);
	}
	ck_assert_int_gt(marks, 8);
	canvas_release(&both);
	world_release(&w);
}
END_TEST

/* Each line keeps its colour where it stands alone in a cell, and a cell of both has the colour of neither. Without
 * colours there are more marks. */
START_TEST(two_lines_in_one_plot_are_told_apart)
{
	enum { N = 60, W = 60, H = 2 };
	struct world w;
	world_make(&w, "layers");
	struct rect r = { 0, 0, W, H };
	real a[N], b[N];
	int alone[2] = { 0 }, shared = 0, marks[2] = { 0 };
	for (int i = 0; i < N; i++) { /* close together first, then apart */
		a[i] = (real)(i < N / 2 ? 0.5 : -0.9);
		b[i] = (real)(i < N / 2 ? 0.6 : 0.9);
	}
	for (int mono = 0; mono < 2; mono++) {
		struct canvas c;
		canvas_init(&c, W, H);
		w.u.colours = mono ? COLOURS_MONO : COLOURS_256;
		versus_plot(&w.u, &c, r, series_of(a, N), series_of(b, N), (struct range){ -1, 1 });
		for (int i = 0; i < W * H; i++) {
			marks[mono] += c.cell[i].cp == w.u.g->truth || c.cell[i].cp == w.u.g->predicted;
			if (mono || c.cell[i].cp <= 0x2800 || c.cell[i].cp > 0x28ff)
				continue;
			bool close = i % W < N / 2 - 1;
			shared += close && c.cell[i].style == S_LINE;
			ck_assert(!close || c.cell[i].style == S_LINE);
			alone[0] += !close && c.cell[i].style == S_TRUE;
			alone[1] += !close && c.cell[i].style == S_PREDICTED;
		}
		canvas_release(&c);
	}
	ck_assert_int_gt(shared, W / 3);
	ck_assert_int_gt(alone[0], W / 3);
	ck_assert_int_gt(alone[1], W / 3);
	ck_assert_int_gt(marks[1], 2 * marks[0]);
	world_release(&w);
}
END_TEST

/* Two clusters stand in the order in which they were marked. What P needs is said, and fits 80 columns. */
START_TEST(clusters_are_compared_in_the_order_of_marking)
{
	struct world w;
	world_make(&w, "clusters");
	struct ui *u = &w.u;
	press(u, "P");
	ck_assert_msg(strstr(u->message, "no two clusters"), "%s", u->message);
	press(u, "K 2 enter P");
	ck_assert_msg(strstr(u->message, "mark two clusters") && text_width(u->message) <= 78, "%s", u->message);
	const struct rows *r = &u->scene.rows[u->s.layer];
	ck_assert_int_eq(r->clusters->k, 2);
	for (int first = 0; first < 2; first++) {
		int pair[2];
		press(u, "U");
		for (int k = 0; k < 2; k++) {
			int f = 0;
			while (r->clusters->label[f] != (k ? !first : first))
				f++;
			ui_changed(u, session_filter(&u->s, f));
			press(u, "space");
		}
		ck_assert(scene_pair(&u->scene, &u->s, pair));
		ck_assert_int_eq(pair[0], first);
		ck_assert_int_eq(pair[1], !first);
	}
	press(u, "P P");
	ck_assert_int_eq(u->s.view, VIEW_PAIR);
	ck_assert_msg(strstr(u->message, "two clusters are compared"), "%s", u->message);
	world_release(&w);
}
END_TEST

/* Beside the axis stand its unit, how many channels are seen, and which part of the window. */
START_TEST(the_axis_says_what_is_not_seen)
{
	struct world w;
	world_make(&w, "layers");
	struct canvas *c = &w.u.canvas;
	canvas_clear(c);
	axis_label(&w.u, c, (struct rect){ 0, 0, 12, 1 }, "step", 1);
	ck_assert(has(&w.u, "step, 1/2 ch"));
	canvas_clear(c);
	axis_label(&w.u, c, (struct rect){ 0, 0, 12, 1 }, "step", 2);
	ck_assert(has(&w.u, "step") && !has(&w.u, " ch"));
	press(&w.u, "<");
	canvas_clear(c);
	axis_label(&w.u, c, (struct rect){ 0, 0, 18, 1 }, "step", 1);
	ck_assert(has(&w.u, "step, 1/2 ch \u2595"));
	world_release(&w);
}
END_TEST

/* ---- the heat-map ---- */

/* Which half of a row a filter has, what the bars are, and how many filters are seen. */
START_TEST(a_heat_map_says_what_its_rows_and_bars_are)
{
	struct world w;
	char want[48];
	world_make(&w, "heat");
	struct ui *u = &w.u;
	const struct rows *r = &u->scene.rows[u->s.layer];
	ck_assert(has(u, "importance"));
	ck_assert(has(u, "of filter") && !has(u, "of layer"));
	press(u, "a");
	ck_assert(has(u, "of layer") && !has(u, "of filter"));
	press(u, "a");
	press(u, "Z");
	snprintf(want, sizeof want, "\u2580#%d", r->order[0]);
	ck_assert_msg(has(u, want), "%s", want);
	snprintf(want, sizeof want, "\u2584#%d", r->order[1]);
	ck_assert_msg(has(u, want), "%s", want);
	world_release(&w);
}
END_TEST

UNIT_MAIN("levels", a_kernel_lists_channels_in_the_order_of_the_input, marks_lie_on_their_lines,
          two_lines_in_one_plot_are_told_apart, clusters_are_compared_in_the_order_of_marking,
          the_axis_says_what_is_not_seen, a_heat_map_says_what_its_rows_and_bars_are,
          the_filter_view_shows_its_strongest_windows_and_goes_to_them, the_filter_view_shows_the_frequency_response,
          kinds_have_short_names, layers_speak_in_words_before_abbreviations,
          the_title_of_level_1_counts_the_layers_by_kind, level_1_shows_the_output_at_every_width,
          a_high_screen_has_the_input_at_full_width_and_the_best_filters,
          a_pool_that_thins_has_the_importance_of_its_convolution, only_a_max_pooling_whose_windows_lie_apart_thins,
          pools_are_folded_into_their_convolutions, plots_of_level_2_are_as_high_as_they_are_important,
          level_3_shows_its_sort_keys_and_the_numbers, a_folded_cluster_is_a_line_with_its_prototype)
