/* Reading a table of a million rows: plain, quoted, and packed with gzip beside zlib alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include "core/base/mem.h"
#include "core/base/rng.h"
#include "src/read/source.h"
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

/* What sensors and Python write: some digits, or as many as give a double back; spreadsheets quote them. */
static struct text make(int digits, const char *quote)
{
	struct text q = { .data = xmalloc((size_t)ROWS * COLUMNS * 28 + 64) };
	struct rng r;
	rng_init(&r, 1);
	q.n = (size_t)sprintf((char *)q.data, "a,b,c,d\n");
	for (int i = 0; i < ROWS; i++)
		for (int c = 0; c < COLUMNS; c++) {
			q.n += (size_t)sprintf((char *)q.data + q.n, "%s%.*g%s", quote, digits, 100 * rng_normal(&r),
			                       quote);
			q.data[q.n++] = c + 1 < COLUMNS ? ',' : '\n';
		}
	return q;
}

static void report(const char *kind, int digits, const char *quote)
{
	struct text q = make(digits, quote);
	struct timing t = measure(read_text, &q, 2, 5);
	line("csv");
	line_text("numbers", kind);
	line_number("mb", (double)q.n / 1e6);
	line_number("mb_per_s", (double)q.n / 1e6 / t.median);
	line_timing(&t);
	line_end();
	free(q.data);
}

/* ---- packed ---- */

static char packed[] = "/tmp/tsviz-bench-XXXXXX";

static void unpack(void *arg)
{
	static unsigned char piece[1 << 18];
	double *sum = arg;
	gzFile f = gzopen(packed, "rb");
	gzbuffer(f, 1 << 17);
	for (int n; (n = gzread(f, piece, sizeof piece)) > 0;)
		*sum += piece[n - 1];
	gzclose(f);
}

static void read_packed(void *arg)
{
	double *sum = arg;
	struct read_options o = { 0 };
	struct source s;
	struct table t;
	struct err e;
	int bad = source_open(&s, packed, &o, &e);
	bad = bad ? bad : table_from_source(&t, &s, NULL, INT64_MAX, &e);
	if (bad) {
		fprintf(stderr, "bench: %s\n", e.text);
		exit(1);
	}
	source_close(&s);
	*sum += t.number[0][t.n_row - 1];
	table_release(&t);
}

/* MB of text a second, and how much of the time is what zlib alone takes. */
static int report_packed(void)
{
	double sum = 0;
	int fd = mkstemp(packed);
	gzFile f = fd < 0 ? NULL : gzdopen(fd, "wb6");
	if (!f)
		return 1;
	struct text q = make(6, "");
	gzwrite(f, q.data, (unsigned)q.n);
	gzclose(f);
	struct timing zlib = measure(unpack, &sum, 1, 5), whole = measure(read_packed, &sum, 1, 5),
	              text = measure(read_text, &q, 1, 5);
	line("gzip");
	line_number("mb_per_s", (double)q.n / 1e6 / whole.least);
	line_number("zlib_mb_per_s", (double)q.n / 1e6 / zlib.least);
	line_number("text_mb_per_s", (double)q.n / 1e6 / text.least);
	line_number("share_of_zlib", zlib.least / whole.least);
	line_timing(&whole);
	line_end();
	unlink(packed);
	free(q.data);
	return 0;
}

int bench_table(void)
{
	report("6 digits", 6, "");
	report("17 digits", 17, "");
	report("quoted, 6 digits", 6, "\"");
	return report_packed();
}
