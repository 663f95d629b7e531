#include "ui/parts/methods.h"

#include <math.h>
#include "core/analysis/doubts.h"
#include "ui/state/format.h"

enum { FIFTHS = 5 };

bool methods_there(const struct ui *u, int i)
{
	return u->scene.method[i].map && !u->scene.method[i].stale;
}

/* The share of a fifth of the window in map i. */
static double fifth_share(const struct ui *u, int i, int64_t part)
{
	const struct method_map *q = &u->scene.method[i];
	int64_t T = u->s.m->T, C = u->s.m->C;
	double sum = 0, all = 0;
	for (int64_t t = 0; t < T; t++)
		for (int64_t ch = 0; ch < C; ch++) {
			double v = fabs((double)q->map[t * C + ch]);
			all += v;
			sum += t * FIFTHS / T == part ? v : 0;
		}
	return all > 0 ? sum / all : 0;
}

/* Maps that are the same for all channels say nothing about the channels, and those that are zero say nothing about
 * where saliency lies. */
static bool compared(const struct ui *u, int i, bool by_time)
{
	return (by_time || !saliency_methods[i].channels_alike) &&
	       !(methods_there(u, i) && !(u->scene.method[i].max > 0));
}

struct methods_verdict methods_compare(const struct ui *u, bool by_time)
{
	struct methods_verdict v = { .part = -1, .by_time = by_time || u->s.m->C == 1 };
	int64_t parts = v.by_time ? FIFTHS : u->s.m->C;
	double top = -1;
	for (int i = 0; i < u->scene.n_method; i++) {
		v.of += compared(u, i, v.by_time);
		v.done += compared(u, i, v.by_time) && methods_there(u, i);
	}
	for (int64_t part = 0; part < parts; part++) {
		struct methods_verdict w = v;
		double sum = 0;
		w.part = part;
		w.low = 2;
		w.high = -1;
		for (int i = 0; i < u->scene.n_method; i++) {
			if (!compared(u, i, v.by_time) || !methods_there(u, i))
				continue;
			double share = v.by_time ? fifth_share(u, i, part) : u->scene.method[i].share[part];
			sum += share;
			w.least = share < w.low ? i : w.least;
			w.low = fmin(w.low, share);
			w.most = share > w.high ? i : w.most;
			w.high = fmax(w.high, share);
		}
		w.disagree = w.high - w.low > METHODS_APART;
		bool more = w.disagree ? !v.disagree || w.high - w.low > v.high - v.low : !v.disagree && sum > top;
		if (more)
			v = w;
		top = fmax(top, sum);
	}
	return v;
}

const char *methods_part(const struct ui *u, const struct methods_verdict *v, char *buf, size_t size)
{
	int64_t T = u->s.m->T;
	if (!v->by_time)
		return channel_name(u, v->part, buf, size);
	snprintf(buf, size, "steps %lld to %lld", (long long)((v->part * T + FIFTHS - 1) / FIFTHS),
	         (long long)(((v->part + 1) * T + FIFTHS - 1) / FIFTHS - 1));
	return buf;
}

const char *methods_sentence(const struct ui *u, char *buf, size_t size)
{
	struct methods_verdict v = methods_compare(u, false);
	char name[64], so_far[48] = "";
	*buf = '\0';
	if (v.done < v.of)
		snprintf(so_far, sizeof so_far, "   (%d of %d methods so far)", v.done, v.of);
	if (v.done < 2)
		return buf;
	methods_part(u, &v, name, sizeof name);
	if (v.disagree)
		snprintf(buf, size, "%s: %s %.0f %%   %s: %s %.0f %%   they disagree: do not conclude from one%s",
		         saliency_methods[v.most].name, name, 100 * v.high, saliency_methods[v.least].name, name,
		         100 * v.low, so_far);
	else
		snprintf(buf, size, "%d methods agree: %s %.0f to %.0f %%%s", v.done, name, 100 * v.low, 100 * v.high,
		         so_far);
	return buf;
}

/* ---- doubts ---- */

static const double SUM_GOOD = 0.01; /* the measure `residual` of core/truth: above it the sum is not the change */

/* The method that promises to add up and is farthest from it; -1: none is too far. A method that draws random numbers
 * adds up on average only, which its own note says. */
static int worst_sum(const struct ui *u)
{
	int worst = -1;
	for (int i = 0; i < u->scene.n_method; i++) {
		double off = u->scene.method[i].note.residual;
		if (methods_there(u, i) && !saliency_methods[i].random && off > SUM_GOOD &&
		    (worst < 0 || off > u->scene.method[worst].note.residual))
			worst = i;
	}
	return worst;
}

static void say_sum(const struct ui *u, char *buf, size_t size)
{
	int i = worst_sum(u);
	if (i >= 0)
		snprintf(buf, size,
		         "The map of %s should add up to the change of the output from its baseline, and is off by "
		         "%.2g %%. Its numbers are no shares of the output.",
		         saliency_methods[i].label, 100 * u->scene.method[i].note.residual);
}

static void say_saturated(const struct ui *u, const struct doubts *d, char *buf, size_t size)
{
	char target[TARGET_TEXT];
	target_format(&u->s.q.target, u->s.m, target, sizeof target);
	if (doubts_saturated(d))
		snprintf(buf, size,
		         "The output is saturated: its class has probability %.4f, and the target (%s) hardly changes "
		         "with the input. Maps by gradients show little but rounding here; the target class explains "
		         "the class before the last function.",
		         d->certainty, target);
}

static void say_tie(const struct doubts *d, char *buf, size_t size)
{
	int64_t n = d->kinks.maxpool_nonzero_ties;
	if (doubts_tie(d))
		snprintf(buf, size,
		         "In %lld place%s of a max-pooling the two largest values are equal. The gradient goes to the "
		         "first of them and could as well go to the other, so a map may be shifted there.",
		         (long long)n, n == 1 ? "" : "s");
}

static void say_kink(const struct doubts *d, char *buf, size_t size)
{
	bool relu = d->kinks.relu_min_abs < DOUBT_NEAR;
	if (doubts_kink(d))
		snprintf(buf, size,
		         "%s by only %.1e. Rounding decides on which side it is, so another program may have other "
		         "gradients there.",
		         relu ? "The input of a relu differs from 0" : "The two largest values of a max-pooling differ",
		         relu ? d->kinks.relu_min_abs : d->kinks.maxpool_min_gap);
}

const char *doubt_sentence(const struct ui *u, enum ui_doubt which, char *buf, size_t size)
{
	const struct answer *r = u->scene.doubts;
	*buf = '\0';
	if (which == UI_DOUBT_SUM)
		say_sum(u, buf, size);
	else if (r && which == UI_DOUBT_SATURATED)
		say_saturated(u, &r->doubts, buf, size);
	else if (r && which == UI_DOUBT_TIE)
		say_tie(&r->doubts, buf, size);
	else if (r && which == UI_DOUBT_KINK)
		say_kink(&r->doubts, buf, size);
	return buf;
}

const char *doubts_sign(const struct ui *u, char *buf, size_t size)
{
	static const char *const words[UI_DOUBTS] = { "sum", "saturated", "tie", "kink" };
	char sentence[400];
	size_t n = 0;
	*buf = '\0';
	for (int k = 0; k < UI_DOUBTS; k++)
		if (*doubt_sentence(u, (enum ui_doubt)k, sentence, sizeof sentence) && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "", words[k]);
	return buf;
}
