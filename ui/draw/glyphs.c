#include "ui/draw/glyphs.h"

#include <string.h>
#include <strings.h>

#define UNICODE_SHAPES                                                                                                 \
	.level = { ' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588 },                              \
	.above = { ' ', 0x2594, 0x2580 }, .below = { ' ', 0x2581, 0x2584 },                                            \
	.part = { ' ', 0x258F, 0x258E, 0x258D, 0x258C, 0x258B, 0x258A, 0x2589, 0x2588 }, .track = 0x2500, .h = 0x2500, \
	.v = 0x2502, .tl = 0x250C, .tr = 0x2510, .bl = 0x2514, .br = 0x2518, .tee_l = 0x251C, .tee_r = 0x2524,         \
	.tee_d = 0x252C, .tee_u = 0x2534, .cross = 0x253C, .arrow = 0x25B6, .arrow_down = 0x25BC, .node = 0x25CB,      \
	.node_on = 0x25CF, .mark = 0x25B8, .hit = 0x25CF, .side = 0x258C, .truth = 0x25CB, .predicted = 0x25CF,        \
	.middle = 0x2500, .up = 0x25B2, .down = 0x25BC, .ellipsis = 0x2026, .yhat = "\u0177", .times = "\u00d7",       \
	.approx = "\u2248", .note = 0x00B6, .none = 0x00B7, .to = 0x2192, .falls = 0x25BE, .rises = 0x25B4,            \
	.before = 0x2039, .behind = 0x203A, .end_l = 0x2595, .end_r = 0x258F,                                          \
	.shade = { 0x2591, 0x2592, 0x2593, 0x2588 }, .heat = { 0x2591, 0x2592, 0x2593, 0x2588 },                       \
	.cold = { '-', '=', 0x2261, 0x2263 }, .mean = 0x2501

static const struct glyphs sets[GLYPHS_COUNT] = {
	[GLYPHS_BRAILLE] = { .name = "braille", .braille = true, UNICODE_SHAPES },
	[GLYPHS_BLOCK] = { .name = "block", .braille = false, UNICODE_SHAPES },
	[GLYPHS_ASCII] = {
		.name = "ascii", .braille = false,
		.level = { ' ', '.', ':', '-', '=', '+', '*', '#', '#' },
		.above = { ' ', '\'', '+' }, .below = { ' ', ',', '-' },
		.part = { ' ', '-', '-', '-', '=', '=', '=', '#', '#' },
		.end_l = '[', .end_r = ']', .shade = { '.', ':', '=', '#' }, .mean = '=',
		.heat = { '.', '+', '*', '#' }, .cold = { '-', '~', 'n', 'N' },
		.track = '.', .h = '-', .v = '|', .tl = '+', .tr = '+', .bl = '+', .br = '+',
		.tee_l = '+', .tee_r = '+', .tee_d = '+', .tee_u = '+', .cross = '+',
		.arrow = '>', .arrow_down = 'v', .node = 'o', .node_on = '*', .mark = '>', .hit = '*', .side = '|',
		.truth = 'o', .predicted = '*', .middle = '-', .up = '^', .down = 'v', .ellipsis = '~',
		.yhat = "y^", .times = "x", .approx = "~",
			.note = ';', .none = '.', .to = '>', .falls = 'v', .rises = '^', .before = '<', .behind = '>',
	},
};

const struct glyphs *glyphs_of(enum glyph_set s)
{
	return &sets[s];
}

int glyphs_parse(enum glyph_set *out, const char *s, struct err *e)
{
	for (int i = 0; i < GLYPHS_COUNT; i++)
		if (!strcmp(s, sets[i].name)) {
			*out = (enum glyph_set)i;
			return 0;
		}
	return err_set(e, ERR_VALUE, "--glyphs %s: there are braille, block and ascii", s);
}

enum glyph_set glyphs_of_locale(const char *codeset)
{
	return !strcasecmp(codeset, "UTF-8") || !strcasecmp(codeset, "UTF8") ? GLYPHS_BRAILLE : GLYPHS_ASCII;
}
