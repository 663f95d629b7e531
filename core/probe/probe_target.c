/* The target and the loss of a window: their values, and the seeds from which gradients go back. With a final softmax
 * the logits are summed or picked. A final sigmoid is differentiated through, except for the class, which is always
 * read from the logits. */
#include "core/probe/probe.h"

#include <stdlib.h>
#include <string.h>

/* The value that a target other than the loss reads. */
static int target_value(const struct probe *p)
{
	const struct model *m = p->m;
	return m->head == HEAD_SOFTMAX || p->q.target.kind == TARGET_CLASS ? m->logits : m->output;
}

/* Whether the target is a sum over outputs that has output i. */
static bool in_target(const struct probe *p, int64_t i)
{
	const struct model *m = p->m;
	const struct target *t = &p->q.target;
	int64_t step = 0, channel = 0;
	if (m->out_steps) {
		step = m->out_steps_outer ? i / m->out_channels : i % m->out_steps;
		channel = m->out_steps_outer ? i % m->out_channels : i / m->out_steps;
	}
	switch (t->kind) {
	case TARGET_OUTPUT:
		return i == model_output_at(m, t->k);
	case TARGET_STEPS:
		return step >= t->t_from && step < t->t_to && channel >= t->c_from && channel < t->c_to;
	case TARGET_CLASS:
		if (p->q.task == TASK_SEGMENTATION)
			return m->out_channels == 1 || channel == p->step_class[step];
		return m->outputs == 1 || i == p->predicted;
	default:
		return true;
	}
}

enum loss_kind probe_loss_kind(const struct probe *p)
{
	return loss_for(p->q.task, p->m);
}

static int loss_value(const struct probe *p)
{
	return loss_of_logits(probe_loss_kind(p)) ? p->m->logits : p->m->output;
}

int probe_loss_seed(const struct probe *p, const struct run *r, real *seed, double *value)
{
	enum loss_kind k = probe_loss_kind(p);
	int v = loss_value(p);
	int cls = task_has_steps(p->q.task) ? -1 : p->cls;
	*value = loss_of_model(p->m, k, run_real(r, v), p->has_y ? p->y : NULL, cls, seed);
	/* NaN also comes from a network that computes NaN; then there is a loss, and its gradient is NaN too */
	bool missing = k == LOSS_CROSSENTROPY          ? cls < 0
	               : k == LOSS_BINARY_CROSSENTROPY ? cls < 0 && !p->has_y
	                                               : !p->has_y;
	return missing ? -1 : v;
}

double probe_target(const struct probe *p, const struct run *r)
{
	double sum = 0;
	if (target_is_loss(&p->q.target)) {
		probe_loss_seed(p, r, NULL, &sum);
		return sum;
	}
	const real *v = run_real(r, target_value(p));
	for (int64_t i = 0; i < p->m->outputs; i++)
		sum += in_target(p, i) ? (double)v[i] : 0;
	return sum;
}

int probe_target_seed(const struct probe *p, const struct run *r, real *seed)
{
	double loss;
	if (target_is_loss(&p->q.target))
		return probe_loss_seed(p, r, seed, &loss);
	for (int64_t i = 0; i < p->m->outputs; i++)
		seed[i] = in_target(p, i);
	return target_value(p);
}

int probe_target_seed_between(const struct probe *p, const struct run *from, const struct run *to, real *seed)
{
	int value = probe_target_seed(p, to, seed), v = loss_value(p);
	if (!target_is_loss(&p->q.target) || value < 0)
		return value;
	enum { STEPS = 64 };
	int64_t n = p->m->outputs;
	const real *start = run_real(from, v), *end = run_real(to, v);
	real *at = xcalloc((size_t)n, sizeof *at), *part = xcalloc((size_t)n, sizeof *part);
	memset(seed, 0, (size_t)n * sizeof *seed);
	for (int i = 0; i < STEPS; i++) {
		for (int64_t k = 0; k < n; k++)
			at[k] = start[k] + (real)((i + 0.5) / STEPS) * (end[k] - start[k]);
		loss_of_model(p->m, probe_loss_kind(p), at, p->has_y ? p->y : NULL,
		              task_has_steps(p->q.task) ? -1 : p->cls, part);
		for (int64_t k = 0; k < n; k++)
			seed[k] += part[k] / STEPS;
	}
	free(at);
	free(part);
	return value;
}
