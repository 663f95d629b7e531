/* Shared by the files that find the table in a text: cells and lines (text_cells.c), the first lines and the ways to
 * split them (text_sample.c), header and names (text_header.c), and the whole (text_layout.c). */
#ifndef SRC_TEXT_LAYOUT_PARTS_H
#define SRC_TEXT_LAYOUT_PARTS_H

#include "src/text/text_layout.h"

enum {
	CELLS_MAX = 4097,     /* cells of a line that are looked at */
	SAMPLE_FIRST = 200,   /* lines that are looked at first */
	SAMPLE_MOST = 20000,  /* and at most, where no table is found before */
	TAIL_LINES = 100,     /* lines at the end that are looked at */
	TAIL_BYTES = 1 << 16, /* they lie in so many bytes */
	BLOCK_MOST = 8,       /* lines of a header, with units and titles */
	UNIT_MAX = 16,        /* bytes of a unit in a cell */
};

/* Between names with single blanks in them: a tab, or two blanks or more. */
enum { WIDE_BLANKS = 'W' };

/* The lines at the beginning of the text. */
struct sample {
	struct text_line *line; /* lines that are not blank */
	int *blanks;            /* blank lines before each */
	int n;
	bool whole; /* the text ends with them */
};

/* What the cells of a line are. */
struct shape {
	int width, filled;       /* cells; cells without the empty ones at the end */
	int number, stamp, word; /* the others are empty */
	bool comment;
};

/* One cell of a line, without blanks and quotes around it. */
struct cell {
	const char *s;
	size_t n;
	enum cell_kind kind;
};

/* A run of neighbouring lines of data whose cells are in the same columns: the least and the largest number of columns
 * that fits all of them. */
struct run {
	int from, to, rows; /* lines from <= i < to of the sample */
	int least, most;
	double score;
};

/* One way to split the lines, and the best run of rows that it gives. */
struct reading {
	struct text_layout l; /* delim, quote, tail, lead, comment, marks */
	struct run best;
	struct shape *shape; /* [line of the sample] */
};

/* The search. */
struct finder {
	char point; /* what --decimal says, or 0 */
	struct sample sample;
	struct cell *cell;
	struct reading best;
	char said; /* by sep= */
};

/* What most cells of each column are, and how their numbers are written. */
struct tally {
	int kind[4];
	int marks;        /* the sum of enum number_marks */
	int point, comma; /* numbers that decide for each decimal mark */
};

/* The lines of names, units and titles above the data. */
struct block {
	struct text_line line[BLOCK_MOST];
	char delim[BLOCK_MOST];
	int n; /* the first one is the nearest to the data */
};

/* ---- cells and lines: text_cells.c ---- */

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The line at p. */
struct text_line text_line_at(const char *p, const char *end, int64_t line);
/* Whether s..end holds nothing but these characters. */
bool text_only_of(const char *s, const char *end, const char *chars);
/* Moves *s behind a comment mark and the blanks after it. */
void text_skip_mark(const char **s, const char *end);
/* Errors of Excel begin like comments. */
bool text_is_excel_error(const char *s, const char *end);
/* Whether the line begins with a comment mark of the layout. */
bool text_is_comment(const struct text_layout *l, const char *s, const char *end);
/* Whether the text s..end is that of line a. */
bool text_same_line(const struct text_line *a, const char *s, const char *end);

/* Whether the letters belong into a date or a time: the names of months and days, AM, UTC ... */
bool text_is_time_word(const char *s, size_t n);

/* ---- units in cells: text_units.c ---- */

/* Gives columns their units, where each cell in the lines from <= i < to of the sample is a number with the same one,
 * and counts these cells in t as numbers. */
void units_find(struct finder *f, struct text_layout *l, struct tally *t, int from, int to);

/* ---- the first lines, and the ways to split them: text_sample.c ---- */

/* Frees what sample_take() allocated. */
void sample_release(struct sample *q);
/* Takes at most `most` lines that are not blank from p on; `number` is that of the first. sample_release() frees them.
 */
void sample_take(struct sample *q, const char *p, const char *end, int64_t number, int most);
/* Splits a line. Returns how many cells it has, at most CELLS_MAX. */
int line_split(const struct text_layout *l, const char *s, const char *end, struct cell *cell);
/* Counts the kinds of n cells. */
struct shape line_shape(const struct cell *cell, int n);
/* Whether a line of this shape may belong to the run. */
bool run_takes(const struct run *r, const struct shape *q);
/* Single quotes stand around cells if there is no double quote, and one of them begins a line or a cell. */
char sample_quote(const struct sample *q);
/* The marks of comments, without those with which most lines begin. */
void sample_marks(struct text_layout *l, const struct sample *q);
/* Whether the run, split at commas, looks like one decimal comma in each line: two cells, the first a whole number, the
 * second digits with zeros in front, or all of one length. */
bool reading_has_decimals(const struct reading *r, const struct sample *q, struct cell *cell, bool *certain);
/* Finds `sep=;`, which Excel writes into the first line. */
char line_says_delim(const struct text_line *line);
/* How the first name line above the run agrees: 1 it has as many cells, 0 it does not, or there is none. */
bool reading_fits(const struct reading *r);
/* Tries all separators on the sample; f->best is the reading with the best run. */
void finder_try_all(struct finder *f, const struct text_layout *base);

/* ---- from the run of rows to the table: text_header.c ---- */

/* Counts the kinds of cells in lines from <= i < to, for n_col columns. The caller frees the result. */
struct tally *tally_columns(const struct finder *f, int from, int to, int n_col);
/* The kind that most cells of a column are of. */
enum cell_kind tally_kind(const struct tally *t);
/* Whether line i, the first of a run, names the columns although it holds numbers: `date,0,1,OT` above stamps and
 * numbers, `month,2023,2024`, or the names 0, 1, 2 of pandas. */
bool finder_is_header(struct finder *f, const struct tally *t, int i, int n_col);
/* A line that only draws: ---- or |---|---| or ====. */
bool line_is_rule(const struct text_line *l);
/* Finds the lines of names above line `start`. */
void block_find(struct finder *f, struct text_layout *l, struct block *b, int start, const struct tally *t);
/* Counts the cells of a line that are not empty; *only is the last of them. */
int line_filled(struct finder *f, const struct text_line *line, int *only);
/* Takes units from the bottom of the block and titles from its top; what is left are the names. */
void block_take(struct finder *f, struct text_layout *l, struct block *b);

#endif
