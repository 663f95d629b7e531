/* The curve of `tsviz attack`: what each epsilon does, by method. The share of windows that fall where windows can
 * fall; else their mean loss. */
#ifndef SRC_ATTACK_CURVE_H
#define SRC_ATTACK_CURVE_H

#include "core/attack/attack.h"

/* Plots it with characters. */
void attack_curve_plot(FILE *f, const struct attack_job *j, const struct attack_result *r);
/* Whether the name ends in .svg or .csv. */
bool attack_curve_name(const char *path);
/* Writes it: a picture, or the numbers of all methods. */
int attack_curve_write(const struct attack_job *j, const struct attack_result *r, const char *path, struct err *e);

#endif
