#include "src/report/doc.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/number.h"
#include "core/base/text.h"

void doc_init(struct doc *d)
{
	*d = (struct doc){ .title = "" };
}

static void block_free(struct doc_block *b)
{
	if (b->table)
		free(b->table->cell);
	if (b->figure)
		free(b->figure->svg);
}

void doc_cut(struct doc *d, int from)
{
	for (int i = from; i < d->n; i++) {
		d->figures -= d->block[i].figure != NULL;
		block_free(&d->block[i]);
	}
	d->n = from;
}

void doc_move(struct doc *d, int from, int to)
{
	int n = d->n - from;
	if (n < 1 || to >= from)
		return;
	struct doc_block *moved = xcalloc((size_t)n, sizeof *moved);
	memcpy(moved, d->block + from, (size_t)n * sizeof *moved);
	memmove(d->block + to + n, d->block + to, (size_t)(from - to) * sizeof *moved);
	memcpy(d->block + to, moved, (size_t)n * sizeof *moved);
	free(moved);
}

void doc_release(struct doc *d)
{
	doc_cut(d, 0);
	free(d->block);
	arena_release(&d->arena);
}

/* A text by printf's rules, through the gate. */
__attribute__((format(printf, 2, 0))) static char *text_of(struct doc *d, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *text = xcalloc((size_t)(n > 0 ? n : 0) + 1, 1);
	vsnprintf(text, (size_t)(n > 0 ? n : 0) + 1, fmt, again);
	va_end(again);
	char *clean = text_clean_copy(&d->arena, text);
	free(text);
	return clean;
}

static struct doc_block *add(struct doc *d, enum block_kind kind, const char *text)
{
	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 64;
		d->block = xrealloc(d->block, (size_t)d->cap, sizeof *d->block);
	}
	struct doc_block *b = &d->block[d->n++];
	*b = (struct doc_block){ .kind = kind, .level = 3, .text = text };
	return b;
}

#define TEXT_BLOCK(name, kind)                         \
	void name(struct doc *d, const char *fmt, ...) \
	{                                              \
		va_list ap;                            \
		va_start(ap, fmt);                     \
		add(d, kind, text_of(d, fmt, ap));     \
		va_end(ap);                            \
	}
TEXT_BLOCK(doc_heading, BLOCK_HEADING)
TEXT_BLOCK(doc_say, BLOCK_TEXT)
TEXT_BLOCK(doc_caution, BLOCK_CAUTION)
TEXT_BLOCK(doc_item, BLOCK_ITEM)

void doc_title(struct doc *d, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	d->title = text_of(d, fmt, ap);
	va_end(ap);
}

void doc_section(struct doc *d, const char *id, const char *heading)
{
	struct doc_block *b = add(d, BLOCK_HEADING, heading);
	b->level = 2;
	b->id = id;
}

void doc_code(struct doc *d, const char *line)
{
	add(d, BLOCK_CODE, text_clean_copy(&d->arena, line));
}

struct doc_table *doc_table(struct doc *d, const char *caption, const char *heads)
{
	struct doc_table *t = arena_alloc(&d->arena, 1, sizeof *t);
	add(d, BLOCK_TABLE, caption ? text_clean_copy(&d->arena, caption) : NULL)->table = t;
	for (const char *s = heads; *s;) {
		size_t n = strcspn(s, "|");
		char *head = xstrndup(s, n);
		doc_column(d, t, *head == '>', head + (*head == '>'));
		free(head);
		s += n + (s[n] == '|');
	}
	return t;
}

void doc_column(struct doc *d, struct doc_table *t, bool number, const char *head)
{
	if (t->n_col == DOC_COLUMNS_MAX)
		return;
	t->number[t->n_col] = number;
	t->head[t->n_col++] = text_clean_copy(&d->arena, head);
}

static void put_cell(struct doc_table *t, char *text)
{
	if (t->n_cell == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->cell = xrealloc(t->cell, (size_t)t->cap, sizeof *t->cell);
	}
	t->cell[t->n_cell++] = text;
	t->n_row = (t->n_cell + t->n_col - 1) / t->n_col;
}

void doc_cell(struct doc *d, struct doc_table *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	put_cell(t, text_of(d, fmt, ap));
	va_end(ap);
}

void doc_number(struct doc *d, struct doc_table *t, double v)
{
	char text[NUMBER_TEXT + 1] = "-";
	if (isfinite(v))
		text[number_write(text, v, 6)] = '\0';
	put_cell(t, arena_strdup(&d->arena, text));
}

void doc_left_out(struct doc *d, struct doc_table *t, int64_t all, const char *what)
{
	t->left_out = all - t->n_row;
	t->what = text_clean_copy(&d->arena, what);
}

/* The stream writes into the figure, which stays where it is. */
FILE *doc_figure(struct doc *d, const char *name, const char *alt, const char *caption)
{
	struct doc_figure *q = arena_alloc(&d->arena, 1, sizeof *q);
	FILE *f = mem_stream(&q->svg, &q->size);
	q->name = text_clean_copy(&d->arena, name);
	q->alt = text_clean_copy(&d->arena, alt);
	add(d, BLOCK_FIGURE, text_clean_copy(&d->arena, caption))->figure = q;
	d->figures++;
	return f;
}

void doc_figure_end(FILE *f)
{
	fclose(f);
}
