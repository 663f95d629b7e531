#include "src/answer/attack_json.h"

#include "core/model/task.h"
#include "src/json/tensor_json.h"

/* A tensor with one axis, of numbers with 9 digits. */
static void numbers(struct json *j, const char *key, const char *axis, const double *v, int64_t n)
{
	json_tensor(j, key, axis, &n);
	for (int64_t i = 0; i < n; i++)
		json_number(j, v[i]);
	json_end_tensor(j);
}

static void head(struct json *j, FILE *f, const struct envelope *files, const struct attack_job *q,
                 const struct attack_result *r)
{
	char sentence[512];
	struct envelope e = *files;
	attack_sentence(q, r, sentence, sizeof sentence);
	e.task = task_names[q->task];
	e.seed = &q->seed;
	e.sentence = sentence;
	json_begin(j, f, &e);
	json_newline(j);
	json_put_string(j, "points", q->free ? "free" : "series");
	json_put_string(j, "epsilon_unit", q->scaled ? "scaled" : "deviation");
	numbers(j, "epsilon", "epsilon", q->epsilon, q->n_epsilon);
	numbers(j, "channel_deviation", "channel", r->deviation, q->m->C);
	json_key(j, "clip"), json_bool(j, q->clip);
	json_put_int(j, "iterations", q->steps);
	json_put_number(j, "by", q->by);
	json_put_int(j, "not_finite", r->not_finite);
	json_put_int(j, "gradient_zero", r->flat);
	json_put_int(j, "gradient_not_finite", r->broken);
	json_put_figure(j, "loss", r->loss, "it is not a finite number");
	json_put_int(j, "wrong", r->wrong);
}

static void method(struct json *j, const struct attack_job *q, const struct attack_result *r, int m)
{
	const struct attack_curve *c = &r->curve[m];
	json_newline(j);
	json_object(j);
	json_put_string(j, "method", attack_methods[c->method].name);
	numbers(j, "loss_by_epsilon", "epsilon", c->loss, q->n_epsilon);
	if (r->falls) {
		numbers(j, "fallen", "epsilon", c->fallen, q->n_epsilon);
		numbers(j, "least_quartiles", "quartile", c->quartile, 3);
	}
	json_end_object(j);
}

static void window(struct json *j, const struct attack_job *q, const struct attack_result *r, int64_t i)
{
	int64_t n = q->m->outputs;
	json_newline(j);
	json_object(j);
	json_put_int(j, "window", r->window[i]);
	json_put_int(j, "row", dataset_row(q->d, r->window[i]));
	json_put_reals(j, "output", "output", &n, r->before + i * n);
	json_put_reals(j, "attacked", "output", &n, r->now + i * n);
	json_tensor(j, "losses", "method epsilon", (int64_t[]){ r->n_method, r->n_epsilon });
	for (int k = 0; k < r->n_method * r->n_epsilon; k++)
		json_number(j, r->point[i * r->n_method * r->n_epsilon + k].loss);
	json_end_tensor(j);
	if (r->falls) {
		int64_t n_method = r->n_method;
		json_tensor(j, "least", "method", &n_method);
		for (int m = 0; m < r->n_method; m++)
			json_number(j, r->curve[m].least[i]);
		json_end_tensor(j);
	}
	json_end_object(j);
}

void attack_json(FILE *f, const struct envelope *e, const struct attack_job *q, const struct attack_result *r)
{
	struct json j;
	head(&j, f, e, q, r);
	json_newline(&j);
	json_key(&j, "methods"), json_array(&j);
	for (int m = 0; m < r->n_method; m++)
		method(&j, q, r, m);
	json_end_array(&j);
	json_newline(&j);
	json_key(&j, "per_window"), json_array(&j);
	for (int64_t i = 0; i < r->n; i++)
		window(&j, q, r, i);
	json_end_array(&j);
	json_end(&j);
}
