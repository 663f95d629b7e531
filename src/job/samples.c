/* The files of the samples as parts of the program. The assembler reads them from samples/ in the folder that the
 * compiler is started in, the root of the tree. The Makefile has the dependency. */
#include "src/job/job.h"

/* Puts a file between SYMBOL and SYMBOL_end, and a NUL after it, as readers expect. */
#define BUNDLE(symbol, file)                                                       \
	__asm__(".pushsection .rodata\n"                                           \
	        ".balign 64\n" #symbol ":\n"                                       \
	        ".incbin \"samples/" file "\"\n" #symbol "_end:\n"                 \
	        ".byte 0\n"                                                        \
	        ".popsection");                                                    \
	extern const unsigned char symbol[] __attribute__((visibility("hidden"))), \
	        symbol##_end[] __attribute__((visibility("hidden")));
#define BUNDLE_SAMPLE(name, rows, index) \
	BUNDLE(sample_##name##_model, #name "-model.json") BUNDLE(sample_##name##_data, #name ".csv")
SAMPLES(BUNDLE_SAMPLE, BUNDLE_SAMPLE)

#define ROWS(name, rows, index)                                                    \
	{ #name "-model.json", sample_##name##_model, sample_##name##_model_end }, \
	        { #name ".csv", sample_##name##_data, sample_##name##_data_end },
const struct bundled samples_bundled[] = { SAMPLES(ROWS, ROWS){ 0 } };
