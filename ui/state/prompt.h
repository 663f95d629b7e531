/* One line of input at the bottom of the screen. The keys / : # % and K open it. It shows what the word that is typed
 * may become: the rest of the first choice behind the cursor, the others in a row. Tab and Shift-Tab put one choice
 * after the other into the line, Right and End take the first. Up and Down recall earlier lines. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>
#include "ui/draw/canvas.h"

enum { PROMPT_HISTORY = 16, PROMPT_TEXT = 512, PROMPT_CHOICES = 128, PROMPT_CHOICE = 96 };

struct prompt {
	bool open;
	const char *label;
	char text[PROMPT_TEXT];
	int n;              /* bytes of text */
	const char *action; /* name of the action that receives the line */
	char history[PROMPT_HISTORY][PROMPT_TEXT];
	int n_history, recall; /* recall: the line of history that is shown; n_history: none */

	/* What text[from..] may become. */
	char choice[PROMPT_CHOICES][PROMPT_CHOICE];
	int n_choice;
	size_t from;             /* bytes of text before the word */
	int at;                  /* the choice that Tab has put into the line; -1: none, the line is as typed */
	char typed[PROMPT_TEXT]; /* the line before Tab, when at >= 0 */
	char hint[200];          /* a sentence that is shown in place of the row of choices; "": none */
};

enum prompt_result { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };

/* Finds what the line p->text may become: sets p->from and p->hint and calls prompt_offer for each choice. asked: the
 * user has pressed Tab, so choices that take time to find are wanted, too. ctx belongs to the caller of prompt_key. */
typedef void prompt_complete(void *ctx, struct prompt *p, bool asked);
/* Adds a choice. One that is too long, or beyond the last place, is left out. */
void prompt_offer(struct prompt *p, const char *choice);

/* Opens the prompt with an empty line. The history stays. The prompt does not copy action and label, which must outlive
 * it. complete may be NULL: then there are no choices. */
void prompt_open(struct prompt *p, const char *action, const char *label, prompt_complete *complete, void *ctx);
/* Puts a text into the open line; one that is too long is not put there, and false is returned. */
bool prompt_fill(struct prompt *p, const char *text);
/* Handles one key. Enter stores the line in the history, closes the prompt and returns PROMPT_DONE; the line is in
 * p->text. Esc, Ctrl-C and Backspace on an empty line close the prompt and return PROMPT_CANCELLED. Every other key
 * returns PROMPT_GOES_ON. complete and ctx are those of prompt_open. */
enum prompt_result prompt_key(struct prompt *p, int key, prompt_complete *complete, void *ctx);
/* Draws the prompt in row y and puts the hardware cursor behind the text. */
void prompt_draw(const struct prompt *p, struct canvas *c, int y);

#endif
