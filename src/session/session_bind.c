#include "src/session/session_bind.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/sha256.h"
#include "core/record/record_expr.h"

void session_layers(const struct model *m, char hash[])
{
	struct sha256 s;
	sha256_init(&s);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		const int64_t size[] = { l->filters, l->times, l->params };
		sha256_add(&s, l->name, strlen(l->name) + 1);
		sha256_add(&s, l->type, strlen(l->type) + 1);
		sha256_add(&s, size, sizeof size);
	}
	sha256_end(&s, hash);
}

/* ---- from the browser ---- */

static void take_window(struct review *r, struct review_window *w, const struct dataset *d, int64_t i)
{
	*w = (struct review_window){ i, -1, "" };
	if (!d || i < 0 || i >= d->n)
		return;
	w->row = dataset_row(d, i);
	w->group = review_text(r, dataset_group_name(d, i), REVIEW_NAME_MAX);
}

static void take_set(struct review *r, struct review_set *to, const struct filter_set *from, const struct model *m)
{
	for (int i = 0; i < from->n && i < REVIEW_FILTERS_MAX; i++)
		review_set_add(r, to, m->layer[from->id[i].layer].name, from->id[i].filter);
	review_set_sort(to);
}

/* So that -0 is not 0, and a missing value is itself. */
static bool same_bits(float a, float b)
{
	uint32_t x, y;
	memcpy(&x, &a, sizeof x);
	memcpy(&y, &b, sizeof y);
	return x == y;
}

/* Puts an edited window into the review: what differs from the file. Returns its id; "": it is of other data. */
static char *take_edit(struct review *r, const struct edited *e, const struct dataset *d, bool present)
{
	struct edited *file = d && e->window < d->n ? edited_new(d, e->window) : NULL;
	struct review_edit edit = { .present = present };
	char *id = "";
	int64_t values = e->T * e->own;
	for (int k = 0; k < r->n_edit; k++)
		for (int i = 0; i < r->edit[k].n_change; i++)
			values += r->edit[k].change[i].n;
	if (r->n_edit == REVIEW_EDITS_MAX || values > REVIEW_VALUES_MAX) {
		r->left_out++;
	} else if (file && file->T == e->T && file->own == e->own) {
		take_window(r, &edit.window, d, e->window);
		edit.note = review_text(r, e->note, REVIEW_NAME_MAX);
		edit.change = arena_alloc(&r->arena, (size_t)(e->T * e->own) + 1, sizeof *edit.change);
		for (int64_t c = 0; c < e->own; c++)
			for (int64_t t = 0; t < e->T; t++) {
				float v = e->raw[t * e->own + c];
				struct review_change *q = edit.n_change ? &edit.change[edit.n_change - 1] : NULL;
				if (same_bits(v, file->raw[t * e->own + c]))
					continue;
				if (!q || q->channel != c || q->from + q->n != t) {
					q = &edit.change[edit.n_change++];
					*q = (struct review_change){ c, t, 0, NULL };
					q->v = arena_alloc(&r->arena, (size_t)(e->T - t), sizeof *q->v);
				}
				q->v[q->n++] = (double)v;
			}
		id = review_add_edit(r, &edit)->id;
	}
	edited_drop(file);
	return id;
}

static void take_question(struct review *r, struct review_question *to, const struct question *q,
                          const struct session *s, bool automatic)
{
	char target[TARGET_TEXT];
	target_format(&q->target, s->m, target, sizeof target);
	take_window(r, &to->window, s->d, q->window);
	to->edited = q->edited ? take_edit(r, q->edited, s->d, false) : "";
	take_window(r, &to->baseline_window, s->d, q->baseline_window);
	to->task = review_text(r, task_names[q->task], REVIEW_NAME_MAX);
	to->target = review_text(r, target, REVIEW_NAME_MAX);
	to->measure = review_text(r, importance_measures[q->measure].name, REVIEW_NAME_MAX);
	to->method = review_text(r, saliency_methods[q->method].name, REVIEW_NAME_MAX);
	to->auto_method = automatic;
	to->baseline = review_text(r, baseline_names[q->baseline], REVIEW_NAME_MAX);
	to->series = q->series;
	to->seed = (int64_t)q->seed;
	to->cluster_method = review_text(r, cluster_method_names[q->cluster_method], REVIEW_NAME_MAX);
	to->clusters = q->clusters;
	take_set(r, &to->off, &q->off, s->m);
}

static void take_view(struct review *r, struct review_view *v, const struct ui *u)
{
	const struct session *s = &u->s;
	char columns[REVIEW_NAME_MAX];
	session_columns_format(s, columns, sizeof columns);
	v->name = review_text(r, u->views[s->view]->name, REVIEW_NAME_MAX);
	if (s->layer >= 0) {
		v->layer = review_text(r, s->m->layer[s->layer].name, REVIEW_NAME_MAX);
		v->filter = s->chosen[s->layer] ? s->filter[s->layer] : -1;
		v->time = s->time[s->layer];
	}
	v->from = s->shown.from;
	v->steps = s->shown.n;
	v->percentile = s->percentile;
	v->channel = s->channel;
	v->zoom = s->zoom;
	v->sort = review_text(r, sort_names[s->sort], REVIEW_NAME_MAX);
	v->expression = review_text(r, s->expression, REVIEW_NAME_MAX);
	v->record_where = review_text(r, s->record_where, REVIEW_NAME_MAX);
	v->columns = review_text(r, columns, REVIEW_NAME_MAX);
	v->table_sort = review_text(r, filter_fact_table[s->table.sort].name, REVIEW_NAME_MAX);
	v->reverse = s->reverse;
	v->all_windows = s->all_windows;
	v->both_bars = s->both_bars;
	v->cluster_colours = s->cluster_colours;
	v->raw_units = s->raw_units;
	v->table_reverse = s->table.reverse;
	v->table_one_layer = s->table.one_layer;
}

/* The notes keep their texts; only what names them is made. */
static void take_notes(struct review *r, const struct session *s)
{
	const struct notes *list = s->notes;
	r->note = xcalloc((size_t)notes_n(list) + 1, sizeof *r->note);
	for (int i = 0; i < notes_n(list); i++) {
		const struct note *n = list->v[i];
		struct review_note *to = &r->note[r->n_note++];
		*to = (struct review_note){ .about = (char *)(uintptr_t)note_abouts[n->about],
			                    .layer = n->layer,
			                    .filter = n->filter,
			                    .cluster = n->cluster,
			                    .window = { n->window, n->row, n->group },
			                    .author = n->author,
			                    .time = n->time,
			                    .text = n->text,
			                    .edited = n->edited ? take_edit(r, n->edited, s->d, false) : "",
			                    .picture = n->picture };
		to->id = review_note_id(r, to);
	}
}

char *session_picture(const struct ui *u, const struct note *n)
{
	const struct session *s = &u->s;
	struct review r;
	struct review_note to = { 0 };
	review_init(&r);
	to.question = r.question;
	to.view = r.view;
	if (s->runs)
		take_question(&r, &to.question, &s->q, s, s->auto_method != AUTO_OFF);
	if (s->runs && n->about == NOTE_WINDOW) /* of a list of windows, it may be another one */
		to.question.window = (struct review_window){ n->window, n->row, n->group };
	to.question.edited = ""; /* the note names it */
	take_view(&r, &to.view, u);
	char *text = review_picture_format(&to);
	free(to.question.off.filter);
	review_release(&r);
	return text;
}

/* ":prune 50%"; by marks ":prune" alone. */
static char *take_pruned(struct review *r, const struct pruned *p)
{
	char command[48] = ":prune";
	if (!isnan(p->asked))
		snprintf(command, sizeof command, ":prune %g%%", 100 * p->asked);
	return review_text(r, command, REVIEW_NAME_MAX);
}

void session_take(struct review *r, const struct ui *u)
{
	const struct session *s = &u->s;
	take_question(r, &r->question, &s->q, s, s->auto_method != AUTO_OFF);
	for (int k = 0; k < s->edits.n; k++)
		take_edit(r, s->edits.of[k], s->d, true);
	if (s->pruned)
		r->smaller = take_pruned(r, s->pruned);
	take_view(r, &r->view, u);
	take_notes(r, s);
	take_set(r, &r->marks, &s->marks, s->m);
	r->windows = s->d ? s->d->n : 0;
	if (u->pin.on) {
		r->pin = xcalloc(1, sizeof *r->pin);
		r->n_pin = 1;
		take_question(r, &r->pin[0], &u->pin.q, s, false);
	}
}

/* ---- to the browser ---- */

enum { LOST_MOST = 500 }; /* lines that are listed; all are counted */

struct giving {
	const struct model *m;
	const struct dataset *d;
	char *lost; /* malloc'd: what has no place, one a line; NULL: nothing */
	int n;
	const struct review *r;
	const struct edited **edited; /* [r->n_edit] made of its edited windows; NULL: one has no place here */
};

static void lose(struct giving *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void lose(struct giving *g, const char *fmt, ...)
{
	va_list ap;
	char one[1024], *longer;
	va_start(ap, fmt);
	vsnprintf(one, sizeof one, fmt, ap);
	va_end(ap);
	if (g->n++ >= LOST_MOST)
		return;
	longer = xasprintf("%s%s%s", g->lost ? g->lost : "", g->lost ? "\n" : "", one);
	free(g->lost);
	g->lost = longer;
}

int64_t session_window_of(const struct dataset *d, const struct review_window *w, bool *there)
{
	int64_t last = d->n - 1;
	*there = true;
	for (int64_t i = 0; i < d->n && w->row >= 0; i++)
		if (dataset_row(d, i) == w->row && !strcmp(dataset_group_name(d, i), w->group))
			return i;
	*there = w->row < 0 && w->index <= last;
	return w->index < last ? w->index : last;
}

static int64_t give_window(struct giving *g, const struct review_window *w)
{
	bool there;
	int64_t i = session_window_of(g->d, w, &there);
	if (!there)
		lose(g, "the window at row %lld%s%s", (long long)(w->row >= 0 ? w->row : w->index),
		     *w->group ? " of " : "", w->group);
	return i;
}

struct edited *session_edited(const struct dataset *d, const struct review_edit *from)
{
	bool there;
	int64_t i = session_window_of(d, &from->window, &there);
	struct edited *e = there && i >= 0 ? edited_new(d, i) : NULL;
	for (int k = 0; e && k < from->n_change; k++) {
		const struct review_change *q = &from->change[k];
		bool fits = q->channel < e->own && q->from < e->length && q->n <= e->length - q->from;
		for (int64_t t = 0; t < q->n && fits; t++)
			e->raw[(q->from + t) * e->own + q->channel] = (float)q->v[t];
		if (!fits) {
			edited_drop(e);
			e = NULL;
		}
	}
	if (!e)
		return NULL;
	snprintf(e->note, sizeof e->note, "%.*s", (int)sizeof e->note - 1, from->note);
	edited_derive(e, d);
	return e;
}

static const struct edited *make_edit(struct giving *g, const struct review_edit *from)
{
	const struct edited *e = session_edited(g->d, from);
	if (!e)
		lose(g, "the edited window at row %lld%s%s", (long long)from->window.row,
		     *from->window.group ? " of " : "", from->window.group);
	return e;
}

static void make_edits(struct giving *g, struct session *s)
{
	g->edited = xcalloc((size_t)g->r->n_edit + 1, sizeof *g->edited);
	for (int k = 0; k < g->r->n_edit && s->runs; k++) {
		g->edited[k] = make_edit(g, &g->r->edit[k]);
		if (g->edited[k] && g->r->edit[k].present && !edits_find(&s->edits, g->edited[k]->window))
			edits_put(&s->edits, g->edited[k]);
	}
}

static void drop_edits(struct giving *g)
{
	for (int k = 0; k < g->r->n_edit; k++)
		edited_drop(g->edited[k]);
	free((void *)g->edited);
}

/* The edited window of this id; NULL: there is none here. */
static const struct edited *edit_named(const struct giving *g, const char *id)
{
	const struct review_edit *e = *id ? review_find_edit(g->r, id) : NULL;
	return e ? g->edited[e - g->r->edit] : NULL;
}

static void give_set(struct giving *g, struct filter_set *to, const struct review_set *from)
{
	filter_set_release(to);
	*to = (struct filter_set){ 0 };
	for (int i = 0; i < from->n; i++) {
		const struct review_filter *f = &from->filter[i];
		int layer = model_find_layer(g->m, f->layer);
		if (layer >= 0 && f->filter < g->m->layer[layer].filters)
			filter_set_put(to, layer, f->filter, true);
		else
			lose(g, "%s #%lld", f->layer, (long long)f->filter);
	}
}

/* The place of a name in a table whose rows are `bytes` apart and begin with the name; -1: it is not there. */
static int named(const void *rows, size_t bytes, const char *name)
{
	const char *p = rows;
	for (int i = 0; *(const char *const *)(const void *)p; i++, p += bytes)
		if (!strcmp(*(const char *const *)(const void *)p, name))
			return i;
	return -1;
}

static int give_name(struct giving *g, const char *what, const char *name, int now, int found)
{
	if (found < 0 && *name)
		lose(g, "%s %s", what, name);
	return found < 0 ? now : found;
}

static void give_question(struct giving *g, struct session *s, const struct review_question *from,
                          const struct session_given *given)
{
	struct question *q = &s->q;
	struct target t;
	int measure = named(importance_measures, sizeof *importance_measures, from->measure);
	int method = named(saliency_methods, sizeof *saliency_methods, from->method), baseline = -1;
	for (int i = 0; i <= BASELINE_WINDOW; i++)
		baseline = strcmp(baseline_names[i], from->baseline) ? baseline : i;
	int cluster = named(cluster_method_names, sizeof *cluster_method_names, from->cluster_method);
	if (!given->target && *from->target) {
		if (!target_parse(&t, from->target, s->m, q->task, NULL))
			q->target = t;
		else
			lose(g, "target %s", from->target);
	}
	if (!given->measure)
		q->measure = give_name(g, "measure", from->measure, q->measure, measure);
	if (!given->method && from->auto_method)
		s->auto_method = s->auto_method == AUTO_OFF ? AUTO_IF_KEPT : s->auto_method;
	else if (!given->method && *from->method) {
		q->method = give_name(g, "method", from->method, q->method, method);
		s->auto_method = AUTO_OFF;
	}
	if (!given->baseline && *from->baseline) {
		q->baseline = (enum baseline)give_name(g, "baseline", from->baseline, (int)q->baseline, baseline);
		q->baseline_window = q->baseline == BASELINE_WINDOW ? give_window(g, &from->baseline_window) : 0;
		q->series = from->series;
	}
	if (!given->seed)
		q->seed = (uint64_t)from->seed;
	if (!given->clusters && *from->cluster_method) {
		q->cluster_method = (enum cluster_method)give_name(g, "clusters", from->cluster_method,
		                                                   (int)q->cluster_method, cluster);
		q->clusters = (int)from->clusters;
	}
	give_set(g, &q->off, &from->off);
}

static void give_layer(struct giving *g, struct session *s, const struct review_view *v)
{
	int layer = *v->layer ? model_find_layer(s->m, v->layer) : -1;
	if (*v->layer && layer < 0)
		lose(g, "layer %s", v->layer);
	if (layer < 0)
		return;
	session_layer(s, layer);
	if (v->filter >= 0 && v->filter < s->m->layer[layer].filters) {
		s->filter[layer] = (int)v->filter;
		s->chosen[layer] = true;
	}
	if (v->time >= 0 && v->time < s->m->layer[layer].times)
		s->time[layer] = v->time;
}

static void copy_text(char *to, size_t size, const char *from)
{
	if (strlen(from) < size)
		snprintf(to, size, "%s", from);
}

/* Expressions that nobody can read are left out: the screen would say that they hold. */
static void give_expressions(struct giving *g, struct ui *u, const struct review_view *v)
{
	struct session *s = &u->s;
	struct filter_expr *x = *v->expression ? filter_expr_parse(v->expression, &u->scene.channels, NULL) : NULL;
	if (x)
		copy_text(s->expression, sizeof s->expression, v->expression);
	else if (*v->expression)
		lose(g, "the expression '%s'", v->expression);
	filter_expr_free(x);
	if (!*v->record_where)
		return;
	struct record_plan plan;
	record_plan_init(&plan, s->m, s->d, s->q.task);
	struct record_expr *where = record_expr_parse(v->record_where, &plan, NULL);
	if (where)
		copy_text(s->record_where, sizeof s->record_where, v->record_where);
	else
		lose(g, "the events '%s'", v->record_where);
	record_expr_free(where);
	record_plan_release(&plan);
}

static void give_view(struct giving *g, struct ui *u, const struct review_view *v, const struct session_given *given)
{
	struct session *s = &u->s;
	int fact = filter_fact_find(v->table_sort, strlen(v->table_sort));
	give_layer(g, s, v);
	for (int i = 0; i < SORT_COUNT; i++)
		s->sort = strcmp(sort_names[i], v->sort) ? s->sort : (enum sort)i;
	for (int i = 0; i < VIEW_COUNT && !given->view; i++)
		if (!strcmp(u->views[i]->name, v->name) && (!u->views[i]->needs_data || s->layer >= 0))
			session_view(s, (enum view_id)i, given->within);
	if (v->steps > 0 && v->from + v->steps <= s->m->T)
		s->shown = (struct viewport){ v->from, v->steps };
	s->percentile = (int)v->percentile;
	s->channel = v->channel < s->m->C ? (int)v->channel : 0;
	s->zoom = v->zoom < -4 ? -4 : v->zoom > 6 ? 6 : (int)v->zoom;
	give_expressions(g, u, v);
	if (!given->columns && *v->columns)
		(void)session_columns(s, v->columns, NULL);
	s->table.sort = fact >= 0 ? fact : s->table.sort;
	s->reverse = v->reverse;
	s->all_windows = v->all_windows;
	s->both_bars = v->both_bars;
	s->cluster_colours = v->cluster_colours;
	s->raw_units = v->raw_units;
	s->table.reverse = v->table_reverse;
	s->table.one_layer = v->table_one_layer;
}

/* A pin copies the question that is asked: for this moment it is that of the session. */
static void give_pin(struct giving *g, struct ui *u, const struct review_question *from)
{
	struct session *s = &u->s;
	struct question now = { 0 };
	enum auto_method automatic = s->auto_method;
	question_copy(&now, &s->q);
	give_question(g, s, from, &(struct session_given){ 0 });
	session_window(s, give_window(g, &from->window));
	const struct edited *edited = edit_named(g, from->edited);
	if (edited && edited->window == s->q.window)
		question_edit(&s->q, edited), session_truth(s);
	undo_put_pin(&u->undo, &u->pin);
	pin_set(&u->pin, s);
	undo_name_pin(&u->undo, &u->pin);
	pin_gone(&u->pin);
	question_copy(&s->q, &now);
	s->auto_method = automatic;
	question_release(&now);
}

/* All notes are taken over, those without a place here, too. */
static void give_notes(struct giving *g, struct ui *u, const struct review *r)
{
	struct note **v = xcalloc((size_t)r->n_note + 1, sizeof(struct note *));
	int n = 0, lost = 0;
	for (int i = 0; i < r->n_note; i++) {
		const struct review_note *from = &r->note[i];
		int about = named(note_abouts, sizeof *note_abouts, from->about);
		struct note *to = note_new((enum note_about)about, from->layer, from->window.group, from->author,
		                           from->time, from->text);
		to->filter = from->filter;
		to->cluster = from->cluster;
		to->window = from->window.index;
		to->row = from->window.row;
		to->edited = edited_hold(edit_named(g, from->edited));
		to->picture = review_picture_format(from);
		v[n++] = to;
	}
	session_notes(&u->s, notes_of(v, n));
	for (int i = 0; i < n; i++) {
		lost += !note_has_place(v[i], u->s.m);
		note_drop(v[i]);
	}
	free(v);
	if (lost)
		lose(g, "%d note%s, which :notes still %s", lost, lost == 1 ? "" : "s", lost == 1 ? "has" : "have");
}

int session_picture_show(struct ui *u, const struct note *n, char *lost, size_t size)
{
	struct session *s = &u->s;
	struct review none = { 0 };
	struct giving g = { .m = s->m, .d = s->d, .r = &none };
	const struct session_given given = { .within = true };
	struct review r;
	struct review_note from = { 0 };
	struct err e;
	*lost = '\0';
	review_init(&r);
	if (review_picture_read(&r, n->picture, &from, &e)) {
		lose(&g, "what was seen: %s", e.text);
	} else if (!s->runs) {
		lose(&g, "what was seen, without data");
	} else {
		int64_t window = give_window(&g, &from.question.window);
		give_question(&g, s, &from.question, &given);
		session_window(s, window);
		if (n->edited && n->edited->window == window)
			session_edit(s, n->edited);
		else if (n->edited)
			lose(&g, "the window as it was edited then");
		u->windows.at = windows_place(&u->windows, window);
		give_view(&g, u, &from.view, &given);
		s->net_at = n->at_layer >= 0 ? n->at_layer : s->net_at;
		free(from.question.off.filter);
	}
	review_release(&r);
	if (g.lost)
		snprintf(lost, size, "%s", g.lost);
	for (char *c = lost; *c; c++)
		*c = *c == '\n' ? ',' : *c;
	free(g.lost);
	return g.n;
}

int session_give(struct ui *u, const struct review *r, const struct session_given *given, char **lost)
{
	struct session *s = &u->s;
	struct giving g = { .m = s->m, .d = s->d, .r = r };
	*lost = NULL;
	make_edits(&g, s);
	give_notes(&g, u, r);
	if (!s->runs) {
		drop_edits(&g);
		*lost = g.lost;
		return g.n;
	}
	bool edited = s->q.edited != NULL; /* this window was asked for */
	int64_t window = given->window || edited ? s->q.window : give_window(&g, &r->question.window);
	if (r->n_pin && !edited)
		give_pin(&g, u, &r->pin[0]);
	give_question(&g, s, &r->question, given);
	give_set(&g, &s->marks, &r->marks);
	const struct edited *asked = given->window || edited ? NULL : edit_named(&g, r->question.edited);
	if (!edited)
		session_window(s, window);
	if (asked && asked->window == window)
		session_edit(s, asked);
	if (*r->smaller)
		lose(&g, "the smaller network, which %s makes again", r->smaller);
	drop_edits(&g);
	give_view(&g, u, &r->view, given);
	*lost = g.lost;
	return g.n;
}
