#include "core/data/time_stamp.h"
#include "tests/unit/unit.h"

/* One text each, its time in seconds since 1970 or since midnight, by `date -u -d TEXT +%s`. */
static const struct {
	const char *text;
	double at;
} single[] = {
	{ "2024-01-02 15:04:05", 1704207845 },
	{ "2024-01-02T15:04:05", 1704207845 },
	{ "2024-01-02T15:04:05Z", 1704207845 },
	{ "2024-01-02T15:04:05.250Z", 1704207845.25 },
	{ "2024-01-02T15:04:05,250", 1704207845.25 },
	{ "2024-01-02T15:04:05+02:00", 1704200645 },
	{ "2024-01-02 15:04:05-0530", 1704227645 },
	{ "2024-01-02 15:04:05 +0100", 1704204245 },
	{ "2024-01-02 15:04:05 UTC", 1704207845 },
	{ "2024-01-02 15:04", 1704207840 },
	{ "2024-01-02", 1704153600 },
	{ "2024/01/02 15:04:05", 1704207845 },
	{ "2024.01.02 15:04:05", 1704207845 },
	{ "2024-02", 1706745600 },
	{ "02.01.2024 15:04", 1704207840 },
	{ "2.1.2024 15:04", 1704207840 },
	{ "02.01.24", 1704153600 },
	{ "20240102150405", 1704207845 },
	{ "20240102T150405", 1704207845 },
	{ "20240102T150405Z", 1704207845 },
	{ "20240102 150405", 1704207845 },
	{ "202401021504", 1704207840 },
	{ "2024010215", 1704207600 },
	{ "20240102", 1704153600 },
	{ "2024-01-02 16:04:05 CET", 1704207845 },
	{ "2024-01-02 17:04:05 CEST", 1704207845 },
	{ "Tue Jan  2 10:04:05 EST 2024", 1704207845 },
	{ "02.01.2024 15:00 - 02.01.2024 15:15", 1704207600 },
	{ "2024\u5e7401\u670802\u65e5 15:04:05", 1704207845 },
	{ "01/13/2024 3:04:05 PM", 1705158245 },
	{ "01/13/2024 12:00 AM", 1705104000 },
	{ "01/13/2024 12:30PM", 1705149000 },
	{ "13/01/2024 15:04", 1705158240 },
	{ "Jan 02, 2024", 1704153600 },
	{ "January 2, 2024", 1704153600 },
	{ "2 Jan 2024", 1704153600 },
	{ "02-Jan-2024 15:04:05", 1704207845 },
	{ "02-Jan-24", 1704153600 },
	{ "Tue, 02 Jan 2024 15:04:05 GMT", 1704207845 },
	{ "Tue Jan  2 15:04:05 2024", 1704207845 },
	{ "Jan 2nd, 2024", 1704153600 },
	{ "15:04:05 02.01.2024", 1704207845 },
	{ "29.02.2024", 1709164800 },
	{ "1969-12-31 23:59:59", -1 },
	{ "15:04:05", 54245 },
	{ "15:04:05.678", 54245.678 },
	{ "00:01", 60 },
	{ "0:44.989", 44.989 },
	{ "100:05.5", 6005.5 },
	{ "3:04 PM", 54240 },
	{ "100:00:01", 360001 },
	{ "1 days 02:03:04", 93784 },
	{ "2 days", 172800 },
};

START_TEST(one_stamp)
{
	struct time_form form;
	double at;
	ck_assert_msg(time_of_texts(&single[_i].text, 1, &at, &form), "'%s' is not read", single[_i].text);
	ck_assert_msg(fabs(at - single[_i].at) < 1e-6, "'%s' is %.3f instead of %.3f", single[_i].text, at,
	              single[_i].at);
}
END_TEST

static const char *const no_times[] = { "",
	                                "walk",
	                                "12",
	                                "1.5",
	                                "2024-13-01",
	                                "2024-02-30",
	                                "31.02.2024",
	                                "12:61",
	                                "1-2-3-4",
	                                "2024-01-02 25:00",
	                                "-",
	                                "subject 3",
	                                "1/2",
	                                "2024-01-02x",
	                                "13/13/2024",
	                                "10.0.0.1",
	                                "3 m",
	                                "May",
	                                "Sun",
	                                "1:2:3:4",
	                                "01.13.2024",
	                                "1e5",
	                                "2024-01/02",
	                                "T",
	                                "99999999999999999999",
	                                "2024-01-02 15:00 - later",
	                                "15:00 XYZ",
	                                "2024\u670801" };

START_TEST(what_is_no_time)
{
	struct time_form form;
	double at;
	ck_assert_msg(!time_of_texts(&no_times[_i], 1, &at, &form), "'%s' is read as %f", no_times[_i], at);
}
END_TEST

/* Three cells, the first and the last time, and whether the order of day and month is in doubt. */
static const struct {
	const char *cell[3];
	double first, last;
	bool ambiguous;
	const char *what;
} columns[] = {
	/* one cell decides for all */
	{ { "01/02/2024", "02/02/2024", "13/02/2024" }, 1706745600, 1707782400, false, "dates, day first" },
	{ { "01/02/2024", "01/03/2024", "01/13/2024" }, 1704153600, 1705104000, false, "dates, month first" },
	/* the steps decide: an hour after an hour, not a month */
	{ { "01/02/2024 22:00", "01/02/2024 23:00", "02/02/2024 00:00" },
	  1706824800,
	  1706832000,
	  false,
	  "dates, day first" },
	{ { "01/02/2024 22:00", "01/02/2024 23:00", "01/03/2024 00:00" },
	  1704232800,
	  1704240000,
	  false,
	  "dates, month first" },
	/* nothing decides: three days, or three months */
	{ { "01/02/2024", "02/02/2024", "03/02/2024" }, 1704153600, 1709337600, true, "dates, month first" },
	{ { "01-02-2024", "01-02-2024", "01-02-2024" }, 1704153600, 1704153600, true, "dates, month first" },
	/* AM and PM are written where the month is first */
	{ { "01/02/2024 1:00 PM", "02/02/2024 1:00 PM", "03/02/2024 1:00 PM" },
	  1704200400,
	  1709384400,
	  false,
	  "dates, month first" },
	{ { "01.02.2024", "02.02.2024", "03.02.2024" }, 1706745600, 1706918400, false, "dates, day first" },
	/* an empty cell has no time, and decides nothing */
	{ { "13/01/2024", "", "01/02/2024" }, 1705104000, 1706745600, false, "dates, day first" },
	/* clocks go on after midnight */
	{ { "23:59:59", "00:00:00", "00:00:01" }, 86399, 86401, false, "clock" },
};

START_TEST(a_column_decides_the_order_of_its_dates)
{
	struct time_form form;
	double at[3];
	ck_assert_msg(time_of_texts(columns[_i].cell, 3, at, &form), "%s", columns[_i].cell[0]);
	ck_assert_double_eq(at[0], columns[_i].first);
	ck_assert_double_eq(at[2], columns[_i].last);
	ck_assert_int_eq(form.ambiguous, columns[_i].ambiguous);
	ck_assert_str_eq(form.what, columns[_i].what);
}
END_TEST

START_TEST(a_column_that_is_not_all_times)
{
	struct time_form form;
	double at[3];
	ck_assert(!time_of_texts((const char *[]){ "2024-01-02", "walk", "2024-01-03" }, 3, at, &form));
	ck_assert(!time_of_texts((const char *[]){ "13/01/2024", "01/13/2024", "01/01/2024" }, 3, at, &form));
	ck_assert(!time_of_texts((const char *[]){ "2024-01-02", "12:00", "2024-01-03" }, 3, at, &form));
	ck_assert(!time_of_texts((const char *[]){ "", "", "" }, 3, at, &form));
	ck_assert(time_of_texts((const char *[]){ "", "2024-01-02 01:00", "" }, 3, at, &form));
	ck_assert(isnan(at[0]) && isnan(at[2]) && form.has_date && form.has_clock);
}
END_TEST

static const struct {
	const char *name;
	double cell[3], first, last;
	enum time_kind kind;
	const char *what;
} numbers[] = {
	{ "t", { 1704207845, 1704207846, 1704207847.5 }, 1704207845, 1704207847.5, TIME_DATE, "Unix seconds" },
	{ "t",
	  { 1704207845000, 1704207845010, 1704207845020 },
	  1704207845,
	  1704207845.02,
	  TIME_DATE,
	  "Unix milliseconds" },
	{ "t",
	  { 1704207845000000, 1704207845010000, 1704207845020000 },
	  1704207845,
	  1704207845.02,
	  TIME_DATE,
	  "Unix microseconds" },
	{ "t", { 1704207845e9, 1704207846e9, 1704207847e9 }, 1704207845, 1704207847, TIME_DATE, "Unix nanoseconds" },
	{ "t", { 20240102, 20240103, 20240201 }, 1704153600, 1706745600, TIME_DATE, "dates" },
	{ "t", { 2024010215, 2024010216, 2024010300 }, 1704207600, 1704240000, TIME_DATE, "dates" },
	{ "t", { 2024010222, 2024010223, 2024010224 }, 2024010222, 2024010224, TIME_DATE, "Unix seconds" },
	{ "t", { 202401021504, 202401021505, 202401021506 }, 1704207840, 1704207960, TIME_DATE, "dates" },
	{ "t", { 20240102150405, 20240102150406, 20240102150407 }, 1704207845, 1704207847, TIME_DATE, "dates" },
	{ "time (ms)", { 0, 10, 20 }, 0, 0.02, TIME_ELAPSED, "elapsed time" },
	{ "Time [s]", { 0, 10, 20 }, 0, 20, TIME_ELAPSED, "elapsed time" },
	{ "t_us", { 0, 10, 20 }, 0, 0.00002, TIME_ELAPSED, "elapsed time" },
	{ "hours", { 0, 1, 2 }, 0, 7200, TIME_ELAPSED, "elapsed time" },
	{ "index", { 0, 1, 2 }, 0, 2, TIME_COUNT, "numbers" },
	{ "times", { 0, 1, 2 }, 0, 2, TIME_COUNT, "numbers" },
	{ "t", { 20240102, 20241301, 20241302 }, 20240102, 20241302, TIME_COUNT, "numbers" },
};

START_TEST(numbers_as_times)
{
	struct time_form form;
	double at[3];
	time_of_numbers(numbers[_i].cell, 3, numbers[_i].name, at, &form);
	ck_assert_str_eq(form.what, numbers[_i].what);
	ck_assert_int_eq(form.kind, numbers[_i].kind);
	ck_assert_double_eq_tol(at[0], numbers[_i].first, 1e-6);
	ck_assert_double_eq_tol(at[2], numbers[_i].last, 1e-6);
}
END_TEST

START_TEST(steps_of_a_series)
{
	const double at[] = { 0, 1, 2, 3, 3, 10, 11, (double)NAN, 12, 13, 5, 6 };
	struct time_steps s = time_steps_of(at, 12, NULL);
	ck_assert_double_eq(s.usual, 1);
	ck_assert_double_eq_tol(s.mean, 6. / 7, 1e-12); /* six steps of 1, one of 0 */
	ck_assert_int_eq(s.up, 7);
	ck_assert_int_eq(s.same, 1);
	ck_assert_int_eq(s.down, 1);
	ck_assert_int_eq(s.jumps, 1);
	ck_assert_double_eq(s.longest, 7);
	ck_assert(s.even && time_is_jump(&s, 1.6) && !time_is_jump(&s, 1.4));
	bool border[12] = { [5] = true, [10] = true };
	s = time_steps_of(at, 12, border);
	ck_assert_int_eq(s.jumps, 0);
	ck_assert_int_eq(s.down, 0);
	s = time_steps_of((const double[]){ 0, 1, 5, 6, 100, 101, 300, 700 }, 8, NULL);
	ck_assert(!s.even);
	s = time_steps_of(at, 1, NULL);
	ck_assert_double_eq(s.usual, 0);
	ck_assert(!time_is_jump(&s, 5));
}
END_TEST

static const struct {
	double seconds;
	enum time_kind kind;
	const char *text;
} lengths[] = {
	{ 10800, TIME_DATE, "3 h" },      { 86400, TIME_DATE, "1 d" },     { 900, TIME_DATE, "15 min" },
	{ 5400, TIME_DATE, "90 min" },    { 0.01, TIME_ELAPSED, "10 ms" }, { 1, TIME_ELAPSED, "1 s" },
	{ 4e-6, TIME_ELAPSED, "4 µs" },   { 2e-9, TIME_ELAPSED, "2 ns" },  { 1.5, TIME_ELAPSED, "1.5 s" },
	{ 129600, TIME_DATE, "36 h" },    { 5, TIME_COUNT, "5" },          { 0.25, TIME_COUNT, "0.25" },
	{ 31536000, TIME_DATE, "365 d" },
};

START_TEST(lengths_of_time_in_words)
{
	char buf[32];
	ck_assert_str_eq(time_say(lengths[_i].seconds, lengths[_i].kind, buf, sizeof buf), lengths[_i].text);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, one_stamp, 0, sizeof single / sizeof *single);
	tcase_add_loop_test(c, what_is_no_time, 0, sizeof no_times / sizeof *no_times);
	tcase_add_loop_test(c, a_column_decides_the_order_of_its_dates, 0, sizeof columns / sizeof *columns);
	tcase_add_test(c, a_column_that_is_not_all_times);
	tcase_add_loop_test(c, numbers_as_times, 0, sizeof numbers / sizeof *numbers);
	tcase_add_test(c, steps_of_a_series);
	tcase_add_loop_test(c, lengths_of_time_in_words, 0, sizeof lengths / sizeof *lengths);
}

UNIT_MAIN_WITH("time_stamp", setup)
