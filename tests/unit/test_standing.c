/* Which saliency method may be believed, where its map is shown: the standing of the methods, what `auto` makes of it,
 * its file, and the view of methods. */
#include "src/json/standing_json.h"
#include "tests/unit/world.h"
#include "ui/parts/standing.h"

static int method(const char *name)
{
	int i = saliency_find(name);
	ck_assert_int_ge(i, 0);
	return i;
}

/* A standing of two replacements. */
static void place(struct truth_standing *s, const char *name, double low, double high, double low2, double high2)
{
	struct truth_place *p = &s->place[s->n++];
	*p = (struct truth_place){ .method = method(name), .srg = (low + high + low2 + high2) / 4 };
	for (int how = 0; how < REPLACE_COUNT; how++)
		p->low[how] = p->high[how] = NAN;
	p->low[REPLACE_MEAN] = low, p->high[REPLACE_MEAN] = high;
	p->low[REPLACE_ZERO] = low2, p->high[REPLACE_ZERO] = high2;
	for (int k = 0; k <= TRUTH_STEPS; k++) {
		p->most.d[k] = k / (double)TRUTH_STEPS;
		p->least.d[k] = p->most.d[k] / 2;
	}
	s->windows = 40;
	s->replaces = 1u << REPLACE_MEAN | 1u << REPLACE_ZERO;
	truth_standing_sort(s);
}

START_TEST(auto_leaves_the_default_only_where_the_best_is_clearly_better)
{
	static const struct {
		double best[4], usual[4];
		const char *chosen, *why;
	} row[] = {
		{ { 0.6, 0.7, 0.6, 0.7 }, { 0.4, 0.5, 0.4, 0.5 }, "integrated", "clearly better than gradient" },
		/* under one replacement the intervals meet */
		{ { 0.6, 0.7, 0.5, 0.7 }, { 0.4, 0.5, 0.4, 0.5 }, "gradient", "is not clearly better" },
		{ { 0.4, 0.5, 0.4, 0.5 }, { 0.6, 0.7, 0.6, 0.7 }, "gradient", "which is the best of 2" },
		/* the best is not above 0 under each of them */
		{ { 0.1, 0.2, -0.1, 0.2 }, { -0.5, -0.4, -0.5, -0.4 }, "gradient", "no method is clearly better" },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct truth_standing s = { 0 };
		char why[192];
		const double *a = row[i].best, *b = row[i].usual;
		place(&s, "gradient", b[0], b[1], b[2], b[3]);
		place(&s, "integrated", a[0], a[1], a[2], a[3]);
		ck_assert_str_eq(saliency_methods[truth_choose(&s, why, sizeof why)].name, row[i].chosen);
		ck_assert_msg(strstr(why, row[i].why) && !strncmp(why, row[i].chosen, strlen(row[i].chosen)), "%zu: %s",
		              i, why);
	}
	struct truth_standing none = { 0 };
	char why[192];
	ck_assert_int_eq(truth_choose(&none, why, sizeof why), 0);
	ck_assert_msg(strstr(why, "the output changes under no replacement") != NULL, "%s", why);
}
END_TEST

/* The numbers are those of core/truth, which tests/cli/truth.sh holds against numpy. */
START_TEST(the_view_shows_what_truth_measures)
{
	struct world w;
	struct truth_job j;
	struct truth_result set, here;
	world_make(&w);
	struct ui *u = &w.u;
	show(u, VIEW_METHODS);
	const struct truth_standing *s = truth_of_set(&u->scene.truth), *one = truth_of_window(&u->scene.truth);
	ck_assert(s && one);
	truth_standing_job(&j, w.m, &w.d, &u->s.q);
	ck_assert(truth_run(&j, &set));
	j.windows = 1;
	j.only = u->s.q.window;
	ck_assert(truth_run(&j, &here));
	ck_assert_int_eq(s->windows, w.d.n);
	ck_assert_int_eq(s->n, u->scene.n_method);
	for (int i = 0; i < s->n; i++) {
		const struct truth_place *p = &s->place[i];
		const struct truth_srg *zero = &set.row[p->method].of[REPLACE_ZERO];
		ck_assert(i == 0 || p->srg <= s->place[i - 1].srg);
		ck_assert(p->srg == set.row[p->method].measure[TRUTH_SRG]);
		ck_assert(p->low[REPLACE_ZERO] == zero->low && p->high[REPLACE_ZERO] == zero->high);
		ck_assert(one->place[truth_place_of(one, p->method)].srg == here.row[p->method].measure[TRUTH_SRG]);
		/* the mean of four curves, each of which ends at 1 */
		double at = 0;
		for (int how = 0; how < REPLACE_COUNT; how++)
			at += set.row[p->method].of[how].most.d[3] / set.end[how] / REPLACE_COUNT;
		ck_assert_double_eq_tol(p->most.d[3], at, 1e-12);
		ck_assert_double_eq_tol(p->most.d[TRUTH_STEPS], 1, 1e-9);
		char srg[16];
		snprintf(srg, sizeof srg, "%.2f", p->srg);
		ck_assert_msg(screen_has(u, srg, 0, 24), "%s: %s", saliency_methods[p->method].name, srg);
	}
	truth_release(&set);
	truth_release(&here);
	/* another window: the same standing over the set, another one here */
	double before = one->place[0].srg;
	press(u, "}");
	ck_assert(truth_of_set(&u->scene.truth) == s);
	ck_assert(truth_of_window(&u->scene.truth)->place[0].srg != before);
	/* another target: another standing */
	double best = s->place[0].srg;
	press(u, "t");
	ck_assert(truth_of_set(&u->scene.truth) && truth_of_set(&u->scene.truth)->place[0].srg != best);
	world_release(&w);
}
END_TEST

static bool found(const void *origin, const struct question *q, struct truth_standing *s)
{
	(void)origin, (void)q;
	place(s, "gradient", 0.4, 0.5, 0.4, 0.5);
	place(s, "integrated", 0.6, 0.7, 0.6, 0.7);
	return true;
}

static void not_kept(const void *origin, const struct question *q, const struct truth_standing *s)
{
	(void)origin, (void)q, (void)s;
	ck_abort_msg("what was found need not be kept");
}

START_TEST(auto_follows_what_is_kept_and_the_default_is_one_key_away)
{
	static const struct standing_source source = { found, not_kept };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	u->scene.truth.source = &source;
	u->scene.truth.look = true;
	u->s.auto_method = AUTO_IF_KEPT;
	show(u, VIEW_LAYERS);
	ck_assert_int_eq(u->s.q.method, method("integrated"));
	ck_assert(screen_has(u, "auto: integrated (SRG best of 2)", 1, 2));
	ck_assert(screen_has(u, "method auto: integrated, the best of 2, clearly better than gradient", 23, 24));
	press(u, "] m");
	ck_assert_int_eq(u->s.q.method, 0);
	ck_assert(screen_has(u, "sal gradient (SRG 2nd of 2)", 1, 2) && !screen_has(u, "auto", 1, 2));
	press(u, "u"); /* back to auto */
	ck_assert(u->s.q.method == method("integrated") && screen_has(u, "auto: integrated", 1, 2));
	/* the standing is that of the whole network */
	press(u, "x");
	ck_assert(!screen_has(u, "(SRG ", 1, 2));
	press(u, "A m");
	for (int i = 0; i < u->scene.n_method; i++)
		press(u, "m");
	ck_assert(truth_follows(&u->scene.truth, &u->s) && u->s.q.method == method("integrated"));
	world_release(&w);
}
END_TEST

/* Nothing is measured before view 7 is opened, or auto is asked for. */
START_TEST(nothing_is_measured_unasked)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	show(u, VIEW_FINDINGS);
	show(u, VIEW_LAYERS);
	ck_assert(u->scene.truth.at[0].asked == TRUTH_NOT_ASKED && u->scene.truth.at[1].asked == TRUTH_NOT_ASKED);
	press(u, ": m e t h o d space a u t o enter");
	ck_assert(truth_of_set(&u->scene.truth) && u->s.auto_method == AUTO_MEASURED);
	world_release(&w);
}
END_TEST

static char *text_of(const struct truth_standing *s, size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);
	standing_json(f, s, "0", "net", "load");
	fclose(f);
	return text;
}

START_TEST(a_file_is_read_as_it_was_written)
{
	struct truth_standing s = { 0 }, read;
	struct err e;
	size_t n, again;
	place(&s, "gradient", 0.25, 0.5, 0.25, 0.5);
	place(&s, "integrated", 0.5, 0.75, 0.5, 0.75);
	place(&s, "grad-cam", 0, 0, 0, 0);
	s.place[2].srg = NAN;
	char *text = text_of(&s, &n);
	ck_assert_msg(!standing_parse(&read, "s", text, n, &e), "%s", e.text);
	char *twice = text_of(&read, &again);
	ck_assert(n == again && !memcmp(text, twice, n));
	/* a text that is cut, or has another byte anywhere, is refused or read, and nothing else */
	for (size_t i = 0; i < n; i++) {
		char was = text[i];
		(void)standing_parse(&read, "s", text, i, &e);
		text[i] = (char)(was ^ 1);
		if (!standing_parse(&read, "s", text, n, &e))
			ck_assert(read.n <= TRUTH_METHODS_MAX && read.windows > 0);
		text[i] = was;
	}
	free(text);
	free(twice);
}
END_TEST

START_TEST(a_file_of_something_else_is_refused)
{
	static const char *const bad[][2] = {
		{ "\"kind\":\"truth-standing\"", "\"kind\":\"truth\"" },
		{ "\"schema\":1", "\"schema\":2" },
		{ "\"windows\":40", "\"windows\":0" },
		{ "\"mean\"", "\"mode\"" },
		{ "\"gradient\"", "\"integrated\"" },
		{ "\"low\":[0.5", "\"low\":[0.5,0.5" },
		{ "\"most_first\":[0", "\"most_first\":[null" },
	};
	struct truth_standing s = { 0 }, read;
	struct err e;
	size_t n;
	place(&s, "gradient", 0.25, 0.5, 0.25, 0.5);
	place(&s, "integrated", 0.5, 0.75, 0.5, 0.75);
	s.replaces = 1u << REPLACE_MEAN;
	char *text = text_of(&s, &n);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t from = 0, length = strlen(bad[i][0]);
		while (from < n && strncmp(text + from, bad[i][0], length) != 0)
			from++;
		ck_assert_msg(from < n, "%s", bad[i][0]);
		char *other = xasprintf("%.*s%s%s", (int)from, text, bad[i][1], text + from + length);
		ck_assert_msg(standing_parse(&read, "s", other, strlen(other), &e) != 0, "%s", bad[i][1]);
		free(other);
	}
	free(text);
}
END_TEST

UNIT_MAIN("standing", auto_leaves_the_default_only_where_the_best_is_clearly_better, the_view_shows_what_truth_measures,
          auto_follows_what_is_kept_and_the_default_is_one_key_away, nothing_is_measured_unasked,
          a_file_is_read_as_it_was_written, a_file_of_something_else_is_refused)
