#include "src/export/attack_curve.h"

#include <math.h>
#include <string.h>
#include "core/model/task.h"
#include "src/export/cells.h"
#include "src/export/chart.h"
#include "src/read/save.h"

/* The points of a chart: epsilon 0, at which nothing is changed, and those of the job. */
struct points {
	double x[ATTACK_EPSILONS_MAX + 1], y[ATTACK_METHODS][ATTACK_EPSILONS_MAX + 1];
};

static void make(const struct attack_job *j, const struct attack_result *r, struct points *p, struct chart *c)
{
	double intact = r->falls ? (double)r->wrong / (double)r->n : r->loss;
	*c = (struct chart){ .n_line = r->n_method,
		             .x_title = j->scaled ? "epsilon, as the model reads" : "epsilon, in deviations",
		             .y_title = !r->falls                        ? "mean loss"
		                        : j->task == TASK_CLASSIFICATION ? "share classified wrong"
		                                                         : "share that changes by --by",
		             .high = j->epsilon[j->n_epsilon - 1],
		             .factor = 1,
		             .unit = "",
		             .base = intact,
		             .base_name = "without a change" };
	p->x[0] = 0;
	for (int e = 0; e < j->n_epsilon; e++)
		p->x[e + 1] = j->epsilon[e];
	for (int m = 0; m < r->n_method; m++) {
		p->y[m][0] = intact;
		for (int e = 0; e < j->n_epsilon; e++)
			p->y[m][e + 1] = r->falls ? r->curve[m].fallen[e] : r->curve[m].loss[e];
		c->line[m] =
		        (struct chart_line){ attack_methods[r->curve[m].method].name, j->n_epsilon + 1, p->x, p->y[m] };
	}
}

void attack_curve_plot(FILE *f, const struct attack_job *j, const struct attack_result *r)
{
	struct points p;
	struct chart c;
	make(j, r, &p, &c);
	fprintf(f, "%s, by epsilon\n", c.y_title);
	chart_text(f, &c);
}

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n > k && !strcmp(s + n - k, end);
}

bool attack_curve_name(const char *path)
{
	return ends(path, ".svg") || ends(path, ".csv");
}

static void write_csv(FILE *f, const struct attack_job *j, const struct attack_result *r)
{
	fputs("epsilon", f);
	for (int m = 0; m < r->n_method; m++) {
		const char *name = attack_methods[r->curve[m].method].name;
		fprintf(f, r->falls ? ",%s_loss,%s_fallen" : ",%s_loss", name, name);
	}
	fputc('\n', f);
	for (int e = -1; e < j->n_epsilon; e++) {
		fprintf(f, "%.9g", e < 0 ? 0 : j->epsilon[e]);
		for (int m = 0; m < r->n_method; m++) {
			csv_number(f, e < 0 ? r->loss : r->curve[m].loss[e]);
			if (r->falls)
				csv_number(f, e < 0 ? (double)r->wrong / (double)r->n : r->curve[m].fallen[e]);
		}
		fputc('\n', f);
	}
}

int attack_curve_write(const struct attack_job *j, const struct attack_result *r, const char *path, struct err *e)
{
	struct points p;
	struct chart c;
	struct save s;
	int bad = save_begin(&s, path, e);
	if (bad)
		return bad;
	make(j, r, &p, &c);
	if (ends(path, ".svg"))
		chart_svg(s.f, &c);
	else
		write_csv(s.f, j, r);
	return save_commit(&s, e);
}
