/* The language in which the user says which steps of a record are events; core/base/expr.h tells how comparisons are
 * joined.
 *
 *	error>2 p_N<0.5          comparisons of a name and a number
 *	class=V or saliency>3    a class is compared with the name of one
 *	"p_supra beat">0.9       a name or a class with blanks stands in double quotes
 *
 * The names are those of the numbers of a step (record_number_name), `saliency`, the sum over the channels, and `class`
 * and `true_class` of a classifier. */
#ifndef CORE_RECORD_EXPR_H
#define CORE_RECORD_EXPR_H

#include "core/base/err.h"
#include "core/record/record_plan.h"

struct record_expr;
/* Returns NULL if s is wrong, with a sentence in e. Blanks alone are an expression that holds nowhere. The caller frees
 * the result with record_expr_free, which takes NULL. */
struct record_expr *record_expr_parse(const char *s, const struct record_plan *p, struct err *e);
void record_expr_free(struct record_expr *x);
bool record_expr_holds(const struct record_expr *x, const double *row);
/* The sum of the saliency of the channels in the row of a step. */
double record_saliency(const struct record_plan *p, const double *row);

#endif
