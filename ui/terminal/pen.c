#include "ui/terminal/pen.h"

#include <stdio.h>
#include <string.h>

enum {
	ESC = 27,
	COLOUR = 24,    /* bytes of a colour's parameters, with their end: "38;2;255;255;255" */
	SEQUENCE = 128, /* bytes of the longest change of a look that is written */
	ATTRIBUTES = 10 /* those of ECMA-48 are 1 to 9 */
};

/* What is seen of a blank, as bits 1 << attribute. */
enum { UNDERLINED = 1 << 4, REVERSED = 1 << 7, STRUCK = 1 << 9 };

struct look {
	char fg[COLOUR], bg[COLOUR]; /* parameters; "": the terminal's own */
	unsigned on;                 /* 1 << attribute */
	char charset;                /* what ESC ( chose: B is ASCII, 0 are lines */
	char shift;                  /* SI: the first character set; SO: the second */
};

struct pen {
	struct look has, wants; /* the terminal; what curses asked for */
	bool off;
	int row, col; /* of the cursor, from 1; 0: not known */
	char *out;
	size_t n, most; /* bytes that are written, and that may be; above most: it is no shorter */
};

static const struct look usual = { .charset = 'B', .shift = 15 };

static void write_bytes(struct pen *p, const char *s, size_t n)
{
	if (p->n + n <= p->most)
		memcpy(p->out + p->n, s, n);
	p->n += n;
}

/* Adds a parameter to a sequence that is being written. */
static void parameter(char *s, const char *value)
{
	size_t n = strlen(s);
	snprintf(s + n, SEQUENCE - n, "%s%s", n > 2 ? ";" : "", value);
}

static void begin(char *s)
{
	snprintf(s, SEQUENCE, "\033[");
}

static void end(char *s)
{
	size_t n = strlen(s);
	snprintf(s + n, SEQUENCE - n, "m");
}

static void colours(char *s, const struct look *a, const struct look *b)
{
	if (*b->fg && strcmp(a->fg, b->fg))
		parameter(s, b->fg);
	if (*b->bg && strcmp(a->bg, b->bg))
		parameter(s, b->bg);
}

static void switched_on(char *s, unsigned on)
{
	for (unsigned i = 1; i < ATTRIBUTES; i++)
		if (on & 1u << i)
			parameter(s, (char[]){ (char)('0' + i), 0 });
}

/* From the usual look. */
static void from_usual(char *s, const struct look *b)
{
	begin(s);
	if (b->on || *b->fg || *b->bg)
		parameter(s, "0");
	switched_on(s, b->on);
	colours(s, &usual, b);
	end(s);
}

/* By what changes. "": that cannot be said so. */
static void by_changes(char *s, const struct look *a, const struct look *b, bool off)
{
	unsigned gone = a->on & ~b->on, faint = 1 << 1 | 1 << 2;
	bool no_fg = *a->fg && !*b->fg, no_bg = *a->bg && !*b->bg;
	*s = 0;
	if (((gone || no_fg || no_bg) && !off) || (gone & faint && b->on & faint))
		return;
	begin(s);
	if (gone & faint)
		parameter(s, "22");
	for (unsigned i = 3; i < ATTRIBUTES; i++)
		if (gone & 1u << i)
			parameter(s, (char[]){ '2', (char)('0' + i), 0 });
	switched_on(s, b->on & ~a->on);
	if (no_fg)
		parameter(s, "39");
	if (no_bg)
		parameter(s, "49");
	colours(s, a, b);
	end(s);
}

static bool same_colours(const struct look *a, const struct look *b)
{
	return !strcmp(a->fg, b->fg) && !strcmp(a->bg, b->bg);
}

/* Gives the terminal the look that was asked for. */
static void apply(struct pen *p)
{
	struct look *a = &p->has, *b = &p->wants;
	char whole[SEQUENCE], changes[SEQUENCE];
	if (a->charset != b->charset)
		write_bytes(p, (char[]){ ESC, '(', b->charset }, 3);
	if (a->shift != b->shift)
		write_bytes(p, &b->shift, 1);
	if (a->on != b->on || !same_colours(a, b)) {
		from_usual(whole, b);
		by_changes(changes, a, b, p->off);
		const char *s = *changes && strlen(changes) <= strlen(whole) ? changes : whole;
		write_bytes(p, s, strlen(s));
	}
	*a = *b;
}

/* Would a blank look otherwise? */
static bool blank_differs(const struct pen *p)
{
	enum { SEEN = UNDERLINED | REVERSED | STRUCK };
	return (p->has.on | p->wants.on) & SEEN || strcmp(p->has.bg, p->wants.bg) ||
	       p->has.charset != p->wants.charset || p->has.shift != p->wants.shift;
}

/* A colour of several parameters at s: its length, 0 if it is none that is known. */
static size_t extended(const char *s, size_t n)
{
	int left = n > 4 && s[3] == '5' ? 2 : n > 4 && s[3] == '2' ? 4 : 0;
	size_t k = 2;
	if (!left || s[2] != ';')
		return 0;
	while (k < n && left) {
		left -= s[k] == ';';
		for (k++; k < n && s[k] >= '0' && s[k] <= '9';)
			k++;
	}
	return left || k >= COLOUR || (k < n && s[k] != ';') ? 0 : k;
}

static void keep_colour(char *colour, const char *s, size_t n)
{
	memcpy(colour, s, n);
	colour[n] = 0;
}

/* One parameter of a change of the look, of `k` digits at s. False: unknown. */
static bool one_parameter(struct look *l, const char *s, size_t k)
{
	int v = 0;
	for (size_t i = 0; i < k; i++)
		v = v < 1000 ? v * 10 + s[i] - '0' : v;
	if (v == 0)
		*l = (struct look){ .charset = l->charset, .shift = l->shift };
	else if (v < ATTRIBUTES)
		l->on |= 1u << v;
	else if (v == 22)
		l->on &= ~(1u << 1 | 1u << 2);
	else if (v > 22 && v < 30 && v != 26)
		l->on &= ~(1u << (v - 20));
	else if (v == 39 || v == 49)
		*(v == 39 ? l->fg : l->bg) = 0;
	else if ((v >= 30 && v <= 37) || (v >= 90 && v <= 97))
		keep_colour(l->fg, s, k);
	else if ((v >= 40 && v <= 47) || (v >= 100 && v <= 107))
		keep_colour(l->bg, s, k);
	else
		return false;
	return true;
}

/* The `n` bytes of parameters at s. False: something in them is unknown, and the look stays. */
static bool parameters(struct look *look, const char *s, size_t n)
{
	struct look l = *look;
	size_t i = 0;
	do {
		size_t k = 0;
		while (i + k < n && s[i + k] >= '0' && s[i + k] <= '9')
			k++;
		if (k == 2 && (s[i] == '3' || s[i] == '4') && s[i + 1] == '8') {
			k = extended(s + i, n - i);
			if (!k)
				return false;
			keep_colour(s[i] == '3' ? l.fg : l.bg, s + i, k);
		} else if (k >= COLOUR || !one_parameter(&l, s + i, k)) {
			return false;
		}
		i += k;
		if (i < n && s[i] != ';')
			return false;
	} while (i++ < n);
	*look = l;
	return true;
}

/* The length of the control sequence (ESC [ ...) at s; 0: none, or no end of it. */
static size_t control(const char *s, size_t n)
{
	size_t k = 2;
	if (n < 3 || s[0] != ESC || s[1] != '[')
		return 0;
	while (k < n && s[k] >= 0x20 && s[k] < 0x40)
		k++;
	return k < n ? k + 1 : 0;
}

/* The numbers of the control sequence at s: at most two of them, 0 where there is none. */
static void numbers(const char *s, size_t n, int v[2])
{
	int i = 0;
	v[0] = v[1] = 0;
	for (size_t k = 2; k + 1 < n && i < 2; k++)
		if (s[k] >= '0' && s[k] <= '9')
			v[i] = v[i] < 10000 ? v[i] * 10 + s[k] - '0' : v[i];
		else
			i++;
}

/* The column after a character at s: those of ASCII, and lines, blocks and Braille (U+2500 to U+28FF) take one. Of
 * others nothing is known; bytes within a character are not asked about. */
static int column_after(int col, const char *s, size_t n)
{
	unsigned char a = (unsigned char)s[0], b = n > 1 ? (unsigned char)s[1] : 0;
	if (a >= 0x80 && a < 0xc0)
		return col;
	return col && ((a >= 0x20 && a < 0x7f) || (a == 0xe2 && b >= 0x94 && b <= 0xa3)) ? col + 1 : 0;
}

/* Keeps account of where the cursor is after the `n` bytes at s: a control sequence, or a single byte of `all`. */
static void follow(struct pen *p, const char *s, size_t n, size_t all)
{
	int v[2], by;
	numbers(s, n, v);
	by = v[0] ? v[0] : 1;
	if (n == 1 && (*s == '\r' || *s == '\b'))
		p->col = *s == '\r' ? 1 : p->col > 1 ? p->col - 1 : 0;
	else if (n == 1)
		p->col = column_after(p->col, s, all);
	else if (strchr("Hf", s[n - 1]))
		p->row = by, p->col = v[1] ? v[1] : 1;
	else if (s[n - 1] == 'G')
		p->col = by;
	else if (s[n - 1] == 'd')
		p->row = by;
	else if (s[n - 1] == 'C')
		p->col += p->col ? by : 0;
	else if (!strchr("JKXP@hl", s[n - 1]))
		p->row = p->col = 0;
}

/* A shorter way to where the control sequence at s moves the cursor, where that is to the right in the same row. Only
 * to the right: behind the last column a step to the left begins elsewhere on some terminals. Returns its length; 0:
 * none.
 */
static size_t shorter_way(const struct pen *p, const char *s, size_t n, char to[16])
{
	int v[2];
	numbers(s, n, v);
	int col = s[n - 1] == 'G' ? v[0] : s[n - 1] == 'H' && v[0] == p->row ? v[1] : 0;
	if (n < 3 || !p->row || !p->col || col <= p->col)
		return 0;
	int k = col - p->col == 1 ? snprintf(to, 16, "\033[C") : snprintf(to, 16, "\033[%dC", col - p->col);
	return (size_t)k < n ? (size_t)k : 0;
}

/* Does it move the cursor only, or show and hide it? */
static bool moves(const char *s, size_t n)
{
	return n == 1 ? *s == '\r' || *s == '\b'
	              : strchr("ABCDGHdf", s[n - 1]) || (s[2] == '?' && strchr("hl", s[n - 1]));
}

/* Does it clear, so that only the background counts? */
static bool clears(const char *s, size_t n)
{
	return n == 1 ? *s == ' ' : strchr("JKXP@LM", s[n - 1]) != NULL;
}

size_t pen_shorten(const char *in, size_t n, bool off, char *out)
{
	struct pen p = { .has = usual, .wants = usual, .off = off, .out = out, .most = n };
	size_t i = 0;
	while (i < n) {
		const char *s = in + i;
		size_t k = control(s, n - i);
		if (k && s[k - 1] == 'm') {
			if (!parameters(&p.wants, s + 2, k - 3))
				break;
		} else if (n - i > 2 && s[0] == ESC && s[1] == '(' && (s[2] == 'B' || s[2] == '0')) {
			p.wants.charset = s[2];
			k = 3;
		} else if (*s == 14 || *s == 15) {
			p.wants.shift = *s;
			k = 1;
		} else {
			k = k ? k : 1;
			if (!moves(s, k) && (!clears(s, k) || blank_differs(&p)))
				apply(&p);
			char way[16];
			size_t shorter = shorter_way(&p, s, k, way);
			write_bytes(&p, shorter ? way : s, shorter ? shorter : k);
			follow(&p, s, k, n - i);
		}
		i += k;
	}
	apply(&p);
	write_bytes(&p, in + i, n - i);
	if (p.n <= n)
		return p.n;
	memcpy(out, in, n);
	return n;
}
