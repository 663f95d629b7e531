#include "src/read/read_data.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "src/read/data_fields.h"
#include "src/read/other_format.h"

const struct data_reader *const data_readers[] = { &reader_npz, &reader_npy,  &reader_sound,   &reader_mat,
	                                           &reader_edf, &reader_wfdb, &reader_records, &reader_ts,
	                                           &reader_tsf, &reader_arff, &reader_wide,    &reader_csv,
	                                           NULL };

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && !strcmp(s + n - k, end);
}

/* The samples of a WFDB record are bytes without a mark; its header is beside them. */
static int check_samples(const struct source *s, struct err *e)
{
	const char *path = s->path ? s->path : "";
	if (!ends_with(path, ".dat") && !ends_with(path, ".atr"))
		return 0;
	char *header = xasprintf("%.*s.hea", (int)(strlen(path) - 4), path);
	int bad = memchr(s->head, 0, s->n_head) && access(header, R_OK) == 0
	                  ? err_set(e, ERR_UNSUPPORTED, "is a part of a WFDB record; give its header: '%.300s'", header)
	                  : 0;
	free(header);
	return bad;
}

static int check_others(const struct source *s, struct err *e)
{
	return other_format(s->path, s->head, s->n_head, false, s->packed ? "its unpacked content " : "", e);
}

/* Text whose first line has cells and whose second one has a digit. */
static bool looks_like_table(const unsigned char *head, size_t n)
{
	const unsigned char *end = memchr(head, '\n', n);
	size_t first = end ? (size_t)(end - head) : n, i = first;
	bool digit = false;
	if (!memchr(head, ',', first) && !memchr(head, ';', first) && !memchr(head, '\t', first))
		return false;
	for (i = first + 1; i < n && head[i] != '\n'; i++)
		digit |= head[i] >= '0' && head[i] <= '9';
	return digit && !memchr(head, 0, n) && head[0] != '{' && head[0] != '[';
}

/* The number of the reader that recognises the file; that of the last one, which takes everything, if none does. */
static int find_reader(const unsigned char *head, size_t n)
{
	struct recipe r;
	recipe_init(&r);
	const struct data_wanted q = { .r = &r };
	int i = 0;
	while (data_readers[i + 1] && !data_readers[i]->probe(head, n, &q))
		i++;
	return i;
}

bool data_recognised(const unsigned char *head, size_t n)
{
	return data_readers[find_reader(head, n) + 1] != NULL;
}

const char *data_format(const unsigned char *head, size_t n)
{
	int i = find_reader(head, n);
	return data_readers[i + 1] || looks_like_table(head, n) ? data_readers[i]->name : NULL;
}

/* Where no data reader but that of tables, which takes everything, knows the file: a model? */
static int check_models(const struct source *s, struct err *e)
{
	for (int i = 0; readers[i]; i++)
		if (readers[i]->probe(s->head, s->n_head))
			return err_set(e, ERR_UNSUPPORTED, "is a model (%s); the data come second: tsviz MODEL DATA",
			               readers[i]->name);
	return 0;
}

/* Reads the file and applies to it what every format has in common. */
static int read_with(struct data *d, const struct data_reader *reader, struct source *s, const struct data_wanted *q,
                     int64_t budget, struct err *e)
{
	d->format = reader->name;
	int bad = data_fields_check(d->format, reader->uses, q, e);
	bad = bad ? bad : reader->read(d, s, q, budget, e);
	bad = bad ? bad : data_fields_check(d->format, reader->uses & ~d->unused, q, e);
	bad = bad ? bad : data_fields_check_kind(d, q, e);
	if (bad) {
		data_release(d);
		return bad;
	}
	data_fields_missing(d, q->r);
	data_fields_warn(d, reader->uses & ~d->unused, q);
	return 0;
}

static int read_source(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	memset(d, 0, sizeof *d);
	int i = 0;
	while (data_readers[i + 1] && !data_readers[i]->probe(s->head, s->n_head, q))
		i++;
	/* An HDF5 file can hold either: the sentence of check_others() names both. */
	int bad = check_others(s, e);
	bad = bad || data_readers[i + 1] ? bad : check_models(s, e);
	bad = bad || data_readers[i + 1] ? bad : check_samples(s, e);
	if (bad)
		return bad;
	return read_with(d, data_readers[i], s, q, budget, e);
}

int data_read(struct data *d, const char *path, const struct data_wanted *q, const struct read_options *o,
              struct err *e)
{
	struct source s;
	memset(d, 0, sizeof *d);
	int bad = source_open(&s, path, o, e);
	if (bad)
		return bad;
	bad = read_source(d, &s, q, read_memory_limit(o), e);
	source_close(&s);
	return bad;
}

int data_read_memory(struct data *d, const char *file, const unsigned char *bytes, size_t n,
                     const struct data_wanted *q, const struct read_options *o, struct err *e)
{
	struct source s;
	source_memory(&s, file, bytes, n);
	int bad = read_source(d, &s, q, read_memory_limit(o), e);
	source_close(&s);
	return bad;
}

int data_cut(struct dataset *out, struct data *d, const struct recipe *r, const struct model *m, struct err *e)
{
	return d->ready ? dataset_of_windows(out, &d->set, r, m, e) : dataset_cut(out, &d->table, r, m, e);
}

void data_release(struct data *d)
{
	table_release(&d->table);
	window_set_release(&d->set);
	d->ready = false;
	free(d->name);
	d->name = NULL;
}
