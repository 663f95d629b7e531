/* Reads tables in which each row is a time step. This reader gets every file that no other reader recognises. */
#include <stdlib.h>
#include "src/text/csv.h"
#include "src/read/read_data.h"

static int csv_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	unsigned char *text;
	size_t n;
	bool again = false, rewinds = source_rewinds(s);
	int bad;
	do {
		bad = again ? source_rewind(s, e) : 0;
		bad = bad ? bad : source_rest(s, &text, &n, e);
		if (bad)
			return bad;
		d->ready = false;
		bad = table_from_own_text(&d->table, s->file, text, n, rewinds ? &again : NULL, q->r,
		                          budget - (int64_t)n, e);
	} while (bad && again);
	if (!bad)
		d->table.room += (int64_t)n;
	return bad;
}

static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	(void)head, (void)n, (void)q;
	return true;
}

const struct data_reader reader_csv = {
	.name = "CSV",
	.extensions = ".csv .tsv .txt (any separator; with or without a header; a row a time step)",
	.example = "tsviz predict net.h5 load.csv --columns load",
	.uses = RECIPE_TABLE | RECIPE_SKIP | RECIPE_COMMENT | RECIPE_DECIMAL,
	.probe = probe,
	.read = csv_read,
};
