/* The table of routes: what a client may ask for. The server, /openapi.json, the page's links and the tests are made
 * from it. */
#ifndef SRC_SERVE_ROUTES_H
#define SRC_SERVE_ROUTES_H

#include "src/cli/options.h"
#include "src/serve/request.h"

struct answering;

/* A parameter that is no option of a verb. */
struct own_parameter {
	const char *name, *help;
	const char *(*word)(int i); /* the choices, NULL behind the last; NULL: see number */
	bool number;                /* a whole number from least to most; else a text */
	int64_t least, most;
	const char *initial; /* the default, or NULL: there is none, or it has to be given */
};
extern const struct own_parameter own_parameters[]; /* name NULL ends */
const struct own_parameter *own_parameter_find(const char *name, size_t n);

enum route_place {
	ROUTE_FRONT, /* answered at once: the page, the description */
	ROUTE_WORK,  /* by a process of its own */
};

struct route {
	const char *method; /* "GET", which takes HEAD, too; or "POST" */
	const char *path;   /* "/windows/{window}"; what is in braces is one of own_parameters, and has to be given */
	enum route_place place;
	const char *verb;    /* whose answer it is; NULL: make() writes it */
	const char *fixed;   /* the words that are always given to the verb, between blanks, or NULL */
	const char *options; /* options of this verb that the query may set, between blanks, or NULL */
	const char *own;     /* own parameters that the query may set, likewise */
	const char *needed;  /* those of `own` without which there is no answer */
	/* Without a verb: writes the answer to a->f. With one: prepares a->o, which was read from the words. May be
	 * NULL. Returns 0 or an error; a->status is what an error is answered with. */
	int (*make)(struct answering *a, struct err *e);
	const char *type; /* of the answer: "application/json" */
	const char *id;   /* operationId */
	const char *help; /* a sentence */
};
extern const struct route routes[]; /* path NULL ends */

enum { ROUTE_VALUES = 4 };

/* What a request asks for. */
struct asked {
	const struct route *route;
	struct request q;
	/* the parts of the path that are in braces */
	int n_value;
	struct parameter value[ROUTE_VALUES];
};

/* Finds the route of a request whose target was parsed. Returns 0, or the status of the error: 404, nothing is there;
 * 405, other methods are, which are then in allow (size); 400, the query has a parameter that is not there, or lacks
 * one. */
int route_find(struct asked *a, const char *method, char *allow, size_t size, struct err *e);
/* The value of a parameter of the path or of the query; NULL: it is not given. */
const char *asked_value(const struct asked *a, const char *name);
/* The value of an own parameter that is a number; its default where it is not given. Returns 0 or an error. */
int asked_number(const struct asked *a, const char *name, int64_t *v, struct err *e);
/* The number of the word that an own parameter is, 0 where it is not given; a negative code: it is none of them. */
int asked_word(const struct asked *a, const char *name, struct err *e);
/* What is asked, in one form whatever the order of the query: "/windows/3?method=gradient". malloc'd. */
char *asked_text(const struct asked *a);
/* Is a word of n bytes in a list of words between blanks? The list may be NULL. */
bool route_list_has(const char *list, const char *word, size_t n);

#endif
