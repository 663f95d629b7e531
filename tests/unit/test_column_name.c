/* Names of columns without case, blanks and marks. */
#include "core/data/column_name.h"
#include "tests/unit/unit.h"

static const struct {
	const char *name, *plain; /* NULL: it is none */
} names[] = {
	{ "", "" },
	{ "t", "t" },
	{ "Sample No.", "sampleno" },
	{ "sample_no", "sampleno" },
	{ "Unnamed: 0", "unnamed0" },
	{ "Subject (ID)", "subjectid" },
	{ "#", "#" },
	{ "__", "__" },
	{ "m/s", "m/s" },
	{ "[s]", NULL },
	{ "\xe6\x99\x82", "\xe6\x99\x82" },
	{ "Name of letters, __x_y_z_", "nameoflettersxyz" },
	{ "1234567890123456789012345678901", "1234567890123456789012345678901" },
	{ "12345678901234567890123456789012", NULL },
};

START_TEST(a_name_is_plain)
{
	char plain[COLUMN_NAME_MAX];
	bool fits = column_name_plain(names[_i].name, plain);
	ck_assert_int_eq(fits, names[_i].plain != NULL);
	ck_assert_str_eq(plain, fits ? names[_i].plain : "");
}
END_TEST

START_TEST(a_name_is_looked_up)
{
	static const char *const list[] = { "sampleno", "", NULL };
	ck_assert(column_name_among(list, "Sample No."));
	ck_assert(column_name_among(list, ""));
	ck_assert(!column_name_among(list, "-"));
	ck_assert(!column_name_among(list, "(s)"));
	ck_assert(!column_name_among(list, "sample"));
}
END_TEST

START_TEST(a_name_has_words)
{
	static const char *const list[] = { "time", NULL };
	ck_assert(column_name_has_word(list, "startTime"));
	ck_assert(column_name_has_word(list, "TIME (s)"));
	ck_assert(!column_name_has_word(list, "timing"));
	ck_assert(!column_name_has_word(list, "runtime"));
	ck_assert(column_name_is_time("X_Value"));
	ck_assert(!column_name_is_time("m/s"));
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, a_name_is_plain, 0, sizeof names / sizeof *names);
	tcase_add_test(c, a_name_is_looked_up);
	tcase_add_test(c, a_name_has_words);
}

UNIT_MAIN_WITH("column_name", setup)
