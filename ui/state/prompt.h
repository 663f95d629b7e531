/* One line of input at the bottom of the screen: for / : # % K. Tab completes commands, Up and Down recall. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>
#include "ui/draw/canvas.h"

enum { PROMPT_HISTORY = 16 };

struct prompt {
	bool open;
	const char *label;
	char text[128];
	int n;              /* bytes of text */
	const char *action; /* which action gets the line */
	char history[PROMPT_HISTORY][128];
	int n_history, recall;
	char hint[200]; /* what Tab could make of it, until the next key */
};

enum prompt_result { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };

/* The strings must outlive the prompt. */
void prompt_open(struct prompt *p, const char *action, const char *label);
/* complete: called for Tab with the text so far; may replace it, and fill the hint. */
typedef void prompt_complete(void *ctx, struct prompt *p);
enum prompt_result prompt_key(struct prompt *p, int key, prompt_complete *complete, void *ctx);
void prompt_draw(const struct prompt *p, struct canvas *c, int y);

#endif
