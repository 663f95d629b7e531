#include "ui/parts/methods.h"

#include <math.h>
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
