/* Numbers, names and labels as the screen shows them. Each function writes a string into buf (size bytes) and cuts what
 * does not fit; those that return a pointer return buf. */
#ifndef UI_FORMAT_H
#define UI_FORMAT_H

#include "ui/state/ui.h"

/* Steps of the window in a second, as the file or the time stamps of the window say it; 0: it is not known. */
double window_rate(const struct ui *u);
/* The shortest form of v in at most w columns, with at most four digits that matter. */
const char *number_format(char *buf, size_t size, double v, int w);
/* Name of channel ch of the input; "ch 3" where it has none. */
const char *channel_name(const struct ui *u, int64_t ch, char *buf, size_t size);
/* Name of output k: its class, or its number. */
void output_name(const struct ui *u, int k, char *buf, size_t size);
/* The target as target_format writes it, and of one class its name: "output:1 busy". */
void target_words(const struct ui *u, const struct target *t, char *buf, size_t size);
/* A value of output k for window i, or of channel ch of the current window, as it is shown: scaled, or in raw units
 * when the user asked for those. */
double output_units(const struct ui *u, int64_t i, int64_t k, double v);
double channel_units(const struct ui *u, int64_t ch, double v);
/* The number of a question's window: "5", "5*" if it is edited. Returns buf. */
const char *window_format(const struct question *q, char *buf, size_t size);
/* The window's true value and its prediction as words: "1.472", "class B 0.93". */
void truth_format(const struct ui *u, char *buf, size_t size);
void predicted_format(const struct ui *u, char *buf, size_t size);
/* What the network predicts for the window with all filters on, and how far switching off has moved that: of a class
 * its probability, of a segmentation how many steps have another class, else the value. The intact output has to be
 * there. */
void intact_format(const struct ui *u, char *was, size_t size, char *change, size_t change_size);
/* How far a prediction misses, by its name: "loss" of a classifier, else "error". */
const char *error_name(const struct ui *u);
/* The error of `output` for a window with true values y, either of which may be NULL, as in the list of windows: of
 * classes `loss`, of steps the share that is wrong, else the root of the mean square. NaN: there is none. */
double error_of(const struct ui *u, int64_t window, const real *output, const real *y, double loss);
/* "1st", "2nd", "3rd", "4th" ... "11th". */
const char *ordinal_format(char *buf, size_t size, int64_t n);
/* The place of window i among all by its error: "412th worst of 3950", "the worst of 3950", or without the number of
 * all; "" if the window has no error. While not all errors are known: an ellipsis. */
const char *rank_format(const struct ui *u, int64_t i, bool of_all, char *buf, size_t size);
/* A filter's number with its marks: "#13", "*13" marked, "#13x" switched off; with a note the sign of notes stands in
 * place of the "#", and behind the "*". */
void filter_label(const struct ui *u, const struct rows *r, int f, char *buf, size_t size);
/* The name of something, with the sign of a note behind it if there is a note about it. Returns buf. */
const char *noted_format(const struct ui *u, bool noted, const char *name, char *buf, size_t size);
/* The name of a layer, likewise. */
const char *layer_name_format(const struct ui *u, int layer, char *buf, size_t size);
/* What a note is about: "conv1 #3", "conv1, cluster B", "window 5". Returns buf. */
const char *note_subject_format(const struct ui *u, const struct note_subject *q, char *buf, size_t size);
/* The kind of a layer by its short name: "Conv" for Convolution1D and Conv1D, "MaxPool" for MaxPooling1D. */
const char *kind_word(const struct layer *l, char *buf, size_t size);
/* What a layer does in words that fit w columns: "64 filters, kernel 3, same, relu", or with less room the numbers
 * alone and then "64 filters k3". The layer's own abbreviations ("64 k3 same relu") are the last resort. */
const char *layer_words(const struct layer *l, int w, char *buf, size_t size);
/* The style in which a filter's line is drawn. */
unsigned filter_style(const struct ui *u, const struct rows *r, int f);

/* "mse 0.0016, was 0.0015", or of a classifier "accuracy 91 %, was 92 %"; where there are no true values how much the
 * predictions change. Returns buf. */
const char *pruned_error_format(const struct pruned *q, char *buf, size_t size);
/* The name of class k, from the data or the model, else its number. Returns buf. */
const char *class_name_format(const struct ui *u, int k, char *buf, size_t size);

#endif
