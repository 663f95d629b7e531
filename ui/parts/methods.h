/* Whether the saliency methods agree, and what makes their maps doubtful: for the view of methods beside each other,
 * and for findings. */
#ifndef UI_METHODS_H
#define UI_METHODS_H

#include "ui/state/ui.h"

/* Where the methods put their saliency: on channels, or, of a single channel and by time, on fifths of the window. */
struct methods_verdict {
	bool by_time;     /* the parts are fifths of the window */
	int done, of;     /* methods that have an answer, and all that can be compared */
	int64_t part;     /* the part on which they differ most, or, if they agree, on which most lies */
	int least, most;  /* the methods with its smallest and largest share */
	double low, high; /* these shares */
	bool disagree;    /* they are farther apart than METHODS_APART */
};
static const double METHODS_APART = 0.3;

/* Returns true if the map of method i answers the question in force. */
bool methods_there(const struct ui *u, int i);
/* From the maps that are there (NEEDS_METHODS); those that answer an earlier question do not count. by_time: over
 * fifths of the window also where there are several channels. */
struct methods_verdict methods_compare(const struct ui *u, bool by_time);
/* The name of the verdict's part: a channel, or "steps 0 to 9". */
const char *methods_part(const struct ui *u, const struct methods_verdict *v, char *buf, size_t size);
/* The verdict as a sentence without a full stop; "" while fewer than two methods are done. */
const char *methods_sentence(const struct ui *u, char *buf, size_t size);

/* ---- what makes the maps of the window doubtful (core/analysis/doubts.h) ---- */
enum ui_doubt { UI_DOUBT_SUM, UI_DOUBT_SATURATED, UI_DOUBT_TIE, UI_DOUBT_KINK, UI_DOUBTS };

/* A sentence about this doubt, with a full stop; "" where it does not apply, or is not known yet. */
const char *doubt_sentence(const struct ui *u, enum ui_doubt which, char *buf, size_t size);
/* Those that apply in few words: "tie, kink"; "" if none does. */
const char *doubts_sign(const struct ui *u, char *buf, size_t size);

#endif
