#include "ui/session/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/base/mem.h"

const char *const note_abouts[] = { "model", "layer", "filter", "window", "cluster", NULL };

struct note *note_new(enum note_about about, const char *layer, const char *group, const char *author, const char *time,
                      const char *text)
{
	struct note *n = xcalloc(1, sizeof *n);
	*n = (struct note){ .holders = 1, .about = about, .filter = -1, .cluster = -1, .row = -1 };
	n->layer = xstrdup(layer);
	n->group = xstrdup(group);
	n->author = xstrdup(author);
	n->time = xstrdup(time);
	n->text = xstrdup(text);
	n->at_layer = -1;
	n->at_window = -1;
	return n;
}

void note_drop(struct note *n)
{
	if (!n || --n->holders)
		return;
	char *const text[] = { n->layer, n->group, n->author, n->time, n->text, n->picture };
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		free(text[i]);
	edited_drop(n->edited);
	free(n);
}

/* ---- lists ---- */

/* Lists are const for all but their holders' count. */
static struct notes *counted(const struct notes *list)
{
	return (struct notes *)(uintptr_t)list;
}

const struct notes *notes_hold(const struct notes *list)
{
	if (list)
		counted(list)->holders++;
	return list;
}

void notes_drop(const struct notes *list)
{
	if (!list || --counted(list)->holders)
		return;
	for (int i = 0; i < list->n; i++)
		note_drop(list->v[i]);
	free(counted(list));
}

const struct notes *notes_of(struct note *const *v, int n)
{
	struct notes *to = xmalloc(sizeof *to + ((size_t)n + 1) * sizeof *to->v);
	to->holders = 1;
	to->n = n;
	for (int i = 0; i < n; i++) {
		to->v[i] = v[i];
		v[i]->holders++;
	}
	return to;
}

/* The notes of a list but note `without` (-1: all), and behind them one more (NULL: none). */
static const struct notes *made_of(const struct notes *list, int without, struct note *more)
{
	int n = notes_n(list);
	struct notes *to = xmalloc(sizeof *to + ((size_t)n + 1) * sizeof *to->v);
	to->holders = 1;
	to->n = 0;
	for (int i = 0; i < n; i++)
		if (i != without)
			to->v[to->n++] = list->v[i];
	if (more)
		to->v[to->n++] = more;
	for (int i = 0; i < to->n; i++)
		to->v[i]->holders++;
	return to;
}

const struct notes *notes_with(const struct notes *list, struct note *n)
{
	return made_of(list, -1, n);
}

const struct notes *notes_without(const struct notes *list, int i)
{
	return made_of(list, i, NULL);
}

const struct notes *notes_instead(const struct notes *list, int i, struct note *n)
{
	return made_of(list, i, n);
}

/* ---- places ---- */

static bool is_window(const struct note *n, const struct dataset *d, int64_t i)
{
	return i >= 0 && i < d->n && (n->row < 0 || dataset_row(d, i) == n->row) &&
	       !strcmp(dataset_group_name(d, i), n->group);
}

static int layer_of(const struct model *m, const char *name)
{
	int i = m->n_layer - 1;
	while (i >= 0 && strcmp(m->layer[i].name, name) != 0)
		i--;
	return i;
}

static int by_row(const void *pa, const void *pb)
{
	const struct note *a = *(struct note *const *)pa, *b = *(struct note *const *)pb;
	return (a->row > b->row) - (a->row < b->row);
}

/* The windows of these notes, which are not where they were: one pass over the data, with the notes sorted by row. */
static void find_windows(struct note **v, int n, const struct dataset *d)
{
	qsort(v, (size_t)n, sizeof(struct note *), by_row);
	for (int64_t i = 0; i < d->n; i++) {
		int64_t row = dataset_row(d, i);
		int lo = 0, hi = n;
		while (lo < hi) {
			int mid = (lo + hi) / 2;
			if (v[mid]->row < row)
				lo = mid + 1;
			else
				hi = mid;
		}
		for (; lo < n && v[lo]->row == row; lo++)
			if (v[lo]->at_window < 0 && is_window(v[lo], d, i))
				v[lo]->at_window = i;
	}
}

void notes_place(const struct notes *list, const struct model *m, const struct dataset *d)
{
	struct note **moved = xcalloc((size_t)notes_n(list) + 1, sizeof(struct note *));
	int n_moved = 0;
	for (int i = 0; i < notes_n(list); i++) {
		struct note *n = list->v[i];
		n->at_layer = *n->layer ? layer_of(m, n->layer) : -1;
		n->at_window = d && is_window(n, d, n->window) ? n->window : -1;
		if (d && n->at_window < 0 && n->row >= 0)
			moved[n_moved++] = n;
	}
	if (n_moved)
		find_windows(moved, n_moved, d);
	free(moved);
}

bool notes_about(const struct notes *list, enum note_about about, int layer, int64_t filter, int64_t window)
{
	for (int i = 0; i < notes_n(list); i++) {
		const struct note *n = list->v[i];
		bool same = n->about == about &&
		            (about == NOTE_MODEL || about == NOTE_WINDOW || n->at_layer == layer) &&
		            (about != NOTE_FILTER || n->filter == filter) &&
		            (about != NOTE_WINDOW || n->at_window == window);
		if (same)
			return true;
	}
	return false;
}

bool notes_about_cluster(const struct notes *list, int layer, const int *label, int64_t filters, int cluster)
{
	for (int i = 0; i < notes_n(list); i++) {
		const struct note *n = list->v[i];
		if (n->about == NOTE_CLUSTER && n->at_layer == layer && n->filter >= 0 && n->filter < filters &&
		    label[n->filter] == cluster)
			return true;
	}
	return false;
}

bool note_has_place(const struct note *n, const struct model *m)
{
	if (n->about == NOTE_MODEL)
		return true;
	if (n->about == NOTE_WINDOW)
		return n->at_window >= 0;
	return n->at_layer >= 0 && (n->about == NOTE_LAYER || n->filter < m->layer[n->at_layer].filters);
}

const char *note_time_format(const char *time, char *buf, size_t size)
{
	struct tm t = { 0 }, here;
	*buf = '\0';
	if (sscanf(time, "%4d-%2d-%2dT%2d:%2d:%2dZ", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min,
	           &t.tm_sec) != 6)
		return buf;
	t.tm_year -= 1900;
	t.tm_mon--;
	time_t at = timegm(&t);
	if (localtime_r(&at, &here))
		strftime(buf, size, "%Y-%m-%d %H:%M", &here);
	return buf;
}
