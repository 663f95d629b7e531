/* The language in which a user says which things are chosen: comparisons that are joined.
 *
 *	a>0.5                    comparisons of a name and a value: < <= > >= = == != ~
 *	a>0.5 b<2                side by side: both must hold (as `and`, `&`)
 *	a>0.5 or not (b<2 c)     or, and, not, ( ); also |, &, !
 *	"a name">2               names with blanks or signs of the language stand in quotes
 *
 * This reads what joins; whoever has things to choose reads the comparisons, with the functions below. */
#ifndef CORE_EXPR_H
#define CORE_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

enum { EXPR_BYTES = 256 }; /* longer expressions are refused */
enum relation { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, HAS, NOT_ZERO };

struct expr;
struct expr_reader {
	const char *text, *at; /* at: what is read next */
	struct expr *x;
	int depth;
	struct err *e;
	bool bad;
};
/* Reads one comparison at r->at, and keeps it as the next one of its list; what is wrong is said by expr_fail. */
typedef void expr_comparison(struct expr_reader *r, void *ctx);

/* Parses s, which may be blank. Returns NULL if it is wrong, with a sentence in e that says where. The caller frees the
 * result with expr_free. */
struct expr *expr_parse(const char *s, expr_comparison *comparison, void *ctx, struct err *e);
void expr_free(struct expr *x); /* NULL is fine */
/* Whether x holds, where holds(ctx, k) tells whether comparison k does; they are counted from 0 in the order in which
 * they were read. A blank expression holds. */
bool expr_holds(const struct expr *x, bool (*holds)(const void *ctx, int k), const void *ctx);

/* ---- for comparisons ---- */

/* Only the first fault is said. */
void expr_fail(struct expr_reader *r, const char *what);
void expr_blanks(struct expr_reader *r);
/* Letters and _ at s. */
size_t expr_word(const char *s);
/* A word up to a blank, a bracket or a sign of the language; or anything between quotes. Returns its length. */
size_t expr_text(struct expr_reader *r, const char **word);
bool expr_relation(struct expr_reader *r, enum relation *relation);
/* A decimal number; the locale has no say. */
bool expr_number(struct expr_reader *r, double *number);
/* Compares two numbers, which are equal if they differ by at most one part in a million, since what is typed was read
 * from a screen. NaN never holds, not even !=. NOT_ZERO: v alone. */
bool relation_holds(enum relation relation, double v, double number);

#endif
