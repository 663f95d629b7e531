/* Sentences about the window: where it lies outside what the scaler was fitted on, silent filters, filters that do the
 * same, channels, the most important filters. Each knows the place that it is about. */
#ifndef UI_FINDINGS_H
#define UI_FINDINGS_H

#include "ui/state/ui.h"

/* Makes u->finding anew from the numbers that are there. */
void findings_make(struct ui *u);

#endif
