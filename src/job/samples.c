/* The files of the samples as parts of the program. */
#include "src/job/job.h"
#include "src/read/bundle.h"

#define BUNDLE_SAMPLE(name, rows, index)                              \
	BUNDLE(sample_##name##_model, "samples/" #name "-model.json") \
	BUNDLE(sample_##name##_data, "samples/" #name ".csv")
SAMPLES(BUNDLE_SAMPLE, BUNDLE_SAMPLE)

#define ROWS(name, rows, index)                                                    \
	{ #name "-model.json", sample_##name##_model, sample_##name##_model_end }, \
	        { #name ".csv", sample_##name##_data, sample_##name##_data_end },
const struct bundled samples_bundled[] = { SAMPLES(ROWS, ROWS){ 0 } };
