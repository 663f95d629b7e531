#include "src/json/truth_json.h"

#include "src/json/tensor_json.h"

static const char not_known[] = "it is not measured, or is not a finite number";

static void figure(struct json *j, const char *key, double v)
{
	json_put_figure9(j, key, v, not_known);
}

static void curve(struct json *j, const char *key, const struct truth_curve *c)
{
	json_tensor(j, key, "share", &(int64_t){ TRUTH_STEPS + 1 });
	for (int k = 0; k <= TRUTH_STEPS; k++)
		json_number(j, c->d[k]);
	json_end_tensor(j);
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
	figure(j, "agreement", r->agreement);
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
		figure(j, "all_replaced", r->end[how]);
		curve(j, "low_curve", &r->random_low[how]);
		curve(j, "high_curve", &r->random_high[how]);
		json_end_object(j);
	}
	json_end_array(j);
}

static void result(struct json *j, const struct truth_result *r, const struct truth_row *row, int how)
{
	const struct truth_srg *s = &row->of[how];
	json_newline(j);
	json_object(j);
	json_put_string(j, "replacement", replace_names[how]);
	json_put_string(j, "points", r->series ? "series" : "free");
	figure(j, "srg", s->srg);
	figure(j, "srg_raw", s->raw);
	figure(j, "low", s->low);
	figure(j, "high", s->high);
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

static void method(struct json *j, const struct truth_result *r, const struct truth_row *row)
{
	json_newline(j);
	json_object(j);
	json_put_string(j, "method", row->name);
	for (int k = 0; k < TRUTH_MEASURES; k++)
		figure(j, truth_measures[k].key, row->measure[k]);
	figure(j, "stability_5", row->stability_more);
	figure(j, "share_without_order", row->alike);
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
