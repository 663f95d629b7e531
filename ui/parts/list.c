#include "ui/parts/list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"

int64_t list_moved(int64_t at, int64_t n, int64_t page, enum move m)
{
	int64_t to = at;
	page = page > 1 ? page : 1;
	switch (m) {
	case MOVE_UP:
	case MOVE_PREVIOUS:
		to--;
		break;
	case MOVE_DOWN:
	case MOVE_NEXT:
		to++;
		break;
	case MOVE_FIRST:
	case MOVE_HOME:
		to = 0;
		break;
	case MOVE_LAST:
	case MOVE_END:
		to = n - 1;
		break;
	case MOVE_PAGE_UP:
		to -= page;
		break;
	case MOVE_PAGE_DOWN:
		to += page;
		break;
	case MOVE_HALF_UP:
		to -= page / 2;
		break;
	case MOVE_HALF_DOWN:
		to += page / 2;
		break;
	case MOVE_LEFT:
	case MOVE_RIGHT:
		return at;
	}
	to = to >= n ? n - 1 : to;
	return to < 0 ? 0 : to;
}

unsigned list_move(int *at, int n, int page, enum move m)
{
	*at = (int)list_moved(*at, n, page, m);
	return m == MOVE_LEFT || m == MOVE_RIGHT ? 0 : CHANGED_LIST;
}

void list_keep(struct list *l, int n, int room)
{
	l->at = l->at >= n ? n - 1 : l->at;
	l->at = l->at < 0 ? 0 : l->at;
	l->first = layout_scroll(l->first, l->at, 1, n, room > 1 ? room : 1);
}

/* ---- text ---- */

size_t text_fit(const char *s, int w)
{
	size_t i = 0, cut = 0, used, n = strlen(s);
	if (text_width(s) <= w)
		return n;
	for (int at = 0; i < n; i += used) {
		at += text_width_cp(text_decode(s + i, n - i, &used));
		if (at > w)
			break;
		if (s[i] == ' ')
			cut = i;
	}
	return cut ? cut : i ? i : n;
}

/* ---- search ---- */

bool text_has(const char *text, const char *word)
{
	size_t n = strlen(word);
	for (; *text; text++)
		if (!strncasecmp(text, word, n))
			return true;
	return false;
}

int64_t list_search(const struct ui *u, list_text *text, int64_t at, int64_t n, const char *word, int step)
{
	char b[512];
	for (int64_t k = 1; k <= n; k++) {
		int64_t i = ((at + step * k) % n + n) % n;
		if (text_has(text(u, i, b, sizeof b), word))
			return i;
	}
	return -1;
}

bool list_find(struct ui *u, struct list *l, list_text *text, int n, const char *word, int step, unsigned *changed)
{
	int64_t to = list_search(u, text, l->at, n, word, step);
	if (to < 0)
		return false;
	l->at = (int)to;
	*changed = CHANGED_LIST;
	return true;
}

bool layer_has(const struct ui *u, int i, const char *word)
{
	const struct layer *l = &u->s.m->layer[i];
	return text_has(l->name, word) || text_has(l->type, word) || text_has(l->detail, word);
}

static bool filter_found(struct ui *u, const char *number, unsigned *changed)
{
	char *end;
	long long f = strtoll(number, &end, 10);
	if (end == number || *end || f < 0 || f >= session_layer_now(&u->s)->filters)
		return false;
	*changed = session_filter(&u->s, f);
	return true;
}

bool layers_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	struct session *s = &u->s;
	if (*word == '#')
		return filter_found(u, word + 1, changed);
	int n = s->n_column, from = session_column(s);
	for (int k = 1; k <= n; k++) {
		int layer = s->column[((from + step * k) % n + n) % n];
		if (!layer_has(u, layer, word))
			continue;
		*changed = session_layer(s, layer);
		return true;
	}
	return false;
}

bool list_pick(struct list *l, const struct zone *z, unsigned *changed)
{
	bool was = l->at == z->a;
	l->at = z->a;
	*changed = CHANGED_LIST;
	return was;
}
