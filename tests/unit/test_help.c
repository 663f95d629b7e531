/* The help page of each view: what its screen shows stands in its legend, and its keys stand below. */
#include <ctype.h>
#include "core/base/text.h"
#include "tests/unit/world.h"
#include "ui/actions/actions.h"

/* The help page that is shown, as text; malloc'd. */
static char *page_text(struct ui *u)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	u->views[VIEW_HELP]->dump(u, f);
	fclose(f);
	return text;
}

/* The page that `?` opens from a view. */
static char *page_of(struct ui *u, enum view_id v)
{
	show(u, v);
	press(u, "?");
	ck_assert_int_eq(u->s.view, VIEW_HELP);
	return page_text(u);
}

static bool among(int32_t cp, const int32_t *set, int n)
{
	for (int i = 0; i < n; i++)
		if (set[i] == cp)
			return true;
	return false;
}

/* A part of a bar, a strip or a column plot. */
static bool is_block(const struct glyphs *g, int32_t cp)
{
	return among(cp, g->level, 9) || among(cp, g->part, 9) || among(cp, g->above, 3) || among(cp, g->below, 3);
}

/* Lines of a frame and of lanes, and the dots of a plot, explain themselves. */
static bool explains_itself(const struct glyphs *g, int32_t cp)
{
	const int32_t frame[] = { g->h, g->v, g->tl, g->tr, g->bl, g->br, g->tee_l, g->tee_d, g->tee_u, g->cross };
	return cp < 0x80 || (cp >= 0x2800 && cp <= 0x28FF) || among(cp, frame, (int)(sizeof frame / sizeof *frame));
}

static bool text_has_block(const struct glyphs *g, const char *text)
{
	size_t used, n = strlen(text);
	for (size_t i = 0; i < n; i += used) {
		int32_t cp = text_decode(text + i, n - i, &used);
		if (cp > 0x80 && is_block(g, cp))
			return true;
	}
	return false;
}

static const int sizes[][2] = { { 40, 12 }, { 80, 24 }, { 130, 40 }, { 200, 50 } };
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(every_mark_of_a_screen_stands_in_the_legend_of_its_view)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int s = 0; s < SIZES; s++) {
		ui_resize(u, sizes[s][0], sizes[s][1]);
		for (int v = 0; v < VIEW_COUNT; v++) {
			if (v == VIEW_HELP) /* it shows the samples of another view */
				continue;
			char *page = page_of(u, (enum view_id)v), b[8] = "";
			show(u, (enum view_id)v);
			for (int i = 0; i < u->canvas.w * u->canvas.h; i++) {
				int32_t cp = u->canvas.cell[i].cp;
				if (!cp || explains_itself(u->g, cp))
					continue;
				b[text_encode(b, cp)] = '\0';
				ck_assert_msg(is_block(u->g, cp) ? text_has_block(u->g, page) : strstr(page, b) != NULL,
				              "view %s, %dx%d: the legend has no '%s' (row %d)", u->view->name,
				              u->canvas.w, u->canvas.h, b, i / u->canvas.w);
			}
			free(page);
		}
	}
	world_release(&w);
}
END_TEST

/* Words of at most three letters that are no short forms, and the names of this model. */
static bool is_word(const char *s)
{
	static const char *const words[] = {
		"bar", "all", "an", "and", "do",  "as",  "at",   "be",  "by",  "for", "go",  "in",  "is",  "it",
		"key", "net", "no", "not", "now", "of",  "off",  "on",  "one", "or",  "out", "row", "set", "so",
		"sum", "the", "to", "two", "up",  "was", "with", "its", "are", "add", "see", "end",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

static bool text_has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	for (const char *s = text; (s = strstr(s, word)); s++)
		if ((s == text || !isalpha((unsigned char)s[-1])) && !isalpha((unsigned char)s[n]))
			return true;
	return false;
}

/* Checks each word of the row that is short, or a letter and a number as "k3". */
static void check_words(const struct ui *u, const char *row, const char *page)
{
	for (const char *s = row; *s;) {
		size_t n = strcspn(s, " ");
		char word[8] = "";
		if (n >= 2 && n <= 3 && islower((unsigned char)s[0]))
			snprintf(word, sizeof word, "%.*s", (int)n, s);
		bool letters = word[0] && islower((unsigned char)word[1]) && (n < 3 || islower((unsigned char)word[2]));
		if (letters)
			ck_assert_msg(is_word(word) || text_has_word(page, word),
			              "view %s, %dx%d: '%s' stands in no legend", u->view->name, u->canvas.w,
			              u->canvas.h, word);
		else if (word[0] && strspn(word + 1, "0123456789") == n - 1 && word[0] != 'f')
			ck_assert_msg(strstr(page, (char[]){ word[0], '3', 0 }) ||
			                      strstr(page, (char[]){ word[0], '2', 0 }) ||
			                      strstr(page, (char[]){ word[0], '4', 0 }),
			              "view %s, %dx%d: '%s' stands in no legend", u->view->name, u->canvas.w,
			              u->canvas.h, word);
		s += n;
		s += strspn(s, " ");
	}
}

START_TEST(every_short_form_of_a_screen_stands_in_the_legend_of_its_view)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int s = 0; s < SIZES; s++) {
		ui_resize(u, sizes[s][0], sizes[s][1]);
		for (int v = 0; v < VIEW_COUNT; v++) {
			if (v == VIEW_HELP) /* it spells the words that it explains */
				continue;
			char *page = page_of(u, (enum view_id)v);
			show(u, (enum view_id)v);
			for (int y = 0; y + 1 < u->canvas.h; y++) { /* the key bar has keys */
				char *row = screen_row(u, y);
				check_words(u, row, page);
				free(row);
			}
			free(page);
		}
	}
	world_release(&w);
}
END_TEST

/* Every row of a table, those of tables in it, too. */
static void check_rows(const struct ui *u, const struct view *v, const struct legend *rows)
{
	for (const struct legend *r = rows; r->text || r->rows || r->keys; r++) {
		char mark[128] = "";
		if (r->rows) {
			check_rows(u, v, r->rows);
			continue;
		}
		ck_assert_msg(!r->mark || !r->keys, "%s: '%s' is a mark and a key", v->name, r->mark);
		if (r->mark)
			legend_format(u, r, mark, sizeof mark);
		ck_assert_msg(text_width(mark) <= 17, "%s: '%s' is too wide for its column", v->name, mark);
		ck_assert_msg(!strpbrk(mark, "{}"), "%s: '%s' has a sample that there is not", v->name, mark);
		ck_assert_msg(!r->text || (r->text[strlen(r->text) - 1] != '.' || strstr(r->text, "...")),
		              "%s: '%s' ends with a full stop", v->name, r->text);
		for (const char *k = r->keys; k && *k; k += strcspn(k, ","), k += *k == ',') {
			char name[32];
			snprintf(name, sizeof name, "%.*s", (int)strcspn(k, ","), k);
			ck_assert_msg(action_find(name) != NULL, "%s: there is no action '%s'", v->name, name);
		}
	}
}

START_TEST(legends_are_well_formed)
{
	struct world w;
	world_make(&w);
	for (int g = 0; g < GLYPHS_COUNT; g++) {
		w.u.g = glyphs_of((enum glyph_set)g);
		check_rows(&w.u, all_views[0], legend_top);
		for (int v = 0; v < VIEW_COUNT; v++) {
			ck_assert_msg(all_views[v]->legend != NULL, "%s: no legend", all_views[v]->name);
			check_rows(&w.u, all_views[v], all_views[v]->legend);
		}
	}
	world_release(&w);
}
END_TEST

/* The first time the page of the view, the second time all keys, the third time the page again; Esc leads back. */
START_TEST(help_is_of_the_view_and_then_of_all_keys)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	for (int v = 0; v < VIEW_COUNT; v++) {
		if (v == VIEW_HELP)
			continue;
		char *page = page_of(u, (enum view_id)v), *all, *again;
		press(u, "?");
		all = page_text(u);
		press(u, "?");
		again = page_text(u);
		ck_assert_str_eq(page, again);
		ck_assert_msg(strstr(page, "Keys of this view") && !strstr(all, "Keys of this view"), "%s",
		              all_views[v]->name);
		for (const struct action *a = actions; a->help; a++)
			ck_assert_msg(!a->name || strstr(all, a->help), "all keys: no '%s'", a->help);
		press(u, "esc");
		ck_assert_int_eq(u->s.view, v);
		free(page), free(all), free(again);
	}
	world_release(&w);
}
END_TEST

/* The keys that the key bar may name, with the user's own keys. */
START_TEST(a_page_has_the_keys_of_its_view)
{
	static const struct browse_binding bind[] = { { 'J', "down" } };
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	w.o.bind = bind;
	w.o.n_bind = 1;
	ui_resize(u, 120, 200);
	for (int v = 0; v < VIEW_COUNT; v++) {
		char *page = page_of(u, (enum view_id)v);
		const char *keys = strstr(page, "Keys of this view");
		for (const char *h = all_views[v]->hints; *h && v != VIEW_HELP;
		     h += strcspn(h, " "), h += strspn(h, " "))
			for (const char *k = h;; k++) {
				char name[64], key[16];
				size_t n = strcspn(k, ",: ");
				snprintf(name, sizeof name, "%.*s", (int)n, k);
				action_key_format(u, action_find(name), key, sizeof key);
				ck_assert_msg(strstr(keys, key) != NULL, "%s: no key of '%s'", all_views[v]->name,
				              name);
				k += n;
				if (*k != ',')
					break;
			}
		free(page);
	}
	char *page = page_of(u, VIEW_LAYERS);
	ck_assert(strstr(page, "up J") != NULL); /* two actions in a line: the first key of each */
	free(page);
	world_release(&w);
}
END_TEST

UNIT_MAIN("help", every_mark_of_a_screen_stands_in_the_legend_of_its_view,
          every_short_form_of_a_screen_stands_in_the_legend_of_its_view, legends_are_well_formed,
          help_is_of_the_view_and_then_of_all_keys, a_page_has_the_keys_of_its_view)
