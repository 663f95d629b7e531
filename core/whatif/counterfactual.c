#include "core/whatif/counterfactual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/attack/attack_pass.h"
#include "core/data/perturb.h"
#include "core/model/task.h"

/* While it is sought. Windows are (T,C). */
struct search {
	const struct counterfactual_job *j;
	struct counterfactual *r;
	struct channel_spread spread;
	struct perturb p;
	struct attack_pass pass;
	real *x, *guide; /* the window and its guide */
	real *many;      /* (RUN_LANES,T,C) scratch */
	double *score;   /* (T,own) s of each point */
	double *step;    /* (T) s of the channels that are tried */
};

/* A segment of steps [from, end) of a channel, or of all: -1. */
struct piece {
	int64_t channel, from, end;
};

static int64_t numbers(const struct search *s)
{
	return s->p.T * s->p.C;
}

bool counterfactual_met(const struct counterfactual_job *j, const real *output)
{
	if (j->task == TASK_CLASSIFICATION)
		return model_class(j->m, output) == j->cls;
	for (int64_t k = 0; k < j->m->outputs; k++)
		if (!((double)output[k] >= j->low && (double)output[k] <= j->high))
			return false;
	return true;
}

/* ---- one window ---- */

/* Writes the window with the piece taken from the guide. */
static void put_piece(const struct search *s, const struct piece *q, real *to)
{
	memcpy(to, s->x, (size_t)numbers(s) * sizeof *to);
	for (int64_t t = q->from; t < q->end; t++)
		for (int64_t c = 0; c < s->p.own; c++)
			if (q->channel < 0 || q->channel == c)
				to[t * s->p.C + c] =
				        dataset_as_read(s->j->d, s->j->window, c, (double)s->guide[t * s->p.C + c]);
	perturb_derive(&s->p, to);
}

/* Asks the model about n pieces; returns the number of the first that is as wished, n if none is. */
static int first_met(struct search *s, int n, const struct piece *q)
{
	for (int i = 0; i < n; i++)
		put_piece(s, &q[i], s->many + i * numbers(s));
	attack_pass(&s->pass, n, s->many, NULL);
	s->r->passes += n;
	for (int i = 0; i < n; i++)
		if (counterfactual_met(s->j, s->pass.output + i * s->j->m->outputs))
			return i;
	return n;
}

static bool stopped(const struct search *s)
{
	return s->j->stop && s->j->stop(s->j->ctx);
}

/* ---- the guide ---- */

static bool find_guide(struct search *s)
{
	int64_t n, outputs = s->j->m->outputs;
	struct near_window *v = nearest_all(s->j->d, &s->spread, s->p.own, s->x, s->j->window, &n);
	s->r->guide = -1;
	for (int64_t i = 0; i < n && s->r->guide < 0 && !stopped(s); i += RUN_LANES) {
		int some = n - i < RUN_LANES ? (int)(n - i) : RUN_LANES;
		for (int k = 0; k < some; k++)
			dataset_window(s->j->d, v[i + k].window, s->many + k * numbers(s));
		attack_pass(&s->pass, some, s->many, NULL);
		s->r->passes += some;
		for (int k = 0; k < some && s->r->guide < 0; k++) {
			s->r->looked++;
			if (!counterfactual_met(s->j, s->pass.output + k * outputs))
				continue;
			s->r->guide = v[i + k].window;
			s->r->guide_distance = v[i + k].distance;
			memcpy(s->guide, s->many + k * numbers(s), (size_t)numbers(s) * sizeof *s->guide);
		}
	}
	free(v);
	return s->r->guide >= 0;
}

/* ---- where to begin ---- */

/* s_t of each point. Where the loss has no gradient, the size of the difference stands for it. */
static void score_points(struct search *s)
{
	const struct model *m = s->j->m;
	int64_t own = s->p.own, C = s->p.C;
	real *g = s->many + numbers(s), *at = s->many;
	double sum = 0;
	memcpy(at, s->x, (size_t)numbers(s) * sizeof *at);
	s->pass.cls[0] = s->j->task == TASK_CLASSIFICATION ? s->j->cls : -1;
	s->pass.has_y[0] = s->j->task != TASK_CLASSIFICATION;
	for (int64_t k = 0; k < m->outputs; k++)
		s->pass.y[k] = (real)fmin(fmax((double)s->r->before[k], s->j->low), s->j->high);
	attack_pass(&s->pass, 1, at, g);
	if (s->p.derived)
		perturb_backward(&s->p, s->x, g);
	for (int64_t k = 0; k < s->p.T * own; k++) {
		int64_t i = k / own * C + k % own;
		double v = fabs((double)g[i] * ((double)s->guide[i] - (double)s->x[i]));
		s->score[k] = isfinite(v) ? v : 0;
		sum += s->score[k];
	}
	s->r->flat = !(sum > 0);
	for (int64_t k = 0; k < s->p.T * own && s->r->flat; k++) {
		int64_t i = k / own * C + k % own;
		double deviation = s->spread.deviation[k % own];
		s->score[k] = deviation > 0 ? fabs((double)s->guide[i] - (double)s->x[i]) / deviation : 0;
	}
}

static void score_steps(struct search *s, int64_t channel)
{
	int64_t own = s->p.own;
	for (int64_t t = 0; t < s->p.T; t++) {
		s->step[t] = 0;
		for (int64_t c = 0; c < own; c++)
			s->step[t] += channel < 0 || channel == c ? s->score[t * own + c] : 0;
	}
}

/* ---- the segment ---- */

/* One step longer, at the side with the larger score. */
static void grow_once(const struct search *s, struct piece *q)
{
	bool left = q->from > 0, right = q->end < s->p.T;
	if (left && (!right || s->step[q->from - 1] > s->step[q->end]))
		q->from--;
	else if (right)
		q->end++;
}

/* Grows from the peak until the model says what is wished; false: not even with all steps. */
static bool grow(struct search *s, struct piece *q)
{
	int64_t peak = 0;
	for (int64_t t = 1; t < s->p.T; t++)
		if (s->step[t] > s->step[peak])
			peak = t;
	struct piece some[RUN_LANES], at = { q->channel, peak, peak + 1 };
	for (int64_t left = s->p.T; left > 0 && !stopped(s);) {
		int n = 0;
		for (; n < RUN_LANES && left > 0; n++, left--) {
			some[n] = at;
			grow_once(s, &at);
		}
		int met = first_met(s, n, some);
		if (met < n) {
			*q = some[met];
			return true;
		}
	}
	return false;
}

static void shrink(struct search *s, struct piece *q)
{
	while (q->end - q->from > 1) {
		bool left = s->step[q->from] < s->step[q->end - 1];
		struct piece some[2] = { *q, *q };
		some[0].from++;
		some[1].end--;
		if (!left) {
			struct piece swap = some[0];
			some[0] = some[1];
			some[1] = swap;
		}
		int met = first_met(s, 2, some);
		if (met == 2)
			return;
		*q = some[met];
	}
}

/* What the piece would change. */
static void measure(const struct search *s, const struct piece *q, real *x, int64_t *points, double *l1)
{
	put_piece(s, q, x);
	*points = 0;
	*l1 = 0;
	for (int64_t k = 0; k < s->p.T * s->p.own; k++) {
		int64_t c = k % s->p.own, i = k / s->p.own * s->p.C + c;
		double d = fabs((double)x[i] - (double)s->x[i]);
		*points += d > 0;
		*l1 += s->spread.deviation[c] > 0 ? d / s->spread.deviation[c] : 0;
	}
}

/* The channels that are tried alone: those with the largest sums, the largest first. */
static int choose_channels(const struct search *s, int64_t *channel)
{
	int n = 0;
	double sum[COUNTERFACTUAL_CHANNELS];
	for (int64_t c = 0; c < s->p.own && s->p.own > 1; c++) {
		double v = 0;
		for (int64_t t = 0; t < s->p.T; t++)
			v += s->score[t * s->p.own + c];
		int at = n;
		while (at > 0 && sum[at - 1] < v)
			at--;
		if (at == COUNTERFACTUAL_CHANNELS)
			continue;
		n += n < COUNTERFACTUAL_CHANNELS;
		for (int k = n - 1; k > at; k--)
			sum[k] = sum[k - 1], channel[k] = channel[k - 1];
		sum[at] = v;
		channel[at] = c;
	}
	return n;
}

static bool find_piece(struct search *s, struct piece *best)
{
	int64_t channel[COUNTERFACTUAL_CHANNELS + 1], fewest = 0, points;
	int n = choose_channels(s, channel);
	double least = 0, l1;
	bool any = false;
	channel[n++] = -1;
	for (int k = 0; k < n; k++) {
		struct piece q = { channel[k], 0, 0 };
		score_steps(s, q.channel);
		if (!grow(s, &q))
			continue;
		shrink(s, &q);
		measure(s, &q, s->many, &points, &l1);
		if (any && (points > fewest || (points == fewest && l1 >= least)))
			continue;
		any = true;
		fewest = points;
		least = l1;
		*best = q;
	}
	return any;
}

/* ---- all of it ---- */

static void sum_up(struct search *s, const struct piece *q)
{
	struct counterfactual *r = s->r;
	const struct counterfactual_job *j = s->j;
	bool before = false;
	measure(s, q, r->x, &r->points, &r->l1);
	for (int64_t t = 0; t < s->p.T; t++) {
		bool changed = false;
		for (int64_t c = 0; c < s->p.own; c++)
			changed |= r->x[t * s->p.C + c] != s->x[t * s->p.C + c];
		r->steps += changed;
		r->segments += changed && !before;
		before = changed;
	}
	memcpy(s->many, r->x, (size_t)numbers(s) * sizeof *s->many);
	attack_pass(&s->pass, 1, s->many, NULL);
	memcpy(r->now, s->pass.output, (size_t)j->m->outputs * sizeof *r->now);
	r->valid = counterfactual_met(j, r->now);
	r->channel = s->p.own == 1 ? 0 : q->channel;
	r->from = q->from;
	r->end = q->end;
	r->own = s->p.own;
	r->n_near = nearest_windows(j->d, &s->spread, s->p.own, r->x, j->window, NEAREST_WINDOWS, r->near);
	r->n_as_is = nearest_windows(j->d, &s->spread, s->p.own, s->x, j->window, NEAREST_WINDOWS, r->as_is);
}

static int seek(struct search *s, struct err *e)
{
	const struct counterfactual_job *j = s->j;
	struct piece q;
	char wish[160];
	counterfactual_wish(j, wish, sizeof wish);
	dataset_window(j->d, j->window, s->x);
	memcpy(s->many, s->x, (size_t)numbers(s) * sizeof *s->many);
	attack_pass(&s->pass, 1, s->many, NULL);
	memcpy(s->r->before, s->pass.output, (size_t)j->m->outputs * sizeof *s->r->before);
	if (counterfactual_met(j, s->r->before))
		return err_set(e, ERR_VALUE, "window %lld: the model says already %s; choose another window or wish",
		               (long long)j->window, wish);
	if (!find_guide(s))
		return err_set(e, ERR_VALUE,
		               "%s: of no window without a row in common with window %lld the model says %s, so there "
		               "is no example to follow; give more data, or ask for something else",
		               j->d->file, (long long)j->window, wish);
	score_points(s);
	if (!find_piece(s, &q))
		return err_set(
		        e, ERR_VALUE,
		        "window %lld: not even with all values of window %lld the model says %s, because a value "
		        "is rounded when it is written",
		        (long long)j->window, (long long)s->r->guide, wish);
	sum_up(s, &q);
	return 0;
}

int counterfactual_find(const struct counterfactual_job *j, struct counterfactual *r, struct err *e)
{
	struct search s = { .j = j, .r = r };
	const struct model *m = j->m;
	size_t count = (size_t)(m->T * m->C), outputs = (size_t)m->outputs;
	*r = (struct counterfactual){ .guide = -1, .channel = -1 };
	r->x = xcalloc(count + 1, sizeof *r->x);
	r->before = xcalloc(outputs + 1, sizeof *r->before);
	r->now = xcalloc(outputs + 1, sizeof *r->now);
	perturb_init(&s.p, m->T, m->C, j->d, true, 1);
	channel_spread_make(&s.spread, j->d);
	attack_pass_make(&s.pass, m, j->task);
	for (int l = 0; l < RUN_LANES; l++)
		s.pass.cls[l] = -1;
	s.x = xcalloc(2 * count + 1, sizeof *s.x);
	s.guide = s.x + count;
	s.many = xcalloc(RUN_LANES * count + 1, sizeof *s.many);
	s.score = xcalloc((size_t)(m->T * (s.p.own + 1)) + 1, sizeof *s.score);
	s.step = s.score + m->T * s.p.own;
	int bad = seek(&s, e);
	attack_pass_release(&s.pass);
	channel_spread_release(&s.spread);
	free(s.x), free(s.many), free(s.score);
	return bad;
}

void counterfactual_release(struct counterfactual *r)
{
	free(r->x), free(r->before), free(r->now);
}

/* ---- words ---- */

const char *counterfactual_wish(const struct counterfactual_job *j, char *buf, size_t size)
{
	if (j->task != TASK_CLASSIFICATION && isinf(j->low))
		snprintf(buf, size, "at most %g", j->high);
	else if (j->task != TASK_CLASSIFICATION && isinf(j->high))
		snprintf(buf, size, "at least %g", j->low);
	else if (j->task != TASK_CLASSIFICATION)
		snprintf(buf, size, "between %g and %g", j->low, j->high);
	else if (j->d->class_name && j->cls < j->d->n_class)
		snprintf(buf, size, "class %.100s", j->d->class_name[j->cls]);
	else if (j->cls < j->m->n_class_name)
		snprintf(buf, size, "class %.100s", j->m->class_name[j->cls]);
	else
		snprintf(buf, size, "class %d", j->cls);
	return buf;
}

const char *counterfactual_sentence(const struct counterfactual_job *j, const struct counterfactual *r, char *buf,
                                    size_t size)
{
	char wish[160], steps[64];
	const char *name = r->channel >= 0 && j->d->channel ? j->d->channel[r->channel] : NULL;
	if (r->end - r->from > 1)
		snprintf(steps, sizeof steps, "steps %lld-%lld", (long long)r->from, (long long)r->end - 1);
	else
		snprintf(steps, sizeof steps, "step %lld", (long long)r->from);
	static const char begin[] = "it would be ";
	snprintf(buf, size, "%s%s if %s of %.80s looked like window %lld's", begin,
	         counterfactual_wish(j, wish, sizeof wish), steps,
	         name             ? name
	         : r->channel < 0 ? "all channels"
	                          : "the channel",
	         (long long)r->guide);
	return buf + sizeof begin - 1;
}
