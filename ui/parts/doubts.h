/* What makes the saliency maps of the window doubtful (core/analysis/doubts.h): a sign for the view of methods, and
 * sentences for findings. */
#ifndef UI_DOUBTS_H
#define UI_DOUBTS_H

#include "ui/state/ui.h"

enum ui_doubt { UI_DOUBT_SUM, UI_DOUBT_SATURATED, UI_DOUBT_TIE, UI_DOUBT_KINK, UI_DOUBTS };

/* A sentence about this doubt, with a full stop; "" where it does not apply, or is not known yet. */
const char *doubt_sentence(const struct ui *u, enum ui_doubt which, char *buf, size_t size);
/* Those that apply in few words: "tie, kink"; "" if none does. */
const char *doubts_sign(const struct ui *u, char *buf, size_t size);

#endif
