#include "src/json/truth_json.h"

#include "src/json/envelope.h"

static void curve(struct json *j, const char *key, const struct truth_curve *c)
{
	json_key(j, key), json_array(j);
	for (int k = 0; k <= TRUTH_STEPS; k++)
		json_number(j, c->d[k]);
	json_end_array(j);
}

static void head(struct json *j, const struct truth_head *h, const struct truth_result *r)
{
	char sentence[1024];
	truth_sentence(r, sentence, sizeof sentence);
	json_envelope(j, &(struct envelope){ .kind = "truth",
	                                     .version = h->version,
	                                     .model = h->model,
	                                     .data = h->data,
	                                     .recipe = h->recipe,
	                                     .fields = h->fields });
	json_put_string(j, "target", h->target);
	json_put_int(j, "seed", (int64_t)h->seed);
	json_newline(j);
	json_put_string(j, "sentence", sentence);
	json_newline(j);
	json_put_int(j, "windows", r->windows);
	json_put_string(j, "points", r->series ? "series" : "free");
	json_put_int(j, "unit", r->length);
	json_put_int(j, "units", r->units);
	json_put_number(j, "agreement", r->agreement);
	json_put_int(j, "stability_windows", r->stability_windows);
	json_put_int(j, "randomised_windows", r->random_windows);
	json_put_int(j, "randomised_layers", r->layers);
	if (r->masked) {
		json_put_int(j, "mask_windows", r->mask_windows);
		json_put_number(j, "mask_share", r->mask_share);
	}
	json_key(j, "replaced"), json_array(j);
	for (int k = 0; k <= TRUTH_STEPS; k++)
		json_int(j, r->share[k]);
	json_end_array(j);
}

static void classes(struct json *j, const struct truth_head *h, const struct truth_result *r)
{
	if (!r->classes)
		return;
	json_newline(j);
	json_key(j, "classes"), json_array(j);
	for (int64_t c = 0; c < r->classes; c++) {
		json_object(j);
		char number[24];
		snprintf(number, sizeof number, "%lld", (long long)c);
		bool named = h->d && h->d->class_name && c < h->d->n_class;
		json_put_string(j, "class", named ? h->d->class_name[c] : number);
		json_put_int(j, "windows", r->class_windows[c]);
		json_end_object(j);
	}
	json_end_array(j);
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
		json_put_number(j, "all_replaced", r->end[how]);
		curve(j, "low", &r->random_low[how]);
		curve(j, "high", &r->random_high[how]);
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
	json_put_number(j, "srg", s->srg);
	json_put_number(j, "srg_raw", s->raw);
	json_put_number(j, "low", s->low);
	json_put_number(j, "high", s->high);
	if (r->classes) {
		json_key(j, "by_class"), json_array(j);
		for (int64_t c = 0; c < r->classes; c++)
			json_number(j, s->by_class[c]);
		json_end_array(j);
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
		json_put_number(j, truth_measures[k].key, row->measure[k]);
	json_put_number(j, "stability_5", row->stability_more);
	json_put_number(j, "without_order", row->alike);
	json_key(j, "after_randomised_layers"), json_array(j);
	for (int k = 0; k < r->layers; k++)
		json_number(j, row->after[k]);
	json_end_array(j);
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
	json_init(&j, f);
	json_object(&j);
	head(&j, h, r);
	classes(&j, h, r);
	chance(&j, r);
	json_newline(&j);
	json_key(&j, "methods"), json_array(&j);
	for (int m = 0; m < r->n_row; m++)
		method(&j, r, &r->row[m]);
	json_end_array(&j);
	json_end_object(&j);
	fputc('\n', f);
}
