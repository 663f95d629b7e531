#include "core/diff/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/diff/diff_maps.h"

/* ---- what cannot be compared ---- */

int diff_check_models(const struct diff_job *j, struct err *e)
{
	const struct model *a = j->m[0], *b = j->m[1];
	if (a->T != b->T || a->C != b->C)
		return err_set(e, ERR_VALUE,
		               "%s reads windows of %lld steps and %lld channels, %s of %lld and %lld; "
		               "`tsviz diff` without DATA compares layers and weights",
		               j->name[0], (long long)a->T, (long long)a->C, j->name[1], (long long)b->T,
		               (long long)b->C);
	if (a->outputs != b->outputs || a->out_steps != b->out_steps || a->out_channels != b->out_channels)
		return err_set(e, ERR_VALUE,
		               "%s has %lld outputs (%lld steps), %s has %lld (%lld steps); "
		               "`tsviz diff` without DATA compares layers and weights",
		               j->name[0], (long long)a->outputs, (long long)a->out_steps, j->name[1],
		               (long long)b->outputs, (long long)b->out_steps);
	return 0;
}

static int check_tasks(const struct diff_job *j, struct err *e)
{
	if (j->q[0]->task != j->q[1]->task)
		return err_set(e, ERR_VALUE, "the task of %s is %s, that of %s %s; --task gives both the same",
		               j->name[0], task_names[j->q[0]->task], j->name[1], task_names[j->q[1]->task]);
	if (j->q[0]->task == TASK_SEGMENTATION && j->m[0]->head != j->m[1]->head)
		return err_set(e, ERR_VALUE, "one of %s and %s gives probabilities and the other logits of the steps",
		               j->name[0], j->name[1]);
	return 0;
}

static int check_classes(const struct diff_job *j, struct err *e)
{
	const struct dataset *a = j->d[0], *b = j->d[1];
	bool same = !a->class_name == !b->class_name && a->n_class == b->n_class;
	for (int k = 0; same && a->class_name && k < a->n_class; k++)
		same = !strcmp(a->class_name[k], b->class_name[k]);
	if (same)
		return 0;
	return err_set(
	        e, ERR_VALUE,
	        "the recipes of %s and %s name other classes, or the same in another order; --classes gives both "
	        "the same, if that is how both were trained",
	        j->name[0], j->name[1]);
}

static int check_windows(const struct diff_job *j, struct err *e)
{
	const struct dataset *a = j->d[0], *b = j->d[1];
	if (a->n < 1)
		return err_set(e, ERR_VALUE, "%s: there is no window", a->file);
	if (a->n != b->n || a->n_target != b->n_target || !a->set != !b->set)
		return err_set(
		        e, ERR_VALUE,
		        "the recipes cut other windows: %s %lld (%lld with a true value), %s %lld (%lld); options of "
		        "the command line hold for both",
		        j->name[0], (long long)a->n, (long long)a->n_target, j->name[1], (long long)b->n,
		        (long long)b->n_target);
	for (int64_t i = 0; i < a->n; i++)
		if (dataset_row(a, i) != dataset_row(b, i))
			return err_set(
			        e, ERR_VALUE,
			        "the recipes cut other windows: window %lld of %s begins at row %lld, that of %s at "
			        "%lld; options of the command line hold for both",
			        (long long)i, j->name[0], (long long)dataset_row(a, i), j->name[1],
			        (long long)dataset_row(b, i));
	if (a->n_target < 1 && (target_is_loss(&j->q[0]->target) || target_is_loss(&j->q[1]->target)))
		return err_set(e, ERR_VALUE, "%s: there is no window with a true value, which the target asks for",
		               a->file);
	return 0;
}

int diff_check(const struct diff_job *j, struct err *e)
{
	for (int s = 0; s < 2; s++)
		if (diff_layer_count(j->m[s]) > DIFF_LAYERS_MAX)
			return err_set(e, ERR_LIMIT, "%s has %d layers, %d at most can be compared", j->name[s],
			               diff_layer_count(j->m[s]), DIFF_LAYERS_MAX);
	if (!j->d[0])
		return 0;
	int bad = diff_check_models(j, e);
	bad = bad ? bad : check_tasks(j, e);
	bad = bad ? bad : check_classes(j, e);
	return bad ? bad : check_windows(j, e);
}

/* ---- all of it ---- */

static void choose_windows(const struct diff_job *j, struct diff_result *r)
{
	bool loss = target_is_loss(&j->q[0]->target) || target_is_loss(&j->q[1]->target);
	int64_t n = loss ? j->d[0]->n_target : j->d[0]->n;
	r->windows = j->windows < n ? j->windows : n;
	r->window = xcalloc((size_t)r->windows + 1, sizeof *r->window);
	for (int64_t i = 0; i < r->windows; i++)
		r->window[i] = i * n / r->windows;
}

static void compare_outputs(const struct diff_job *j, struct diff_result *r)
{
	real *out[2];
	for (int s = 0; s < 2; s++) {
		out[s] = xcalloc((size_t)(j->d[s]->n * j->m[s]->outputs) + 1, sizeof *out[s]);
		model_predict(j->m[s], j->d[s], 0, j->d[s]->n, j->threads, out[s]);
	}
	diff_outputs(j->m, j->d, j->q[0]->task, j->q[0]->seed, out, &r->outputs);
	free(out[0]);
	free(out[1]);
}

void diff_run(const struct diff_job *j, struct diff_result *r)
{
	const struct model *a = j->m[0], *b = j->m[1];
	*r = (struct diff_result){ .has_data = j->d[0] != NULL, .first = -1 };
	r->n_pair = diff_align(a, b, &r->pair);
	r->n_weight = diff_weights(a, b, r->n_pair, r->pair, &r->weight);
	for (int s = 0; s < 2; s++)
		diff_weights_hash(j->m[s], r->hash[s]);
	if (!r->has_data)
		return;
	choose_windows(j, r);
	compare_outputs(j, r);
	r->layer = xcalloc((size_t)r->n_pair + 1, sizeof *r->layer);
	diff_layers(j->m, j->d, j->q, r->n_pair, r->pair, r->windows, r->window, r->layer);
	for (int k = r->n_pair - 1; k >= 0; k--)
		if (r->layer[k].diverges && !r->layer[k].renumbered)
			r->first = k;
	diff_maps(j, r->windows, r->window, &r->maps);
}

void diff_release(struct diff_result *r)
{
	for (int k = 0; k < r->n_pair && r->layer; k++)
		diff_layer_release(&r->layer[k]);
	free(r->layer);
	free(r->pair);
	free(r->weight);
	free(r->window);
	free(r->maps.rank);
}

int diff_weights_changed(const struct diff_result *r, int *alone)
{
	int n = 0;
	*alone = 0;
	for (int i = 0; i < r->n_weight; i++) {
		n += r->weight[i].shaped && !r->weight[i].equal;
		*alone += !r->weight[i].shaped;
	}
	return n;
}
