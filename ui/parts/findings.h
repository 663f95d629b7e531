/* Sentences about the window, in groups: why its prediction is wrong, its input, saliency, the most important filters,
 * silent filters, filters that do the same. Each names the filters and the place that it is about. */
#ifndef UI_FINDINGS_H
#define UI_FINDINGS_H

#include "ui/state/ui.h"

enum finding_group {
	FINDING_WHY,
	FINDING_INPUT,
	FINDING_SALIENCY,
	FINDING_IMPORTANCE,
	FINDING_SILENT,
	FINDING_CLUSTERS,
	FINDING_GROUPS,
};
extern const char *const finding_groups[FINDING_GROUPS]; /* their headings */

struct finding {
	char text[640];
	enum finding_group group;
	enum view_id view; /* the place: where Enter goes */
	int layer;         /* -1: none */
	int *filter, n;    /* all filters that the sentence is about, also those that it only counts; owned */
	int64_t window;    /* the window that Enter goes to; -1: it stays */
};
struct findings {
	struct finding *v;
	int n;
};

/* Makes the list anew from the numbers that are there. */
void findings_make(struct ui *u, struct findings *f);
void findings_release(struct findings *f);

#endif
