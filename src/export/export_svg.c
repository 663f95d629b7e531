/* A screen as SVG 1.1. Text stays text: it can be searched, copied and read aloud. A cell is 10 by 20 units; every run
 * of one style, up to a gap, is one element, stretched to its columns, so that the picture does not depend on the
 * viewer's font. */
#include <string.h>
#include "core/base/text.h"
#include "src/export/export.h"
#include "src/export/markup.h"

enum { CELL_W = 10, CELL_H = 20, BASE = 15 };

static void code_point(int32_t cp, FILE *f)
{
	char b[8] = "";
	b[text_encode(b, cp)] = '\0';
	markup_text(f, b);
}

struct colours_of {
	unsigned fg, bg;
	bool bold, underline;
};

static struct colours_of colours_of(unsigned style, const struct export_look *look)
{
	unsigned paper = look->theme == THEME_LIGHT ? 0xffffff : 0x000000,
	         ink = look->theme == THEME_LIGHT ? 0x000000 : 0xd0d0d0;
	struct look k = style_look(style, COLOURS_256, look->theme, look->clusters);
	struct colours_of c = { k.fg < 0 ? ink : style_rgb(k.fg), k.bg < 0 ? paper : style_rgb(k.bg), k.bold,
		                k.underline };
	if (k.reverse) {
		unsigned swap = c.fg;
		c.fg = c.bg;
		c.bg = swap;
	}
	return c;
}

/* Cells of one style from x on: how many, without a wide character cut in two. */
static int run_of(const struct cell *row, int x, int w)
{
	int n = 1;
	while (x + n < w && row[x + n].style == row[x].style)
		n++;
	return n;
}

/* Text without a gap: viewers that make one blank of several would stretch what is left. */
static void piece(const struct cell *row, int from, int to, int y, struct colours_of c, FILE *f)
{
	fprintf(f, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#%06x\"%s%s>",
	        from * CELL_W, y * CELL_H + BASE, (to - from) * CELL_W, c.fg, c.bold ? " font-weight=\"bold\"" : "",
	        c.underline ? " text-decoration=\"underline\"" : "");
	for (int i = from; i < to; i++)
		if (row[i].cp)
			code_point(row[i].cp, f);
	fputs("</text>\n", f);
}

static bool blank(const struct cell *row, int i)
{
	return row[i].cp == ' ' || row[i].cp == 0x2800; /* the braille pattern without dots */
}

static void run(const struct cell *row, int x, int y, int n, const struct export_look *look, FILE *f)
{
	struct colours_of c = colours_of(row[x].style, look), plain = colours_of(S_TEXT, look);
	if (c.bg != plain.bg)
		fprintf(f, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", x * CELL_W,
		        y * CELL_H, n * CELL_W, CELL_H, c.bg);
	for (int from = x, to; from < x + n; from = to) {
		while (from < x + n && blank(row, from))
			from++;
		for (to = from; to < x + n && !(blank(row, to) && (to + 1 == x + n || blank(row, to + 1)));)
			to++;
		if (to > from)
			piece(row, from, to, y, c, f);
	}
}

void export_svg(const struct canvas *c, const struct export_look *look, FILE *f)
{
	struct colours_of plain = colours_of(S_TEXT, look);
	int w = c->w * CELL_W, h = c->h * CELL_H;
	fprintf(f,
	        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d "
	        "%d\">\n<title>",
	        w, h, w, h);
	markup_text(f, look->title ? look->title : "tsviz");
	fprintf(f,
	        "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n"
	        "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"16\" "
	        "xml:space=\"preserve\">\n",
	        w, h, plain.bg);
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w;) {
			int n = run_of(c->cell + y * c->w, x, c->w);
			run(c->cell + y * c->w, x, y, n, look, f);
			x += n;
		}
	fputs("</g>\n</svg>\n", f);
}
