#include "ui/behind/pruner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pruner {
	struct pruner_job job;
	struct question q;
	struct filter_set marks;
	double ratio; /* NaN: a curve */
	void *behind;
	int done, all; /* networks */
};

void pruned_free(void *pruned)
{
	struct pruned *r = pruned;
	if (!r)
		return;
	beside_release(&r->beside);
	model_free(r->m);
	free(r);
}

static bool stopped(void *ctx)
{
	struct pruner *g = ctx;
	return behind_stopped(g->behind);
}

/* The survey takes about as long as one network. */
static void progress(void *ctx, int64_t windows, int64_t of)
{
	struct pruner *g = ctx;
	behind_progress(g->behind, 100 * windows / (of > 0 ? of : 1), 100 * (g->all + 1));
}

/* ---- what is removed ---- */

/* Why the filters of a layer stay, with the layer's name. */
static void say_stays(const struct prune_map *p, int maker, char *buf, size_t size)
{
	char why[200];
	prune_why(p, maker, why, sizeof why);
	snprintf(buf, size, "%s", *why ? why : "they are joined with filters that stay");
}

static int take_marks(const struct pruner *g, const struct prune_map *p, bool *marks, struct err *e)
{
	for (int i = 0; i < g->marks.n; i++) {
		const struct filter_id id = g->marks.id[i];
		const struct layer *l = &p->m->layer[id.layer];
		int axis = prune_axis(p, l->act), atom = -1;
		char why[240] = "its filters cannot be followed through the network";
		if (axis >= 0 && id.filter < p->m->graph->value[l->act].shape.dim[axis])
			atom = p->tag[l->act].atom[axis][id.filter];
		if (atom >= 0 && prune_removable(p, atom)) {
			marks[atom] = true;
			continue;
		}
		if (atom >= 0)
			say_stays(p, p->atom[atom].maker, why, sizeof why);
		return err_set(e, ERR_VALUE, "%s #%lld cannot be removed: %s", l->name, (long long)id.filter, why);
	}
	return 0;
}

/* Why nothing at all can be removed: by the first convolution. */
static void say_nothing(const struct prune_map *p, struct err *e)
{
	char why[240];
	for (int k = 0; k < p->n_maker; k++)
		if (p->maker[k].convolution && p->maker[k].layer >= 0) {
			say_stays(p, k, why, sizeof why);
			err_set(e, ERR_UNSUPPORTED, "no filter of this network can be removed; %s: %s",
			        p->m->layer[p->maker[k].layer].name, why);
			return;
		}
	err_set(e, ERR_UNSUPPORTED, "no filter of this network can be removed: it has no convolution");
}

/* ---- one network ---- */

static int beside_set(const struct pruner *g, const struct prune *p, const struct prune_result *q, struct pruned *r,
                      struct err *e)
{
	r->beside = (struct beside){ .m = { g->job.m, r->m },
		                     .d = { g->job.d, g->job.d },
		                     .truth = g->job.truth,
		                     .name = { g->job.m->file, r->name } };
	return prune_beside(p, q->removed, &r->beside, e);
}

static int one(struct pruner *g, const struct prune *p, const bool *marks, double ratio, struct pruned *r,
               struct err *e)
{
	struct prune_budget b = {
		.ratio = marks ? 0 : ratio, .count = -1, .keep_min = 1, .marks = marks, .seed = g->q.seed
	};
	struct prune_result q;
	int bad = prune_at(p, &b, prune_rank_find(marks ? "marks" : "taylor"), prune_repair_find("ls"), &q, e);
	if (bad == ERR_UNSUPPORTED)
		say_nothing(&p->map, e);
	if (!bad && !q.gone && !r->curve)
		bad = marks ? err_set(e, ERR_VALUE, "nothing to remove: one filter of each layer has to stay")
		            : err_set(e, ERR_VALUE,
		                      "nothing to remove: %.0f %% of the filters is less than one in each layer",
		                      100 * ratio);
	if (!bad) {
		r->m = q.m;
		q.m = NULL;
		r->asked = marks ? (double)NAN : ratio;
		r->filters = q.filters;
		r->gone = q.gone;
		r->params = r->m->params;
		r->macs = graph_macs(r->m->graph);
		r->has_accuracy = p->has_accuracy;
		r->before = p->set[0].before.error;
		r->windows = p->set[0].windows;
		r->now = q.worth[0];
		memcpy(r->note, q.note, sizeof r->note);
		if (marks)
			snprintf(r->name, sizeof r->name, "pruned by marks");
		else
			snprintf(r->name, sizeof r->name, "pruned %.3g %%", 100 * ratio);
		bad = beside_set(g, p, &q, r, e);
	}
	prune_result_release(&q);
	return bad;
}

/* A network that was not made says why. */
static void refuse(struct pruned *r, const struct err *e)
{
	beside_release(&r->beside);
	model_free(r->m);
	r->m = NULL;
	snprintf(r->said, sizeof r->said, "prune: %.240s", e->text);
}

/* Tells all but the last, which it returns; of a curve it returns NULL once all are told. */
static struct pruned *make_all(struct pruner *g, const struct prune *p, const bool *marks)
{
	bool curve = isnan(g->ratio) && !marks;
	for (g->done = 0; g->done < g->all && !stopped(g); g->done++) {
		struct pruned *r = xcalloc(1, sizeof *r);
		struct err e = { 0 };
		r->curve = curve;
		int bad = one(g, p, marks, curve ? (CURVE_FROM + CURVE_BY * g->done) / 100.0 : g->ratio, r, &e);
		if (bad)
			refuse(r, &e);
		if (bad == PRUNE_STOPPED) {
			pruned_free(r);
			return NULL;
		}
		if (!curve || bad)
			return r;
		behind_tell(g->behind, r, 100 * (g->done + 2) - 1, 100 * (g->all + 1));
	}
	return NULL;
}

static void *prune(void *ctx, void *behind)
{
	struct pruner *g = ctx;
	struct prune p;
	struct pruned *r = NULL;
	struct err e = { 0 };
	bool by_marks = g->marks.n > 0, *marks = NULL;
	const struct prune_job j = { .m = g->job.m,
		                     .d = g->job.d,
		                     .q = &g->q,
		                     .calibrate = PRUNE_CALIBRATE,
		                     .threads = 1,
		                     .stop = stopped,
		                     .progress = progress,
		                     .ctx = g };
	g->behind = behind;
	g->all = isnan(g->ratio) && !by_marks ? CURVE_POINTS : 1;
	int bad = prune_open(&p, &j, &e);
	if (!bad && by_marks) {
		marks = xcalloc((size_t)p.map.n_atom + 1, sizeof *marks);
		bad = take_marks(g, &p.map, marks, &e);
	}
	if (!bad)
		r = make_all(g, &p, marks);
	else if (bad != PRUNE_STOPPED) {
		r = xcalloc(1, sizeof *r);
		refuse(r, &e);
	}
	free(marks);
	prune_close(&p);
	return r;
}

static void tell(void *ctx, void *pruned, int64_t done, int64_t total)
{
	const struct pruner *g = ctx;
	g->job.tell(g->job.ctx, pruned, done, total);
}

static void end(void *ctx)
{
	struct pruner *g = ctx;
	question_release(&g->q);
	filter_set_release(&g->marks);
	free(g);
}

struct behind *pruner_new(const struct pruner_job *job, const struct question *q, const struct filter_set *marks,
                          double ratio, struct behind *before)
{
	struct pruner *g = xcalloc(1, sizeof *g);
	g->job = *job;
	g->ratio = ratio;
	question_copy(&g->q, q);
	filter_set_release(&g->q.off);
	question_edit(&g->q, NULL);
	/* those of the browser's data are not those of the calibration windows, which are fewer */
	g->q.window = g->q.baseline_window = 0;
	g->q.baseline = BASELINE_ZERO;
	filter_set_copy(&g->marks, marks);
	return behind_new(&(struct behind_job){ prune, tell, pruned_free, end, g }, before);
}
