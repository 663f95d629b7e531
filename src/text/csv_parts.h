/* Shared by the files that read a table from text: the passes over its lines (csv.c), the cells of a line
 * (csv_lines.c), names, blocks and settings (csv_names.c), and what is said about the table (csv_say.c). */
#ifndef SRC_CSV_PARTS_H
#define SRC_CSV_PARTS_H

#include "src/text/csv.h"
#include "src/text/text_decode.h"
#include "src/text/text_feed.h"
#include "src/text/text_layout.h"

/* A table is read in two passes, after text_layout_find() has found it. The first pass reads the numbers and counts
 * what else each column holds. The second pass reads texts; a table that holds only numbers does not need it. */
struct reader_csv {
	struct text_layout l;
	const unsigned char *data; /* the text from its first row of data to its last one */
	size_t n;
	char delim;
	bool naming;     /* true in the second pass */
	bool lenient;    /* rows of another width are missing rows */
	bool maybe[256]; /* a line that begins so may be no data */
	struct table *t;
	/* position in the file */
	int64_t line, start; /* line of the file; line on which the current row began */
	int64_t row;         /* complete rows */
	int col, n_col;
	int extra;             /* cells behind the last column that are not empty */
	int64_t blank;         /* blank lines that may be empty cells, if the file has one column */
	int64_t aside, ragged; /* lines that are no data; rows of another width */
	int64_t *block;        /* [n_block] the rows before which two blank lines or more stand */
	int n_block, block_room;
	struct csv_parser *p; /* libcsv's */
	/* results of the first pass */
	struct csv_column {
		char point;
		int64_t number, word;
		int64_t against; /* cells that can only be numbers with the other decimal mark */
		double *value;   /* [row]; written from the first number on */
	} * column;
	int64_t rows_max;  /* rows that have room, and one more */
	int64_t *row_line; /* [row] line of the file; NULL: the rows so far are in neighbouring lines from first_line on
	                    */
	int64_t first_line;
	double *room;   /* (n_col, rows_max): the memory of all value arrays */
	int64_t budget; /* bytes that the table may still use */
	/* --missing-value */
	char **missing_word;
	double *missing_number; /* NaN: the word is no number */
	int n_missing;
	char *clean;            /* buffer for one cleaned cell */
	struct text_feed *feed; /* the text is read piece by piece; NULL: it is in memory */
	struct err *e;
	int bad;
};

/* Takes bytes from the budget. If it has not enough, q->bad is set. */
void csv_spend(struct reader_csv *q, int64_t bytes);
/* Copies q->clean into the table's arena. */
const char *csv_kept(struct reader_csv *q);

/* The cells of one line after the other; csv_lines.c is the only file that uses libcsv. csv_lines_end()
 * returns q->bad. */
int csv_lines_begin(struct reader_csv *q);
int csv_lines_end(struct reader_csv *q);
/* Whether the last line ended inside a cell in quotes. */
bool csv_row_is_open(const struct reader_csv *q);
/* Takes the cells of the line s..end. quoted: it has a quote. */
void csv_line(struct reader_csv *q, const char *s, const char *end, bool quoted);
/* Takes a row of one empty cell. */
void csv_line_blank(struct reader_csv *q);
/* The second pass found other rows than the first one. Returns the error. */
int csv_say_changed(struct reader_csv *q);

/* Gives the table the lines of its header, and the names of its columns. */
void csv_name_columns(struct reader_csv *q);
/* Makes each block a group, so that no window crosses from one to the next. */
void csv_give_blocks(struct reader_csv *q);
/* Tektronix' TDS writes its settings into the first three cells of the first rows, and the values beside them: leaves
 * the settings out. */
void csv_drop_settings(struct reader_csv *q);

/* Says what was understood of the table, once it is read. */
void csv_say(struct reader_csv *q, const struct decoded *decoded);

#endif
