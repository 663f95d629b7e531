/* The record in memory: what is kept of it, and what the view of it does, beside the rows that `scan` writes. */
#include <math.h>
#include "core/record/record_live.h"
#include "tests/unit/world.h"

/* All rows, as scan has them. */
struct scanned {
	struct record_plan plan;
	double *v; /* (steps, width) */
};

static bool keep(void *ctx, int64_t step, const double *row)
{
	struct scanned *r = ctx;
	memcpy(r->v + step * r->plan.width, row, (size_t)r->plan.width * sizeof *row);
	return true;
}

static void rows_make(struct scanned *r, const struct world *w, const struct question *q)
{
	record_plan_init(&r->plan, w->m, &w->d, q->task);
	r->v = xcalloc((size_t)(r->plan.steps * r->plan.width), sizeof *r->v);
	struct record_team *t = record_team_new(&r->plan, q, 2);
	record_steps(&r->plan, t, true, 0, r->plan.steps, keep, r);
	record_team_free(t);
}

static void rows_release(struct scanned *r)
{
	record_plan_release(&r->plan);
	free(r->v);
}

static bool same(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-6 * (fabs(b) + 1e-3);
}

START_TEST(the_pyramid_has_the_extremes_of_any_stretch)
{
	/* long enough for three levels */
	enum { N = 64 * 8 * 9 + 5 };
	struct world w;
	world_make(&w);
	struct record_plan p;
	record_plan_init(&p, w.m, &w.d, TASK_REGRESSION);
	double *raw = xcalloc(N, sizeof *raw), *was = w.d.raw[0], *was1 = w.d.raw[1];
	struct rng rng;
	rng_init(&rng, 1);
	for (int i = 0; i < N; i++)
		raw[i] = rng_normal(&rng);
	w.d.raw[0] = w.d.raw[1] = raw;
	p.steps = N;
	struct pyramid *q = pyramid_new(&p);
	ck_assert_int_eq(pyramid_columns(q), 2);
	for (int k = 0; k < 2000; k++) {
		int64_t a = rng_below(&rng, N), b = a + 1 + rng_below(&rng, k % 3 ? N - a : 70 < N - a ? 70 : N - a);
		float lo, hi, low = INFINITY, high = -INFINITY;
		pyramid_range(q, 1, a, b, &lo, &hi);
		for (int64_t i = a; i < b; i++) {
			low = fminf(low, (float)raw[i]);
			high = fmaxf(high, (float)raw[i]);
		}
		ck_assert_msg(lo >= low && lo <= low && hi >= high && hi <= high, "steps %d to %d", (int)a, (int)b);
	}
	pyramid_free(q);
	w.d.raw[0] = was;
	w.d.raw[1] = was1;
	free(raw);
	record_plan_release(&p);
	world_release(&w);
}
END_TEST

/* A record that is worked out piece by piece comes to the rows of scan, whatever is looked at meanwhile. */
START_TEST(a_live_record_comes_to_the_rows_of_scan)
{
	struct world w;
	struct scanned r = { 0 };
	world_make(&w);
	const struct question *q = &w.u.s.q;
	rows_make(&r, &w, q);
	const struct record_plan *p = &r.plan;
	struct record_live *live = record_live_new(w.m, &w.d, q);
	struct record_picture *v = NULL;
	record_live_look(live, 0, p->steps, (int)p->steps);
	v = record_live_picture(live);
	ck_assert(!v->complete && v->done == 0 && v->known[0] == 0 && v->input_hi[3] >= v->input_lo[3]);
	for (int i = 0; record_live_step(live); i++)
		record_live_look(live, i % 7, p->steps - i % 9, 5);
	record_picture_free(v);
	record_live_look(live, 0, p->steps, (int)p->steps);
	v = record_live_picture(live);
	ck_assert(v->complete && v->done == v->total && v->n == p->steps);
	for (int64_t t = 0; t < p->steps; t++) {
		const double *row = r.v + t * p->width;
		ck_assert_int_eq(v->known[t], 2);
		for (int k = 0; k < p->columns; k++) {
			int64_t at = k * v->n + t;
			ck_assert(same((double)v->predicted_lo[at], row[p->prediction + k]) &&
			          same((double)v->predicted_hi[at], row[p->prediction + k]));
			ck_assert(same((double)v->truth_hi[at], row[p->truth + k]));
		}
		ck_assert(same((double)v->error[t], row[p->error]));
		for (int c = 0; c < p->channels; c++)
			ck_assert(same((double)v->saliency[c * v->n + t], row[p->saliency + c]));
	}
	record_picture_free(v);
	/* a column of several steps: extremes, largest error, mean saliency */
	record_live_look(live, 20, 30, 3);
	v = record_live_picture(live);
	for (int x = 0; x < 3; x++) {
		double error = -INFINITY, hi = -INFINITY, sum = 0;
		for (int64_t t = 20 + 10 * x; t < 30 + 10 * x; t++) {
			error = fmax(error, r.v[t * p->width + p->error]);
			hi = fmax(hi, r.v[t * p->width + p->prediction]);
			sum += r.v[t * p->width + p->saliency] / 10;
		}
		ck_assert(same((double)v->error[x], isfinite(error) ? error : (double)NAN) &&
		          same((double)v->predicted_hi[x], isfinite(hi) ? hi : (double)NAN) &&
		          same((double)v->saliency[x], sum));
	}
	record_picture_free(v);
	record_live_free(live);
	rows_release(&r);
	world_release(&w);
}
END_TEST

static const struct record_picture *picture(const struct ui *u)
{
	return u->scene.record->record;
}

START_TEST(keys_go_to_events_and_zoom_to_single_steps)
{
	struct world w;
	struct scanned r = { 0 };
	world_make(&w);
	struct ui *u = &w.u;
	ui_resize(u, 80, 24);
	press(u, "8");
	rows_make(&r, &w, &u->s.q);
	const struct record_plan *p = &r.plan;
	ck_assert_int_eq(picture(u)->steps, p->steps);
	/* the steps whose prediction is above 1, one after the other */
	press(u, "[ [ [ [ [ [ & p r e d i c t i o n > 1 enter");
	ck_assert(u->s.q.window == 0 && picture(u)->n_event > 1);
	int stops = 0;
	for (int64_t before = -1; u->s.q.window > before; stops++) {
		before = u->s.q.window;
		press(u, ")");
		if (u->s.q.window == before)
			break;
		int64_t step = dataset_start(&w.d, u->s.q.window) + p->at[0];
		bool saliency = strstr(u->message, "saliency") != NULL;
		ck_assert_msg(saliency || r.v[step * p->width + p->prediction] > 1, "%s: step %d", u->message,
		              (int)step);
	}
	ck_assert_int_gt(stops, 1);
	int back = 0;
	for (int64_t before = INT64_MAX; u->s.q.window < before; back++) {
		before = u->s.q.window;
		press(u, "(");
	}
	ck_assert_int_ge(back, stops - 1);
	/* every < halves the steps around the window, down to few, and 0 shows all again */
	int64_t steps = p->steps;
	for (int i = 0; i < 8; i++) {
		press(u, "<");
		int64_t now = picture(u)->steps, at = dataset_start(&w.d, u->s.q.window) + w.m->T / 2;
		ck_assert(now <= (steps + 1) / 2 || now == VIEWPORT_LEAST);
		ck_assert(picture(u)->first <= at && picture(u)->first + now > at);
		steps = now;
	}
	ck_assert_int_eq(steps, VIEWPORT_LEAST);
	press(u, "]");
	ck_assert(picture(u)->first + picture(u)->steps > dataset_start(&w.d, u->s.q.window));
	press(u, "0");
	ck_assert_int_eq(picture(u)->steps, p->steps);
	/* Enter opens the window at level 1 */
	int64_t window = u->s.q.window;
	press(u, "enter");
	ck_assert(u->s.view == VIEW_NETWORK && u->s.q.window == window);
	rows_release(&r);
	world_release(&w);
}
END_TEST

/* Another target: the saliency changes and the predictions do not; a filter that is off: both do. */
START_TEST(the_record_answers_the_question_in_force)
{
	struct world w;
	world_make(&w);
	struct ui *u = &w.u;
	press(u, "8");
	const struct record_picture *q = picture(u);
	double saliency = (double)q->saliency[q->n / 2], predicted = (double)q->predicted_hi[q->n - 1];
	press(u, "m");
	q = picture(u);
	ck_assert(!same((double)q->saliency[q->n / 2], saliency) && same((double)q->predicted_hi[q->n - 1], predicted));
	press(u, "2 x x 2 x 8");
	q = picture(u);
	ck_assert(!same((double)q->predicted_hi[q->n - 1], predicted));
	world_release(&w);
}
END_TEST

UNIT_MAIN("record", the_pyramid_has_the_extremes_of_any_stretch, a_live_record_comes_to_the_rows_of_scan,
          keys_go_to_events_and_zoom_to_single_steps, the_record_answers_the_question_in_force)
