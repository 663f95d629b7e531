#include "src/json/survey_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/model/task.h"
#include "core/prune/prune_facts.h"
#include "src/json/survey_code.h"
#include "src/json/tensor_json.h"

void survey_head_release(struct survey_head *h)
{
	free(h->version), free(h->isa), free(h->model), free(h->model_hash), free(h->data), free(h->data_hash);
	free(h->recipe), free(h->recipe_hash), free(h->target);
	memset(h, 0, sizeof *h);
}

const char *const survey_scale_names[] = { "none", "standard", "minmax", NULL };
const char *const survey_truth_names[] = { "columns", "set", "window", "set_steps", "rows", NULL };

/* An array of up to two axes; the caller writes n values and then calls array_end. */
static void array_begin(struct json *j, const char *key, const char *axis, int64_t n, const char *axis2, int64_t n2)
{
	json_key(j, key), json_object(j);
	json_key(j, "shape"), json_array(j), json_int(j, n);
	if (axis2)
		json_int(j, n2);
	json_end_array(j);
	json_key(j, "axes"), json_array(j), json_string(j, axis);
	if (axis2)
		json_string(j, axis2);
	json_end_array(j);
	json_key(j, "values"), json_array(j);
}

static void array_end(struct json *j)
{
	json_end_array(j);
	json_end_object(j);
}

static void counts_json(struct json *j, const char *key, const char *axis, const int64_t *v, int64_t n)
{
	array_begin(j, key, axis, n, NULL, 0);
	for (int64_t i = 0; i < n; i++)
		json_int(j, v[i]);
	array_end(j);
}

static void named(struct json *j, const char *key, const char *what, const char *name, const char *hash)
{
	json_newline(j);
	json_key(j, key), json_object(j);
	json_key(j, what), json_string(j, name);
	json_key(j, "sha256"), json_string(j, hash);
	json_end_object(j);
}

static void count_of(struct json *j, const char *key, int64_t v)
{
	json_key(j, key), json_int(j, v);
}

static void texts(struct json *j, const char *key, char **v, int64_t n)
{
	json_key(j, key), json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_string(j, v[i]);
	json_end_array(j);
}

static void error_shape_json(struct json *j, const struct survey_plan *p)
{
	const struct error_shape *h = &p->error_shape;
	if (!p->errors) {
		json_put_none(j, "errors", "no window has a true value");
		return;
	}
	json_key(j, "errors"), json_object(j);
	count_of(j, "class_count", h->K);
	count_of(j, "steps", h->steps);
	count_of(j, "channel_count", h->channels);
	json_key(j, "several"), json_bool(j, h->several);
	json_key(j, "scores"), json_bool(j, h->scores);
	count_of(j, "normal_class", h->normal);
	json_end_object(j);
}

static void consumers_json(struct json *j, const struct survey_plan *p)
{
	json_key(j, "consumers"), json_array(j);
	for (int k = 0; k < p->n_consumer; k++) {
		const struct survey_consumer *c = &p->consumer[k];
		json_object(j);
		json_key(j, "name"), json_string(j, c->name);
		json_key(j, "reads_from"), json_string(j, c->reads);
		count_of(j, "channel_count", c->channels);
		count_of(j, "steps", c->times);
		count_of(j, "taps", c->taps);
		count_of(j, "stride", c->stride);
		count_of(j, "dilation", c->dilation);
		count_of(j, "pad", c->pad);
		count_of(j, "positions", c->positions);
		json_key(j, "with_covariance"), json_bool(j, c->covariance);
		count_of(j, "outputs", c->outputs);
		count_of(j, "output_steps", c->steps);
		json_end_object(j);
	}
	json_end_array(j);
}

static void network(struct json *j, const struct survey_plan *p)
{
	json_newline(j);
	json_key(j, "network"), json_object(j);
	count_of(j, "steps", p->T);
	texts(j, "channels", p->channel, p->C);
	count_of(j, "outputs", p->outputs);
	texts(j, "classes", p->class_name, p->n_name);
	json_key(j, "by_class"), json_bool(j, p->groups > 1);
	error_shape_json(j, p);
	json_put_string(j, "truth", survey_truth_names[p->truth]);
	json_put_string(j, "scale", survey_scale_names[p->scale]);
	json_key(j, "ready_windows"), json_bool(j, p->ready_windows);
	count_of(j, "groups", p->n_group);
	consumers_json(j, p);
	json_key(j, "layers"), json_array(j);
	for (int k = 0; k < p->n_layer; k++) {
		const struct survey_layer_plan *y = &p->layer[k];
		int64_t n_rest = y->n_rest;
		json_object(j);
		json_key(j, "name"), json_string(j, y->name);
		count_of(j, "filters", y->filters);
		count_of(j, "steps", y->times);
		json_put_figures(j, "rests_at", "limit", &n_rest, y->rest);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void head(struct json *j, const struct survey_head *h, const struct survey_plan *p, const char *kind)
{
	json_object(j);
	count_of(j, "schema", SURVEY_SCHEMA);
	json_key(j, "kind"), json_string(j, kind);
	json_key(j, "tsviz"), json_string(j, h->version);
	json_key(j, "isa"), json_string(j, h->isa);
	count_of(j, "precision_bits", (int64_t)sizeof(real) * 8);
	named(j, "model", "name", h->model, h->model_hash);
	named(j, "data", "name", h->data, h->data_hash);
	named(j, "recipe", "options", h->recipe, h->recipe_hash);
	json_newline(j);
	json_key(j, "task"), json_string(j, task_names[p->task]);
	json_key(j, "target"), json_string(j, h->target);
	count_of(j, "windows", p->windows);
	count_of(j, "chunk", p->chunk);
	count_of(j, "maps", p->maps);
	count_of(j, "ablation", p->ablation);
	json_key(j, "moments"), json_string(j, moments_names[p->moments]);
	network(j, p);
}

/* ---- a shard ---- */

/* The text of what `write` writes, about item k. */
static void put_text(struct json *j, const struct survey_plan *p, struct survey_part *q,
                     void (*write)(struct code *c, struct survey_part *q, int layer, int64_t k), int layer, int64_t k)
{
	char *text = NULL;
	size_t n = 0;
	struct code c = { .to = mem_stream(&text, &n), .plan = p, .part = q };
	if (c.to) {
		write(&c, q, layer, k);
		fclose(c.to);
	}
	json_string(j, text ? text : "");
	free(text);
}

static void put_network(struct code *c, struct survey_part *q, int layer, int64_t k)
{
	(void)layer, (void)k;
	code_network(c, q);
}

static void put_outputs(struct code *c, struct survey_part *q, int layer, int64_t k)
{
	(void)layer, (void)k;
	code_outputs(c, q);
}

static void put_moments(struct code *c, struct survey_part *q, int consumer, int64_t k)
{
	(void)k;
	code_moments(c, &c->plan->consumer[consumer], &q->moments[consumer]);
}

static void put_filter(struct code *c, struct survey_part *q, int layer, int64_t f)
{
	code_filter(c, &c->plan->layer[layer], &q->filter[layer][f]);
}

static void part(struct json *j, const struct survey_plan *p, struct survey_part *q)
{
	json_newline(j);
	json_object(j);
	count_of(j, "first", q->first);
	count_of(j, "chunks", q->chunks);
	json_key(j, "network_text"), put_text(j, p, q, put_network, 0, 0);
	json_newline(j);
	json_key(j, "outputs_text"), put_text(j, p, q, put_outputs, 0, 0);
	json_newline(j);
	json_key(j, "moment_texts"), json_array(j);
	for (int k = 0; k < p->n_consumer; k++) {
		json_newline(j);
		put_text(j, p, q, put_moments, k, 0);
	}
	json_end_array(j);
	json_key(j, "layer_texts"), json_array(j);
	for (int k = 0; k < p->n_layer; k++) {
		json_newline(j);
		json_object(j);
		json_key(j, "filter_texts"), json_array(j);
		for (int64_t f = 0; f < p->groups * p->layer[k].filters; f++) {
			json_newline(j);
			put_text(j, p, q, put_filter, k, f);
		}
		json_end_array(j);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

char *survey_part_text(const struct survey_plan *p, struct survey_part *q)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = mem_stream(&text, &n);
	struct json j;
	json_init(&j, f);
	part(&j, p, q);
	fclose(f);
	return text;
}

void survey_json_shard(FILE *f, const struct survey_head *h, const struct survey_plan *p, int64_t from, int64_t to,
                       const char *host, struct survey_part *const *parts, int n)
{
	struct json j;
	json_init(&j, f);
	head(&j, h, p, SURVEY_KIND_SHARD);
	json_newline(&j);
	json_key(&j, "shard"), json_object(&j);
	count_of(&j, "from", from);
	count_of(&j, "to", to);
	json_key(&j, "host"), json_string(&j, host ? host : "");
	json_end_object(&j);
	json_newline(&j);
	json_key(&j, "parts"), json_array(&j);
	for (int i = 0; i < n; i++)
		part(&j, p, parts[i]);
	json_end_array(&j);
	json_end_object(&j);
	fputc('\n', f);
}

/* ---- the figures ---- */

static void figure(struct json *j, const char *key, double v, bool counted)
{
	json_put_figure(j, key, v, counted ? "it is not a finite number" : "there is nothing to count");
}

static void spread_json(struct json *j, const char *key, const struct spread *s)
{
	if (key)
		json_key(j, key);
	json_object(j);
	count_of(j, "n", s->n);
	figure(j, "min", s->n ? s->min : (double)NAN, s->n);
	figure(j, "max", s->n ? s->max : (double)NAN, s->n);
	figure(j, "mean", s->n ? s->mean : (double)NAN, s->n);
	figure(j, "deviation", spread_deviation(s), s->n);
	count_of(j, "zero", s->zero);
	count_of(j, "nan", s->nan);
	count_of(j, "infinite", s->inf);
	json_end_object(j);
}

/* Values by size: bucket k of a side begins at 2^(k/70 - 24). */
static void histogram_json(struct json *j, const struct histogram *h)
{
	static const char *const side[] = { "negative", "positive" };
	json_key(j, "activation_histogram"), json_object(j);
	count_of(j, "zero", h->zero);
	count_of(j, "tiny", h->tiny);
	count_of(j, "overflow", h->huge);
	for (int k = 0; k < 2; k++) {
		json_key(j, side[k]), json_object(j);
		count_of(j, "first", h->side[k].from);
		counts_json(j, "counts", "bucket", h->side[k].count, h->side[k].n);
		json_end_object(j);
	}
	json_end_object(j);
}

/* Shares of sums (n); null where all are 0. */
static void shares(struct json *j, const char *key, const char *axis, const double *v, int64_t n)
{
	double all = 0;
	for (int64_t i = 0; i < n; i++)
		all += v[i];
	if (!(all > 0)) {
		json_put_none(j, key, "all of them are 0");
		return;
	}
	array_begin(j, key, axis, n, NULL, 0);
	for (int64_t i = 0; i < n; i++)
		json_number17(j, v[i] / all);
	array_end(j);
}

static const char *const method_names[SURVEY_METHODS] = { "gradient", "gradient-input" };

static void filter_figures(struct json *j, const struct survey_plan *p, const struct survey_layer_plan *y,
                           const struct survey_filter *f)
{
	bool dead = survey_filter_dead(f);
	double n = f->windows ? (double)f->windows : (double)NAN;
	count_of(j, "n", f->windows);
	json_key(j, "dead"), json_bool(j, dead);
	figure(j, "alive", dead ? 0 : (double)f->alive / n, f->windows);
	figure(j, "active", dead ? 0 : (double)f->active / (n * (double)y->times), f->windows);
	spread_json(j, "activation_spread", &f->activation);
	histogram_json(j, &f->histogram);
	json_key(j, "importance_spreads"), json_object(j);
	for (int k = 0; k < p->n_measure; k++) {
		if (!strcmp(p->measure[k], "ablation") && !p->ablation)
			continue;
		json_key(j, p->measure[k]), json_object(j);
		spread_json(j, "raw_spread", &f->importance[k][0]);
		spread_json(j, "scaled_spread", &f->importance[k][1]);
		json_end_object(j);
	}
	json_end_object(j);
	json_key(j, "saliency"), json_object(j);
	for (int k = 0; k < SURVEY_METHODS; k++) {
		json_key(j, method_names[k]), json_object(j);
		shares(j, "by_channel", "channel", f->channel + k * p->C, p->C);
		json_end_object(j);
	}
	json_end_object(j);
}

static void windows_json(struct json *j, const char *key, const struct survey_window *w, int n)
{
	json_key(j, key), json_array(j);
	for (int i = 0; i < n; i++) {
		json_object(j);
		count_of(j, "window", w[i].window);
		count_of(j, "step", w[i].time);
		figure(j, "value", w[i].value, true);
		json_end_object(j);
	}
	json_end_array(j);
}

static void filter_json(struct json *j, const struct survey_plan *p, const struct survey_part *all, int layer,
                        int64_t f)
{
	const struct survey_layer_plan *y = &p->layer[layer];
	struct survey_filter q = survey_filter_all(p, all, layer, f);
	struct survey_window spread[SURVEY_TOP];
	int n = survey_filter_spread(&q, spread);
	json_newline(j);
	json_object(j);
	count_of(j, "index", f);
	filter_figures(j, p, y, &q);
	windows_json(j, "top", q.top, q.n_top);
	windows_json(j, "spread", spread, n);
	survey_filter_release(&q);
	if (p->groups > 1) {
		json_key(j, "per_class"), json_array(j);
		for (int64_t g = 0; g < p->groups; g++) {
			json_object(j);
			if (g < p->classes)
				json_put_string(j, "class_name", p->class_name[g]);
			else
				json_put_none(j, "class_name", "windows whose class is not known");
			filter_figures(j, p, y, &all->filter[layer][g * y->filters + f]);
			json_end_object(j);
		}
		json_end_array(j);
	}
	json_end_object(j);
}

static int64_t total_filters(const struct survey_plan *p)
{
	int64_t n = 0;
	for (int k = 0; k < p->n_layer; k++)
		n += p->layer[k].filters;
	return n;
}

/* Of one layer, or of all (-1). */
static int64_t dead_filters(const struct survey_plan *p, const struct survey_part *all, int layer)
{
	int64_t n = 0;
	for (int k = 0; k < p->n_layer; k++)
		for (int64_t f = 0; f < p->layer[k].filters && (layer < 0 || k == layer); f++) {
			struct survey_filter q = survey_filter_all(p, all, k, f);
			n += survey_filter_dead(&q);
			survey_filter_release(&q);
		}
	return n;
}

static void outputs_json(struct json *j, const struct survey_plan *p, const struct survey_part *all)
{
	json_key(j, "output_spreads"), json_array(j);
	for (int64_t k = 0; k < p->outputs; k++)
		spread_json(j, NULL, &all->of_output[k]);
	json_end_array(j);
	json_newline(j);
	if (!all->output) {
		json_put_none(j, "predictions", "they are too many; output_spreads says how they are spread");
		return;
	}
	array_begin(j, "predictions", "window", all->windows, "output", p->outputs);
	for (int64_t i = 0; i < all->windows * p->outputs; i++)
		json_number(j, (double)all->output[i]);
	array_end(j);
}

static void network_figures(struct json *j, const struct survey_plan *p, const struct survey_part *all)
{
	count_of(j, "not_finite", all->not_finite);
	count_of(j, "windows_with_maps", all->maps);
	count_of(j, "windows_with_ablation", all->ablations);
	count_of(j, "filters", total_filters(p));
	count_of(j, "dead_filters", dead_filters(p, all, -1));
	if (p->classes)
		counts_json(j, "predicted", "class", all->predicted, p->classes);
	else
		json_put_none(j, "predicted", "the task has no classes");
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	for (int k = 0; k < SURVEY_METHODS; k++) {
		json_key(j, method_names[k]), json_object(j);
		shares(j, "by_channel", "channel", all->saliency_channel + k * p->C, p->C);
		shares(j, "by_time", "time", all->saliency_step + k * p->T, p->T);
		json_end_object(j);
	}
	json_end_object(j);
	json_newline(j);
	outputs_json(j, p, all);
}

static void unique_json(struct json *j, const struct survey_consumer *c, const struct survey_moments *q)
{
	double *unique = xcalloc((size_t)c->channels + 1, sizeof *unique);
	bool known = prune_unique_channels(c, q, unique);
	array_begin(j, "unique", "channel", known ? c->channels : 0, NULL, 0);
	for (int64_t i = 0; i < c->channels && known; i++)
		json_number(j, unique[i]);
	array_end(j);
	free(unique);
}

static void moments_json(struct json *j, const struct survey_consumer *c, const struct survey_moments *q, bool brief)
{
	int64_t n = consumer_numbers(c);
	json_newline(j);
	json_object(j);
	json_key(j, "name"), json_string(j, c->name);
	json_key(j, "reads_from"), json_string(j, c->reads);
	count_of(j, "n", q->n);
	count_of(j, "not_finite", q->not_finite);
	array_begin(j, "mean_by_tap", "channel", n ? c->channels : 0, "tap", c->taps);
	for (int64_t i = 0; i < n; i++)
		json_number17(j, q->n ? q->mean[i] : (double)NAN);
	array_end(j);
	int64_t pairs = brief ? 0 : consumer_pairs(c);
	array_begin(j, "covariance", "pair", pairs, NULL, 0);
	for (int64_t i = 0; i < pairs; i++)
		json_number17(j, q->n ? q->m2[i] / (double)q->n : (double)NAN);
	array_end(j);
	unique_json(j, c, q);
	array_begin(j, "gradient_square", "filter", c->outputs, NULL, 0);
	for (int64_t i = 0; i < c->outputs; i++)
		json_number17(j, q->n_gradient ? q->gradient[i] / (double)q->n_gradient : (double)NAN);
	array_end(j);
	json_end_object(j);
}

void survey_json_figures(FILE *f, const struct survey_head *h, const struct survey_plan *p,
                         const struct survey_part *all,
                         void (*errors)(struct json *j, const struct survey_plan *p, const struct survey_part *all))
{
	struct json j;
	json_init(&j, f);
	head(&j, h, p, SURVEY_KIND);
	json_newline(&j);
	json_key(&j, "range"), json_object(&j);
	json_put_int(&j, "from", 0);
	json_put_int(&j, "to", p->windows);
	json_end_object(&j);
	if (p->errors)
		errors(&j, p, all);
	else
		json_put_none(&j, "errors", "no window has a true value");
	json_newline(&j);
	network_figures(&j, p, all);
	json_newline(&j);
	json_key(&j, "consumers"), json_array(&j);
	for (int k = 0; k < p->n_consumer; k++)
		moments_json(&j, &p->consumer[k], &all->moments[k], h->brief);
	json_end_array(&j);
	json_newline(&j);
	json_key(&j, "layers"), json_array(&j);
	for (int k = 0; k < p->n_layer; k++) {
		json_newline(&j);
		json_object(&j);
		json_key(&j, "name"), json_string(&j, p->layer[k].name);
		count_of(&j, "dead_filters", dead_filters(p, all, k));
		json_key(&j, "per_filter"), json_array(&j);
		for (int64_t i = 0; i < p->layer[k].filters; i++)
			filter_json(&j, p, all, k, i);
		json_end_array(&j);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	fputc('\n', f);
}
