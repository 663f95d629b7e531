/* What `tsviz prune` says: a table, a curve, JSON. */
#ifndef SRC_PRUNE_REPORT_H
#define SRC_PRUNE_REPORT_H

#include "core/prune/prune.h"
#include "src/job/job.h"
#include "src/json/envelope.h"

struct prune_report {
	const struct prune *p;
	const struct loaded *l;
	const struct prune_budget *budget;
	int rank, repair;
	int n;
	struct prune_point *point; /* [n] one network, or a curve */
	bool curve;
	int draws;                /* of --seeds; 0: none */
	struct prune_point *draw; /* (draws,n) */
	const bool *removed;      /* (n_atom) by class, of the only network */
	const struct model *small;
	int64_t bytes[2];  /* of the file that was read, and of the one that was written; -1: there is none */
	double seconds[2]; /* of one forward pass */
};

void prune_report_text(FILE *f, const struct prune_report *r);
/* e says what was read. */
void prune_report_json(FILE *f, const struct envelope *e, const struct prune_report *r);
/* --curve-out: FILE.svg or FILE.csv. */
int prune_curve_write(const struct prune_report *r, const char *path, struct err *e);
/* A plot of the curve's errors with characters. */
void prune_curve_plot(FILE *f, const struct prune_report *r);
/* --seeds: median and range, of all points; of point i (-1: before) and a set. They say nothing without draws. */
void prune_draws_text(FILE *f, const struct prune_report *r);
/* Why an error over a set, and a change of the outputs, is no finite number. */
const char *prune_no_error(const struct prune_set *s);
const char *prune_no_change(double changed);
void prune_draws_json(struct json *j, const struct prune_report *r, int i);
void prune_draws_csv_head(FILE *f, const struct prune_report *r, const char *set);
void prune_draws_csv(FILE *f, const struct prune_report *r, int i, int set);
/* "error" or "accuracy" of the report's task. */
const char *prune_measure(const struct prune_report *r);

#endif
