#include "src/join/data_tail.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REGION = 1 << 16, OVERLAP = 64 }; /* bytes of the beginning and of the last lines; lines that are read again */

struct data_tail {
	bool kept;
	char no[160], why[160]; /* why nothing is kept, and why all was read last; "": it was not so */
	/* the file */
	char *path;
	ino_t inode;
	int64_t size, from, lines; /* bytes when it was read; the end of its last whole line; lines up to there */
	char *head, *last;         /* the lines before the first row; the last lines before `from` */
	int64_t n_head, n_last, head_lines, last_lines;
	/* the table: its names in the arena, and the rows of whole lines; there is room for more */
	struct data data;
	int64_t rows, room;
};

struct data_tail *data_tail_new(void)
{
	return xcalloc(1, sizeof(struct data_tail));
}

static void forget(struct data_tail *t)
{
	struct table *k = &t->data.table;
	for (int c = 0; c < k->n_col && t->room; c++) {
		free(k->number[c]);
		free(k->text[c]);
	}
	free(k->line);
	table_release(k);
	free(t->data.name), free(t->path), free(t->head), free(t->last);
	*t = (struct data_tail){ 0 };
}

void data_tail_free(struct data_tail *t)
{
	if (t)
		forget(t);
	free(t);
}

const char *data_tail_why(const struct data_tail *t)
{
	return *t->why ? t->why : NULL;
}

static bool because(struct data_tail *t, const char *why)
{
	snprintf(t->why, sizeof t->why, "%s", why);
	return false;
}

/* ---- bytes ---- */

static FILE *open_file(const char *path)
{
	struct err e;
	int64_t size;
	int fd = strcmp(path, "-") ? read_open(path, INT64_MAX, &size, &e) : -1;
	FILE *f = fd >= 0 ? fdopen(fd, "rb") : NULL;
	if (fd >= 0 && !f)
		close(fd);
	return f;
}

static int64_t count_lines(const char *p, int64_t n)
{
	int64_t lines = 0;
	for (const char *end = p + n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	return lines;
}

/* Reads n bytes from `from` on into p. */
static bool bytes_at(FILE *f, int64_t from, int64_t n, char *p)
{
	return !fseeko(f, from, SEEK_SET) && fread(p, 1, (size_t)n, f) == (size_t)n;
}

/* The end of the last whole line of the file, and how many lines there are up to it. */
static bool find_end(struct data_tail *t, FILE *f)
{
	static const int64_t some = 1 << 20;
	char *p = xmalloc((size_t)some);
	t->from = t->lines = 0;
	bool fine = !fseeko(f, 0, SEEK_SET);
	for (int64_t at = 0, n; fine && at < t->size; at += n) {
		n = t->size - at < some ? t->size - at : some;
		fine = fread(p, 1, (size_t)n, f) == (size_t)n;
		t->lines += fine ? count_lines(p, n) : 0;
		for (int64_t i = n; fine && i > 0; i--)
			if (p[i - 1] == '\n') {
				t->from = at + i;
				break;
			}
	}
	free(p);
	return fine && t->from;
}

/* Keeps the `lines` first lines. */
static bool keep_head(struct data_tail *t, FILE *f, int64_t lines)
{
	int64_t n = t->from < REGION ? t->from : REGION, at = 0;
	t->head = xmalloc((size_t)n + 1);
	if (!bytes_at(f, 0, n, t->head))
		return false;
	for (int64_t k = 0; k < lines; k++) {
		const char *end = memchr(t->head + at, '\n', (size_t)(n - at));
		if (!end)
			return false;
		at = end + 1 - t->head;
	}
	t->n_head = at;
	t->head_lines = lines;
	return true;
}

/* Keeps the last lines before `from`, without those of the head. */
static bool keep_last(struct data_tail *t, FILE *f)
{
	int64_t n = t->from - t->n_head < REGION ? t->from - t->n_head : REGION, at = n;
	char *p = xmalloc((size_t)n + 1);
	bool fine = n > 0 && bytes_at(f, t->from - n, n, p);
	bool whole = t->from - n == t->n_head;
	t->last_lines = 0;
	for (int64_t i = n - 1; fine && i >= 0 && t->last_lines < OVERLAP; i--)
		if (i ? p[i - 1] == '\n' : whole) {
			at = i;
			t->last_lines++;
		}
	t->n_last = n - at;
	free(t->last);
	t->last = xmalloc((size_t)t->n_last + 1);
	memcpy(t->last, p + at, (size_t)t->n_last);
	free(p);
	return fine && t->n_last > 0;
}

/* ---- what is kept of the first reading ---- */

static int64_t line_of(const struct table *t, int64_t row)
{
	return t->line ? t->line[row] : t->first_line + row;
}

static const char *no_table(const struct data *d)
{
	const struct table *t = &d->table;
	if (d->ready)
		return "ready windows are not read on";
	if (strcmp(d->format, reader_csv.name) != 0)
		return "only a file of text whose rows are lines is read on";
	return t->group || t->time ? "its rows are in groups" : NULL;
}

/* Room for so many rows. */
static void make_room(struct data_tail *t, int64_t rows)
{
	struct table *k = &t->data.table;
	if (rows <= t->room)
		return;
	t->room = rows + rows / 2 + 64;
	for (int c = 0; c < k->n_col; c++) {
		if (k->number[c])
			k->number[c] = xrealloc(k->number[c], (size_t)t->room, sizeof **k->number);
		if (k->text[c])
			k->text[c] = xrealloc((void *)k->text[c], (size_t)t->room, sizeof **k->text);
	}
	if (k->line)
		k->line = xrealloc(k->line, (size_t)t->room, sizeof *k->line);
}

/* Copies what a table has beside its rows. */
static void copy_names(struct table *k, const struct table *from)
{
	struct arena *a = &k->arena;
	size_t n = (size_t)from->n_col;
	*k = (struct table){ .n_col = from->n_col,
		             .has_header = from->has_header,
		             .n_header = from->n_header,
		             .first_line = from->first_line,
		             .room = from->room,
		             .line_noun = from->line_noun,
		             .rate = from->rate };
	k->file = arena_strdup(a, from->file);
	k->name = arena_alloc(a, n, sizeof *k->name);
	k->number = arena_alloc(a, n, sizeof *k->number);
	k->text = arena_alloc(a, n, sizeof *k->text);
	k->header = arena_alloc(a, (size_t)from->n_header + 1, sizeof *k->header);
	for (int i = 0; i < from->n_header; i++) {
		k->header[i] = arena_alloc(a, n, sizeof **k->header);
		for (size_t c = 0; c < n; c++)
			k->header[i][c] = arena_strdup(a, from->header[i][c]);
	}
	for (size_t c = 0; c < n; c++)
		k->name[c] = arena_strdup(a, from->name[c]);
	k->label = from->label ? arena_strdup(a, from->label) : NULL;
	k->warning = from->warning ? arena_strdup(a, from->warning) : NULL;
	understood_copy(a, &k->understood, from->understood);
	struct file_part *part = arena_dup(a, from->part, (size_t)from->n_part, sizeof *part);
	for (int i = 0; i < from->n_part; i++) {
		part[i].file = part[i].file ? arena_strdup(a, part[i].file) : NULL;
		part[i].folder = part[i].folder ? arena_strdup(a, part[i].folder) : NULL;
	}
	k->part = part;
	k->n_part = from->n_part;
}

/* Appends the rows of a table from row `first` on to those that are kept. Its lines count from `lines` on. */
static void append_rows(struct data_tail *t, const struct table *from, int64_t first, int64_t lines)
{
	struct table *k = &t->data.table;
	int64_t more = from->n_row - first, at = t->rows;
	make_room(t, at + more);
	for (int c = 0; c < k->n_col; c++) {
		for (int64_t i = 0; i < more && k->number[c]; i++)
			k->number[c][at + i] = from->number[c] ? from->number[c][first + i] : (double)NAN;
		for (int64_t i = 0; i < more && k->text[c]; i++) {
			const char *s = from->text[c][first + i], *before = at + i ? k->text[c][at + i - 1] : NULL;
			k->text[c][at + i] = before && !strcmp(before, s) ? before : arena_strdup(&k->arena, s);
		}
	}
	for (int64_t i = 0; i < more; i++) {
		int64_t line = line_of(from, first + i) + lines;
		if (!k->line && line != k->first_line + at + i) {
			k->line = xcalloc((size_t)t->room, sizeof *k->line);
			for (int64_t j = 0; j < at + i; j++)
				k->line[j] = k->first_line + j;
		}
		if (k->line)
			k->line[at + i] = line;
	}
	k->n_row = at + more;
}

/* Rows of the last line, which is not ended yet, are read again with what comes. */
static void keep_whole_lines(struct data_tail *t)
{
	struct table *k = &t->data.table;
	t->rows = k->n_row;
	while (t->rows > 0 && line_of(k, t->rows - 1) > t->lines)
		t->rows--;
}

/* Keeps what was read. before: the state of the file at the beginning. */
static bool keep(struct data_tail *t, const struct data *d, const char *path, const struct stat *before)
{
	struct table *k = &t->data.table;
	struct stat now;
	const char *no = no_table(d);
	if (no)
		return because(t, no);
	FILE *f = open_file(path);
	bool fine = f && !fstat(fileno(f), &now) && S_ISREG(now.st_mode) && now.st_size == before->st_size &&
	            now.st_ino == before->st_ino && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	            now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
	t->path = xstrdup(path);
	t->inode = before->st_ino;
	t->size = before->st_size;
	fine = fine && find_end(t, f) && keep_head(t, f, line_of(&d->table, 0) - 1) && keep_last(t, f);
	if (f)
		fclose(f);
	if (!fine)
		return because(t, "it was written while it was read");
	t->data.format = d->format;
	t->data.name = xstrdup(d->name);
	t->data.n_file = d->n_file;
	t->data.unused = d->unused;
	copy_names(k, &d->table);
	for (int c = 0; c < k->n_col; c++) {
		k->number[c] = d->table.number[c] ? xmalloc(1) : NULL;
		k->text[c] = d->table.text[c] ? xmalloc(1) : NULL;
	}
	append_rows(t, &d->table, 0, 0);
	keep_whole_lines(t);
	t->kept = t->rows > 0;
	return t->kept || because(t, "it had no whole line");
}

/* Takes the rows of a last line that is not ended away from what was read: its last number may lack digits, and 12.3 of
 * 12.345 looks like any other number. They are read when the rest has come. */
static void leave_half_line(const struct data_tail *t, struct data *d)
{
	struct table *k = &d->table;
	if (!t->kept || k->n_row == t->rows)
		return;
	k->n_row = t->rows;
	const char *before = k->warning ? k->warning : "";
	char *all = xasprintf("%s%sits last line is not ended, so it may be half a row: it is left out until the rest "
	                      "has come",
	                      before, *before ? "\n" : "");
	k->warning = arena_strdup(&k->arena, all);
	free(all);
}

/* ---- reading on ---- */

/* Reads the beginning, the last lines and what is new as one text of n bytes. */
static char *new_text(struct data_tail *t, int64_t *n)
{
	struct stat s;
	FILE *f = open_file(t->path);
	char *p = NULL;
	bool fine = f && !fstat(fileno(f), &s) && S_ISREG(s.st_mode);
	if (!fine)
		because(t, "it cannot be opened");
	else if (s.st_ino != t->inode)
		fine = because(t, "another file has taken its place");
	else if (s.st_size < t->size)
		fine = because(t, "it has become shorter");
	if (fine) {
		int64_t begin = t->from - t->n_last;
		*n = t->n_head + s.st_size - begin;
		p = xmalloc((size_t)*n + 1);
		fine = bytes_at(f, 0, t->n_head, p) && bytes_at(f, begin, *n - t->n_head, p + t->n_head);
		if (!fine)
			because(t, "it cannot be read");
		else if (memcmp(p, t->head, (size_t)t->n_head) != 0)
			fine = because(t, "its beginning has changed");
		else if (memcmp(p + t->n_head, t->last, (size_t)t->n_last) != 0)
			fine = because(t, "lines that were read before have changed");
		else
			t->size = s.st_size;
	}
	if (f)
		fclose(f);
	if (fine)
		return p;
	free(p);
	return NULL;
}

/* Whether the first rows of the part are the last ones that are kept. n: how many there are of them. */
static bool rows_equal(const struct data_tail *t, const struct table *part, int64_t n)
{
	const struct table *k = &t->data.table;
	for (int c = 0; c < k->n_col; c++) {
		const double *old = k->number[c] ? k->number[c] + t->rows - n : NULL;
		for (int64_t i = 0; i < n && old; i++) {
			double v = part->number[c] ? part->number[c][i] : (double)NAN;
			if (!(v <= old[i] && v >= old[i]) && !(isnan(v) && isnan(old[i])))
				return false;
		}
		for (int64_t i = 0; i < n && k->text[c]; i++)
			if (strcmp(part->text[c][i], k->text[c][t->rows - n + i]) != 0)
				return false;
	}
	return true;
}

/* Why the part is no continuation; NULL: it is one. *n: its rows that are kept already. */
static const char *unlike(const struct data_tail *t, const struct data *d, int64_t *n)
{
	const struct table *k = &t->data.table, *part = &d->table;
	*n = 0;
	if (no_table(d))
		return no_table(d);
	if (part->n_col != k->n_col || part->has_header != k->has_header)
		return "the new lines have other columns";
	for (int c = 0; c < k->n_col; c++)
		if (strcmp(part->name[c], k->name[c]) != 0 || !part->text[c] != !k->text[c] ||
		    (part->number[c] && !k->number[c]))
			return "a column has numbers in some lines and words in others";
	while (*n < part->n_row && line_of(part, *n) <= t->head_lines + t->last_lines)
		++*n;
	if (!*n || *n > t->rows || !rows_equal(t, part, *n))
		return "the new lines alone are read in another way";
	return NULL;
}

/* false: t->why says why not. */
static bool read_on(struct data_tail *t, const struct data_wanted *q, const struct read_options *o)
{
	int64_t n = 0, old;
	struct data part;
	struct err e;
	if (!t->kept)
		return because(t, *t->no ? t->no : "it was not read before");
	char *text = new_text(t, &n);
	if (!text)
		return false;
	/* A last line that is not ended is half a row, whose last number may lack digits: it is read when the rest has
	 * come. */
	int64_t fresh = t->n_head + t->n_last;
	while (n > fresh && text[n - 1] != '\n')
		n--;
	const char *no = NULL;
	if (data_read_memory(&part, t->data.table.file, (unsigned char *)text, (size_t)n, q, o, &e))
		no = "the new lines alone cannot be read";
	else {
		no = unlike(t, &part, &old);
		if (!no) {
			append_rows(t, &part.table, old, t->lines - t->head_lines - t->last_lines);
			t->lines += count_lines(text + fresh, n - fresh);
			t->from += n - fresh;
			keep_whole_lines(t);
		}
		data_release(&part);
	}
	free(text);
	return no ? because(t, no) : true;
}

/* The last lines are others now. */
static bool move_on(struct data_tail *t)
{
	FILE *f = open_file(t->path);
	bool fine = f && keep_last(t, f);
	if (f)
		fclose(f);
	return fine || because(t, "it cannot be read");
}

/* Gives the kept rows away, which stay those of the tail. */
static void give(const struct data_tail *t, struct data *d)
{
	*d = t->data;
	d->name = xstrdup(t->data.name);
	d->table.arena = (struct arena){ 0 };
}

int data_tail_read(struct data_tail *t, bool on, struct data *d, const char *const *arg, int n,
                   const struct data_wanted *q, const struct read_options *o, struct err *e)
{
	struct stat before = { 0 };
	char why[sizeof t->why];
	t->why[0] = '\0';
	if (on && read_on(t, q, o) && move_on(t)) {
		give(t, d);
		return 0;
	}
	memcpy(why, t->why, sizeof why);
	forget(t);
	bool file = n == 1 && !stat(arg[0], &before) && S_ISREG(before.st_mode);
	int bad = data_read_files(d, arg, n, q, o, e);
	if (!bad && !(file ? keep(t, d, arg[0], &before) : because(t, "it is not one file alone")))
		memcpy(t->no, t->why, sizeof t->no);
	if (!bad)
		leave_half_line(t, d);
	memcpy(t->why, why, sizeof why);
	return bad;
}
