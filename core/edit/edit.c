#include "core/edit/edit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/rng.h"
#include "core/data/perturb.h"

const struct edit_op_row edit_ops[] = {
#define EDIT_OP(id, name, what, formula) { name, what, formula },
#include "core/edit/edit_ops.def"
#undef EDIT_OP
	{ 0 },
};

/* The segment of one channel. */
struct part {
	const struct edit *s;
	int64_t c, n, steps; /* the channel; steps of the segment, and of the window before its padding */
	int64_t from;
	const double *all; /* (steps) the channel before the step */
	const double *v;   /* (n) its segment */
	const float *file; /* (T) the channel in the file */
	double *to;        /* (n) */
};

static double mean_of(const struct part *p)
{
	double sum = 0;
	for (int64_t k = 0; k < p->n; k++)
		sum += p->v[k];
	return sum / (double)p->n;
}

static void flat(const struct part *p)
{
	double mean = mean_of(p);
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = mean;
}

static void line(const struct part *p)
{
	double span = p->v[p->n - 1] - p->v[0];
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = p->v[0] + (p->n > 1 ? span * (double)k / (double)(p->n - 1) : 0);
}

static void shift(const struct part *p)
{
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = p->v[k] + p->s->by * p->s->unit[p->c];
}

static void scale(const struct part *p)
{
	double mean = mean_of(p);
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = mean + p->s->by * (p->v[k] - mean);
}

static void smooth(const struct part *p)
{
	for (int64_t k = 0; k < p->n; k++) {
		int64_t t = p->from + k, left = t > 0 ? t - 1 : t, right = t + 1 < p->steps ? t + 1 : t;
		p->to[k] = (p->all[left] + 2 * p->all[t] + p->all[right]) / 4;
	}
}

/* Each channel has random numbers of its own, whichever channels are edited beside it. */
static void noise(const struct part *p)
{
	struct rng r;
	rng_init(&r, p->s->seed + 0x9e3779b97f4a7c15u * (uint64_t)(p->c + 1));
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = p->v[k] + p->s->by * p->s->unit[p->c] * rng_normal(&r);
}

static void reverse(const struct part *p)
{
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = p->v[p->n - 1 - k];
}

static void paste(const struct part *p)
{
	const struct edit_clip *q = p->s->clip;
	bool one = q->channel != EDIT_ALL && p->s->channel != EDIT_ALL;
	int64_t c = one ? q->channel : p->c;
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = q->channel == EDIT_ALL || c == q->channel ? (double)q->v[k * q->own + c] : p->v[k];
}

static void set(const struct part *p)
{
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = p->s->by;
}

static void restore(const struct part *p)
{
	for (int64_t k = 0; k < p->n; k++)
		p->to[k] = (double)p->file[p->from + k];
}

static void (*const operations[EDIT_OPS])(const struct part *p) = {
	[EDIT_FLAT] = flat,     [EDIT_LINE] = line,       [EDIT_SHIFT] = shift,     [EDIT_SCALE] = scale,
	[EDIT_SMOOTH] = smooth, [EDIT_NOISE] = noise,     [EDIT_REVERSE] = reverse, [EDIT_PASTE] = paste,
	[EDIT_SET] = set,       [EDIT_RESTORE] = restore,
};

/* Computes one channel of the segment; returns false if a value has no number. */
static bool edit_channel(struct edited *to, const struct edit *s, const struct dataset *d, int64_t c, int64_t n)
{
	int64_t steps = to->length, own = to->own;
	double *all = xcalloc((size_t)(steps + n) + 1, sizeof *all);
	float *file = xcalloc((size_t)to->T + 1, sizeof *file);
	bool finite = true;
	for (int64_t t = 0; t < steps; t++)
		all[t] = (double)to->raw[t * own + c];
	if (s->op == EDIT_RESTORE)
		dataset_window_raw(d, to->window, c, file);
	struct part p = { s, c, n, steps, s->from, all, all + s->from, file, all + steps };
	operations[s->op](&p);
	for (int64_t k = 0; k < n; k++) {
		float v = (float)p.to[k];
		to->raw[(s->from + k) * own + c] = v;
		finite &= isfinite(v) && isfinite((double)dataset_scale_channel(d, to->window, c, (double)v));
	}
	free(all);
	free(file);
	return finite;
}

struct edited *edit_apply(const struct edited *from, const struct edit *s, const struct dataset *d, struct err *e)
{
	int64_t n = s->from < 0 ? 0 : s->from + s->n < from->length ? s->n : from->length - s->from;
	if (s->op == EDIT_PASTE && (!s->clip || !s->clip->v || s->clip->own != from->own)) {
		err_set(e, ERR_VALUE, "nothing was copied that fits this window");
		return NULL;
	}
	if (s->op == EDIT_PASTE)
		n = n < s->clip->n ? n : s->clip->n;
	if (n < 1) {
		err_set(e, ERR_VALUE, "the window has %lld steps; behind them is padding, which is not edited",
		        (long long)from->length);
		return NULL;
	}
	struct edited *to = edited_copy(from);
	bool finite = true;
	to->note[0] = '\0';
	for (int64_t c = 0; c < to->own; c++)
		if (s->channel == EDIT_ALL || s->channel == c)
			finite &= edit_channel(to, s, d, c, n);
	if (finite && !edited_equal(from, to)) {
		edited_derive(to, d);
		return to;
	}
	err_set(e, ERR_VALUE, finite ? "%s: nothing changes" : "%s: a value would be too large", edit_ops[s->op].name);
	edited_drop(to);
	return NULL;
}

bool edit_copy(struct edit_clip *to, const struct edited *from, int64_t at, int64_t n, int64_t channel)
{
	n = at + n < from->length ? n : from->length - at;
	if (at < 0 || n < 1)
		return false;
	edit_clip_release(to);
	*to = (struct edit_clip){ n, from->own, channel, xcalloc((size_t)(n * from->own), sizeof *to->v) };
	memcpy(to->v, from->raw + at * from->own, (size_t)(n * from->own) * sizeof *to->v);
	return true;
}

void edit_clip_release(struct edit_clip *c)
{
	free(c->v);
	*c = (struct edit_clip){ 0 };
}

enum { UNIT_WINDOWS = 64, UNIT_POINTS = 1 << 20 };

/* Of one channel; about the first value, so that large values lose no digits. */
static double unit_of(const struct dataset *d, int64_t c, int64_t windows, float *x)
{
	double pivot = 0, sum = 0, square = 0, n = 0;
	for (int64_t k = 0; k < windows; k++) {
		int64_t i = k * d->n / windows, steps = dataset_length(d, i);
		dataset_window_raw(d, i, c, x);
		pivot = k ? pivot : (double)x[0];
		for (int64_t t = 0; t < steps; t++) {
			double off = (double)x[t] - pivot;
			sum += off;
			square += off * off;
		}
		n += (double)steps;
	}
	double deviation = n > 0 ? sqrt(fmax(0, square / n - sum / n * (sum / n))) : 0;
	return deviation > 0 && isfinite(deviation) ? deviation : fabs(pivot) > 0 ? fabs(pivot) : 1;
}

void edit_units(const struct dataset *d, double *unit)
{
	int64_t own = perturb_derives(d) ? d->n_source : d->C, most = UNIT_POINTS / (d->T * own);
	int64_t windows = d->n < UNIT_WINDOWS ? d->n : UNIT_WINDOWS;
	float *x = xcalloc((size_t)d->T + 1, sizeof *x);
	windows = windows > most ? most : windows;
	for (int64_t c = 0; c < own; c++)
		unit[c] = unit_of(d, c, windows > 0 ? windows : 1, x);
	free(x);
}
