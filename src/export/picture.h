/* A view of the browser as SVG, without a terminal: for reports, and for whoever asks for a picture by its name. */
#ifndef SRC_EXPORT_PICTURE_H
#define SRC_EXPORT_PICTURE_H

#include "ui/browse/browse.h"

struct picture {
	const char *view, *title; /* "layers"; what the picture says it is */
	const char *size;         /* of the screen that it is cut from: "100x34" */
	/* Puts the browser where the picture is to be taken; NULL: it is where it starts. It may change the session, as
	 * keys would, and calls nothing else. */
	void (*place)(void *ctx, struct ui *u);
	void *ctx;
};
/* Draws what o says, with the model, data and question in it, on white paper, and writes the view itself, without the
 * lines above and below it. Waits for all numbers. Nothing of it depends on locale, terminal or clock. Returns 0 or a
 * negative code with a sentence in e; then nothing is written. */
int picture_svg(FILE *f, const struct browse_options *o, const struct picture *p, struct err *e);

#endif
