/* A page: what core says of a layer or of the model (core/model/describe.h), as lines that are broken between words,
 * with a cursor. Beside or below them stands the histogram of the weights that the cursor is on. */
#ifndef UI_PAGE_H
#define UI_PAGE_H

#include "core/model/describe.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"

/* A row of the screen: n bytes from `from` on of the value of line `line`; -1: a blank row. */
struct page_row {
	int line;
	size_t from, n;
};

struct page {
	struct description d;
	struct page_row *row;
	int n_row, name_w;
	struct list list; /* over the rows */
	int tensor;       /* the value whose histogram is shown; -1: the page has no weights */
	struct tensor_figures figures;
	struct rect text, side; /* side.h 0: no room for a histogram */
};

void page_release(struct page *p);
/* After p->d was made anew: puts the cursor on the first weights, if there are any, else on the first line. */
void page_begin(struct page *p);
/* Breaks the lines for the body of the screen, and keeps the cursor in sight. A view calls it in its update. */
void page_update(const struct ui *u, struct page *p);
/* After p->d was made: puts the notes about the model, or about a layer, on top. */
void page_notes(const struct ui *u, struct page *p, enum note_about about, int layer);
void page_draw(const struct ui *u, struct canvas *c, const struct page *p);
unsigned page_move(const struct ui *u, struct page *p, enum move m);
bool page_search(struct page *p, const char *word, int step, unsigned *changed);
/* The line under the cursor; NULL: there is none. */
const struct describe_line *page_line(const struct page *p);
/* The chosen weights as numbers to write. false: the page has none. */
bool page_numbers(const struct ui *u, const struct page *p, struct export_numbers *n, char *name, size_t size);

extern const struct legend legend_page[];

#endif
