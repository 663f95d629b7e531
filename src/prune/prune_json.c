/* The JSON of `tsviz prune`: the envelope of schema 2. */
#include <math.h>
#include <stdlib.h>
#include "src/json/tensor_json.h"
#include "src/prune/prune_report.h"

const char *prune_no_error(const struct prune_set *s)
{
	return s->d.n_target ? "an output of the network is not a finite number"
	                     : "no window of the set has a true value";
}

const char *prune_no_change(double changed)
{
	return isinf(changed) ? "the outputs of the network before do not differ from each other"
	                      : "an output of one of the networks is not a finite number";
}

static void worth(struct json *j, const char *key, const struct prune_report *r, const struct prune_worth *w)
{
	json_key(j, key), json_array(j);
	for (int i = 0; i < r->p->n_set; i++) {
		json_object(j);
		json_put_string(j, "set", r->p->set[i].name);
		json_put_figure(j, "error", w[i].error, prune_no_error(&r->p->set[i]));
		json_put_figure(j, "changed", w[i].changed, prune_no_change(w[i].changed));
		json_end_object(j);
	}
	json_end_array(j);
}

static void head(struct json *j, FILE *f, const struct envelope *files, const struct prune_report *r)
{
	const struct loaded *l = r->l;
	char target[TARGET_TEXT];
	struct envelope e = *files;
	target_format(&l->q.target, l->model, target, sizeof target);
	e.target = target;
	e.seed = &l->q.seed;
	json_begin(j, f, &e);
	json_newline(j);
	json_put_string(j, "ranking", prune_ranks[r->rank].name);
	json_put_string(j, "repair", prune_repairs[r->repair].name);
	json_key(j, "global"), json_bool(j, r->budget->global);
	json_put_int(j, "calibration_windows", r->p->calibrated);
	json_put_string(j, "measure", prune_measure(r));
	json_newline(j);
}

static void sets(struct json *j, const struct prune_report *r)
{
	json_key(j, "before"), json_array(j);
	for (int i = 0; i < r->p->n_set; i++) {
		const struct prune_set *s = &r->p->set[i];
		json_object(j);
		json_put_string(j, "set", s->name);
		json_put_int(j, "windows", s->windows);
		json_put_figure(j, "error", s->before.error, prune_no_error(s));
		json_put_figure(j, "baseline_error", s->naive, prune_no_error(s));
		json_end_object(j);
	}
	json_end_array(j);
	json_newline(j);
	json_put_int(j, "parameters", r->p->job->m->params);
	json_put_int(j, "multiply_adds", graph_macs(r->p->job->m->graph));
	json_newline(j);
}

static void tuned(struct json *j, const struct prune_report *r, const struct prune_point *q)
{
	const struct prune_job *job = r->p->job;
	const struct prune_tuning *t = &q->tuning;
	worth(j, "tuned", r, q->tuned);
	json_key(j, "tuning"), json_object(j);
	json_put_int(j, "epochs", job->tune);
	json_put_int(j, "epoch_kept", t->epoch);
	json_put_string(j, "on", job->tune_outputs ? "outputs" : "labels");
	json_put_string(j, "loss_function", loss_name(job->tune_outputs ? LOSS_MSE : loss_for(job->q->task, job->m)));
	json_put_number(j, "learning_rate", job->tune_rate);
	json_put_int(j, "windows", t->train);
	json_put_int(j, "deciding_windows", t->decide);
	json_put_figure(j, "loss_before", t->before, "the loss is not a finite number");
	json_put_figure(j, "loss_after", t->after, "no epoch has a finite loss");
	json_end_object(j);
}

static void point(struct json *j, const struct prune_report *r, int i)
{
	const struct prune_point *q = &r->point[i];
	json_object(j);
	json_put_number(j, "ratio", q->asked);
	json_put_number(j, "share", q->ratio);
	json_put_int(j, "filters", q->filters);
	json_put_int(j, "removed", q->gone);
	json_put_int(j, "parameters", q->params);
	json_put_int(j, "multiply_adds", q->macs);
	worth(j, "not_repaired", r, q->cut);
	worth(j, "repaired", r, q->fixed);
	worth(j, "random", r, q->chance);
	if (q->tuning.done)
		tuned(j, r, q);
	prune_draws_json(j, r, i);
	json_put_int(j, "solved", q->solved);
	json_put_int(j, "by_gram", q->by_gram);
	json_put_int(j, "not_repaired_consumers", q->untouched);
	json_put_figure(j, "condition", q->solved ? q->condition : (double)NAN, "nothing was solved");
	if (*q->note)
		json_put_string(j, "note", q->note);
	json_end_object(j);
	json_newline(j);
}

/* Of the file and the time of a forward pass: before and after. */
static void sizes(struct json *j, const struct prune_report *r)
{
	static const char *const key[2][2] = { { "bytes_before", "bytes_after" },
		                               { "forward_seconds_before", "forward_seconds_after" } };
	for (int k = 0; k < 2; k++)
		if (r->bytes[k] < 0)
			json_put_none(j, key[0][k], "there is no file");
		else
			json_put_int(j, key[0][k], r->bytes[k]);
	for (int k = 0; k < 2; k++)
		json_put_figure(j, key[1][k], r->seconds[k], "the time was not taken");
	json_newline(j);
}

/* The numbers of the filters that went. */
static void removed(struct json *j, const struct prune_report *r, const struct prune_maker *q)
{
	const struct prune_map *p = &r->p->map;
	int64_t n = 0;
	for (int64_t i = 0; i < q->n; i++)
		n += r->removed[prune_class(p, q->first + (int)i)];
	json_tensor(j, "removed_filters", "filter", &n);
	for (int64_t i = 0; i < q->n; i++)
		if (r->removed[prune_class(p, q->first + (int)i)])
			json_int(j, i);
	json_end_tensor(j);
}

static void layers(struct json *j, const struct prune_report *r)
{
	const struct prune_map *p = &r->p->map;
	char why[200];
	json_key(j, "layers"), json_array(j);
	for (int k = 0; k < p->n_maker; k++) {
		const struct prune_maker *q = &p->maker[k];
		json_newline(j);
		json_object(j);
		json_put_string(j, "layer", q->layer >= 0 ? p->m->layer[q->layer].name : "");
		json_put_int(j, "filters", q->n);
		json_key(j, "in_budget"), json_bool(j, prune_in_budget(p, r->budget, k));
		if (*prune_why(p, k, why, sizeof why))
			json_put_string(j, "stays_because", why);
		removed(j, r, q);
		json_end_object(j);
	}
	json_end_array(j);
}

void prune_report_json(FILE *f, const struct envelope *e, const struct prune_report *r)
{
	struct json j;
	head(&j, f, e, r);
	sets(&j, r);
	json_key(&j, r->curve ? "curve" : "result");
	if (r->curve)
		json_array(&j);
	for (int i = 0; i < r->n; i++)
		point(&j, r, i);
	if (r->curve) {
		json_end_array(&j);
	} else {
		sizes(&j, r);
		layers(&j, r);
	}
	json_end(&j);
}
