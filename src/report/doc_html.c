/* A document as one file of HTML 5: no script, no style or picture from outside. Pictures are in it as data URLs, so
 * that a browser of text shows what they are of instead of their letters. */
#include <string.h>
#include "src/export/markup.h"
#include "src/report/doc.h"

static const char style[] =
        "body{font:16px/1.5 sans-serif;color:#111;background:#fff;max-width:62em;margin:0 auto;padding:1em}\n"
        "h1{font-size:1.7em;line-height:1.2}\n"
        "h2{font-size:1.35em;border-bottom:2px solid #0072b2;margin-top:2em;padding-bottom:.1em}\n"
        "h3{font-size:1.1em;margin-top:1.5em}\n"
        "p,li{overflow-wrap:anywhere}\n"
        ".table,.picture{overflow-x:auto}\n"
        "table{border-collapse:collapse;font-size:.9em}\n"
        ".table+.table{margin-top:1.2em}\n"
        "caption{text-align:left;font-weight:bold;padding:.3em 0}\n"
        "td{overflow-wrap:anywhere;min-width:3.5em}\n"
        "th,td{border:1px solid #bbb;padding:.15em .5em;text-align:left;vertical-align:top}\n"
        "th{background:#eee}\n"
        ".n{text-align:right;font-variant-numeric:tabular-nums}\n"
        ".more{color:#555;font-size:.9em;margin-top:.2em}\n"
        "figure{margin:1em 0}\n"
        "figcaption{font-size:.9em;color:#333}\n"
        "img{box-sizing:border-box;width:100%;min-width:40em;height:auto;border:1px solid #bbb}\n"
        "pre{background:#f4f4f4;border:1px solid #ccc;padding:.5em;white-space:pre-wrap;overflow-wrap:anywhere}\n"
        ".caution{border-left:.3em solid #d55e00;background:#fff4ec;padding:.4em .8em}\n"
        "nav ul{columns:2;padding-left:1.2em}\n"
        "@page{size:A4;margin:16mm 14mm}\n"
        "@media print{body{font-size:9.5pt;max-width:none;padding:0}.table,.picture{overflow:visible}img{min-width:0}\n"
        "a{color:inherit;text-decoration:none}figure,tr,pre,.caution{break-inside:avoid}h2,h3,caption{break-after:"
        "avoid}\n"
        "table{font-size:8.5pt}thead{display:table-header-group}}\n";

/* RFC 4648, section 4. */
static void base64(const char *p, size_t n, FILE *f)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = 0;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < n ? (unsigned char)p[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			fputc(i + k <= n ? digit[v >> (18 - 6 * k) & 63] : '=', f);
	}
}

static void table(const struct doc_block *b, FILE *f)
{
	const struct doc_table *t = b->table;
	fputs("<div class=\"table\"><table>\n", f);
	if (b->text) {
		fputs("<caption>", f);
		markup_text(f, b->text);
		fputs("</caption>\n", f);
	}
	fputs("<thead><tr>", f);
	for (int c = 0; c < t->n_col; c++) {
		fputs(t->number[c] ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", f);
		markup_text(f, t->head[c]);
		fputs("</th>", f);
	}
	fputs("</tr></thead>\n<tbody>\n", f);
	for (int r = 0; r < t->n_row; r++) {
		fputs("<tr>", f);
		for (int c = 0; c < t->n_col; c++) {
			int i = r * t->n_col + c;
			fputs(t->number[c] ? "<td class=\"n\">" : "<td>", f);
			markup_text(f, i < t->n_cell ? t->cell[i] : "");
			fputs("</td>", f);
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
	if (t->left_out > 0) {
		fprintf(f, "<p class=\"more\">%lld more ", (long long)t->left_out);
		markup_text(f, t->what);
		fputs(" are not shown.</p>\n", f);
	}
}

static void figure(const struct doc_block *b, FILE *f)
{
	fputs("<figure><div class=\"picture\"><img alt=\"", f);
	markup_text(f, b->figure->alt);
	fputs("\" src=\"data:image/svg+xml;base64,", f);
	base64(b->figure->svg, b->figure->size, f);
	fputs("\"></div>\n<figcaption>", f);
	markup_text(f, b->text);
	fputs("</figcaption></figure>\n", f);
}

static void element(const char *open, const char *text, const char *close, FILE *f)
{
	fputs(open, f);
	markup_text(f, text);
	fputs(close, f);
}

static void heading(const struct doc_block *b, FILE *f)
{
	if (b->id)
		fprintf(f, "<h%d id=\"%s\">", b->level, b->id);
	else
		fprintf(f, "<h%d>", b->level);
	markup_text(f, b->text);
	fprintf(f, "</h%d>\n", b->level);
}

static void contents(const struct doc *d, FILE *f)
{
	fputs("<nav aria-label=\"contents\"><ul>\n", f);
	for (int i = 0; i < d->n; i++)
		if (d->block[i].id) {
			fprintf(f, "<li><a href=\"#%s\">", d->block[i].id);
			markup_text(f, d->block[i].text);
			fputs("</a></li>\n", f);
		}
	fputs("</ul></nav>\n", f);
}

/* A block whose elements those of the same kind share: what opens and closes it. */
static void edge(enum block_kind kind, bool open, FILE *f)
{
	if (kind == BLOCK_ITEM)
		fputs(open ? "<ul>\n" : "</ul>\n", f);
	else if (kind == BLOCK_CODE)
		fputs(open ? "<pre><code>" : "</code></pre>\n", f);
}

static void block(const struct doc_block *b, FILE *f)
{
	switch (b->kind) {
	case BLOCK_HEADING:
		heading(b, f);
		break;
	case BLOCK_TEXT:
		element("<p>", b->text, "</p>\n", f);
		break;
	case BLOCK_CAUTION:
		element("<p class=\"caution\">", b->text, "</p>\n", f);
		break;
	case BLOCK_ITEM:
		element("<li>", b->text, "</li>\n", f);
		break;
	case BLOCK_CODE:
		element("", b->text, "\n", f);
		break;
	case BLOCK_TABLE:
		table(b, f);
		break;
	case BLOCK_FIGURE:
		figure(b, f);
		break;
	}
}

void doc_html(const struct doc *d, FILE *f)
{
	bool contents_done = false;
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
	      f);
	element("<title>", d->title, "</title>\n", f);
	fprintf(f, "<style>\n%s</style></head>\n<body>\n", style);
	element("<h1>", d->title, "</h1>\n", f);
	for (int i = 0; i < d->n; i++) {
		const struct doc_block *b = &d->block[i];
		if (b->id && !contents_done)
			contents(d, f);
		contents_done |= b->id != NULL;
		if (!i || d->block[i - 1].kind != b->kind)
			edge(b->kind, true, f);
		block(b, f);
		if (i + 1 == d->n || d->block[i + 1].kind != b->kind)
			edge(b->kind, false, f);
	}
	fputs("</body></html>\n", f);
}
