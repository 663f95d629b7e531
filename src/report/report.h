/* A report: everything that tsviz says of a model and its data, as one document for somebody who has neither. Sections
 * are rows of a table (report.c); each asks core for its numbers and adds blocks to the document. A section that has
 * nothing to say adds nothing and says why: the limits name it.
 *
 * Nothing depends on the clock: the same inputs give the same bytes. */
#ifndef SRC_REPORT_H
#define SRC_REPORT_H

#include "src/job/progress.h"
#include "src/kept/kept_surveys.h"
#include "src/report/doc.h"
#include "src/report/meta.h"
#include "src/session/review.h"
#include "ui/session/windows.h"

/* How much is computed that is not kept from before. */
enum report_effort { REPORT_QUICK, REPORT_USUAL, REPORT_FULL };
enum {
	REPORT_SURVEY_WINDOWS = 2000, /* usual: windows of the survey */
	REPORT_TRUTH_WINDOWS = 50,    /* usual: windows of the measures of truth, */
	REPORT_LOOK_WINDOWS = 20,     /* and of the shares of the channels */
	REPORT_NOTE_PICTURES = 24,
	REPORT_ROWS = 40, /* of a long table */
	REPORT_WORST = 10,
	REPORT_LIMITS = 64,
};

struct report {
	const struct options *o;
	struct browsed b; /* model, data and question are those of b.l */
	struct doc doc;
	enum report_effort effort;
	struct meta meta;
	bool has_session;
	struct review session;
	/* The window that is shown, and why: "its error is the median". */
	int64_t window;
	const char *window_why;
	struct windows windows;
	struct progress bar;
	/* Of the limits: what was left out and what was bounded. The texts are the document's. */
	int n_limit;
	const char *limit[REPORT_LIMITS];
	int not_given; /* of the author's parts */
	int n_short;
	const char *in_short[REPORT_LIMITS];   /* the findings that stand first */
	int64_t truth_windows, survey_windows; /* of which these figures are; 0: there are none */
	const char *nothing;                   /* why the section that is written says nothing; NULL: it does */
};
struct report_section {
	const char *id, *heading;
	void (*write)(struct report *r, struct doc *d);
};

/* Makes the report that the options ask for, and writes it to o->out, or to standard output. Returns 0 or a negative
 * code with a sentence in e. */
int report_make(const struct options *o, struct err *e);

/* The question of the session becomes that of the report (asked.c). */
void report_ask(struct report *r);

/* ---- for the sections ---- */
/* The section says nothing, for this reason. */
void report_nothing(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A sentence for the section of limits. */
void report_limit(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A finding, in a sentence, that a reader in a hurry should meet first. */
void report_short(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A picture of a view of the shown window, with this layer selected (-1: none is). */
void report_picture(struct report *r, const char *view, int layer, const char *size, const char *caption);
/* "12 (rows 8012 to 8043)": a window, by its number and its rows in the file; buf has `size` bytes. */
const char *report_window(const struct report *r, int64_t i, char *buf, size_t size);
/* The name of class k. */
const char *report_class(const struct report *r, int64_t k, char *buf, size_t size);

/* What may be said of clusters of so many filters: that those of one are alike only where the silhouette shows it. A
 * sentence with a full stop. Returns buf. */
const char *report_alike(const struct layer_clusters *c, int64_t filters, char *buf, size_t size);

void section_author(struct report *r, struct doc *d);      /* section_author.c */
void section_model(struct report *r, struct doc *d);       /* section_model.c */
void section_data(struct report *r, struct doc *d);        /* section_data.c */
void section_performance(struct report *r, struct doc *d); /* section_performance.c */
void section_look(struct report *r, struct doc *d);        /* section_look.c */
void section_set(struct report *r, struct doc *d);         /* section_set.c */
void section_truth(struct report *r, struct doc *d);       /* section_truth.c */
void section_tried(struct report *r, struct doc *d);       /* section_tried.c */
void section_notes(struct report *r, struct doc *d);       /* section_notes.c */
void section_limits(struct report *r, struct doc *d);      /* section_limits.c */
void section_commands(struct report *r, struct doc *d);    /* section_limits.c */

#endif
