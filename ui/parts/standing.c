#include "ui/parts/standing.h"

#include <math.h>
#include <string.h>
#include "ui/draw/plot.h"
#include "ui/state/format.h"

enum { POINTS = TRUTH_STEPS + 1 };

static const struct truth_place *place_in(const struct truth_standing *s, int method)
{
	int i = s ? truth_place_of(s, method) : -1;
	return i < 0 || !isfinite(s->place[i].srg) ? NULL : &s->place[i];
}

const char *standing_format(const struct ui *u, int method, char *buf, size_t size)
{
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	char place[32];
	*buf = '\0';
	if (u->s.q.off.n || !place_in(s, method))
		return buf;
	int i = truth_place_of(s, method);
	snprintf(buf, size, "%s of %d", i ? ordinal_format(place, sizeof place, i + 1) : "best", s->n);
	return buf;
}

/* Why there is no standing. */
static void missing(const struct ui *u, char *buf, size_t size)
{
	const struct scene_truth *t = &u->scene.truth;
	const struct scene_truth_at *at = &t->at[0];
	bool going = at->asked == TRUTH_MEASURED && !at->ended;
	if (going && at->total > 1)
		snprintf(buf, size, "measuring which method to believe: window %lld of %lld", (long long)at->done,
		         (long long)at->total);
	else if (going)
		snprintf(buf, size, "measuring which method to believe");
	else if (at->asked == TRUTH_MEASURED)
		snprintf(buf, size, "which method to believe cannot be measured: no window has this target");
	else
		snprintf(buf, size,
		         "which method to believe is not measured, which takes long here; :truth starts it, or tsviz "
		         "truth once for all");
}

const char *standing_sentence(const struct ui *u, char *buf, size_t size)
{
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	char why[192];
	if (!s) {
		missing(u, buf, size);
		return buf;
	}
	truth_choose(s, why, sizeof why);
	snprintf(buf, size, "%s%s", truth_follows(&u->scene.truth, &u->s) ? "auto: " : "auto would be ", why);
	return buf;
}

/* ---- columns ---- */

struct standing_columns standing_layout(int w)
{
	struct standing_columns q = { 0, -1, 5, 8, -1, -1, -1, 0 };
	int x = 13;
	if (w >= 42) {
		q = (struct standing_columns){ 0, 5, 16, 20, -1, -1, -1, 0 };
		x = 25;
	}
	if (w - x >= 15) {
		q.agree = x;
		x += 6;
	}
	q.curve = (w - x - 1) / 2;
	if (q.curve < 4)
		return q;
	q.curve = q.curve > 20 ? 20 : q.curve;
	q.most = x;
	q.least = x + q.curve + 1;
	return q;
}

void standing_heading(const struct ui *u, struct canvas *c, struct rect r)
{
	struct standing_columns q = standing_layout(r.w);
	const struct {
		int x;
		const char *text;
	} head[] = { { q.set, "SRG" },   { q.interval, "low..high" }, { q.place, " #" },
		     { q.here, "here" }, { q.agree, "agree" },        { q.most, "most" } };
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	if (s)
		canvas_printf(c, 1, r.y, r.x - 2, S_DIM, "%lld windows%s%s", (long long)s->windows,
		              u->s.one_filter ? ", for the target" : "", u->s.q.off.n ? ", all filters on" : "");
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		if (head[i].x >= 0)
			canvas_text(c, r.x + head[i].x, r.y, r.w - head[i].x, S_DIM, head[i].text);
	if (q.least >= 0)
		canvas_text(c, r.x + q.least, r.y, r.w - q.least, S_DIM, "least");
}

/* "0.84", "-.16", "-1.2" */
static const char *number_short(double v, char *buf, size_t size)
{
	snprintf(buf, size, v <= -0.995 ? "%.1f" : "%.2f", v);
	if (buf[0] == '-' && buf[1] == '0')
		memmove(buf + 1, buf + 2, strlen(buf) - 1);
	return buf;
}

static void number_cell(struct canvas *c, int x, int y, double v, unsigned style)
{
	char b[24];
	canvas_text(c, x, y, 4, style, number_short(v, b, sizeof b));
}

static void curve_draw(const struct ui *u, struct canvas *c, int x, int y, int w, const struct truth_curve *q,
                       unsigned style)
{
	real v[POINTS];
	for (int k = 0; k < POINTS; k++)
		v[k] = (real)q->d[k];
	plot_spark(c, u->g, x, y, w, series_of(v, POINTS), (struct range){ 0, 1 }, (struct paint){ .style = style });
}

/* Mean ends of the intervals over the replacements. */
static void interval_of(const struct truth_standing *s, const struct truth_place *p, double *low, double *high)
{
	int n = 0;
	*low = *high = 0;
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (s->replaces & 1u << how) {
			*low += p->low[how];
			*high += p->high[how];
			n++;
		}
	*low /= n;
	*high /= n;
}

void standing_row(const struct ui *u, struct canvas *c, int method, double agree, struct rect r)
{
	struct standing_columns q = standing_layout(r.w);
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	const struct truth_place *set = place_in(s, method), *here = place_in(truth_of_window(&u->scene.truth), method);
	if (here)
		number_cell(c, r.x + q.here, r.y, here->srg, S_TEXT);
	else
		canvas_put(c, r.x + q.here, r.y, c->ellipsis, S_DIM);
	if (q.agree >= 0 && agree == agree)
		number_cell(c, r.x + q.agree, r.y, agree, S_TEXT);
	if (!set) {
		canvas_put(c, r.x + q.set, r.y, c->ellipsis, S_DIM);
		return;
	}
	number_cell(c, r.x + q.set, r.y, set->srg, S_TEXT);
	canvas_printf(c, r.x + q.place, r.y, 2, S_DIM, "%2d", truth_place_of(s, method) + 1);
	if (q.interval >= 0) {
		double low, high;
		interval_of(s, set, &low, &high);
		char a[24], b[24];
		canvas_printf(c, r.x + q.interval, r.y, 10, S_DIM, "%s..%s", number_short(low, a, sizeof a),
		              number_short(high, b, sizeof b));
	}
	if (q.most >= 0) {
		curve_draw(u, c, r.x + q.most, r.y, q.curve, &set->most, S_SEQ + 6);
		curve_draw(u, c, r.x + q.least, r.y, q.curve, &set->least, S_SEQ + 2);
	}
}

void standing_random(const struct ui *u, struct canvas *c, struct rect r)
{
	struct standing_columns q = standing_layout(r.w);
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	if (!s || q.most < 0)
		return;
	curve_draw(u, c, r.x + q.most, r.y, q.curve, &s->random_high, S_DIM);
	curve_draw(u, c, r.x + q.least, r.y, q.curve, &s->random_low, S_DIM);
}

static void line_draw(const struct ui *u, struct canvas *c, struct rect r, const struct truth_curve *q, double top,
                      unsigned style, bool over)
{
	real v[POINTS];
	for (int k = 0; k < POINTS; k++)
		v[k] = (real)q->d[k];
	plot_line(c, u->g, r, series_of(v, POINTS), (struct range){ 0, top },
	          (struct paint){ .style = style, .over = over });
}

void standing_plot(const struct ui *u, struct canvas *c, int method, struct rect r)
{
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	const struct truth_place *p = place_in(s, method);
	double top = 1;
	if (!p || r.h < 5 || r.w < 30)
		return;
	for (int k = 0; k < POINTS; k++)
		top = fmax(top, fmax(p->most.d[k], p->least.d[k]));
	canvas_printf(c, r.x, r.y, -1, S_DIM,
	              "change of the output as points are replaced, by %s: most important first (upper), least first, "
	              "random between the dim lines",
	              saliency_methods[method].name);
	struct rect plot = { r.x + 6, r.y + 1, r.w - 6, r.h - 2 };
	line_draw(u, c, plot, &s->random_high, top, S_DIM, false);
	line_draw(u, c, plot, &s->random_low, top, S_DIM, true);
	line_draw(u, c, plot, &p->least, top, S_SEQ + 2, true);
	line_draw(u, c, plot, &p->most, top, S_SEQ + 6, true);
	canvas_printf(c, r.x, r.y + 1, 5, S_AXIS, "%4.2f", top);
	canvas_text(c, r.x, r.y + r.h - 2, 5, S_AXIS, "0");
	canvas_text(c, plot.x, r.y + r.h - 1, plot.w, S_AXIS, "0 % replaced");
	canvas_text(c, plot.x + plot.w - 5, r.y + r.h - 1, 5, S_AXIS, "100 %");
}

static void dump_curve(FILE *f, const char *name, const struct truth_curve *q)
{
	fprintf(f, ", %s", name);
	for (int k = 0; k < POINTS; k += TRUTH_STEPS / 4)
		fprintf(f, " %.3f", q->d[k]);
}

void standing_dump(const struct ui *u, FILE *f)
{
	const struct truth_standing *s = truth_of_set(&u->scene.truth);
	char b[320];
	fprintf(f, "%s\n", standing_sentence(u, b, sizeof b));
	for (int i = 0; s && i < s->n; i++) {
		const struct truth_place *p = &s->place[i],
		                         *here = place_in(truth_of_window(&u->scene.truth), p->method);
		double low, high;
		interval_of(s, p, &low, &high);
		fprintf(f, "%d. %s: SRG %.3f, 95 %% %.3f to %.3f", i + 1, saliency_methods[p->method].name, p->srg, low,
		        high);
		if (here)
			fprintf(f, ", in this window %.3f", here->srg);
		dump_curve(f, "most first", &p->most);
		dump_curve(f, "least first", &p->least);
		fputc('\n', f);
	}
}

static bool measured(const struct ui *u)
{
	return truth_of_set(&u->scene.truth) != NULL;
}

const struct legend legend_standing[] = {
	{ .text = "Which method to believe" },
	SEEN("SRG",
	     "how far the output changes if points are replaced, most important first, less that for least important "
	     "first: a random order has 0, larger is better; the mean over four kinds of replacement",
	     .style = S_DIM),
	SEEN("low..high", "a repeated measurement would lie there in 95 of 100 cases", .style = S_DIM),
	SEEN("#", "the place of the method by SRG: 1 is the best", .style = S_DIM),
	SEEN("here", "SRG in this window alone", .style = S_DIM),
	SEEN("agree", "how well the map has the order of the other methods' maps in this window: 1 the same, 0 none",
	     .style = S_DIM),
	SEEN("most, least",
	     "the curves: change of the output as more points are replaced, most and least important first; the "
	     "farther apart, the better",
	     .style = S_DIM),
	SEEN("random", "the same for points in any order: the upper and the lower end of its band", .style = S_DIM,
	     .when = measured),
	SEEN("auto:", "the method that auto chooses, and why: the best one if it is clearly better than the default",
	     .when = measured),
	{ 0 },
};
