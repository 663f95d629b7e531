/* The spectrum in the browser: it adds up to the map, follows the question, and a method without one says so. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/world.h"

static double map_sum(const struct ui *u)
{
	const real *map = scene_map(&u->scene, -1, 0);
	double sum = 0;
	ck_assert_ptr_nonnull(map);
	for (int64_t i = 0; i < u->s.m->T * u->s.m->C; i++)
		sum += (double)map[i];
	return sum;
}

/* The text of the view; its bands, a line each, added up. */
static char *printed(struct ui *u, double *sum, int *bands)
{
	char *text, *save = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	u->view->dump(u, f);
	fclose(f);
	*sum = *bands = 0;
	char *copy = xstrdup(text);
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *p = strstr(line, ": load ");
		if (!p)
			continue;
		double load = 0, temp = 0;
		ck_assert_int_eq(sscanf(p, ": load %lf, temp %lf", &load, &temp), 2);
		*sum += load + temp;
		++*bands;
	}
	free(copy);
	return text;
}

START_TEST(the_bands_of_the_view_add_up_to_the_map)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	double sum, before = 0;
	int bands;
	/* another method, another baseline, another window, another target */
	static const char *const keys[] = { "m", "m", "B", "]", "t" };
	ui_resize(u, 80, 24);
	press(u, "F");
	ck_assert_int_eq(u->s.view, VIEW_SPECTRUM);
	for (int i = 0; i < 5; i++) {
		press(u, keys[i]);
		char *text = printed(u, &sum, &bands);
		ck_assert_int_eq(bands, 13);
		ck_assert_msg(fabs(sum - map_sum(u)) < 1e-5 * (1 + fabs(sum)), "%s: %g instead of %g", keys[i], sum,
		              map_sum(u));
		ck_assert_msg(fabs(sum - before) > 1e-7, "%s changes nothing", keys[i]);
		ck_assert(strstr(text, i ? "by integrated gradients" : "by gradient x input") != NULL);
		ck_assert(screen_has(u, "as the map", 0, 23));
		before = sum;
		free(text);
	}
	world_release(&w);
}
END_TEST

START_TEST(other_methods_say_that_they_have_no_spectrum)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 80, 24);
	press(u, "F");
	for (int i = 0; saliency_methods[i].name; i++, press(u, "m")) {
		ck_assert_int_eq(u->s.q.method, i);
		bool there = saliency_methods[i].spectrum;
		ck_assert_msg(screen_has(u, "has no spectrum", 0, 23) == !there, "%s", saliency_methods[i].name);
		ck_assert(screen_has(u, " Hz", 0, 23) == there);
		double sum;
		int bands;
		char *text = printed(u, &sum, &bands);
		ck_assert((strstr(text, "m changes the method") != NULL) == !there && (bands == 0) == !there);
		free(text);
	}
	world_release(&w);
}
END_TEST

UNIT_MAIN("spectrum_view", the_bands_of_the_view_add_up_to_the_map, other_methods_say_that_they_have_no_spectrum)
