/* Timing for the benchmarks: each prints JSON lines, one per figure, on standard output. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

struct timing {
	double median, least; /* seconds */
	int runs;
};

/* Wall clock; with bench_cpu_time (bench --cpu) processor time, for comparisons while others work. */
extern bool bench_cpu_time;
double seconds(void);
/* Calls of fn(arg), each timed, until `budget` seconds have passed and at least `least` were made; two more before them
 * warm up where a call is short. */
struct timing measure(void (*fn)(void *), void *arg, double budget, int least);

/* One line: line("forward", "net", "fcn", NULL) begins it, the others add, line_end closes it with foreign_cpu: how
 * many processors' worth of other people's work there was since the line before (above 0.1 the figure is not to be
 * trusted). */
void line(const char *bench);
void line_text(const char *key, const char *value);
void line_number(const char *key, double value);
void line_timing(const struct timing *t); /* median_ms, min_ms, runs */
/* gflops of `flop` operations in t's median and what part of one processor's peak (peak_gflops) that is. */
void line_speed(double flop, const struct timing *t);
void line_end(void);

/* Best rate of fused (or separate) multiply-adds by one thread with the widest vectors in use, measured once. */
double peak_gflops(void);

/* ---- the benchmarks; each returns 0 or says what is missing and returns 1 ---- */
extern const char *bench_model, *bench_csv,
        *bench_big; /* files of ../shared: the paper's model, its table, the folder of big_*.onnx */
int bench_machine(void);
int bench_paper(void);
int bench_dataset(void);
int bench_train(void);
int bench_fcn(void);
int bench_resnet(void);
int bench_inceptiontime(void);
int bench_deep(void);
int bench_table(void);
int bench_growth(void);

#endif
