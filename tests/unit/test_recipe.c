#include "core/model/recipe.h"
#include "src/json/recipe_json.h"
#include "tests/unit/unit.h"

static const struct {
	const char *name, *value, *text; /* text NULL: as given */
} good[] = {
	{ "columns", "2,3", NULL },
	{ "columns", "Temp, Load", "Temp,Load" },
	{ "columns", "\"a, b\",\"say \"\"x\"\"\",c", NULL },
	{ "predict", "Load", NULL },
	{ "derive", "diff", NULL },
	{ "derive", "none", NULL },
	{ "window", "50", NULL },
	{ "step", "2", NULL },
	{ "horizon", "12", NULL },
	{ "scale", "standard", NULL },
	{ "scale", "minmax", NULL },
	{ "fit", "0:14000", NULL },
	{ "rows", "14000:", NULL },
	{ "rows", ":100", "0:100" },
	{ "split", "test", NULL },
	{ "label", "a,b", NULL },
	{ "label-from", "folder", NULL },
	{ "label-rule", "majority", NULL },
	{ "classes", "no,yes", NULL },
	{ "group", "file,\"a,b\"", NULL },
	{ "scale-by", "group", NULL },
	{ "rate", "0.2", NULL },
	{ "rate", "1e3", "1000" },
	{ "gaps", "drop", NULL },
	{ "stack", "yes", NULL },
	{ "stack", "no", NULL },
	{ "missing", "interpolate", NULL },
	{ "layout", "NC1T", NULL },
	{ "table", "wide", NULL },
	{ "lengths", "fit", NULL },
	{ "table", "columns", NULL },
	{ "array", "X train", NULL },
	{ "label-array", "none", NULL },
	{ "skip", "7", NULL },
	{ "comment", "//", NULL },
	{ "missing-value", "-999,bad", NULL },
	{ "decimal", "comma", NULL },
	{ "encoding", "SHIFT_JIS", NULL },
	{ "scaler",
	  "shift 3725.1747706972997,0.10000000000000001;scale 1913.5831439151509,1e-300;low 0,-1;high "
	  "9999.5,1",
	  NULL },
	{ "scaler", "shift 1;scale -2", NULL },
};

START_TEST(every_field_goes_out_as_it_came_in)
{
	struct recipe r, s;
	struct err e = { 0 };
	recipe_init(&r);
	ck_assert_msg(!recipe_set(&r, good[_i].name, good[_i].value, &e), "%s", e.text);
	char *text = recipe_text(&r, good[_i].name);
	ck_assert_str_eq(text, good[_i].text ? good[_i].text : good[_i].value);
	/* only this one is given, and copies and merges carry it */
	for (int i = 0; recipe_fields[i]; i++) {
		char buf[256];
		ck_assert_int_eq(recipe_get(&r, recipe_fields[i], buf, sizeof buf),
		                 !strcmp(recipe_fields[i], good[_i].name));
	}
	recipe_copy(&s, &r);
	char *copy = recipe_text(&s, good[_i].name);
	ck_assert_str_eq(copy, text);
	recipe_release(&s);
	recipe_init(&s);
	recipe_merge(&s, &r);
	free(copy);
	copy = recipe_text(&s, good[_i].name);
	ck_assert_str_eq(copy, text);
	free(copy);
	free(text);
	recipe_release(&s);
	recipe_release(&r);
}
END_TEST

static const struct {
	const char *name, *value, *says;
} bad[] = {
	{ "colums", "2", "'colums' is no recipe option" },
	{ "columns", "", "empty" },
	{ "columns", "1,,2", "empty" },
	{ "columns", "\"a", "quote" },
	{ "columns", "\"a\"b", "quote" },
	{ "derive", "dif", "none, diff" },
	{ "window", "0", "whole number" },
	{ "window", "-1", "whole number" },
	{ "window", "5 ", "whole number" },
	{ "step", "1e3", "whole number" },
	{ "horizon", "99999999999999999999", "whole number" },
	{ "rate", "0", "a number above 0" },
	{ "rate", "-5", "a number above 0" },
	{ "rate", "fast", "a number above 0" },
	{ "rate", "1e999", "a number above 0" },
	{ "scale", "Standard", "none, standard, minmax" },
	{ "fit", "5", "A:B" },
	{ "fit", "5:5", "A:B" },
	{ "fit", "6:5", "A:B" },
	{ "rows", "-3:5", "A:B" },
	{ "rows", "1:2:3", "A:B" },
	{ "split", "half", "train, test, all" },
	{ "label", "", "empty" },
	{ "layout", "CNT", "NCT" },
	{ "scaler", "shift 1", "shift" },
	{ "scaler", "shift 1;scale 0", "not 0" },
	{ "scaler", "shift 1,2;scale 1", "shift" },
	{ "scaler", "shift 1;scale nan", "shift" },
	{ "scaler", "shift 1;scale 1e999", "shift" },
	{ "scaler", "shift 1;scale 2;low 3", "shift" },
	{ "scaler", "shift 1;scale 2;low 3;high 4;", "shift" },
};

START_TEST(a_bad_value_is_refused_and_changes_nothing)
{
	struct recipe r;
	struct err e = { 0 };
	recipe_init(&r);
	ck_assert_int_lt(recipe_set(&r, bad[_i].name, bad[_i].value, &e), 0);
	ck_assert_msg(strstr(e.text, bad[_i].says) != NULL, "'%s' does not say '%s'", e.text, bad[_i].says);
	ck_assert_uint_eq(r.given, 0);
	ck_assert_int_eq(r.n_columns, 0);
	recipe_release(&r);
}
END_TEST

static void set(struct recipe *r, const char *name, const char *value)
{
	struct err e;
	ck_assert_int_eq(recipe_set(r, name, value, &e), 0);
}

START_TEST(options_override_and_drop_what_they_contradict)
{
	struct recipe r, over;
	recipe_init(&r);
	set(&r, "scale", "standard");
	set(&r, "fit", "0:100");
	set(&r, "rows", "100:200");
	set(&r, "scaler", "shift 1;scale 2");
	recipe_init(&over);
	set(&over, "split", "train");
	set(&over, "columns", "3");
	recipe_merge(&r, &over);
	ck_assert(!(r.given & RECIPE_ROWS));
	ck_assert_int_eq(r.rows.to, -1);
	ck_assert_str_eq(r.split, "train");
	ck_assert_int_eq(r.scaler.n, 1); /* other columns may hold the same quantity */
	recipe_release(&over);
	recipe_init(&over);
	set(&over, "fit", "0:50");
	recipe_merge(&r, &over);
	ck_assert_int_eq(r.scaler.n, 0);
	ck_assert(!(r.given & RECIPE_SCALER));
	ck_assert_int_eq(r.scale, SCALE_STANDARD);
	recipe_release(&over);
	/* a scaler for all groups is none for each */
	set(&r, "scaler", "shift 1;scale 2");
	recipe_init(&over);
	set(&over, "scale-by", "all");
	recipe_merge(&r, &over);
	ck_assert_int_eq(r.scaler.n, 1);
	set(&over, "scale-by", "group");
	recipe_merge(&r, &over);
	ck_assert_int_eq(r.scaler.n, 0);
	recipe_release(&over);
	recipe_init(&over);
	set(&over, "scale", "none");
	recipe_merge(&r, &over);
	ck_assert(!(r.given & RECIPE_SCALE_BY));
	ck_assert_int_eq(r.scale_by, SCALE_BY_ALL);
	recipe_release(&over);
	recipe_release(&r);
}
END_TEST

START_TEST(names_pass_the_text_gate)
{
	struct recipe r;
	recipe_init(&r);
	set(&r, "columns", "a\033]0;x\a");
	ck_assert_str_eq(r.columns[0], "a\uFFFD]0;x\uFFFD");
	recipe_release(&r);
}
END_TEST

START_TEST(a_recipe_file_comes_back)
{
	char path[] = "/tmp/tsviz-recipe-XXXXXX";
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	struct recipe r, s;
	struct err e = { 0 };
	recipe_init(&r);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		set(&r, good[i].name, good[i].value);
	ck_assert_msg(!recipe_write(&r, path, &e), "%s", e.text);
	ck_assert_msg(!recipe_read(&s, path, &e), "%s", e.text);
	ck_assert_uint_eq(r.given, s.given);
	for (int i = 0; recipe_fields[i]; i++) {
		char *a = recipe_text(&r, recipe_fields[i]), *b = recipe_text(&s, recipe_fields[i]);
		ck_assert_str_eq(a, b);
		free(a);
		free(b);
	}
	recipe_release(&r);
	recipe_release(&s);
	unlink(path);
}
END_TEST

START_TEST(recipe_json_takes_numbers_and_lists)
{
	const char *text = "{\"columns\": [2, \"a,b\", \"say \\\"x\\\"\"], \"window\": 50, \"fit\": \"0:9\"}";
	struct recipe r;
	struct err e = { 0 };
	ck_assert_msg(!recipe_from_json(&r, text, strlen(text), &e), "%s", e.text);
	ck_assert_int_eq(r.n_columns, 3);
	ck_assert_str_eq(r.columns[0], "2");
	ck_assert_str_eq(r.columns[1], "a,b");
	ck_assert_str_eq(r.columns[2], "say \"x\"");
	ck_assert_int_eq(r.window, 50);
	recipe_release(&r);
	static const char *const wrong[] = { "[]",
		                             "{\"window\": 1.5}",
		                             "{\"windows\": 5}",
		                             "{\"window\": {}}",
		                             "{\"window\": true}",
		                             "{\"columns\": []}",
		                             "{\"columns\": [[1]]}",
		                             "{",
		                             "" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(recipe_from_json(&r, wrong[i], strlen(wrong[i]), &e) < 0, "%s was taken", wrong[i]);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, every_field_goes_out_as_it_came_in, 0, sizeof good / sizeof *good);
	tcase_add_loop_test(c, a_bad_value_is_refused_and_changes_nothing, 0, sizeof bad / sizeof *bad);
	tcase_add_test(c, options_override_and_drop_what_they_contradict);
	tcase_add_test(c, names_pass_the_text_gate);
	tcase_add_test(c, a_recipe_file_comes_back);
	tcase_add_test(c, recipe_json_takes_numbers_and_lists);
}

UNIT_MAIN_WITH("recipe", setup)
