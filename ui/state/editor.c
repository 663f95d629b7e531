#include "ui/state/editor.h"

#include <math.h>
#include <stdlib.h>
#include "core/base/mem.h"
#include "core/data/perturb.h"

void editor_release(struct editor *e)
{
	edit_clip_release(&e->clip);
	free(e->unit);
	*e = (struct editor){ .channel = EDIT_ALL };
}

struct span editor_segment(const struct editor *e)
{
	int64_t a = e->selects ? e->anchor : e->at, b = e->at;
	return a < b ? (struct span){ a, b - a + 1 } : (struct span){ b, a - b + 1 };
}

void editor_select(struct editor *e, int64_t from, int64_t n)
{
	e->selects = true;
	e->anchor = from;
	e->at = from + n - 1;
}

int64_t editor_own(const struct session *s)
{
	return perturb_derives(s->d) ? s->d->n_source : s->d->C;
}

static int64_t within(int64_t v, int64_t n)
{
	return v < 0 ? 0 : v >= n ? n - 1 : v;
}

void editor_fit(struct editor *e, const struct session *s)
{
	int64_t steps = dataset_length(s->d, s->q.window), own = editor_own(s);
	e->at = within(e->at, steps);
	e->anchor = within(e->anchor, steps);
	e->channel = own == 1 ? 0 : e->channel >= own || e->channel < 0 ? EDIT_ALL : e->channel;
	if (e->unit)
		return;
	e->unit = xcalloc((size_t)own + 1, sizeof *e->unit);
	edit_units(s->d, e->unit);
}

const struct edited *editor_window(const struct session *s)
{
	return s->q.edited ? edited_hold(s->q.edited) : edited_new(s->d, s->q.window);
}

unsigned editor_apply(struct editor *e, struct session *s, struct edit step, struct err *err)
{
	struct span p = editor_segment(e);
	const struct edited *was = editor_window(s), *file = edited_new(s->d, s->q.window);
	step.from = p.from;
	step.n = p.n;
	step.channel = e->channel;
	step.unit = e->unit;
	step.clip = step.clip ? step.clip : &e->clip;
	step.seed = s->q.seed + e->draws;
	if (step.op == EDIT_PASTE && !e->selects)
		step.n = step.clip->n;
	struct edited *now = edit_apply(was, &step, s->d, err);
	unsigned changed = 0;
	e->draws += step.op == EDIT_NOISE;
	if (now)
		changed = session_edit(s, edited_equal(now, file) ? NULL : now);
	edited_drop(was);
	edited_drop(file);
	edited_drop(now);
	return changed;
}

/* The sum over the channels that an edit moves. */
static double size_at(const struct editor *e, const struct session *s, const real *map, int64_t t)
{
	int64_t C = s->m->C, own = editor_own(s);
	double sum = 0;
	for (int64_t c = 0; c < C; c++) {
		double v = fabs((double)map[t * C + c]);
		if ((e->channel == EDIT_ALL || c % own == e->channel) && isfinite(v))
			sum += v;
	}
	return sum;
}

int64_t editor_salient(const struct editor *e, const struct session *s, const real *map, int64_t n)
{
	int64_t steps = dataset_length(s->d, s->q.window), best = 0;
	double sum = 0, most = 0;
	for (int64_t t = 0; t < steps; t++) {
		sum += size_at(e, s, map, t);
		sum -= t >= n ? size_at(e, s, map, t - n) : 0;
		if (t == n - 1 || (t >= n && sum > most)) {
			most = sum;
			best = t - n + 1;
		}
	}
	return best;
}
