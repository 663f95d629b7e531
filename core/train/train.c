#include "core/train/train.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "core/base/threads.h"
#include "core/run/run.h"
#include "core/kernels/tile.h"

void train_defaults(struct train_options *o)
{
	*o = (struct train_options){ .loss = LOSS_MSE,
		                     .optimizer = OPTIMIZER_ADAM,
		                     .rate = 0.001,
		                     .momentum = 0.9,
		                     .beta1 = 0.9,
		                     .beta2 = 0.999,
		                     .epsilon = 1e-8,
		                     .schedule_epochs = 10,
		                     .schedule_factor = 0.5,
		                     .batch = 32,
		                     .epochs = 10,
		                     .momentum_norm = 0.9,
		                     .shuffle = true,
		                     .threads = 1 };
}

/* ---- the weights of a network: one flat array that all runs read ---- */

struct weight {
	int value;
	int64_t at, n;
	bool kernel;    /* l1 and l2 apply to it */
	bool statistic; /* a running mean or variance, which is not trained */
};

struct weights {
	struct weight *w;
	int n;
	int64_t total;
};

bool train_is_weight(const struct value *x)
{
	return x->constant && x->weight && x->dtype == DT_REAL;
}

static void weights_find(struct weights *q, const struct graph *g)
{
	q->w = xcalloc((size_t)g->n_value, sizeof *q->w);
	for (int v = 0; v < g->n_value; v++) {
		const struct value *x = &g->value[v];
		if (!train_is_weight(x))
			continue;
		q->w[q->n++] = (struct weight){
			.value = v, .at = q->total, .n = shape_count(&x->shape), .kernel = x->shape.rank > 1
		};
		q->total += shape_count(&x->shape);
	}
	for (int i = 0; i < g->n_node; i++)
		for (int k = 3; k < 5 && g->node[i].op->flags & OP_BATCH_NORM; k++)
			for (int j = 0; j < q->n; j++)
				if (q->w[j].value == g->node[i].in[k])
					q->w[j].statistic = true;
}

static bool has_norm(const struct graph *g)
{
	for (int i = 0; i < g->n_node; i++)
		if (g->node[i].op->flags & OP_BATCH_NORM)
			return true;
	return false;
}

/* ---- a chunk: some windows of a batch, forward and backward ---- */

/* The memory with which one thread computes its chunks, one after the other. */
struct desk {
	const struct model *m; /* for `width` windows at once */
	int64_t width;
	struct run *run;
	real *input;  /* (width,T,C) in the model's layout */
	real *seed;   /* gradient of the loss with respect to the output */
	real *tc, *y; /* one window and its true values */
	double loss;  /* sum of the losses of the chunk's windows */
};

/* The result of a chunk. */
struct part {
	double loss;
	real *grad; /* (total); 0 if the loss does not depend on a weight */
};

struct state {
	const struct training *t;
	const struct train_options *o;
	const struct model *m; /* for `each` windows at once */
	int64_t width, each;   /* windows of a chunk, and of one pass; as_used: each is 1 */
	struct weights w;
	int loss_value;
	int64_t outputs; /* number of outputs of one window */
	int n_chunk;
	struct part *part;            /* (n_chunk) */
	struct desk *desk;            /* (threads) */
	struct model *tail_model;     /* BatchNormalization: the last batch of an epoch may be smaller, and its */
	struct desk tail;             /* statistics are those of its own windows. width 0: there is none */
	real *flat, *moment, *square; /* (total) */
	int64_t step;                 /* number of batches so far */
	/* the current batch; the threads read it */
	const int64_t *index;
	int64_t n;
	int threads;
	pthread_t thread[THREADS_MAX]; /* [1, threads); the calling thread is number 0 */
	pthread_mutex_t gate;
	pthread_barrier_t begin, end;
	bool quit;
};

static void desk_init(struct desk *c, const struct state *s, const struct model *m, int64_t width, bool train)
{
	c->m = m;
	c->width = width;
	c->run = train ? run_new(m->graph) : run_new_outputs(m->graph, 1, &s->loss_value);
	c->run->training = train && !s->o->as_used;
	for (int i = 0; i < s->w.n; i++) {
		run_override(c->run, s->w.w[i].value, s->flat + s->w.w[i].at);
		if (train && !s->w.w[i].statistic)
			run_want(c->run, s->w.w[i].value);
	}
	c->input = xcalloc((size_t)(width * m->T * m->C), sizeof *c->input);
	c->seed = xcalloc((size_t)(width * s->outputs), sizeof *c->seed);
	c->tc = xcalloc((size_t)(m->T * m->C), sizeof *c->tc);
	c->y = xcalloc((size_t)s->outputs, sizeof *c->y);
}

static void desk_release(struct desk *c)
{
	run_free(c->run);
	free(c->input);
	free(c->seed);
	free(c->tc);
	free(c->y);
}

/* Computes the loss of windows index[0..n) and its gradient. Places of the chunk from n on have no gradient. scale:
 * 1 / windows of the batch. */
static void chunk_loss(struct desk *c, const struct state *s, const int64_t *index, int64_t n, double scale)
{
	const struct dataset *d = s->t->d;
	const real *v = run_real(c->run, s->loss_value);
	c->loss = 0;
	for (int64_t i = 0; i < c->width; i++) {
		real *seed = c->seed + i * s->outputs;
		if (i >= n) {
			memset(seed, 0, (size_t)s->outputs * sizeof *seed);
			continue;
		}
		const real *aim = s->t->aim ? s->t->aim + index[i] * s->outputs : NULL;
		const real *y = aim ? aim : dataset_truth(d, index[i], c->y) ? c->y : NULL;
		int cls = dataset_class(d, index[i]);
		const real *out = v + i * s->outputs;
		c->loss += s->o->loss == LOSS_STEP_CROSSENTROPY ? loss_of_model(c->m, s->o->loss, out, y, cls, seed)
		                                                : loss_eval(s->o->loss, s->outputs, out, y, cls, seed);
		for (int64_t k = 0; k < s->outputs; k++)
			seed[k] = (real)((double)seed[k] * scale);
	}
}

static void chunk_forward(struct desk *c, const struct state *s, const int64_t *index, int64_t n)
{
	const struct model *m = c->m;
	for (int64_t i = 0; i < c->width; i++) {
		/* A place without a window repeats another window; it has no gradient. */
		dataset_window(s->t->d, index[i < n ? i : i % n], c->tc);
		model_pack(m, c->tc, c->input + i * m->T * m->C);
	}
	run_input(c->run, 0, c->input);
	run_forward(c->run);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	struct rng r;
	rng_init(&r, a ^ (b * 0x9E3779B97F4A7C15u));
	return rng_next(&r);
}

/* Returns the memory with which thread `id` computes its part of the current batch. */
static struct desk *desk_of(struct state *s, int id)
{
	return s->tail.width && s->n == s->tail.width ? &s->tail : &s->desk[id];
}

/* Adds the gradient of the last backward pass to that of the chunk. */
static void chunk_add(const struct state *s, struct desk *c, real *grad)
{
	for (int i = 0; i < s->w.n; i++) {
		const struct weight *w = &s->w.w[i];
		const real *g = w->statistic ? NULL : run_grad(c->run, w->value);
		real *to = grad + w->at;
		for (int64_t k = 0; g && k < w->n; k++)
			to[k] += g[k];
	}
}

/* Computes the windows of the current batch from k * width on. */
static void chunk_train(struct state *s, struct desk *c, int64_t k)
{
	int64_t first = k * s->width, n = s->n - first < s->width ? s->n - first : s->width;
	struct part *q = &s->part[k];
	for (int i = 0; i < s->m->graph->n_node; i++)
		c->run->call[i].seed = mix(mix(s->o->seed, (uint64_t)s->step), (uint64_t)(k * 100003 + i));
	memset(q->grad, 0, (size_t)s->w.total * sizeof *q->grad);
	q->loss = 0;
	for (int64_t at = 0; at < n; at += c->width) {
		int64_t now = n - at < c->width ? n - at : c->width;
		chunk_forward(c, s, s->index + first + at, now);
		chunk_loss(c, s, s->index + first + at, now, 1.0 / (double)s->n);
		run_backward(c->run, s->loss_value, c->seed);
		q->loss += c->loss;
		chunk_add(s, c, q->grad);
	}
}

/* ---- threads: chunk k belongs to thread k modulo threads ---- */

struct worker {
	struct state *s;
	int id;
};

static void work(struct state *s, int id)
{
	for (int64_t k = id; k * s->width < s->n; k += s->threads)
		chunk_train(s, desk_of(s, id), k);
}

static void *worker_main(void *arg)
{
	struct worker w = *(struct worker *)arg;
	free(arg);
	pthread_mutex_lock(&w.s->gate);
	pthread_mutex_unlock(&w.s->gate);
	for (;;) {
		pthread_barrier_wait(&w.s->begin);
		if (w.s->quit)
			return NULL;
		work(w.s, w.id);
		pthread_barrier_wait(&w.s->end);
	}
}

static void threads_start(struct state *s)
{
	int wanted = s->o->threads < s->n_chunk ? s->o->threads : s->n_chunk;
	wanted = wanted > THREADS_MAX ? THREADS_MAX : wanted;
	s->threads = 1;
	/* The threads wait at the gate until their number is known, because the system may refuse to start some. */
	pthread_mutex_init(&s->gate, NULL);
	pthread_mutex_lock(&s->gate);
	while (s->threads < wanted) {
		struct worker *w = xmalloc(sizeof *w);
		*w = (struct worker){ s, s->threads };
		if (pthread_create(&s->thread[s->threads], NULL, worker_main, w)) {
			free(w);
			break;
		}
		s->threads++;
	}
	pthread_barrier_init(&s->begin, NULL, (unsigned)s->threads);
	pthread_barrier_init(&s->end, NULL, (unsigned)s->threads);
	pthread_mutex_unlock(&s->gate);
}

static void threads_stop(struct state *s)
{
	s->quit = true;
	pthread_barrier_wait(&s->begin);
	for (int i = 1; i < s->threads; i++)
		pthread_join(s->thread[i], NULL);
	pthread_barrier_destroy(&s->begin);
	pthread_barrier_destroy(&s->end);
	pthread_mutex_destroy(&s->gate);
}

/* ---- a step of the optimizer ---- */

/* Adds the gradients of the chunks, in order, to the first one's. */
static void gather(struct state *s)
{
	real *to = s->part[0].grad, l1 = (real)s->o->l1, l2 = (real)(2 * s->o->l2);
	for (int64_t k = 1; k * s->width < s->n; k++) {
		const real *g = s->part[k].grad;
		for (int64_t j = 0; j < s->w.total; j++)
			to[j] += g[j];
	}
	for (int i = 0; i < s->w.n && (l1 != 0 || l2 != 0); i++) {
		const struct weight *w = &s->w.w[i];
		for (int64_t j = w->at; w->kernel && j < w->at + w->n; j++) {
			real v = s->flat[j];
			to[j] += l2 * v + (v > 0 ? l1 : v < 0 ? -l1 : 0);
		}
	}
}

static void adam(struct state *s, const struct weight *w, double rate)
{
	const struct train_options *o = s->o;
	double c1 = 1 - pow(o->beta1, (double)s->step), c2 = 1 - pow(o->beta2, (double)s->step);
	struct adam q = { .b1 = (real)o->beta1,
		          .a1 = (real)(1 - o->beta1),
		          .b2 = (real)o->beta2,
		          .a2 = (real)(1 - o->beta2),
		          .size = (real)(rate / c1),
		          .root = (real)(1 / sqrt(c2)),
		          .eps = (real)o->epsilon };
	isa_active()->adam(w->n, &q, s->part[0].grad + w->at, s->moment + w->at, s->square + w->at, s->flat + w->at);
}

static void sgd(struct state *s, const struct weight *w, double rate)
{
	real momentum = (real)s->o->momentum, r = (real)rate;
	real *x = s->flat + w->at, *m = s->moment + w->at;
	const real *g = s->part[0].grad + w->at;
	for (int64_t i = 0; i < w->n; i++) {
		m[i] = momentum * m[i] + g[i];
		x[i] -= r * m[i];
	}
}

/* Updates the running statistics. op_norm.c leaves mean and variance of the batch in `save`. */
static void statistics(struct state *s)
{
	const struct desk *q = desk_of(s, 0);
	const struct graph *g = q->m->graph;
	double keep = s->o->momentum_norm;
	for (int i = 0; i < g->n_node && !s->o->as_used; i++) {
		if (!(g->node[i].op->flags & OP_BATCH_NORM))
			continue;
		const real *save = q->run->call[i].save;
		const struct value *x = &g->value[g->node[i].in[0]];
		double count = (double)shape_count(&x->shape) / (double)x->shape.dim[1];
		for (int k = 3; k < 5; k++)
			for (int j = 0; j < s->w.n; j++) {
				const struct weight *w = &s->w.w[j];
				/* the unbiased variance, as other frameworks keep it */
				double unbiased = k == 4 && count > 1 ? count / (count - 1) : 1;
				for (int64_t c = 0; w->value == g->node[i].in[k] && c < w->n; c++)
					s->flat[w->at + c] =
					        (real)(keep * (double)s->flat[w->at + c] +
					               (1 - keep) * unbiased * (double)save[(k - 3) * w->n + c]);
			}
	}
}

static double penalty(const struct state *s)
{
	double sum = 0;
	for (int i = 0; i < s->w.n && (s->o->l1 != 0 || s->o->l2 != 0); i++)
		for (int64_t j = 0; s->w.w[i].kernel && j < s->w.w[i].n; j++) {
			double v = (double)s->flat[s->w.w[i].at + j];
			sum += s->o->l1 * fabs(v) + s->o->l2 * v * v;
		}
	return sum;
}

/* Trains on one batch. Returns the mean loss of its windows. */
static double batch(struct state *s, const int64_t *index, int64_t n, double rate)
{
	s->index = index;
	s->n = n;
	pthread_barrier_wait(&s->begin);
	work(s, 0);
	pthread_barrier_wait(&s->end);
	double loss = 0;
	for (int64_t k = 0; k * s->width < n; k++)
		loss += s->part[k].loss;
	loss = loss / (double)n + penalty(s);
	if (!isfinite(loss))
		return loss;
	gather(s);
	s->step++;
	for (int i = 0; i < s->w.n; i++)
		if (!s->w.w[i].statistic)
			(s->o->optimizer == OPTIMIZER_ADAM ? adam : sgd)(s, &s->w.w[i], rate);
	statistics(s);
	return loss;
}

/* ---- evaluation ---- */

/* The value from which the loss is computed. */
static int loss_value(const struct training *t, const struct model *m)
{
	return t->aim || loss_of_logits(t->o->loss) ? m->logits : m->output;
}

double train_loss(const struct training *t, const struct model *m, const real *flat, int64_t from, int64_t to)
{
	struct state s = { .t = t,
		           .o = t->o,
		           .m = m,
		           .width = 1,
		           .loss_value = loss_value(t, m),
		           .flat = (real *)(uintptr_t)flat,
		           .outputs = m->outputs };
	struct desk c;
	double sum = 0;
	weights_find(&s.w, m->graph);
	desk_init(&c, &s, m, 1, false);
	for (int64_t i = from; i < to; i++) {
		chunk_forward(&c, &s, &i, 1);
		chunk_loss(&c, &s, &i, 1, 1);
		sum += c.loss;
	}
	desk_release(&c);
	free(s.w.w);
	return sum / (double)(to - from);
}

/* ---- the loop ---- */

static void shuffle(int64_t *index, int64_t n, uint64_t seed)
{
	struct rng r;
	rng_init(&r, seed);
	for (int64_t i = n - 1; i > 0; i--) {
		int64_t k = rng_below(&r, i + 1), q = index[i];
		index[i] = index[k];
		index[k] = q;
	}
}

static double rate_of(const struct train_options *o, int epoch, double plateau)
{
	if (o->schedule == SCHEDULE_STEP)
		return o->rate * pow(o->schedule_factor,
		                     epoch / o->schedule_epochs); /* whole steps: NOLINT(bugprone-integer-division) */
	if (o->schedule == SCHEDULE_COSINE)
		return o->rate * (1 + cos(3.14159265358979323846 * epoch / o->epochs)) / 2;
	return o->schedule == SCHEDULE_PLATEAU ? o->rate * plateau : o->rate;
}

/* Trains on all training windows once. Returns their mean loss. Sets *end if it was interrupted. */
static double epoch_run(struct state *s, int epoch, int64_t *index, int64_t n, double rate, enum train_end *end)
{
	const struct training *t = s->t;
	double sum = 0;
	for (int64_t at = 0; at < n; at += s->o->batch) {
		int64_t size = n - at < s->o->batch ? n - at : s->o->batch;
		double loss = batch(s, index + at, size, rate);
		sum += loss * (double)size;
		bool enough = s->o->steps_max && s->step >= s->o->steps_max;
		if (!isfinite(loss))
			*end = TRAIN_DIVERGED;
		else if ((t->on_batch && !t->on_batch(t->ctx, epoch, at + size, n, loss)) || enough)
			*end = TRAIN_STOPPED;
		if (*end != TRAIN_DONE)
			return sum / (double)(at + size);
	}
	return sum / (double)n;
}

static void history_add(struct history *h, const struct train_epoch *q)
{
	h->loss = xrealloc(h->loss, (size_t)h->n + 1, sizeof *h->loss);
	h->val_loss = xrealloc(h->val_loss, (size_t)h->n + 1, sizeof *h->val_loss);
	h->loss[h->n] = q->loss;
	h->val_loss[h->n++] = q->val_loss;
}

/* Returns whether all weights are finite. The last step of an epoch may have made them infinite, and no later loss
 * would show it. */
static bool weights_finite(const struct state *s)
{
	for (int64_t i = 0; i < s->w.total; i++)
		if (!isfinite((double)s->flat[i]))
			return false;
	return true;
}

static void epochs_run(struct state *s, struct training *t, const struct model *single, int64_t n_train, int64_t n_all)
{
	const struct train_options *o = t->o;
	int64_t *index = xcalloc((size_t)n_train, sizeof *index);
	double best = INFINITY, plateau = 1;
	int waited = 0, flat_for = 0;
	t->history.best = -1;
	for (int e = 0; e < o->epochs && t->end == TRAIN_DONE; e++) {
		struct train_epoch q = { .epoch = e, .val_loss = NAN, .rate = rate_of(o, e, plateau) };
		for (int64_t i = 0; i < n_train; i++)
			index[i] = i;
		if (o->shuffle)
			shuffle(index, n_train, mix(o->seed, (uint64_t)e + 1));
		q.loss = epoch_run(s, e, index, n_train, q.rate, &t->end);
		if (t->end == TRAIN_DIVERGED)
			break;
		if (n_all > n_train)
			q.val_loss = train_loss(t, single, s->flat, n_train, n_all);
		if (n_all > n_train ? !isfinite(q.val_loss) : !weights_finite(s)) {
			t->end = TRAIN_DIVERGED;
			break;
		}
		/* Without validation windows the last weights are kept. */
		q.best = n_all == n_train || q.val_loss < best;
		flat_for = q.best ? 0 : flat_for + 1;
		waited = q.best ? 0 : waited + 1;
		if (q.best) {
			best = q.val_loss;
			memcpy(t->weight, s->flat, (size_t)s->w.total * sizeof *s->flat);
			t->history.best = e;
		}
		if (o->schedule == SCHEDULE_PLATEAU && flat_for >= o->schedule_epochs) {
			plateau *= o->schedule_factor;
			flat_for = 0;
		}
		history_add(&t->history, &q);
		if (t->on_epoch)
			t->on_epoch(t->ctx, &q);
		if (t->end == TRAIN_DONE && o->patience && waited >= o->patience)
			t->end = TRAIN_EARLY;
	}
	free(index);
}

static int state_init(struct state *s, struct training *t, const struct model *single, int64_t n_train, struct err *e)
{
	const struct train_options *o = t->o;
	s->t = t;
	s->o = o;
	bool norm = has_norm(single->graph) && !o->as_used;
	/* Make chunks of equal size: 20 windows become 10 and 10, not 16 and 4. */
	int64_t batch = o->batch < n_train ? o->batch : n_train, tail = norm ? n_train % batch : 0;
	int64_t chunks = norm ? 1 : (batch + TRAIN_CHUNK - 1) / TRAIN_CHUNK;
	s->width = (batch + chunks - 1) / chunks;
	s->n_chunk = (int)((batch + s->width - 1) / s->width);
	s->each = o->as_used ? 1 : s->width;
	struct model *m = t->build(t->ctx, s->each, NULL, e);
	s->m = m;
	if (m && tail)
		s->tail_model = t->build(t->ctx, tail, NULL, e);
	if (!m || (tail && !s->tail_model)) {
		model_free(m);
		return e->code;
	}
	weights_find(&s->w, m->graph);
	s->outputs = single->outputs;
	s->loss_value = loss_value(t, m);
	size_t n = (size_t)s->w.total;
	s->flat = xalloc_aligned((n + 16) * sizeof *s->flat);
	s->moment = xcalloc(n + 1, sizeof *s->moment);
	s->square = xcalloc(n + 1, sizeof *s->square);
	for (int i = 0; i < s->w.n; i++)
		memcpy(s->flat + s->w.w[i].at, m->graph->value[s->w.w[i].value].r,
		       (size_t)s->w.w[i].n * sizeof *s->flat);
	s->part = xcalloc((size_t)s->n_chunk, sizeof *s->part);
	for (int k = 0; k < s->n_chunk; k++)
		s->part[k].grad = xcalloc(n + 1, sizeof *s->flat);
	threads_start(s);
	s->desk = xcalloc((size_t)s->threads, sizeof *s->desk);
	for (int k = 0; k < s->threads; k++)
		desk_init(&s->desk[k], s, m, s->each, true);
	if (tail)
		desk_init(&s->tail, s, s->tail_model, tail, true);
	return 0;
}

static void state_release(struct state *s)
{
	threads_stop(s);
	for (int k = 0; k < s->threads; k++)
		desk_release(&s->desk[k]);
	for (int k = 0; k < s->n_chunk; k++)
		free(s->part[k].grad);
	if (s->tail.width)
		desk_release(&s->tail);
	free(s->part), free(s->desk);
	free(s->flat), free(s->moment), free(s->square);
	free(s->w.w);
	model_free(s->tail_model);
	model_free((struct model *)(uintptr_t)s->m);
}

int train_run(struct training *t, struct err *e)
{
	int64_t n_all = t->aim ? t->d->n : t->d->n_target,
	        n_val = (int64_t)floor((double)n_all * t->o->validation + 0.5);
	if (n_all - n_val < 1)
		return err_set(e, ERR_VALUE, "no window has a true value to train with");
	struct model *single = t->build(t->ctx, 1, NULL, e);
	if (!single)
		return e->code;
	struct state s = { 0 };
	t->end = TRAIN_DONE;
	t->history = (struct history){ .best = -1 };
	int bad = state_init(&s, t, single, n_all - n_val, e);
	if (!bad) {
		t->n_weight = s.w.total;
		t->weight = xcalloc((size_t)s.w.total, sizeof *t->weight);
		memcpy(t->weight, s.flat, (size_t)s.w.total * sizeof *t->weight);
		epochs_run(&s, t, single, n_all - n_val, n_all);
		state_release(&s);
	}
	model_free(single);
	return bad;
}

void training_release(struct training *t)
{
	free(t->weight);
	free(t->history.loss);
	free(t->history.val_loss);
	t->weight = NULL;
	t->history = (struct history){ 0 };
}
