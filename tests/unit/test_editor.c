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

UNIT_MAIN("editor", a_computed_window_is_shown_beside_the_one_in_the_file)
