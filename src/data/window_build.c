#include "src/data/window_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "core/base/number.h"
#include "src/text/text_decode.h"

enum { LABEL_MAX = 1 << 10 }; /* bytes in one label */

/* ---- cells ---- */

void text_trim(const char **s, size_t *n)
{
	while (*n && (**s == ' ' || **s == '\t' || **s == '\r'))
		++*s, --*n;
	while (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t' || (*s)[*n - 1] == '\r'))
		--*n;
}

static bool is_missing(const char *s, size_t n)
{
	static const char *const marks[] = { "?", "NaN", "NA", "N/A", "null", NULL };
	for (int i = 0; marks[i]; i++)
		if (strlen(marks[i]) == n && !strncasecmp(marks[i], s, n))
			return true;
	return false;
}

bool text_value(const char *s, size_t n, char point, float *out)
{
	double v;
	enum number k = number_parse(s, n, point, &v);
	if (k == NUMBER_NOT) {
		text_trim(&s, &n);
		if (!n || is_missing(s, n)) {
			*out = NAN;
			return true;
		}
		k = number_parse(s, n, point, &v);
	}
	*out = k == NUMBER_OK ? (float)v : INFINITY;
	return k != NUMBER_NOT;
}

const char *text_copy(struct arena *a, const char *s, size_t n)
{
	char buf[3 * LABEL_MAX + 1];
	text_clean(buf, sizeof buf, s, n < LABEL_MAX ? n : LABEL_MAX);
	return arena_strdup(a, buf);
}

int text_rest(struct source *s, const struct recipe *r, struct lines *l, unsigned char **owned, int64_t *bytes,
              struct err *e)
{
	size_t n;
	struct decoded text;
	*owned = NULL;
	*bytes = 0;
	int bad = source_rest(s, owned, &n, e);
	bad = bad ? bad : text_to_utf8(&text, *owned, n, encoding_of(r), e);
	if (bad) {
		free(*owned);
		*owned = NULL;
		return bad;
	}
	if (text.owned) {
		free(*owned);
		*owned = text.owned;
	}
	*bytes = (int64_t)(n > text.n ? n : text.n);
	*l = (struct lines){ .p = (const char *)text.text, .end = (const char *)text.text + text.n, .line = 1 };
	return 0;
}

/* ---- building ---- */

void window_build_init(struct window_build *b, struct window_set *s, const char *file, const char *format,
                       int64_t budget, struct err *e)
{
	memset(s, 0, sizeof *s);
	*b = (struct window_build){ .s = s, .e = e, .budget = budget };
	s->file = text_copy(&s->arena, file, strlen(file));
	s->format = format;
}

void window_build_release(struct window_build *b)
{
	free(b->x);
	free(b->at);
	free(b->length);
	free(b->line);
	free(b->label);
	free(b->stamp);
	free(b->value);
	free(b->channel_length);
	free(b->group);
	free(b->now_group);
	group_names_release(&b->names);
	memset(b, 0, sizeof *b);
}

static int spend(struct window_build *b, int64_t bytes)
{
	b->budget -= bytes;
	return b->budget >= 0 ? 0
	                      : err_set(b->e, ERR_LIMIT, "its windows need more memory than is allowed; see --max-mem");
}

int window_build_room(struct window_build *b, size_t k)
{
	if (b->room - b->n >= k)
		return 0;
	size_t room = b->room + b->room / 2 > b->n + k ? b->room + b->room / 2 : b->n + k;
	room = room < 4096 ? 4096 : room;
	/* Do not reserve more than the budget allows. */
	size_t left = (size_t)(b->budget > 0 ? b->budget : 0) / sizeof *b->x;
	if (room - b->room > left)
		room = b->n + k > b->room + left ? b->n + k : b->room + left;
	int bad = spend(b, (int64_t)((room - b->room) * sizeof *b->x));
	if (bad)
		return bad;
	b->x = xrealloc(b->x, room, sizeof *b->x);
	b->room = room;
	return 0;
}

int window_build_channel(struct window_build *b)
{
	if (b->n_channel == b->channel_room) {
		b->channel_room = b->channel_room ? 2 * b->channel_room : 16;
		if (spend(b, b->channel_room * (int64_t)sizeof *b->channel_length / 2))
			return b->e->code;
		b->channel_length = xrealloc(b->channel_length, (size_t)b->channel_room, sizeof *b->channel_length);
	}
	b->channel_length[b->n_channel++] = (int64_t)(b->n - b->channel_start);
	b->channel_start = b->n;
	return 0;
}

/* Pads the channels of the current window with NaN to the length of the longest. Returns that length, or an error. */
static int64_t even_channels(struct window_build *b)
{
	int64_t most = 0, C = b->n_channel, all;
	bool even = true;
	for (int64_t c = 0; c < C; c++)
		most = b->channel_length[c] > most ? b->channel_length[c] : most;
	for (int64_t c = 0; c < C; c++)
		even = even && b->channel_length[c] == most;
	if (even)
		return most;
	if (!i64_mul(most, C, &all))
		return err_set(b->e, ERR_LIMIT, "a window is too large");
	if (window_build_room(b, (size_t)all - (b->n - b->start)))
		return b->e->code;
	float *x = b->x + b->start;
	size_t from = b->n - b->start;
	for (int64_t c = C - 1; c >= 0; c--) {
		size_t len = (size_t)b->channel_length[c];
		from -= len;
		memmove(x + c * most, x + from, len * sizeof *x);
		for (int64_t t = (int64_t)len; t < most; t++)
			x[c * most + t] = NAN;
	}
	b->n = b->start + (size_t)all;
	return most;
}

static int more_windows(struct window_build *b)
{
	if (b->n_window < b->window_room)
		return 0;
	int64_t room = b->window_room ? 2 * b->window_room : 64;
	size_t each = sizeof *b->at + sizeof *b->length + sizeof *b->line + sizeof *b->label + sizeof *b->stamp +
	              sizeof *b->value + sizeof *b->group,
	       n = (size_t)room;
	if (spend(b, (room - b->window_room) * (int64_t)each))
		return b->e->code;
	b->at = xrealloc(b->at, n, sizeof *b->at);
	b->length = xrealloc(b->length, n, sizeof *b->length);
	b->line = xrealloc(b->line, n, sizeof *b->line);
	b->label = xrealloc(b->label, n, sizeof *b->label);
	b->stamp = xrealloc(b->stamp, n, sizeof *b->stamp);
	b->value = xrealloc(b->value, n, sizeof *b->value);
	b->group = xrealloc(b->group, n, sizeof *b->group);
	b->window_room = room;
	return 0;
}

/* Whole numbers have one form: "1.0" is "1". */
static void label_form(const char *s, size_t n, char *buf, size_t size)
{
	double v;
	text_clean(buf, size, s, n);
	if (number_parse(s, n, '.', &v) == NUMBER_OK && v == floor(v) && fabs(v) < 1e15)
		snprintf(buf, 32, "%.0f", v);
}

static const char *label_text(struct window_build *b, const char *s, size_t n)
{
	char buf[3 * LABEL_MAX + 1];
	unsigned h = 2166136261u;
	label_form(s, n < LABEL_MAX ? n : LABEL_MAX, buf, sizeof buf);
	for (const char *p = buf; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	const char **slot = &b->recent[h % 256];
	if (!*slot || strcmp(*slot, buf) != 0) {
		if (spend(b, (int64_t)strlen(buf) + 16))
			return NULL;
		*slot = arena_strdup(&b->s->arena, buf);
	}
	return *slot;
}

static int take_label(struct window_build *b, const char *s, size_t n)
{
	const char **to = &b->label[b->n_window];
	double *v = &b->value[b->n_window];
	*to = "";
	*v = NAN;
	text_trim(&s, &n);
	if (!n || is_missing(s, n))
		return 0;
	if (number_parse(s, n, '.', v) != NUMBER_OK)
		b->any_word = true;
	else if (*v != floor(*v))
		b->any_fraction = true;
	b->any_label = true;
	*to = label_text(b, s, n);
	return *to ? 0 : b->e->code;
}

int window_build_group(struct window_build *b, const char *name, const char *s, size_t n, int64_t line)
{
	enum { PART_MAX = 80 };
	char part[3 * PART_MAX + 1];
	double v;
	text_trim(&s, &n);
	if (!n || is_missing(s, n))
		return err_set(b->e, ERR_FORMAT, "line %lld: the cell of --group is empty, so the window has no group",
		               (long long)line);
	label_form(s, n < PART_MAX ? n : PART_MAX, part, sizeof part);
	bool number = name && number_parse(s, n, '.', &v) == NUMBER_OK;
	char *all = xasprintf("%s%s%.*s%s%s", b->now_group ? b->now_group : "", b->now_group ? " / " : "",
	                      number ? PART_MAX : 0, number ? name : "", number ? " " : "", part);
	free(b->now_group);
	b->now_group = all;
	return 0;
}

static int take_group(struct window_build *b)
{
	char clean[1024];
	int before = b->names.n;
	if (!b->now_group)
		return 0;
	text_clean(clean, sizeof clean, b->now_group, strlen(b->now_group));
	free(b->now_group);
	b->now_group = NULL;
	b->group[b->n_window] = group_names_add(&b->names, &b->s->arena, clean);
	return b->names.n > before ? spend(b, (int64_t)strlen(clean) + 64) : 0;
}

int window_build_window(struct window_build *b, const char *label, size_t n, int64_t line)
{
	if (!b->n_window)
		b->s->C = b->n_channel;
	if (b->n_channel != b->s->C)
		return err_set(
		        b->e, ERR_FORMAT, "line %lld: the window has %lld channel%s, but the first window has %lld",
		        (long long)line, (long long)b->n_channel, b->n_channel == 1 ? "" : "s", (long long)b->s->C);
	int64_t length = even_channels(b);
	if (length < 0 || more_windows(b) || take_label(b, label ? label : "", label ? n : 0) || take_group(b))
		return b->e->code;
	b->at[b->n_window] = (int64_t)b->start;
	b->length[b->n_window] = length;
	b->line[b->n_window] = line;
	b->stamp[b->n_window] = b->now_stamp ? b->now_stamp : "";
	b->any_stamp = b->any_stamp || b->now_stamp;
	b->now_stamp = NULL;
	b->n_window++;
	b->n_channel = 0;
	b->start = b->channel_start = b->n;
	return 0;
}

static void give_shape(struct window_build *b)
{
	struct window_set *s = b->s;
	bool even = true;
	for (int64_t i = 1; i < s->n && even; i++)
		even = b->length[i] == b->length[0];
	if (even) {
		int64_t T = s->n ? b->length[0] : 0;
		s->rank = 3;
		s->axes = "NCT";
		memcpy(s->dim, (int64_t[4]){ s->n, s->C, T }, sizeof s->dim);
		memcpy(s->stride, (int64_t[4]){ s->C * T, T, 1 }, sizeof s->stride);
		return;
	}
	s->at = arena_dup(&s->arena, b->at, (size_t)s->n, sizeof *s->at);
	s->length = arena_dup(&s->arena, b->length, (size_t)s->n, sizeof *s->length);
}

bool is_missing_word(const struct recipe *r, const char *s, size_t n)
{
	for (int k = 0; r && k < r->n_missing_value; k++)
		if (strlen(r->missing_value[k]) == n && !memcmp(r->missing_value[k], s, n))
			return true;
	return false;
}

bool text_value_or_word(const struct recipe *r, const char *s, size_t n, char point, float *out)
{
	if (text_value(s, n, point, out))
		return true;
	text_trim(&s, &n);
	*out = NAN;
	return is_missing_word(r, s, n);
}

int window_build_finish(struct window_build *b, bool numbers)
{
	struct window_set *s = b->s;
	size_t n = (size_t)b->n_window;
	s->n = s->n_truth = b->n_window;
	int bad = n ? 0 : err_set(b->e, ERR_FORMAT, "the file has no windows");
	if (!bad) {
		give_shape(b);
		s->x = b->x ? xrealloc(b->x, b->n + 1, sizeof *b->x) : xcalloc(1, sizeof *b->x);
		b->x = NULL;
		s->line = arena_dup(&s->arena, b->line, n, sizeof *s->line);
		if (b->names.n) {
			s->group = arena_dup(&s->arena, b->group, n, sizeof *s->group);
			s->group_name = arena_dup(&s->arena, b->names.name, (size_t)b->names.n, sizeof *s->group_name);
			s->n_group = b->names.n;
			s->n_grouped = s->n;
			s->group_asked = true;
		}
		if (b->any_stamp)
			s->stamp = arena_dup(&s->arena, b->stamp, n, sizeof *s->stamp);
		if (b->any_label && !(numbers && b->any_fraction && !b->any_word))
			s->label = arena_dup(&s->arena, b->label, n, sizeof *s->label);
		if (b->any_label && numbers && !b->any_word) {
			s->value = arena_dup(&s->arena, b->value, n, sizeof *s->value);
			s->n_value = 1;
		}
	}
	return bad;
}

/* ---- several channels in a row ---- */

/* Returns the mean absolute difference of values that lie `lag` apart in the rows of the set. */
static double mean_step(const struct window_set *s, int64_t lag)
{
	enum { ROWS_MOST = 200 };
	int64_t rows = s->dim[0] < ROWS_MOST ? s->dim[0] : ROWS_MOST, n = 0;
	int last = s->rank - 1;
	double sum = 0;
	for (int64_t i = 0; i < rows; i++)
		for (int64_t k = lag; k < s->dim[last]; k++) {
			const float *x = s->x + i * s->stride[0] + k * s->stride[last];
			double d = fabs((double)*x - (double)x[-lag * s->stride[last]]);
			if (d < INFINITY) {
				sum += d;
				n++;
			}
		}
	return n ? sum / (double)n : 0;
}

int window_set_split(struct window_set *s, const struct recipe *r, int64_t T, int64_t C, struct err *e)
{
	int last = s->rank - 1;
	int64_t all = s->rank ? s->dim[last] : 0;
	const char *layout = r && r->given & RECIPE_LAYOUT ? r->layout : NULL;
	if (C == 0 && T > 0 && s->rank && all % T == 0)
		C = all / T;
	if (C <= 1)
		return 0;
	if (!s->rank || all % C)
		return err_set(e, ERR_VALUE,
		               "each channel needs the same number of values, but a row has %lld values for "
		               "%lld channels",
		               (long long)all, (long long)C);
	bool asked = layout && (!strcmp(layout, "NTC") || !strcmp(layout, "NCT"));
	/* Values of one channel that follow each other in time are close. Noise decides for the usual order. */
	bool time_first = asked ? !strcmp(layout, "NTC") : mean_step(s, C) < 0.8 * mean_step(s, 1);
	if (!asked) {
		char *text = xasprintf(
		        "%lld channels of %lld values in a row are taken %s; --layout %s takes them %s", (long long)C,
		        (long long)(all / C), time_first ? "step by step" : "one channel after the other",
		        time_first ? "NCT" : "NTC", time_first ? "one channel after the other" : "step by step");
		warnings_add(&s->arena, &s->warning, text);
		free(text);
	}
	understood_add(&s->arena, &s->understood, "row", "%lld channels of %lld steps, %s", (long long)C,
	               (long long)(all / C), time_first ? "step by step" : "one channel after the other");
	int64_t each = s->stride[last];
	s->rank = 3;
	s->axes = time_first ? "NTC" : "NCT";
	s->C = C;
	s->dim[1] = time_first ? all / C : C;
	s->dim[2] = time_first ? C : all / C;
	s->stride[1] = s->dim[2] * each;
	s->stride[2] = each;
	return 0;
}
