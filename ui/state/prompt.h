/* One line of input at the bottom of the screen. The keys / : # % and K open it. Tab completes commands and
 * expressions. Up and Down recall earlier lines. */
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
	const char *action; /* name of the action that receives the line */
	char history[PROMPT_HISTORY][128];
	int n_history, recall; /* recall: the line of history that is shown; n_history: none */
	char hint[200];        /* the completions that Tab found, or what Enter alone does; cleared by the next key */
};

enum prompt_result { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };

/* Opens the prompt with an empty line. The history stays. The prompt does not copy action and label, which must outlive
 * it. */
void prompt_open(struct prompt *p, const char *action, const char *label);
/* Called when the user presses Tab. It reads p->text, and may replace p->text and fill p->hint. */
typedef void prompt_complete(void *ctx, struct prompt *p);
/* Handles one key. Enter stores the line in the history, closes the prompt and returns PROMPT_DONE; the line is in
 * p->text. Esc, Ctrl-C and Backspace on an empty line close the prompt and return PROMPT_CANCELLED. Every other key
 * returns PROMPT_GOES_ON. complete may be NULL: Tab then does nothing. ctx is passed on to complete. */
enum prompt_result prompt_key(struct prompt *p, int key, prompt_complete *complete, void *ctx);
/* Draws the prompt in row y and puts the hardware cursor behind the text. */
void prompt_draw(const struct prompt *p, struct canvas *c, int y);

#endif
