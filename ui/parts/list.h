/* What views that are lists share: a cursor, lines cut between words, and a search in the text of the lines. */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "ui/state/ui.h"

/* Private data of a view that is a list of lines. */
struct list {
	int at;    /* the line under the cursor */
	int first; /* the line at the top of the screen */
};

/* Returns where a move from line `at` ends in a list of n lines, of which page are seen at once; 0 in an empty list. */
int64_t list_moved(int64_t at, int64_t n, int64_t page, enum move m);
/* Moves the cursor *at in a list of n lines, of which page are seen at once. Returns what changed. */
unsigned list_move(int *at, int n, int page, enum move m);
/* After the list has changed: keeps the cursor on it, and in sight where `room` lines are seen at once. */
void list_keep(struct list *l, int n, int room);

/* A click on line z->a; true: the cursor was there already. */
bool list_pick(struct list *l, const struct zone *z, unsigned *changed);

/* Returns the bytes of s that fit in w columns, cut between words where there are any; 0 at the end of s. */
size_t text_fit(const char *s, int w);
/* Does the text have the word in it, upper or lower case? */
bool text_has(const char *text, const char *word);
/* The text of line i as the screen shows it, in buf or elsewhere. */
typedef const char *list_text(const struct ui *u, int64_t i, char *buf, size_t size);
/* The next (step 1) or previous (-1) of n lines after `at` whose text has the word in it, going round at the end; -1:
 * none has it. */
int64_t list_search(const struct ui *u, list_text *text, int64_t at, int64_t n, const char *word, int step);
/* list_search as a view's search hook does it: moves the cursor there. */
bool list_find(struct ui *u, struct list *l, list_text *text, int n, const char *word, int step, unsigned *changed);

/* Search in a view of layers and filters: "#12" selects the filter of that number, another word the next analysed layer
 * that has it in its name, type or description. */
bool layers_search(struct ui *u, const char *word, int step, unsigned *changed);
/* The word is in what a view shows of layer i: its name, type or description. */
bool layer_has(const struct ui *u, int i, const char *word);

#endif
