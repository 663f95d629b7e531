/* The rows of the steps of a record, in order, with memory that does not depend on the length of the record. */
#ifndef CORE_RECORD_STEPS_H
#define CORE_RECORD_STEPS_H

#include "core/record/record_eval.h"

/* Takes the row (width) of a step; false: no more. */
typedef bool record_sink(void *ctx, int64_t step, const double *row);

/* Sums over windows, for the rows of steps; of one thread. maps: there is saliency. */
struct record_sum;
struct record_sum *record_sum_new(const struct record_plan *p, bool maps);
void record_sum_free(struct record_sum *s);
/* Gives sink the rows that the window at a place alone makes of the steps that it reaches. output (outputs), map (T*C)
 * or NULL: as record_eval_windows gives them. What sink returns does not matter. */
void record_sum_alone(struct record_sum *s, int64_t place, const real *output, const real *map, record_sink *sink,
                      void *ctx);

/* The rows of the steps [first, end), in pieces of so many windows at most. The plan must outlive it. */
struct record_stream;
struct record_stream *record_stream_new(const struct record_plan *p, bool maps, int64_t first, int64_t end,
                                        int64_t windows);
void record_stream_free(struct record_stream *s); /* NULL is fine */
/* The next piece. false: it was the last, or sink returned false. */
bool record_stream_step(struct record_stream *s, struct record_team *t, record_sink *sink, void *ctx);
/* How many windows are left. */
int64_t record_stream_left(const struct record_stream *s);

/* Gives the rows of the steps [first, end) to sink, in order. maps: with saliency, else it is NaN. */
void record_steps(const struct record_plan *p, struct record_team *t, bool maps, int64_t first, int64_t end,
                  record_sink *sink, void *ctx);

#endif
