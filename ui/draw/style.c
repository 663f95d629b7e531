#include "ui/draw/style.h"

#include <math.h>
#include <string.h>

/* Indices of the palette of 256 colours. The neighbours of each list were checked to differ under normal, protan,
 * deutan and tritan vision. */
static const short seq256[8] = { 53, 25, 27, 30, 36, 107, 149, 226 };
/* the same on white, high to low, its pale end darker: lines and numbers are drawn in it, too */
static const short seq256_light[8] = { 53, 25, 27, 30, 36, 107, 143, 178 };
static const short div256_dark[7] = { 39, 32, 26, 243, 94, 166, 208 };
static const short div256_light[7] = { 26, 32, 68, 247, 136, 166, 94 };
static const short cluster8_dark[8] = { 131, 99, 196, 73, 144, 225, 158, 190 };
static const short cluster12_dark[12] = { 131, 98, 30, 100, 174, 73, 177, 142, 153, 49, 154, 255 };
static const short cluster8_light[8] = { 235, 53, 88, 21, 241, 166, 68, 246 };
static const short seq16[8] = { 4, 4, 6, 6, 14, 14, 15, 15 };
static const short div16[7] = { 12, 12, 4, -1, 3, 11, 11 };
static const short seq8[8] = { 4, 4, 4, 6, 6, 6, 7, 7 };
static const short div8[7] = { 4, 4, 4, -1, 3, 3, 3 };
static const short cluster8[7] = { 6, 3, 5, 4, 7, 2, 1 };
static const short cluster8_on_white[6] = { 4, 5, 6, 1, 0, 2 };

/* A plain meaning: palette index at 256, 16 and 8 colours, dark and light; -1 the terminal's own. */
struct plain {
	char letter;
	short dark256, light256, c16, c8;
	bool bold, reverse, underline;
};
static const struct plain plain[S_SEQ] = {
	[S_TEXT] = { '.', -1, -1, -1, -1, false, false, false },
	[S_DIM] = { 'd', 245, 242, -1, -1, false, false, false },
	[S_TITLE] = { 'T', -1, -1, -1, -1, true, false, false },
	[S_BAR] = { 'b', 250, 238, 7, -1, false, false, false },
	[S_KEY] = { 'k', 80, 25, 6, 6, true, false, false },
	[S_TAB] = { 't', 245, 242, -1, -1, false, false, false },
	[S_TAB_ON] = { 'O', 226, 25, 11, 3, true, true, false },
	[S_BORDER] = { '-', 240, 248, 8, -1, false, false, false },
	[S_BORDER_ON] = { '=', 226, 25, 11, 3, true, false, false },
	[S_LINE] = { 'l', 110, 25, 6, 6, false, false, false },
	[S_AXIS] = { 'a', 243, 244, 8, -1, false, false, false },
	[S_WARN] = { 'w', 214, 130, 3, 3, true, false, false },
	[S_TRUE] = { 'y', 117, 25, 14, 6, false, false, false },
	[S_PREDICTED] = { 'p', 214, 130, 11, 3, false, false, false },
	[S_TRACK] = { '_', 237, 253, 8, -1, false, false, false },
	[S_CHANNEL] = { 'c', 252, 236, 7, -1, false, false, false },
	[S_HIT] = { 'h', 226, 25, 15, 3, true, true, false },
	[S_IMPORTANCE] = { 'i', 36, 30, 6, 6, false, false, false },
};

static int ramp(const short *v, int n, int i, enum theme theme)
{
	return theme == THEME_LIGHT ? v[n - 1 - i] : v[i];
}

static int seq_colour(int i, enum colours c, enum theme theme)
{
	return ramp(c == COLOURS_256  ? (theme == THEME_LIGHT ? seq256_light : seq256)
	            : c == COLOURS_16 ? seq16
	                              : seq8,
	            8, i, theme);
}

static int div_colour(int i, enum colours c, enum theme theme)
{
	if (c == COLOURS_256)
		return theme == THEME_LIGHT ? div256_light[i] : div256_dark[i];
	return c == COLOURS_16 ? div16[i] : div8[i];
}

static int cluster_colour(int i, enum colours c, enum theme theme, int clusters)
{
	if (c != COLOURS_256)
		return theme == THEME_LIGHT ? cluster8_on_white[i % 6] : cluster8[i % 7];
	if (theme == THEME_LIGHT)
		return cluster8_light[i % 8];
	return clusters > 8 ? cluster12_dark[i % 12] : cluster8_dark[i % 8];
}

/* Few colours on a light background: white vanishes; yellow and cyan do where they are text, and so become magenta and
 * blue. */
static int on_light(int c, bool text)
{
	if (c == 7 || c == 15)
		return 0;
	if (!text)
		return c;
	return c == 3 || c == 11 ? 5 : c == 6 || c == 14 ? 4 : c;
}

struct look style_look(unsigned style, enum colours colours, enum theme theme, int clusters)
{
	unsigned id = style & STYLE_MASK;
	struct look l = { -1, -1, (style & STYLE_BOLD) != 0, (style & STYLE_REVERSE) != 0,
		          (style & STYLE_UNDERLINE) != 0 };
	if (id < S_SEQ) {
		const struct plain *p = &plain[id];
		l.bold |= p->bold;
		l.reverse ^= p->reverse;
		l.underline |= p->underline;
		l.fg = colours == COLOURS_256  ? (theme == THEME_LIGHT ? p->light256 : p->dark256)
		       : colours == COLOURS_16 ? p->c16
		                               : p->c8;
	} else if (id < S_DIV) {
		l.fg = seq_colour((int)id - S_SEQ, colours, theme);
		l.bold |= colours == COLOURS_8 && id >= S_SEQ + 6;
	} else if (id < S_CLUSTER) {
		l.fg = div_colour((int)id - S_DIV, colours, theme);
	} else {
		l.fg = cluster_colour((int)id - S_CLUSTER, colours, theme, clusters);
	}
	if (theme == THEME_LIGHT && colours != COLOURS_256)
		l.fg = on_light(l.fg, id < S_SEQ || (id >= S_DIV && id < S_CLUSTER));
	if (colours == COLOURS_MONO)
		l.fg = -1;
	return l;
}

char style_letter(unsigned style)
{
	unsigned id = style & STYLE_MASK;
	if (id < S_SEQ)
		return plain[id].letter;
	if (id < S_DIV)
		return (char)('0' + (id - S_SEQ));
	if (id < S_CLUSTER)
		return "<({|})>"[id - S_DIV];
	return id < S_COUNT ? (char)('A' + (id - S_CLUSTER)) : '?';
}

static int level(double v, int n)
{
	if (!(v > 0))
		return 0;
	double i = v * n;
	return i < n ? (int)i : n - 1;
}

unsigned style_seq(double v)
{
	return S_SEQ + (unsigned)level(v, 8);
}

unsigned style_div(double v)
{
	if (isnan(v))
		return S_DIV + 3;
	double a = fabs(v);
	int step = a < 0.02 ? 0 : a < 0.34 ? 1 : a < 0.67 ? 2 : 3;
	return (unsigned)(S_DIV + 3 + (v < 0 ? -step : step));
}

unsigned style_cluster(int label)
{
	return label < 0 ? S_DIM : S_CLUSTER + (unsigned)(label % 12);
}

char cluster_letter(int label)
{
	if (label < 0)
		return ' ';
	return label < 26 ? (char)('A' + label) : label < 52 ? (char)('a' + label - 26) : '+';
}

static const struct {
	const char *name;
	int n;
} colours_names[] = {
	{ "auto", -1 }, { "256", 256 }, { "16", 16 }, { "8", 8 }, { "mono", 0 }, { NULL, 0 },
};

const char *colours_word(int i)
{
	return colours_names[i].name;
}

int colours_parse(int *out, const char *s, struct err *e)
{
	for (int i = 0; colours_names[i].name; i++)
		if (!s || !strcmp(s, colours_names[i].name)) {
			*out = colours_names[i].n;
			return 0;
		}
	return err_set(e, ERR_VALUE, "--colours %s: there are auto, 256, 16, 8 and mono", s);
}

const char *theme_word(int i)
{
	static const char *const names[] = { [THEME_DARK] = "dark", [THEME_LIGHT] = "light", NULL };
	return names[i];
}

int theme_parse(enum theme *out, const char *s, struct err *e)
{
	for (int i = 0; theme_word(i); i++)
		if (!s || !strcmp(s, theme_word(i))) {
			*out = (enum theme)i;
			return 0;
		}
	return err_set(e, ERR_VALUE, "--theme %s: there are dark and light", s);
}

unsigned style_rgb(int index)
{
	static const unsigned base[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const unsigned char cube[6] = { 0, 95, 135, 175, 215, 255 };
	if (index < 16)
		return base[index < 0 ? 7 : index];
	if (index < 232) {
		unsigned i = (unsigned)index - 16;
		return (unsigned)cube[i / 36] << 16 | (unsigned)cube[i / 6 % 6] << 8 | cube[i % 6];
	}
	unsigned g = 8 + 10 * ((unsigned)index - 232);
	return g << 16 | g << 8 | g;
}
