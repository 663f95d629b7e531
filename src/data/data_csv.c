/* Reads tables in which each row is a time step. This reader gets every file that no other reader recognises. */
#include "src/text/csv.h"
#include "src/read/read_data.h"

static int csv_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	d->ready = false;
	return table_from_source(&d->table, s, q->r, budget, e);
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
	.uses = RECIPE_TABLE | RECIPE_SKIP | RECIPE_COMMENT | RECIPE_DECIMAL | RECIPE_ENCODING,
	.probe = probe,
	.read = csv_read,
};
