#include "core/analysis/why.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/analysis_state.h"
#include "core/model/task.h"

enum stage { STAGE_CHOOSE, STAGE_OUTPUT, STAGE_LESS, STAGE_NEAREST, STAGE_DONE };

void why_init(struct why *w, const struct model *m, const struct dataset *d)
{
	size_t n = (size_t)(m->T * m->C);
	*w = (struct why){ .m = m, .d = d, .nearest = -1, .stage = STAGE_DONE };
	w->map = xcalloc(n, sizeof *w->map);
	w->tc = xcalloc(2 * n, sizeof *w->tc);
}

void why_release(struct why *w)
{
	question_release(&w->q);
	free(w->map);
	free(w->tc);
	*w = (struct why){ 0 };
}

void why_begin(struct why *w, const struct question *q, bool explain)
{
	question_copy(&w->q, q);
	w->explain = explain;
	w->explained = w->begun = false;
	w->stage = STAGE_CHOOSE;
	w->nearest = -1;
	w->scanned = 0;
}

void why_resume(struct why *w)
{
	w->begun = false;
}

/* The channels continue as outputs, so that the last value of a window is a forecast. */
static bool continues(const struct why *w)
{
	return !w->d->set && w->d->n_predict > 0 && w->d->truth == TRUTH_COLUMNS && w->d->n_source > 0;
}

/* The window that stays at its last values; its differences are zero. */
static void stay(const struct why *w, const real *tc, real *flat)
{
	int64_t T = w->m->T, C = w->m->C;
	for (int64_t t = 0; t < T; t++)
		for (int64_t c = 0; c < C; c++)
			flat[t * C + c] = c < w->d->n_source ? tc[(T - 1) * C + c] : 0;
}

/* Chooses what is explained. false: there is no true value. */
static bool choose(struct why *w, struct analysis *a)
{
	const struct model *m = w->m;
	const real *o = analysis_output(a);
	w->less = WHY_NONE;
	w->output = WHY_LOSS;
	w->sign = 1;
	w->base = WHY_MEAN;
	if (w->q.task == TASK_CLASSIFICATION) {
		int cls = dataset_class(w->d, w->q.window), is = analysis_class(a);
		if (cls < 0 || cls >= model_classes(m) || cls == is)
			return false;
		w->output = m->outputs > 1 ? is : 0;
		w->less = m->outputs > 1 ? cls : WHY_NONE;
		w->sign = m->outputs > 1 || is == 1 ? 1 : -1;
		return true;
	}
	real *y = xcalloc((size_t)m->outputs + 1, sizeof *y);
	bool known = w->d->n_y == m->outputs && dataset_truth(w->d, w->q.window, y);
	if (known && (w->q.task == TASK_REGRESSION || w->q.task == TASK_FORECAST)) {
		double most = -1;
		for (int64_t k = 0; k < m->outputs; k++) {
			int64_t at = model_output_at(m, k);
			if (fabs((double)o[at] - (double)y[at]) > most) {
				most = fabs((double)o[at] - (double)y[at]);
				w->output = (int)k;
			}
		}
		w->base = continues(w) ? WHY_LAST : WHY_MEAN;
	}
	free(y);
	return known;
}

/* Asks for the map of output k, or of the loss. */
static void ask_output(struct why *w, struct analysis *a, int k)
{
	struct question q = w->q;
	q.method = saliency_find("integrated");
	q.target = (struct target){ .kind = TARGET_LOSS };
	if (k >= 0)
		q.target = (struct target){ .kind = TARGET_OUTPUT, .k = k };
	q.baseline = w->base == WHY_LAST ? BASELINE_WINDOW : BASELINE_MEAN;
	analysis_ask(a, &q);
	if (w->base == WHY_LAST && !w->begun) {
		stay(w, analysis_input(a), w->tc);
		analysis_baseline_window(a, w->tc);
	}
	w->begun = true;
}

static void add_map(struct why *w, struct analysis *a, double by)
{
	const real *map = analysis_saliency(a, -1, 0);
	for (int64_t i = 0; i < w->m->T * w->m->C; i++)
		w->map[i] += (real)by * map[i];
	w->to += by * analysis_target_value(a);
	/* of a pass of the network: the integral is a sum of few steps */
	w->from += by * probe_target(&a->p, probe_twin_run(&a->p, probe_baseline(&a->p)));
}

/* Compares the window with the next ones of the data set. */
static bool scan(struct why *w, bool (*right)(const void *ctx, int64_t i), const void *ctx)
{
	enum { AT_ONCE = 64 };
	int64_t n = w->m->T * w->m->C, window = w->q.window;
	real *here = w->tc, *there = w->tc + n;
	dataset_window(w->d, window, here);
	for (int k = 0; k < AT_ONCE && w->scanned < w->d->n; k++, w->scanned++) {
		int64_t i = w->scanned;
		if (i == window || !right(ctx, i) || dataset_overlap(w->d, i, window))
			continue;
		double sum = 0;
		dataset_window(w->d, i, there);
		for (int64_t j = 0; j < n; j++)
			sum += ((double)here[j] - (double)there[j]) * ((double)here[j] - (double)there[j]);
		if (w->nearest < 0 || sqrt(sum) < w->distance) {
			w->nearest = i;
			w->distance = sqrt(sum);
		}
	}
	return w->scanned < w->d->n;
}

/* Goes on to the next stage. */
static void next(struct why *w, struct analysis *a)
{
	add_map(w, a, w->stage == STAGE_LESS ? -1 : w->sign);
	w->explained = w->stage == STAGE_LESS || w->less < 0;
	w->stage++;
	w->begun = false;
}

/* What is explained is chosen; nothing is done where nothing is to be explained. */
static void begin(struct why *w, struct analysis *a)
{
	w->from = w->to = 0;
	memset(w->map, 0, (size_t)(w->m->T * w->m->C) * sizeof *w->map);
	w->stage = STAGE_DONE;
	if (!w->explain)
		return;
	analysis_ask(a, &w->q);
	if (choose(w, a))
		w->stage = STAGE_OUTPUT;
}

bool why_step(struct why *w, struct analysis *a, bool (*right)(const void *ctx, int64_t i), const void *ctx)
{
	switch (w->stage) {
	case STAGE_CHOOSE:
		begin(w, a);
		return w->stage != STAGE_DONE;
	case STAGE_OUTPUT:
		ask_output(w, a, w->output);
		break;
	case STAGE_LESS:
		if (w->less < 0) {
			w->stage++;
			return true;
		}
		ask_output(w, a, w->less);
		break;
	case STAGE_NEAREST:
		if (!scan(w, right, ctx))
			w->stage = STAGE_DONE;
		return w->stage != STAGE_DONE;
	default:
		return false;
	}
	if (!analysis_saliency_step(a, -1, 0))
		next(w, a);
	return w->stage != STAGE_DONE;
}

static int larger(const void *pa, const void *pb)
{
	const struct why_part *a = pa, *b = pb;
	double x = fabs(a->sum), y = fabs(b->sum);
	if (x != y)
		return x > y ? -1 : 1;
	return a->channel != b->channel ? (a->channel < b->channel ? -1 : 1) : a->from < b->from ? -1 : 1;
}

int why_parts(const real *map, int64_t T, int64_t C, int n, struct why_part *v)
{
	struct why_part *all = xcalloc((size_t)(T * C) + 1, sizeof *all);
	double most = 0;
	int64_t count = 0;
	for (int64_t i = 0; i < T * C; i++)
		most = fmax(most, fabs((double)map[i]));
	for (int64_t c = 0; c < C; c++) {
		int before = 0;
		for (int64_t t = 0; t < T; t++) {
			double x = (double)map[t * C + c];
			int sign = fabs(x) <= most / 50 ? 0 : x > 0 ? 1 : -1;
			if (sign && sign != before)
				all[count++] = (struct why_part){ c, t, t, 0 };
			if (sign) {
				all[count - 1].to = t;
				all[count - 1].sum += x;
			}
			before = sign;
		}
	}
	qsort(all, (size_t)count, sizeof *all, larger);
	n = count < n ? (int)count : n;
	memcpy(v, all, (size_t)n * sizeof *v);
	free(all);
	return n;
}
