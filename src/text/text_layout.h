/* Finds the table in a text: where it begins and ends, what separates its cells, how its numbers are written, and which
 * lines name its columns. It looks at the first lines and at the last ones, not at all of them.
 *
 * Call text_layout_find() once. Then read line by line:
 *
 *	struct text_line line = text_layout_first(&l);
 *	while (text_layout_next(&l, &line)) {
 *		struct text_cells cells = text_layout_cells(&l, line.s, line.end);
 *		while (text_layout_cell(&cells, &s, &n))
 *			... the cell s[0..n), without blanks and quotes around it
 *	}
 *
 * A cell in quotes may hold separators, but these two functions do not follow it over the end of a line, and they leave
 * doubled quotes in it as they are. The reader of csv.c has its own loop for both, and for speed. */
#ifndef SRC_TEXT_LAYOUT_H
#define SRC_TEXT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

/* What a cell holds. */
enum cell_kind {
	CELL_EMPTY, /* nothing, or a word for a missing value: NA, NaN, null, ? ... */
	CELL_NUMBER,
	CELL_STAMP, /* a date or a time */
	CELL_WORD,
};

struct text_line {
	const char *s, *end; /* the line without its line end */
	const char *next;    /* where the next line begins */
	int64_t line;        /* its number in the file, from 1 */
};

enum { LAYOUT_HEADERS = 4 };

/* What stands beside the number in each cell of a column: "°C", "V", "$". It lies in the text. */
struct text_unit {
	const char *s;
	size_t n;    /* 0: the column has none */
	bool before; /* it stands before the number, as the sign of a currency does */
};

struct text_column {
	enum cell_kind kind; /* what most of its cells are */
	struct text_unit unit;
	char point;    /* its decimal mark, '.' or ',' */
	bool doubtful; /* its numbers could be read with the other decimal mark, too */
};

struct text_layout {
	const char *text, *text_end; /* the whole text */
	/* cells */
	char delim;          /* '\t', ';', ',' or '|'; ' ': any number of blanks and tabs; 0: a line is one cell */
	char quote;          /* '"' or '\'' */
	char tail;           /* a character that ends each line and belongs to no cell, such as ';'; 0: none */
	bool lead;           /* each line begins with a separator that has no cell before it */
	const char *comment; /* lines that begin so are comments; NULL: --comment was not given */
	char marks[8];       /* lines that begin with one of these are comments; '/' stands for two of them */
	/* lines */
	const char *first, *end;                 /* the table's lines of data lie in [first,end) */
	int64_t line;                            /* number of the line at `first` */
	int n_col;                               /* cells in a line of data */
	struct text_column *column;              /* [n_col] */
	int n_header;                            /* lines that name the columns; their names are joined by blanks */
	struct text_line header[LAYOUT_HEADERS]; /* each without a comment mark in front */
	char header_delim[LAYOUT_HEADERS];
	int header_shift;       /* the first name is that of this column: 1 if the row names of R have no name */
	struct text_line units; /* the line of units; s is NULL: there is none */
	bool no_numbers;        /* no line has a number: whether its first line is a header is not known */
	bool blank_rows;        /* every second line is blank, so that a blank line is not an empty cell */
	/* what was left out */
	int64_t above, below; /* lines that are neither blank nor a part of the table */
	const char *below_at; /* the first line below the table, or NULL */
	const char *looked;   /* all that was looked at lies before this, or in the last 64 KB of the text */
	double rate;          /* rows per second, where the lines above the table say it; 0: unknown */
	/* a sentence about a second reading that fits, or "" */
	char doubt[400];
};

struct layout_wanted {
	int64_t skip;        /* how many lines to leave out before anything else; -1: not given */
	const char *comment; /* lines that begin so are left out; NULL: not given */
	char point;          /* the decimal mark that --decimal gives; 0: not given */
};

/* Looks at n bytes of UTF-8, which must outlive *l. Returns an error if the text is empty. A text without numbers is
 * taken as a table whose first line is a header. On success text_layout_release() frees the result. */
int text_layout_find(struct text_layout *l, const char *text, size_t n, const struct layout_wanted *w, struct err *e);
void text_layout_release(struct text_layout *l);

/* A place before the first line of data. text_layout_next() moves to the next line of data and returns false at the end
 * of the table. Blank lines, lines of separators alone, comments and repeated headers are passed over. */
struct text_line text_layout_first(const struct text_layout *l);
bool text_layout_next(const struct text_layout *l, struct text_line *line);
/* Whether a line between the first and the last line of the table is no data: a comment, separators alone, the header
 * again. */
bool text_layout_is_aside(const struct text_layout *l, const char *s, const char *end);

struct text_cells {
	const char *at, *end;
	char delim, quote;
};
struct text_cells text_layout_cells(const struct text_layout *l, const char *s, const char *end);
/* Sets s[0..n) to the next cell. Returns false behind the last one. */
bool text_layout_cell(struct text_cells *c, const char **s, size_t *n);
/* The cells of line i of the header. The first one names column header_shift. */
struct text_cells text_layout_header(const struct text_layout *l, int i);

/* What the text of a cell, without blanks around it, is. */
enum cell_kind cell_kind(const char *s, size_t n);
/* Whether the cell is empty or a word that stands for a missing value. */
bool cell_is_missing(const char *s, size_t n);
/* Takes the unit from around a cell. Returns false if it is not there. */
bool text_unit_strip(const struct text_unit *u, const char **s, size_t *n);
/* "semicolon", "blanks" ... */
const char *text_layout_separator(const struct text_layout *l);

#endif
