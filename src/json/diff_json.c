#include "src/json/diff_json.h"

#include <math.h>
#include "src/json/envelope.h"
#include "src/json/tensor_json.h"

static const char not_finite[] = "a number of one of the two is not finite";

static void two(struct json *j, const char *key, const double v[2])
{
	json_tensor(j, key, "model", &(int64_t){ 2 });
	json_number(j, v[0]);
	json_number(j, v[1]);
	json_end_tensor(j);
}

static void head(struct json *j, FILE *f, const struct diff_head *h, const struct diff_job *q,
                 const struct diff_result *r)
{
	char sentence[1024];
	diff_sentence(q, r, sentence, sizeof sentence);
	json_begin(j, f,
	           &(struct envelope){ .kind = "diff",
	                               .version = h->version,
	                               .data = r->has_data ? h->data : NULL,
	                               .target = r->has_data ? h->target : NULL,
	                               .seed = r->has_data ? &h->seed : NULL,
	                               .sentence = sentence });
	json_key(j, "models"), json_array(j);
	for (int s = 0; s < 2; s++) {
		json_object(j);
		json_put_string(j, "name", h->model[s]);
		json_put_string(j, "format", q->m[s]->format);
		json_put_int(j, "parameters", q->m[s]->params);
		json_put_string(j, "sha256", h->hash[s]);
		json_put_string(j, "weights_sha256", r->hash[s]);
		json_put_string(j, "recipe_options", h->recipe[s]);
		json_end_object(j);
	}
	json_end_array(j);
	if (r->has_data) {
		json_put_string(j, "method", h->method);
		json_key(j, "recipes_differ"), json_array(j);
		for (int k = 0; k < h->n_differ; k++)
			json_string(j, h->differ[k]);
		json_end_array(j);
	}
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
		json_put_int(j, "output_index", w->output);
		json_put_number(j, "difference", w->difference);
		two(j, "said", w->said);
		if (w->cls[0] >= 0) {
			json_put_whole(j, "said_class", "model", &(int64_t){ 2 }, (int64_t[]){ w->cls[0], w->cls[1] });
			if (w->truth >= 0)
				json_put_int(j, "true_class", w->truth);
			else
				json_put_none(j, "true_class", "the data have no class of the window");
		}
		json_end_object(j);
	}
	json_end_array(j);
}

static void outputs(struct json *j, const struct diff_job *q, const struct diff_outputs *o)
{
	static const char no_window[] = "there is no window in which all outputs of both models are finite",
	                  no_scale[] = "the outputs are not scaled, so they have no other units",
	                  no_truth[] = "there is no window with a true value and finite errors of both models",
	                  no_draw[] = "there are too few blocks of windows for a bootstrap";
	json_newline(j);
	json_key(j, "outputs_differ"), json_object(j);
	json_put_int(j, "windows", o->windows);
	json_put_int(j, "not_finite_in_one", o->not_finite_one);
	json_put_string(j, "of", o->probabilities ? "probabilities" : "outputs");
	json_put_bool(j, "converted", o->converted);
	json_put_figure9(j, "largest", o->largest, no_window);
	json_put_figure9(j, "mean", o->mean, no_window);
	json_put_figure9(j, "raw_largest", o->raw_largest, o->windows ? no_scale : no_window);
	json_put_figure9(j, "raw_mean", o->raw_mean, o->windows ? no_scale : no_window);
	if (o->units) {
		json_put_int(j, "class_count", o->units);
		json_put_int(j, "flips", o->flips);
		json_put_int(j, "known", o->known);
		json_put_int(j, "right_to_wrong", o->right_to_wrong);
		json_put_int(j, "wrong_to_right", o->wrong_to_right);
	}
	json_put_int(j, "error_windows", o->errors);
	two(j, "errors_by_model", o->error);
	json_put_figure9(j, "error_difference", o->difference, no_truth);
	json_put_figure9(j, "low", o->low, o->errors ? no_draw : no_truth);
	json_put_figure9(j, "high", o->high, o->errors ? no_draw : no_truth);
	json_put_int(j, "block", o->block);
	worst(j, q, o);
	json_end_object(j);
}

static void maps(struct json *j, const struct diff_result *r)
{
	static const char no_order[] = "there is no window in which the maps of both models have an order";
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	json_put_int(j, "windows", r->maps.n);
	json_put_int(j, "without_order", r->maps.without);
	json_put_figure9(j, "mean_rank", r->maps.mean, no_order);
	json_put_figure9(j, "median_rank", r->maps.median, no_order);
	json_put_figure9(j, "lowest_rank", r->maps.lowest, no_order);
	if (r->maps.n)
		json_put_int(j, "lowest_window", r->maps.lowest_window);
	json_put_whole(j, "window_numbers", "window", &r->windows, r->window);
	json_tensor(j, "rank_correlation", "window", &r->windows);
	for (int64_t i = 0; i < r->windows; i++)
		json_number(j, r->maps.rank[i]);
	json_end_tensor(j);
	json_end_object(j);
}

/* ---- layers and weights ---- */

/* Why filters of a pair are not compared by their numbers. */
static const char *not_compared(const struct diff_job *q, const struct diff_pair *p, const struct diff_layer *l)
{
	if (p->a < 0 || p->b < 0)
		return p->within ? "the other model computes the layer in the one above, where both are compared"
		                 : "one of the models has no such layer";
	if (p->at[0] < 0 || p->at[1] < 0 || q->m[0]->layer[p->at[0]].kind != LAYER_ANALYSED ||
	    q->m[1]->layer[p->at[1]].kind != LAYER_ANALYSED)
		return "the layer has no activation that is looked at";
	return l->compared ? not_finite : "the layers of the two have other shapes";
}

/* Why their filters have no partners. */
static const char *not_matched(const struct diff_job *q, const struct diff_pair *p, const struct diff_layer *l)
{
	if (p->a < 0 || p->b < 0 || p->at[0] < 0 || p->at[1] < 0)
		return not_compared(q, p, l);
	return q->m[0]->layer[p->at[0]].times != q->m[1]->layer[p->at[1]].times
	               ? "the layers of the two have other numbers of steps"
	               : "there are too many filters for partners to be looked for";
}

static void figures(struct json *j, const struct diff_job *q, const struct diff_pair *p, const struct diff_layer *l)
{
	static const char zero[] = "the activation of the first model is 0 everywhere";
	const char *why = not_compared(q, p, l), *own = isfinite(l->largest) ? zero : why, *partner = NULL;
	int64_t filters = p->a < 0 ? 0 : q->m[0]->layer[p->a].filters;
	for (int64_t f = 0; f < filters && l->match && !partner; f++)
		partner = l->match[f] < 0 ? "a filter has no partner" : NULL;
	json_put_bool(j, "diverges", l->diverges);
	json_put_figure9(j, "largest", l->largest, why);
	json_put_figure9(j, "share", l->share, own);
	json_put_figure9(j, "relative", l->relative, own);
	json_put_figure9(j, "matched", l->matched, !l->match ? not_matched(q, p, l) : partner ? partner : zero);
	json_put_bool(j, "renumbered", l->renumbered);
	const char *alone = l->match ? "there is no pair of filters that both change" : not_matched(q, p, l);
	json_put_figure9(j, "mean_correlation", l->mean, alone);
	json_put_figure9(j, "lowest_correlation", l->lowest, alone);
	json_put_int(j, "other_number", l->moved);
	if (!l->match)
		return;
	json_tensor(j, "match", "filter", &filters);
	for (int64_t f = 0; f < filters; f++)
		json_int(j, l->match[f]);
	json_end_tensor(j);
	json_tensor(j, "correlation", "filter", &filters);
	for (int64_t f = 0; f < filters; f++)
		json_number(j, l->correlation[f]);
	json_end_tensor(j);
}

static void shape(struct json *j, const char *key, const struct model *m, int layer)
{
	if (layer < 0) {
		json_put_none(j, key, "the model has no such layer");
		return;
	}
	const struct layer *l = &m->layer[layer];
	json_key(j, key), json_object(j);
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
		shape(j, "a", q->m[0], p->a);
		shape(j, "b", q->m[1], p->b);
		json_put_bool(j, "same_name", p->named);
		json_put_bool(j, "same_shape", p->shaped);
		json_put_bool(j, "within", p->within);
		if (r->layer)
			figures(j, q, p, &r->layer[k]);
		json_end_object(j);
	}
	json_end_array(j);
}

static void tensor(struct json *j, const char *key, const struct model *m, int v)
{
	if (v < 0) {
		json_put_none(j, key, "the model has no such weight");
		return;
	}
	const struct value *q = &m->graph->value[v];
	json_key(j, key), json_object(j);
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
		tensor(j, "a", q->m[0], w->a);
		tensor(j, "b", q->m[1], w->b);
		json_put_bool(j, "equal", w->equal);
		json_put_bool(j, "transposed", w->turned);
		const char *why = w->a < 0 || w->b < 0 ? "one of the models has no such weight"
		                  : !w->shaped         ? "the weights of the two have other shapes"
		                                       : not_finite;
		json_put_figure9(j, "largest", w->largest, why);
		why = isfinite(w->largest) ? "the weight is 0 everywhere in one of the models" : why;
		json_put_figure9(j, "relative", w->relative,
		                 isfinite(w->largest) ? "the weight of the first model is 0 everywhere" : why);
		json_put_figure9(j, "cosine", w->cosine, why);
		json_end_object(j);
	}
	json_end_array(j);
}

void diff_json(FILE *f, const struct diff_head *h, const struct diff_job *q, const struct diff_result *r)
{
	struct json j;
	head(&j, f, h, q, r);
	if (r->has_data) {
		outputs(&j, q, &r->outputs);
		maps(&j, r);
	}
	layers(&j, q, r);
	weights(&j, q, r);
	json_end(&j);
}
