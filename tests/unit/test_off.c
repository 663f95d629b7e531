/* What the screens show while filters are switched off, and after they are on again. */
#include "tests/unit/world.h"
#include "ui/parts/findings.h"

/* The browser without a pin, so that it compares with the intact network. */
static void world_bare(struct world *w)
{
	world_make(w);
	pin_release(&w->u.pin);
	ui_changed(&w->u, CHANGED_LOOK);
	ui_update(&w->u);
}

static char *printed(const struct ui *u)
{
	char *all = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&all, &size);
	canvas_print(&u->canvas, f);
	fclose(f);
	return all;
}

/* The text of a view, as --plain has it. */
static char *dumped(struct ui *u)
{
	char *all = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&all, &size);
	u->view->dump(u, f);
	fclose(f);
	return all;
}

/* The rows between the settings and the keys: the view alone. */
static void same_body(struct ui *u, const char *was, const char *keys)
{
	char *now = printed(u), *a = strdup(was), *b = strdup(now), *p = a, *q = b, *x, *y;
	for (int row = 0; (x = strsep(&p, "\n")) && (y = strsep(&q, "\n")); row++)
		if (row > 1 && row < u->canvas.h - 3)
			ck_assert_msg(!strcmp(x, y), "%s, row %d:\n%s\n%s", keys, row, x, y);
	free(a);
	free(b);
	free(now);
}

static void rest(struct ui *u)
{
	ui_changed(u, CHANGED_REST);
	ui_update(u);
	ui_draw(u);
}

/* Switches n filters of a layer off that have activity. */
static void switch_off(struct ui *u, int layer, int n)
{
	const struct rows *r = &u->scene.rows[layer];
	for (int f = 0; f < (int)r->F && n > 0; f++)
		if (!r->dead[f]) {
			filter_set_put(&u->s.q.off, layer, f, true);
			n--;
		}
	ck_assert_int_eq(n, 0);
	ui_changed(u, CHANGED_SWITCHES);
	ui_update(u);
}

/* The same network shows the same, whichever filters were off on the way. */
START_TEST(a_state_looks_the_same_however_it_was_reached)
{
	static const char *const cases[][2] = {
		{ "6", "x x" },
		{ "6 j j", "x x" },
		{ "6 s s s", "x j x A g" },
		{ "6", "space space space D x P esc A g" },
		{ "6 s s", "x 2 6 A" },
		{ "6", "x ] [ j x A g" },
		{ "2", "x ] [ j x A g" },
		{ "4", "x x" },
		{ "4", "2 x P bs 4 x" },
		{ "4", "2 x 4 A" },
		{ "3", "x x" },
		{ "5", "x x" },
		{ "2", "x x" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		world_bare(&w);
		struct ui *u = &w.u;
		ui_resize(u, 100, 30);
		press(u, cases[i][0]);
		press(u, "g");
		rest(u);
		int layer = u->s.layer, f = u->s.filter[layer];
		char *was = printed(u);
		press(u, cases[i][1]);
		ck_assert_int_eq(u->s.q.off.n, 0);
		if (u->s.layer != layer || u->s.filter[layer] != f)
			ui_changed(u, session_layer(&u->s, layer) | session_filter(&u->s, f));
		filter_set_release(&u->s.marks);
		ui_changed(u, CHANGED_MARKS);
		ui_update(u);
		rest(u);
		same_body(u, was, cases[i][1]);
		free(was);
		world_release(&w);
	}
}
END_TEST

/* Two ways to one state show the same, also where the order is held: clusters are those of the network as it is, and
 * the table is not that of another window. */
START_TEST(two_ways_to_a_state_show_the_same)
{
	static const char *const ways[][2] = {
		{ "4", "2 x 4 x" },
		{ "2 x 4", "4 2 x 4" },
		{ "2 x 4", "2 x 4 x x" },
		{ "] 2 x 6", "6 1 ] 2 x 6" },
	};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct world w[2];
		char *first = NULL;
		for (int k = 0; k < 2; k++) {
			struct ui *u = &w[k].u;
			world_bare(&w[k]);
			ui_resize(u, 100, 30);
			ui_changed(u, session_clusters(&u->s, u->s.q.cluster_method, 3));
			press(u, ways[i][k]);
			rest(u);
			if (k)
				same_body(u, first, ways[i][k]);
			else
				first = printed(u);
		}
		ck_assert(filter_set_equal(&w[0].u.s.q.off, &w[1].u.s.q.off));
		free(first);
		world_release(&w[0]);
		world_release(&w[1]);
	}
}
END_TEST

/* A filter that is off does not lift the others: Compare and the rows of a layer have the scale of the reference. */
START_TEST(importance_is_compared_on_one_scale)
{
	static const char *const ways[] = { "6 x P", "p 6 x P", "6 x p A P" };
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct world w;
		world_bare(&w);
		struct ui *u = &w.u;
		press(u, ways[i]);
		const struct pin *p = ui_reference(u);
		ck_assert(p->on && p->alike_importance);
		char *all = dumped(u);
		int seen = 0;
		for (int k = 0; k < u->s.n_column; k++) {
			int layer = u->s.column[k];
			const struct rows *r = &u->scene.rows[layer];
			const struct layer_importance *now = &r->numbers->importance;
			for (int f = 0; p->scaled[layer] && now->raw && f < (int)r->F; f++) {
				char line[96], name[64];
				double v = importance_on(p->range[layer], (double)now->raw[f]);
				snprintf(name, sizeof name, "%s #%d importance", u->s.m->layer[layer].name, f);
				snprintf(line, sizeof line, "%s %.4f, was %.4f", name, v, (double)p->scaled[layer][f]);
				ck_assert_msg(!strstr(all, name) || strstr(all, line), "%s: no '%s' in\n%s", ways[i],
				              line, all);
				seen += strstr(all, line) != NULL;
				/* the layer's own scale is held from the intact network */
				if (i < 2)
					ck_assert_double_eq_tol(r->scaled[f], v, 1e-6);
			}
		}
		ck_assert_int_gt(seen, 0);
		ck_assert(screen_has(u, i ? "importance, pinned 0..1" : "importance, intact 0..1", 2, 24));
		free(all);
		world_release(&w);
	}
}
END_TEST

/* The list of windows is the intact network's in all its cells, and says so. */
START_TEST(the_list_of_windows_is_of_one_network)
{
	struct world w;
	world_bare(&w);
	struct ui *u = &w.u;
	press(u, "w");
	ck_assert(!screen_has(u, "windows, intact", 2, 3) && u->scene.n_peek > 0);
	struct peek was[PEEKS];
	int n = u->scene.n_peek;
	memcpy(was, u->scene.peek, sizeof was);
	show(u, VIEW_LAYERS);
	switch_off(u, u->s.column[0], 3);
	show(u, VIEW_WINDOWS);
	ck_assert(screen_has(u, "windows, intact", 2, 3));
	/* asked for anew */
	ui_changed(u, CHANGED_METHOD);
	ui_update(u);
	for (int i = 0; i < n; i++) {
		const struct peek *q = scene_peek(&u->scene, was[i].window);
		if (q)
			ck_assert(q->step == was[i].step && q->channel == was[i].channel);
	}
	ck_assert_int_gt(u->scene.n_peek, 0);
	world_release(&w);
}
END_TEST

/* Whether a finding has the words in this order. */
static bool finds(const struct findings *l, const char *a, const char *b)
{
	bool any = false;
	for (int i = 0; i < l->n; i++) {
		const char *at = strstr(l->v[i].text, a);
		any |= at && strstr(at, b);
	}
	return any;
}

/* A filter that was switched off is not silent by itself. */
START_TEST(filters_that_are_off_are_not_counted_as_silent)
{
	struct world w;
	struct findings l = { 0 };
	char silent[64];
	world_bare(&w);
	struct ui *u = &w.u;
	show(u, VIEW_FINDINGS);
	int layer = u->s.column[0], n = 0;
	ui_changed(u, session_layer(&u->s, layer));
	ui_update(u);
	const struct rows *r = &u->scene.rows[layer];
	for (int f = 0; f < (int)r->F; f++)
		n += r->dead[f];
	switch_off(u, layer, 2);
	findings_make(u, &l);
	snprintf(silent, sizeof silent, "conv1: %d of %d filter", n, (int)r->F);
	ck_assert(finds(&l, silent, "silent in this window") == (n > 0));
	ck_assert(finds(&l, "conv1: ", "silent in this window") == (n > 0));
	for (int f = 0; f < (int)r->F; f++)
		ck_assert(!scene_facts(&u->scene, &u->s, layer, f).silent || !filter_set_has(&u->s.q.off, layer, f));
	findings_release(&l);
	world_release(&w);
}
END_TEST

UNIT_MAIN("off", a_state_looks_the_same_however_it_was_reached, two_ways_to_a_state_show_the_same,
          importance_is_compared_on_one_scale, the_list_of_windows_is_of_one_network,
          filters_that_are_off_are_not_counted_as_silent)
