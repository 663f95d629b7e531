#include "ui/parts/sort_keys.h"

#include "core/base/text.h"

int sort_keys_draw(const struct ui *u, struct canvas *c, int from, int end, int y)
{
	const struct session *s = &u->s;
	int words = 2, gap = 3;
	for (int i = 0; i < (int)SORT_COUNT; i++)
		words += text_width(sort_names[i]);
	if (end - words - gap * ((int)SORT_COUNT - 1) < from)
		gap = 1;
	int w = words + gap * ((int)SORT_COUNT - 1);
	if (end - w < from)
		return end;
	int x = end - w;
	for (int i = 0; i < (int)SORT_COUNT; i++) {
		bool on = i == (int)s->sort;
		int at = x += i ? canvas_text(c, x, y, gap, S_BORDER, gap > 1 ? " | " : "|") : 0;
		x += canvas_text(c, x, y, -1, on ? S_BORDER_ON : S_DIM, sort_names[i]);
		if (on) {
			canvas_put(c, x + 1, y, s->reverse ? u->g->rises : u->g->falls, S_BORDER_ON);
			x += 2;
		}
		canvas_zone(c, (struct rect){ at, y, x - at, 1 }, -1 - i, -1);
	}
	return end - w;
}

bool sort_keys_pick(struct ui *u, const struct zone *z, unsigned *changed)
{
	struct session *s = &u->s;
	if (z->a >= 0)
		return false;
	enum sort k = (enum sort)(-1 - z->a);
	*changed = session_sort(s, k, k == s->sort ? !s->reverse : s->reverse);
	return true;
}
