/* The target and the loss of a window: their values, and the seeds from which gradients go back. With a final softmax
 * the logits are summed or picked. A final sigmoid is differentiated through, except for the class, which is always
 * read from the logits. */
#include "core/probe/probe.h"

#include <stdlib.h>
#include <string.h>

/* The value that a target other than the loss reads, and which element of it: -1 for the sum of all. */
static int target_value(const struct probe *p, int64_t *element)
{
	const struct model *m = p->m;
	int v = m->head == HEAD_SOFTMAX ? m->logits : m->output;
	*element = -1;
	if (p->q.target.kind == TARGET_OUTPUT)
		*element = p->q.target.k;
	if (p->q.target.kind == TARGET_CLASS) {
		v = m->logits;
		*element = m->outputs == 1 ? 0 : p->predicted;
	}
	return v;
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
	*value = loss_eval(k, p->m->outputs, run_real(r, v), p->has_y ? p->y : NULL, p->cls, seed);
	/* NaN also comes from a network that computes NaN; then there is a loss, and its gradient is NaN too */
	bool missing = loss_of_logits(k) ? p->cls < 0 && !(p->has_y && k == LOSS_BINARY_CROSSENTROPY) : !p->has_y;
	return missing ? -1 : v;
}

double probe_target(const struct probe *p, const struct run *r)
{
	double sum = 0;
	int64_t element;
	if (p->q.target.kind == TARGET_LOSS) {
		probe_loss_seed(p, r, NULL, &sum);
		return sum;
	}
	const real *v = run_real(r, target_value(p, &element));
	if (element >= 0)
		return (double)v[element];
	for (int64_t i = 0; i < p->m->outputs; i++)
		sum += (double)v[i];
	return sum;
}

int probe_target_seed(const struct probe *p, const struct run *r, real *seed)
{
	double loss;
	int64_t element;
	if (p->q.target.kind == TARGET_LOSS)
		return probe_loss_seed(p, r, seed, &loss);
	int value = target_value(p, &element);
	for (int64_t i = 0; i < p->m->outputs; i++)
		seed[i] = element < 0 || i == element;
	return value;
}

int probe_target_seed_between(const struct probe *p, const struct run *from, const struct run *to, real *seed)
{
	int value = probe_target_seed(p, to, seed), v = loss_value(p);
	if (p->q.target.kind != TARGET_LOSS || value < 0)
		return value;
	enum { STEPS = 64 };
	int64_t n = p->m->outputs;
	const real *start = run_real(from, v), *end = run_real(to, v);
	real *at = xcalloc((size_t)n, sizeof *at), *part = xcalloc((size_t)n, sizeof *part);
	memset(seed, 0, (size_t)n * sizeof *seed);
	for (int i = 0; i < STEPS; i++) {
		for (int64_t k = 0; k < n; k++)
			at[k] = start[k] + (real)((i + 0.5) / STEPS) * (end[k] - start[k]);
		loss_eval(probe_loss_kind(p), n, at, p->has_y ? p->y : NULL, p->cls, part);
		for (int64_t k = 0; k < n; k++)
			seed[k] += part[k] / STEPS;
	}
	free(at);
	free(part);
	return value;
}
