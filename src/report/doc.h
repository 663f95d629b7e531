/* A document in memory: headings, paragraphs, tables, figures and code. Sections build it without knowing a format; a
 * writer (doc_html.c, doc_markdown.c) walks over its blocks.
 *
 * Every text passes the text gate as it comes in, so writers have only to escape what their format takes for markup.
 * All memory is the document's: doc_release frees it. */
#ifndef SRC_REPORT_DOC_H
#define SRC_REPORT_DOC_H

#include <stdio.h>
#include "core/base/err.h"
#include "core/base/mem.h"

enum block_kind {
	BLOCK_HEADING, /* level 2 or 3 */
	BLOCK_TEXT,    /* a paragraph */
	BLOCK_CAUTION, /* a paragraph that the reader must not miss */
	BLOCK_ITEM,    /* an item of a list; items that follow each other are one list */
	BLOCK_CODE,    /* a line of code; lines that follow each other are one piece */
	BLOCK_TABLE,
	BLOCK_FIGURE,
};
enum { DOC_COLUMNS_MAX = 64 };

struct doc_table {
	int n_col, n_row, n_cell, cap;
	const char *head[DOC_COLUMNS_MAX]; /* [n_col] */
	bool number[DOC_COLUMNS_MAX];      /* [n_col] the column stands to the right */
	char **cell;                       /* [n_cell] row by row */
	int64_t left_out;                  /* rows that there are beside these */
	const char *what;                  /* what a row is, such as "layers": for what is left out */
};
struct doc_figure {
	const char *name, *alt; /* name: of a file, without folder and end; alt: what it shows, for who cannot see it */
	char *svg;              /* [size] malloc'd by the stream that wrote it */
	size_t size;
};
struct doc_block {
	enum block_kind kind;
	int level;
	const char *id;   /* of a heading of level 2: what links name; else NULL */
	const char *text; /* of tables and figures the caption */
	struct doc_table *table;
	struct doc_figure *figure;
};
struct doc {
	struct arena arena;
	const char *title;
	struct doc_block *block;
	int n, cap;
	int figures;
};

void doc_init(struct doc *d);
void doc_release(struct doc *d);
/* Removes the blocks from `from` on: a section that has nothing to say. */
void doc_cut(struct doc *d, int from);

/* Moves the blocks from `from` on to place `to`, before those that stand there. */
void doc_move(struct doc *d, int from, int to);

void doc_title(struct doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void doc_section(struct doc *d, const char *id, const char *heading);
void doc_heading(struct doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void doc_say(struct doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void doc_caution(struct doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void doc_item(struct doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void doc_code(struct doc *d, const char *line);

/* Begins a table. heads: the columns between bars, "layer|>parameters"; those that begin with > are numbers. Columns
 * may be added while there is no cell. The caption may be NULL. */
struct doc_table *doc_table(struct doc *d, const char *caption, const char *heads);
void doc_column(struct doc *d, struct doc_table *t, bool number, const char *head);
/* The next cell of the table, from left to right. */
void doc_cell(struct doc *d, struct doc_table *t, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A number with six significant digits; "-" where it is none. */
void doc_number(struct doc *d, struct doc_table *t, double v);
/* There are `all` rows, of which only those in the table are shown. */
void doc_left_out(struct doc *d, struct doc_table *t, int64_t all, const char *what);

/* Begins a figure. Its SVG goes to the stream that is returned, which doc_figure_end closes. NULL: no memory. */
FILE *doc_figure(struct doc *d, const char *name, const char *alt, const char *caption);
void doc_figure_end(FILE *f);

/* Writers. The HTML is one file, without script and without anything from outside: pictures are in it. */
void doc_html(const struct doc *d, FILE *f);
/* Figures are files beside the document, named `base`-NAME.svg. */
void doc_markdown(const struct doc *d, const char *base, FILE *f);

#endif
