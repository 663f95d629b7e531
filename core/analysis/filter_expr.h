/* The language of `&`, in which the user says which filters to show.
 *
 *	imp>0.5                  comparisons of a name and a number: < <= > >= = !=
 *	cluster=2 dead           side by side: both must hold (as `and`)
 *	rank<10 or marked        or, and, not, ( )
 *	not dead, !dead
 *
 *	layer~conv, layer=conv1  the name has this in it, is this; != is not
 *	look:2>0.7               of a fact that each channel has, that of channel 2, or look:load>0.7 by name
 *	2>0.7, load>0.7          a channel by itself before an operator: the same as look:2>0.7
 *
 * The names are those of filter_fact_table. A name by itself holds if its value is not zero. A cluster may be given by
 * its letter: cluster=C. Two numbers are equal if they differ by at most one part in a million. A comparison with NaN,
 * a value that does not exist, never holds, not even !=. */
#ifndef CORE_FILTER_EXPR_H
#define CORE_FILTER_EXPR_H

#include "core/analysis/filter_facts.h"
#include "core/base/expr.h"

struct filter_expr;
/* Parses s. channels: those of the input, read only here. Returns NULL if s is wrong, with a sentence in e that says
 * where. An expression of blanks matches every filter. The caller frees the result with filter_expr_free. */
struct filter_expr *filter_expr_parse(const char *s, const struct fact_channels *channels, struct err *e);
/* Returns true if the expression holds for the filter. */
bool filter_expr_match(const struct filter_expr *x, const struct filter_facts *f);
/* enum fact_source: what the expression reads. x NULL: nothing. */
unsigned filter_expr_sources(const struct filter_expr *x);
void filter_expr_free(struct filter_expr *x); /* NULL is fine */

#endif
