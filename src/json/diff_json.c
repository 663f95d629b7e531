#include "src/json/diff_json.h"

#include "src/json/envelope.h"

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
	json_envelope(
	        j, &(struct envelope){ .kind = "diff", .version = h->version, .data = r->has_data ? h->data : NULL });
	json_key(j, "models"), json_array(j);
	for (int s = 0; s < 2; s++) {
		json_object(j);
		json_put_string(j, "name", h->model[s]);
		json_put_string(j, "format", q->m[s]->format);
		json_put_int(j, "parameters", q->m[s]->params);
		json_put_string(j, "sha256", h->hash[s]);
		json_put_string(j, "weights_sha256", r->hash[s]);
		json_put_string(j, "recipe", h->recipe[s]);
		json_end_object(j);
	}
	json_end_array(j);
	if (r->has_data) {
		json_put_string(j, "target", h->target);
		json_put_string(j, "method", h->method);
		json_put_int(j, "seed", (int64_t)h->seed);
		json_key(j, "recipes_differ"), json_array(j);
		for (int k = 0; k < h->n_differ; k++)
			json_string(j, h->differ[k]);
		json_end_array(j);
	}
	json_newline(j);
	json_put_string(j, "sentence", sentence);
}

/* ---- with data ---- */

static void worst(struct json *j, const struct diff_job *q, const struct diff_outputs *o)
{
	json_key(j, "worst"), json_array(j);
	for (int k = 0; k < o->n_worst; k++) {
		const struct diff_worst *w = &o->worst[k];
		json_newline(j);
		json_object(j);
		json_put_int(j, "window", w->window);
		json_put_int(j, "row", dataset_row(q->d[0], w->window));
		json_put_int(j, "output", w->output);
		json_put_number(j, "difference", w->difference);
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
	json_put_int(j, "windows", o->windows);
	json_put_int(j, "not_finite_in_one", o->not_finite_one);
	json_put_string(j, "of", o->probabilities ? "probabilities" : "outputs");
	json_put_bool(j, "converted", o->converted);
	json_put_number(j, "largest", o->largest);
	json_put_number(j, "mean", o->mean);
	json_put_number(j, "raw_largest", o->raw_largest);
	json_put_number(j, "raw_mean", o->raw_mean);
	if (o->units) {
		json_put_int(j, "classes", o->units);
		json_put_int(j, "flips", o->flips);
		json_put_int(j, "known", o->known);
		json_put_int(j, "right_to_wrong", o->right_to_wrong);
		json_put_int(j, "wrong_to_right", o->wrong_to_right);
	}
	json_put_int(j, "error_windows", o->errors);
	two(j, "error", o->error);
	json_put_number(j, "error_difference", o->difference);
	json_put_number(j, "low", o->low);
	json_put_number(j, "high", o->high);
	json_put_int(j, "block", o->block);
	worst(j, q, o);
	json_end_object(j);
}

static void maps(struct json *j, const struct diff_result *r)
{
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	json_put_int(j, "windows", r->maps.n);
	json_put_int(j, "without_order", r->maps.without);
	json_put_number(j, "mean_rank", r->maps.mean);
	json_put_number(j, "median_rank", r->maps.median);
	json_put_number(j, "lowest_rank", r->maps.lowest);
	if (r->maps.n)
		json_put_int(j, "lowest_window", r->maps.lowest_window);
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
	json_put_bool(j, "diverges", l->diverges);
	json_put_number(j, "largest", l->largest);
	json_put_number(j, "share", l->share);
	json_put_number(j, "relative", l->relative);
	json_put_number(j, "matched", l->matched);
	json_put_bool(j, "renumbered", l->renumbered);
	json_put_number(j, "mean_correlation", l->mean);
	json_put_number(j, "lowest_correlation", l->lowest);
	json_put_int(j, "other_number", l->moved);
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
	json_put_string(j, "name", l->name);
	json_put_string(j, "type", l->type);
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
		json_put_bool(j, "same_name", p->named);
		json_put_bool(j, "same_shape", p->shaped);
		json_put_bool(j, "within", p->within);
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
	json_put_string(j, "name", q->name);
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
		json_put_bool(j, "equal", w->equal);
		json_put_bool(j, "transposed", w->turned);
		json_put_number(j, "largest", w->largest);
		json_put_number(j, "relative", w->relative);
		json_put_number(j, "cosine", w->cosine);
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
