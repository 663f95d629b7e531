#include <locale.h>
#include "src/json/json_write.h"
#include "tests/unit/unit.h"

static char *text;
static size_t length;

static struct json begin(void)
{
	struct json j;
	FILE *f = open_memstream(&text, &length);
	ck_assert_ptr_nonnull(f);
	json_init(&j, f);
	return j;
}

static void expect(struct json *j, const char *want)
{
	fclose(j->f);
	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(nesting_has_commas_where_they_belong)
{
	struct json j = begin();
	json_object(&j);
	json_newline(&j);
	json_key(&j, "a");
	json_array(&j);
	json_end_array(&j);
	json_newline(&j);
	json_key(&j, "b");
	json_array(&j);
	json_int(&j, -1);
	json_object(&j);
	json_end_object(&j);
	json_bool(&j, true);
	json_bool(&j, false);
	json_null(&j);
	json_string(&j, "x");
	json_string(&j, NULL);
	json_end_array(&j);
	json_key(&j, "c");
	json_int(&j, INT64_MIN);
	json_end_object(&j);
	expect(&j, "{\n\"a\":[],\n\"b\":[-1,{},true,false,null,\"x\",null],\"c\":-9223372036854775808}");
}
END_TEST

START_TEST(strings_are_escaped_and_safe)
{
	struct json j = begin();
	json_array(&j);
	json_string(&j, "a\"b\\c/é");
	json_string(&j, "\033[1m\n\x7f\xff\u202e");
	json_string(&j, "");
	json_end_array(&j);
	expect(&j, "[\"a\\\"b\\\\c/é\",\"\uFFFD[1m\uFFFD\uFFFD\uFFFD\uFFFD\",\"\"]");
}
END_TEST

START_TEST(long_strings_are_whole)
{
	struct json j = begin();
	char *s = malloc(100001);
	memset(s, '\\', 100000);
	s[100000] = 0;
	json_string(&j, s);
	fclose(j.f);
	ck_assert_uint_eq(length, 200002);
	free(s);
	free(text);
}
END_TEST

static void numbers(struct json *j)
{
	json_array(j);
	json_number(j, 0.1);
	json_number(j, -3725.174770202637);
	json_number17(j, 3725.174770202637);
	json_number(j, 1e300);
	json_number(j, 5e-324);
	json_number(j, -0.0);
	json_number(j, (double)NAN);
	json_number(j, (double)INFINITY);
	json_number17(j, -(double)INFINITY);
	json_number(j, 100);
	json_end_array(j);
}

static const char *const numbers_text =
        "[0.1,-3725.17477,3725.1747702026369,1e+300,4.94065646e-324,-0,null,null,null,100]";

START_TEST(numbers_have_their_digits_and_nothing_else)
{
	struct json j = begin();
	numbers(&j);
	expect(&j, numbers_text);
}
END_TEST

START_TEST(the_locale_changes_nothing)
{
	static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "fa_IR.UTF-8", "de_DE", NULL };
	int k = 0;
	while (names[k] && !setlocale(LC_NUMERIC, names[k]))
		k++;
	if (!names[k])
		unit_skip("no locale with another decimal mark is installed");
	struct json j = begin();
	numbers(&j);
	expect(&j, numbers_text);
}
END_TEST

START_TEST(arrays_of_numbers)
{
	struct json j = begin();
	const real v[] = { (real)0.5, -2, (real)NAN };
	const int k[] = { 3, -1 };
	json_array(&j);
	json_reals(&j, v, 3);
	json_reals(&j, v, 0);
	json_reals(&j, NULL, 3);
	json_ints(&j, k, 2);
	json_ints(&j, NULL, 2);
	json_end_array(&j);
	expect(&j, "[[0.5,-2,null],[],null,[3,-1],null]");
}
END_TEST

UNIT_MAIN("json_write", nesting_has_commas_where_they_belong, strings_are_escaped_and_safe, long_strings_are_whole,
          numbers_have_their_digits_and_nothing_else, the_locale_changes_nothing, arrays_of_numbers)
