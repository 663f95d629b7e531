/* survey --merge: the figures of a whole set from its shards. */
#ifndef SRC_SURVEY_MERGE_H
#define SRC_SURVEY_MERGE_H

#include "src/cli/options.h"

/* Returns an exit status. */
int survey_merge(const struct options *o, struct err *e);
/* The most bytes that one file may have. */
int64_t survey_cap(const struct options *o);

#endif
