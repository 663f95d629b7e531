#include "ui/draw/style.h"

#include <math.h>
#include <string.h>

/* Palette indices. tests/unit/test_style.c computes the contrast of each with the usual backgrounds of its theme: at
 * least 3:1, for the line of a plot 4.5:1. The neighbours of the lists of 256 colours differ under normal, protan,
 * deutan and tritan vision. */
enum { SEQ = 8, DIV = 7, CLUSTERS = 12 };

/* Low to high. */
static const short seq[2][3][SEQ] = {
	[THEME_DARK] = { { 5, 5, 5, 6, 6, 6, 7, 7 },
	                 { 5, 5, 6, 6, 14, 14, 15, 15 },
	                 { 99, 69, 74, 79, 114, 149, 191, 226 } },
	[THEME_LIGHT] = { { 5, 5, 5, 4, 4, 4, 0, 0 },
	                  { 12, 12, 12, 4, 4, 4, 0, 0 },
	                  { 136, 65, 30, 27, 60, 21, 55, 53 } },
};
/* - to +. */
static const short div[2][3][DIV] = {
	[THEME_DARK] = { { 6, 6, 6, -1, 3, 3, 3 }, { 14, 6, 6, -1, 3, 3, 11 }, { 45, 39, 68, 243, 137, 172, 214 } },
	[THEME_LIGHT] = { { 4, 4, 4, -1, 1, 1, 1 }, { 4, 4, 12, -1, 9, 1, 1 }, { 18, 26, 67, 244, 136, 130, 88 } },
};
/* Heat-maps fill whole cells, so the low levels may be close to the background; level 0 is the background. The larger
 * the value, the larger its contrast: brighter on dark, darker on light. */
enum { SIGNED = 2 * HEAT_SIGNED_MOST + 1 };
static const short heat[2][3][HEAT_LEVELS] = {
	[THEME_DARK] = { { -1, 4, 5, 6, 3, 7 }, { -1, 4, 5, 6, 14, 15 }, { -1, 54, 25, 36, 77, 227 } },
	[THEME_LIGHT] = { { -1, 3, 6, 5, 4, 0 }, { -1, 14, 6, 5, 4, 0 }, { -1, 194, 116, 74, 61, 53 } },
};
static const short heat_signed[2][3][SIGNED] = {
	[THEME_DARK] = { { 6, 6, 4, -1, 5, 3, 3 }, { 14, 6, 4, -1, 5, 3, 11 }, { 51, 32, 24, -1, 94, 172, 228 } },
	[THEME_LIGHT] = { { 4, 4, 6, -1, 3, 1, 1 }, { 4, 12, 14, -1, 11, 9, 1 }, { 18, 68, 153, -1, 223, 173, 88 } },
};
/* Clusters: a colour for each. Where a depth has fewer than 12 that are clear, the colours are used again, underlined
 * and then bold, so that 12 clusters look different everywhere. */
static const struct clusters {
	int n;
	short colour[CLUSTERS];
} few_clusters[2][3] = {
	[THEME_DARK] = { { 5, { 6, 3, 5, 7, 2 } },
	                 { 11, { 6, 3, 13, 7, 2, 14, 5, 10, 11, 9, 15 } },
	                 { 8, { 131, 99, 196, 73, 144, 225, 158, 190 } } },
	[THEME_LIGHT] = { { 4, { 4, 5, 1, 0 } },
	                  { 6, { 4, 5, 1, 0, 12, 9 } },
	                  { 8, { 232, 135, 196, 65, 21, 53, 88, 199 } } },
}, many_clusters[2] = {
	[THEME_DARK] = { 12, { 165, 156, 196, 73, 226, 131, 177, 143, 86, 214, 163, 189 } },
	[THEME_LIGHT] = { 12, { 16, 165, 136, 103, 197, 53, 55, 134, 125, 52, 124, 21 } },
};

/* A plain meaning: its palette index on dark and on light, each at 8, 16 and 256 colours; -1 the terminal's own. The
 * dark grey of 16 colours (8) is not used: many terminals show it almost black. */
struct plain {
	char letter;
	short colour[2][3];
	bool bold, reverse, underline;
};
static const struct plain plain[S_SEQ] = {
	[S_TEXT] = { '.', { { -1, -1, -1 }, { -1, -1, -1 } }, false, false, false },
	[S_DIM] = { 'd', { { -1, -1, 245 }, { -1, -1, 242 } }, false, false, false },
	[S_TITLE] = { 'T', { { -1, -1, -1 }, { -1, -1, -1 } }, true, false, false },
	[S_BAR] = { 'b', { { -1, 7, 250 }, { -1, 0, 238 } }, false, false, false },
	[S_KEY] = { 'k', { { 6, 6, 80 }, { 4, 4, 25 } }, true, false, false },
	[S_TAB] = { 't', { { -1, -1, 245 }, { -1, -1, 242 } }, false, false, false },
	[S_TAB_ON] = { 'O', { { 3, 11, 226 }, { 5, 5, 25 } }, true, true, false },
	[S_BORDER] = { '-', { { -1, -1, 243 }, { -1, -1, 245 } }, false, false, false },
	[S_BORDER_ON] = { '=', { { 3, 11, 226 }, { 5, 5, 25 } }, true, false, false },
	[S_LINE] = { 'l', { { -1, -1, 248 }, { -1, -1, 240 } }, false, false, false },
	[S_AXIS] = { 'a', { { -1, -1, 245 }, { -1, -1, 244 } }, false, false, false },
	[S_WARN] = { 'w', { { 3, 3, 214 }, { 5, 5, 130 } }, true, false, false },
	[S_TRUE] = { 'y', { { 6, 14, 117 }, { 4, 4, 25 } }, false, false, false },
	[S_PREDICTED] = { 'p', { { 3, 11, 214 }, { 5, 5, 130 } }, false, false, false },
	[S_TRACK] = { '_', { { -1, -1, 243 }, { -1, -1, 245 } }, false, false, false },
	[S_CHANNEL] = { 'c', { { -1, 7, 252 }, { -1, 0, 236 } }, false, false, false },
	[S_HIT] = { 'h', { { 3, 15, 226 }, { 5, 0, 25 } }, true, true, false },
	/* no level of a heat-map looks like it */
	[S_CELL] = { '@', { { 5, 13, 13 }, { 1, 9, 9 } }, false, false, false },
	/* strips follow the cursor: one of the first 16 colours takes 5 bytes on the line, another one 11 */
	[S_STRIP] = { 's', { { 3, 3, 3 }, { 5, 5, 5 } }, false, false, false },
	[S_IMPORTANCE] = { 'i', { { 6, 6, 36 }, { 4, 4, 24 } }, false, false, false },
};

static void cluster_look(struct look *l, int i, int depth, enum theme theme, int clusters)
{
	const struct clusters *q = &few_clusters[theme][depth];
	if (depth == 2 && clusters > q->n)
		q = &many_clusters[theme];
	l->fg = q->colour[i % q->n];
	l->underline |= depth < 2 && i / q->n == 1;
	l->bold |= depth < 2 && i / q->n == 2;
}

struct look style_look(unsigned style, enum colours colours, enum theme theme, int clusters)
{
	unsigned id = style & STYLE_MASK;
	struct look l = { -1, -1, (style & STYLE_BOLD) != 0, (style & STYLE_REVERSE) != 0,
		          (style & STYLE_UNDERLINE) != 0 };
	int depth = colours == COLOURS_256 ? 2 : colours == COLOURS_16;
	if (id < S_SEQ) {
		const struct plain *p = &plain[id];
		l.bold |= p->bold;
		l.reverse ^= p->reverse;
		l.underline |= p->underline;
		l.fg = p->colour[theme][depth];
	} else if (id < S_DIV) {
		l.fg = seq[theme][depth][id - S_SEQ];
		l.bold |= colours == COLOURS_8 && id >= S_SEQ + 6;
	} else if (id < S_CLUSTER) {
		l.fg = div[theme][depth][id - S_DIV];
	} else if (id < S_HEAT) {
		cluster_look(&l, (int)id - S_CLUSTER, depth, theme, clusters);
	} else if (id < S_HEAT_SIGNED) {
		l.fg = heat[theme][depth][(id - S_HEAT) / HEAT_LEVELS];
		l.bg = heat[theme][depth][(id - S_HEAT) % HEAT_LEVELS];
	} else {
		l.fg = heat_signed[theme][depth][(id - S_HEAT_SIGNED) / SIGNED];
		l.bg = heat_signed[theme][depth][(id - S_HEAT_SIGNED) % SIGNED];
	}
	if (colours == COLOURS_MONO)
		l.fg = l.bg = -1;
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
	if (id < S_HEAT)
		return (char)('A' + (id - S_CLUSTER));
	if (id < S_HEAT_SIGNED)
		return (char)('0' + (id - S_HEAT) / HEAT_LEVELS);
	return id < S_COUNT ? "<({|})>"[(id - S_HEAT_SIGNED) / SIGNED] : '?';
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

unsigned style_heat(int front, int back, bool is_signed)
{
	int most = HEAT_SIGNED_MOST;
	return is_signed ? S_HEAT_SIGNED + (unsigned)((front + most) * SIGNED + back + most)
	                 : S_HEAT + (unsigned)(front * HEAT_LEVELS + back);
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
