/* A small network with its data in the browser, for tests of the screens: keys go in, and the screen is text. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "src/read/read_model.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"
#include "ui/browse/browser.h"
#include "ui/views/views.h"

struct world {
	struct model *m;
	struct dataset d;
	struct browse_options o;
	struct ui u;
};

/* With the scaling of this name. */
static inline void world_make_scaled(struct world *w, const char *scale)
{
	const char *const options[][2] = { { "columns", "load,temp" }, { "predict", "load" }, { "scale", scale } };
	struct read_options r = { 0 };
	struct recipe recipe;
	struct table t;
	struct err e;
	memset(w, 0, sizeof *w);
	recipe_init(&recipe);
	w->m = read_model("tests/screens/net.json", &r, &e);
	ck_assert_msg(w->m != NULL, "%s", e.text);
	ck_assert_msg(!table_from_file(&t, "tests/screens/load.csv", &e), "%s", e.text);
	for (int i = 0; i < 3; i++)
		ck_assert_msg(recipe_set(&recipe, options[i][0], options[i][1], &e) >= 0, "%s", e.text);
	ck_assert_msg(!dataset_cut(&w->d, &t, &recipe, w->m, &e), "%s", e.text);
	table_release(&t);
	recipe_release(&recipe);
	w->o = (struct browse_options){ .m = w->m, .d = &w->d, .q = { .task = TASK_REGRESSION }, .glyphs = "braille" };
	ck_assert_msg(!ui_init(&w->u, &w->o, &e), "%s", e.text);
	w->u.patient = true;
	ui_update(&w->u);
	/* something to compare */
	pin_set(&w->u.pin, &w->u.s);
	ui_changed(&w->u, CHANGED_LOOK);
	ui_update(&w->u);
	ui_changed(&w->u, session_window(&w->u.s, 5));
	ui_update(&w->u);
}

static inline void world_make(struct world *w)
{
	world_make_scaled(w, "none");
}

static inline void world_release(struct world *w)
{
	ui_release(&w->u);
	dataset_release(&w->d);
	model_free(w->m);
}

static inline void show(struct ui *u, enum view_id v)
{
	ui_changed(u, session_view(&u->s, v, false));
	ui_update(u);
	ui_draw(u);
}

/* Row y of the screen; the caller frees it. */
static inline char *screen_row(const struct ui *u, int y)
{
	char *all = NULL, *row, *rest;
	size_t size = 0;
	FILE *f = open_memstream(&all, &size);
	canvas_print(&u->canvas, f);
	fclose(f);
	rest = all;
	while ((row = strsep(&rest, "\n")) && y-- > 0)
		;
	row = strdup(row ? row : "");
	free(all);
	return row;
}

/* Is the text on the screen, in a row from `top` to the one before `end`? */
static inline bool screen_has(const struct ui *u, const char *text, int top, int end)
{
	bool has = false;
	for (int y = top; y < end && !has; y++) {
		char *row = screen_row(u, y);
		has = strstr(row, text) != NULL;
		free(row);
	}
	return has;
}

static inline void press(struct ui *u, const char *keys)
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

#endif
