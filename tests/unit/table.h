/* Reads a CSV file into a table, for tests and benchmarks that need no recognition of formats. */
#ifndef TESTS_TABLE_H
#define TESTS_TABLE_H

#include <stdlib.h>
#include <string.h>
#include "src/text/csv.h"
#include "src/read/read_model.h"

/* Returns 0 or an error; on error nothing has to be released. */
static inline int table_from_file(struct table *t, const char *path, struct err *e)
{
	unsigned char *data;
	size_t n;
	int bad = read_file(path, (int64_t)1 << 30, &data, &n, e);
	if (bad)
		return bad;
	const char *slash = strrchr(path, '/');
	bad = table_from_csv(t, slash ? slash + 1 : path, data, n, INT64_MAX, e);
	free(data);
	return bad;
}

#endif
