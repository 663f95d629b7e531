/* Sentences about the window: where it lies outside what the scaler was fitted on, silent filters, filters that do the
 * same, channels, the most important filters. Each knows the place that it is about. */
#ifndef UI_FINDINGS_H
#define UI_FINDINGS_H

#include "ui/state/ui.h"

struct finding {
	char text[256];
	enum view_id view; /* the place: where Enter goes */
	int layer, filter; /* -1: none */
};
struct findings {
	struct finding *v;
	int n;
};

/* Makes the list anew from the numbers that are there. */
void findings_make(struct ui *u, struct findings *f);

#endif
