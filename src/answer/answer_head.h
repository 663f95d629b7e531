/* What was read, as every JSON of schema 2 says it; and the standard output or file to which a verb writes its answer.
 */
#ifndef SRC_ANSWER_HEAD_H
#define SRC_ANSWER_HEAD_H

#include "src/job/job.h"
#include "src/json/envelope.h"

struct answer_head {
	struct envelope envelope; /* its texts are those of l and of this head */
	char *hash, *recipe;
};
/* Of what was loaded: the model with its hash, and the data with their recipe if there are any. The caller releases it,
 * also after an error, which a network that cannot be hashed gives. */
int answer_head_of(struct answer_head *h, const struct loaded *l, const char *kind, struct err *e);
void answer_head_release(struct answer_head *h);

/* The answer of a verb that writes text or, with --json, an object that begins with this head. */
struct answer_out {
	struct output output;
	struct answer_head head;
};
/* Opens standard output or, with to_file, what -o names. With --json the head is there. After an error nothing is open.
 */
int answer_open(struct answer_out *a, const struct options *o, const struct loaded *l, const char *kind, bool to_file,
                struct err *e);
/* Closes it. Returns an error if not all of it was written. */
int answer_close(struct answer_out *a, struct err *e);

#endif
