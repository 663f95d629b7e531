#include "core/attack/attack_pass.h"

#include <stdlib.h>
#include <string.h>

void attack_pass_make(struct attack_pass *a, const struct model *m, enum task task)
{
	const struct graph *g = m->graph;
	int read[] = { m->output, m->logits };
	size_t count = (size_t)(m->T * m->C), outputs = (size_t)m->outputs;
	*a = (struct attack_pass){ .m = m, .kind = loss_for(task, m), .width = 1 };
	a->value = loss_of_logits(a->kind) ? m->logits : m->output;
	if (run_lanes_pay(g) && g->value[m->output].depends && g->value[m->logits].depends)
		a->width = RUN_LANES;
	a->run = a->width > 1 ? run_new_lanes(g, 2, read) : run_new(g);
	run_want(a->run, m->input);
	a->native = xcalloc(count + 1, sizeof *a->native);
	a->seed = xcalloc(outputs + 1, sizeof *a->seed);
	a->seeds = xcalloc(outputs * RUN_LANES + 1, sizeof *a->seeds);
	a->turned = xcalloc(count * RUN_LANES + 1, sizeof *a->turned);
	a->y = xcalloc(outputs * RUN_LANES + 1, sizeof *a->y);
	a->output = xcalloc(outputs * RUN_LANES + 1, sizeof *a->output);
}

void attack_pass_release(struct attack_pass *a)
{
	run_free(a->run);
	free(a->native), free(a->seed), free(a->seeds), free(a->turned), free(a->y), free(a->output);
}

void attack_pass_truth(struct attack_pass *a, const struct dataset *d, int place, int64_t i)
{
	a->has_y[place] = d->n_y == a->m->outputs && dataset_truth(d, i, a->y + place * a->m->outputs);
	a->cls[place] = dataset_class(d, i);
}

/* v: the value that the loss reads, of one window. seed may be NULL. */
static double loss_of(struct attack_pass *a, int place, const real *v, real *seed)
{
	const real *y = a->has_y[place] ? a->y + place * a->m->outputs : NULL;
	int cls = task_has_steps(a->m->task) ? -1 : a->cls[place];
	return loss_of_model(a->m, a->kind, v, y, cls, seed);
}

static bool pass_one(struct attack_pass *a, int place, const real *x, real *g)
{
	const struct model *m = a->m;
	int64_t count = m->T * m->C;
	model_pack(m, x + place * count, a->native);
	run_input(a->run, 0, a->native);
	run_forward(a->run);
	memcpy(a->output + place * m->outputs, run_real(a->run, m->output), (size_t)m->outputs * sizeof *a->output);
	a->loss[place] = loss_of(a, place, run_real(a->run, a->value), g ? a->seed : NULL);
	if (!g)
		return true;
	run_backward(a->run, a->value, a->seed);
	const real *by = run_grad(a->run, m->input);
	if (by)
		model_unpack(m, by, g + place * count);
	return by != NULL;
}

/* All lanes; those that are not used hold windows of the past, and get no seed. */
static bool pass_lanes(struct attack_pass *a, int n, const real *x, real *g)
{
	const struct model *m = a->m;
	int64_t count = m->T * m->C;
	for (int l = 0; l < n; l++) {
		model_pack(m, x + l * count, a->native);
		run_input_lane(a->run, 0, l, a->native);
	}
	run_forward(a->run);
	memset(a->seeds, 0, (size_t)(m->outputs * RUN_LANES) * sizeof *a->seeds);
	for (int l = 0; l < n; l++) {
		real *out = a->output + l * m->outputs;
		lane_get(m->outputs, run_real(a->run, a->value), l, out);
		a->loss[l] = loss_of(a, l, out, g ? a->seed : NULL);
		lane_put(m->outputs, a->seed, l, a->seeds);
		lane_get(m->outputs, run_real(a->run, m->output), l, out);
	}
	if (!g)
		return true;
	run_backward(a->run, a->value, a->seeds);
	const real *by = run_grad(a->run, m->input);
	if (!by)
		return false;
	lanes_turn(count, by, a->turned);
	for (int l = 0; l < n; l++)
		model_unpack(m, a->turned + l * count, g + l * count);
	return true;
}

bool attack_pass(struct attack_pass *a, int n, const real *x, real *g)
{
	bool has = true;
	if (g)
		memset(g, 0, (size_t)(n * a->m->T * a->m->C) * sizeof *g);
	if (a->width > 1)
		return pass_lanes(a, n, x, g);
	for (int i = 0; i < n; i++)
		has &= pass_one(a, i, x, g);
	return has;
}
