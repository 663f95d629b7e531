#include "src/json/truth_json.h"

#include <math.h>
#include "src/json/tensor_json.h"

static const char no_change[] = "no window's target changes when all points are replaced";

static void curve(struct json *j, const char *key, const struct truth_curve *c)
{
	json_tensor(j, key, "share", &(int64_t){ TRUTH_STEPS + 1 });
	for (int k = 0; k <= TRUTH_STEPS; k++)
		json_number(j, c->d[k]);
	json_end_tensor(j);
}

static const char *no_agreement(const struct truth_result *r)
{
	if (r->n_replace < 2)
		return "there is one replacement alone";
	return r->n_row < 3 ? "there is one method alone"
	                    : "under one of the replacements no method is better than another";
}

static void head(struct json *j, FILE *f, const struct truth_head *h, const struct truth_result *r)
{
	char sentence[1024];
	struct envelope e = *h->envelope;
	truth_sentence(r, sentence, sizeof sentence);
	e.target = h->target;
	e.seed = &h->seed;
	e.sentence = sentence;
	json_begin(j, f, &e);
	json_newline(j);
	json_put_int(j, "windows", r->windows);
	json_put_string(j, "points", r->series ? "series" : "free");
	json_put_int(j, "unit", r->length);
	json_put_int(j, "units", r->units);
	json_put_figure9(j, "agreement", r->agreement, no_agreement(r));
	json_put_int(j, "stability_windows", r->stability_windows);
	json_put_int(j, "randomised_windows", r->random_windows);
	json_put_int(j, "randomised_layers", r->layers);
	if (r->masked) {
		json_put_int(j, "mask_windows", r->mask_windows);
		json_put_number(j, "mask_share", r->mask_share);
	}
	json_tensor(j, "replaced", "share", &(int64_t){ TRUTH_STEPS + 1 });
	for (int k = 0; k <= TRUTH_STEPS; k++)
		json_int(j, r->share[k]);
	json_end_tensor(j);
}

static void classes(struct json *j, const struct truth_head *h, const struct truth_result *r)
{
	if (!r->classes)
		return;
	json_newline(j);
	json_key(j, "classes"), json_array(j);
	for (int64_t c = 0; c < r->classes; c++) {
		char number[24];
		snprintf(number, sizeof number, "%lld", (long long)c);
		bool named = h->d && h->d->class_name && c < h->d->n_class;
		json_string(j, named ? h->d->class_name[c] : number);
	}
	json_end_array(j);
	json_put_whole(j, "class_windows", "class", &r->classes, r->class_windows);
}

/* The random orders' band, by replacement. */
static void chance(struct json *j, const struct truth_result *r)
{
	json_newline(j);
	json_key(j, "random"), json_array(j);
	for (int how = 0; how < REPLACE_COUNT; how++) {
		if (!(r->replaces & 1u << how))
			continue;
		json_object(j);
		json_put_string(j, "replacement", replace_names[how]);
		json_put_figure9(j, "all_replaced", r->end[how], "the target of a window is not a finite number");
		curve(j, "low_curve", &r->random_low[how]);
		curve(j, "high_curve", &r->random_high[how]);
		json_end_object(j);
	}
	json_end_array(j);
}

static void result(struct json *j, const struct truth_result *r, const struct truth_row *row, int how)
{
	const struct truth_srg *s = &row->of[how];
	const char *why = isfinite(r->end[how]) ? no_change : "the target of a window is not a finite number";
	json_newline(j);
	json_object(j);
	json_put_string(j, "replacement", replace_names[how]);
	json_put_string(j, "points", r->series ? "series" : "free");
	json_put_figure9(j, "srg", s->srg, why);
	json_put_figure9(j, "srg_raw", s->raw, why);
	json_put_figure9(j, "low", s->low, why);
	json_put_figure9(j, "high", s->high, why);
	if (r->classes) {
		json_tensor(j, "srg_by_class", "class", &r->classes);
		for (int64_t c = 0; c < r->classes; c++)
			json_number(j, s->by_class[c]);
		json_end_tensor(j);
	}
	curve(j, "most_first", &s->most);
	curve(j, "least_first", &s->least);
	json_end_object(j);
}

/* Why a measure of a row is not known, if it is not. */
static const char *not_measured(const struct truth_result *r, const struct truth_row *row, int measure)
{
	if (measure >= TRUTH_OF_MASK)
		return !r->masked         ? "there is no --mask"
		       : !r->mask_windows ? "no window is compared with the mask"
		                          : "the map is 0 everywhere in every window";
	if (measure == TRUTH_SRG)
		return no_change;
	if (row == &r->row[r->n_row - 1])
		return "an order of chance is no map";
	switch (measure) {
	case TRUTH_RESIDUAL:
		return "the method does not promise that its map adds up to a change of the target";
	case TRUTH_INFIDELITY:
		return "no replacement changes the target";
	case TRUTH_STABILITY:
		return "noise of that size changes the target by more than 5 % in every draw";
	default:
		return r->layers ? "no map has an order" : "no layer has weights that can be randomised";
	}
}

static void method(struct json *j, const struct truth_result *r, const struct truth_row *row)
{
	json_newline(j);
	json_object(j);
	json_put_string(j, "method", row->name);
	for (int k = 0; k < TRUTH_MEASURES; k++)
		json_put_figure9(j, truth_measures[k].key, row->measure[k], not_measured(r, row, k));
	json_put_figure9(j, "stability_5", row->stability_more, not_measured(r, row, TRUTH_STABILITY));
	json_put_number(j, "share_without_order", row->alike);
	int64_t layers = r->layers;
	json_tensor(j, "after_randomised_layers", "layer", &layers);
	for (int k = 0; k < r->layers; k++)
		json_number(j, row->after[k]);
	json_end_tensor(j);
	json_key(j, "results"), json_array(j);
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (r->replaces & 1u << how)
			result(j, r, row, how);
	json_end_array(j);
	json_end_object(j);
}

void truth_json(FILE *f, const struct truth_head *h, const struct truth_result *r)
{
	struct json j;
	head(&j, f, h, r);
	classes(&j, h, r);
	chance(&j, r);
	json_newline(&j);
	json_key(&j, "methods"), json_array(&j);
	for (int m = 0; m < r->n_row; m++)
		method(&j, r, &r->row[m]);
	json_end_array(&j);
	json_end(&j);
}
