/* Shared by the files that read MATLAB's .mat: which variables are read (mat_choose.c), and what they hold
 * (data_mat.c). */
#ifndef SRC_MAT_PARTS_H
#define SRC_MAT_PARTS_H

#include "src/data/foreign.h"

#if __has_include(<matio.h>) && !defined TSVIZ_STATIC
#define HAVE_MATIO
#include <matio.h>

enum { AXES_MAX = 8, VARIABLES_MAX = 5000, DEPTH_MAX = 4, ELEMENTS_MAX = 100, LIST_MAX = 600, TEXTS_MAX = 1 << 20 };

struct variable {
	char *name, *top; /* "s.x", and the variable "s" of which it is a field */
	int rank;
	int64_t dim[AXES_MAX], count;
	enum matio_classes class;
	bool is_complex;
};

struct variables {
	struct arena *arena;
	struct variable *v;
	int n, room;
};

/* Whether a variable can be the data: an array of real numbers. */
bool mat_is_numeric(const struct variable *v);
/* Writes "12 x 20" and the class, if it is not one of numbers. */
void mat_write_shape(const struct variable *v, char *buf, size_t size);
/* Writes "X (12 x 20), y (1 x 12)", without the variables of the numbers x and y. */
void mat_list_variables(const struct variables *all, int x, int y, char *list, size_t size);
/* Returns the number of the variable that an option names, or an error. */
int mat_find_asked(const struct variables *all, const char *option, const char *name, struct err *e);
/* Why a variable cannot be the data, and what to run in MATLAB. */
int mat_say_class(const struct variable *v, struct err *e);
/* Whether at most one axis is longer than 1. */
bool mat_is_vector(const struct variable *v);
/* The largest array of numbers. The times of other arrays are not meant, and labels alone are an error. */
int mat_find_largest(const struct variables *all, bool version_73, struct err *e);
/* How many labels a variable holds: a vector of numbers, a cell array of texts, the rows of a char array. */
int64_t mat_label_count(const struct variable *v);
/* The variable with the labels: the one that is asked for, or one with a usual name and of a fitting length. -1 if
 * there is none, or an error. */
int mat_find_labels(struct found *f, const struct variables *all, int x, const struct recipe *r, int *y, struct err *e);
/* A file with several arrays of a size: the one that is read was chosen, and the others are named. */
void mat_warn_others(struct found *f, const struct variables *all, int x, int y);

#endif
#endif
