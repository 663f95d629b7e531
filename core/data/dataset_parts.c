/* Times whose parts stand in columns of numbers of their own: year, month, day, hour; year, day of the year; a date
 * such as 20240131 and a clock such as 1530. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/column_name.h"
#include "core/data/dataset_cut.h"

enum part { PART_YEAR, PART_MONTH, PART_DAY, PART_OF_YEAR, PART_DATE, PART_HOUR, PART_MINUTE, PART_SECOND, PART_CLOCK };
_Static_assert(PART_CLOCK + 1 == CUT_PARTS, "struct cut has a place for each part");

static const struct {
	double least, most;
	bool whole;
	const char *names[10];
} parts[CUT_PARTS] = {
	[PART_YEAR] = { 0, 2200, true, { "year", "yr", "yy", "yyyy", "jahr", "annee", "years", NULL } },
	[PART_MONTH] = { 1, 12, true, { "month", "mon", "mo", "mnth", "monat", "mois", NULL } },
	[PART_DAY] = { 1, 31, true, { "day", "dd", "dy", "dom", "dayofmonth", "mday", "tag", "jour", NULL } },
	[PART_OF_YEAR] = { 1, 366, true, { "doy", "dayofyear", "yday", "jday", "julianday", "jd", NULL } },
	[PART_DATE] = { 19000101, 22001231, true, { "date", "yyyymmdd", "datum", "day", "ymd", NULL } },
	[PART_HOUR] = { 0, 24, true, { "hour", "hr", "hh", "hours", "stunde", "heure", NULL } },
	[PART_MINUTE] = { 0, 59, true, { "minute", "min", "mn", "mi", "minutes", NULL } },
	[PART_SECOND] = { 0, 60, false, { "second", "sec", "ss", "seconds", "s", NULL } },
	[PART_CLOCK] = { 0,
	                 240000,
	                 true,
	                 { "time", "hhmm", "hhmmss", "hour", "clock", "uhrzeit", "hrmn", "utc", NULL } },
};

/* Whether a name is that of a part. "MM" is a month and "mm" a minute, as in tables of buoys. */
static bool is_name(enum part p, const char *name)
{
	name += *name == '#';
	if (!strcmp(name, "MM") || !strcmp(name, "mm"))
		return p == (*name == 'M' ? PART_MONTH : PART_MINUTE);
	return column_name_among(parts[p].names, name);
}

bool cut_is_part_name(const char *name)
{
	for (int p = 0; p < CUT_PARTS; p++)
		if (is_name((enum part)p, name))
			return true;
	return false;
}

static bool is_called(const struct table *t, int k, enum part p)
{
	bool found = is_name(p, t->name[k]);
	for (int i = 0; i < t->n_header; i++)
		found = found || is_name(p, t->header[i][k]);
	return found;
}

/* Whether all numbers of a column are in the range of a part. */
static bool in_range(const struct table *t, int k, enum part p)
{
	for (int64_t i = 0; i < t->n_row; i++) {
		double v = t->number[k][i];
		if (!(v >= parts[p].least && v <= parts[p].most) || (parts[p].whole && v != floor(v)))
			return false;
	}
	return true;
}

static int find_part(const struct cut *c, enum part p)
{
	const struct table *t = c->t;
	for (int k = 0; k < t->n_col; k++)
		if (t->number[k] && !t->text[k] && k != c->label_col && c->role[k] != ROLE_GROUP &&
		    is_called(t, k, p) && in_range(t, k, p))
			return k;
	return -1;
}

static void seconds_of(const struct cut *c, int64_t i, double *at)
{
	static const double unit[CUT_PARTS] = { [PART_HOUR] = 3600, [PART_MINUTE] = 60, [PART_SECOND] = 1 };
	const struct table *t = c->t;
	const int *part = c->part;
	for (int p = PART_HOUR; p <= PART_SECOND; p++)
		if (part[p] >= 0)
			*at += unit[p] * t->number[part[p]][i];
	if (part[PART_CLOCK] < 0)
		return;
	double v = t->number[part[PART_CLOCK]][i];
	if (c->clock_seconds)
		*at += floor(v / 10000) * 3600 + fmod(floor(v / 100), 100) * 60 + fmod(v, 100);
	else
		*at += floor(v / 100) * 3600 + fmod(v, 100) * 60;
}

/* Writes the times of all rows to c->time. */
static void put_together(struct cut *c)
{
	const struct table *t = c->t;
	const int *part = c->part;
	struct time_form form;
	c->clock_seconds = false;
	for (int64_t i = 0; i < t->n_row; i++) {
		double year = part[PART_YEAR] < 0 ? 0 : t->number[part[PART_YEAR]][i];
		year += year < 70 ? 2000 : year < 100 ? 1900 : 0;
		c->time[i] = part[PART_DATE] >= 0 ? t->number[part[PART_DATE]][i]
		             : part[PART_MONTH] >= 0 && part[PART_OF_YEAR] < 0
		                     ? year * 10000 + t->number[part[PART_MONTH]][i] * 100 +
		                               (part[PART_DAY] < 0 ? 1 : t->number[part[PART_DAY]][i])
		                     : year * 10000 + 101;
		if (part[PART_CLOCK] >= 0 && t->number[part[PART_CLOCK]][i] > 2400)
			c->clock_seconds = true;
	}
	time_of_numbers(c->time, t->n_row, "", c->time, &form);
	for (int64_t i = 0; i < t->n_row; i++) {
		if (part[PART_OF_YEAR] >= 0)
			c->time[i] += (t->number[part[PART_OF_YEAR]][i] - 1) * 86400;
		seconds_of(c, i, &c->time[i]);
	}
}

/* Whether the times rise within each group, but for one step in ten. */
static bool rise(const struct cut *c)
{
	int64_t *last = xcalloc((size_t)(c->group ? c->n_group : 0) + 1, sizeof *last), up = 0, steps = 0; /* [group] */
	for (int64_t i = 0; i < c->t->n_row; i++) {
		int64_t *before = &last[c->group ? c->group[i] : 0];
		if (*before) {
			up += c->time[i] >= c->time[*before - 1];
			steps++;
		}
		*before = i + 1;
	}
	free(last);
	return up * 10 >= steps * 9 && !(c->time[0] >= c->time[c->t->n_row - 1] && !c->group);
}

/* Whether a column stays that is a channel. */
static bool leaves_channel(const struct cut *c)
{
	for (int k = 0; k < c->t->n_col; k++) {
		bool part = false;
		for (int p = 0; p < CUT_PARTS; p++)
			part = part || c->part[p] == k;
		if (!part && c->role[k] == ROLE_SIGNAL && k != c->label_col && cut_is_numeric(c->t, k))
			return true;
	}
	return c->r->n_columns > 0;
}

static void say_parts(struct cut *c)
{
	char list[300] = "";
	size_t at = 0;
	int n = 0;
	for (int k = 0; k < c->t->n_col; k++)
		for (int p = 0; p < CUT_PARTS; p++)
			if (c->part[p] == k && !cut_is_asked(c, k) && at < 200) {
				c->role[k] = ROLE_TIME;
				at += (size_t)snprintf(list + at, sizeof list - at, "%s'%.30s'", n++ ? ", " : "",
				                       c->t->name[k]);
			}
	if (!n)
		return;
	understood_add(&c->d->arena, &c->d->understood, "no channel", "%s, which together are the time of the rows",
	               list);
	if (!c->r->n_columns)
		cut_warn(c->d, "%s together are the time of the rows and are no channels; --columns names the channels",
		         list);
}

/* Whether a column can only be a clock, by its name and its numbers: 0, 15 ... 45, 100. "time" may be anything. */
static bool is_plain_clock(const struct table *t, int k)
{
	static const char *const names[] = { "hhmm", "hhmmss", "hrmn", "clock", "uhrzeit", NULL };
	if (k < 0 || !column_name_among(names, t->name[k]))
		return false;
	for (int64_t i = 0; i < t->n_row; i++)
		if (fmod(t->number[k][i], 100) >= 60)
			return false;
	return true;
}

bool cut_time_parts(struct cut *c)
{
	int *part = c->part;
	for (int p = 0; p < CUT_PARTS; p++)
		part[p] = find_part(c, (enum part)p);
	bool date = part[PART_DATE] >= 0, year = part[PART_YEAR] >= 0;
	if (date) /* a date holds all of it */
		part[PART_YEAR] = part[PART_MONTH] = part[PART_DAY] = part[PART_OF_YEAR] = -1;
	if (part[PART_OF_YEAR] >= 0)
		part[PART_MONTH] = part[PART_DAY] = -1;
	if (part[PART_HOUR] >= 0 || (!date && !is_plain_clock(c->t, part[PART_CLOCK])))
		part[PART_CLOCK] = -1;
	bool enough = date ? part[PART_CLOCK] >= 0 || part[PART_HOUR] >= 0
	                   : year && (part[PART_OF_YEAR] >= 0 || (part[PART_MONTH] >= 0 && (part[PART_DAY] >= 0)));
	for (int k = 0; k < c->t->n_col && enough; k++) /* another column has the time: the parts are signals */
		enough = c->role[k] != ROLE_TIME || k == part[PART_DATE] || k == part[PART_CLOCK] ||
		         k == part[PART_SECOND];
	if (enough) {
		put_together(c);
		enough = rise(c) && leaves_channel(c);
	}
	c->in_parts = enough;
	if (!enough)
		return false;
	c->form = (struct time_form){ .kind = TIME_DATE, .what = "parts of a date in columns of their own" };
	for (int p = CUT_PARTS - 1; p >= 0; p--)
		c->time_col = part[p] >= 0 ? part[p] : c->time_col;
	c->timed = true;
	say_parts(c);
	return true;
}

void cut_part_stamp(const struct cut *c, int64_t row, char *buf, size_t size)
{
	static const char *const sign[CUT_PARTS] = { "", "-", "-", "-", "", " ", ":", ":", " " };
	size_t n = 0;
	buf[0] = 0;
	for (int p = 0; p < CUT_PARTS; p++)
		if (c->part[p] >= 0 && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%02.10g", n ? sign[p] : "",
			                      c->t->number[c->part[p]][row]);
}
