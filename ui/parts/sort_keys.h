/* The keys by which the filters of a layer are sorted, as a row of words: "importance v | index | cluster ...". */
#ifndef UI_SORT_KEYS_H
#define UI_SORT_KEYS_H

#include "ui/state/ui.h"

/* Draws the keys by which s sorts, the current one with its direction, so that they end at column `end`; closer
 * together where room is short. Returns where they begin; `end` if they do not fit behind column `from`. */
int sort_keys_draw(const struct ui *u, struct canvas *c, int from, int end, int y);
/* A click on a key sorts by it, and a second one reverses. Returns true if the zone z is a key. Its a is below 0. */
bool sort_keys_pick(struct ui *u, const struct zone *z, unsigned *changed);

#endif
