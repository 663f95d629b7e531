/* What the data are, and how they become windows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/channel_spread.h"
#include "src/kept/survey_names.h"
#include "src/report/report.h"

static void channels(const struct report *r, struct doc *d)
{
	const struct dataset *q = &r->b.l.data;
	struct channel_spread s;
	struct doc_table *t = doc_table(
	        d,
	        q->scale == SCALE_NONE ? "Values of the channels over all windows"
	                               : "Values of the channels over all windows, as the model reads them (scaled)",
	        "channel|>least|>largest|>mean|>deviation");
	bool raw = q->scale != SCALE_NONE && !q->group_scaler && q->n > 0;
	if (raw) {
		doc_column(d, t, true, "least in the data's units");
		doc_column(d, t, true, "largest in the data's units");
	}
	channel_spread_make(&s, q);
	for (int64_t c = 0; c < q->C && c < REPORT_ROWS; c++) {
		doc_cell(d, t, "%s", q->channel[c]);
		doc_number(d, t, (double)s.low[c]);
		doc_number(d, t, (double)s.high[c]);
		doc_number(d, t, s.mean[c]);
		doc_number(d, t, s.deviation[c]);
		if (raw) {
			doc_number(d, t, dataset_unscale_channel(q, 0, c, (double)s.low[c]));
			doc_number(d, t, dataset_unscale_channel(q, 0, c, (double)s.high[c]));
		}
	}
	doc_left_out(d, t, q->C, "channels");
	for (int64_t c = 0; c < q->C; c++)
		if (q->n > 1 && !(s.deviation[c] > 0)) {
			doc_caution(d, "The channel %s has one value in all windows.", q->channel[c]);
			break;
		}
	channel_spread_release(&s);
}

static void classes(const struct report *r, struct doc *d)
{
	const struct dataset *q = &r->b.l.data;
	if (!q->has_labels || q->n_class < 1)
		return;
	int64_t *count = xcalloc((size_t)q->n_class + 1, sizeof *count), least = q->n, most = 0;
	for (int64_t i = 0; i < q->n; i++) {
		int k = dataset_class(q, i);
		count[k >= 0 && k < q->n_class ? k : q->n_class]++;
	}
	struct doc_table *t = doc_table(d, "Windows of each class", "class|>windows|>share %");
	for (int k = 0; k < q->n_class; k++) {
		least = count[k] < least ? count[k] : least;
		most = count[k] > most ? count[k] : most;
		if (k >= REPORT_ROWS)
			continue;
		doc_cell(d, t, "%s", q->class_name[k]);
		doc_cell(d, t, "%lld", (long long)count[k]);
		doc_cell(d, t, "%.1f", 100 * (double)count[k] / (double)q->n);
	}
	doc_left_out(d, t, q->n_class, "classes");
	if (count[q->n_class])
		doc_say(d, "%lld windows have no class.", (long long)count[q->n_class]);
	if (most >= 10 * least)
		doc_caution(
		        d,
		        "The classes are unbalanced: the largest has %lld windows and the smallest %lld. An accuracy "
		        "over all windows says little of the small ones.",
		        (long long)most, (long long)least);
	free(count);
}

void section_data(struct report *r, struct doc *d)
{
	const struct loaded *l = &r->b.l;
	const struct dataset *q = &l->data;
	if (!l->has_data) {
		report_nothing(r, "no data were given");
		return;
	}
	char *recipe = recipe_options(&l->recipe);
	struct doc_table *t = doc_table(d, NULL, "what|value");
	doc_cell(d, t, "file"), doc_cell(d, t, "%s", q->file);
	doc_cell(d, t, "format"), doc_cell(d, t, "%s", l->read->format);
	doc_cell(d, t, "recipe"), doc_cell(d, t, "%s", *recipe ? recipe : "none: all is read as it is");
	if (l->recipe_from)
		doc_cell(d, t, "the recipe is from"), doc_cell(d, t, "%s", l->recipe_from);
	doc_cell(d, t, "windows"), doc_cell(d, t, "%lld", (long long)q->n);
	doc_cell(d, t, "windows with a true value"), doc_cell(d, t, "%lld", (long long)q->n_target);
	doc_cell(d, t, "a window"), doc_cell(d, t, "%lld steps of %lld channels", (long long)q->T, (long long)q->C);
	doc_cell(d, t, "part of the rows"), doc_cell(d, t, "%s", load_set(l));
	if (q->n_group)
		doc_cell(d, t, "groups"), doc_cell(d, t, "%d", q->n_group);
	doc_cell(d, t, "cells that were missing"), doc_cell(d, t, "%lld", (long long)q->n_missing);
	for (const struct understood *u = q->understood; u; u = u->next)
		doc_cell(d, t, "%s", u->what), doc_cell(d, t, "%s", u->text);
	free(recipe);
	for (const char *s = q->warning; s && *s;) {
		size_t n = strcspn(s, "\n");
		doc_caution(d, "%.*s", (int)n, s);
		s += n + (s[n] == '\n');
	}
	channels(r, d);
	classes(r, d);
}
