#include "core/whatif/invert.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/rng.h"
#include "core/graph/flat.h"
#include "core/whatif/invert_pass.h"

const char *const invert_starts[] = { "window", "noise", "zero", NULL };

#define PI 3.14159265358979323846

/* While it runs. u, its gradient and the moments of Adam are (T,own), in deviations. */
struct descent {
	const struct invert_job *j;
	struct inversion *r;
	struct invert_pass pass;
	int64_t T, C, own, modes; /* modes: of the cosine transform that are kept; 0: all */
	real *x, *g;              /* (T,C) */
	double *u, *du, *first, *second, *coefficient;
	double *cosine; /* (modes,T), orthonormal */
};

static double unit(const struct descent *s, int64_t c)
{
	double d = s->j->spread->deviation[c];
	return d > 0 ? d : 1;
}

/* ---- the limit of frequencies ---- */

static void modes_make(struct descent *s)
{
	if (!(s->j->cycles > 0) || 2 * s->j->cycles >= (double)(s->T - 1))
		return;
	s->modes = (int64_t)floor(2 * s->j->cycles + 1e-9) + 1;
	s->cosine = xcalloc((size_t)(s->modes * s->T) + 1, sizeof *s->cosine);
	for (int64_t k = 0; k < s->modes; k++)
		for (int64_t t = 0; t < s->T; t++)
			s->cosine[k * s->T + t] = sqrt((k ? 2. : 1.) / (double)s->T) *
			                          cos(PI * (double)k * ((double)t + 0.5) / (double)s->T);
}

/* Projects v (T,own) on the modes that are kept. The projection is its own transpose. */
static void limit(struct descent *s, double *v)
{
	for (int64_t c = 0; c < s->own && s->modes; c++) {
		for (int64_t k = 0; k < s->modes; k++) {
			s->coefficient[k] = 0;
			for (int64_t t = 0; t < s->T; t++)
				s->coefficient[k] += s->cosine[k * s->T + t] * v[t * s->own + c];
		}
		for (int64_t t = 0; t < s->T; t++) {
			v[t * s->own + c] = 0;
			for (int64_t k = 0; k < s->modes; k++)
				v[t * s->own + c] += s->cosine[k * s->T + t] * s->coefficient[k];
		}
	}
}

/* ---- from u to the window, and back ---- */

/* -1: below the range of the channel, 1: above, 0: inside, or nothing is clipped. */
static int outside(const struct descent *s, int64_t c, double v)
{
	const struct channel_spread *q = s->j->spread;
	return !s->j->clip ? 0 : v < (double)q->low[c] ? -1 : v > (double)q->high[c] ? 1 : 0;
}

static double point(const struct descent *s, int64_t t, int64_t c)
{
	return (double)s->r->start[t * s->C + c] + unit(s, c) * s->u[t * s->own + c];
}

static void put_window(struct descent *s)
{
	const struct channel_spread *q = s->j->spread;
	memcpy(s->x, s->r->start, (size_t)(s->T * s->C) * sizeof *s->x);
	for (int64_t t = 0; t < s->T; t++)
		for (int64_t c = 0; c < s->own; c++) {
			double v = point(s, t, c);
			int side = outside(s, c, v);
			s->x[t * s->C + c] = side < 0 ? q->low[c] : side > 0 ? q->high[c] : (real)v;
		}
	perturb_derive(&s->pass.p, s->x);
}

/* The gradient by u; a point that is clipped is not pushed further. */
static void pull(struct descent *s)
{
	for (int64_t t = 0; t < s->T; t++)
		for (int64_t c = 0; c < s->own; c++) {
			double g = (double)s->g[t * s->C + c];
			int side = outside(s, c, point(s, t, c));
			bool further = (side < 0 && g > 0) || (side > 0 && g < 0);
			s->du[t * s->own + c] = further || !isfinite(g) ? 0 : g * unit(s, c);
		}
	limit(s, s->du);
}

/* ---- steps ---- */

static void step(struct descent *s, int k)
{
	const double keep1 = 0.9, keep2 = 0.999;
	for (int64_t i = 0; i < s->T * s->own; i++) {
		double d = s->du[i], of = unit(s, i % s->own);
		if (s->j->gradient) {
			s->u[i] -= s->j->rate * d / (of * of);
			continue;
		}
		s->first[i] = keep1 * s->first[i] + (1 - keep1) * d;
		s->second[i] = keep2 * s->second[i] + (1 - keep2) * d * d;
		double m = s->first[i] / (1 - pow(keep1, k)), v = s->second[i] / (1 - pow(keep2, k));
		s->u[i] -= s->j->rate * m / (sqrt(v) + 1e-8);
	}
	limit(s, s->u);
}

/* ---- where it begins ---- */

static void begin(struct descent *s)
{
	const struct invert_job *j = s->j;
	const struct channel_spread *q = j->spread;
	struct rng rng;
	rng_init(&rng, j->seed);
	for (int64_t t = 0; t < s->T; t++)
		for (int64_t c = 0; c < s->C; c++) {
			real *to = &s->r->start[t * s->C + c];
			*to = j->from == INVERT_WINDOW  ? s->pass.x0[t * s->C + c]
			      : j->from == INVERT_NOISE ? (real)q->mean[c]
			                                : 0;
		}
	for (int64_t i = 0; i < s->T * s->own && j->from == INVERT_NOISE; i++)
		s->u[i] = q->deviation[i % s->own] > 0 ? rng_normal(&rng) : 0;
	limit(s, s->u);
	perturb_derive(&s->pass.p, s->r->start);
}

static void make(struct descent *s, const struct invert_job *j, struct inversion *r)
{
	const struct model *m = j->m;
	size_t count = (size_t)(m->T * m->C), outputs = (size_t)m->outputs;
	*s = (struct descent){ .j = j, .r = r, .T = m->T, .C = m->C };
	invert_pass_make(&s->pass, j);
	s->own = s->pass.p.own;
	r->x = xcalloc(2 * count + 1, sizeof *r->x);
	r->start = r->x + count;
	r->before = xcalloc(2 * outputs + 1, sizeof *r->before);
	r->now = r->before + outputs;
	r->loss = xcalloc((size_t)j->iterations + 2, sizeof *r->loss);
	s->x = xcalloc(2 * count + 1, sizeof *s->x);
	s->g = s->x + count;
	s->u = xcalloc(5 * count + 1, sizeof *s->u);
	s->du = s->u + count;
	s->first = s->du + count;
	s->second = s->first + count;
	s->coefficient = s->second + count; /* fewer modes than steps */
	modes_make(s);
	begin(s);
}

static void release(struct descent *s)
{
	invert_pass_release(&s->pass);
	free(s->x), free(s->u), free(s->cosine);
}

/* ---- all of it ---- */

/* The window of this point becomes the best. */
static void keep(struct descent *s)
{
	s->r->best = s->r->n;
	s->r->at_best = s->pass.loss;
	memcpy(s->r->x, s->x, (size_t)(s->T * s->C) * sizeof *s->x);
}

/* Returns false if the gradient of the wish was 0, or no number, at all points, though the wish is not met. */
static bool descend(struct descent *s)
{
	struct inversion *r = s->r;
	bool slopes = false;
	for (int k = 0; k <= s->j->iterations && !r->stopped; k++) {
		put_window(s);
		invert_pass(&s->pass, s->x, s->g);
		slopes |= s->pass.slopes;
		if (!k) {
			memcpy(r->start, s->x, (size_t)(s->T * s->C) * sizeof *s->x);
			memcpy(r->before, s->pass.output, (size_t)s->j->m->outputs * sizeof *r->before);
			r->reached[0] = s->pass.wish;
			/* from now on u is measured from the first point */
			memset(s->u, 0, (size_t)(s->T * s->own) * sizeof *s->u);
		}
		if (!k || s->pass.loss < r->at_best)
			keep(s);
		r->loss[r->n++] = s->pass.loss;
		r->stopped = s->j->stop && s->j->stop(s->j->ctx);
		pull(s);
		step(s, k + 1);
	}
	return slopes || r->stopped || (s->j->wish != INVERT_FILTER && r->reached[0] == 0);
}

/* The best point as a reader will see it, and what the network says of it. */
static void finish(struct descent *s)
{
	struct inversion *r = s->r;
	for (int64_t k = 0; k < s->T * s->C && !s->j->free; k++)
		if (k % s->C < s->own)
			r->x[k] = dataset_as_read(s->j->d, s->j->window, k % s->C, (double)r->x[k]);
	perturb_derive(&s->pass.p, r->x);
	invert_pass(&s->pass, r->x, NULL);
	r->reached[1] = s->pass.wish;
	memcpy(r->now, s->pass.output, (size_t)s->j->m->outputs * sizeof *r->now);
	r->n_near = nearest_windows(s->j->d, s->j->spread, s->own, r->x, -1, NEAREST_WINDOWS, r->nearest);
}

/* The value whose gradient leads to what is wished. */
static int value_of(const struct invert_job *j)
{
	return j->wish == INVERT_FILTER  ? j->m->layer[j->layer].act
	       : j->wish == INVERT_CLASS ? j->m->logits
	                                 : j->m->output;
}

int invert_run(const struct invert_job *j, struct inversion *r, struct err *e)
{
	struct descent s;
	char why[256], wish[160];
	const struct model *m = j->m;
	*r = (struct inversion){ 0 };
	graph_flat_why(m->graph, m->input, value_of(j), why, sizeof why);
	if (!*why) {
		make(&s, j, r);
		bool good = descend(&s);
		if (good)
			finish(&s);
		release(&s);
		if (good)
			return 0;
	}
	invert_wish_text(j, wish, sizeof wish);
	if (*why)
		return err_set(e, ERR_VALUE, "%s: %s has no gradient by the input, so there is no direction to go: %s",
		               m->file, wish, why);
	return err_set(e, ERR_VALUE,
	               "%s: the gradient of %s by the input is 0 or no finite number at all points that were tried, so "
	               "there is no direction to go",
	               m->file, wish);
}

void inversion_release(struct inversion *r)
{
	free(r->x), free(r->before), free(r->loss);
}

/* ---- words ---- */

const char *invert_wish_text(const struct invert_job *j, char *buf, size_t size)
{
	if (j->wish == INVERT_OUTPUT)
		snprintf(buf, size, "the output %g", j->value);
	else if (j->wish == INVERT_FILTER)
		snprintf(buf, size, "filter %lld of %.100s", (long long)j->filter, j->m->layer[j->layer].name);
	else if (j->d->class_name && j->cls < j->d->n_class)
		snprintf(buf, size, "class %.100s", j->d->class_name[j->cls]);
	else if (j->cls < j->m->n_class_name)
		snprintf(buf, size, "class %.100s", j->m->class_name[j->cls]);
	else
		snprintf(buf, size, "class %d", j->cls);
	return buf;
}

void invert_sentence(const struct invert_job *j, const struct inversion *r, char *buf, size_t size)
{
	char wish[160], near[96] = "";
	invert_wish_text(j, wish, sizeof wish);
	if (r->n_near)
		snprintf(near, sizeof near, "; the nearest real window is %lld, %.3g deviations away",
		         (long long)r->nearest[0].window, r->nearest[0].distance);
	if (j->wish == INVERT_FILTER && !(r->reached[1] > r->reached[0]))
		snprintf(buf, size, "%s %s: in %d steps no input was found for which it is more active%s", wish,
		         r->reached[1] != 0 ? "stays as it is" : "stays silent", r->n - 1, near);
	else if (j->wish == INVERT_FILTER)
		snprintf(buf, size, "the mean activation of %s rose from %.4g to %.4g in %d steps%s", wish,
		         r->reached[0], r->reached[1], r->best, near);
	else if (r->reached[1] > r->reached[0])
		snprintf(buf, size,
		         "the loss against %s rose from %.4g to %.4g in %d steps, because the priors weigh more%s",
		         wish, r->reached[0], r->reached[1], r->best, near);
	else if (!r->best)
		snprintf(buf, size,
		         "the loss against %s stays at %.4g: in %d steps no input with a smaller one was found%s", wish,
		         r->reached[1], r->n - 1, near);
	else
		snprintf(buf, size, "the loss against %s fell from %.4g to %.4g in %d steps%s", wish, r->reached[0],
		         r->reached[1], r->best, near);
}
