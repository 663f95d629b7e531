/* The curve of `tsviz prune --curve`: a plot with characters, SVG and CSV. */
#include <math.h>
#include <string.h>
#include "src/export/cells.h"
#include "src/export/chart.h"
#include "src/read/save.h"
#include "src/prune/prune_report.h"

/* The points of the chart; those of a line lie beside each other. */
enum { LINES = 4, POINTS_MAX = 128 };
struct points {
	double x[POINTS_MAX], y[LINES][POINTS_MAX];
};

static bool is_tuned(const struct prune_report *r)
{
	return r->n && r->point[0].tuning.done;
}

/* Errors span decades, so they are drawn by their logarithm. */
static void make(const struct prune_report *r, struct points *p, struct chart *c)
{
	static const char *const names[LINES] = { "repaired", "random, repaired", "not repaired", "tuned" };
	int set = r->p->n_set - 1, n = r->n < POINTS_MAX ? r->n : POINTS_MAX;
	*c = (struct chart){ .n_line = LINES - !is_tuned(r),
		             .x_title = "of the filters removed",
		             .y_title = prune_measure(r),
		             .high = 1,
		             .factor = 100,
		             .unit = " %",
		             .logarithm = !r->p->has_accuracy,
		             .base = r->p->set[set].before.error,
		             .base_name = "before" };
	for (int i = 0; i < n; i++) {
		const struct prune_point *q = &r->point[i];
		p->x[i] = q->asked;
		p->y[0][i] = q->fixed[set].error;
		p->y[1][i] = q->chance[set].error;
		p->y[2][i] = q->cut[set].error;
		p->y[3][i] = q->tuning.done ? q->tuned[set].error : NAN;
	}
	for (int k = 0; k < LINES; k++)
		c->line[k] = (struct chart_line){ names[k], n, p->x, p->y[k] };
}

void prune_curve_plot(FILE *f, const struct prune_report *r)
{
	struct points p;
	struct chart c;
	make(r, &p, &c);
	chart_text(f, &c);
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

int prune_curve_write(const struct prune_report *r, const char *path, struct err *e)
{
	size_t n = strlen(path);
	bool svg = n > 4 && !strcmp(path + n - 4, ".svg");
	struct save s;
	int bad = save_begin(&s, path, e);
	if (bad)
		return bad;
	if (svg) {
		struct points p;
		struct chart c;
		make(r, &p, &c);
		chart_svg(s.f, &c);
	} else {

		write_csv(s.f, r);
	}
	return save_commit(&s, e);
}
