/* The browser without a terminal: keys go in, a canvas comes out. The loop on a terminal, the headless screens and the
 * tests all do this:
 *
 *	ui_init(u, options, &e);
 *	ui_key(u, key);                until no keys are waiting
 *	ui_update(u); ui_draw(u);      then u->canvas is the screen */
#ifndef UI_BROWSER_H
#define UI_BROWSER_H

#include "ui/state/ui.h"

/* ui_open with the table of views. */
int ui_init(struct ui *u, const struct browse_options *o, struct err *e);
/* A key goes to the prompt when one is open, else to its action. */
void ui_key(struct ui *u, int key);
/* Draws the view, the lines around it and the prompt on u->canvas. */
void ui_draw(struct ui *u);

#endif
