#include "ui/session/session.h"

#include "ui/behind/pruner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const sort_names[SORT_COUNT] = { "importance", "index", "cluster", "activity", "look", "peak" };

static void find_columns(struct session *s)
{
	s->column = xcalloc((size_t)s->m->n_layer + 1, sizeof *s->column);
	s->n_column = 0;
	for (int i = 0; i < s->m->n_layer; i++)
		if (s->m->layer[i].kind == LAYER_ANALYSED)
			s->column[s->n_column++] = i;
	s->layer = s->n_column ? s->column[0] : -1;
}

static void attach(struct session *s, const struct model *m, const struct dataset *d)
{
	s->m = m;
	s->d = m->n_unsupported ? NULL : d;
	s->runs = s->d != NULL;
	s->filter = xcalloc((size_t)m->n_layer + 1, sizeof *s->filter);
	s->chosen = xcalloc((size_t)m->n_layer + 1, sizeof *s->chosen);
	s->time = xcalloc((size_t)m->n_layer + 1, sizeof *s->time);
	s->y = xcalloc((size_t)m->outputs + 1, sizeof *s->y);
	for (int i = 0; i < m->n_layer; i++)
		s->time[i] = -1; /* at the largest value, once that is known */
	find_columns(s);
}

void session_init(struct session *s, const struct model *m, const struct dataset *d, const struct question *q,
                  const struct truth *truth)
{
	*s = (struct session){ .percentile = 80, .cls = -1, .truth = truth };
	for (int i = 0; filter_fact_table[i].name; i++)
		s->table.columns |= filter_fact_table[i].shown ? 1u << i : 0;
	attach(s, m, d);
	question_copy(&s->q, q);
	if (q->task != TASK_AUTO)
		return;
	s->q.task = model_task(m, TASK_AUTO, m->recipe, d && d->has_labels);
	if (task_has_steps(s->q.task) && !m->out_steps)
		s->q.task = m->head == HEAD_LINEAR ? TASK_REGRESSION : TASK_CLASSIFICATION;
	s->q.target = target_default(s->q.task);
}

static void detach(struct session *s)
{
	free(s->filter);
	free(s->chosen);
	free(s->time);
	free(s->y);
	free(s->column);
}

void session_release(struct session *s)
{
	detach(s);
	question_release(&s->q);
	edits_release(&s->edits);
	filter_set_release(&s->marks);
	notes_drop(s->notes);
	*s = (struct session){ 0 };
}

/* Filters of the old model that the new one has too: by the layer's name. */
static void keep_filters(struct filter_set *s, const struct model *old, const struct model *m)
{
	struct filter_set kept = { 0 };
	for (int i = 0; i < s->n; i++) {
		int layer = model_find_layer(m, old->layer[s->id[i].layer].name);
		if (layer >= 0 && s->id[i].filter < m->layer[layer].filters)
			filter_set_put(&kept, layer, s->id[i].filter, true);
	}
	filter_set_release(s);
	*s = kept;
}

/* The same raw rows in window i of other data; NULL: it has no such window. */
static struct edited *edited_again(const struct edited *e, const struct dataset *d, int64_t i)
{
	struct edited *one = d && i >= 0 && i < d->n ? edited_new(d, i) : NULL;
	if (one && one->T == e->T && one->own == e->own && one->length == e->length) {
		memcpy(one->raw, e->raw, (size_t)(e->T * e->own) * sizeof *e->raw);
		memcpy(one->note, e->note, sizeof e->note);
		edited_derive(one, d);
		return one;
	}
	edited_drop(one);
	return NULL;
}

/* The edited windows of notes, likewise. */
static void keep_noted(struct session *s)
{
	notes_place(s->notes, s->m, s->d);
	for (int i = 0; i < notes_n(s->notes); i++) {
		struct note *n = s->notes->v[i];
		const struct edited *was = n->edited;
		n->edited = was ? edited_again(was, s->d, n->at_window) : NULL;
		edited_drop(was);
	}
}

/* The edited windows that the new data still have, by the new recipe. */
static void keep_edits(struct session *s)
{
	struct edits kept = { 0 };
	const struct edited *now = s->q.edited;
	for (int k = 0; k < s->edits.n && s->d; k++) {
		const struct edited *e = s->edits.of[k];
		struct edited *one = edited_again(e, s->d, e->window);
		if (one)
			edits_put(&kept, one);
		edited_drop(one);
	}
	int64_t window = s->q.window;
	question_edit(&s->q, now ? edits_find(&kept, window) : NULL);
	edits_release(&s->edits);
	s->edits = kept;
}

unsigned session_reload(struct session *s, const struct subject *now)
{
	const struct model *m = now->m;
	bool other_answers = m->outputs != s->m->outputs || m->out_steps != s->m->out_steps || now->task != s->q.task;
	char *layer = xstrdup(s->layer >= 0 ? s->m->layer[s->layer].name : "");
	int filter = s->layer >= 0 ? s->filter[s->layer] : -1;
	keep_filters(&s->q.off, s->m, m);
	keep_filters(&s->marks, s->m, m);
	detach(s);
	attach(s, m, now->d);
	s->truth = now->truth;
	s->origin = now->origin;
	s->beside = s->given = now->beside;
	s->pruned = NULL;
	s->q.task = now->task;
	if (other_answers)
		s->q.target = target_default(s->q.task);
	int again = model_find_layer(m, layer);
	if (again >= 0) {
		s->layer = again;
		s->chosen[again] = filter >= 0 && filter < m->layer[again].filters;
		s->filter[again] = s->chosen[again] ? filter : 0;
	}
	free(layer);
	if (now->d && s->q.baseline_window >= now->d->n)
		s->q.baseline = s->q.baseline == BASELINE_WINDOW ? BASELINE_ZERO : s->q.baseline;
	s->net_at = s->net_at < m->n_layer ? s->net_at : 0;
	s->channel = 0;
	s->table.channel = s->table.channel < m->C ? s->table.channel : 0;
	if (s->shown.from + s->shown.n > m->T)
		s->shown = (struct viewport){ 0 };
	keep_noted(s);
	keep_edits(s);
	if (s->q.edited)
		session_truth(s);
	else
		session_window(s, s->q.window);
	return CHANGED_ALL;
}

unsigned session_window(struct session *s, int64_t i)
{
	if (!s->d || s->d->n < 1)
		return 0;
	int64_t last = s->d->n - 1;
	question_edit(&s->q, NULL);
	s->q.window = i < 0 ? 0 : i > last ? last : i;
	session_truth(s);
	return CHANGED_WINDOW;
}

void session_truth(struct session *s)
{
	const struct truth *by_hand = s->truth;
	const struct edited *e = s->q.edited;
	int64_t outputs = s->m->outputs;
	if (by_hand && by_hand->y)
		memcpy(s->y, by_hand->y, (size_t)outputs * sizeof *s->y);
	s->has_y = by_hand                ? by_hand->y != NULL
	           : s->d->n_y != outputs ? false
	           : e                    ? edited_truth(e, s->d, s->y)
	                                  : dataset_truth(s->d, s->q.window, s->y);
	s->cls = by_hand ? by_hand->cls : dataset_class(s->d, s->q.window);
}

unsigned session_edit(struct session *s, const struct edited *edited)
{
	if (edited)
		edits_put(&s->edits, edited);
	else
		edits_remove(&s->edits, s->q.window);
	question_edit(&s->q, edited);
	session_truth(s);
	return CHANGED_WINDOW;
}

unsigned session_notes(struct session *s, const struct notes *list)
{
	notes_place(list, s->m, s->d);
	notes_drop(s->notes);
	s->notes = list;
	return CHANGED_LOOK;
}

void session_input(const struct session *s, real *tc)
{
	if (s->q.edited)
		memcpy(tc, s->q.edited->x, (size_t)(s->m->T * s->m->C) * sizeof *tc);
	else
		dataset_window(s->d, s->q.window, tc);
}

unsigned session_view(struct session *s, enum view_id v, bool within)
{
	if (v == s->view)
		return 0;
	if (s->n_back == SESSION_BACK) { /* the oldest one is forgotten */
		memmove(s->back, s->back + 1, (SESSION_BACK - 1) * sizeof *s->back);
		s->n_back--;
		s->leave -= s->leave > 0;
	}
	s->back[s->n_back++] = s->view;
	s->leave = within ? s->leave : s->n_back;
	s->view = v;
	/* levels 1 and 2 agree on the layer */
	if (v == VIEW_NETWORK && s->layer >= 0)
		s->net_at = s->layer;
	return CHANGED_VIEW;
}

bool session_back(struct session *s, unsigned *changed)
{
	enum view_id to = s->n_back ? s->back[--s->n_back] : VIEW_NETWORK;
	s->leave = s->leave > s->n_back ? s->n_back : s->leave;
	if (to == s->view)
		return false;
	s->view = to;
	*changed = CHANGED_VIEW;
	return true;
}

bool session_leaves(const struct session *s)
{
	return s->n_back > s->leave || s->view != VIEW_NETWORK;
}

bool session_leave(struct session *s, unsigned *changed)
{
	if (s->n_back <= s->leave)
		s->n_back = s->leave = 0;
	return session_back(s, changed);
}

unsigned session_layer(struct session *s, int layer)
{
	if (layer == s->layer || layer < 0)
		return 0;
	s->layer = layer;
	s->net_at = layer;
	return CHANGED_LAYER | CHANGED_FILTER;
}

unsigned session_filter(struct session *s, int64_t f)
{
	int64_t F = session_layer_now(s)->filters;
	f = f < 0 ? 0 : f >= F ? F - 1 : f;
	if (f == s->filter[s->layer])
		return 0;
	s->filter[s->layer] = (int)f;
	s->chosen[s->layer] = true;
	return CHANGED_FILTER;
}

unsigned session_time(struct session *s, int64_t t)
{
	int64_t n = session_layer_now(s)->times;
	t = t < 0 ? 0 : t >= n ? n - 1 : t;
	s->time[s->layer] = t;
	struct span p = session_span(s, s->layer);
	if (t < p.from || t >= p.from + p.n)
		viewport_follow(&s->shown, s->m->T, viewport_step(s->m->T, n, t));
	return CHANGED_TIME;
}

unsigned session_percentile(struct session *s, int p)
{
	s->percentile = p < 0 ? 0 : p > 100 ? 100 : p;
	return CHANGED_ORDER;
}

unsigned session_sort(struct session *s, enum sort k, bool reverse)
{
	s->sort = k;
	s->reverse = reverse;
	return CHANGED_ORDER;
}

unsigned session_all_windows(struct session *s, bool all)
{
	s->all_windows = all;
	return CHANGED_ORDER;
}

unsigned session_measure(struct session *s, int i)
{
	s->q.measure = i;
	return CHANGED_VALUES;
}

unsigned session_method(struct session *s, int i)
{
	s->q.method = i;
	return CHANGED_METHOD;
}

unsigned session_target(struct session *s, struct target t)
{
	s->q.target = t;
	return CHANGED_VALUES;
}

/* With a time axis: the sum, the class of each step, the error, then each channel over all steps. */
static struct target next_of_steps(const struct session *s)
{
	struct target t = s->q.target, sum = { .kind = TARGET_SUM };
	const struct model *m = s->m;
	struct target channel = { .kind = TARGET_STEPS, .t_to = m->out_steps, .c_to = 1 };
	bool one = m->out_channels < 2;
	switch (t.kind) {
	case TARGET_SUM:
		if (target_has_class(s->q.task))
			return (struct target){ .kind = TARGET_CLASS };
		/* fall through */
	case TARGET_CLASS:
		if (s->has_y)
			return (struct target){ .kind = TARGET_ERROR };
		/* fall through */
	case TARGET_LOSS:
	case TARGET_ERROR:
		/* one channel: its sum over all steps is the sum */
		return one ? sum : channel;
	case TARGET_STEPS:
		channel.c_from = t.c_to;
		channel.c_to = t.c_to + 1;
		return t.c_to < m->out_channels ? channel : sum;
	default:
		return sum;
	}
}

struct target session_next_target(const struct session *s)
{
	struct target t = s->q.target;
	bool truth = s->has_y || s->cls >= 0, classes = s->q.task == TASK_CLASSIFICATION;
	struct target sum = { .kind = TARGET_SUM }, loss = { .kind = TARGET_LOSS };
	if (task_has_steps(s->q.task))
		return next_of_steps(s);
	switch (t.kind) {
	case TARGET_SUM:
		if (classes)
			return (struct target){ .kind = TARGET_CLASS };
		/* fall through */
	case TARGET_CLASS:
		/* one output: its value is the sum */
		if (s->m->outputs > 1)
			return (struct target){ .kind = TARGET_OUTPUT };
		return truth ? loss : sum;
	case TARGET_OUTPUT:
		if (t.k + 1 < s->m->outputs)
			return (struct target){ .kind = TARGET_OUTPUT, .k = t.k + 1 };
		return truth ? loss : sum;
	default:
		return sum;
	}
}

unsigned session_clusters(struct session *s, enum cluster_method method, int k)
{
	s->q.cluster_method = method;
	s->q.clusters = k < 0 ? 0 : k;
	return CHANGED_CLUSTERS;
}

unsigned session_switch(struct session *s)
{
	int f = s->filter[s->layer];
	filter_set_put(&s->q.off, s->layer, f, !filter_set_has(&s->q.off, s->layer, f));
	return CHANGED_SWITCHES;
}

int session_columns(struct session *s, const char *names, struct err *e)
{
	unsigned columns = 0;
	for (size_t n; *names; names += n + (names[n] == ',')) {
		n = strcspn(names, ",");
		int i = filter_fact_find(names, n);
		if (i < 0 || !filter_fact_table[i].title) {
			char known[256] = "";
			size_t at = 0;
			for (const struct filter_fact *q = filter_fact_table; q->name && at < sizeof known; q++)
				if (q->title)
					at += (size_t)snprintf(known + at, sizeof known - at, " %s", q->name);
			return err_set(e, ERR_VALUE, "the table has no column '%.*s'; there are%s", (int)n, names,
			               known);
		}
		columns |= 1u << i;
	}
	s->table.columns = columns;
	return 0;
}

void session_columns_format(const struct session *s, char *buf, size_t size)
{
	size_t at = 0;
	*buf = '\0';
	for (int i = 0; filter_fact_table[i].name && at < size; i++)
		if (s->table.columns & 1u << i)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? "," : "", filter_fact_table[i].name);
}

struct span session_span(const struct session *s, int layer)
{
	return viewport_span(&s->shown, s->m->T, s->m->layer[layer].times);
}

int session_column(const struct session *s)
{
	for (int i = 0; i < s->n_column; i++)
		if (s->column[i] == s->layer)
			return i;
	return 0;
}

unsigned session_pruned(struct session *s, const struct pruned *p)
{
	if (s->pruned == p)
		return 0;
	s->pruned = p;
	s->beside = p ? &p->beside : s->given;
	return CHANGED_LOOK;
}
