/* What views that are lists share. */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "ui/state/ui.h"

/* Moves the cursor *at in a list of n lines, of which page are seen at once. Returns what changed. */
unsigned list_move(int *at, int n, int page, enum move m);

#endif
