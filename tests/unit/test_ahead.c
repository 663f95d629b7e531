/* Keys and clicks that are faster than the screen: each view is left, made too small, or clicked into before it was
 * drawn. Random keys (tests/fuzz/play.c) found what is tested here. */
#include "tests/unit/world.h"
#include "ui/actions/actions.h"

static void copy(struct ui *u)
{
	ui_changed(u, action_run(u, action_find("copy"), NULL));
}

static void resize(struct ui *u, int w, int h)
{
	ui_resize(u, w, h);
	ui_update(u);
	ui_draw(u);
}

/* On a screen that is too small no view is laid out, and some know nothing. What is copied there is what a usual screen
 * shows, and the screen stays as small as it is. */
START_TEST(a_screen_that_is_too_small_copies_the_same)
{
	struct world w;
	world_make(&w);
	for (int v = 0; v < VIEW_COUNT; v++) {
		char *small;
		resize(&w.u, 20, 5);
		ui_changed(&w.u, session_view(&w.u.s, (enum view_id)v, false));
		copy(&w.u);
		ck_assert_msg(w.u.copied != NULL, "%s", all_views[v]->name);
		ck_assert(w.u.canvas.w == 20 && w.u.canvas.h == 5 && !w.u.frame.usable);
		small = w.u.copied;
		w.u.copied = NULL;
		resize(&w.u, 80, 24);
		copy(&w.u);
		ck_assert_msg(w.u.copied != NULL, "%s", all_views[v]->name);
		ck_assert_msg(!strcmp(small, w.u.copied), "%s", all_views[v]->name);
		free(small);
		free(w.u.copied);
		w.u.copied = NULL;
	}
	world_release(&w);
}
END_TEST

/* A click comes when the screen still shows one view, and another one was gone to: what the first had there is not
 * selected in the second. */
START_TEST(a_click_is_about_the_view_that_is_there_now)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int v = 0; v < VIEW_COUNT; v++)
		for (int to = 0; to < VIEW_COUNT; to++) {
			show(u, (enum view_id)v);
			struct zone zone[64];
			int n = u->canvas.n_zone < 64 ? u->canvas.n_zone : 64;
			memcpy(zone, u->canvas.zone, sizeof *zone * (size_t)n);
			for (int i = 0; i < n; i += 1 + n / 4) {
				show(u, (enum view_id)v);
				ui_changed(u, session_view(&u->s, (enum view_id)to, false));
				u->pointer_x = zone[i].r.x;
				u->pointer_y = zone[i].r.y;
				ui_key(u, KEYS_CLICK);
				int layer = u->s.layer;
				ck_assert_msg(layer >= 0 && u->s.m->layer[layer].kind == LAYER_ANALYSED &&
				                      u->s.filter[layer] < u->s.m->layer[layer].filters,
				              "%s, then %s, zone %d: layer %d", all_views[v]->name, all_views[to]->name,
				              i, layer);
				ui_update(u);
				ui_draw(u);
			}
		}
	world_release(&w);
}
END_TEST

/* Two clusters of conv1, which has 6 filters, are compared, and conv2, which has 4, is selected before the next layout.
 * No map is asked for of a filter that is not there. */
START_TEST(a_map_that_is_asked_for_is_of_its_layer)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_changed(u, session_clusters(&u->s, u->s.q.cluster_method, 3));
	show(u, VIEW_CLUSTERS);
	for (const char *key = "V  P"; *key; key++) {
		ui_key(u, *key);
		ui_update(u);
		ui_draw(u);
	}
	ck_assert_int_eq(u->s.view, VIEW_PAIR);
	ck_assert_int_gt(u->scene.n_picked, 0);
	int most = 0, layer = u->s.layer;
	for (int i = 0; i < u->scene.n_picked; i++)
		most = u->scene.picked[i] > most ? u->scene.picked[i] : most;
	for (int i = 0; i < u->s.m->n_layer; i++)
		if (u->s.m->layer[i].kind == LAYER_ANALYSED && u->s.m->layer[i].filters <= most)
			layer = i;
	ck_assert_int_ne(layer, u->s.layer);
	session_layer(&u->s, layer);
	scene_list_missing(&u->scene, &u->s);
	for (int i = 0; i < u->scene.n_ask; i++)
		if (u->scene.ask[i].kind == ANSWER_MAP)
			ck_assert_int_lt(u->scene.ask[i].filter, u->s.m->layer[layer].filters);
	world_release(&w);
}
END_TEST

UNIT_MAIN("ahead", a_map_that_is_asked_for_is_of_its_layer, a_screen_that_is_too_small_copies_the_same,
          a_click_is_about_the_view_that_is_there_now)
