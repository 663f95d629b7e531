#include <locale.h>
#include "core/base/number.h"
#include "core/data/dataset_cut.h"
#include "tests/unit/table.h"
#include "tests/unit/unit.h"

/* ---- numbers ---- */

static const struct {
	const char *text;
	enum number kind;
	double value;
} number[] = {
	{ "0", NUMBER_OK, 0 },
	{ "-12.5", NUMBER_OK, -12.5 },
	{ "+.5", NUMBER_OK, 0.5 },
	{ "5.", NUMBER_OK, 5 },
	{ "1e3", NUMBER_OK, 1000 },
	{ "1E-3", NUMBER_OK, 1e-3 },
	{ "0.1", NUMBER_OK, 0.1 },
	{ "4838.665", NUMBER_OK, 4838.665 },
	{ "0000000000000000000000000000001.5", NUMBER_OK, 1.5 },
	{ "9007199254740993", NUMBER_OK, 9007199254740992.0 },
	{ "9007199254740993.0000000000000000000000001", NUMBER_OK, 9007199254740994.0 },
	{ "123456789012345678901234567890", NUMBER_OK, 123456789012345678901234567890.0 },
	{ "2.2250738585072011e-308", NUMBER_OK, 2.2250738585072011e-308 },
	{ "1e-400", NUMBER_OK, 0 },
	{ "0e999999999999", NUMBER_OK, 0 },
	{ "1.7976931348623157e308", NUMBER_OK, 1.7976931348623157e308 },
	{ "1e309", NUMBER_RANGE, 0 },
	{ "-1e99999999999999999999", NUMBER_RANGE, 0 },
	{ "", NUMBER_NOT, 0 },
	{ "-", NUMBER_NOT, 0 },
	{ ".", NUMBER_NOT, 0 },
	{ "1e", NUMBER_NOT, 0 },
	{ "1e+", NUMBER_NOT, 0 },
	{ "e5", NUMBER_NOT, 0 },
	{ " 1", NUMBER_NOT, 0 },
	{ "1 ", NUMBER_NOT, 0 },
	{ "1,5", NUMBER_NOT, 0 },
	{ "1.2.3", NUMBER_NOT, 0 },
	{ "0x10", NUMBER_NOT, 0 },
	{ "inf", NUMBER_NOT, 0 },
	{ "nan", NUMBER_NOT, 0 },
	{ "--1", NUMBER_NOT, 0 },
	{ "12abc", NUMBER_NOT, 0 },
};

static void check_numbers(void)
{
	for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
		double v = -77;
		enum number k = number_parse(number[i].text, strlen(number[i].text), '.', &v);
		ck_assert_msg(k == number[i].kind, "'%s': %d", number[i].text, (int)k);
		ck_assert_msg(!memcmp(&v, k == NUMBER_OK ? &number[i].value : &(double){ -77 }, sizeof v),
		              "'%s': %.17g", number[i].text, v);
	}
}

START_TEST(numbers_are_strict_and_exact)
{
	check_numbers();
	double v;
	ck_assert_int_eq(number_parse("1,5", 3, ',', &v), NUMBER_OK);
	ck_assert_double_eq(v, 1.5);
	ck_assert_int_eq(number_parse("1234567890123456789012,25", 25, ',', &v), NUMBER_OK);
	ck_assert_double_eq(v, 1234567890123456789012.25);
	/* only n bytes are looked at */
	ck_assert_int_eq(number_parse("123456", 2, '.', &v), NUMBER_OK);
	ck_assert_double_eq(v, 12);
}
END_TEST

START_TEST(numbers_are_the_same_in_another_locale)
{
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
		unit_skip("no locale with a decimal comma is installed");
	check_numbers();
}
END_TEST

/* strtod, which glibc rounds correctly, is the reference. */
static void check_like_strtod(const char *text)
{
	double v = 0, want = strtod(text, NULL);
	enum number k = number_parse(text, strlen(text), '.', &v);
	ck_assert_msg(k == (isfinite(want) ? NUMBER_OK : NUMBER_RANGE), "%s: %d", text, (int)k);
	ck_assert_msg(k != NUMBER_OK || !memcmp(&v, &want, sizeof v), "%s: %.17g instead of %.17g", text, v, want);
}

#if defined TSVIZ_SAN || defined TSVIZ_EMULATED
enum { SLOWER = 20 }; /* the checks of this build, or the emulator, take time */
#else
enum { SLOWER = 1 };
#endif

static uint64_t next_random(uint64_t *s)
{
	*s = *s * 6364136223846793005ull + 1442695040888963407ull;
	return *s ^ *s >> 29;
}

/* 1 to 25 digits, a point anywhere, and an exponent: near 0 in most, up to beyond the range in the others. */
START_TEST(a_million_numbers_agree_with_strtod)
{
	uint64_t s = (uint64_t)_i + 1;
	for (int i = 0; i < 250000 / SLOWER; i++) {
		char buf[64];
		int n = (int)(next_random(&s) >> 33) % 25 + 1, point = (int)(next_random(&s) >> 33) % (n + 1), at = 0;
		for (int k = 0; k < n; k++) {
			if (k == point)
				buf[at++] = '.';
			buf[at++] = (char)('0' + (next_random(&s) >> 33) % 10);
		}
		int range = i % 8 ? 12 : 700, exponent = (int)(next_random(&s) >> 33) % range - range / 2;
		if (i % 3)
			snprintf(buf + at, sizeof buf - (size_t)at, "e%d", exponent);
		else
			buf[at] = '\0';
		check_like_strtod(buf);
	}
}
END_TEST

/* Every double is read back from 17 digits, and the points halfway to its neighbour, where ties go to even, from all
 * theirs. */
START_TEST(hard_numbers_agree_with_strtod)
{
	uint64_t s = 1;
	for (int i = 0; i < 20000 / SLOWER; i++) {
		char buf[2000];
		/* all exponents, subnormal ones too */
		uint64_t bits = next_random(&s) >> 1;
		double x;
		memcpy(&x, &bits, sizeof x);
		if (!isfinite(x))
			continue;
		snprintf(buf, sizeof buf, "%.17g", x);
		check_like_strtod(buf);
		double next = nextafter(x, INFINITY);
		long double half = (long double)x / 2 + (long double)next / 2;
		if (i % 4 || !isfinite(next) || half == (long double)x || half == (long double)next)
			continue;
		snprintf(buf, sizeof buf, "%.780Le", half);
		check_like_strtod(buf);
		/* a little more and a little less: the last of many digits decides */
		char *e = strchr(buf, 'e'), tail[16];
		snprintf(tail, sizeof tail, "%s", e);
		snprintf(e, sizeof buf - (size_t)(e - buf), "000000000000000000001%s", tail);
		check_like_strtod(buf);
		snprintf(buf, sizeof buf, "%.780Le", half);
		for (char *p = e - 1; p > buf; p--) {
			if (*p == '.')
				continue;
			if (*p > '0') {
				--*p;
				break;
			}
			*p = '9';
		}
		check_like_strtod(buf);
	}
}
END_TEST

/* printf, which glibc rounds correctly, is the reference. */
static void check_like_printf(double v)
{
	for (int digits = 1; digits <= 17; digits += digits == 9 ? 8 : 4) {
		char want[64], got[NUMBER_TEXT + 1];
		snprintf(want, sizeof want, "%.*g", digits, v);
		got[number_write(got, v, digits)] = '\0';
		ck_assert_msg(!strcmp(got, want), "%.17g with %d digits: %s instead of %s", v, digits, got, want);
	}
}

/* Floats as networks have them, doubles of all exponents, whole numbers, and ties: numbers of a few bits behind the
 * last digit. */
START_TEST(numbers_are_written_like_printf)
{
	uint64_t s = (uint64_t)_i + 1;
	for (int i = 0; i < 100000 / SLOWER; i++) {
		uint64_t bits = next_random(&s);
		uint32_t half = (uint32_t)(bits >> 32);
		double all;
		float some;
		memcpy(&all, &bits, sizeof all);
		memcpy(&some, &half, sizeof some);
		if (isfinite(all))
			check_like_printf(all);
		if (isfinite(some))
			check_like_printf((double)some);
		check_like_printf(ldexp((double)some > 0 ? 1.0 : -1.0, (int)(bits % 80) - 40) *
		                  (double)(half >> (bits & 31)));
		check_like_printf((double)(int32_t)half / 4294967296.0);
		check_like_printf((double)(bits >> (20 + bits % 40)) / (double)(1 << bits % 8));
		check_like_printf(pow(10, (int)(bits % 60) - 30) * (bits & 64 ? 1 : 1 - 1e-16));
	}
	static const double some[] = { 0,
		                       -0.0,
		                       0.5,
		                       1.5,
		                       2.5,
		                       9.5,
		                       0.25,
		                       999999999.5,
		                       99999.5,
		                       0.0001,
		                       0.00009999999999,
		                       5e-324,
		                       1e22,
		                       1e23,
		                       1.7976931348623157e308,
		                       123456789,
		                       1234567890,
		                       1e-4,
		                       1e-5 };
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		check_like_printf(some[i]);
}
END_TEST

START_TEST(a_number_ends_where_it_ends)
{
	double v;
	const char *s = "12.5e1,7";
	ck_assert_ptr_eq(number_begin(s, s + 8, '.', &v), s + 6);
	ck_assert_double_eq(v, 125);
	ck_assert_ptr_eq(number_begin(s, s + 3, '.', &v), s + 3);
	ck_assert_double_eq(v, 12);
	ck_assert_ptr_null(number_begin(s + 6, s + 8, '.', &v));
	ck_assert_ptr_null(number_begin(s, s, '.', &v));
	s = "1e999";
	ck_assert_ptr_null(number_begin(s, s + 5, '.', &v));
}
END_TEST

/* ---- tables ---- */

static int read_n(struct table *t, const char *text, size_t n, struct err *e)
{
	return table_from_csv(t, "x.csv", (const unsigned char *)text, n, INT64_MAX, e);
}

static void read_good(struct table *t, const char *text)
{
	struct err e = { 0 };
	int bad = read_n(t, text, strlen(text), &e);
	ck_assert_msg(!bad, "%s: %s", text, e.text);
}

static const struct {
	const char *text;
	bool header;
	int64_t rows;
	int cols;
	const char *last_name;
	double last; /* last column of the last row */
	int64_t last_line;
} table[] = {
	{ "a,b\n1,2\n3,4\n", true, 2, 2, "b", 4, 3 },
	{ "1,2\n3,4", false, 2, 2, "column 2", 4, 2 },
	{ "a,b\r\n1,2\r\n3,4\r\n", true, 2, 2, "b", 4, 3 },
	{ "a,b\r1,2\r3,4", true, 2, 2, "b", 4, 3 },
	{ "\xef\xbb\xbf\"a\",\"b\"\n1,2\n", true, 1, 2, "b", 2, 2 },
	{ "a;b\n1;2\n", true, 1, 2, "b", 2, 2 },
	{ "a;b\n1,25;2,5\n", true, 1, 2, "b", 2.5, 2 },
	{ "1,25;2,5\n1,5;3,5\n", false, 2, 2, "column 2", 3.5, 2 },
	{ "a\tb\n1\t-2e1\n", true, 1, 2, "b", -20, 2 },
	{ "a, b\n 1 ,  2  \n", true, 1, 2, "b", 2, 2 },
	{ "a,b\n\"1\",\" 2 \"\n", true, 1, 2, "b", 2, 2 },
	{ "\"x, y\",\"say \"\"b\"\"\"\n1,2\n", true, 1, 2, "say \"b\"", 2, 2 },
	{ "\"two\nlines\",b\n1,2\n\n\n3,4\n", true, 2, 2, "b", 4, 6 },
	{ "x\n1\n2\n\n4\n\n\n", true, 4, 1, "x", 4, 5 },
	{ "2004-11-19 09:30,7\n2004-11-19 09:35,8\n", false, 2, 2, "column 2", 8, 2 },
	{ ",value\n0,5\n1,6\n", true, 2, 2, "value", 6, 3 },
	{ "value\n6", true, 1, 1, "value", 6, 2 },
	{ "a;b,c\n1;2,5\n", true, 1, 2, "b,c", 2.5, 2 },
};

START_TEST(tables_in_every_dress)
{
	struct table t;
	read_good(&t, table[_i].text);
	ck_assert_int_eq(t.has_header, table[_i].header);
	ck_assert_int_eq(t.n_row, table[_i].rows);
	ck_assert_int_eq(t.n_col, table[_i].cols);
	int c = t.n_col - 1;
	ck_assert_str_eq(t.name[c], table[_i].last_name);
	ck_assert_ptr_nonnull(t.number[c]);
	ck_assert_double_eq(t.number[c][t.n_row - 1], table[_i].last);
	ck_assert_int_eq(table_line(&t, t.n_row - 1), table[_i].last_line);
	ck_assert_str_eq(t.file, "x.csv");
	table_release(&t);
}
END_TEST

START_TEST(columns_keep_text_only_where_there_are_words)
{
	struct table t;
	read_good(&t, "time,x,label,gap\n2004-11-19 09:30,1,yes,\n2004-11-19 09:35,NA,yes,3\n2004-11-19 "
	              "09:40,,7,NaN\n");
	ck_assert_ptr_null(t.number[0]);
	ck_assert_str_eq(t.text[0][2], "2004-11-19 09:40");
	ck_assert_ptr_null(t.text[1]);
	ck_assert_double_eq(t.number[1][0], 1);
	ck_assert(isnan(t.number[1][1]) && isnan(t.number[1][2]));
	ck_assert_str_eq(t.text[2][0], "yes");
	ck_assert_str_eq(t.text[2][2], "7");
	ck_assert_double_eq(t.number[2][2], 7);
	ck_assert(isnan(t.number[2][0]));
	ck_assert_ptr_null(t.text[3]);
	ck_assert_double_eq(t.number[3][1], 3);
	table_release(&t);
}
END_TEST

START_TEST(commas_beside_points_group_thousands)
{
	struct table t;
	read_good(&t, "a;b\n1,234;0.5\n");
	ck_assert_double_eq(t.number[0][0], 1234);
	ck_assert_double_eq(t.number[1][0], 0.5);
	ck_assert_ptr_nonnull(strstr(t.warning, "'1,234' is taken as 1234; --decimal comma takes it as 1.234"));
	table_release(&t);
}
END_TEST

START_TEST(names_and_cells_pass_the_text_gate)
{
	struct table t;
	read_good(&t, "a\033[2J,b\nx\u202Ey,1\nz,2\n");
	ck_assert_str_eq(t.name[0], "a\uFFFD[2J");
	ck_assert_str_eq(t.text[0][0], "x\uFFFDy");
	table_release(&t);
}
END_TEST

/* Lines without a quote, or with quotes around whole cells alone, go past the parser: the same tables with a space
 * behind the first cell's quote, which only the parser takes, without quotes, and with quotes around some cells. */
START_TEST(lines_with_and_without_quotes_hold_the_same)
{
	static const char *const cells[] = { "1",  "-2.5",  "",    " 3 ",   "NA",
		                             "x",  "12:30", "1e3", "7 ",    "1.5.2",
		                             "+4", "1,5",   "?",   " ",     "-",
		                             "1e", "0x1",   "a b", "1e999", "12345678901234567890.5",
		                             "." };
	static const char *const ends[] = { "\n", "\r\n", "\r" };
	uint64_t s = 1;
	for (int round = 0; round < 3000 / SLOWER; round++) {
		char with[4096], without[4096];
		size_t a = 0, b = 0;
		const char *delim = round % 3 == 0 ? ";" : round % 3 == 1 ? "," : "\t";
		int rows = (int)(next_random(&s) >> 33) % 6 + 1, cols = (int)(next_random(&s) >> 33) % 4 + 1;
		for (int r = 0; r < rows; r++) {
			a += (size_t)snprintf(with + a, sizeof with - a, "\"q\" ");
			b += (size_t)snprintf(without + b, sizeof without - b, round % 4 > 1 ? "\"q\"" : "q");
			for (int c = 0; c < cols; c++) {
				const char *cell = cells[(next_random(&s) >> 33) % (sizeof cells / sizeof *cells)];
				if (strstr(cell, delim))
					cell = "9";
				a += (size_t)snprintf(with + a, sizeof with - a, "%s%s", delim, cell);
				const char *quote = round & 1 && next_random(&s) >> 63 ? "\"" : "";
				b += (size_t)snprintf(without + b, sizeof without - b, "%s%s%s%s", delim, quote, cell,
				                      quote);
			}
			/* numbers in each row, so that the first row is a row in both */
			a += (size_t)snprintf(with + a, sizeof with - a, "%s8%s8%s8%s", delim, delim, delim,
			                      ends[round % 3]);
			b += (size_t)snprintf(without + b, sizeof without - b, "%s8%s8%s8%s", delim, delim, delim,
			                      ends[round % 3]);
		}
		struct table t, u;
		struct err e = { 0 }, f = { 0 };
		int bad = read_n(&t, with, a, &e), other = read_n(&u, without, b, &f);
		ck_assert_msg(bad == other && !strcmp(e.text, f.text), "'%s': '%s' or '%s'", without, e.text, f.text);
		if (bad)
			continue;
		ck_assert_msg(t.n_row == u.n_row && t.n_col == u.n_col && t.has_header == u.has_header, "'%s'",
		              without);
		for (int c = 0; c < t.n_col; c++) {
			ck_assert_msg(!strcmp(t.name[c], u.name[c]), "'%s': '%s' or '%s'", without, t.name[c],
			              u.name[c]);
			ck_assert_msg(!t.number[c] == !u.number[c] && !t.text[c] == !u.text[c], "'%s': column %d",
			              without, c);
			for (int64_t r = 0; r < t.n_row; r++) {
				ck_assert_msg(!t.number[c] ||
				                      !memcmp(&t.number[c][r], &u.number[c][r], sizeof(double)) ||
				                      (isnan(t.number[c][r]) && isnan(u.number[c][r])),
				              "'%s': column %d row %d", without, c, (int)r);
				ck_assert(!t.text[c] || !strcmp(t.text[c][r], u.text[c][r]));
				ck_assert_int_eq(table_line(&t, r), table_line(&u, r));
			}
		}
		table_release(&t);
		table_release(&u);
	}
}
END_TEST

#define S(s) s, sizeof(s) - 1
static const struct {
	const char *text;
	size_t n;
	int code;
	const char *says;
} bad[] = {
	{ S(""), ERR_FORMAT, "empty" },
	{ S("\n\n  \n"), ERR_FORMAT, "empty" },
	{ S("a,b\n"), ERR_FORMAT, "no row" },
	{ S("a,b\n1,2\n3\n"), ERR_FORMAT, "line 3: 1 cell where the table has 2; --missing drop" },
	{ S("a,b\n1,2\n\n3,4,5\n"), ERR_FORMAT, "line 4: 3 cells where line 2 has 2" },
	{ S("a,b\n\"1,2\n3,4\n"), ERR_FORMAT, "line 2: a quote is opened but not closed" },
	{ S("a,b\n\"1\"x,2\n"), ERR_FORMAT, "line 2: a quote" },
	{ S("a,b\n1,2\0\n3,4\n"), ERR_FORMAT, "line 2: a zero byte" },
};

START_TEST(what_is_wrong_is_said_with_its_line)
{
	struct table t;
	struct err e = { 0 };
	ck_assert_int_eq(read_n(&t, bad[_i].text, bad[_i].n, &e), bad[_i].code);
	ck_assert_msg(strstr(e.text, bad[_i].says) != NULL, "'%s' does not say '%s'", e.text, bad[_i].says);
}
END_TEST

/* ---- files that are too much ---- */

static char *repeat(const char *head, const char *unit, size_t times, size_t *n)
{
	size_t h = strlen(head), u = strlen(unit);
	char *s = malloc(h + u * times + 1);
	memcpy(s, head, h);
	for (size_t i = 0; i < times; i++)
		memcpy(s + h + i * u, unit, u);
	*n = h + u * times;
	s[*n] = 0;
	return s;
}

static void expect_bad(int code, const char *head, const char *unit, size_t times, const char *says)
{
	struct table t;
	struct err e = { 0 };
	size_t n;
	char *s = repeat(head, unit, times, &n);
	ck_assert_int_eq(read_n(&t, s, n, &e), code);
	ck_assert_msg(strstr(e.text, says) != NULL, "'%s' does not say '%s'", e.text, says);
	free(s);
}

START_TEST(too_much_is_refused_early)
{
	expect_bad(ERR_LIMIT, "a,b\n1,2\n3,\"", "no end ", 3000000, "line 3: a cell of more than 65536 bytes");
	expect_bad(ERR_LIMIT, "a,b\n1,2\n3,", "x", 3000000, "line 3: a cell of more than 65536 bytes");
	expect_bad(ERR_LIMIT, "a,b\n", "1,", 5000000, "line 2: more than 4096 columns");
	expect_bad(ERR_LIMIT, "", ",", 5000000, "more than 4096 columns");
	expect_bad(ERR_LIMIT, "", "1,", 1000000, "line 1: more than 4096 columns");
}
END_TEST

START_TEST(the_widest_table_fits)
{
	struct table t;
	size_t n;
	char *s = repeat("", "1,", CSV_COLUMNS_MAX - 1, &n);
	s[n] = '2';
	struct err e;
	ck_assert_int_eq(read_n(&t, s, n + 1, &e), 0);
	ck_assert_int_eq(t.n_col, CSV_COLUMNS_MAX);
	ck_assert_double_eq(t.number[CSV_COLUMNS_MAX - 1][0], 2);
	table_release(&t);
	free(s);
}
END_TEST

START_TEST(every_prefix_ends_in_a_table_or_a_sentence)
{
	const char *text = "time;\"x \"\"1\"\"\";label\r\n\"2004-11-19 09:30\";1,5;yes\r\n\r\n2004;2,5;\"n\no\"\r\n";
	for (size_t n = 0; n <= strlen(text); n++) {
		for (int flip = 0; flip < 3; flip++) {
			char buf[128];
			memcpy(buf, text, n);
			if (flip && n)
				buf[n - 1] = flip == 1 ? '"' : (char)(buf[n - 1] ^ 0x80);
			struct table t;
			struct err e = { 0 };
			if (read_n(&t, buf, n, &e) == 0) {
				ck_assert_int_gt(t.n_row, 0);
				table_release(&t);
			} else {
				ck_assert(e.text[0]);
			}
		}
	}
}
END_TEST

START_TEST(the_traffic_file)
{
	const char *path = unit_shared("data/internet_traffic.csv");
	if (!path)
		unit_skip("../shared is not there");
	struct table t;
	struct err e = { 0 };
	ck_assert_msg(!table_from_file(&t, path, &e), "%s", e.text);
	ck_assert_int_eq(t.n_row, 19888);
	ck_assert_int_eq(t.n_col, 2);
	ck_assert_str_eq(t.file, "internet_traffic.csv");
	ck_assert_str_eq(t.name[0], "Time");
	ck_assert_str_eq(t.name[1], "Internet-Traffic");
	ck_assert_str_eq(t.text[0][0], "2004-11-19 09:30:00");
	ck_assert_double_eq(t.number[1][0], 4838.665);
	ck_assert_double_eq(t.number[1][1], 4845.177);
	ck_assert_int_eq(table_line(&t, 19887), 19889);
	table_release(&t);
}
END_TEST

START_TEST(a_missing_file_is_an_error)
{
	struct table t;
	struct err e = { 0 };
	ck_assert_int_eq(table_from_file(&t, "/nonexistent/x.csv", &e), ERR_IO);
	ck_assert_int_eq(table_from_file(&t, "/tmp", &e), ERR_IO);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, numbers_are_strict_and_exact);
	tcase_add_test(c, numbers_are_the_same_in_another_locale);
	tcase_add_loop_test(c, a_million_numbers_agree_with_strtod, 0, 4);
	tcase_add_test(c, hard_numbers_agree_with_strtod);
	tcase_add_loop_test(c, numbers_are_written_like_printf, 0, 4);
	tcase_add_test(c, a_number_ends_where_it_ends);
	tcase_add_test(c, lines_with_and_without_quotes_hold_the_same);
	tcase_add_loop_test(c, tables_in_every_dress, 0, sizeof table / sizeof *table);
	tcase_add_test(c, columns_keep_text_only_where_there_are_words);
	tcase_add_test(c, commas_beside_points_group_thousands);
	tcase_add_test(c, names_and_cells_pass_the_text_gate);
	tcase_add_loop_test(c, what_is_wrong_is_said_with_its_line, 0, sizeof bad / sizeof *bad);
	tcase_add_test(c, too_much_is_refused_early);
	tcase_add_test(c, the_widest_table_fits);
	tcase_add_test(c, every_prefix_ends_in_a_table_or_a_sentence);
	tcase_add_test(c, the_traffic_file);
	tcase_add_test(c, a_missing_file_is_an_error);
}

UNIT_MAIN_WITH("csv", setup)
