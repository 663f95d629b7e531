#include "src/session/review.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/sha256.h"
#include "core/base/text.h"

static void window_init(struct review_window *w)
{
	*w = (struct review_window){ .row = -1, .group = "" };
}

static void question_init_named(struct review_question *q)
{
	*q = (struct review_question){ .edited = "", .task = "", .target = "", .measure = "", .method = "" };
	q->baseline = q->cluster_method = "";
	window_init(&q->window);
	window_init(&q->baseline_window);
}

static void view_init(struct review_view *v)
{
	*v = (struct review_view){ .name = "", .layer = "", .filter = -1, .time = -1, .percentile = 80 };
	v->sort = v->expression = v->columns = v->table_sort = v->record_where = "";
}

void review_init(struct review *r)
{
	memset(r, 0, sizeof *r);
	r->model.path = r->model.sha256 = r->layers = r->recipe = r->smaller = r->saved = "";
	question_init_named(&r->question);
	view_init(&r->view);
}

void review_release(struct review *r)
{
	free(r->marks.filter);
	free(r->question.off.filter);
	for (int i = 0; i < r->n_pin; i++)
		free(r->pin[i].off.filter);
	for (int i = 0; i < r->n_note; i++)
		free(r->note[i].question.off.filter);
	free(r->pin);
	free(r->note);
	free(r->edit);
	free(r->data);
	arena_release(&r->arena);
	memset(r, 0, sizeof *r);
}

char *review_text(struct review *r, const char *text, size_t most)
{
	size_t n = text ? strlen(text) : 0;
	char *buf, *kept;
	if (!n)
		return "";
	buf = xmalloc(most + 1);
	text_clean(buf, most + 1, text, n);
	kept = arena_strdup(&r->arena, buf);
	free(buf);
	return kept;
}

/* ---- sets ---- */

void review_set_add(struct review *r, struct review_set *s, const char *layer, int64_t filter)
{
	/* the filters of a layer share its name */
	char *name = s->n && !strcmp(s->filter[s->n - 1].layer, layer) ? s->filter[s->n - 1].layer
	                                                               : review_text(r, layer, REVIEW_NAME_MAX);
	if (!(s->n & (s->n - 1)))
		s->filter = xrealloc(s->filter, s->n ? 2 * (size_t)s->n : 1, sizeof *s->filter);
	s->filter[s->n++] = (struct review_filter){ name, filter };
}

static int by_filter(const void *pa, const void *pb)
{
	const struct review_filter *a = pa, *b = pb;
	int c = strcmp(a->layer, b->layer);
	return c ? c : (a->filter > b->filter) - (a->filter < b->filter);
}

void review_set_sort(struct review_set *s)
{
	int n = 0;
	if (s->n)
		qsort(s->filter, (size_t)s->n, sizeof *s->filter, by_filter);
	for (int i = 0; i < s->n; i++)
		if (!n || by_filter(&s->filter[n - 1], &s->filter[i]) != 0)
			s->filter[n++] = s->filter[i];
	s->n = n;
}

bool review_set_has(const struct review_set *s, const char *layer, int64_t filter)
{
	for (int i = 0; i < s->n; i++)
		if (s->filter[i].filter == filter && !strcmp(s->filter[i].layer, layer))
			return true;
	return false;
}

static void copy_set(struct review *r, struct review_set *to, const struct review_set *from)
{
	*to = (struct review_set){ 0 };
	for (int i = 0; i < from->n; i++)
		review_set_add(r, to, from->filter[i].layer, from->filter[i].filter);
}

/* ---- copies ---- */

static void copy_text(struct review *r, char **text)
{
	*text = review_text(r, *text, REVIEW_NAME_MAX);
}

void review_copy_question(struct review *r, struct review_question *to, const struct review_question *from)
{
	*to = *from;
	char **const text[] = {
		&to->window.group, &to->baseline_window.group, &to->task,  &to->target, &to->measure, &to->method,
		&to->baseline,     &to->cluster_method,        &to->edited
	};
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		copy_text(r, text[i]);
	copy_set(r, &to->off, &from->off);
}

void review_copy_view(struct review *r, struct review_view *to, const struct review_view *from)
{
	*to = *from;
	char **const text[] = { &to->name,    &to->layer,      &to->sort,        &to->expression,
		                &to->columns, &to->table_sort, &to->record_where };
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		copy_text(r, text[i]);
}

/* ---- edited windows ---- */

struct review_edit *review_find_edit(const struct review *r, const char *id)
{
	for (int i = 0; i < r->n_edit; i++)
		if (!strcmp(r->edit[i].id, id))
			return &r->edit[i];
	return NULL;
}

struct review_edit review_copy_edit(struct review *r, const struct review_edit *from)
{
	struct review_edit e = *from;
	copy_text(r, &e.window.group);
	copy_text(r, &e.note);
	e.change = arena_alloc(&r->arena, (size_t)from->n_change + 1, sizeof *e.change);
	for (int i = 0; i < from->n_change; i++) {
		e.change[i] = from->change[i];
		e.change[i].v = arena_dup(&r->arena, from->change[i].v, (size_t)from->change[i].n, sizeof(double));
	}
	return e;
}

static char *edit_id(struct review *r, const struct review_edit *e)
{
	char hash[SHA256_TEXT];
	struct sha256 s;
	const int64_t where[] = { e->window.row, e->window.row < 0 ? e->window.index : 0 };
	sha256_init(&s);
	sha256_add(&s, e->window.group, strlen(e->window.group) + 1);
	sha256_add(&s, e->note, strlen(e->note) + 1);
	sha256_add(&s, where, sizeof where);
	for (int i = 0; i < e->n_change; i++) {
		const struct review_change *q = &e->change[i];
		const int64_t part[] = { q->channel, q->from, q->n };
		sha256_add(&s, part, sizeof part);
		sha256_add(&s, q->v, (size_t)q->n * sizeof *q->v);
	}
	sha256_end(&s, hash);
	hash[16] = '\0';
	return arena_strdup(&r->arena, hash);
}

struct review_edit *review_add_edit(struct review *r, const struct review_edit *e)
{
	char *id = edit_id(r, e);
	struct review_edit *there = review_find_edit(r, id);
	if (there) {
		there->present |= e->present;
		return there;
	}
	r->edit = xrealloc(r->edit, (size_t)r->n_edit + 1, sizeof *r->edit);
	r->edit[r->n_edit] = *e;
	r->edit[r->n_edit].id = id;
	return &r->edit[r->n_edit++];
}

char *review_note_id(struct review *r, const struct review_note *n)
{
	char hash[SHA256_TEXT];
	struct sha256 s;
	const char *const part[] = { n->about, n->layer, n->window.group, n->author, n->time, n->text };
	const int64_t number[] = { n->filter, n->cluster, n->window.index, n->window.row };
	sha256_init(&s);
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		sha256_add(&s, part[i], strlen(part[i]) + 1);
	sha256_add(&s, number, sizeof number);
	sha256_end(&s, hash);
	hash[16] = '\0';
	return arena_strdup(&r->arena, hash);
}

struct review_note *review_add_note(struct review *r, const struct review_note *from)
{
	struct review_note n = *from;
	n.id = review_note_id(r, from);
	for (int i = 0; i < r->n_note; i++)
		if (!strcmp(r->note[i].id, n.id))
			return &r->note[i];
	char **const text[] = { &n.about, &n.layer, &n.window.group, &n.edited, &n.author, &n.time };
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		copy_text(r, text[i]);
	n.text = review_text(r, from->text, REVIEW_TEXT_MAX);
	review_copy_question(r, &n.question, &from->question);
	review_copy_view(r, &n.view, &from->view);
	r->note = xrealloc(r->note, (size_t)r->n_note + 1, sizeof *r->note);
	r->note[r->n_note] = n;
	return &r->note[r->n_note++];
}

static int by_time(const void *pa, const void *pb)
{
	const struct review_note *a = pa, *b = pb;
	int c = strcmp(a->time, b->time);
	return c ? c : strcmp(a->id, b->id);
}

void review_sort_notes(struct review *r)
{
	if (r->n_note)
		qsort(r->note, (size_t)r->n_note, sizeof *r->note, by_time);
}
