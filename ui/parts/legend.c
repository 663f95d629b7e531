/* The samples of legends: what a mark of the screen looks like in the glyphs of this terminal. */
#include "ui/parts/legend.h"

#include <string.h>
#include "core/base/text.h"
#include "ui/draw/plot.h"
#include "ui/draw/style.h"

enum { WAVE = 6 };
static const real wave[WAVE] = { 1, 6, 3, 8, 4, 2 }, signed_wave[WAVE] = { 2, 6, 8, -3, -8, 1 };

static void bar(const struct ui *u, struct canvas *c, int x, int y)
{
	plot_bar(c, u->g, x, y, 5, 0.7, style_seq(0.7));
}
static void line(const struct ui *u, struct canvas *c, int x, int y)
{
	plot_spark(c, u->g, x, y, WAVE, series_of(wave, WAVE), (struct range){ 0, 8 },
	           (struct paint){ .style = S_LINE });
}
static void strip(const struct ui *u, struct canvas *c, int x, int y)
{
	plot_strip(c, u->g, x, y, WAVE, series_of(wave, WAVE), 8, S_STRIP);
}
static void signed_strip(const struct ui *u, struct canvas *c, int x, int y)
{
	plot_signed_strip(c, u->g, x, y, WAVE, series_of(signed_wave, WAVE), 8);
}
static void spread(const struct ui *u, struct canvas *c, int x, int y)
{
	static const double v[] = { 1, 0.9, 0.6, 0.3, 0.1 };
	for (int i = 0; i < 5; i++)
		canvas_put(c, x + i, y, u->g->level[1 + (int)(v[i] * 7)], style_seq(v[i]));
}
static void scale(const struct ui *u, struct canvas *c, int x, int y)
{
	for (int i = 0; i < 8; i++)
		canvas_put(c, x + i, y, u->g->part[8], S_SEQ + (unsigned)i);
}
static void shades(const struct ui *u, struct canvas *c, int x, int y)
{
	for (int i = 0; i < 4; i++)
		canvas_put(c, x + i, y, u->g->shade[i], style_seq(i / 3.0));
}
static void slider(const struct ui *u, struct canvas *c, int x, int y)
{
	canvas_put(c, x, y, u->g->end_l, S_AXIS);
	for (int i = 1; i < 5; i++)
		canvas_put(c, x + i, y, i == 2 || i == 3 ? u->g->part[8] : u->g->track,
		           i == 2 || i == 3 ? S_BORDER_ON : S_TRACK);
	canvas_put(c, x + 5, y, u->g->end_r, S_AXIS);
}
static void band(const struct ui *u, struct canvas *c, int x, int y)
{
	for (int i = 0; i < 4; i++)
		canvas_put(c, x + i, y, u->g->braille ? 0x28ff : u->g->shade[0], S_TRACK);
}
static void diverging(const struct ui *u, struct canvas *c, int x, int y)
{
	for (int i = 0; i < 7; i++)
		canvas_put(c, x + i, y, u->g->part[8], S_DIV + (unsigned)i);
}
static void selected(const struct ui *u, struct canvas *c, int x, int y)
{
	(void)u;
	canvas_text(c, x, y, -1, S_TEXT | STYLE_REVERSE, "#12");
}
static void cluster(const struct ui *u, struct canvas *c, int x, int y)
{
	canvas_put(c, x, y, 'A', style_cluster(0));
	canvas_put(c, x + 1, y, u->g->side, style_cluster(0));
}
static void yhat(const struct ui *u, struct canvas *c, int x, int y)
{
	canvas_text(c, x, y, -1, S_PREDICTED, u->g->yhat);
}
static void approx(const struct ui *u, struct canvas *c, int x, int y)
{
	canvas_text(c, x, y, -1, S_TEXT, u->g->approx);
}

#define GLYPH(name, style)                                                           \
	static void name##_glyph(const struct ui *u, struct canvas *c, int x, int y) \
	{                                                                            \
		canvas_put(c, x, y, u->g->name, style);                              \
	}
GLYPH(truth, S_TRUE)
GLYPH(predicted, S_PREDICTED)
GLYPH(hit, S_HIT | STYLE_BOLD)
GLYPH(mark, S_BORDER_ON)
GLYPH(up, S_BORDER_ON)
GLYPH(down, S_BORDER_ON)
GLYPH(node, S_TITLE)
GLYPH(node_on, S_BORDER_ON)
GLYPH(arrow, S_BORDER)
GLYPH(to, S_BORDER_ON)
GLYPH(before, S_BORDER_ON)
GLYPH(behind, S_BORDER_ON)
GLYPH(falls, S_BORDER_ON)
GLYPH(rises, S_BORDER_ON)
GLYPH(track, S_TRACK)
GLYPH(h, S_BORDER)
GLYPH(v, S_BORDER)
GLYPH(tee_r, S_AXIS)
GLYPH(note, S_TEXT)
GLYPH(ellipsis, S_DIM)

static const struct sample {
	const char *name;
	int w; /* columns; 0: as many as yhat has */
	void (*draw)(const struct ui *u, struct canvas *c, int x, int y);
} samples[] = {
	{ "bar", 5, bar },        /* a value from 0 to 1 */
	{ "line", WAVE, line },   /* a small plot */
	{ "strip", WAVE, strip }, /* heights in one row */
	{ "signed", WAVE, signed_strip },
	{ "spread", 5, spread },       /* values sorted, a column each */
	{ "scale", 8, scale },         /* the colours from low to high */
	{ "shades", 4, shades },       /* the same in four steps */
	{ "slider", 6, slider },       /* a part of a whole */
	{ "band", 4, band },           /* from minimum to maximum */
	{ "diverging", 7, diverging }, /* the colours from - to + */
	{ "selected", 3, selected },
	{ "cluster", 2, cluster },
	{ "yhat", 0, yhat },
	{ "approx", 1, approx },
	{ "truth", 1, truth_glyph },
	{ "predicted", 1, predicted_glyph },
	{ "hit", 1, hit_glyph },
	{ "mark", 1, mark_glyph },
	{ "up", 1, up_glyph },
	{ "down", 1, down_glyph },
	{ "node", 1, node_glyph },
	{ "node-on", 1, node_on_glyph },
	{ "arrow", 1, arrow_glyph },
	{ "to", 1, to_glyph },
	{ "before", 1, before_glyph },
	{ "behind", 1, behind_glyph },
	{ "falls", 1, falls_glyph },
	{ "rises", 1, rises_glyph },
	{ "track", 1, track_glyph },
	{ "h", 1, h_glyph },
	{ "v", 1, v_glyph },
	{ "tee", 1, tee_r_glyph },
	{ "note", 1, note_glyph },
	{ "ellipsis", 1, ellipsis_glyph },
};

/* The sample that s begins with, "{bar}"; NULL: none. */
static const struct sample *sample_at(const char *s)
{
	size_t n = *s == '{' ? strcspn(s, "}") : 0;
	for (size_t i = 0; n && s[n] && i < sizeof samples / sizeof *samples; i++)
		if (strlen(samples[i].name) == n - 1 && !strncmp(samples[i].name, s + 1, n - 1))
			return &samples[i];
	return NULL;
}

int legend_draw(const struct ui *u, struct canvas *c, int x, int y, int w, const struct legend *row)
{
	int at = 0;
	for (const char *s = row->mark; s && *s;) {
		const struct sample *sample = sample_at(s);
		char b[64];
		size_t n = sample ? strcspn(s, "}") + 1 : 1 + strcspn(s + 1, "{");
		int cells = 0;
		if (sample) {
			cells = sample->w ? sample->w : text_width(u->g->yhat);
		} else {
			snprintf(b, sizeof b, "%.*s", (int)n, s);
			cells = text_width(b);
		}
		if (sample && at + cells <= w)
			sample->draw(u, c, x + at, y);
		else if (!sample && at < w)
			canvas_text(c, x + at, y, w - at, row->style, b);
		at += cells;
		s += n;
	}
	return at;
}

const char *legend_format(const struct ui *u, const struct legend *row, char *buf, size_t size)
{
	struct canvas c;
	size_t at = 0;
	canvas_init(&c, 40, 1);
	int w = legend_draw(u, &c, 0, 0, c.w, row);
	for (int x = 0; x < w && x < c.w; x++) {
		char b[4];
		size_t n = c.cell[x].cp ? text_encode(b, c.cell[x].cp) : 0;
		if (at + n < size) {
			memcpy(buf + at, b, n);
			at += n;
		}
	}
	buf[at < size ? at : size - 1] = '\0';
	canvas_release(&c);
	return buf;
}

/* ---- tables that views share ---- */

const struct legend legend_details[] = {
	SEEN("64 filters", "so many filters; kernel 3: each has weights for so many neighbouring steps",
	     .style = S_DIM),
	SEEN("64 k3 s2 d4", "64 filters; the kernel is 3 steps long, moves 2 steps on, and its taps are 4 steps apart",
	     .style = S_DIM),
	SEEN("same, valid", "the ends are padded, so the length stays; or they are not", .style = S_DIM),
	SEEN("causal", "padded at the beginning only: a step depends on no later one", .style = S_DIM),
	SEEN("relu, tanh ...", "the activation function", .style = S_DIM),
	SEEN("sees 7 steps", "receptive field: so many steps of the input can change one value of the layer",
	     .style = S_DIM),
	{ 0 },
};

static bool colours_clusters(const struct ui *u)
{
	return u->s.cluster_colours || u->view->id == VIEW_CLUSTERS;
}

const struct legend legend_filters[] = {
	SEEN("{selected}", "the selected filter, by its number"),
	SEEN("#7", "a filter below the percentile: it stays listed because it is selected, marked or off",
	     .style = S_DIM),
	SEEN("*7 #7x", "a marked filter; one that is switched off"),
	SEEN("{line}", "activation of the filter over time, between its own smallest and largest value"),
	SEEN("{bar} 0.64",
	     "importance, 0 to 1 within the layer; above 1, while filters are switched: more than any had before"),
	SEEN("{scale}", "colours from low to high importance"),
	SEEN("silent",
	     "the filter has one value at all steps of this window; by gradient it may have importance: what a change "
	     "of it would "
	     "do; gated gives it 0",
	     .style = S_DIM),
	SEEN("off", "the filter is switched off", .style = S_WARN),
	SEEN("{hit}", "a traced step, brighter with its share"),
	SEEN("{cluster}", "cluster of the filter, by letter and colour", .when = colours_clusters),
	SEEN("{up} {down}", "there is more above or below"),
	{ 0 },
};
