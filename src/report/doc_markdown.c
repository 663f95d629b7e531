/* A document as Markdown (CommonMark, with the tables of GitHub). Figures are links to files beside it. */
#include <string.h>
#include "src/report/doc.h"

/* What Markdown or HTML would take for markup stands behind a backslash, as CommonMark 2.4 allows for every ASCII
 * punctuation. */
static void escaped(const char *s, FILE *f)
{
	for (const char *p = s; *p; p++) {
		if (strchr("\\`*_{}[]<>()#+-!|~&$^\"'=:@", *p))
			fputc('\\', f);
		/* a dot makes a list only behind digits that begin the line */
		if (*p == '.' && p > s && strspn(s, "0123456789") == (size_t)(p - s))
			fputc('\\', f);
		fputc(*p, f);
	}
}

static void row(const struct doc_table *t, int r, FILE *f)
{
	fputc('|', f);
	for (int c = 0; c < t->n_col; c++) {
		int i = r * t->n_col + c;
		fputc(' ', f);
		escaped(r < 0 ? t->head[c] : i < t->n_cell ? t->cell[i] : "", f);
		fputs(" |", f);
	}
	fputc('\n', f);
}

static void table(const struct doc_block *b, FILE *f)
{
	const struct doc_table *t = b->table;
	if (b->text) {
		fputs("**", f);
		escaped(b->text, f);
		fputs("**\n\n", f);
	}
	row(t, -1, f);
	fputc('|', f);
	for (int c = 0; c < t->n_col; c++)
		fputs(t->number[c] ? " ---: |" : " --- |", f);
	fputc('\n', f);
	for (int r = 0; r < t->n_row; r++)
		row(t, r, f);
	fputc('\n', f);
	if (t->left_out > 0) {
		fprintf(f, "%lld more ", (long long)t->left_out);
		escaped(t->what, f);
		fputs(" are not shown.\n\n", f);
	}
}

/* Characters that a link would end at are written as in a URL (RFC 3986, section 2.1). */
static void link_name(const char *s, FILE *f)
{
	for (; *s; s++)
		if ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    strchr("-._~", *s))
			fputc(*s, f);
		else
			fprintf(f, "%%%02X", (unsigned)(unsigned char)*s);
}

static void figure(const struct doc_block *b, const char *base, FILE *f)
{
	fputs("![", f);
	escaped(b->figure->alt, f);
	fputs("](", f);
	link_name(base, f);
	fputc('-', f);
	link_name(b->figure->name, f);
	fputs(".svg)\n\n", f);
	escaped(b->text, f);
	fputs("\n\n", f);
}

static void paragraph(const char *before, const char *text, const char *after, FILE *f)
{
	fputs(before, f);
	escaped(text, f);
	fputs(after, f);
}

static void block(const struct doc_block *b, bool last, const char *base, FILE *f)
{
	switch (b->kind) {
	case BLOCK_HEADING:
		paragraph(b->level == 2 ? "## " : "### ", b->text, "\n\n", f);
		break;
	case BLOCK_TEXT:
		paragraph("", b->text, "\n\n", f);
		break;
	case BLOCK_CAUTION:
		paragraph("> **Caution:** ", b->text, "\n\n", f);
		break;
	case BLOCK_ITEM:
		paragraph("- ", b->text, last ? "\n\n" : "\n", f);
		break;
	case BLOCK_CODE: /* indented: nothing in it is markup */
		fprintf(f, "    %s\n%s", b->text, last ? "\n" : "");
		break;
	case BLOCK_TABLE:
		table(b, f);
		break;
	case BLOCK_FIGURE:
		figure(b, base, f);
		break;
	}
}

void doc_markdown(const struct doc *d, const char *base, FILE *f)
{
	paragraph("# ", d->title, "\n\n", f);
	for (int i = 0; i < d->n; i++)
		block(&d->block[i], i + 1 == d->n || d->block[i + 1].kind != d->block[i].kind, base, f);
}
