/* The language of `&`, in which the user says which filters to show.
 *
 *	imp>0.5                  comparisons of a name and a number: < <= > >= = !=
 *	cluster=2 dead           side by side: both must hold (as `and`)
 *	rank<10 or marked        or, and, not, ( )
 *	not dead, !dead
 *
 * filter_expr_names lists the names. A name by itself holds if its value is not zero. A cluster may be given by its
 *letter: cluster=C. Two numbers are equal if they differ by at most one part in a million. A comparison with NaN, a
 *value that does not exist, never holds, not even !=. */
#ifndef CORE_FILTER_EXPR_H
#define CORE_FILTER_EXPR_H

#include <stdbool.h>
#include "core/base/err.h"

/* The values of one filter that an expression can use. NaN: the value does not exist. */
struct filter_facts {
	double imp, raw, rank, index, cluster; /* scaled and raw importance; rank from 1; cluster from 0 (letter A) */
	double mean, max, min;                 /* of the activation */
	double change;                         /* of the importance compared with the pin */
	bool dead, off, marked;
};

struct filter_expr_name {
	const char *name, *help;
};
extern const struct filter_expr_name filter_expr_names[]; /* name NULL ends */

struct filter_expr;
enum { FILTER_EXPR_BYTES = 256 }; /* longer ones are refused */
/* Parses s. Returns NULL if s is wrong, with a sentence in e that says where. An expression of blanks matches every
 * filter. The caller frees the result with filter_expr_free. */
struct filter_expr *filter_expr_parse(const char *s, struct err *e);
/* Returns true if the expression holds for the filter. */
bool filter_expr_match(const struct filter_expr *x, const struct filter_facts *f);
void filter_expr_free(struct filter_expr *x); /* NULL is fine */

#endif
