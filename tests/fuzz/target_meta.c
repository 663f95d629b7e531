/* What an author says (--meta FILE), as Markdown or JSON; what was read becomes a document in both forms. */
#include <stdlib.h>
#include <string.h>
#include "src/report/doc.h"
#include "src/report/meta.h"
#include "tests/fuzz/fuzz.h"

/* The document has no element but its own, whatever its texts are. */
static void write_html(const struct doc *d)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	if (!f)
		return;
	doc_html(d, f);
	fclose(f);
	if (strstr(text, "<script") || strchr(text, '\033'))
		abort();
	free(text);
}

static void use(const struct meta *m)
{
	struct doc d;
	doc_init(&d);
	doc_title(&d, "%s", m->n ? m->text[0].text : "nothing");
	struct doc_table *t = doc_table(&d, m->n ? m->text[0].text : NULL, "field|>text");
	for (int i = 0; i < m->n; i++) {
		doc_cell(&d, t, "%s", meta_fields[m->text[i].field].heading);
		doc_cell(&d, t, "%s", m->text[i].text);
	}
	for (int i = 0; i < m->n; i++)
		if (m->text[i].item)
			doc_item(&d, "%s", m->text[i].text);
		else
			doc_say(&d, "%s", m->text[i].text);
	write_html(&d);
	FILE *f = fopen("/dev/null", "w");
	if (f) {
		doc_markdown(&d, "report", f);
		fclose(f);
	}
	doc_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct meta *m = calloc(1, sizeof *m);
	char *text = fuzz_text(data, n);
	if (!m)
		return 0;
	if (meta_parse(m, "meta", text, n, &e))
		fuzz_refused(&e);
	else
		use(m);
	meta_release(m);
	free(m);
	free(text);
	return 0;
}
