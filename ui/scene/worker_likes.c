/* What a filter likes: inputs for which it is as active as it can be, each from another start (core/whatif/invert.h).
 */
#include <stdlib.h>
#include <string.h>
#include "core/whatif/invert.h"
#include "ui/scene/worker_state.h"

enum { LIKES_ITERATIONS = 200, LIKES_WINDOWS = 2000 };

/* Windows spread evenly over the data: deviations and ranges are theirs, and real windows are looked for among them. */
struct likes {
	struct dataset some;
	int64_t *window; /* [some.n] their numbers in the data */
	struct channel_spread spread;
};

static struct likes *likes_new(const struct dataset *d)
{
	struct likes *q = xcalloc(1, sizeof *q);
	int64_t n = d->n < LIKES_WINDOWS ? d->n : LIKES_WINDOWS;
	q->window = xcalloc((size_t)n + 1, sizeof *q->window);
	for (int64_t i = 0; i < n; i++)
		q->window[i] = i * d->n / n;
	dataset_pick(&q->some, d, n, q->window);
	channel_spread_make(&q->spread, &q->some);
	return q;
}

void likes_free(struct likes *q)
{
	if (!q)
		return;
	channel_spread_release(&q->spread);
	dataset_release(&q->some);
	free(q->window);
	free(q);
}

static bool stop(void *ctx)
{
	return worker_interrupted(ctx);
}

bool answer_likes(struct worker *w, struct answer *r)
{
	struct inversion found;
	struct err e;
	if (!w->likes)
		w->likes = likes_new(w->d);
	struct invert_job j = { .m = w->m,
		                .d = &w->likes->some,
		                .spread = &w->likes->spread,
		                .task = w->m->task,
		                .wish = INVERT_FILTER,
		                .layer = r->ask.layer,
		                .filter = r->ask.filter,
		                .from = r->ask.method ? INVERT_NOISE : INVERT_ZERO,
		                .seed = (uint64_t)r->ask.method,
		                .clip = true,
		                .iterations = LIKES_ITERATIONS,
		                .rate = INVERT_RATE,
		                .cycles = (double)w->m->T / 8, /* without a limit it is noise */
		                .ctx = w,
		                .stop = stop };
	int bad = w->likes->some.n ? invert_run(&j, &found, &e) : 1;
	bool stopped = !bad && found.stopped;
	if (!bad && !stopped) {
		r->input = answer_copy(found.x, (size_t)(w->m->T * w->m->C), sizeof *r->input);
		r->target = found.reached[1];
		r->look = xcalloc(2 * (size_t)w->m->C + 1, sizeof *r->look);
		for (int64_t c = 0; c < w->m->C; c++) {
			r->look[2 * c] = (double)w->likes->spread.low[c];
			r->look[2 * c + 1] = (double)w->likes->spread.high[c];
		}
		r->n = found.n_near > 0;
		if (r->n)
			r->top[0] = (struct top_window){ .window = w->likes->window[found.nearest[0].window],
				                         .value = found.nearest[0].distance };
	}
	if (w->likes->some.n)
		inversion_release(&found);
	return !stopped;
}
