/* The header of a table: its names, its units, and what stands above them. */
#include "src/text/text_layout_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"
#include "core/base/number.h"
#include "src/read/lines.h"

/* ---- from the run to the table ---- */

struct tally *tally_columns(const struct finder *f, int from, int to, int n_col)
{
	struct tally *t = xcalloc((size_t)n_col + 1, sizeof *t);
	for (int i = from; i < to; i++) {
		if (f->best.shape[i].comment)
			continue;
		int n = line_split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell);
		for (int k = 0; k < n && k < n_col; k++) {
			const struct cell *c = &f->cell[k];
			t[k].kind[c->kind]++;
			int marks = c->kind == CELL_NUMBER ? number_marks(c->s, c->n) : 0;
			t[k].marks |= marks;
			t[k].point += (marks & (NUMBER_DECIMAL_POINT | NUMBER_GROUP_COMMA)) != 0;
			t[k].comma += (marks & (NUMBER_DECIMAL_COMMA | NUMBER_GROUP_POINT)) != 0;
		}
	}
	return t;
}

enum cell_kind tally_kind(const struct tally *t)
{
	if (t->kind[CELL_NUMBER] && t->kind[CELL_NUMBER] >= t->kind[CELL_STAMP] + t->kind[CELL_WORD])
		return CELL_NUMBER;
	if (t->kind[CELL_STAMP] && t->kind[CELL_STAMP] >= t->kind[CELL_WORD])
		return CELL_STAMP;
	return t->kind[CELL_WORD] ? CELL_WORD : CELL_EMPTY;
}

/* Whether the numbers among the cells rise by equal steps of whole numbers. */
static bool counts_up(const struct cell *cell, int n, double *first, int *numbers)
{
	double before = 0, step = 0, v;
	*numbers = 0;
	for (int i = 0; i < n; i++) {
		if (cell[i].kind != CELL_NUMBER)
			continue;
		if (number_parse(cell[i].s, cell[i].n, '.', &v) != NUMBER_OK || v != floor(v))
			return false;
		if (*numbers == 0)
			*first = v;
		if (*numbers == 1)
			step = v - before;
		if (*numbers && (v - before != step || step != 1))
			return false;
		before = v;
		++*numbers;
	}
	return *numbers > 0;
}

static bool rises(const struct cell *cell, int n)
{
	double before = -1e300, v;
	for (int i = 0; i < n; i++) {
		if (cell[i].kind != CELL_NUMBER)
			continue;
		if (number_parse(cell[i].s, cell[i].n, '.', &v) != NUMBER_OK || v <= before)
			return false;
		before = v;
	}
	return true;
}

static bool begins_with_word(struct finder *f, int i)
{
	const struct text_line *line = &f->sample.line[i];
	return i < f->sample.n && line_split(&f->best.l, line->s, line->end, f->cell) && f->cell->kind == CELL_WORD;
}

bool finder_is_header(struct finder *f, const struct tally *t, int i, int n_col)
{
	/* the line above it has names alone */
	const struct shape *above = i > 0 ? &f->best.shape[i - 1] : NULL;
	if (above && above->word && !above->number && !above->stamp && above->filled == n_col)
		return false;
	const struct text_line *line = &f->sample.line[i];
	int n = line_split(&f->best.l, line->s, line->end, f->cell), numbers, other;
	struct shape s = line_shape(f->cell, n);
	double first = 0, second = 0;
	bool word_above = false;
	for (int k = 0; k < n && k < n_col; k++) {
		enum cell_kind below = tally_kind(&t[k]);
		word_above |= f->cell[k].kind == CELL_WORD && (below == CELL_NUMBER || below == CELL_STAMP);
	}
	if (s.stamp || !n)
		return false;
	if (!s.number)
		return word_above;
	/* a column that changes from words to numbers */
	if (f->cell[0].kind == CELL_WORD && begins_with_word(f, i + 1))
		return false;
	line_split(&f->best.l, line->s, line->end, f->cell);
	bool named =
	        f->cell[0].kind == CELL_WORD && (tally_kind(&t[0]) == CELL_NUMBER || tally_kind(&t[0]) == CELL_STAMP);
	bool corner = !f->cell[0].n && n > 1;
	bool up = counts_up(f->cell, n, &first, &numbers), rising = rises(f->cell, n);
	if (word_above && named && (up || (numbers > 1 && rising) || (s.number > 2 && rising)))
		return true;
	if (!up || s.word || i + 1 >= f->sample.n || first < 0 || first > 1)
		return false;
	if (!corner && !(named && word_above) && numbers < 3)
		return false;
	line = &f->sample.line[i + 1];
	n = line_split(&f->best.l, line->s, line->end, f->cell);
	/* the row names in the corner's column are no values */
	return !counts_up(f->cell + corner, n - corner, &second, &other);
}

bool line_is_rule(const struct text_line *l)
{
	return l->end - l->s >= 2 && text_only_of(l->s, l->end, "-=+|: \t_") &&
	       (memchr(l->s, '-', (size_t)(l->end - l->s)) || memchr(l->s, '=', (size_t)(l->end - l->s)));
}

/* Whether a cell is a unit, a form of a date, or what a data logger computed. */
static bool is_unit(const char *s, size_t n)
{
	static const char *const units[] = {
		"s",      "ms",    "us",      "min",    "h",       "hz",    "khz",   "mhz",      "v",       "mv",
		"uv",     "kv",    "a",       "ma",     "ka",      "ah",    "mah",   "w",        "kw",      "mw",
		"kwh",    "wh",    "mwh",     "var",    "pa",      "hpa",   "kpa",   "mpa",      "bar",     "mbar",
		"psi",    "m",     "mm",      "cm",     "km",      "um",    "g",     "kg",       "mg",      "t",
		"n",      "kn",    "nm",      "j",      "kj",      "k",     "c",     "f",        "degc",    "degf",
		"deg",    "rad",   "deg c",   "deg f",  "%",       "ppm",   "ppb",   "db",       "dbm",     "lx",
		"lux",    "l",     "ml",      "m/s",    "m/s2",    "m/s^2", "km/h",  "mph",      "kt",      "rpm",
		"1/min",  "l/min", "w/m2",    "w/m^2",  "kw/m2",   "rh",    "%rh",   "avg",      "smp",     "min",
		"max",    "std",   "tot",     "rn",     "ts",      "vol",   "volt",  "volts",    "amp",     "amps",
		"counts", "count", "none",    "raw",    "-",       "units", "unit",  "second",   "seconds", "ohm",
		"kohm",   "m/sec", "degrees", "mm/h",   "g/m3",    "ug/m3", "mg/m3", "datetime", "usd",     "eur",
		"string", "int",   "float",   "double", "numeric", "yr",    "mo",    "dy",       "hr",      "mn",
		"degt",   "nmi",   "ft",      NULL
	};
	char text[64];
	if (!n)
		return true;
	if (n > 2 && ((*s == '[' && s[n - 1] == ']') || (*s == '(' && s[n - 1] == ')')))
		return true;
	if (n >= sizeof text)
		return false;
	/* a degree sign, a micro sign and a squared sign are not ASCII; no name of a column is one sign and a letter */
	if (n <= 5 && (*s & 0x80) &&
	    (!memcmp(s, "\xc2\xb0", 2) || !memcmp(s, "\xc2\xb5", 2) || !memcmp(s, "\xce\xbc", 2)))
		return true;
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\xc2' && i + 1 < n && (s[i + 1] == '\xb2' || s[i + 1] == '\xb3'))
			text[k++] = s[++i] == '\xb2' ? '2' : '3';
		else
			text[k++] = s[i];
	for (int i = 0; units[i]; i++)
		if (word_is(text, k, units[i]))
			return true;
	/* yyyy-mm-dd hh:mm:ss.mmm */
	bool letters = false;
	for (size_t i = 0; i < k; i++) {
		if (!strchr("yYmMdDhHsSfT -/.:", text[i]))
			return false;
		letters |= strchr("-/:", text[i]) != NULL;
	}
	return letters;
}

static bool is_units_line(struct finder *f, const struct text_line *line)
{
	int n = line_split(&f->best.l, line->s, line->end, f->cell), filled = 0;
	for (int i = 0; i < n; i++) {
		if (!is_unit(f->cell[i].s, f->cell[i].n))
			return false;
		filled += f->cell[i].n > 0;
	}
	return filled > 0;
}

/* The first characters of a line that a comment mark takes, with the blanks behind them. */
static struct text_line uncommented(const struct text_line *line)
{
	struct text_line l = *line;
	while (l.s < l.end && strchr("#%~;/! ", *l.s))
		l.s++;
	return l;
}

/* Splits at two blanks or more, or at tabs: names with single blanks in them. */
static bool wide_blanks(const struct text_line *line, int n_col)
{
	int n = 0;
	const char *p = line->s;
	while (p < line->end) {
		while (p < line->end && is_blank(*p))
			p++;
		if (p < line->end)
			n++;
		while (p < line->end && !(is_blank(*p) && (*p == '\t' || (p + 1 < line->end && is_blank(p[1])))))
			p++;
	}
	return n == n_col;
}

/* Whether the line, split at `delim`, has a name for each column. */
static bool names_fit(struct finder *f, const struct text_line *line, char delim, int least, int most)
{
	struct text_layout l = f->best.l;
	l.delim = delim;
	int n = line_split(&l, line->s, line->end, f->cell);
	struct shape s = line_shape(f->cell, n);
	const struct cell *last = n ? &f->cell[n - 1] : NULL;
	if (!n || (f->cell[0].n && f->cell[0].s[f->cell[0].n - 1] == ':'))
		return false; /* a key and its value */
	/* LabVIEW names a column of comments that most rows do not have. */
	if (s.filled == most + 1 && most > 1 && word_is(last->s, last->n, "Comment"))
		s.filled--;
	return s.word && !s.number && !s.stamp && s.filled <= most && s.width >= least && s.filled >= (least + 1) / 2;
}

/* Whether line i has few words beside empty cells, and the line above it names the columns, as in the files of
 * yfinance: `Price,a,b`, `Ticker,X,X`, `Date,,`. */
static bool is_sparse_header(struct finder *f, int i, char delim, int least, int most)
{
	const struct shape *s = &f->best.shape[i];
	return i > 0 && !f->sample.blanks[i] && s->word && !s->number && !s->stamp && s->width >= least &&
	       s->filled <= most && names_fit(f, &f->sample.line[i - 1], delim, least, most);
}

/* The row names of R have no name: the first column counts up from 1, or holds words or stamps in quotes. */
static bool has_row_names(struct finder *f, int start, const struct tally *t)
{
	enum cell_kind kind = tally_kind(&t[0]);
	double v, before = 0;
	if (kind == CELL_WORD || kind == CELL_STAMP)
		return true;
	for (int i = start; i < f->sample.n && i < start + 5; i++) {
		const struct text_line *line = &f->sample.line[i];
		if (*line->s == '"')
			return true;
		if (!line_split(&f->best.l, line->s, line->end, f->cell) ||
		    number_parse(f->cell[0].s, f->cell[0].n, '.', &v) != NUMBER_OK || (i > start && v != before + 1))
			return false;
		before = v;
	}
	return true;
}

void block_find(struct finder *f, struct text_layout *l, struct block *b, int start, const struct tally *t)
{
	static const char others[] = { '\t', ';', ',', '|', ' ' };
	const struct sample *q = &f->sample;
	int least = f->best.best.least, most = f->best.best.most;
	most = most == CELLS_MAX ? least : most;
	bool commented = false; /* the first line of the block is a comment: names, or the units of names above it */
	for (int i = start - 1; i >= 0 && b->n < BLOCK_MOST; i--) {
		const struct text_line *line = &q->line[i];
		bool blank_below = q->blanks[i + 1] > 0;
		if (line_is_rule(line))
			continue;
		if (f->best.shape[i].comment) {
			struct text_line bare = uncommented(line);
			bool first = !b->n || (b->n == 1 && commented && is_units_line(f, &b->line[0]));
			if (first && !l->comment && bare.s < bare.end && names_fit(f, &bare, l->delim, least, most) &&
			    (least > 1 || !memchr(bare.s, ' ', (size_t)(bare.end - bare.s)))) {
				b->line[b->n] = bare;
				b->delim[b->n++] = l->delim;
				commented = b->n == 1;
			} else if (b->n) {
				break;
			}
			if (b->n > 1)
				break;
			continue;
		}
		if (b->n && blank_below && !f->best.l.lead)
			break;
		if (least == 1 && b->n && !is_units_line(f, &b->line[b->n - 1]))
			break;
		if (names_fit(f, line, l->delim, least, most) || is_sparse_header(f, i, l->delim, least, most)) {
			b->line[b->n] = *line;
			b->delim[b->n++] = l->delim;
			continue;
		}
		if (b->n)
			break;
		if (least > 2 && f->best.shape[i].filled == least - 1 &&
		    names_fit(f, line, l->delim, least - 1, least - 1) && has_row_names(f, start, t)) {
			l->header_shift = 1;
			b->line[b->n] = *line;
			b->delim[b->n++] = l->delim;
			break;
		}
		if (l->delim == ' ' && wide_blanks(line, least)) {
			b->line[b->n] = *line;
			b->delim[b->n++] = WIDE_BLANKS;
			break;
		}
		for (size_t k = 0; k < sizeof others && !b->n && least > 1; k++)
			if (others[k] != l->delim && names_fit(f, line, others[k], least, least)) {
				b->line[b->n] = *line;
				b->delim[b->n++] = others[k];
			}
		break;
	}
}

int line_filled(struct finder *f, const struct text_line *line, int *only)
{
	int n = line_split(&f->best.l, line->s, line->end, f->cell), filled = 0;
	for (int i = 0; i < n; i++)
		if (f->cell[i].n) {
			filled++;
			*only = i;
		}
	return filled;
}

/* Whether a line begins with what oscilloscopes and loggers say about a recording. */
static bool is_preamble_key(const char *s, size_t n)
{
	static const char *const keys[] = { "model",
		                            "model number",
		                            "serial number",
		                            "firmware version",
		                            "software version",
		                            "record length",
		                            "sample interval",
		                            "sample rate",
		                            "sampling rate",
		                            "point format",
		                            "pt fmt",
		                            "waveform type",
		                            "vertical units",
		                            "vertical scale",
		                            "vertical offset",
		                            "horizontal units",
		                            "horizontal scale",
		                            "probe attenuation",
		                            "probe atten",
		                            "trigger point",
		                            "instrument",
		                            NULL };
	while (n && s[n - 1] == ':')
		n--;
	for (int i = 0; keys[i]; i++)
		if (word_is(s, n, keys[i]))
			return true;
	return false;
}

/* Whether the upper lines of the block are keys with values that happen to have as many cells as the table. A key such
 * as "Label" is known by the line above the block, which then is a key with a number. */
static bool has_preamble(struct finder *f, const struct block *b, int from)
{
	for (int i = from + 1; i < b->n; i++)
		if (line_split(&f->best.l, b->line[i].s, b->line[i].end, f->cell) &&
		    is_preamble_key(f->cell[0].s, f->cell[0].n))
			return true;
	int top = 0;
	while (top < f->sample.n && f->sample.line[top].line < b->line[b->n - 1].line)
		top++;
	while (top && !f->best.shape[top - 1].comment && !f->best.shape[top - 1].filled)
		top--; /* separators alone */
	if (!top || f->best.shape[top - 1].comment || f->sample.blanks[top])
		return false;
	const struct text_line *above = &f->sample.line[top - 1];
	return line_split(&f->best.l, above->s, above->end, f->cell) > 1 && is_preamble_key(f->cell[0].s, f->cell[0].n);
}

void block_take(struct finder *f, struct text_layout *l, struct block *b)
{
	int from = 0, only = 0;
	while (b->n - from > 1 && is_units_line(f, &b->line[from])) {
		l->units = b->line[from++];
		if (from > 2)
			break;
	}
	if (b->n - from > 1 && has_preamble(f, b, from))
		b->n = from + 1;
	while (b->n - from > 1) {
		const struct text_line *top = &b->line[b->n - 1];
		const char *s = top->s + (*top->s == '"');
		bool logger = top->end - s > 4 && (!memcmp(s, "TOA5", 4) || !memcmp(s, "TOB1", 4));
		if (!logger && !(l->n_col > 2 && line_filled(f, top, &only) == 1 && only == 0))
			break;
		b->n--;
	}
	for (int i = b->n - 1; i >= from && l->n_header < LAYOUT_HEADERS; i--) {
		l->header[l->n_header] = b->line[i];
		l->header_delim[l->n_header++] = b->delim[i];
	}
}
