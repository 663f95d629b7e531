/* Edited windows in the browser: every number is that of the window that a reader of its raw rows gets. */
#include "core/edit/edit.h"
#include "tests/unit/world.h"

/* What the network says of a window by itself, without browser and worker. */
static double alone(const struct world *w, const real *x, real *map)
{
	struct analysis *a = analysis_new(w->m);
	struct question q = w->u.s.q;
	q.edited = NULL;
	analysis_window(a, x, NULL, -1);
	analysis_ask(a, &q);
	double y = (double)analysis_output(a)[0];
	if (map)
		memcpy(map, analysis_saliency(a, -1, 0), (size_t)(w->m->T * w->m->C) * sizeof *map);
	analysis_free(a);
	return y;
}

/* Everything on the screen is that of the window x. */
static void check_shows(struct world *w, const real *x)
{
	struct ui *u = &w->u;
	int64_t n = w->m->T * w->m->C;
	real *map = calloc((size_t)n, sizeof *map);
	ck_assert(!memcmp(u->scene.input, x, (size_t)n * sizeof *x));
	ck_assert_double_eq_tol((double)u->scene.output[0], alone(w, x, map), 1e-5);
	const real *shown = scene_map(&u->scene, -1, 0);
	ck_assert_ptr_nonnull(shown);
	unit_close("saliency", shown, map, n, 1e-4, 1e-7);
	free(map);
}

START_TEST(a_computed_window_is_shown_beside_the_one_in_the_file)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	int64_t n = w.m->T * w.m->C;
	real *file = calloc((size_t)n, sizeof *file), *x = calloc((size_t)n, sizeof *x);
	ui_resize(u, 80, 24);
	dataset_window(&w.d, 3, file);
	memcpy(x, file, (size_t)n * sizeof *x);
	for (int64_t t = 0; t < 5; t++)
		x[t * w.m->C] += (real)2.5;
	struct edited *e = edited_of(&w.d, 3, x);
	ui_changed(u, ui_edited_beside(u, e));
	edited_drop(e);
	show(u, VIEW_NETWORK);
	ck_assert(u->s.q.edited != NULL && u->s.q.window == 3 && u->pin.on && !u->pin.q.edited);
	check_shows(&w, u->s.q.edited->x);
	ck_assert(screen_has(u, "3*/", 0, 1) && screen_has(u, "edited", 1, 2) && screen_has(u, "intact", 1, 2));
	ck_assert(!memcmp(u->pin.input, file, (size_t)n * sizeof *file));
	double changed = (double)u->scene.output[0];
	/* compared: the pin is the file's window */
	show(u, VIEW_COMPARE);
	ck_assert(screen_has(u, "3*", 2, 12));
	ck_assert_double_eq_tol((double)u->pin.output[0], alone(&w, file, NULL), 1e-5);
	ck_assert(fabs(changed - alone(&w, file, NULL)) > 1e-3);
	/* the way from 3 to 3* to 4, and back */
	press(u, "]");
	ck_assert(u->s.q.window == 4 && !u->s.q.edited);
	press(u, "[");
	ck_assert(u->s.q.window == 3 && u->s.q.edited);
	ck_assert_double_eq((double)u->scene.output[0], changed);
	press(u, "[");
	ck_assert(u->s.q.window == 3 && !u->s.q.edited);
	ck_assert(!memcmp(u->scene.input, file, (size_t)n * sizeof *file));
	press(u, "[");
	ck_assert(u->s.q.window == 2);
	press(u, "# 3 * enter");
	ck_assert(u->s.q.window == 3 && u->s.q.edited);
	free(file);
	free(x);
	world_release(&w);
}
END_TEST

/* What a reader of the window's raw rows gets. */
static void check_edited(struct world *w)
{
	const struct edited *e = w->u.s.q.edited;
	ck_assert_ptr_nonnull(e);
	struct edited *again = edited_copy(e);
	edited_derive(again, &w->d);
	ck_assert(!memcmp(again->x, e->x, (size_t)(e->T * e->C) * sizeof *e->x));
	check_shows(w, again->x);
	edited_drop(again);
}

START_TEST(each_key_moves_the_numbers_and_undo_brings_every_bit_back)
{
	/* each changes the window: in turn on one step, a segment, one channel */
	static const char *const keys[] = { "k", "k",           "l l j", "v l l l f", "S f",       "L", "tab V s",
		                            "+", "-",           "r",     "D",         "= 7 enter", "u", "D",
		                            "k", "esc y l l P", "R",     "tab k",     "G j" };
	enum { KEYS = sizeof keys / sizeof *keys };
	struct world w;
	world_make_scaled(&w, "standard");
	struct ui *u = &w.u;
	int64_t n = w.m->T * w.m->C;
	real *file = calloc((size_t)n, sizeof *file);
	const struct edited *state[KEYS + 1] = { NULL };
	ui_resize(u, 80, 24);
	dataset_window(&w.d, 5, file);
	press(u, "E");
	ck_assert_int_eq(u->s.view, VIEW_EDIT);
	int steps = u->undo.at, at = 0;
	for (int i = 0; i < KEYS; i++) {
		press(u, keys[i]);
		if (!strcmp(keys[i], "u")) {
			ck_assert(u->s.q.edited == state[--at]);
			continue;
		}
		if (u->s.q.edited == state[at]) /* a step that changes nothing says so */
			ck_assert_msg(strstr(u->message, "nothing changes") != NULL, "%s: %s", keys[i], u->message);
		else {
			edited_drop(state[++at]); /* of a step that was taken back */
			state[at] = edited_hold(u->s.q.edited);
		}
		if (u->s.q.edited)
			check_edited(&w);
		ck_assert_int_eq(u->undo.at, steps + at);
	}
	ck_assert_int_gt(at, KEYS - 6);
	for (; at > 0; at--) {
		press(u, "u");
		ck_assert_msg(u->s.q.edited == state[at - 1], "step %d: %s", at, u->message);
	}
	ck_assert(!memcmp(u->scene.input, file, (size_t)n * sizeof *file));
	ck_assert(u->s.edits.n == 0);
	press(u, "ctrl-r ctrl-r");
	check_edited(&w);
	press(u, "u u");
	for (int i = 1; i < KEYS; i++)
		edited_drop(state[i] != state[0] ? state[i] : NULL);
	free(file);
	world_release(&w);
}
END_TEST

/* The edited window is there in all views, stays when one goes to another window, and can be pinned; the steps of a
 * pinned one can be put into another. */
START_TEST(an_edited_window_stays_and_is_pinned)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 80, 24);
	press(u, "E V r");
	check_edited(&w);
	const struct edited *kept = edited_hold(u->s.q.edited);
	for (int v = 0; v < VIEW_COUNT; v++) {
		show(u, (enum view_id)v);
		ck_assert_msg(u->s.q.edited == kept, "%s", u->view->name);
		ck_assert_msg(screen_has(u, "5*", 0, 1), "%s", u->view->name);
		check_shows(&w, kept->x);
	}
	press(u, "# 9 enter # 5 * enter");
	ck_assert(u->s.q.edited == kept);
	press(u, "E a");
	ck_assert(!u->s.q.edited && u->s.q.window == 5);
	press(u, "a p");
	ck_assert(u->pin.on && u->pin.q.edited == kept);
	press(u, "} V O");
	ck_assert(u->s.q.window == 15 && u->s.q.edited);
	ck_assert(!memcmp(u->s.q.edited->raw, kept->raw, (size_t)(kept->T * kept->own) * sizeof *kept->raw));
	ck_assert_int_eq(u->s.edits.n, 2);
	press(u, "Q");
	edited_drop(kept);
	world_release(&w);
}
END_TEST

/* The salient segment has no smaller sum than any other, and flattening a channel leaves the others. */
START_TEST(the_salient_segment_is_the_largest_of_all)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	int64_t T = w.m->T, C = w.m->C;
	ui_resize(u, 80, 24);
	press(u, "E v l l l l S");
	struct span p = editor_segment(&u->editor);
	const real *map = scene_map(&u->scene, -1, 0);
	double most = -1, found = 0;
	for (int64_t from = 0; from + 5 <= T; from++) {
		double sum = 0;
		for (int64_t k = from * C; k < (from + 5) * C; k++)
			sum += fabs((double)map[k]);
		most = sum > most ? sum : most;
		found = from == p.from ? sum : found;
	}
	ck_assert(p.n == 5);
	ck_assert_double_eq_tol(found, most, 1e-9);
	press(u, "S");
	ck_assert(editor_segment(&u->editor).n == 5 && strstr(u->message, "chance"));
	world_release(&w);
}
END_TEST

UNIT_MAIN("editor", a_computed_window_is_shown_beside_the_one_in_the_file,
          each_key_moves_the_numbers_and_undo_brings_every_bit_back, an_edited_window_stays_and_is_pinned,
          the_salient_segment_is_the_largest_of_all)
