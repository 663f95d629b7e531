/* Reads the .tsf files of the Monash archive (forecastingdata.org). Each line of data is one series, and a series is a
 * group of the table: windows do not cross from one to the next. The archive's data loader describes the format:
 *
 *	# comment
 *	@relation tourism
 *	@attribute series_name string
 *	@attribute start_timestamp date
 *	@frequency monthly
 *	@data
 *	T1:1979-01-01 00-00-00:1149.8,1053.8,?      the attributes, then the values of the series
 *
 * The frequency and the time of the first value give every row its time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "src/data/window_build.h"
#include "src/read/lines.h"
#include "src/read/read_data.h"

enum { ATTRIBUTES_MAX = 100, WORD_MAX = 64 };

struct tsf {
	const struct recipe *r;
	struct lines l;
	struct err *e;
	struct table *t;
	int n_attribute, name, start; /* which attributes are series_name and start_timestamp; -1: none */
	char frequency[WORD_MAX];
	/* the time from one value to the next, in seconds or, if that is 0, in months; both 0: unknown */
	double seconds;
	int months;
	int64_t row;
};

/* ---- the header ---- */

/* Sets seconds or months from a word such as "half_hourly" or "10_minutes". */
static void set_frequency(struct tsf *q, const char *s, size_t n)
{
	static const struct {
		const char *word;
		double seconds;
		int months;
	} units[] = {
		{ "second", 1, 0 },      { "minute", 60, 0 },   { "minutely", 60, 0 }, { "half_hourly", 1800, 0 },
		{ "hour", 3600, 0 },     { "hourly", 3600, 0 }, { "day", 86400, 0 },   { "daily", 86400, 0 },
		{ "weekly", 604800, 0 }, { "week", 604800, 0 }, { "monthly", 0, 1 },   { "month", 0, 1 },
		{ "quarterly", 0, 3 },   { "quarter", 0, 3 },   { "yearly", 0, 12 },   { "year", 0, 12 },
	};
	text_clean(q->frequency, sizeof q->frequency, s, n);
	char *word = q->frequency;
	long many = strtol(word, &word, 10);
	many = many > 0 && many < 100000 ? many : 1;
	word += *word == '_';
	size_t length = strlen(word);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (word_is(word, length, units[i].word) ||
		    (length && word[length - 1] == 's' && word_is(word, length - 1, units[i].word))) {
			q->seconds = (double)many * units[i].seconds;
			q->months = (int)many * units[i].months;
		}
}

static int attribute(struct tsf *q, const char *name, size_t n)
{
	if (q->n_attribute == ATTRIBUTES_MAX)
		return err_set(q->e, ERR_LIMIT, "line %lld: more than %d attributes", (long long)q->l.line,
		               ATTRIBUTES_MAX);
	if (word_is(name, n, "series_name") || (q->name < 0 && word_is(name, n, "series")))
		q->name = q->n_attribute;
	if (word_is(name, n, "start_timestamp"))
		q->start = q->n_attribute;
	q->n_attribute++;
	return 0;
}

static int read_head(struct tsf *q)
{
	for (; q->l.p < q->l.end; lines_next(&q->l)) {
		lines_here(&q->l);
		if (line_is_comment(&q->l))
			continue;
		const char *p = q->l.p, *key, *arg;
		size_t n = take_word(&p, q->l.eol, &key), k = take_word(&p, q->l.eol, &arg);
		if (*key != '@')
			return err_set(q->e, ERR_FORMAT, "line %lld: data before @data", (long long)q->l.line);
		if (word_is(key, n, "@data")) {
			lines_next(&q->l);
			return 0;
		}
		if (word_is(key, n, "@frequency"))
			set_frequency(q, arg, k);
		if (word_is(key, n, "@attribute") && attribute(q, arg, k))
			return q->e->code;
	}
	return err_set(q->e, ERR_FORMAT, "line %lld: the file ends before @data", (long long)q->l.line);
}

/* ---- times ---- */

/* Days from 1970-01-01 to a date of the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
static int64_t days_of(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400;
	int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

struct start {
	int y, m, d, hour, minute, second;
};

/* Reads "1979-01-01 00-00-00"; hours, minutes and seconds may be missing. */
static bool read_start(const char *s, size_t n, struct start *t)
{
	char buf[WORD_MAX];
	*t = (struct start){ 0 };
	snprintf(buf, sizeof buf, "%.*s", (int)(n < WORD_MAX - 1 ? n : WORD_MAX - 1), s);
	for (char *c = buf; *c; c++)
		*c = strchr("-:/T", *c) ? ' ' : *c;
	int got = sscanf(buf, "%4d %2d %2d %2d %2d %2d", &t->y, &t->m, &t->d, &t->hour, &t->minute, &t->second);
	return got >= 3 && t->m >= 1 && t->m <= 12 && t->d >= 1 && t->d <= 31;
}

/* Returns the seconds since 1970 of value k of a series. */
static double time_of(const struct tsf *q, const struct start *t, int64_t k)
{
	int64_t month = t->y * (int64_t)12 + t->m - 1 + k * q->months;
	int64_t days = days_of(month / 12, (int)(month % 12) + 1, t->d);
	return (double)(days * 86400 + t->hour * 3600 + t->minute * 60 + t->second) + (double)k * q->seconds;
}

/* ---- series ---- */

/* Finds the values of the line: they follow the colons behind the attributes. at, length: the attributes. */
static int find_values(struct tsf *q, const char **at, size_t *length, const char **values)
{
	const char *p = q->l.p;
	for (int i = 0; i < q->n_attribute; i++) {
		const char *colon = memchr(p, ':', (size_t)(q->l.eol - p));
		if (!colon)
			return err_set(q->e, ERR_FORMAT,
			               "line %lld: %d attributes and the values are expected, separated by colons",
			               (long long)q->l.line, q->n_attribute);
		at[i] = p;
		length[i] = (size_t)(colon - p);
		text_trim(&at[i], &length[i]);
		p = colon + 1;
	}
	*values = p;
	return 0;
}

static int read_values(struct tsf *q, const char *p)
{
	for (bool more = true; more;) {
		const char *comma = memchr(p, ',', (size_t)(q->l.eol - p)), *end = comma ? comma : q->l.eol;
		double *v = &q->t->number[0][q->row];
		float f;
		if (number_parse(p, (size_t)(end - p), '.', v) != NUMBER_OK) {
			if (!text_value_or_word(q->r, p, (size_t)(end - p), '.', &f))
				return err_set(q->e, ERR_FORMAT, "line %lld: '%.*s' is not a number",
				               (long long)q->l.line, (int)(end - p < 40 ? end - p : 40), p);
			*v = (double)f;
		}
		q->t->line[q->row++] = q->l.line;
		p = end + 1;
		more = comma != NULL;
	}
	return 0;
}

static int read_series(struct tsf *q)
{
	struct table *t = q->t;
	const char *at[ATTRIBUTES_MAX], *values = q->l.p;
	size_t length[ATTRIBUTES_MAX];
	int64_t first = q->row;
	struct start start;
	char number[32];
	int bad = find_values(q, at, length, &values);
	bad = bad ? bad : read_values(q, values);
	if (bad)
		return bad;
	snprintf(number, sizeof number, "series %d", t->n_group + 1);
	bool named = q->name >= 0 && length[q->name];
	t->group_name[t->n_group] = named ? text_copy(&t->arena, at[q->name], length[q->name])
	                                  : text_copy(&t->arena, number, strlen(number));
	bool known =
	        q->start >= 0 && (q->seconds > 0 || q->months) && read_start(at[q->start], length[q->start], &start);
	for (int64_t i = first; i < q->row; i++) {
		t->group[i] = t->n_group;
		if (t->time)
			t->time[i] = known ? time_of(q, &start, i - first) : NAN;
	}
	t->n_group++;
	return 0;
}

/* Counts the series and their values, so that everything can be allocated at once. */
static void count(const struct tsf *q, int64_t *series, int64_t *values)
{
	struct tsf w = *q;
	*series = *values = 0;
	for (; w.l.p < w.l.end; lines_next(&w.l)) {
		lines_here(&w.l);
		if (line_is_comment(&w.l))
			continue;
		++*series;
		++*values;
		for (const char *c = w.l.p; c < w.l.eol; c++)
			*values += *c == ',';
	}
}

static int make_room(struct tsf *q, int64_t budget)
{
	struct table *t = q->t;
	int64_t series, values;
	count(q, &series, &values);
	if (!series)
		return err_set(q->e, ERR_FORMAT, "the file has no series");
	int64_t each = (int64_t)(sizeof(double) + sizeof *t->line + sizeof *t->group) +
	               (q->start >= 0 ? (int64_t)sizeof(double) : 0);
	if (values * each + series * 96 > budget)
		return err_set(q->e, ERR_LIMIT, "%lld values need more memory than is allowed; see --max-mem",
		               (long long)values);
	t->room = budget - values * each - series * 96;
	t->n_col = 1;
	t->has_header = true;
	t->name = arena_alloc(&t->arena, 1, sizeof *t->name);
	t->name[0] = "value";
	t->number = arena_alloc(&t->arena, 1, sizeof *t->number);
	t->text = arena_alloc(&t->arena, 1, sizeof *t->text);
	t->number[0] = arena_alloc(&t->arena, (size_t)values, sizeof **t->number);
	t->line = arena_alloc(&t->arena, (size_t)values, sizeof *t->line);
	t->group = arena_alloc(&t->arena, (size_t)values, sizeof *t->group);
	t->group_name = arena_alloc(&t->arena, (size_t)series, sizeof *t->group_name);
	if (q->start >= 0)
		t->time = arena_alloc(&t->arena, (size_t)values, sizeof *t->time);
	return 0;
}

static int read_all(struct tsf *q, int64_t budget)
{
	struct table *t = q->t;
	int bad = read_head(q);
	bad = bad ? bad : make_room(q, budget);
	for (; q->l.p < q->l.end && !bad; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!line_is_comment(&q->l))
			bad = read_series(q);
	}
	t->n_row = q->row;
	t->rate = q->seconds > 0 ? 1 / q->seconds : 0;
	understood_add(&t->arena, &t->understood, "groups", "%d series, one a line", t->n_group);
	if (*q->frequency)
		understood_add(&t->arena, &t->understood, "frequency", "%s%s", q->frequency,
		               q->seconds > 0 || q->months ? ""
		                                           : ", a word that is not known here: rows have no times");
	return bad;
}

static int tsf_read(struct data *d, struct source *s, const struct data_wanted *w, int64_t budget, struct err *e)
{
	unsigned char *text;
	int64_t bytes;
	struct tsf q = { .e = e, .r = w->r, .t = &d->table, .name = -1, .start = -1 };
	int bad = text_rest(s, w->r, &q.l, &text, &bytes, e);
	q.l.comment = comment_of(w->r);
	if (bad)
		return bad;
	d->ready = false;
	d->table.file = text_copy(&d->table.arena, s->file, strlen(s->file));
	bad = read_all(&q, budget - bytes);
	free(text);
	return bad;
}

/* Returns whether the header has a word that only this format knows. */
static bool tsf_probe(const unsigned char *head, size_t n, const struct data_wanted *w)
{
	static const char *const words[] = { "@frequency", "@horizon", "@equallength", NULL };
	struct tsf q = { .l = { .p = (const char *)head, .end = (const char *)head + n, .comment = comment_of(w->r) } };
	bool relation = false, found = false;
	if (n >= 3 && !memcmp(head, "\xef\xbb\xbf", 3))
		q.l.p += 3;
	for (; q.l.p < q.l.end; lines_next(&q.l)) {
		lines_here(&q.l);
		if (line_is_comment(&q.l))
			continue;
		const char *p = q.l.p, *word;
		size_t k = take_word(&p, q.l.eol, &word);
		if (*word != '@' || word_is(word, k, "@data"))
			break;
		relation = relation || word_is(word, k, "@relation") || word_is(word, k, "@attribute");
		for (int i = 0; words[i]; i++)
			found = found || word_is(word, k, words[i]);
	}
	return relation && found;
}

const struct data_reader reader_tsf = {
	.name = "Monash .tsf",
	.extensions = ".tsf (each series is a group)",
	.example = "tsviz predict net.keras tourism_monthly_dataset.tsf",
	.uses = RECIPE_COMMENT | RECIPE_ENCODING,
	.probe = tsf_probe,
	.read = tsf_read,
};
