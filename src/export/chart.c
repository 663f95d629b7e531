#include "src/export/chart.h"

#include <math.h>
#include <string.h>

/* How line k looks: colours that everybody can tell apart (Okabe, Ito 2008). */
static const struct look {
	char mark;
	const char *colour, *dash;
} looks[CHART_LINES] = { { '*', "#0072b2", "" },    { 'o', "#e69f00", "6 3" }, { 'x', "#444444", "2 3" },
	                 { '+', "#009e73", "8 3" }, { '#', "#d55e00", "4 2" }, { '%', "#cc79a7", "1 2" },
	                 { '@', "#56b4e9", "" },    { '=', "#000000", "9 2" } };

static double height(const struct chart *c, double v)
{
	return !c->logarithm ? v : v > 0 ? log10(v) : (double)NAN;
}

static void take(double v, double *low, double *high)
{
	if (!isfinite(v))
		return;
	*low = isfinite(*low) ? fmin(*low, v) : v;
	*high = isfinite(*high) ? fmax(*high, v) : v;
}

/* The range of y. False: there is nothing to draw. */
static bool limits(const struct chart *c, double *low, double *high)
{
	*low = *high = (double)NAN;
	take(height(c, c->base), low, high);
	for (int k = 0; k < c->n_line; k++)
		for (int i = 0; i < c->line[k].n; i++)
			take(height(c, c->line[k].y[i]), low, high);
	if (!isfinite(*low))
		return false;
	if (!(*high - *low > 1e-9)) {
		*low -= 0.5;
		*high += 0.5;
	}
	return true;
}

/* From 0 at the left to 1 at the right. */
static double across(const struct chart *c, double x)
{
	return c->high > c->low ? fmin(fmax((x - c->low) / (c->high - c->low), 0), 1) : 0;
}

static double tick(const struct chart *c, double share)
{
	return (c->low + share * (c->high - c->low)) * c->factor;
}

void chart_text(FILE *f, const struct chart *c)
{
	enum { W = 60, H = 14 };
	char cell[H][W + 1], ticks[3][32];
	double low, high;
	if (!limits(c, &low, &high))
		return;
	for (int y = 0; y < H; y++) {
		memset(cell[y], ' ', W);
		cell[y][W] = '\0';
	}
	for (int x = 0; x < W && isfinite(height(c, c->base)); x += 2)
		cell[lround((high - height(c, c->base)) / (high - low) * (H - 1))][x] = '.';
	for (int k = c->n_line - 1; k >= 0; k--)
		for (int i = 0; i < c->line[k].n; i++) {
			double v = height(c, c->line[k].y[i]);
			if (isfinite(v))
				cell[lround((high - v) / (high - low) * (H - 1))]
				    [lround(across(c, c->line[k].x[i]) * (W - 1))] = looks[k].mark;
		}
	for (int y = 0; y < H; y++) {
		double v = high - (high - low) * y / (H - 1);
		if (y % 3 == 1 || y == H - 1)
			fprintf(f, "%10.3g |%s\n", c->logarithm ? pow(10, v) : v, cell[y]);
		else
			fprintf(f, "%10s |%s\n", "", cell[y]);
	}
	fprintf(f, "%10s +", "");
	for (int x = 0; x < W; x++)
		fputc('-', f);
	for (int k = 0; k < 3; k++)
		snprintf(ticks[k], sizeof ticks[k], "%.3g%s", tick(c, k / 2.), c->unit);
	int left = W / 2 - (int)strlen(ticks[0]), right = W / 2 - (int)strlen(ticks[1]) - 2;
	fprintf(f, "\n%12s%s%*s%s%*s%s %s\n", "", ticks[0], left, "", ticks[1], right, "", ticks[2], c->x_title);
	fprintf(f, "%12s", "");
	for (int k = 0; k < c->n_line; k++)
		fprintf(f, "%s%c %s", k ? "   " : "", looks[k].mark, c->line[k].name);
	if (isfinite(c->base))
		fprintf(f, "   . %s", c->base_name);
	fputc('\n', f);
}

/* ---- as SVG ---- */

/* So few points are marked: they are what was measured, the lines between them are not. */
enum { MARKED = 32 };
enum { WIDE = 640, TALL = 400, LEFT = 80, TOP = 30, RIGHT = 20, BOTTOM = 60 };

static void svg_line(FILE *f, const struct chart *c, int k, double low, double high)
{
	const struct chart_line *q = &c->line[k];
	double wide = WIDE - LEFT - RIGHT, tall = TALL - TOP - BOTTOM;
	int at = LEFT + (WIDE - LEFT - RIGHT) * k / (c->n_line < 3 ? 3 : c->n_line);
	fprintf(f, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" points=\"",
	        looks[k].colour, looks[k].dash);
	for (int i = 0; i < q->n; i++) {
		double v = height(c, q->y[i]);
		if (isfinite(v))
			fprintf(f, "%.1f,%.1f ", LEFT + wide * across(c, q->x[i]),
			        TOP + tall * (high - v) / (high - low));
	}
	fputs("\"/>\n", f);
	for (int i = 0; i < q->n && q->n <= MARKED; i++) {
		double v = height(c, q->y[i]);
		if (isfinite(v))
			fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
			        LEFT + wide * across(c, q->x[i]), TOP + tall * (high - v) / (high - low),
			        looks[k].colour);
	}
	fprintf(f,
	        "<path d=\"M%d 14 h24\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>"
	        "<text x=\"%d\" y=\"18\">%s</text>\n",
	        at, looks[k].colour, looks[k].dash, at + 30, q->name);
}

/* A step of 1, 2 or 5 times a power of ten: about five of them in the span. */
static double round_step(double span)
{
	double step = pow(10, floor(log10(span / 5))), of = span / 5 / step;
	return step * (of < 1.5 ? 1 : of < 3.5 ? 2 : of < 7.5 ? 5 : 10);
}

static void svg_rung(FILE *f, const struct chart *c, double v, double y)
{
	fprintf(f,
	        "<path d=\"M%d %.1f H%d\" stroke=\"#ddd\" fill=\"none\"/>\n"
	        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
	        LEFT, y, WIDE - RIGHT, LEFT - 6, y + 4, c->logarithm ? pow(10, v) : v);
}

/* The axis y: round numbers, or, over decades, fifths of the height. */
static void svg_ladder(FILE *f, const struct chart *c, double low, double high)
{
	double tall = TALL - TOP - BOTTOM, step = c->logarithm ? (high - low) / 5 : round_step(high - low);
	double first = c->logarithm ? 0 : ceil(low / step - 1e-9);
	for (int k = 0; k < 16; k++) {
		double v = (c->logarithm ? low : 0) + (first + k) * step;
		if (v > high + 1e-9 * step)
			break;
		svg_rung(f, c, v == 0 ? 0 : v, TOP + tall * (high - v) / (high - low));
	}
}

void chart_svg(FILE *f, const struct chart *c)
{
	double low, high, wide = WIDE - LEFT - RIGHT, tall = TALL - TOP - BOTTOM;
	bool any = limits(c, &low, &high);
	fprintf(f,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
	        "font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
	        WIDE, TALL, WIDE, TALL);
	for (int k = 0; k <= 10 && any; k += 2) {
		double x = LEFT + wide * k / 10;
		fprintf(f,
		        "<path d=\"M%.1f %d V%.1f\" stroke=\"#ddd\" fill=\"none\"/>\n"
		        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.3g%s</text>\n",
		        x, TOP, TOP + tall, x, TOP + tall + 16, tick(c, k / 10.), c->unit);
	}
	if (any)
		svg_ladder(f, c, low, high);
	if (any && isfinite(height(c, c->base))) {
		double y = TOP + tall * (high - height(c, c->base)) / (high - low);
		fprintf(f,
		        "<path d=\"M%d %.1f H%.1f\" stroke=\"#777\" stroke-dasharray=\"2 3\" fill=\"none\"/>\n"
		        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\" fill=\"#555\">%s</text>\n",
		        LEFT, y, LEFT + wide, LEFT + wide - 4, y - 5, c->base_name ? c->base_name : "");
	}
	for (int k = 0; k < c->n_line && any; k++)
		svg_line(f, c, k, low, high);
	fprintf(f,
	        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
	        "<text x=\"16\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 16 "
	        "%.1f)\">%s</text>\n</svg>\n",
	        LEFT + wide / 2, TALL - 16, c->x_title, TOP + tall / 2, TOP + tall / 2, c->y_title);
}
