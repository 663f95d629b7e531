/* Decides which cells of a row that is a window are values, which one is the label, and which only name the row. The
 * reader of tables of windows (src/data/data_wide.c) looks at some rows, calls column_add() for each cell that may be
 * something else than a value, and then wide_label_choose(). */
#ifndef SRC_WIDE_LABEL_H
#define SRC_WIDE_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

enum { DISTINCT_MOST = 1001, COLUMNS_SEEN = 64 };

/* What the cells of one column are. */
struct column_seen {
	int64_t at;       /* from 0 at the front; from -1 at the end of a row */
	const char *name; /* from the header, or NULL */
	bool group;       /* --group names it */
	int64_t words, wholes, fractions;
	int distinct;  /* DISTINCT_MOST: that many or more */
	bool rises;    /* each number is one more than that of the row before */
	double before; /* number of the row before */
	uint64_t *key; /* [DISTINCT_MOST] the distinct cells, as hashes; malloc'd */
};

/* Takes the cell s[0..n) of one row. point: the decimal mark. Cells of values that are missing are not counted. */
void column_add(struct column_seen *c, const char *s, size_t n, char point);
void column_release(struct column_seen *c);

struct wide_question {
	int64_t n_cell;             /* cells in a row */
	bool uneven;                /* rows differ in their number of cells */
	int64_t T, C;               /* of the model; 0: unknown */
	int64_t classes;            /* of the model; 0: unknown, or it forecasts */
	const char *asked;          /* --label, or NULL */
	int64_t rows;               /* that were looked at */
	bool neighbours;            /* these rows follow each other, so that `rises` has a meaning */
	struct column_seen *column; /* [n_column], in the order of the row */
	int n_column;
};

/* What was decided. Positions are those of struct column_seen. */
struct wide_roles {
	bool has_label;
	int64_t label;
	int64_t id[COLUMNS_SEEN]; /* cells that are left out */
	int n_id;
	char why[200];     /* how the label was found, such as "by its name" */
	char warning[300]; /* or "" */
};

/* Fills *r. Returns 0, or an error that names --label if two readings fit or --label names no column. */
int wide_label_choose(struct wide_roles *r, const struct wide_question *q, struct err *e);
/* Writes "the first cell of each row ('y')" to buf. */
void wide_label_place(const struct wide_question *q, int64_t at, char *buf, size_t size);

#endif
