/* The language of filter expressions: what matches, what is refused, and that nothing that can be typed does harm. */
#include "core/analysis/filter_expr.h"
#include "core/base/rng.h"
#include "tests/unit/unit.h"

static const char *const names[] = { "load", "Δ load", "temperature" };
static const struct fact_channels channels = { 3, names };
static const double look[] = { 0.2, 0.75, 0.05 };
static const struct filter_facts some = { .layer = "conv1d_2",
	                                  .look = look,
	                                  .ablation = 4,
	                                  .alive = 0.04,
	                                  .peak = 12,
	                                  .imp = 0.6,
	                                  .raw = 12,
	                                  .rank = 3,
	                                  .index = 7,
	                                  .cluster = 2,
	                                  .mean = -1.5,
	                                  .max = 2,
	                                  .min = -4,
	                                  .change = NAN,
	                                  .silent = false,
	                                  .off = true,
	                                  .marked = false };

static const struct {
	const char *s;
	bool holds;
} cases[] = {
	{ "", true },
	{ "  ", true },
	{ "imp>0.5", true },
	{ "imp > .7", false },
	{ "imp>=0.6", true },
	{ "imp<=6e-1", true },
	{ "imp<0.6", false },
	{ "imp=0.6", true },
	{ "imp==0.6", true },
	{ "imp!=0.6", false },
	{ "mean=-1.5", true },
	{ "mean>-2 mean<-1", true },
	{ "raw=+12", true },
	{ "raw=1.2e1", true },
	{ "raw<1e400", true },
	{ "cluster=C", true },
	{ "cluster=c", true },
	{ "cluster=B", false },
	{ "cluster!=B", true },
	{ "cluster=2 silent", false },
	{ "cluster=2 off", true },
	{ "cluster=2,off", true },
	{ "not silent", true },
	{ "!silent", true },
	{ "!off", false },
	{ "not not off", true },
	{ "silent or off", true },
	{ "silent|off", true },
	{ "silent || off", true },
	{ "off && marked", false },
	{ "off and marked or imp>0.5", true },
	{ "off and (marked or imp>0.5)", true },
	{ "silent and off or off", true },
	{ "silent and (off or off)", false },
	{ "marked or silent or rank<10", true },
	{ "not (silent or off)", false },
	{ "not (silent or marked)", true },
	{ "imp", true },
	{ "index", true },
	{ "not index", false },
	{ "change=1", false },
	{ "change!=1", false },
	{ "change", false },
	{ "not change=1", true },
	{ "rank<10or silent", true },
	{ "importance>0.5 number=7", true },
	{ "look:diff>.7", true },
	{ "look:delta<.7", false },
	{ "look:2>70 %", true },
	{ "look:2>70%", true },
	{ "look:2>70", true },
	{ "look:2>80", false },
	{ "2>70", true },
	{ "look:2>1", false },
	{ "alive>3%", true },
	{ "alive>5", false },
	{ "imp>50%", true },
	{ "raw>11", true },
	{ "look:2>.7", true },
	{ "look:1>.7", false },
	{ "look:load<0.3", true },
	{ "look:\"Δ load\">=0.75", true },
	{ "look:temp=0.05", true },
	{ "look:3", true },
	{ "2>.7", true },
	{ "1>.7", false },
	{ "diff > .7", true },
	{ "load<0.3 not silent or delta>.7", true },
	{ "not 2>.7", false },
	{ "imp>.5 2>.7", true },
	{ "layer~conv", true },
	{ "layer~CONV1D and look:2>0.7", true },
	{ "layer ~ pool", false },
	{ "layer=conv1d", false },
	{ "layer=conv1d_2", true },
	{ "layer!=conv1d_2", false },
	{ "layer!=\"conv1d 2\"", true },
	{ "not layer~pool silent", false },
	{ "not layer~pool off", true },
	{ "ablation=4 peak=12", true },
	{ "alive<.05", true },
	{ "alive>.03 or dead", true },
	{ "dead alive>.03", false },
};

START_TEST(what_an_expression_says)
{
	struct err e = { 0 };
	struct filter_expr *x = filter_expr_parse(cases[_i].s, &channels, &e);
	ck_assert_msg(x != NULL, "'%s': %s", cases[_i].s, e.text);
	ck_assert_msg(filter_expr_match(x, &some) == cases[_i].holds, "'%s'", cases[_i].s);
	filter_expr_free(x);
}
END_TEST

static const struct {
	const char *s, *message;
} refused[] = {
	{ "imq>0.5", "column 1: no such name" },
	{ "imp>", "column 5: a number" },
	{ "imp>x", "column 5: a number" },
	{ "imp > 1 )", "column 9: a closing" },
	{ "(imp", "column 5: a closing bracket is missing" },
	{ "()", "column 2: a name" },
	{ "not", "column 4: something is missing" },
	{ "imp and", "column 8" },
	{ "imp or", "column 7: something" },
	{ "or", "column 1: no such name" },
	{ "3", "column 1: a name" },
	{ "imp>0.5.5", "column 8" },
	{ "imp>--1", "column 5" },
	{ "rank=C", "column 6: a number" },
	{ "cluster=CD", "column 9" },
	{ "\xff", "column 1" },
	{ "imp\x1b[31m", "column 4" },
	{ "Imp>1", "column 1" },
	{ "look>0.5", "column 5: a channel is expected" },
	{ "look:4>0.5", "column 6: no channel is called so; give its name or its number, 1 to 3" },
	{ "look:0>0.5", "column 6: no channel" },
	{ "look:a>0.5", "column 6: no channel" },
	{ "look:\"load>0.5", "column 15: the closing quote" },
	{ "look:2>x", "column 8: a number" },
	{ "2>x", "column 3: a number" },
	{ "2>", "column 3: a number" },
	{ "4>0.5", "column 1: a name is expected" },
	{ "2~3", "column 1: a name is expected" },
	{ "loaf>3", "column 1: no such name" },
	{ "load", "column 1: no such name" },
	{ "layer", "column 6: names are compared" },
	{ "layer>3", "column 7: names are compared" },
	{ "layer~", "column 7: a word" },
	{ "imp~3", "column 5: ~ is for names" },
	{ "activation>3", "column 1: no such name" },
	{ "((((((((((((((((((((((((((((((((((((((imp", "too many brackets" },
};

START_TEST(what_is_wrong_is_said_with_its_place)
{
	struct err e = { 0 };
	struct filter_expr *x = filter_expr_parse(refused[_i].s, &channels, &e);
	ck_assert_msg(x == NULL, "'%s' was taken", refused[_i].s);
	ck_assert_msg(strstr(e.text, refused[_i].message) != NULL, "'%s': %s", refused[_i].s, e.text);
	for (const char *c = e.text; *c; c++)
		ck_assert_msg((unsigned char)*c >= 32, "'%s': a control character in the message", refused[_i].s);
}
END_TEST

START_TEST(a_long_one_is_refused)
{
	char s[EXPR_BYTES + 2];
	struct err e = { 0 };
	memset(s, '(', sizeof s);
	s[EXPR_BYTES + 1] = '\0';
	ck_assert_ptr_null(filter_expr_parse(s, &channels, &e));
	ck_assert(e.code == ERR_LIMIT);
}
END_TEST

/* Words of the language and other bytes in any order: parsed or refused, never a wrong access (the sanitizer build
 * looks on). What was parsed must mean the same when it is bracketed and negated twice. */
START_TEST(anything_typed_is_parsed_or_refused)
{
	static const char *const parts[] = { "imp", ">",    "0.5", "cluster", "=",    "C",   "silent", "not", "and",
		                             "or",  "(",    ")",   " ",       "!",    "<=",  "1e9",    "&&",  "|",
		                             "-",   ".",    ",",   "\xc3",    "\x01", "off", "marked", "e",   "rank",
		                             "!=",  "look", ":2",  "layer",   "~",    "\"" };
	struct rng r;
	int parsed = 0;
	rng_init(&r, 5);
	for (int i = 0; i < 40000; i++) {
		char s[EXPR_BYTES] = "", twice[EXPR_BYTES + 16];
		struct err e = { 0 };
		for (int64_t n = rng_below(&r, 12); n >= 0; n--)
			strcat(s, parts[rng_below(&r, sizeof parts / sizeof *parts)]);
		struct filter_expr *x = filter_expr_parse(s, &channels, &e);
		if (!x) {
			ck_assert_msg(e.text[0], "'%s' refused without a word", s);
			continue;
		}
		parsed++;
		bool holds = filter_expr_match(x, &some);
		filter_expr_free(x);
		if (strspn(s, " ,") == strlen(s))
			continue;
		snprintf(twice, sizeof twice, "!(!(%s))", s);
		x = filter_expr_parse(twice, &channels, &e);
		ck_assert_msg(x && filter_expr_match(x, &some) == holds, "'%s' means another thing in brackets", s);
		filter_expr_free(x);
	}
	ck_assert_int_gt(parsed, 1000);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, what_an_expression_says, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(c, what_is_wrong_is_said_with_its_place, 0, sizeof refused / sizeof *refused);
	tcase_add_test(c, a_long_one_is_refused);
	tcase_add_test(c, anything_typed_is_parsed_or_refused);
}
UNIT_MAIN_WITH("filter expressions", setup)
