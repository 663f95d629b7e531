/* Shared by the files that read tables of windows: the form of the text (wide_form.c), and what its cells are
 * (data_wide.c). */
#ifndef SRC_WIDE_PARTS_H
#define SRC_WIDE_PARTS_H

#include "core/model/recipe.h"
#include "src/data/wide_label.h"
#include "src/read/lines.h"

struct wide {
	struct lines l; /* while reading: the current line */
	const struct recipe *r;
	char delim; /* 0: any number of blanks */
	char point;
	bool tail; /* each line ends with a separator that has no cell behind it */
	/* the header without a comment mark, or NULL */
	const char *header, *header_eol;
	int64_t skipped;  /* lines above the table that are not comments */
	int64_t n_cell;   /* in the first line of data */
	int64_t n_number; /* how many of them are numbers or missing values */
	bool uneven;      /* rows differ in their number of cells */
	int n_group;      /* cells of --group */
	struct wide_question question;
	struct column_seen column[COLUMNS_SEEN];
	struct wide_roles roles;
	unsigned char *role; /* [n_cell] */
	const char **group;  /* [n_cell] names of the columns of --group, if there are several */
	int bad;             /* the error of find_form() */
	struct err *e;
};

/* Reads the cell at p, without blanks and quotes around it. Returns where the next cell begins, or NULL at the end of
 * the line. */
const char *wide_take_cell(const struct wide *q, const char *p, const char **s, size_t *n);
/* Returns whether a cell is a number or a missing value. */
bool wide_is_number(const struct wide *q, const char *s, size_t n);
/* Counts the cells of the current line, and how many of them are numbers or missing values. */
int64_t wide_count_cells(const struct wide *q, int64_t *numbers);
/* Moves to the next line that holds cells. Returns false at the end of the text. */
bool wide_next_row(struct wide *q);
/* Looks at the beginning of the text. Afterwards q->l is at the first line of data. Returns false if there is none, or
 * with q->bad set if it is refused. */
bool wide_find_table(struct wide *q);

#endif
