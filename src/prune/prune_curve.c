/* The curve of `tsviz prune --curve`: a plot with characters, SVG and CSV. */
#include <math.h>
#include <string.h>
#include "src/export/cells.h"
#include "src/read/save.h"
#include "src/prune/prune_report.h"

/* The lines of the plot: what each draws of a point. */
enum { LINES = 4 };
static const struct line {
	const char *name;
	char mark;
	const char *colour, *dash;
} lines[LINES] = { { "repaired", '*', "#0072b2", "" },
	           { "random, repaired", 'o', "#e69f00", "6 3" },
	           { "not repaired", 'x', "#444444", "2 3" } };

static double at(const struct prune_report *r, int line, int i)
{
	const struct prune_point *q = &r->point[i];
	int set = r->p->n_set - 1;
	const double v[LINES] = { q->fixed[set].error, q->chance[set].error, q->cut[set].error,
		                  q->tuning.done ? q->tuned[set].error : NAN };
	return v[line];
}

static bool is_tuned(const struct prune_report *r)
{
	return r->n && r->point[0].tuning.done;
}

/* Errors span decades, so they are drawn by their logarithm. */
static double height(const struct prune_report *r, double v)
{
	return r->p->has_accuracy ? v : v > 0 ? log10(v) : NAN;
}

static void limits(const struct prune_report *r, double *low, double *high)
{
	double before = height(r, r->p->set[r->p->n_set - 1].before.error);
	*low = *high = before;
	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < LINES; k++) {
			double v = height(r, at(r, k, i));
			if (isfinite(v)) {
				*low = fmin(*low, v);
				*high = fmax(*high, v);
			}
		}
	if (!(*high - *low > 1e-9)) {
		*low -= 0.5;
		*high += 0.5;
	}
}

void prune_curve_plot(FILE *f, const struct prune_report *r)
{
	enum { W = 60, H = 14 };
	char cell[H][W + 1];
	double low, high, before = height(r, r->p->set[r->p->n_set - 1].before.error);
	limits(r, &low, &high);
	if (!isfinite(low) || !isfinite(high))
		return;
	for (int y = 0; y < H; y++) {
		memset(cell[y], ' ', W);
		cell[y][W] = '\0';
	}
	int base = (int)lround((high - before) / (high - low) * (H - 1));
	for (int x = 0; x < W; x += 2)
		cell[base][x] = '.';
	for (int k = LINES - 1; k >= 0; k--)
		for (int i = 0; i < r->n; i++) {
			double v = height(r, at(r, k, i));
			if (isfinite(v))
				cell[(int)lround((high - v) / (high - low) * (H - 1))]
				    [(int)lround(r->point[i].asked * (W - 1))] = lines[k].mark;
		}
	for (int y = 0; y < H; y++) {
		double v = high - (high - low) * y / (H - 1);
		v = r->p->has_accuracy ? v : pow(10, v);
		if (y % 3 == 1 || y == H - 1)
			fprintf(f, "%10.3g |%s\n", v, cell[y]);
		else
			fprintf(f, "%10s |%s\n", "", cell[y]);
	}
	fprintf(f, "%10s +", "");
	for (int x = 0; x < W; x++)
		fputc('-', f);
	fprintf(f, "\n%12s0 %%%*s50 %%%*s100 %% of the filters removed\n", "", W / 2 - 4, "", W / 2 - 5, "");
	fprintf(f, "%12s* repaired   o random choice, repaired   x not repaired   %s. before\n", "",
	        is_tuned(r) ? "+ tuned   " : "");
}

static void write_csv(FILE *f, const struct prune_report *r)
{
	const struct prune *p = r->p;
	fprintf(f, "ratio,removed,parameters,multiply_adds");
	for (int s = 0; s < p->n_set; s++) {
		const char *n = s ? "test" : "held_out";
		fprintf(f, ",%s_repaired,%s_changed,%s_not_repaired,%s_random", n, n, n, n);
		if (is_tuned(r))
			fprintf(f, ",%s_tuned,%s_tuned_changed", n, n);
		prune_draws_csv_head(f, r, n);
	}
	fputc('\n', f);
	for (int i = -1; i < r->n; i++) {
		const struct prune_point *q = i < 0 ? NULL : &r->point[i];
		fprintf(f, "%.9g", q ? q->asked : 0);
		csv_number(f, q ? q->ratio : 0);
		fprintf(f, ",%lld,%lld", (long long)(q ? q->params : p->job->m->params),
		        (long long)(q ? q->macs : graph_macs(p->job->m->graph)));
		for (int s = 0; s < p->n_set; s++) {
			double same = p->set[s].before.error;
			csv_number(f, q ? q->fixed[s].error : same);
			csv_number(f, q ? q->fixed[s].changed : 0);
			csv_number(f, q ? q->cut[s].error : same);
			csv_number(f, q ? q->chance[s].error : same);
			if (is_tuned(r)) {
				csv_number(f, q ? q->tuned[s].error : same);
				csv_number(f, q ? q->tuned[s].changed : 0);
			}
			prune_draws_csv(f, r, i, s);
		}
		fputc('\n', f);
	}
}

static void write_svg(FILE *f, const struct prune_report *r)
{
	enum { W = 640, H = 400, LEFT = 80, TOP = 30, RIGHT = 20, BOTTOM = 60 };
	double low, high, wide = W - LEFT - RIGHT, tall = H - TOP - BOTTOM;
	double before = height(r, r->p->set[r->p->n_set - 1].before.error);
	limits(r, &low, &high);
	fprintf(f,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
	        "font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
	        W, H, W, H);
	for (int k = 0; k <= 10; k += 2) {
		double x = LEFT + wide * k / 10, y = TOP + tall * k / 10, v = high - (high - low) * k / 10;
		fprintf(f,
		        "<path d=\"M%.1f %d V%.1f M%d %.1f H%.1f\" stroke=\"#ddd\" fill=\"none\"/>\n"
		        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d %%</text>\n"
		        "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
		        x, TOP, TOP + tall, LEFT, y, LEFT + wide, x, TOP + tall + 16, k * 10, LEFT - 6, y + 4,
		        r->p->has_accuracy ? v : pow(10, v));
	}
	if (isfinite(before))
		fprintf(f, "<path d=\"M%d %.1f H%.1f\" stroke=\"#999\" fill=\"none\"/>\n", LEFT,
		        TOP + tall * (high - before) / (high - low), LEFT + wide);
	for (int k = 0; k < LINES - !is_tuned(r); k++) {
		fprintf(f, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" points=\"",
		        lines[k].colour, lines[k].dash);
		for (int i = 0; i < r->n; i++) {
			double v = height(r, at(r, k, i));
			if (isfinite(v))
				fprintf(f, "%.1f,%.1f ", LEFT + wide * r->point[i].asked,
				        TOP + tall * (high - v) / (high - low));
		}
		fprintf(f,
		        "\"/>\n<path d=\"M%d 14 h24\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>"
		        "<text x=\"%d\" y=\"18\">%s</text>\n",
		        10 + 157 * k, lines[k].colour, lines[k].dash, 10 + 157 * k + 28, lines[k].name);
	}
	fprintf(f,
	        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">filters removed</text>\n"
	        "<text x=\"16\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 16 "
	        "%.1f)\">%s</text>\n</svg>\n",
	        LEFT + wide / 2, H - 16, TOP + tall / 2, TOP + tall / 2, prune_measure(r));
}

int prune_curve_write(const struct prune_report *r, const char *path, struct err *e)
{
	size_t n = strlen(path);
	bool svg = n > 4 && !strcmp(path + n - 4, ".svg");
	struct save s;
	int bad = save_begin(&s, path, e);
	if (bad)
		return bad;
	if (svg)
		write_svg(s.f, r);
	else
		write_csv(s.f, r);
	return save_commit(&s, e);
}
