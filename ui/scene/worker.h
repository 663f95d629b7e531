/* The worker is a thread that computes all numbers that the browser shows, so that no key waits for them. The browser
 * sets a question (window, target, method ...), lists the answers that it wants, and takes them when they are there.
 * Answers are copies: the caller who takes one owns it.
 *
 *	worker_question(w, &q); worker_ask(w, asks, n, urgent);
 *	worker_wait(w, seconds);                 for one frame, so that quick answers are on the first screen
 *	while ((a = worker_take(w))) ...
 *
 * A new list of asks replaces the old one. Importance, maps, clusters and searches are computed in pieces. Between two
 * pieces the worker looks for a new question or a more urgent ask. If there is one, the worker leaves its current work,
 * and continues it when it is asked for again. */
#ifndef UI_WORKER_H
#define UI_WORKER_H

#include "ui/scene/answer.h"
#include "ui/session/windows.h"

struct worker;

/* Starts the worker; the caller ends it with worker_free. truth: true values given by hand; NULL: those of the data.
 * windows: the list that ANSWER_WINDOWS fills. All of them must outlive the worker.
 * Returns NULL if the system gives no thread. */
struct worker *worker_new(const struct model *m, const struct dataset *d, const struct truth *truth,
                          struct windows *windows);
/* Ends the thread after its current piece of work, and frees all answers that were not taken. NULL is fine. */
void worker_free(struct worker *w);
/* Sets the question, which is copied, and drops the list of asks. Returns the generation that its answers will have. */
unsigned worker_question(struct worker *w, const struct question *q);
/* Sets the second question, which is copied, of this model or, if beside is not NULL, of the one beside; `number` is
 * not that of an earlier one. The asks for ANSWER_SECOND carry it. Their layers are this model's: those of the model
 * beside that belong to them answer, and its outputs are as this model gives them. */
void worker_second(struct worker *w, const struct question *q, const struct beside *beside, unsigned number);
/* Returns once the thread uses this model no more, which need not be the one of the second question. It drops the list
 * of asks. */
void worker_leave(struct worker *w, const struct beside *beside);
/* Starts a survey of all windows for the target of q, in a thread of its own, and ends the one before. Its answers come
 * without being asked for, and carry `number`. An ask for ANSWER_SURVEY only waits for the end. */
void worker_survey(struct worker *w, const struct question *q, const struct survey_source *source, const void *origin,
                   int64_t number);
/* Starts a judge of what the methods are worth, in a thread of its own, and ends the one before: one that looks at one
 * window and one that looks at the set go on side by side. Its answers come as those of a survey, and carry `number`.
 */
void worker_judge(struct worker *w, const struct question *q, enum judge_what what,
                  const struct standing_source *source, const void *origin, int64_t number);
/* Starts to look for a counterfactual (ui/behind/counter.h), in a thread of its own, and ends the search before. Its
 * answer comes as that of a survey, and carries `number`. */
void worker_counter(struct worker *w, const struct counterfactual_job *j, int64_t number);
/* Starts a pruner (ui/behind/pruner.h), in a thread of its own, and ends the one before. Its answers come as those of a
 * survey, and carry `number`. */
void worker_prune(struct worker *w, const struct question *q, const struct filter_set *marks, double ratio,
                  int64_t number);
/* Ends the pruner, which tells nothing any more. */
void worker_prune_stop(struct worker *w);
/* Sets the expression whose steps are events of the record, which is copied. `number` is not that of an earlier one. */
void worker_where(struct worker *w, const char *text, int number);
/* Replaces the list of asks by these n, which are copied. worker_wait waits for the first `urgent` of them. */
void worker_ask(struct worker *w, const struct ask *ask, int n, int urgent);
/* Waits until the urgent asks are answered, for at most `seconds` (negative: without limit). */
void worker_wait(struct worker *w, double seconds);
/* Returns the next answer, or NULL if there is none. The caller owns it and frees it with answer_free. */
struct answer *worker_take(struct worker *w);
/* Returns a file descriptor that is readable when answers are there; -1: there is none. */
int worker_fd(const struct worker *w);
/* Returns how many entries of the list of windows are computed. Only these may be read. */
int64_t worker_windows(struct worker *w);

#endif
