#include "src/json/diff_json.h"

#include "src/json/json_write.h"

static void text(struct json *j, const char *key, const char *v)
{
	json_key(j, key), json_string(j, v);
}

static void count(struct json *j, const char *key, int64_t v)
{
	json_key(j, key), json_int(j, v);
}

static void number(struct json *j, const char *key, double v)
{
	json_key(j, key), json_number(j, v);
}

static void truth(struct json *j, const char *key, bool v)
{
	json_key(j, key), json_bool(j, v);
}

static void two(struct json *j, const char *key, const double v[2])
{
	json_key(j, key), json_array(j);
	json_number(j, v[0]);
	json_number(j, v[1]);
	json_end_array(j);
}

static void head(struct json *j, const struct diff_head *h, const struct diff_job *q, const struct diff_result *r)
{
	char sentence[1024];
	diff_sentence(q, r, sentence, sizeof sentence);
	count(j, "schema", 2);
	text(j, "kind", "diff");
	text(j, "version", h->version);
	json_key(j, "models"), json_array(j);
	for (int s = 0; s < 2; s++) {
		json_object(j);
		text(j, "model", h->model[s]);
		text(j, "format", q->m[s]->format);
		count(j, "parameters", q->m[s]->params);
		text(j, "sha256", h->hash[s]);
		text(j, "weights_sha256", r->hash[s]);
		text(j, "recipe", h->recipe[s]);
		json_end_object(j);
	}
	json_end_array(j);
	if (r->has_data) {
		text(j, "data", h->data);
		text(j, "target", h->target);
		text(j, "method", h->method);
		count(j, "seed", (int64_t)h->seed);
		json_key(j, "recipes_differ"), json_array(j);
		for (int k = 0; k < h->n_differ; k++)
			json_string(j, h->differ[k]);
		json_end_array(j);
	}
	json_newline(j);
	text(j, "sentence", sentence);
}

/* ---- with data ---- */

static void worst(struct json *j, const struct diff_job *q, const struct diff_outputs *o)
{
	json_key(j, "worst"), json_array(j);
	for (int k = 0; k < o->n_worst; k++) {
		const struct diff_worst *w = &o->worst[k];
		json_newline(j);
		json_object(j);
		count(j, "window", w->window);
		count(j, "row", dataset_row(q->d[0], w->window));
		count(j, "output", w->output);
		number(j, "difference", w->difference);
		two(j, "said", w->said);
		if (w->cls[0] >= 0) {
			json_key(j, "class"), json_ints(j, w->cls, 2);
			json_key(j, "true_class");
			if (w->truth >= 0)
				json_int(j, w->truth);
			else
				json_null(j);
		}
		json_end_object(j);
	}
	json_end_array(j);
}

static void outputs(struct json *j, const struct diff_job *q, const struct diff_outputs *o)
{
	json_newline(j);
	json_key(j, "predictions"), json_object(j);
	count(j, "windows", o->windows);
	count(j, "not_finite_in_one", o->not_finite_one);
	text(j, "of", o->probabilities ? "probabilities" : "outputs");
	truth(j, "converted", o->converted);
	number(j, "largest", o->largest);
	number(j, "mean", o->mean);
	number(j, "raw_largest", o->raw_largest);
	number(j, "raw_mean", o->raw_mean);
	if (o->units) {
		count(j, "classes", o->units);
		count(j, "flips", o->flips);
		count(j, "known", o->known);
		count(j, "right_to_wrong", o->right_to_wrong);
		count(j, "wrong_to_right", o->wrong_to_right);
	}
	count(j, "error_windows", o->errors);
	two(j, "error", o->error);
	number(j, "error_difference", o->difference);
	number(j, "low", o->low);
	number(j, "high", o->high);
	count(j, "block", o->block);
	worst(j, q, o);
	json_end_object(j);
}

static void maps(struct json *j, const struct diff_result *r)
{
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	count(j, "windows", r->maps.n);
	count(j, "without_order", r->maps.without);
	number(j, "mean_rank", r->maps.mean);
	number(j, "median_rank", r->maps.median);
	number(j, "lowest_rank", r->maps.lowest);
	if (r->maps.n)
		count(j, "lowest_window", r->maps.lowest_window);
	json_key(j, "window"), json_array(j);
	for (int64_t i = 0; i < r->windows; i++)
		json_int(j, r->window[i]);
	json_end_array(j);
	json_key(j, "rank"), json_array(j);
	for (int64_t i = 0; i < r->windows; i++)
		json_number(j, r->maps.rank[i]);
	json_end_array(j);
	json_end_object(j);
}

/* ---- layers and weights ---- */

static void figures(struct json *j, const struct diff_layer *l, int64_t filters)
{
	truth(j, "diverges", l->diverges);
	number(j, "largest", l->largest);
	number(j, "share", l->share);
	number(j, "relative", l->relative);
	number(j, "matched", l->matched);
	truth(j, "renumbered", l->renumbered);
	number(j, "mean_correlation", l->mean);
	number(j, "lowest_correlation", l->lowest);
	count(j, "other_number", l->moved);
	if (!l->match)
		return;
	json_key(j, "match"), json_ints(j, l->match, filters);
	json_key(j, "correlation"), json_array(j);
	for (int64_t f = 0; f < filters; f++)
		json_number(j, l->correlation[f]);
	json_end_array(j);
}

static void shape(struct json *j, const struct model *m, int layer)
{
	if (layer < 0) {
		json_null(j);
		return;
	}
	const struct layer *l = &m->layer[layer];
	json_object(j);
	text(j, "name", l->name);
	text(j, "type", l->type);
	json_key(j, "shape"), json_array(j);
	if (l->kind == LAYER_ANALYSED)
		json_int(j, l->filters);
	if (l->kind == LAYER_ANALYSED && l->has_time)
		json_int(j, l->times);
	json_end_array(j);
	json_end_object(j);
}

static void layers(struct json *j, const struct diff_job *q, const struct diff_result *r)
{
	json_newline(j);
	json_key(j, "layers"), json_array(j);
	for (int k = 0; k < r->n_pair; k++) {
		const struct diff_pair *p = &r->pair[k];
		json_newline(j);
		json_object(j);
		json_key(j, "a"), shape(j, q->m[0], p->a);
		json_key(j, "b"), shape(j, q->m[1], p->b);
		truth(j, "same_name", p->named);
		truth(j, "same_shape", p->shaped);
		if (r->layer)
			figures(j, &r->layer[k], p->a < 0 ? 0 : q->m[0]->layer[p->a].filters);
		json_end_object(j);
	}
	json_end_array(j);
}

static void tensor(struct json *j, const struct model *m, int v)
{
	if (v < 0) {
		json_null(j);
		return;
	}
	const struct value *q = &m->graph->value[v];
	json_object(j);
	text(j, "name", q->name);
	json_key(j, "shape"), json_array(j);
	for (int k = 0; k < q->shape.rank; k++)
		json_int(j, q->shape.dim[k]);
	json_end_array(j);
	json_end_object(j);
}

static void weights(struct json *j, const struct diff_job *q, const struct diff_result *r)
{
	json_newline(j);
	json_key(j, "weights"), json_array(j);
	for (int k = 0; k < r->n_weight; k++) {
		const struct diff_weight *w = &r->weight[k];
		json_newline(j);
		json_object(j);
		json_key(j, "a"), tensor(j, q->m[0], w->a);
		json_key(j, "b"), tensor(j, q->m[1], w->b);
		truth(j, "equal", w->equal);
		truth(j, "transposed", w->turned);
		number(j, "largest", w->largest);
		number(j, "relative", w->relative);
		number(j, "cosine", w->cosine);
		json_end_object(j);
	}
	json_end_array(j);
}

void diff_json(FILE *f, const struct diff_head *h, const struct diff_job *q, const struct diff_result *r)
{
	struct json j;
	json_init(&j, f);
	json_object(&j);
	head(&j, h, q, r);
	if (r->has_data) {
		outputs(&j, q, &r->outputs);
		maps(&j, r);
	}
	layers(&j, q, r);
	weights(&j, q, r);
	json_end_object(&j);
	fputc('\n', f);
}
