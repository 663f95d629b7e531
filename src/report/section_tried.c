/* What was tried: the session's marks, its variants of the network and its edited windows, with what they do to the
 * prediction. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/report/report.h"
#include "src/session/session_bind.h"
#include "src/session/session_text.h"

static void set_text(const struct review_set *s, char *buf, size_t size)
{
	enum { SHOWN = 24 };
	*buf = '\0';
	for (int i = 0; i < s->n && i < SHOWN; i++)
		if (i && !strcmp(s->filter[i].layer, s->filter[i - 1].layer))
			text_add(buf, size, " #%lld", (long long)s->filter[i].filter);
		else
			text_add(buf, size, "%s%s #%lld", i ? ", " : "", s->filter[i].layer,
			         (long long)s->filter[i].filter);
	if (s->n > SHOWN)
		text_add(buf, size, " and %d more", s->n - SHOWN);
}

/* The filters of a set that this model has. Returns how many it has not. */
static int filters_of(const struct model *m, const struct review_set *from, struct filter_set *to)
{
	int lost = 0;
	for (int i = 0; i < from->n; i++) {
		int layer = model_find_layer(m, from->filter[i].layer);
		if (layer < 0 || from->filter[i].filter >= m->layer[layer].filters)
			lost++;
		else
			filter_set_put(to, layer, from->filter[i].filter, true);
	}
	return lost;
}

/* The outputs of a window, or of its edited version if there is one, with these filters off (outputs). */
static void outputs_with(const struct report *r, int64_t window, const struct edited *edited,
                         const struct filter_set *off, real *out)
{
	const struct loaded *l = &r->b.l;
	struct question q = { 0 };
	struct analysis *a = analysis_new(l->model);
	question_copy(&q, &l->q);
	q.window = window;
	question_edit(&q, edited);
	filter_set_copy(&q.off, off);
	analysis_data(a, &l->data);
	analysis_ask(a, &q);
	memcpy(out, analysis_output(a), (size_t)l->model->outputs * sizeof *out);
	analysis_free(a);
	question_release(&q);
}

/* "class 'anomaly', 0.93", or the first output in the units of the data. */
static void said(const struct report *r, int64_t window, const real *out, char *buf, size_t size)
{
	const struct loaded *l = &r->b.l;
	char name[64];
	if (l->q.task == TASK_CLASSIFICATION) {
		int k = model_class(l->model, out);
		snprintf(buf, size, "'%s' %.3f", report_class(r, k, name, sizeof name),
		         model_class_probability(l->model, out, k));
	} else {
		snprintf(buf, size, "%.6g", dataset_unscale(&l->data, window, 0, (double)out[0]));
	}
}

static void variant(struct report *r, struct doc *d, struct doc_table **t, const char *what,
                    const struct review_question *q)
{
	const struct loaded *l = &r->b.l;
	struct filter_set off = { 0 }, none = { 0 };
	char text[1024], window[128], intact[128], changed[128];
	bool there;
	const struct edited *edited = NULL;
	if (!q->off.n || !l->has_data || l->data.n < 1)
		return;
	int lost = filters_of(l->model, &q->off, &off);
	int64_t i = session_window_of(&l->data, &q->window, &there);
	const struct review_edit *e = *q->edited ? review_find_edit(&r->session, q->edited) : NULL;
	if (e)
		edited = session_edited(&l->data, e);
	if (edited)
		i = edited->window;
	real *a = xcalloc((size_t)l->model->outputs * 2, sizeof *a), *b = a + l->model->outputs;
	outputs_with(r, i, edited, &none, a);
	outputs_with(r, i, edited, &off, b);
	*t = *t ? *t
	        : doc_table(d, "Variants: filters that were switched off",
	                    "what|filters off|window|>intact says|>with these off");
	set_text(&q->off, text, sizeof text);
	said(r, i, a, intact, sizeof intact);
	said(r, i, b, changed, sizeof changed);
	doc_cell(d, *t, "%s", what);
	doc_cell(d, *t, "%s", text);
	doc_cell(d, *t, "%s%s%s", report_window(r, i, window, sizeof window), edited ? ", edited" : "",
	         there ? "" : ", for one that is not in these data");
	doc_cell(d, *t, "%s", intact);
	doc_cell(d, *t, "%s", changed);
	if (lost)
		report_limit(r, "What was tried: %d filters that were off are not in this model.", lost);
	free(a);
	edited_drop(edited);
	filter_set_release(&off);
}

/* "torque: 5 values in steps 3 to 9, by up to -2.5": for each channel, how many values differ from the file, and the
 * largest difference. */
static void changes_text(const struct report *r, const struct edited *e, char *buf, size_t size)
{
	struct edited *file = edited_new(&r->b.l.data, e->window);
	*buf = '\0';
	for (int64_t c = 0; c < e->own; c++) {
		int64_t n = 0, first = 0, last = 0;
		double most = 0;
		for (int64_t t = 0; t < e->T; t++) {
			double by = (double)e->raw[t * e->own + c] - (double)file->raw[t * e->own + c];
			if (by == 0)
				continue;
			first = n++ ? first : t;
			last = t;
			most = fabs(by) > fabs(most) ? by : most;
		}
		if (n)
			text_add(buf, size, "%s%s: %lld value%s in step%s %lld", *buf ? "; " : "",
			         r->b.l.data.channel[c], (long long)n, n == 1 ? "" : "s", last > first ? "s" : "",
			         (long long)first);
		if (n && last > first)
			text_add(buf, size, " to %lld", (long long)last);
		if (n)
			text_add(buf, size, ", by up to %+.6g", most);
	}
	if (!*buf)
		text_add(buf, size, "nothing");
	edited_drop(file);
}

static void edited_row(const struct report *r, struct doc *d, struct doc_table *t, const struct review_edit *from,
                       const struct edited *e)
{
	const struct filter_set none = { 0 };
	char text[1024], window[128], before[128], after[128];
	real *a = xcalloc((size_t)r->b.l.model->outputs * 2, sizeof *a), *b = a + r->b.l.model->outputs;
	outputs_with(r, e->window, NULL, &none, a);
	outputs_with(r, e->window, e, &none, b);
	said(r, e->window, a, before, sizeof before);
	said(r, e->window, b, after, sizeof after);
	changes_text(r, e, text, sizeof text);
	doc_cell(d, t, "%s", report_window(r, e->window, window, sizeof window));
	doc_cell(d, t, "%s", text);
	doc_cell(d, t, "%s%s", *from->note ? from->note : "edited by hand",
	         from->present ? "" : ", as a note or a pin has it");
	doc_cell(d, t, "%s", before);
	doc_cell(d, t, "%s", after);
	free(a);
}

/* Windows whose values the reviewer changed, and what the whole network says of them. */
static void edited_windows(struct report *r, struct doc *d)
{
	const struct review *s = &r->session;
	const struct loaded *l = &r->b.l;
	struct doc_table *t = NULL;
	int lost = 0, shown = 0;
	if (!l->has_data || l->data.n < 1)
		return;
	for (int i = 0; i < s->n_edit; i++) {
		const struct edited *e = session_edited(&l->data, &s->edit[i]);
		lost += !e;
		if (e && shown++ < REPORT_ROWS) {
			t = t ? t
			      : doc_table(d,
			                  "Edited windows: values in the units of the data, and what the whole network "
			                  "says",
			                  "window|what was changed|how|>as in the file|>edited");
			edited_row(r, d, t, &s->edit[i], e);
		}
		edited_drop(e);
	}
	if (t)
		doc_left_out(d, t, shown, "edited windows");
	if (lost)
		report_limit(r, "What was tried: %d edited window%s of the session %s no place in these data.", lost,
		             lost == 1 ? "" : "s", lost == 1 ? "has" : "have");
}

void section_tried(struct report *r, struct doc *d)
{
	const struct review *s = &r->session;
	char text[1024];
	if (!r->has_session) {
		report_nothing(
		        r,
		        "there is no session; `tsviz MODEL DATA --session FILE` keeps one, and `--session FILE` here "
		        "shows it");
		return;
	}
	session_counts(s, text, sizeof text);
	doc_say(d, "The session%s%s has %s.", *s->saved ? ", kept last at " : "", s->saved,
	        *text ? text : "no marks, pins or notes");
	if (s->marks.n) {
		set_text(&s->marks, text, sizeof text);
		doc_say(d, "Marked filters: %s.", text);
	}
	struct doc_table *t = NULL;
	variant(r, d, &t, "in force", &s->question);
	for (int i = 0; i < s->n_pin; i++)
		variant(r, d, &t, "pinned", &s->pin[i]);
	edited_windows(r, d);
	if (r->b.l.q.task != TASK_CLASSIFICATION && r->b.l.model->outputs > 1 && d->block[d->n - 1].kind == BLOCK_TABLE)
		doc_say(d, "Of several outputs the first one is given.");
	if (*s->smaller)
		doc_say(d, "A smaller network was compared with: the command of the browser is `%s`.", s->smaller);
	report_limit(
	        r,
	        "Attacks, and the figures of smaller networks and counterfactuals, are not part of a session: `tsviz "
	        "attack`, `tsviz prune` and `tsviz counterfactual` measure them.");
}
