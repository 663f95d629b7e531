/* What surrounds every view: the two lines at the top of the screen, and the message or the key bar at the bottom. */
#ifndef UI_STATUS_H
#define UI_STATUS_H

#include "ui/state/ui.h"

void status_draw(const struct ui *u, struct canvas *c);

#endif
