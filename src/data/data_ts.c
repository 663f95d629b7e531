/* Reads the .ts files of the UEA and UCR archives (www.timeseriesclassification.com). aeon and sktime describe the
 * format:
 *
 *	# comment, or % comment
 *	@problemName Basic          the header: words and their values, in any order and any case of letters
 *	@classLabel true walk run   or @targetLabel true: a target value
 *	@data
 *	1.5,2,?:7,8,9:walk          a window: channels separated by colons, the label last
 *	(0,1.5),(1,2):run           values with time stamps
 *
 * Headers are often wrong about lengths, missing values and even labels. Where header and data differ, the data decide.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/number.h"
#include "src/read/lines.h"
#include "src/read/read_data.h"
#include "src/data/window_build.h"

enum said { SAID_NOTHING, SAID_FALSE, SAID_TRUE };

struct ts {
	struct lines l;
	struct window_build b;
	struct err *e;
	enum said univariate, equal, missing, stamps, class_label, target_label;
	const struct recipe *r;
	int64_t T;                    /* the model's steps; 0: unknown */
	long long dimensions, length; /* 0: the header does not say it */
	bool labelled;
	bool any_missing, any_stamp;
	bool bare; /* there is no header */
};

/* ---- the header ---- */

static enum said as_bool(const char *s, size_t n)
{
	return word_is(s, n, "true") ? SAID_TRUE : word_is(s, n, "false") ? SAID_FALSE : SAID_NOTHING;
}

static long long as_count(const char *s, size_t n)
{
	long long v = 0;
	for (size_t i = 0; i < n && i < 12; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

enum { DECLARED_MAX = 1000 };

/* Finds the next label: a word, or several between quotes. */
static size_t take_label(const char **p, const char *eol, const char **word)
{
	const char *s = skip_blanks(*p, eol);
	const char *end = s < eol && strchr("\"'", *s) ? memchr(s + 1, *s, (size_t)(eol - s - 1)) : NULL;
	if (!end)
		return take_word(p, eol, word);
	*word = s + 1;
	*p = end + 1;
	return (size_t)(end - *word);
}

static void declare_labels(struct ts *q, const char *p)
{
	const char *word;
	size_t n;
	struct window_set *s = q->b.s;
	s->declared = arena_alloc(&s->arena, DECLARED_MAX, sizeof *s->declared);
	s->n_declared = 0;
	while ((n = take_label(&p, q->l.eol, &word)) > 0 && s->n_declared < DECLARED_MAX)
		s->declared[s->n_declared++] = text_copy(&s->arena, word, n);
}

/* Reads one line of the header. Returns true if it was @data. */
static bool head_line(struct ts *q)
{
	const char *p = q->l.p, *key, *arg;
	size_t n = take_word(&p, q->l.eol, &key), k = take_word(&p, q->l.eol, &arg);
	const struct {
		const char *name;
		enum said *said;
		long long *count;
	} keys[] = {
		{ "@univariate", &q->univariate, NULL },  { "@equalLength", &q->equal, NULL },
		{ "@missing", &q->missing, NULL },        { "@timeStamps", &q->stamps, NULL },
		{ "@classLabel", &q->class_label, NULL }, { "@targetLabel", &q->target_label, NULL },
		{ "@dimensions", NULL, &q->dimensions },  { "@dimension", NULL, &q->dimensions },
		{ "@seriesLength", NULL, &q->length },
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (!word_is(key, n, keys[i].name))
			continue;
		if (keys[i].said)
			*keys[i].said = as_bool(arg, k);
		else
			*keys[i].count = as_count(arg, k);
	}
	if (word_is(key, n, "@classLabel") && q->class_label == SAID_TRUE)
		declare_labels(q, p);
	return word_is(key, n, "@data");
}

/* Returns how many numbers separated by commas [p,end) has, or 0 if there is something else. */
static int64_t count_numbers(const char *p, const char *end)
{
	int64_t n = 0;
	for (; p < end; n++) {
		const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma ? comma : end;
		float v;
		if (!text_value(p, (size_t)(stop - p), '.', &v))
			return 0;
		p = stop + 1;
	}
	return n;
}

/* Returns whether a line is a window with a label, as it follows @data: the file has no header. So that a time of day
 * is not taken for it, each channel must have T values, or 3 if T is 0. */
static bool bare_window(const char *p, const char *eol, int64_t T)
{
	const char *colon;
	int channels = 0;
	for (; (colon = memchr(p, ':', (size_t)(eol - p))) != NULL; p = colon + 1, channels++) {
		int64_t n = count_numbers(p, colon);
		if (T > 0 ? n != T : n < 3)
			return false;
	}
	return channels && p < eol && !memchr(p, ',', (size_t)(eol - p));
}

static int read_head(struct ts *q)
{
	bool any = false;
	for (; q->l.p < q->l.end; lines_next(&q->l)) {
		lines_here(&q->l);
		if (line_is_comment(&q->l))
			continue;
		q->bare = *q->l.p != '@' && !any && bare_window(q->l.p, q->l.eol, q->T);
		if (q->bare)
			return 0;
		any = true;
		if (*q->l.p != '@')
			return err_set(q->e, ERR_FORMAT, "line %lld: data before @data", (long long)q->l.line);
		if (head_line(q)) {
			lines_next(&q->l);
			return 0;
		}
	}
	return err_set(q->e, ERR_FORMAT, "line %lld: the file ends before @data", (long long)q->l.line);
}

/* ---- a window ---- */

/* Returns the end of the part (a channel or the label) that begins at p: the next colon outside parentheses. */
static const char *part_end(const char *p, const char *eol)
{
	const char *s = p;
	while (s < eol && (*s == ' ' || *s == '\t'))
		s++;
	if (s < eol && *s != '(') {
		const char *colon = memchr(p, ':', (size_t)(eol - p));
		return colon ? colon : eol;
	}
	for (int depth = 0; s < eol; s++) {
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		if (*s == ':' && depth <= 0)
			return s;
	}
	return eol;
}

static int say_part(const struct ts *q, const char *s, size_t n)
{
	return err_set(q->e, ERR_FORMAT, "line %lld, byte %lld: '%.*s' is not a number", (long long)q->l.line,
	               (long long)(s - q->l.p) + 1, (int)(n < 40 ? n : 40), s);
}

/* Reads a channel such as 1,2,?,4. */
static int read_values(struct ts *q, const char *p, const char *end)
{
	struct window_build *b = &q->b;
	while (p < end) {
		const char *s = p;
		double number;
		float v;
		p = number_begin(s, end, '.', &number);
		if (p && (p == end || *p == ',')) {
			v = (float)number;
		} else {
			p = memchr(s, ',', (size_t)(end - s));
			p = p ? p : end;
			if (!text_value_or_word(q->r, s, (size_t)(p - s), '.', &v))
				return say_part(q, s, (size_t)(p - s));
			q->any_missing = q->any_missing || isnan(v);
		}
		window_build_value(b, v);
		p++;
		/* After a comma at the end, the last value is empty. */
		if (p == end)
			window_build_value(b, NAN);
	}
	return 0;
}

/* Reads a channel such as (stamp,1),(stamp,2). The value follows the last comma of each pair. */
static int read_pairs(struct ts *q, const char *p, const char *end)
{
	struct window_build *b = &q->b;
	while (p < end) {
		while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
			p++;
		if (p == end)
			break;
		const char *s = p, *comma = NULL;
		for (; p < end && *p != ')'; p++)
			comma = *p == ',' ? p : comma;
		float v;
		if (*s != '(' || p == end || !comma)
			return err_set(q->e, ERR_FORMAT, "line %lld, byte %lld: expected a pair (time stamp,value)",
			               (long long)q->l.line, (long long)(s - q->l.p) + 1);
		if (!text_value_or_word(q->r, comma + 1, (size_t)(p - comma - 1), '.', &v))
			return say_part(q, comma + 1, (size_t)(p - comma - 1));
		if (!b->now_stamp) {
			const char *stamp = s + 1;
			size_t n = (size_t)(comma - stamp);
			text_trim(&stamp, &n);
			b->now_stamp = text_copy(&b->s->arena, stamp, n < 64 ? n : 64);
			b->budget -= 80;
		}
		window_build_value(b, v);
		q->any_missing = q->any_missing || isnan(v);
		q->any_stamp = true;
		p++;
	}
	return 0;
}

static int read_channel(struct ts *q, const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	size_t commas = 0;
	for (const char *s = p; s < end; s++)
		commas += *s == ',';
	int bad = window_build_room(&q->b, commas + 1);
	if (!bad)
		bad = p < end && *p == '(' ? read_pairs(q, p, end) : read_values(q, p, end);
	return bad ? bad : window_build_channel(&q->b);
}

/* Returns whether the last part of the first window is a label. The header decides, unless the part cannot be a
 * label. */
static bool has_label(const struct ts *q)
{
	bool said = q->class_label == SAID_TRUE || q->target_label == SAID_TRUE, lists = false;
	const char *p = q->l.p, *end;
	int parts = 0;
	for (;; p = end + 1) {
		end = part_end(p, q->l.eol);
		parts++;
		bool list = memchr(p, ',', (size_t)(end - p)) != NULL;
		if (end == q->l.eol)
			return parts > 1 && !list && (said || lists);
		lists = lists || list;
	}
}

static int read_window(struct ts *q)
{
	const char *p = q->l.p, *end;
	size_t n;
	int bad = 0;
	for (;; p = end + 1) {
		end = part_end(p, q->l.eol);
		if (end == q->l.eol)
			break;
		bad = read_channel(q, p, end);
		if (bad)
			return bad;
	}
	if (!q->labelled) {
		bad = read_channel(q, p, end);
		return bad ? bad : window_build_window(&q->b, NULL, 0, q->l.line);
	}
	if (memchr(p, ',', (size_t)(end - p)))
		return err_set(q->e, ERR_FORMAT, "line %lld: the window has no label, but the first window has one",
		               (long long)q->l.line);
	n = (size_t)(end - p);
	text_trim(&p, &n);
	bool quoted = n >= 2 && (*p == '"' || *p == '\'') && p[n - 1] == *p;
	return window_build_window(&q->b, quoted ? p + 1 : p, quoted ? n - 2 : n, q->l.line);
}

/* ---- what the header says ---- */

static void lie(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void lie(char *buf, size_t size, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list ap;
	if (n + 2 >= size)
		return;
	n += (size_t)snprintf(buf + n, size - n, "%s", n ? ", " : "");
	va_start(ap, fmt);
	vsnprintf(buf + n, size - n, fmt, ap);
	va_end(ap);
}

static void compare(struct ts *q)
{
	struct window_set *s = q->b.s;
	char buf[300] = "";
	bool equal = s->rank > 0, said = q->class_label == SAID_TRUE || q->target_label == SAID_TRUE;
	long long C = (long long)s->C;
	if (q->univariate == SAID_TRUE && C > 1)
		lie(buf, sizeof buf, "@univariate true of %lld channels", C);
	if (q->dimensions && q->dimensions != C)
		lie(buf, sizeof buf, "@dimensions %lld of %lld", q->dimensions, C);
	if (q->equal == SAID_TRUE && !equal)
		lie(buf, sizeof buf, "@equalLength true of unequal lengths");
	if (q->length && equal && q->length != (long long)s->dim[2])
		lie(buf, sizeof buf, "@seriesLength %lld of %lld steps", q->length, (long long)s->dim[2]);
	if (q->missing == SAID_FALSE && q->any_missing)
		lie(buf, sizeof buf, "@missing false, but values are missing");
	if (q->stamps == SAID_FALSE && q->any_stamp)
		lie(buf, sizeof buf, "@timeStamps false, but there are some");
	if (said && !q->labelled)
		lie(buf, sizeof buf, "@%s true, but there are no labels",
		    q->class_label == SAID_TRUE ? "classLabel" : "targetLabel");
	if (!said && q->labelled)
		lie(buf, sizeof buf, "no @classLabel, but there are labels");
	if (!*buf || q->bare)
		return;
	char *all = xasprintf("its head is wrong (%s); the data are believed", buf);
	warnings_add(&s->arena, &s->warning, all);
	free(all);
}

static int read_all_windows(struct ts *q)
{
	int bad = read_head(q);
	bool first = true;
	for (; q->l.p < q->l.end && !bad; lines_next(&q->l)) {
		lines_here(&q->l);
		if (line_is_comment(&q->l))
			continue;
		if (first)
			q->labelled = has_label(q);
		first = false;
		bad = read_window(q);
	}
	if (!bad)
		bad = window_build_finish(&q->b, q->target_label == SAID_TRUE);
	if (!bad)
		compare(q);
	if (!bad)
		understood_add(&q->b.s->arena, &q->b.s->understood, "label", "%s",
		               q->labelled ? "what follows the last colon of a line" : "none");
	return bad;
}

static int ts_read(struct data *d, struct source *s, const struct data_wanted *w, int64_t budget, struct err *e)
{
	unsigned char *text;
	int64_t bytes;
	struct ts q = { .e = e, .r = w->r, .T = w->T };
	int bad = text_rest(s, w->r, &q.l, &text, &bytes, e);
	q.l.comment = comment_of(w->r);
	if (bad)
		return bad;
	d->ready = true;
	window_build_init(&q.b, &d->set, s->file, "UEA .ts", budget - bytes, e);
	bad = read_all_windows(&q);
	window_build_release(&q.b);
	free(text);
	return bad;
}

/* Returns whether the first line that is not a comment begins with a word of the header. */
static bool ts_probe(const unsigned char *head, size_t n, const struct data_wanted *w)
{
	static const char *const words[] = { "@problemName", "@timeStamps",   "@missing",     "@univariate",
		                             "@dimension",   "@dimensions",   "@equalLength", "@classLabel",
		                             "@targetLabel", "@seriesLength", "@data",        NULL };
	struct ts q = { .l = { .p = (const char *)head, .end = (const char *)head + n, .comment = comment_of(w->r) } };
	if (n >= 3 && !memcmp(head, "\xef\xbb\xbf", 3))
		q.l.p += 3;
	for (; q.l.p < q.l.end; lines_next(&q.l)) {
		lines_here(&q.l);
		if (line_is_comment(&q.l))
			continue;
		const char *p = q.l.p, *word;
		size_t k = take_word(&p, q.l.eol, &word);
		for (int i = 0; words[i]; i++)
			if (word_is(word, k, words[i]))
				return true;
		return bare_window(q.l.p, q.l.eol, w->T);
	}
	return false;
}

const struct data_reader reader_ts = {
	.name = "UEA .ts",
	.extensions = ".ts (univariate or not, unequal lengths, missing values, time stamps)",
	.example = "tsviz eval net.keras GunPoint_TEST.ts",
	.uses = RECIPE_COMMENT | RECIPE_ENCODING,
	.probe = ts_probe,
	.read = ts_read,
};
