/* Units in the cells of a column: "20.5 °C", "$3". */
#include "src/text/text_layout_parts.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/number.h"

static const char *const signs[] = { "$", "\u20ac", "\u00a3", "\u00a5", "\u20b9", NULL };

/* How many bytes at s are the sign of a currency. */
static size_t sign_before(const char *s, size_t n)
{
	for (int i = 0; signs[i]; i++) {
		size_t k = strlen(signs[i]);
		if (n > k && !memcmp(s, signs[i], k))
			return k;
	}
	return 0;
}

/* How many bytes at s may belong to a number. */
static size_t number_length(const char *s, size_t n)
{
	size_t k = 0;
	for (; k < n; k++) {
		bool digit_next = k + 1 < n && is_digit(s[k + 1]);
		bool sign_next = k + 2 < n && (s[k + 1] == '-' || s[k + 1] == '+') && is_digit(s[k + 2]);
		if (is_digit(s[k]) || s[k] == '.' || s[k] == ',')
			continue;
		if ((s[k] == '-' || s[k] == '+') && (!k || (s[k - 1] | 32) == 'e'))
			continue;
		if ((s[k] | 32) == 'e' && k && (digit_next || sign_next))
			continue;
		break;
	}
	return k;
}

/* Splits a cell into a number and a unit. Returns false if it is something else. */
static bool split(const char *s, size_t n, struct text_unit *u, const char **number, size_t *length)
{
	size_t before = sign_before(s, n);
	*u = (struct text_unit){ .s = s, .n = before, .before = true };
	*number = s + before;
	*length = n - before;
	if (!before) {
		size_t k = number_length(s, n), from = k;
		while (from < n && (is_blank(s[from]) || (n - from > 1 && !memcmp(s + from, "\xc2\xa0", 2))))
			from += is_blank(s[from]) ? 1 : 2;
		*u = (struct text_unit){ .s = s + from, .n = n - from };
		*length = k;
	}
	bool letter = u->n && ((*u->s | 32) < 'a' || (*u->s | 32) > 'z') ? (*u->s & 0x80) || before : u->n > 0;
	return letter && u->n <= UNIT_MAX && number_marks(*number, *length) >= 0 && !text_is_time_word(u->s, u->n);
}

static bool same_unit(const struct text_unit *a, const struct text_unit *b)
{
	return a->before == b->before && a->n == b->n && !memcmp(a->s, b->s, a->n);
}

/* What is known of one column so far. */
struct finding {
	struct text_unit unit;
	int with, changes; /* cells with the unit; how often the number is another one than before */
	int point, comma, marks;
	const char *number; /* the last one */
	size_t length;
	bool other; /* a cell is no number */
};

static void look(struct finding *q, const struct cell *c)
{
	struct text_unit u;
	const char *number;
	size_t length;
	double v;
	/* 950 beside 1.2k is no number of the same unit; zero needs none */
	q->other |= c->kind == CELL_NUMBER && (number_any(c->s, c->n, '.', &v) != NUMBER_OK || v != 0);
	if (c->kind == CELL_EMPTY || c->kind == CELL_NUMBER || q->other)
		return;
	if (!split(c->s, c->n, &u, &number, &length) || (q->with && !same_unit(&u, &q->unit))) {
		q->other = true;
		return;
	}
	int marks = number_marks(number, length);
	q->changes += q->with && (length != q->length || memcmp(number, q->number, length) != 0);
	q->unit = u;
	q->number = number;
	q->length = length;
	q->marks |= marks;
	q->point += (marks & (NUMBER_DECIMAL_POINT | NUMBER_GROUP_COMMA)) != 0;
	q->comma += (marks & (NUMBER_DECIMAL_COMMA | NUMBER_GROUP_POINT)) != 0;
	q->with++;
}

void units_find(struct finder *f, struct text_layout *l, struct tally *t, int from, int to)
{
	enum { LEAST = 3 };
	struct finding *q = xcalloc((size_t)l->n_col + 1, sizeof *q);
	for (int i = from; i < to; i++) {
		if (f->best.shape[i].comment)
			continue;
		int n = line_split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell);
		for (int k = 0; k < n && k < l->n_col; k++)
			if (tally_kind(&t[k]) == CELL_WORD)
				look(&q[k], &f->cell[k]);
	}
	for (int k = 0; k < l->n_col; k++) {
		/* labels such as "5 kg" seldom change from row to row */
		if (q[k].other || q[k].with < LEAST || q[k].changes * 10 < q[k].with)
			continue;
		l->column[k].unit = q[k].unit;
		t[k].kind[CELL_NUMBER] += q[k].with;
		t[k].kind[CELL_WORD] = 0;
		t[k].marks |= q[k].marks;
		t[k].point += q[k].point;
		t[k].comma += q[k].comma;
	}
	free(q);
}

bool text_unit_strip(const struct text_unit *u, const char **s, size_t *n)
{
	if (!u->n || *n <= u->n || memcmp(u->before ? *s : *s + *n - u->n, u->s, u->n) != 0)
		return false;
	*s += u->before ? u->n : 0;
	*n -= u->n;
	while (*n && is_blank((*s)[*n - 1]))
		--*n;
	while (*n > 1 && !memcmp(*s + *n - 2, "\xc2\xa0", 2))
		*n -= 2;
	return true;
}
