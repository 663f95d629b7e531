#include "src/json/whatif_json.h"

#include "core/model/task.h"
#include "src/json/tensor_json.h"

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

static const char not_finite[] = "it is not a finite number";

static void outputs(struct json *j, const char *key, const struct model *m, const real *v)
{
	json_put_reals(j, key, "output", &m->outputs, v);
}

static void window(struct json *j, const char *key, const struct model *m, const real *v)
{
	json_put_reals(j, key, "time channel", (int64_t[]){ m->T, m->C }, v);
	json_newline(j);
}

/* The head, and the window of which it is. */
static void head(struct json *j, FILE *f, const struct envelope *files, enum task task, const char *sentence,
                 const struct dataset *d, int64_t i)
{
	struct envelope e = *files;
	e.task = task_names[task];
	e.sentence = sentence;
	json_begin(j, f, &e);
	json_newline(j);
	count(j, "window", i);
	count(j, "row", dataset_row(d, i));
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
	json_put_figure(j, "wanted_low", q->low, "it has no lower end");
	json_put_figure(j, "wanted_high", q->high, "it has no upper end");
}

static void change(struct json *j, const struct counterfactual_job *q, const struct counterfactual *r)
{
	json_key(j, "valid"), json_bool(j, r->valid);
	count(j, "guide", r->guide);
	count(j, "guide_row", dataset_row(q->d, r->guide));
	number(j, "guide_distance", r->guide_distance);
	if (r->channel >= 0 && q->d->channel)
		text(j, "channel", q->d->channel[r->channel]);
	else
		json_put_none(j, "channel", "all channels were replaced together");
	count(j, "from_step", r->from);
	count(j, "end_step", r->end);
	count(j, "steps_changed", r->steps);
	number(j, "share_of_steps", (double)r->steps / (double)q->m->T);
	count(j, "points_changed", r->points);
	count(j, "segments", r->segments);
	json_put_figure(j, "l1", r->l1, not_finite);
	count(j, "passes", r->passes);
	text(j, "begins_at", r->flat ? "difference" : "gradient");
}

void counterfactual_json(FILE *f, const struct envelope *e, const struct counterfactual_job *q,
                         const struct counterfactual *r)
{
	struct json j;
	char sentence[512];
	counterfactual_sentence(q, r, sentence, sizeof sentence);
	head(&j, f, e, q->task, sentence, q->d, q->window);
	wish(&j, q);
	change(&j, q, r);
	json_newline(&j);
	outputs(&j, "output", q->m, r->before);
	outputs(&j, "changed_output", q->m, r->now);
	json_newline(&j);
	near(&j, "nearest", r->near, r->n_near);
	json_newline(&j);
	near(&j, "nearest_as_it_is", r->as_is, r->n_as_is);
	json_newline(&j);
	window(&j, "x", q->m, r->x);
	json_end(&j);
}

/* ---- invert ---- */

static void inverted_wish(struct json *j, const struct invert_job *q)
{
	char what[160];
	text(j, "wish", invert_wish_text(q, what, sizeof what));
	if (q->wish == INVERT_OUTPUT)
		number(j, "wanted", q->value);
	if (q->wish == INVERT_CLASS)
		count(j, "to_class", q->cls);
	if (q->wish == INVERT_FILTER) {
		text(j, "layer", q->m->layer[q->layer].name);
		count(j, "filter", q->filter);
	}
}

static void descent(struct json *j, const struct invert_job *q)
{
	text(j, "begins_from", invert_starts[q->from]);
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

void inversion_json(FILE *f, const struct envelope *e, const struct invert_job *q, const struct inversion *r)
{
	struct json j;
	char sentence[512];
	invert_sentence(q, r, sentence, sizeof sentence);
	head(&j, f, e, q->task, sentence, q->d, q->window);
	inverted_wish(&j, q);
	descent(&j, q);
	json_newline(&j);
	json_put_figure(&j, "reached_before", r->reached[0], not_finite);
	json_put_figure(&j, "reached", r->reached[1], not_finite);
	count(&j, "best_step", r->best);
	json_put_figure(&j, "best_loss", r->at_best, not_finite);
	json_newline(&j);
	outputs(&j, "output", q->m, r->before);
	outputs(&j, "changed_output", q->m, r->now);
	json_newline(&j);
	near(&j, "nearest", r->nearest, r->n_near);
	json_newline(&j);
	window(&j, "start", q->m, r->start);
	window(&j, "x", q->m, r->x);
	int64_t iterations = r->n;
	json_tensor(&j, "loss_curve", "iteration", &iterations);
	for (int i = 0; i < r->n; i++)
		json_number(&j, r->loss[i]);
	json_end_tensor(&j);
	json_end(&j);
}
