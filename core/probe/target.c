/* With a final softmax the logits are summed or picked. A final sigmoid is differentiated through, except for the
 * class, which is always read from the logits. */
#include "core/probe/target.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/probe/probe.h"

static const char *const kinds[] = { "sum", "class", "output", "loss" };

struct target target_default(enum task task)
{
	return (struct target){ task == TASK_CLASSIFICATION ? TARGET_CLASS : TARGET_SUM, 0 };
}

int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e)
{
	*t = target_default(task);
	if (!strncmp(s, "output:", 7)) {
		char *end;
		errno = 0;
		long long k = strtoll(s + 7, &end, 10);
		if (s[7] < '0' || s[7] > '9' || *end || errno)
			return err_set(e, ERR_VALUE, "target '%s': output: is followed by a number, as in output:0", s);
		if (k >= m->outputs)
			return err_set(e, ERR_VALUE, "target '%s': the model has %lld output%s, numbered from 0", s,
			               (long long)m->outputs, m->outputs == 1 ? "" : "s");
		*t = (struct target){ TARGET_OUTPUT, k };
		return 0;
	}
	for (int k = TARGET_SUM; k <= TARGET_LOSS; k++)
		if (k != TARGET_OUTPUT && !strcmp(s, kinds[k]))
			t->kind = (enum target_kind)k;
	if (strcmp(s, kinds[t->kind]) != 0)
		return err_set(e, ERR_VALUE, "target '%s' is unknown; one of sum, class, output:K, loss", s);
	if (t->kind == TARGET_CLASS && task != TASK_CLASSIFICATION)
		return err_set(e, ERR_VALUE,
		               "target 'class' needs a classifier; add --task classification or take sum or output:K");
	return 0;
}

void target_format(const struct target *t, char *buf, size_t size)
{
	if (t->kind == TARGET_OUTPUT)
		snprintf(buf, size, "%s:%lld", kinds[t->kind], (long long)t->k);
	else
		snprintf(buf, size, "%s", kinds[t->kind]);
}

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

enum loss_kind target_loss_kind(const struct probe *p)
{
	return loss_for(p->q.task, p->m->head);
}

static int loss_value(const struct probe *p)
{
	return loss_of_logits(target_loss_kind(p)) ? p->m->logits : p->m->output;
}

int target_loss_seed(const struct probe *p, const struct run *r, real *seed, double *value)
{
	enum loss_kind k = target_loss_kind(p);
	int v = loss_value(p);
	*value = loss_eval(k, p->m->outputs, run_real(r, v), p->has_y ? p->y : NULL, p->cls, seed);
	/* NaN also comes from a network that computes NaN; then there is a loss, and its gradient is NaN too */
	bool missing = loss_of_logits(k) ? p->cls < 0 && !(p->has_y && k == LOSS_BINARY_CROSSENTROPY) : !p->has_y;
	return missing ? -1 : v;
}

double target_eval(const struct probe *p, const struct run *r)
{
	double sum = 0;
	int64_t element;
	if (p->q.target.kind == TARGET_LOSS) {
		target_loss_seed(p, r, NULL, &sum);
		return sum;
	}
	const real *v = run_real(r, target_value(p, &element));
	if (element >= 0)
		return (double)v[element];
	for (int64_t i = 0; i < p->m->outputs; i++)
		sum += (double)v[i];
	return sum;
}

int target_seed(const struct probe *p, const struct run *r, real *seed)
{
	double loss;
	int64_t element;
	if (p->q.target.kind == TARGET_LOSS)
		return target_loss_seed(p, r, seed, &loss);
	int value = target_value(p, &element);
	for (int64_t i = 0; i < p->m->outputs; i++)
		seed[i] = element < 0 || i == element;
	return value;
}

int target_seed_between(const struct probe *p, const struct run *from, const struct run *to, real *seed)
{
	int value = target_seed(p, to, seed), v = loss_value(p);
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
		loss_eval(target_loss_kind(p), n, at, p->has_y ? p->y : NULL, p->cls, part);
		for (int64_t k = 0; k < n; k++)
			seed[k] += part[k] / STEPS;
	}
	free(at);
	free(part);
	return value;
}
