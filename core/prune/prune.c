#include "core/prune/prune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "core/prune/prune_tune.h"
#include "core/survey/survey_run.h"

enum { PIECE = 512 }; /* windows between two questions whether to stop */

/* ---- windows ---- */

/* Windows that errors are computed of: those with true values, or all if there are none. */
static int64_t judged(const struct dataset *d)
{
	return d->n_target ? d->n_target : d->n;
}

/* Whether window i has a row in common with one of the windows from `from` on, which are in the order of their rows. */
static bool meets(const struct dataset *d, int64_t i, int64_t from, int64_t n)
{
	for (int64_t k = from; k < n; k++) {
		if (dataset_overlap(d, i, k))
			return true;
		if (d->set || dataset_start(d, k) - dataset_start(d, i) >= d->T)
			return false;
	}
	return false;
}

/* Which of the `pool` windows calibrate: the first p->calibrated places of `window` become their numbers. */
static void choose_windows(const struct prune *p, int64_t *window, int64_t pool)
{
	struct rng r;
	int64_t kept = 0;
	rng_init(&r, p->job->q->seed);
	for (int64_t k = 0; k < p->calibrated && !p->job->draw; k++)
		window[k] = window[k * pool / p->calibrated];
	/* each window stays with the probability of those that are still wanted among those that are left */
	for (int64_t k = 0; k < pool && p->job->draw; k++)
		if (rng_below(&r, pool - k) < p->calibrated - kept)
			window[kept++] = window[k];
}

static int split_windows(struct prune *p, struct err *e)
{
	const struct dataset *d = p->job->d;
	int64_t n = judged(d), held = n / 5, from = n - held, pool = 0;
	int64_t *window = xcalloc((size_t)n + 1, sizeof *window);
	for (int64_t i = 0; i < from; i++)
		if (!meets(d, i, from, n))
			window[pool++] = i;
	if (pool < 2 || held < 1) {
		free(window);
		return err_set(
		        e, ERR_VALUE,
		        "%lld windows are too few: the last fifth measures errors, and %lld of the others do not "
		        "overlap it; at least 2 are needed",
		        (long long)n, (long long)pool);
	}
	p->calibrated = pool < p->job->calibrate ? pool : p->job->calibrate;
	/* draws of all windows would be the same */
	if (p->job->draw && p->calibrated > pool - pool / 5)
		p->calibrated = pool - pool / 5;
	choose_windows(p, window, pool);
	dataset_pick(&p->calibration, d, p->calibrated, window);
	for (int64_t i = 0; i < held; i++)
		window[i] = from + i;
	p->set[0] = (struct prune_set){ .name = "held out", .own = true };
	dataset_pick(&p->set[0].d, d, held, window);
	p->n_set = 1;
	free(window);
	if (p->job->test) {
		p->set[1] = (struct prune_set){ .name = "test", .d = *p->job->test };
		p->n_set = 2;
	}
	return 0;
}

/* ---- what a network is worth ---- */

static bool has_classes(enum task t)
{
	return t == TASK_CLASSIFICATION || t == TASK_SEGMENTATION;
}

static double class_changes(const struct model *m, enum task task, const real *a, const real *b, int64_t n)
{
	int64_t other = 0, all = 0;
	for (int64_t i = 0; i < n; i++, a += m->outputs, b += m->outputs) {
		int64_t steps = task == TASK_SEGMENTATION ? m->out_steps : 1;
		for (int64_t t = 0; t < steps; t++, all++)
			other += task == TASK_SEGMENTATION ? model_step_class(m, a, t) != model_step_class(m, b, t)
			                                   : model_class(m, a) != model_class(m, b);
	}
	return all ? (double)other / (double)all : NAN;
}

static double number_changes(const struct model *m, const real *a, const real *b, int64_t n)
{
	double square = 0, mean = 0, m2 = 0;
	int64_t all = n * m->outputs;
	for (int64_t i = 0; i < all; i++) {
		double v = (double)a[i], gap = v - mean, d = v - (double)b[i];
		mean += gap / (double)(i + 1);
		m2 += gap * (v - mean);
		square += d * d;
	}
	return m2 > 0 ? sqrt(square / m2) : square > 0 ? INFINITY : 0;
}

/* Error and baseline of predictions. */
static double error_of(const struct prune *p, const struct prune_set *s, const real *out, double *naive)
{
	enum task task = p->job->q->task;
	struct metrics q;
	struct err e = { 0 };
	*naive = NAN;
	if (!s->d.n_target || metrics_compute(&q, p->job->m, &s->d, task, out, &e))
		return NAN;
	double v = has_classes(task) ? q.accuracy : q.model.mse;
	*naive = has_classes(task) ? q.majority_accuracy : q.last.mse;
	if (q.n_bad)
		v = NAN;
	metrics_release(&q);
	return v;
}

static bool stopped(const struct prune *p)
{
	return p->job->stop && p->job->stop(p->job->ctx);
}

static real *predictions(const struct prune *p, const struct prune_set *s, const struct model *m)
{
	int64_t n = judged(&s->d);
	real *out = xcalloc((size_t)(n * m->outputs) + 1, sizeof *out);
	for (int64_t i = 0; i < n && !stopped(p); i += PIECE) {
		int64_t to = i + PIECE < n ? i + PIECE : n;
		model_predict(m, &s->d, i, to, p->job->threads, out + i * m->outputs);
	}
	return out;
}

struct prune_worth prune_judge(const struct prune *p, const struct prune_set *s, const struct model *m)
{
	double naive;
	real *out = predictions(p, s, m);
	struct prune_worth w = { .error = error_of(p, s, out, &naive) };
	enum task task = p->job->q->task;
	w.changed = has_classes(task) ? class_changes(p->job->m, task, s->old, out, s->windows)
	                              : number_changes(p->job->m, s->old, out, s->windows);
	free(out);
	return w;
}

double prune_loss(const struct prune *p, double before, double now)
{
	double lost = p->has_accuracy ? before - now : now - before;
	return lost == 0 ? 0 : lost / before;
}

/* ---- begin and end ---- */

static int check_weights(const struct model *m, struct err *e)
{
	const struct graph *g = m->graph;
	for (int i = 0; i < m->n_layer; i++)
		for (int k = m->layer[i].first_node; k < m->layer[i].end_node; k++)
			for (int j = 0; j < g->node[k].n_in; j++) {
				const struct value *v = g->node[k].in[j] < 0 ? NULL : &g->value[g->node[k].in[j]];
				if (!v || !v->weight || v->dtype != DT_REAL)
					continue;
				for (int64_t f = 0; f < shape_count(&v->shape); f++)
					if (!isfinite(v->r[f]))
						return err_set(e, ERR_VALUE,
						               "layer '%s' has weights that are NaN or infinite",
						               m->layer[i].name);
			}
	return 0;
}

static int survey(struct prune *p, struct err *e)
{
	const struct prune_job *j = p->job;
	survey_plan_init(&p->plan, j->m, &p->calibration, j->q, p->calibrated, SURVEY_CHUNK, 0,
	                 j->ablations ? PRUNE_ABLATIONS : 0);
	survey_plan_moments(&p->plan, j->m, MOMENTS_CHANNELS);
	p->plan.errors = false;
	p->tree.plan = &p->plan;
	struct survey_run r = { .plan = &p->plan,
		                .m = j->m,
		                .d = &p->calibration,
		                .q = j->q,
		                .to = survey_chunks(&p->plan),
		                .threads = j->threads,
		                .ctx = j->ctx,
		                .progress = j->progress,
		                .stop = j->stop };
	int bad = survey_run(&r, &p->tree, e);
	return bad == SURVEY_STOPPED ? PRUNE_STOPPED : bad ? e->code : 0;
}

int prune_open(struct prune *p, const struct prune_job *job, struct err *e)
{
	*p = (struct prune){ .job = job, .has_accuracy = has_classes(job->q->task) };
	prune_map_init(&p->map, job->m);
	const struct survey_plan *plan = job->plan;
	const struct survey_part *part = job->part;
	int bad = check_weights(job->m, e);
	if (!bad && job->d) {
		bad = split_windows(p, e);
		bad = bad ? bad : prune_tune_check(p, e);
		if (!bad && !part) {
			bad = survey(p, e);
			plan = &p->plan;
			part = bad ? NULL : survey_tree_all(&p->tree);
		}
		for (int i = 0; i < p->n_set && !bad; i++) {
			struct prune_set *s = &p->set[i];
			s->windows = judged(&s->d);
			s->old = predictions(p, s, job->m);
			s->before.error = error_of(p, s, s->old, &s->naive);
		}
	}
	if (!job->d && part)
		p->calibrated = part->windows;
	prune_facts_init(&p->facts, &p->map, plan, part);
	return !bad && stopped(p) ? PRUNE_STOPPED : bad;
}

void prune_close(struct prune *p)
{
	prune_facts_release(&p->facts);
	prune_map_release(&p->map);
	if (p->tree.plan) {
		survey_tree_release(&p->tree);
		survey_plan_release(&p->plan);
	}
	for (int i = 0; i < p->n_set; i++) {
		free(p->set[i].old);
		if (p->set[i].own)
			dataset_release(&p->set[i].d);
	}
	dataset_release(&p->calibration);
	*p = (struct prune){ 0 };
}

/* ---- one network ---- */

static int repaired(const struct prune *p, int repair, struct prune_result *r, struct err *e)
{
	struct prune_fix q = { .facts = &p->facts,
		               .removed = r->removed,
		               .d = p->job->d ? &p->calibration : NULL,
		               .windows = p->calibrated,
		               .threads = p->job->threads,
		               .stop = p->job->stop,
		               .ctx = p->job->ctx };
	int bad = prune_repair(&q, repair, e);
	if (!bad && p->job->renorm)
		bad = prune_renorm(&q, e);
	if (!bad) {
		r->m = prune_build(&p->map, r->removed, &q.edits, e);
		bad = r->m ? 0 : e->code;
	}
	r->condition = q.condition;
	r->solved = q.solved;
	r->by_gram = q.by_gram;
	r->untouched = q.untouched;
	r->not_finite = q.not_finite;
	memcpy(r->note, q.note, sizeof r->note);
	prune_fix_release(&q);
	return bad;
}

int prune_at(const struct prune *p, const struct prune_budget *b, int rank, int repair, struct prune_result *r,
             struct err *e)
{
	*r = (struct prune_result){ .condition = 1 };
	r->removed = xcalloc((size_t)p->map.n_atom + 1, sizeof *r->removed);
	int bad = prune_choose(&p->facts, b, rank, r->removed, e);
	bad = bad ? bad : repaired(p, repair, r, e);
	for (int k = 0; k < p->map.n_maker && !bad; k++)
		if (prune_in_budget(&p->map, b, k)) {
			r->filters += p->map.maker[k].n;
			r->gone += prune_removed(&p->map, r->removed, k);
		}
	for (int i = 0; i < p->n_set && !bad; i++)
		r->worth[i] = prune_judge(p, &p->set[i], r->m);
	return !bad && stopped(p) ? PRUNE_STOPPED : bad;
}

void prune_result_release(struct prune_result *r)
{
	free(r->removed);
	model_free(r->m);
	*r = (struct prune_result){ 0 };
}

int prune_compare(const struct prune *p, const struct prune_budget *b, int rank, int repair, struct prune_point *q,
                  struct model **m, struct err *e)
{
	struct prune_result cut = { 0 }, fixed = { 0 }, chance = { 0 };
	struct prune_budget same = *b;
	*q = (struct prune_point){ 0 };
	int bad = prune_at(p, b, rank, repair, &fixed, e);
	bad = bad ? bad : prune_tune(p, &fixed, e);
	if (!bad && p->n_set)
		bad = prune_at(p, b, rank, prune_repair_find("none"), &cut, e);
	if (!bad && p->n_set && !strcmp(prune_ranks[rank].name, "marks")) {
		/* as many of all layers together as are marked */
		same.count = -1;
		same.ratio = fixed.filters ? (double)fixed.gone / (double)fixed.filters : 0;
	}
	if (!bad && p->n_set)
		bad = prune_at(p, &same, prune_rank_find("random"), repair, &chance, e);
	if (!bad) {
		q->filters = fixed.filters;
		q->gone = fixed.gone;
		q->ratio = fixed.filters ? (double)fixed.gone / (double)fixed.filters : 0;
		q->asked = b->ratio;
		q->params = fixed.m->params;
		q->macs = graph_macs(fixed.m->graph);
		memcpy(q->cut, cut.worth, sizeof q->cut);
		memcpy(q->fixed, fixed.worth, sizeof q->fixed);
		memcpy(q->tuned, fixed.tuned, sizeof q->tuned);
		q->tuning = fixed.tuning;
		memcpy(q->chance, chance.worth, sizeof q->chance);
		q->condition = fixed.condition;
		q->solved = fixed.solved;
		q->by_gram = fixed.by_gram;
		q->untouched = fixed.untouched;
		q->not_finite = fixed.not_finite;
		memcpy(q->note, fixed.note, sizeof q->note);
		if (m) {
			*m = fixed.m;
			fixed.m = NULL;
		}
	}
	prune_result_release(&cut);
	prune_result_release(&fixed);
	prune_result_release(&chance);
	return bad;
}

/* ---- both side by side ---- */

/* The place in the smaller network of each filter of a layer; -1: it is removed. The caller frees it. */
static int *places(const struct prune_map *p, const bool *removed, const struct layer *l)
{
	int axis = prune_axis(p, l->act), n = 0;
	const struct shape *s = &p->m->graph->value[l->act].shape;
	bool filters = axis >= 0 && s->dim[axis] == l->filters && (!l->has_time || axis == l->axis_f);
	int *to = xcalloc((size_t)l->filters + 1, sizeof *to);
	for (int64_t f = 0; f < l->filters; f++)
		to[f] = !filters || prune_stays(p, removed, l->act, axis, f) ? n++ : -1;
	return to;
}

int prune_beside(const struct prune *p, const bool *removed, struct beside *b, struct err *e)
{
	const struct model *m = p->job->m;
	const struct question *const q[2] = { p->job->q, p->job->q };
	int bad = beside_make(b, q, e);
	if (bad)
		return bad;
	b->filter = xcalloc((size_t)m->n_layer + 1, sizeof *b->filter);
	b->fit = 0;
	for (int i = 0; i < m->n_layer; i++) {
		if (m->layer[i].kind != LAYER_ANALYSED)
			continue;
		b->layer[i] = model_find_layer(b->m[1], m->layer[i].name);
		b->filter[i] = places(&p->map, removed, &m->layer[i]);
		b->fit += b->layer[i] >= 0;
	}
	return 0;
}
