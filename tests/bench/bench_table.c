/* Reading a table of a million rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/rng.h"
#include "src/text/csv.h"
#include "tests/bench/measure.h"

enum { ROWS = 1000000, COLUMNS = 4 };

struct text {
	unsigned char *data;
	size_t n;
	double sum;
};

static void read_text(void *arg)
{
	struct text *q = arg;
	struct err e;
	struct table t;
	if (table_from_csv(&t, "bench.csv", q->data, q->n, INT64_MAX, &e)) {
		fprintf(stderr, "bench: %s\n", e.text);
		exit(1);
	}
	q->sum = t.number[0][t.n_row - 1] + t.number[COLUMNS - 1][0];
	table_release(&t);
}

/* What sensors and Python write: some digits, or as many as give a double back. */
static void report(const char *kind, int digits)
{
	struct text q = { .data = xmalloc((size_t)ROWS * COLUMNS * 26 + 64) };
	struct rng r;
	rng_init(&r, 1);
	q.n = (size_t)sprintf((char *)q.data, "a,b,c,d\n");
	for (int i = 0; i < ROWS; i++)
		for (int c = 0; c < COLUMNS; c++) {
			q.n += (size_t)sprintf((char *)q.data + q.n, "%.*g", digits, 100 * rng_normal(&r));
			q.data[q.n++] = c + 1 < COLUMNS ? ',' : '\n';
		}
	struct timing t = measure(read_text, &q, 2, 5);
	line("csv");
	line_text("numbers", kind);
	line_number("mb", (double)q.n / 1e6);
	line_number("mb_per_s", (double)q.n / 1e6 / t.median);
	line_timing(&t);
	line_end();
	free(q.data);
}

int bench_table(void)
{
	report("6 digits", 6);
	report("17 digits", 17);
	return 0;
}
