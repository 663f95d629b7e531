/* The language in which the user says which steps of a record are events.
 *
 *	error>2                     comparisons of a name and a number: < <= > >= = !=
 *	error>2 p_N<0.5             side by side: both must hold
 *	class=V or saliency>3       `or` separates alternatives
 *	"p_supra beat">0.9          a name or a class with blanks stands in double quotes
 *
 * The names are those of the numbers of a step (record_number_name), `saliency`, the sum over the channels, and `class`
 * and `true_class` of a classifier, which are compared with the name of a class. A comparison with a number that does
 *not exist (NaN) never holds. */
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
