#include "src/prune/prune_report.h"

#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "core/graph/op.h"

const char *prune_measure(const struct prune_report *r)
{
	return r->p->has_accuracy ? "accuracy" : "mse";
}

static void value(FILE *f, const struct prune_report *r, double v)
{
	if (!isfinite(v))
		fprintf(f, "  %10s", "-");
	else if (r->p->has_accuracy)
		fprintf(f, "  %10.4f", v);
	else
		fprintf(f, "  %10.4g", v);
}

static void share(FILE *f, double v)
{
	if (isfinite(v))
		fprintf(f, "  %8.2f %%", 100 * v);
	else
		fprintf(f, "  %10s", "-");
}

/* One network: its error on each set and how many predictions changed. */
static void worth_line(FILE *f, const struct prune_report *r, const char *what, const struct prune_worth *w)
{
	fprintf(f, "%-28s", what);
	for (int i = 0; i < r->p->n_set; i++) {
		value(f, r, w[i].error);
		share(f, w[i].changed);
	}
	fputc('\n', f);
}

static void set_heads(FILE *f, const struct prune_report *r)
{
	fprintf(f, "%-28s", "");
	for (int i = 0; i < r->p->n_set; i++)
		fprintf(f, "  %-22s", r->p->set[i].name);
	fprintf(f, "\n%-28s", "");
	for (int i = 0; i < r->p->n_set; i++)
		fprintf(f, "  %10s  %10s", prune_measure(r), "changed");
	fputc('\n', f);
}

static void worth_table(FILE *f, const struct prune_report *r)
{
	const struct prune *p = r->p;
	const struct prune_point *q = r->point;
	struct prune_worth before[2], naive[2];
	char what[64];
	for (int i = 0; i < p->n_set; i++) {
		before[i] = (struct prune_worth){ p->set[i].before.error, 0 };
		naive[i] = (struct prune_worth){ p->set[i].naive, NAN };
	}
	set_heads(f, r);
	worth_line(f, r, "before", before);
	worth_line(f, r, "removed, not repaired", q->cut);
	snprintf(what, sizeof what, "repaired by %s", prune_repairs[r->repair].name);
	worth_line(f, r, what, q->fixed);
	if (q->tuning.done)
		worth_line(f, r, "and tuned", q->tuned);
	snprintf(what, sizeof what, "random choice, %s", prune_repairs[r->repair].name);
	worth_line(f, r, what, q->chance);
	worth_line(f, r, p->has_accuracy ? "majority class" : metrics_baseline(&p->set[0].d), naive);
}

static void pair(FILE *f, const char *what, double before, double after, const char *unit)
{
	fprintf(f, "%-28s  %10.6g  %10.6g  %s", what, before, after, unit);
	if (before > 0)
		fprintf(f, "%s%.1f %%", *unit ? ", " : "", 100 * after / before);
	fputc('\n', f);
}

static void sizes(FILE *f, const struct prune_report *r)
{
	const struct model *m = r->p->job->m;
	fprintf(f, "\n%-28s  %10s  %10s\n", "", "before", "after");
	pair(f, "parameters", (double)m->params, (double)r->point->params, "");
	pair(f, "multiply-adds a window", (double)graph_macs(m->graph), (double)r->point->macs, "");
	if (r->bytes[0] >= 0 && r->bytes[1] >= 0)
		pair(f, "bytes of the file", (double)r->bytes[0], (double)r->bytes[1], "");
	pair(f, "one forward pass", 1e6 * r->seconds[0], 1e6 * r->seconds[1], "us");
}

/* A line for every layer that makes filters. */
static void layers(FILE *f, const struct prune_report *r)
{
	const struct prune_map *p = &r->p->map;
	char why[200], name[128];
	fprintf(f, "\n%-28s  %10s  %10s\n", "filters", "before", "after");
	for (int k = 0; k < p->n_maker; k++) {
		const struct prune_maker *q = &p->maker[k];
		bool in = prune_in_budget(p, r->budget, k);
		int64_t gone = prune_removed(p, r->removed, k);
		if (!in && !q->convolution)
			continue;
		text_shorten(name, sizeof name, q->layer >= 0 ? p->m->layer[q->layer].name : "", 28);
		fprintf(f, "%s%*s  %10lld  %10lld", name, 28 - text_width(name), "", (long long)q->n,
		        (long long)(q->n - gone));
		if (*prune_why(p, k, why, sizeof why))
			fprintf(f, "  all stay, %s", why);
		else if (q->family != k)
			fprintf(f, "  together with %s",
			        p->maker[q->family].layer >= 0 ? p->m->layer[p->maker[q->family].layer].name : "");
		fputc('\n', f);
	}
}

/* How the training went: what was trained, on what, and which weights were kept. */
static void tuning(FILE *f, const struct prune_report *r, const struct prune_point *q)
{
	const struct prune_tuning *t = &q->tuning;
	const struct prune_job *j = r->p->job;
	if (!t->done)
		return;
	int norms = 0;
	for (int i = 0; i < j->m->graph->n_node; i++)
		norms += (j->m->graph->node[i].op->flags & OP_BATCH_NORM) != 0;
	fprintf(f, "\ntuned: %d epoch%s over %lld windows, loss: %s; all weights", j->tune, j->tune == 1 ? "" : "s",
	        (long long)t->train,
	        j->tune_outputs ? "distance to the outputs of the old network" : loss_name(loss_for(j->q->task, j->m)));
	if (norms)
		fprintf(f, " but the statistics of %d batch normalisation%s", norms, norms == 1 ? "" : "s");
	fputc('\n', f);
	fprintf(f, "loss of the %lld windows that decide: %.4g before, %.4g after the best epoch; ",
	        (long long)t->decide, t->before, t->after);
	if (t->epoch)
		fprintf(f, "epoch %d is kept\n", t->epoch);
	else
		fprintf(f, "%sthe weights before are kept\n", t->diverged ? "the training diverged, " : "");
}

static void notes(FILE *f, const struct prune_point *q)
{
	if (q->solved)
		fprintf(f, "\n%d layer%s solved by least squares; worst condition %.1e\n", q->solved,
		        q->solved == 1 ? "" : "s", q->condition);
	if (*q->note)
		fprintf(f, "%s%s\n", q->solved ? "" : "\n", q->note);
	if (q->not_finite)
		fprintf(f, "%lld pieces of windows were left out, because a number in them was not finite\n",
		        (long long)q->not_finite);
}

static void one(FILE *f, const struct prune_report *r)
{
	const struct prune_point *q = r->point;
	fprintf(f, "%lld of %lld filters removed (%.1f %%), ranked by %s, from %lld calibration windows\n\n",
	        (long long)q->gone, (long long)q->filters, 100 * q->ratio, prune_ranks[r->rank].name,
	        (long long)r->p->calibrated);
	if (r->p->n_set)
		worth_table(f, r);
	sizes(f, r);
	layers(f, r);
	tuning(f, r, q);
	notes(f, q);
}

static void curve(FILE *f, const struct prune_report *r)
{
	const struct prune *p = r->p;
	int set = p->n_set - 1, tuned = r->n && r->point[0].tuning.done, gap = tuned ? 24 : 0;
	fprintf(f, "%s on the %s windows, ranked by %s, repaired by %s, from %lld calibration windows\n\n",
	        prune_measure(r), p->set[set].name, prune_ranks[r->rank].name, prune_repairs[r->repair].name,
	        (long long)p->calibrated);
	fprintf(f, "%7s  %10s  %10s%s  %10s  %10s  %10s  %10s  %10s\n", "ratio", "repaired", "changed",
	        tuned ? "       tuned     changed" : "", "not", "random", "parameters", "mult-adds", "condition");
	fprintf(f, "%7s  %10s  %10s%*s  %10s  %10s\n", "", "", "", gap, "", "repaired", "choice");
	fprintf(f, "%7s", "before");
	value(f, r, p->set[set].before.error);
	fprintf(f, "  %10s%*s  %10s  %10s  %10lld  %10lld\n", "", gap, "", "", "", (long long)p->job->m->params,
	        (long long)graph_macs(p->job->m->graph));
	for (int i = 0; i < r->n; i++) {
		const struct prune_point *q = &r->point[i];
		fprintf(f, "%5.4g %%", 100 * q->asked);
		value(f, r, q->fixed[set].error);
		share(f, q->fixed[set].changed);
		if (tuned) {
			value(f, r, q->tuned[set].error);
			share(f, q->tuned[set].changed);
		}
		value(f, r, q->cut[set].error);
		value(f, r, q->chance[set].error);
		fprintf(f, "  %10lld  %10lld  %10.1e\n", (long long)q->params, (long long)q->macs, q->condition);
	}
	fprintf(f, "%s: ", p->has_accuracy ? "majority class" : metrics_baseline(&p->set[0].d));
	value(f, r, p->set[set].naive);
	fprintf(f, "\n\n");
	prune_curve_plot(f, r);
	for (int i = 0; i < r->n; i++)
		if (*r->point[i].note && (!i || strcmp(r->point[i].note, r->point[i - 1].note) != 0))
			fprintf(f, "at %.4g %%: %s\n", 100 * r->point[i].asked, r->point[i].note);
}

void prune_report_text(FILE *f, const struct prune_report *r)
{
	if (r->curve)
		curve(f, r);
	else
		one(f, r);
	prune_draws_text(f, r);
}
