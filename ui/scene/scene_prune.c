#include "ui/scene/scene_prune.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void start(struct scene_prune *p, struct worker *w, const struct session *s, const struct filter_set *marks,
                  double ratio)
{
	p->going = true;
	p->curve = !marks->n && isnan(ratio);
	p->done = p->total = 0;
	p->said[0] = '\0';
	pruned_free(p->fresh);
	p->fresh = NULL;
	worker_prune(w, &s->q, marks, ratio, ++p->number);
}

static bool is_kept(const struct scene_prune *p, const struct pruned *q)
{
	for (int i = 0; i < p->n_kept; i++)
		if (p->kept[i] == q)
			return true;
	return false;
}

/* Points that are kept belong to those. */
static void curve_forget(struct scene_prune *p)
{
	for (int i = 0; i < p->n_point; i++)
		if (!is_kept(p, p->point[i]))
			pruned_free(p->point[i]);
	p->n_point = 0;
	p->drawn = false;
}

void prune_start(struct scene_prune *p, struct worker *w, const struct session *s, const struct filter_set *marks,
                 double ratio)
{
	/* a curve that is not complete is begun again when it is looked at */
	if (p->n_point < CURVE_POINTS)
		curve_forget(p);
	start(p, w, s, marks, ratio);
}

void prune_curve(struct scene_prune *p, struct worker *w, const struct session *s)
{
	const struct filter_set none = { 0 };
	if (!w || (p->going && !p->curve) || (p->drawn && target_equal(&p->target, &s->q.target)))
		return;
	curve_forget(p);
	p->drawn = true;
	p->why[0] = '\0';
	p->target = s->q.target;
	start(p, w, s, &none, (double)NAN);
}

bool prune_stop(struct scene_prune *p, struct worker *w)
{
	if (!p->going)
		return false;
	p->going = false;
	p->number++; /* what is on its way is of no use */
	worker_prune_stop(w);
	return true;
}

bool prune_place(struct scene_prune *p, struct answer *r)
{
	bool wanted = r->total > 0 && r->ask.time == p->number && p->going;
	if (wanted) {
		p->done = r->done;
		p->total = r->total;
		p->going = r->done < r->total;
	}
	if (wanted && r->pruned && !r->pruned->m) {
		memcpy(p->curve ? p->why : p->said, r->pruned->said, sizeof p->said);
	} else if (wanted && r->pruned && r->pruned->curve && p->n_point < CURVE_POINTS) {
		p->point[p->n_point++] = r->pruned;
		r->pruned = NULL;
	} else if (wanted && r->pruned) {
		p->fresh = r->pruned;
		r->pruned = NULL;
	} else if (wanted && !p->going && !p->curve) {
		snprintf(p->said, sizeof p->said, "prune: the system gives no thread to work in");
	}
	answer_free(r);
	return wanted;
}

static void make_room(struct scene_prune *p, struct worker *w, bool (*in_use)(const void *ctx, const struct pruned *q),
                      const void *ctx)
{
	for (int i = 0; p->n_kept == PRUNED_MOST && i < p->n_kept; i++) {
		struct pruned *q = p->kept[i];
		bool point = false;
		for (int k = 0; k < p->n_point; k++)
			point |= p->point[k] == q;
		if (in_use(ctx, q))
			continue;
		memmove(p->kept + i, p->kept + i + 1, (size_t)(--p->n_kept - i) * sizeof(struct pruned *));
		worker_leave(w, &q->beside);
		if (!point)
			pruned_free(q);
	}
}

void prune_keep(struct scene_prune *p, struct worker *w, struct pruned *q,
                bool (*in_use)(const void *ctx, const struct pruned *q), const void *ctx)
{
	if (p->fresh == q)
		p->fresh = NULL;
	if (is_kept(p, q))
		return;
	make_room(p, w, in_use, ctx);
	p->kept[p->n_kept++] = q;
}

void prune_forget(struct scene_prune *p)
{
	curve_forget(p);
	pruned_free(p->fresh);
	for (int i = 0; i < p->n_kept; i++)
		pruned_free(p->kept[i]);
	*p = (struct scene_prune){ 0 };
}
