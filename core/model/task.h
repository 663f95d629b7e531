/* What a network does with a window, and what its outputs mean for it.
 *
 *	regression      numbers without a time axis, or one step
 *	classification  one class for the window
 *	forecast        the steps that follow the window
 *	reconstruction  the window itself: an autoencoder
 *	segmentation    a class for each step
 *	sequence        numbers for each step
 *
 * The last four have a time axis: m->out_steps steps of m->out_channels channels. The order of calls is: a reader makes
 * the model; the caller finds the task with model_task and sets it with model_set_task, before it reads data and again
 * if the data say otherwise. From then on nothing changes it. */
#ifndef CORE_TASK_H
#define CORE_TASK_H

#include "core/model/model.h"

/* The names by enum task; "auto" is the first; the list ends with NULL. */
extern const char *const task_names[];

/* The task that the shapes of input and output and the final activation function suggest. */
struct task_guess {
	enum task task;      /* TASK_AUTO: they suggest none */
	enum task other;     /* a second task that they suit as well; TASK_AUTO: there is none */
	const char *because; /* the reason, to stand after "because"; NULL: TASK_AUTO */
};
struct task_guess model_guess(const struct model *m);
/* Returns the task `asked`. If that is TASK_AUTO: a forecast if the recipe r (or NULL) names columns to predict and the
 * outputs are several steps of them, else the task that model_guess suggests. Without one, it is a classification if
 * the network ends in Softmax, LogSoftmax or Sigmoid, if the recipe names a label column, or if the true value is a
 * class (truth_is_class) and the network has several outputs. Otherwise it is a regression. */
enum task model_task(const struct model *m, enum task asked, const struct recipe *r, bool truth_is_class);
/* Sets m->task. An output without a time axis gets the one that the task gives it: the steps and channels of the window
 * for a reconstruction, steps of the columns that r predicts for a forecast. Returns 0, or an error if the task does
 * not suit the output. */
int model_set_task(struct model *m, enum task task, const struct recipe *r, struct err *e);
/* Whether outputs have steps for this task. */
bool task_has_steps(enum task t);

/* Of a segmentation. model_step_classes is the number of classes: one for each channel, or two if there is one channel,
 * which belongs to class 1. model_step_class is the class at step t: that of the largest output. */
int64_t model_step_classes(const struct model *m);
int model_step_class(const struct model *m, const real *output, int64_t t);
/* The probability of class k at step t. */
double model_step_probability(const struct model *m, const real *output, int64_t t, int64_t k);
/* Returns the true class at step t of y (outputs): the channel with the largest value, or of one channel whether it is
 * above 0.5. -1: it is unknown (NaN). */
int model_true_class(const struct model *m, const real *y, int64_t t);
/* The steps of a segmentation of one window. class: what most steps are predicted to be; true_class: what most steps
 * are, -1 if none is known. output or y may be NULL. */
struct step_count {
	int class, true_class;
	int64_t known, right; /* steps whose class is known, and those of them that are predicted right */
};
struct step_count model_count_steps(const struct model *m, const real *output, const real *y);
/* Whether the channels are probabilities that do not exclude each other: a final Sigmoid with several channels. */
bool model_steps_multilabel(const struct model *m);

#endif
