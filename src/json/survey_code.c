#include "src/json/survey_code.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"

#define COUNT_MOST ((int64_t)1 << 53)

/* ---- numbers ---- */

static void blanks(struct code *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

/* A whole number from least to most. */
static void whole(struct code *c, int64_t *v, int64_t least, int64_t most)
{
	if (c->to) {
		fprintf(c->to, "%lld ", (long long)*v);
		return;
	}
	blanks(c);
	int64_t n = 0;
	bool minus = c->at < c->end && *c->at == '-';
	const char *first = c->at += minus;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - first < 17; c->at++)
		n = n * 10 + (*c->at - '0');
	n = minus ? -n : n;
	bool ends = c->at == c->end || *c->at == ' ';
	if (c->at == first || !ends || n < least || n > most) {
		c->bad = true;
		c->at = c->end;
		n = least;
	}
	*v = n;
}

static void count(struct code *c, int64_t *v)
{
	whole(c, v, 0, COUNT_MOST);
}

static void small(struct code *c, int *v, int least, int most)
{
	int64_t n = *v;
	whole(c, &n, least, most);
	*v = (int)n;
}

/* A finite number. */
static void number(struct code *c, double *v, int digits)
{
	if (c->to) {
		char text[NUMBER_TEXT];
		fwrite(text, 1, number_write(text, *v, digits), c->to);
		fputc(' ', c->to);
		return;
	}
	blanks(c);
	const char *next = number_begin(c->at, c->end, '.', v);
	if (!next || (next < c->end && *next != ' ')) {
		c->bad = true;
		*v = 0;
		next = c->end;
	}
	c->at = next;
}

static void wide(struct code *c, double *v)
{
	number(c, v, 17);
}

/* A number, or infinity, or NaN. */
static void any(struct code *c, double *v)
{
	static const char *const words[] = { "nan", "inf", "-inf" };
	const double values[] = { NAN, INFINITY, -INFINITY };
	blanks(c);
	for (int i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);
		if (c->to && (i ? *v == values[i] : isnan(*v))) {
			fprintf(c->to, "%s ", words[i]);
			return;
		}
		if (!c->to && (size_t)(c->end - c->at) >= n && !memcmp(c->at, words[i], n)) {
			*v = values[i];
			c->at += n;
			return;
		}
	}
	wide(c, v);
}

/* ---- what is counted ---- */

static void spread(struct code *c, struct spread *s)
{
	count(c, &s->n);
	count(c, &s->zero);
	count(c, &s->nan);
	count(c, &s->inf);
	wide(c, &s->min);
	wide(c, &s->max);
	wide(c, &s->mean);
	wide(c, &s->m2);
}

static void tally(struct code *c, struct tally *t)
{
	any(c, &t->square);
	any(c, &t->size);
	any(c, &t->mape);
	any(c, &t->smape);
	count(c, &t->n);
}

static void axis(struct code *c, struct axis_errors *a)
{
	for (int64_t i = 0; i < 4 * a->n; i++)
		any(c, &a->mse[i]);
}

static void steps(struct code *c, struct error_sums *s)
{
	const struct error_shape *h = &c->plan->error_shape;
	count(c, &s->n_unclear);
	for (int64_t t = 0; t < h->steps; t++) {
		count(c, &s->one_step[t].known), count(c, &s->one_step[t].right);
		count(c, &s->each_step[t].known), count(c, &s->each_step[t].right);
	}
	for (int64_t k = 0; k < h->K; k++)
		count(c, &s->each[k].hit), count(c, &s->each[k].said), count(c, &s->each[k].truth);
}

static void errors(struct code *c, struct error_sums *s)
{
	const struct error_shape *h = &c->plan->error_shape;
	tally(c, &s->model);
	tally(c, &s->model_raw);
	tally(c, &s->last);
	tally(c, &s->last_raw);
	count(c, &s->n_axis);
	axis(c, &s->step);
	axis(c, &s->channel);
	count(c, &s->n_bad);
	for (int64_t i = 0; i < h->K * h->K; i++)
		count(c, &s->confusion[i]);
	if (h->task == TASK_SEGMENTATION)
		steps(c, s);
}

void code_network(struct code *c, struct survey_part *q)
{
	const struct survey_plan *p = c->plan;
	count(c, &q->not_finite);
	count(c, &q->maps);
	count(c, &q->ablations);
	if (p->errors)
		errors(c, &q->errors);
	for (int64_t k = 0; k < p->classes; k++)
		count(c, &q->predicted[k]);
	for (int64_t i = 0; i < SURVEY_METHODS * p->C; i++)
		wide(c, &q->saliency_channel[i]);
	for (int64_t i = 0; i < SURVEY_METHODS * p->T; i++)
		wide(c, &q->saliency_step[i]);
}

static void scores(struct code *c, struct survey_part *q)
{
	struct error_sums *s = &q->errors;
	whole(c, &s->n_score, 0, q->windows);
	if (!c->to)
		error_scores_room(s, s->n_score);
	for (int64_t i = 0; i < s->n_score; i++) {
		wide(c, &s->score[i]);
		small(c, &s->score_class[i], -1, INT_MAX);
	}
}

void code_outputs(struct code *c, struct survey_part *q)
{
	for (int64_t k = 0; k < c->plan->outputs; k++)
		spread(c, &q->of_output[k]);
	for (int64_t i = 0; q->output && i < q->windows * c->plan->outputs; i++) {
		double v = (double)q->output[i];
		if (c->to && isfinite(v))
			number(c, &v, sizeof(real) == 4 ? 9 : 17);
		else
			any(c, &v);
		q->output[i] = (real)v;
	}
	if (c->plan->errors && c->plan->error_shape.scores)
		scores(c, q);
}

void code_moments(struct code *c, const struct survey_consumer *y, struct survey_moments *q)
{
	count(c, &q->n);
	count(c, &q->not_finite);
	count(c, &q->n_gradient);
	for (int64_t i = 0; i < consumer_numbers(y); i++)
		wide(c, &q->mean[i]);
	for (int64_t i = 0; i < consumer_pairs(y); i++)
		wide(c, &q->m2[i]);
	for (int64_t i = 0; i < y->outputs; i++)
		wide(c, &q->gradient[i]);
}

static void window(struct code *c, const struct survey_layer_plan *y, struct survey_window *w)
{
	whole(c, &w->window, c->part->from, c->part->from + c->part->windows - 1);
	whole(c, &w->time, 0, y->times - 1);
	wide(c, &w->value);
}

static void histogram(struct code *c, struct histogram *h)
{
	count(c, &h->zero);
	count(c, &h->tiny);
	count(c, &h->huge);
	for (int k = 0; k < 2; k++) {
		struct histogram_side *s = &h->side[k];
		int from = s->from, n = s->n;
		small(c, &from, 0, SURVEY_BUCKETS - 1);
		small(c, &n, 0, SURVEY_BUCKETS - from);
		if (!c->to && n)
			histogram_room(s, from, from + n);
		for (int i = 0; i < n; i++)
			count(c, &s->count[i]);
	}
}

/* Places without a window are left out. */
static void examples(struct code *c, const struct survey_layer_plan *y, struct survey_examples *x)
{
	int n = 0, key = 0, from = x->from, end = x->from + x->n;
	for (int i = 0; i < x->n; i++)
		n += x->at[i].window >= 0;
	small(c, &n, 0, 2 * SURVEY_SPREAD_KEYS + 1);
	small(c, &from, -SURVEY_SPREAD_KEYS, SURVEY_SPREAD_KEYS);
	small(c, &end, from, SURVEY_SPREAD_KEYS + 1);
	if (c->to) {
		for (int i = 0; i < x->n; i++)
			if (x->at[i].window >= 0) {
				key = x->from + i;
				small(c, &key, 0, 0);
				window(c, y, &x->at[i]);
			}
		return;
	}
	if (!c->bad && from < end)
		examples_room(x, from, end);
	for (int i = 0; i < n && !c->bad; i++) {
		struct survey_window w = { 0 };
		small(c, &key, from, end - 1);
		window(c, y, &w);
		if (!c->bad)
			x->at[key - x->from] = w;
	}
}

void code_filter(struct code *c, const struct survey_layer_plan *y, struct survey_filter *f)
{
	count(c, &f->windows);
	count(c, &f->alive);
	count(c, &f->active);
	spread(c, &f->activation);
	for (int k = 0; k < c->plan->n_measure; k++)
		for (int s = 0; s < 2; s++)
			spread(c, &f->importance[k][s]);
	for (int64_t i = 0; i < SURVEY_METHODS * c->plan->C; i++)
		wide(c, &f->channel[i]);
	small(c, &f->n_top, 0, SURVEY_TOP);
	for (int i = 0; i < f->n_top; i++)
		window(c, y, &f->top[i]);
	histogram(c, &f->histogram);
	examples(c, y, &f->examples);
}

bool code_done(const struct code *c)
{
	const char *at = c->at;
	while (at < c->end && *at == ' ')
		at++;
	return !c->bad && at == c->end;
}
