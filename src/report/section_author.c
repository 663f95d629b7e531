/* What only the author knows. Nothing is guessed: what the author did not say is "not given". */
#include "src/report/report.h"

static bool given(const struct meta *m, int field)
{
	for (int k = 0; k < m->n; k++)
		if (m->text[k].field == field)
			return true;
	return false;
}

static void missing(struct report *r, struct doc *d)
{
	struct doc_table *t = NULL;
	for (int i = 0; meta_fields[i].key; i++) {
		if (given(&r->meta, i))
			continue;
		t = t ? t : doc_table(d, NULL, "part|what the author says|what belongs there");
		doc_cell(d, t, "%s", meta_fields[i].heading);
		doc_cell(d, t, "not given");
		doc_cell(d, t, "%s", meta_fields[i].asks);
	}
	r->not_given = t ? t->n_row : 0;
	if (t)
		report_limit(r, "What the author says: %d parts are not given. `tsviz report --meta FILE` adds them.",
		             t->n_row);
}

void section_author(struct report *r, struct doc *d)
{
	const struct meta *m = &r->meta;
	for (int i = 0; meta_fields[i].key; i++) {
		if (given(m, i))
			doc_heading(d, "%s", meta_fields[i].heading);
		for (int k = 0; k < m->n; k++) {
			if (m->text[k].field != i)
				continue;
			if (m->text[k].item)
				doc_item(d, "%s", m->text[k].text);
			else
				doc_say(d, "%s", m->text[k].text);
		}
	}
	missing(r, d);
}
