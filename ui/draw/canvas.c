#include "ui/draw/canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "ui/draw/style.h"

static const struct cell blank = { ' ', S_TEXT };

void canvas_clear(struct canvas *c)
{
	for (int i = 0; i < c->w * c->h; i++)
		c->cell[i] = blank;
	c->cursor_x = c->cursor_y = -1;
	c->n_zone = 0;
}

void canvas_zone(struct canvas *c, struct rect r, int a, int b)
{
	c->zone = xrealloc(c->zone, (size_t)c->n_zone + 1, sizeof *c->zone);
	c->zone[c->n_zone++] = (struct zone){ r, a, b };
}

const struct zone *canvas_zone_at(const struct canvas *c, int x, int y)
{
	for (int i = c->n_zone - 1; i >= 0; i--) {
		const struct rect *r = &c->zone[i].r;
		if (x >= r->x && y >= r->y && x < r->x + r->w && y < r->y + r->h)
			return &c->zone[i];
	}
	return NULL;
}

void canvas_init(struct canvas *c, int w, int h)
{
	*c = (struct canvas){ .ellipsis = 0x2026 };
	canvas_resize(c, w, h);
}

void canvas_resize(struct canvas *c, int w, int h)
{
	c->w = w > 0 ? w : 0;
	c->h = h > 0 ? h : 0;
	c->cell = xrealloc(c->cell, (size_t)c->w * (size_t)c->h + 1, sizeof *c->cell);
	canvas_clear(c);
}

void canvas_release(struct canvas *c)
{
	free(c->cell);
	free(c->zone);
	*c = (struct canvas){ 0 };
}

void canvas_put(struct canvas *c, int x, int y, int32_t cp, unsigned style)
{
	if (x < 0 || y < 0 || x >= c->w || y >= c->h)
		return;
	struct cell *p = &c->cell[y * c->w + x];
	/* never half of a wide character */
	if (p->cp == 0 && x > 0)
		p[-1].cp = ' ';
	if (x + 1 < c->w && p[1].cp == 0)
		p[1].cp = ' ';
	int w = cp == ' ' ? 1 : text_width_cp(cp);
	if (!text_printable(cp) || w <= 0)
		cp = 0xFFFD, w = 1;
	if (w == 2 && x + 1 >= c->w)
		cp = ' ', w = 1;
	p->cp = cp;
	p->style = (uint16_t)style;
	if (w == 2) {
		if (x + 2 < c->w && p[2].cp == 0)
			p[2].cp = ' ';
		p[1] = (struct cell){ 0, (uint16_t)style };
	}
}

int canvas_text(struct canvas *c, int x, int y, int w, unsigned style, const char *s)
{
	if (w < 0 || w > c->w - x)
		w = c->w - x;
	if (w <= 0)
		return 0;
	size_t n = strlen(s), used;
	bool cut = text_width(s) > w;
	int room = cut ? w - 1 : w, at = 0;
	for (size_t i = 0; i < n; i += used) {
		int32_t cp = text_decode(s + i, n - i, &used);
		int cw = cp < 0 ? 1 : text_width_cp(cp);
		if (cp >= 0 && cw == 0 && text_printable(cp))
			continue; /* combining marks have no cell of their own */
		if (cw < 1)
			cw = 1;
		if (at + cw > room)
			break;
		canvas_put(c, x + at, y, cp, style);
		at += cw;
	}
	if (cut)
		canvas_put(c, x + at++, y, c->ellipsis, style);
	return at;
}

int canvas_name(struct canvas *c, int x, int y, int w, unsigned style, const char *s)
{
	int all = text_width(s), tail = (w - 1) / 2;
	if (w < 0 || all <= w || w < 5)
		return canvas_text(c, x, y, w, style, s);
	/* skip as many columns from the left as leaves the tail */
	const char *end = s;
	for (int skipped = 0; skipped < all - tail && *end;) {
		size_t used;
		skipped += text_width_cp(text_decode(end, strlen(end), &used));
		end += used;
	}
	int n = canvas_text(c, x, y, w - tail, style, s);
	return n + canvas_text(c, x + n, y, w - n, style, end);
}

int canvas_printf(struct canvas *c, int x, int y, int w, unsigned style, const char *fmt, ...)
{
	char s[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(s, sizeof s, fmt, ap);
	va_end(ap);
	return canvas_text(c, x, y, w, style, s);
}

int canvas_right(struct canvas *c, int x, int y, int w, unsigned style, const char *s)
{
	int n = text_width(s);
	if (n > w)
		n = w;
	return canvas_text(c, x + w - n, y, n, style, s);
}

void canvas_fill(struct canvas *c, struct rect r, int32_t cp, unsigned style)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			canvas_put(c, x, y, cp, style);
}

void canvas_mark(struct canvas *c, struct rect r, unsigned attributes)
{
	for (int y = r.y < 0 ? 0 : r.y; y < r.y + r.h && y < c->h; y++)
		for (int x = r.x < 0 ? 0 : r.x; x < r.x + r.w && x < c->w; x++)
			c->cell[y * c->w + x].style |= (uint16_t)attributes;
}

void canvas_cursor(struct canvas *c, int x, int y)
{
	if (x >= 0 && y >= 0 && x < c->w && y < c->h)
		c->cursor_x = x, c->cursor_y = y;
}

void canvas_print(const struct canvas *c, FILE *f)
{
	for (int y = 0; y < c->h; y++) {
		const struct cell *row = c->cell + y * c->w;
		int n = c->w;
		while (n > 0 && row[n - 1].cp == ' ')
			n--;
		for (int x = 0; x < n; x++) {
			char b[4];
			if (row[x].cp)
				fwrite(b, 1, text_encode(b, row[x].cp), f);
		}
		fputc('\n', f);
	}
}

void canvas_print_styles(const struct canvas *c, FILE *f)
{
	for (int y = 0; y < c->h; y++) {
		const struct cell *row = c->cell + y * c->w;
		for (int x = 0; x < c->w; x++)
			fputc(style_letter(row[x].style), f);
		int n = c->w;
		while (n > 0 && !((unsigned)row[n - 1].style >> STYLE_SHIFT))
			n--;
		fputc('|', f);
		for (int x = 0; x < n; x++) {
			unsigned a = (unsigned)row[x].style >> STYLE_SHIFT;
			fputc(a ? "0123456789abcdef"[a & 15] : ' ', f);
		}
		fputc('\n', f);
	}
}
