/* Timing for the benchmarks. Each benchmark prints JSON lines, one for each figure, on standard output. */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

struct timing {
	double median, least; /* seconds */
	int runs;
};

/* false: measure wall-clock time; true (bench --cpu): processor time, for comparisons on a busy machine. */
extern bool bench_cpu_time;
double seconds(void);
/* Times calls of fn(arg) until `budget` seconds have passed and at least `least` calls were made. If a call is
 * short, two calls precede them to warm up. */
struct timing measure(void (*fn)(void *), void *arg, double budget, int least);

/* line() begins a JSON line with the name of the benchmark, the others add to it, and line_end() ends it with
 * foreign_cpu: how many processors other programs used since the line before. Above 0.1 the figure is not reliable. */
void line(const char *bench);
void line_text(const char *key, const char *value);
void line_number(const char *key, double value);
void line_timing(const struct timing *t); /* median_ms, min_ms, runs */
/* Adds gflops, `flop` operations in t's median, and their fraction of one processor's peak (peak_gflops). */
void line_speed(double flop, const struct timing *t);
void line_end(void);

/* Returns the best rate of multiply-adds, fused or separate, of one thread with the vectors in use. It is
 * measured once. */
double peak_gflops(void);

/* ---- the benchmarks; each returns 0, or prints what is missing and returns 1 ---- */
extern const char *bench_model, *bench_csv,
        *bench_big; /* files of ../shared: the paper's model, its table, the folder of big_*.onnx */
int bench_machine(void);
int bench_paper(void);
int bench_dataset(void);
int bench_methods(void);
int bench_train(void);
int bench_fcn(void);
int bench_resnet(void);
int bench_inceptiontime(void);
int bench_deep(void);
int bench_splice(void);
int bench_tcn(void);
int bench_table(void);
int bench_growth(void);

#endif
