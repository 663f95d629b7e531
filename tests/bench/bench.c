/* bench [--cpu] NAME ...: the named benchmarks, or all; see tests/bench/run.py, which starts each in a process of its
 * own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/kernels/tile.h"
#include "tests/bench/measure.h"

const char *bench_model = "../shared/models/internet_traffic.h5";
const char *bench_csv = "../shared/data/internet_traffic.csv";
const char *bench_big = "../shared/models";

static const struct bench {
	const char *name;
	int (*run)(void);
} benches[] = {
	{ "machine", bench_machine }, { "paper", bench_paper },
	{ "dataset", bench_dataset }, { "methods", bench_methods },
	{ "train", bench_train },     { "fcn", bench_fcn },
	{ "resnet", bench_resnet },   { "inceptiontime", bench_inceptiontime },
	{ "deep", bench_deep },       { "splice", bench_splice },
	{ "tcn", bench_tcn },         { "table", bench_table },
	{ "growth", bench_growth },
};

int main(int argc, char **argv)
{
	int bad = 0;
	if (argc > 1 && !strcmp(argv[1], "--cpu")) {
		bench_cpu_time = true;
		argc--, argv++;
	}
	isa_select(getenv("TSVIZ_ISA"));
	mem_keep(); /* as load() does */
	for (size_t i = 0; i < sizeof benches / sizeof *benches; i++) {
		bool wanted = argc < 2;
		for (int k = 1; k < argc; k++)
			wanted |= !strcmp(argv[k], benches[i].name);
		bad |= wanted && benches[i].run();
	}
	return bad;
}
