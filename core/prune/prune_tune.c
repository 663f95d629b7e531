#include "core/prune/prune_tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/run/run.h"
#include "core/train/train.h"

enum { BATCH = 32 };

/* ---- which windows ---- */

/* The windows to train with, and then those that decide, which meet none of the first. */
struct split {
	struct dataset d;
	int64_t train, decide;
};

/* Whether the loss of a window can be computed. */
static bool usable(const struct prune *p, int64_t i, real *y)
{
	const struct dataset *d = &p->calibration;
	const struct model *m = p->job->m;
	enum loss_kind loss = loss_for(p->job->q->task, m);
	if (p->job->tune_outputs)
		return true;
	bool given = dataset_truth(d, i, y);
	if (!given)
		return loss_of_logits(loss) && dataset_class(d, i) >= 0;
	for (int64_t k = 0; k < d->n_y; k++)
		if (!isfinite(y[k]) && !loss_of_logits(loss))
			return false;
	return true;
}

static int split_init(struct split *s, const struct prune *p, struct err *e)
{
	const struct dataset *d = &p->calibration;
	int64_t *window = xcalloc((size_t)d->n + 1, sizeof *window), n = 0, kept = 0;
	int64_t room = d->n_y > p->job->m->outputs ? d->n_y : p->job->m->outputs;
	real *y = xcalloc((size_t)room + 1, sizeof *y);
	for (int64_t i = 0; i < d->n; i++)
		if (usable(p, i, y))
			window[n++] = i;
	/* Windows are in the order of their rows, so a window that meets one of the last fifth meets the first of it.
	 */
	int64_t from = n - n / 5, first = from < n ? window[from] : 0;
	for (int64_t i = 0; i < n; i++)
		if (i >= from || !dataset_overlap(d, window[i], first))
			window[kept++] = window[i];
	*s = (struct split){ .train = kept - n / 5, .decide = n / 5 };
	int bad = 0;
	if (s->train < 1 || s->decide < 1)
		bad = err_set(e, ERR_VALUE,
		              "--tune: of %lld calibration windows, %lld have true values and %lld of these do not "
		              "overlap the last fifth, which decides; --calibrate takes more windows%s",
		              (long long)d->n, (long long)n, (long long)s->train,
		              p->job->tune_outputs ? "" : ", --tune-on outputs needs no true values");
	else
		dataset_pick(&s->d, d, kept, window);
	free(window);
	free(y);
	return bad;
}

int prune_tune_check(const struct prune *p, struct err *e)
{
	struct split s = { 0 };
	int bad = p->job->tune ? split_init(&s, p, e) : 0;
	if (p->job->tune && !bad)
		dataset_release(&s.d);
	return bad;
}

/* (n, outputs) what the logits of the old network are, or its outputs where it has no logits. */
static real *old_outputs(const struct prune *p, const struct dataset *d)
{
	const struct model *m = p->job->m;
	size_t n = (size_t)(m->T * m->C);
	real *to = xcalloc((size_t)(d->n * m->outputs) + 1, sizeof *to), *tc = xcalloc(n, sizeof *tc);
	real *native = xcalloc(n, sizeof *native);
	struct run *r = run_new_outputs(m->graph, 1, &m->logits);
	for (int64_t i = 0; i < d->n; i++) {
		dataset_window(d, i, tc);
		model_pack(m, tc, native);
		run_input(r, 0, native);
		run_forward(r);
		memcpy(to + i * m->outputs, run_real(r, m->logits), (size_t)m->outputs * sizeof *to);
	}
	run_free(r);
	free(tc);
	free(native);
	return to;
}

/* ---- training ---- */

struct tuning {
	const struct prune_job *job;
	struct prune_map map; /* of the network that is trained */
	bool *none;           /* (n_atom) nothing is removed */
	/* The network as `build` makes it: flat arrays have the order of its values, which need not be that of the map.
	 */
	struct model *like;
};

/* The network with other weights; flat NULL: with its own. */
static struct model *build(void *ctx, int64_t n, const real *flat, struct err *e)
{
	struct tuning *t = ctx;
	const struct graph *g = t->map.m->graph, *like = flat ? t->like->graph : NULL;
	struct prune_edits edits;
	(void)n; /* it is 1: train_options.as_used */
	prune_edits_init(&edits, &t->map);
	for (int v = 0; like && v < like->n_value; v++) {
		const struct value *x = &like->value[v];
		int64_t k = shape_count(&x->shape);
		if (!train_is_weight(x))
			continue;
		int at = graph_find(g, x->name);
		edits.constant[at] = xcalloc((size_t)k + 1, sizeof *flat);
		memcpy(edits.constant[at], flat, (size_t)k * sizeof *flat);
		flat += k;
	}
	struct model *m = prune_build(&t->map, t->none, &edits, e);
	prune_edits_release(&edits, &t->map);
	return m;
}

static bool on_batch(void *ctx, int epoch, int64_t done, int64_t windows, double loss)
{
	struct tuning *t = ctx;
	(void)loss;
	if (t->job->on_tune)
		t->job->on_tune(t->job->ctx, epoch * windows + done, t->job->tune * windows);
	return true;
}

/* The weights of a network as one array, which the caller frees. */
static real *weights_of(const struct model *m)
{
	const struct graph *g = m->graph;
	real *flat = NULL;
	size_t n = 0;
	for (int v = 0; v < g->n_value; v++) {
		size_t k = (size_t)shape_count(&g->value[v].shape);
		if (!train_is_weight(&g->value[v]))
			continue;
		flat = xrealloc(flat, n + k + 1, sizeof *flat);
		memcpy(flat + n, g->value[v].r, k * sizeof *flat);
		n += k;
	}
	return flat ? flat : xcalloc(1, sizeof *flat);
}

/* *better becomes the trained network where it is better; else it stays NULL. */
static int train(struct tuning *t, struct training *q, const struct split *s, struct prune_tuning *r,
                 struct model **better, struct err *e)
{
	int64_t all = s->train + s->decide;
	real *before = weights_of(t->like);
	*r = (struct prune_tuning){ .done = true, .train = s->train, .decide = s->decide };
	r->before = train_loss(q, t->like, before, s->train, all);
	free(before);
	int bad = train_run(q, e);
	if (bad)
		return bad;
	int best = q->history.best;
	r->diverged = q->end == TRAIN_DIVERGED;
	r->after = best < 0 ? NAN : q->history.val_loss[best];
	if (best < 0 || !(r->after < r->before))
		return 0;
	r->epoch = best + 1;
	*better = build(t, 1, q->weight, e);
	return *better ? 0 : e->code;
}

int prune_tune(const struct prune *p, struct prune_result *r, struct err *e)
{
	const struct prune_job *j = p->job;
	struct split s;
	if (!j->tune)
		return 0;
	int bad = split_init(&s, p, e);
	if (bad)
		return bad;
	struct tuning t = { .job = j };
	struct model *better = NULL;
	struct train_options o;
	train_defaults(&o);
	o.loss = j->tune_outputs ? LOSS_MSE : loss_for(j->q->task, j->m);
	o.rate = j->tune_rate;
	o.schedule = SCHEDULE_COSINE;
	o.batch = BATCH;
	o.epochs = j->tune;
	o.validation = (double)s.decide / (double)(s.train + s.decide);
	o.as_used = true;
	o.seed = j->q->seed;
	o.threads = j->threads;
	real *aim = j->tune_outputs ? old_outputs(p, &s.d) : NULL;
	struct training q = { .o = &o, .d = &s.d, .aim = aim, .build = build, .on_batch = on_batch, .ctx = &t };
	prune_map_init(&t.map, r->m);
	t.none = xcalloc((size_t)t.map.n_atom + 1, sizeof *t.none);
	t.like = build(&t, 1, NULL, e);
	bad = t.like ? train(&t, &q, &s, &r->tuning, &better, e) : e->code;
	model_free(t.like);
	prune_map_release(&t.map);
	if (better) {
		model_free(r->m);
		r->m = better;
	}
	training_release(&q);
	free(t.none);
	free(aim);
	dataset_release(&s.d);
	for (int i = 0; i < p->n_set && !bad; i++)
		r->tuned[i] = r->tuning.epoch ? prune_judge(p, &p->set[i], r->m) : r->worth[i];
	return bad;
}
