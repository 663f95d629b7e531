#include "tests/bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "core/base/mem.h"

bool bench_cpu_time;

double seconds(void)
{
	struct timespec t;
	clock_gettime(bench_cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

struct timing measure(void (*fn)(void *), void *arg, double budget, int least)
{
	enum { MOST = 100000 };
	double *t = xcalloc(MOST, sizeof *t), begin = seconds();
	int n = 0;
	fn(arg);
	if (seconds() - begin < budget / 4)
		fn(arg);
	begin = seconds();
	while ((n < least || seconds() - begin < budget) && n < MOST) {
		double from = seconds();
		fn(arg);
		t[n++] = seconds() - from;
	}
	qsort(t, (size_t)n, sizeof *t, by_size);
	struct timing r = { n % 2 ? t[n / 2] : (t[n / 2 - 1] + t[n / 2]) / 2, t[0], n };
	free(t);
	return r;
}

/* ---- lines ---- */

struct usage {
	double at, machine, own; /* seconds; busy seconds of all processors and of this process */
};

static struct usage usage_now(void)
{
	struct usage u = { 0 };
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	u.at = (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
	unsigned long long v[8] = { 0 };
	FILE *f = fopen("/proc/stat", "re");
	if (f && fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
	                &v[6], &v[7]) == 8)
		u.machine = (double)(v[0] + v[1] + v[2] + v[5] + v[6]) / (double)sysconf(_SC_CLK_TCK);
	if (f)
		fclose(f);
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	u.own = (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	        (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
	return u;
}

static struct usage last;

void line(const char *bench)
{
	if (last.at <= 0)
		last = usage_now();
	printf("{\"by\": \"tsviz\", \"bench\": \"%s\"", bench);
	if (bench_cpu_time)
		line_text("clock", "cpu");
}

void line_text(const char *key, const char *value)
{
	printf(", \"%s\": \"%s\"", key, value);
}

void line_number(const char *key, double value)
{
	printf(", \"%s\": %.6g", key, value);
}

void line_timing(const struct timing *t)
{
	line_number("median_ms", 1e3 * t->median);
	line_number("min_ms", 1e3 * t->least);
	line_number("runs", t->runs);
}

void line_speed(double flop, const struct timing *t)
{
	double rate = flop / t->median / 1e9;
	line_number("gflop", flop / 1e9);
	line_number("gflops", rate);
	line_number("share_of_peak", rate / peak_gflops());
}

void line_end(void)
{
	struct usage u = usage_now();
	double foreign = ((u.machine - last.machine) - (u.own - last.own)) / (u.at - last.at + 1e-9);
	last = u;
	printf(", \"foreign_cpu\": %.2f}\n", foreign > 0 ? foreign : 0);
	fflush(stdout);
}
