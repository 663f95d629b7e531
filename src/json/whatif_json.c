#include "src/json/whatif_json.h"

#include "core/model/task.h"
#include "src/json/envelope.h"

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

static void reals(struct json *j, const char *key, const real *v, int64_t n)
{
	json_key(j, key), json_reals(j, v, n);
}

static void head(struct json *j, const char *kind, const struct whatif_head *h, enum task task)
{
	json_envelope(j, &(struct envelope){ .kind = kind,
	                                     .version = h->version,
	                                     .model = h->model,
	                                     .data = h->data,
	                                     .recipe = h->recipe,
	                                     .fields = h->fields });
	text(j, "task", task_names[task]);
}

static void near(struct json *j, const char *key, const struct near_window *v, int n)
{
	json_key(j, key), json_array(j);
	for (int i = 0; i < n; i++) {
		json_object(j);
		count(j, "window", v[i].window);
		number(j, "distance", v[i].distance);
		json_end_object(j);
	}
	json_end_array(j);
}

static void wish(struct json *j, const struct counterfactual_job *q)
{
	char what[160];
	text(j, "wish", counterfactual_wish(q, what, sizeof what));
	if (q->task == TASK_CLASSIFICATION) {
		count(j, "to_class", q->cls);
		return;
	}
	json_key(j, "to"), json_array(j);
	json_number(j, q->low);
	json_number(j, q->high);
	json_end_array(j);
}

static void change(struct json *j, const struct counterfactual_job *q, const struct counterfactual *r)
{
	json_key(j, "valid"), json_bool(j, r->valid);
	count(j, "guide", r->guide);
	count(j, "guide_row", dataset_row(q->d, r->guide));
	number(j, "guide_distance", r->guide_distance);
	json_key(j, "channel");
	if (r->channel >= 0 && q->d->channel)
		json_string(j, q->d->channel[r->channel]);
	else
		json_null(j);
	json_key(j, "steps"), json_array(j);
	json_int(j, r->from);
	json_int(j, r->end);
	json_end_array(j);
	count(j, "steps_changed", r->steps);
	number(j, "share_of_steps", (double)r->steps / (double)q->m->T);
	count(j, "points_changed", r->points);
	count(j, "segments", r->segments);
	number(j, "l1", r->l1);
	count(j, "passes", r->passes);
	text(j, "begins_at", r->flat ? "difference" : "gradient");
}

void counterfactual_json(FILE *f, const struct whatif_head *h, const struct counterfactual_job *q,
                         const struct counterfactual *r)
{
	struct json j;
	char sentence[512];
	counterfactual_sentence(q, r, sentence, sizeof sentence);
	json_init(&j, f);
	json_object(&j);
	head(&j, "counterfactual", h, q->task);
	json_newline(&j);
	text(&j, "sentence", sentence);
	json_newline(&j);
	count(&j, "window", q->window);
	count(&j, "row", dataset_row(q->d, q->window));
	wish(&j, q);
	change(&j, q, r);
	json_newline(&j);
	reals(&j, "output", r->before, q->m->outputs);
	reals(&j, "changed_output", r->now, q->m->outputs);
	json_newline(&j);
	near(&j, "nearest", r->near, r->n_near);
	json_newline(&j);
	near(&j, "nearest_as_it_is", r->as_is, r->n_as_is);
	json_newline(&j);
	reals(&j, "x", r->x, q->m->T * q->m->C);
	json_end_object(&j);
	fputc('\n', f);
}

/* ---- invert ---- */

static void inverted_wish(struct json *j, const struct invert_job *q)
{
	char what[160];
	text(j, "wish", invert_wish_text(q, what, sizeof what));
	if (q->wish == INVERT_OUTPUT)
		number(j, "to", q->value);
	if (q->wish == INVERT_CLASS)
		count(j, "to_class", q->cls);
	if (q->wish == INVERT_FILTER) {
		text(j, "layer", q->m->layer[q->layer].name);
		count(j, "filter", q->filter);
	}
}

static void descent(struct json *j, const struct invert_job *q)
{
	text(j, "from", invert_starts[q->from]);
	text(j, "points", q->free ? "free" : "series");
	text(j, "descent", q->gradient ? "gradient" : "adam");
	number(j, "learning_rate", q->rate);
	count(j, "iterations", q->iterations);
	json_key(j, "clip"), json_bool(j, q->clip);
	count(j, "seed", (int64_t)q->seed);
	number(j, "near", q->near);
	number(j, "variation", q->variation);
	number(j, "consistent", q->consistent);
	number(j, "max_cycles", q->cycles);
}

void inversion_json(FILE *f, const struct whatif_head *h, const struct invert_job *q, const struct inversion *r)
{
	struct json j;
	char sentence[512];
	invert_sentence(q, r, sentence, sizeof sentence);
	json_init(&j, f);
	json_object(&j);
	head(&j, "invert", h, q->task);
	json_newline(&j);
	text(&j, "sentence", sentence);
	json_newline(&j);
	count(&j, "window", q->window);
	count(&j, "row", dataset_row(q->d, q->window));
	inverted_wish(&j, q);
	descent(&j, q);
	json_newline(&j);
	number(&j, "reached_before", r->reached[0]);
	number(&j, "reached", r->reached[1]);
	count(&j, "best_step", r->best);
	number(&j, "best_loss", r->at_best);
	json_newline(&j);
	reals(&j, "output", r->before, q->m->outputs);
	reals(&j, "changed_output", r->now, q->m->outputs);
	json_newline(&j);
	near(&j, "nearest", r->nearest, r->n_near);
	json_newline(&j);
	reals(&j, "start", r->start, q->m->T * q->m->C);
	json_newline(&j);
	reals(&j, "x", r->x, q->m->T * q->m->C);
	json_newline(&j);
	json_key(&j, "loss"), json_array(&j);
	for (int i = 0; i < r->n; i++)
		json_number(&j, r->loss[i]);
	json_end_array(&j);
	json_end_object(&j);
	fputc('\n', f);
}
