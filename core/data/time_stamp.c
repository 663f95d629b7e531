#include "core/data/time_stamp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"

/* ---- one stamp, as it is written ---- */

enum { FIELDS = 3 };

struct stamp {
	int64_t field[FIELDS]; /* numbers of the date, in the order of the text */
	int digits[FIELDS];    /* how many digits each has */
	int n;
	int month_at;  /* which field is a name of a month; -1: none */
	char mark;     /* what stands between the fields; 0: a blank or nothing */
	bool clock;    /* there is a time of day */
	bool half;     /* with AM or PM */
	double second; /* time of day, or elapsed time */
	double days;   /* "1 days 02:03:04" */
	double zone;   /* seconds east of Greenwich */
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Reads up to 18 digits. Returns how many there are. */
static int take_digits(const char **s, int64_t *v)
{
	int n = 0;
	for (*v = 0; digit(**s) && n < 18; n++)
		*v = *v * 10 + (*(*s)++ - '0');
	return n;
}

/* Reads digits behind a decimal point or comma. */
static double take_fraction(const char **s)
{
	double v = 0, unit = 0.1;
	if ((**s != '.' && **s != ',') || !digit((*s)[1]))
		return 0;
	++*s;
	while (digit(**s)) {
		v += unit * (*(*s)++ - '0');
		unit /= 10;
	}
	return v;
}

/* Reads the rest of a clock behind its first number: 15:04, 15:04:05, 15:04:05.678. Two parts with a fraction are
 * minutes and seconds: 4:05.678. */
static bool take_clock(struct stamp *q, const char **s, int64_t first)
{
	int64_t hour = first, minute, second = 0;
	double part = 0;
	++*s;
	if (take_digits(s, &minute) < 1 || minute > 60)
		return false;
	if (**s == ':') {
		++*s;
		if (take_digits(s, &second) < 1)
			return false;
		part = take_fraction(s);
	} else if (**s == '.' && digit((*s)[1])) {
		second = minute;
		minute = hour % 60;
		hour /= 60;
		part = take_fraction(s);
	}
	q->second = (double)(hour * 3600 + minute * 60 + second) + part;
	q->clock = true;
	return minute < 60 && second <= 60;
}

/* Returns the number of the word in a list of names of which three letters are enough, from 1 on; 0: it is none. */
static int64_t name_number(const char *const *name, int n, const char *word, size_t len)
{
	for (int i = 0; i < n && len >= 3; i++)
		if (len <= strlen(name[i]) && !strncasecmp(name[i], word, len))
			return i + 1;
	return 0;
}

static int64_t month_of(const char *word, size_t len)
{
	static const char *const name[] = { "january", "february", "march",     "april",   "may",      "june",
		                            "july",    "august",   "september", "october", "november", "december" };
	return name_number(name, 12, word, len);
}

static bool is_weekday(const char *word, size_t len)
{
	static const char *const name[] = {
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
	};
	return name_number(name, 7, word, len) > 0;
}

static bool word_is(const char *word, size_t len, const char *name)
{
	return len == strlen(name) && !strncasecmp(word, name, len);
}

static bool add_field(struct stamp *q, int64_t v, int digits)
{
	if (q->n == FIELDS)
		return false;
	q->digits[q->n] = digits;
	q->field[q->n++] = v;
	return true;
}

/* The zones that files name by letters, in hours east of Greenwich. Where letters have two meanings, it is that of
 * North America. */
static bool take_zone_name(struct stamp *q, const char *word, size_t len)
{
	static const struct {
		const char *name;
		double hours;
	} zones[] = { { "z", 0 },     { "utc", 0 },  { "gmt", 0 },  { "wet", 0 },  { "west", 1 }, { "bst", 1 },
		      { "cet", 1 },   { "cest", 2 }, { "met", 1 },  { "mest", 2 }, { "mez", 1 },  { "mesz", 2 },
		      { "eet", 2 },   { "eest", 3 }, { "msk", 3 },  { "kst", 9 },  { "jst", 9 },  { "aest", 10 },
		      { "aedt", 11 }, { "est", -5 }, { "edt", -4 }, { "cst", -6 }, { "cdt", -5 }, { "mst", -7 },
		      { "mdt", -6 },  { "pst", -8 }, { "pdt", -7 } };
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (word_is(word, len, zones[i].name)) {
			q->zone = zones[i].hours * 3600;
			return true;
		}
	return false;
}

/* Reads a run of letters: a month, a weekday, AM, PM, T, Z, UTC, CET, "days". */
static bool take_word(struct stamp *q, const char **s)
{
	const char *word = *s;
	while (letter(**s))
		++*s;
	size_t len = (size_t)(*s - word);
	int64_t month = month_of(word, len);
	if (**s == '.' && month)
		++*s;
	if (month && q->month_at < 0) {
		q->month_at = q->n;
		return add_field(q, month, 0);
	}
	if (word_is(word, len, "am") || word_is(word, len, "pm")) {
		bool pm = word[0] == 'p' || word[0] == 'P';
		if (!q->clock || q->half || q->second < 0 || q->second >= 13 * 3600)
			return false;
		q->half = true;
		q->second += (pm ? 12 : 0) * 3600 - (q->second >= 12 * 3600 ? 12 * 3600 : 0);
		return true;
	}
	if (word_is(word, len, "t"))
		return q->n && !q->clock && digit(**s);
	if (word_is(word, len, "day") || word_is(word, len, "days")) {
		if (q->n != 1 || q->month_at >= 0 || q->clock)
			return false;
		q->days = (double)q->field[0];
		q->n = 0;
		return true;
	}
	return is_weekday(word, len) || take_zone_name(q, word, len);
}

/* The seconds of a clock that is written as a number, hhmmss. */
static double seconds_of(int64_t clock)
{
	int64_t seconds = clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100;
	return (double)seconds;
}

/* Reads digits that are a date and perhaps a time of day without marks: 20240102, 2024010215, 202401021504,
 * 20240102150405. */
static bool take_compact(struct stamp *q, int64_t v, int digits)
{
	int64_t clock = 0;
	if (digits == 10)
		clock = v % 100 * 10000, v /= 100;
	else if (digits == 12)
		clock = v % 10000 * 100, v /= 10000;
	else if (digits == 14)
		clock = v % 1000000, v /= 1000000;
	else if (digits != 8)
		return false;
	q->clock = digits > 8;
	q->second = seconds_of(clock);
	return clock / 10000 < 24 && clock / 100 % 100 < 60 && clock % 100 <= 60 && add_field(q, v / 10000, 4) &&
	       add_field(q, v / 100 % 100, 2) && add_field(q, v % 100, 2);
}

/* Reads +02:00, -0500 or +02 behind a clock. */
static bool take_zone(struct stamp *q, const char **s)
{
	double sign = **s == '-' ? -1 : 1;
	int64_t v, minute = 0;
	++*s;
	int n = take_digits(s, &v);
	if (n == 4) {
		minute = v % 100;
		v /= 100;
	} else if (n > 2 || n < 1) {
		return false;
	}
	if (n <= 2 && **s == ':') {
		++*s;
		if (take_digits(s, &minute) != 2)
			return false;
	}
	q->zone = sign * (double)(v * 3600 + minute * 60);
	return v <= 14 && minute < 60;
}

static bool take_number(struct stamp *q, const char **s)
{
	int64_t v;
	int n = take_digits(s, &v);
	if (digit(**s))
		return false;
	if (**s == ':' && !q->clock)
		return take_clock(q, s, v);
	if (n >= 8)
		return !q->n && take_compact(q, v, n) && (!q->clock || (q->second += take_fraction(s), true));
	/* 20240102T150405 and 20240102 150405 */
	if (n == 6 && q->n == FIELDS && !q->clock) {
		q->clock = true;
		q->second = seconds_of(v) + take_fraction(s);
		return v / 10000 < 24 && v / 100 % 100 < 60;
	}
	if (!add_field(q, v, n))
		return false;
	/* 2nd, 3rd */
	if (q->month_at >= 0 && (!strncasecmp(*s, "st", 2) || !strncasecmp(*s, "nd", 2) || !strncasecmp(*s, "rd", 2) ||
	                         !strncasecmp(*s, "th", 2)))
		*s += 2;
	if (**s && strchr("-/.", **s) && (digit((*s)[1]) || letter((*s)[1])) && q->n < FIELDS) {
		if (q->mark && q->mark != **s)
			return false;
		q->mark = *(*s)++;
	}
	return true;
}

/* Passes over the signs for year, month, day, hour, minute and second of Chinese and Japanese dates. */
static bool pass_sign(struct stamp *q, const char **s)
{
	static const char date[][4] = { "\u5e74", "\u6708", "\u65e5" };
	for (size_t i = 0; i < sizeof date / sizeof *date; i++)
		if (!strncmp(*s, date[i], 3) && q->n == (int)i + 1) {
			*s += 3;
			return true;
		}
	return false;
}

static bool scan(const char *s, struct stamp *q)
{
	*q = (struct stamp){ .month_at = -1 };
	while (*s) {
		bool good = true;
		struct stamp end;
		/* "2024-01-02 15:00 - 2024-01-02 16:00" is the time at which it begins */
		if (*s == '-' && s[1] == ' ' && q->clock && q->n == FIELDS)
			return scan(s + 2, &end) && end.clock;
		if (*s == ' ' || *s == ',' || *s == '\t')
			s++;
		else if (digit(*s))
			good = take_number(q, &s);
		else if (letter(*s))
			good = take_word(q, &s);
		else if (*s & 0x80)
			good = pass_sign(q, &s);
		else if (q->clock && q->n == FIELDS && (*s == '+' || *s == '-'))
			good = take_zone(q, &s);
		else if (*s == '-' && q->month_at >= 0 && q->n < FIELDS)
			s++;
		else
			good = false;
		if (!good)
			return false;
	}
	return q->n != 1 && (q->n || q->clock || q->days > 0);
}

/* ---- the date of a stamp ---- */

enum order { YEAR_FIRST, DAY_FIRST, MONTH_FIRST, ORDERS };

/* Returns the days from 1970-01-01 to a date of the Gregorian calendar (after Hinnant, "chrono-compatible low-level
 * date algorithms"). */
static int64_t days_from(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1, doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static bool date_ok(int64_t y, int64_t m, int64_t d)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return m >= 1 && m <= 12 && d >= 1 && d <= length[m - 1] + (m == 2 && leap) && y >= 1 && y <= 9999;
}

static int64_t year_of(int64_t v, int digits)
{
	return digits > 2 ? v : v < 70 ? 2000 + v : 1900 + v;
}

/* Finds year, month and day of a stamp that has a name of a month. The order of the columns does not matter. */
static bool named_date(const struct stamp *q, int64_t ymd[3])
{
	int rest[2], n = 0;
	for (int i = 0; i < q->n; i++)
		if (i != q->month_at)
			rest[n++] = i;
	ymd[1] = q->field[q->month_at];
	ymd[2] = 1;
	if (n == 1) {
		ymd[0] = q->field[rest[0]];
		return q->digits[rest[0]] == 4;
	}
	bool year_first = q->digits[rest[0]] == 4;
	int y = rest[!year_first], d = rest[year_first];
	ymd[0] = year_of(q->field[y], q->digits[y]);
	ymd[2] = q->field[d];
	return q->digits[d] <= 2;
}

static bool find_date(const struct stamp *q, enum order order, int64_t ymd[3])
{
	static const int at[ORDERS][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 2, 0, 1 } }; /* of year, month, day */
	const int *k = at[order];
	if (q->month_at >= 0)
		return order == YEAR_FIRST && named_date(q, ymd);
	ymd[0] = year_of(q->field[k[0]], q->digits[k[0]]);
	ymd[1] = q->field[k[1]];
	ymd[2] = q->n == 2 ? 1 : q->field[k[2]];
	if (q->n == 2)
		return order == YEAR_FIRST && q->digits[0] == 4;
	bool four = q->digits[k[0]] == 4, none = q->digits[0] != 4 && q->digits[2] != 4;
	if (!four && !(none && q->digits[k[0]] == 2))
		return false;
	if (q->digits[k[1]] > 2 || q->digits[k[2]] > 2)
		return false;
	/* Points stand in dates with the day first, and slashes not in two-digit years that come first. */
	if (q->mark == '.' && (order == MONTH_FIRST || (order == YEAR_FIRST && !four)))
		return false;
	return four || order != YEAR_FIRST || q->mark == '-';
}

/* Returns the time of a stamp, or NaN if it has none in this order. */
static double stamp_time(const struct stamp *q, enum order order)
{
	int64_t ymd[3] = { 0 };
	double second = q->second + 86400 * q->days;
	if (!q->n)
		return order == YEAR_FIRST ? second : (double)NAN;
	if (!find_date(q, order, ymd) || !date_ok(ymd[0], ymd[1], ymd[2]) || q->second > 86400)
		return (double)NAN;
	return (double)days_from(ymd[0], ymd[1], ymd[2]) * 86400 + second - q->zone;
}

/* ---- a column of text ---- */

/* Clocks without a date start anew at midnight: a fall of more than 12 h is the next day. */
static void count_on(double *at, int64_t n)
{
	double day = 0, last = (double)NAN;
	for (int64_t i = 0; i < n; i++) {
		double v = at[i];
		if (v > 86400)
			return; /* elapsed times, not clocks */
		if (last - v > 43200)
			day += 86400;
		last = isnan(v) ? last : v;
		at[i] = v + day;
	}
}

/* Reads the cells in one order. Returns false if one does not fit. */
static bool read_order(const char *const *cell, int64_t n, enum order order, double *at, struct time_form *form,
                       bool *half)
{
	struct stamp q = { 0 };
	bool any = false, date = false, clock = false, bare = false;
	*half = false;
	for (int64_t i = 0; i < n; i++) {
		if (i && cell[i] == cell[i - 1]) {
			at[i] = at[i - 1];
			continue;
		}
		at[i] = (double)NAN;
		if (!*cell[i])
			continue;
		if (!scan(cell[i], &q) || isnan(at[i] = stamp_time(&q, order)))
			return false;
		any = true;
		date |= q.n > 0;
		bare |= !q.n;
		clock |= q.clock || q.days > 0;
		*half |= q.half;
	}
	form->has_date = date;
	form->has_clock = clock;
	form->kind = date ? TIME_DATE : TIME_ELAPSED;
	if (!date)
		count_on(at, n);
	return any && !(date && bare);
}

static double order_fault(const double *at, int64_t n)
{
	struct time_steps s = time_steps_of(at, n, NULL);
	return (double)s.down * 1e6 + (double)s.jumps;
}

bool time_of_texts(const char *const *cell, int64_t n, double *at, struct time_form *form)
{
	static const char *const what[ORDERS] = { "dates", "dates, day first", "dates, month first" };
	double least = INFINITY;
	double *try = xcalloc((size_t)n, sizeof *try);
	bool found = false, tie = false;
	for (int k = 0; k < ORDERS; k++) {
		struct time_form f = { 0 };
		bool half;
		if (!read_order(cell, n, (enum order)k, found ? try : at, &f, &half))
			continue;
		f.what = f.has_date ? what[k] : "clock";
		if (!found) {
			*form = f;
			found = true;
			continue;
		}
		if (isinf(least))
			least = order_fault(at, n);
		/* In a tie the month is first: then it is said. AM and PM stand where the month is first. */
		double fault = order_fault(try, n);
		tie = fault == least && !half;
		if (fault <= least) {
			memcpy(at, try, (size_t)n * sizeof *at);
			*form = f;
			least = fault;
		}
	}
	free(try);
	if (found)
		form->ambiguous = tie;
	return found;
}

/* ---- a column of numbers ---- */

/* Reads a number as a date without marks, or returns NaN. */
static double compact_time(double v)
{
	char text[32];
	struct stamp q = { .month_at = -1 };
	if (!(v >= 19000101 && v < 1e14) || v != floor(v))
		return (double)NAN;
	int n = snprintf(text, sizeof text, "%.0f", v);
	if (!take_compact(&q, (int64_t)v, n) || q.field[0] < 1900 || q.field[0] > 2100)
		return (double)NAN;
	return stamp_time(&q, YEAR_FIRST);
}

static bool all_compact(const double *cell, int64_t n, double *at)
{
	bool any = false;
	for (int64_t i = 0; i < n; i++) {
		at[i] = compact_time(cell[i]);
		if (isnan(at[i]) && !isnan(cell[i]))
			return false;
		any |= !isnan(at[i]);
	}
	return any;
}

struct unit {
	const char *name;
	double seconds;
};

static const struct unit units[] = {
	{ "s", 1 },
	{ "sec", 1 },
	{ "secs", 1 },
	{ "second", 1 },
	{ "seconds", 1 },
	{ "ms", 1e-3 },
	{ "msec", 1e-3 },
	{ "millis", 1e-3 },
	{ "us", 1e-6 },
	{ "usec", 1e-6 },
	{ "\u00b5s", 1e-6 },
	{ "\u03bcs", 1e-6 },
	{ "ns", 1e-9 },
	{ "nsec", 1e-9 },
	{ "min", 60 },
	{ "mins", 60 },
	{ "minutes", 60 },
	{ "h", 3600 },
	{ "hr", 3600 },
	{ "hours", 3600 },
	{ "d", 86400 },
	{ "days", 86400 },
	{ "milliseconds", 1e-3 },
	{ "microseconds", 1e-6 },
	{ "nanoseconds", 1e-9 },
};

/* Finds the unit that the last word of a column's name is, as in "time (ms)" or "t_us". */
static double unit_of(const char *name)
{
	static const char marks[] = " _-([{.)]}/";
	size_t end = strlen(name), begin;
	while (end && strchr(marks, name[end - 1]))
		end--;
	for (begin = end; begin && !strchr(marks, name[begin - 1]);)
		begin--;
	for (size_t k = 0; k < sizeof units / sizeof *units; k++)
		if (word_is(name + begin, end - begin, units[k].name))
			return units[k].seconds;
	return 0;
}

void time_of_numbers(const double *cell, int64_t n, const char *name, double *at, struct time_form *form)
{
	static const struct unit unix_unit[] = { { "Unix seconds", 1 },
		                                 { "Unix milliseconds", 1e-3 },
		                                 { "Unix microseconds", 1e-6 },
		                                 { "Unix nanoseconds", 1e-9 } };
	double low = INFINITY, high = -INFINITY, scale = unit_of(name);
	*form = (struct time_form){ .kind = TIME_DATE, .what = "dates" };
	if (all_compact(cell, n, at))
		return;
	for (int64_t i = 0; i < n; i++) {
		low = cell[i] < low ? cell[i] : low;
		high = cell[i] > high ? cell[i] : high;
	}
	*form = (struct time_form){ .kind = scale > 0 ? TIME_ELAPSED : TIME_COUNT,
		                    .what = scale > 0 ? "elapsed time" : "numbers" };
	for (size_t k = 0; k < sizeof unix_unit / sizeof *unix_unit; k++)
		if (low * unix_unit[k].seconds >= 315532800 && high * unix_unit[k].seconds < 4102444800) {
			*form = (struct time_form){ .kind = TIME_DATE, .what = unix_unit[k].name };
			scale = unix_unit[k].seconds;
			break;
		}
	for (int64_t i = 0; i < n; i++)
		at[i] = scale > 0 ? cell[i] * scale : cell[i];
}

/* ---- steps ---- */

/* Returns the k-th smallest of n numbers, which change their places (Hoare 1961, "Algorithm 65: find"). */
static double select_size(double *x, int64_t n, int64_t k)
{
	int64_t lo = 0, hi = n - 1;
	while (lo < hi) {
		double pivot = x[lo + (hi - lo) / 2];
		int64_t i = lo, j = hi;
		while (i <= j) {
			while (x[i] < pivot)
				i++;
			while (pivot < x[j])
				j--;
			if (i <= j) {
				double swap = x[i];
				x[i++] = x[j];
				x[j--] = swap;
			}
		}
		if (k <= j)
			hi = j;
		else if (k >= i)
			lo = i;
		else
			break;
	}
	return x[k];
}

bool time_is_jump(const struct time_steps *s, double step)
{
	return s->usual > 0 && step > 1.5 * s->usual;
}

struct time_steps time_steps_of(const double *at, int64_t n, const bool *border)
{
	struct time_steps s = { 0 };
	double *up = xcalloc((size_t)n + 1, sizeof *up);
	for (int64_t i = 1; i < n; i++) {
		double step = at[i] - at[i - 1];
		if (isnan(step) || (border && border[i]))
			continue;
		if (step > 0)
			up[s.up++] = step;
		else if (step < 0)
			s.down++;
		else
			s.same++;
		s.longest = step > s.longest ? step : s.longest;
	}
	s.usual = s.up ? select_size(up, s.up, (s.up - 1) / 2) : 0;
	double sum = 0;
	for (int64_t i = 0; i < s.up; i++) {
		bool jump = time_is_jump(&s, up[i]);
		s.jumps += jump;
		sum += jump ? 0 : up[i];
	}
	s.mean = s.up ? sum / (double)(s.up - s.jumps + s.same) : 0;
	s.even = s.jumps * 3 <= s.up;
	free(up);
	return s;
}

const char *time_say(double seconds, enum time_kind kind, char *buf, size_t size)
{
	static const struct unit say[] = { { "d", 86400 }, { "h", 3600 },       { "min", 60 }, { "s", 1 },
		                           { "ms", 1e-3 }, { "\u00b5s", 1e-6 }, { "ns", 1e-9 } };
	size_t k = 0, last = sizeof say / sizeof *say - 1;
	if (kind == TIME_COUNT) {
		snprintf(buf, size, "%.6g", seconds);
		return buf;
	}
	while (k < last && fabs(seconds) < say[k].seconds * (1 - 1e-9))
		k++;
	/* 36 h and 90 min are clearer than 1.5 d and 1.5 h. */
	if (k < 3 && fabs(seconds) < 3 * say[k].seconds && fabs(fmod(seconds / say[k].seconds, 1)) > 1e-6)
		k++;
	snprintf(buf, size, "%.4g %s", seconds / say[k].seconds, say[k].name);
	return buf;
}
