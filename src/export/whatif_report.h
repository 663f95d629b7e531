/* What the verbs counterfactual and invert share. */
#ifndef SRC_WHATIF_REPORT_H
#define SRC_WHATIF_REPORT_H

#include "core/whatif/nearest.h"
#include "src/job/job.h"

/* Reads --to-class: the name of a class, or its number. Sets *cls, or says which there are. */
int whatif_class(const struct loaded *l, const char *text, int *cls, struct err *e);
/* "812 at 0.61, 813 at 0.64; mean 0.63" */
void whatif_near_print(FILE *f, const struct near_window *v, int n);
/* Plots loss (n), one number for each step. */
void whatif_loss_plot(FILE *f, const double *loss, int n);

#endif
