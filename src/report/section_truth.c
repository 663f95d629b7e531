/* How far the saliency maps may be believed: faithfulness and sanity checks, as `tsviz truth` measures them. */
#include <math.h>
#include <stdlib.h>
#include "core/data/perturb.h"
#include "core/truth/truth.h"
#include "core/truth/truth_standing.h"
#include "src/kept/kept_truths.h"
#include "src/report/bounds.h"

static void truth_progress(void *ctx, int64_t windows, int64_t of)
{
	progress_say(ctx, windows, of, "windows: truth");
}

static void fill(struct report *r, struct truth_job *j, struct question *q)
{
	const struct loaded *l = &r->b.l;
	*q = l->q;
	/* Occlusion hides what truth replaces. */
	if (!r->o->points)
		q->series = perturb_derives(&l->data);
	*j = (struct truth_job){ .m = l->model, .d = &l->data, .q = q, .series = q->series, .length = 1, .more = true };
	for (int k = 0; k < TRUTH_METHODS_MAX && saliency_methods[k].name; k++)
		j->method[j->n_method++] = (struct truth_method){ .name = saliency_methods[k].name, .method = k };
	for (int how = 0; how < REPLACE_COUNT; how++)
		j->replaces |= 1u << how;
	j->threads = options_threads(r->o);
	j->ctx = &r->bar;
	j->progress = truth_progress;
	j->windows = bounds_windows(r, "The measures of truth",
	                            r->effort == REPORT_FULL ? TRUTH_WINDOWS : REPORT_TRUTH_WINDOWS,
	                            truth_window_cost(l->model));
}

static void order_of(const struct truth_result *t, int *order)
{
	for (int i = 0; i < t->n_row; i++) {
		int k = i;
		while (k > 0 && t->row[order[k - 1]].measure[TRUTH_SRG] < t->row[i].measure[TRUTH_SRG]) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = i;
	}
}

static const char *label_of(const struct truth_row *row)
{
	return row->method >= 0 ? saliency_methods[row->method].label : "a random order";
}

static void faithfulness(const struct truth_result *t, const int *order, struct doc *d)
{
	char head[128];
	struct doc_table *q = doc_table(d, "Faithfulness (SRG), with 95 % intervals by replacement", "method|>mean");
	for (int how = 0; how < REPLACE_COUNT; how++) {
		snprintf(head, sizeof head, "replaced by %s", replace_names[how]);
		doc_column(d, q, true, head);
	}
	for (int i = 0; i < t->n_row; i++) {
		const struct truth_row *row = &t->row[order[i]];
		doc_cell(d, q, "%s", label_of(row));
		doc_cell(d, q, isfinite(row->measure[TRUTH_SRG]) ? "%.3f" : "-", row->measure[TRUTH_SRG]);
		for (int how = 0; how < REPLACE_COUNT; how++)
			if (isfinite(row->of[how].srg))
				doc_cell(d, q, "%.3f (%.3f to %.3f)", row->of[how].srg, row->of[how].low,
				         row->of[how].high);
			else
				doc_cell(d, q, "-");
	}
	doc_say(d,
	        "SRG replaces the points of a window in the order of the map, the most important first, and the least "
	        "important first, and compares how fast the output changes. An order of chance gives 0; the larger, "
	        "the more "
	        "the map says about this model.");
}

static void sanity(const struct truth_result *t, const int *order, struct doc *d)
{
	struct doc_table *q = doc_table(d, "Other measures", "method");
	for (int k = TRUTH_SRG + 1; k < TRUTH_OF_MASK; k++)
		doc_column(d, q, true, truth_measures[k].label);
	doc_column(d, q, true, "windows without an order");
	for (int i = 0; i < t->n_row; i++) {
		const struct truth_row *row = &t->row[order[i]];
		if (row->method < 0)
			continue;
		doc_cell(d, q, "%s", label_of(row));
		for (int k = TRUTH_SRG + 1; k < TRUTH_OF_MASK; k++)
			doc_cell(d, q, isfinite(row->measure[k]) ? "%.3f" : "-", row->measure[k]);
		doc_cell(d, q, "%.0f %%", 100 * row->alike);
	}
	for (int k = TRUTH_SRG + 1; k < TRUTH_OF_MASK; k++)
		doc_item(d, "%s: %s.", truth_measures[k].label, truth_measures[k].use);
}

/* What a map of a random network is like says whether the method looks at the model at all. */
static void verdicts(const struct report *r, const struct truth_result *t, struct doc *d)
{
	int used = r->b.l.q.method;
	for (int i = 0; i < t->n_row; i++) {
		const struct truth_row *row = &t->row[i];
		double srg = row->measure[TRUTH_SRG], smprt = row->measure[TRUTH_SMPRT];
		if (row->method != used)
			continue;
		if (isfinite(srg) && srg <= 0)
			doc_caution(d,
			            "The pictures of this report use %s, whose maps are here no better than an order "
			            "of chance.",
			            label_of(row));
		if (isfinite(smprt) && smprt > 0.9)
			doc_caution(d,
			            "The maps of %s hardly change when the network's weights are random: they show the "
			            "window "
			            "more than the model.",
			            label_of(row));
	}
}

/* --quick: what is kept from before. */
static bool standing(struct report *r, struct doc *d)
{
	struct truth_standing s;
	char why[192];
	if (!kept_truth_find(&r->b.l, &r->b.l.q, &s))
		return false;
	r->truth_windows = s.windows;
	(void)truth_choose(&s, why, sizeof why);
	doc_say(d, "Kept from before, of %lld windows: %s.", (long long)s.windows, why);
	struct doc_table *t = doc_table(d, "Faithfulness (SRG), the mean over replacements", "method|>SRG");
	for (int i = 0; i < s.n; i++) {
		doc_cell(d, t, "%s", saliency_methods[s.place[i].method].label);
		doc_cell(d, t, isfinite(s.place[i].srg) ? "%.3f" : "-", s.place[i].srg);
	}
	return true;
}

void section_truth(struct report *r, struct doc *d)
{
	const struct loaded *l = &r->b.l;
	struct truth_job j;
	struct truth_result t;
	struct question q;
	char sentence[1024];
	int order[TRUTH_METHODS_MAX + 1];
	if (!l->has_data || l->data.n < 1 || (target_is_loss(&l->q.target) && l->data.n_target < 1)) {
		report_nothing(r, "there are no windows to measure it on");
		return;
	}
	if (r->effort == REPORT_QUICK) {
		if (!standing(r, d))
			report_nothing(r,
			               "--quick measures nothing, and nothing is kept; without --quick it is measured");
		return;
	}
	fill(r, &j, &q);
	(void)truth_run(&j, &t); /* nothing stops it */
	progress_end(&r->bar);
	r->truth_windows = t.windows;
	truth_sentence(&t, sentence, sizeof sentence);
	order_of(&t, order);
	doc_say(d, "%s.", sentence);
	report_short(r, "How far its maps may be believed: %s.", sentence);
	doc_say(d, "Measured on %lld windows, spread evenly over the data.", (long long)t.windows);
	verdicts(r, &t, d);
	faithfulness(&t, order, d);
	sanity(&t, order, d);
	if (r->effort != REPORT_FULL && t.windows < l->data.n)
		report_limit(r, "Truth is measured on %lld of %lld windows; --full takes %d.", (long long)t.windows,
		             (long long)l->data.n, TRUTH_WINDOWS);
	truth_release(&t);
}
