/* What the verbs counterfactual and invert share. */
#ifndef SRC_WHATIF_REPORT_H
#define SRC_WHATIF_REPORT_H

#include "core/whatif/nearest.h"
#include "src/json/whatif_json.h"
#include "src/job/job.h"

/* Reads --to-class: the name of a class, or its number. Sets *cls, or says which there are. */
int whatif_class(const struct loaded *l, const char *text, int *cls, struct err *e);
/* "812 at 0.61, 813 at 0.64; mean 0.63" */
void whatif_near_print(FILE *f, const struct near_window *v, int n);
/* Plots loss (n), one number for each step. */
void whatif_loss_plot(FILE *f, const double *loss, int n);
/* Opens standard output whatever -o says: -o is for the series. */
int whatif_report_open(struct output *out, const struct options *o, struct err *e);
/* What the JSON says of itself; the recipe is malloc'd. */
struct whatif_head whatif_head_of(const struct loaded *l, char **recipe);

#endif
