#include "core/analysis/compare.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include "core/analysis/analysis_state.h"

struct analysis *analysis_copy(const struct analysis *a)
{
	const struct probe *p = &a->p;
	struct analysis *b = p->own_layer ? analysis_new_nodes(p->m) : analysis_new(p->m);
	analysis_window(b, p->x, p->has_y ? p->y : NULL, p->cls);
	analysis_baseline_window(b, p->baseline_given);
	analysis_ask(b, &p->q);
	b->p.d = p->d;
	b->p.truth_by_hand = p->truth_by_hand;
	return b;
}

static double loss_now(struct analysis *a)
{
	enum loss_kind kind;
	double value;
	return analysis_loss(a, &kind, &value) ? value : NAN;
}

void compare_outputs(struct analysis *a, struct analysis *b, struct comparison *c)
{
	struct analysis *both[] = { a, b };
	assert(a->p.m == b->p.m);
	memset(c, 0, sizeof *c);
	for (int i = 0; i < 2; i++) {
		c->target[i] = analysis_target_value(both[i]);
		c->loss[i] = loss_now(both[i]);
		c->cls[i] = analysis_class(both[i]);
	}
	const real *p = analysis_output(a), *q = analysis_output(b);
	for (int64_t k = 0; k < a->p.m->outputs; k++)
		c->output = fmax(c->output, fabs((double)q[k] - (double)p[k]));
	c->same_window = !memcmp(a->p.x, b->p.x, (size_t)probe_window_count(&a->p) * sizeof(real));
}

bool compare_importance(struct analysis *a, struct analysis *b, int layer, double *diff, int *moved)
{
	const struct layer_importance *p = analysis_importance(a, layer), *q = analysis_importance(b, layer);
	bool both = p->raw && q->raw;
	for (int64_t f = 0; f < p->F; f++) {
		diff[f] = both ? (double)q->raw[f] - (double)p->raw[f] : 0;
		if (moved)
			moved[f] = both ? p->rank[f] - q->rank[f] : 0;
	}
	return both;
}

double compare_saliency(struct analysis *a, struct analysis *b, int layer, int64_t filter, real *diff)
{
	const real *p = analysis_saliency(a, layer, filter), *q = analysis_saliency(b, layer, filter);
	double changed = 0, size = 0;
	for (int64_t i = 0; i < probe_window_count(&a->p); i++) {
		diff[i] = q[i] - p[i];
		changed += fabs((double)diff[i]);
		size += fabs((double)p[i]);
	}
	return size > 0 ? changed / size : NAN;
}
