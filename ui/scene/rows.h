/* The numbers of the filters of one layer, of the window and over all windows, and the scales on which they are drawn.
 */
#ifndef UI_ROWS_H
#define UI_ROWS_H

#include "ui/scene/answer.h"

/* What was known of a filter when the order of its layer was made. */
struct placed {
	int place;         /* in the order */
	double importance; /* 0..1 */
	bool flat;         /* no line was drawn, because the filter was off or without activity */
};

struct rows {                        /* the filters of one analysed layer */
	bool loaded, stale, ordered; /* loaded: there are numbers; stale: they answer an earlier question */
	bool clusters_stale;
	int64_t F, times;
	struct span seen;              /* the steps that plots show */
	struct layer_numbers *numbers; /* owned; without activations and importance until loaded, see its detail */
	const struct layer_importance *importance;
	const struct layer_clusters *clusters; /* NULL: not there yet */
	struct answer *clustered;              /* owns the clusters of the window */
	struct answer *set_clustered;          /* owns those of windows spread over the data; NULL: not there yet */
	bool set_clusters_stale;
	struct range *range; /* (F) of the plots; numbers->range is that of the values */
	double *scaled;      /* (F) importance 0..1, while held also above 1; NaN: there is none */
	const double *mean;  /* (F) mean activation, of the window or over all windows */
	bool over; /* importance, mean and clusters are those over all windows: of_set and what stands below it */
	struct layer_importance of_set; /* means over all windows; its pointers belong to this struct */
	double *set_mean, *set_look;    /* (F), (F,C) as mean and look; set_look NaN: not of this method */
	double *look;                   /* (F,C) share of each channel in the saliency; NaN: not there yet */
	int64_t looked;                 /* of the first `looked` filters it answers the question */
	double *ablation;               /* (F) importance by ablation; NaN: not there yet, or there is none */
	bool ablation_stale;
	const bool *dead; /* (F) */
	bool *off;        /* (F) */
	bool *shown;      /* (F) the percentile lets the filter through */
	int n_shown;
	int *order, n_order; /* the filters that match the expression, and the selected one, sorted */
	int *list, n_list;   /* the shown filters and the selected one, sorted */
	bool to_first;       /* the expression is new: the cursor goes to the first match */
	/* held: order and scales stay as they are while the user switches filters, so that nothing moves under the
	 * cursor. Another window, another question or sorting ends this. It also ends with the next numbers if
	 * `returned` is set: no filter is off any more, or the same ones as before the first switch. */
	bool held, returned;
	struct filter_set off_then; /* the filters that were off before the first switch */
	struct range *range_then;   /* (F) of the plots before the first switch */
	struct placed *placed;      /* (F) */
	struct range raw;           /* of raw importance when the order was made; it scales `scaled` */
};
/* Whether filter f has no activity in this window, although it is on. */
static inline bool rows_silent(const struct rows *r, int64_t f)
{
	return r->dead[f] && !r->off[f];
}

/* Returns the activation of filter f; its v is NULL if it is not there yet. */
static inline struct series rows_series(const struct rows *r, int64_t f)
{
	return series_of(r->numbers->act ? r->numbers->act + f * r->times : NULL, r->times);
}

/* The same, but only the steps that plots show. */
static inline struct series rows_seen(const struct rows *r, int64_t f)
{
	return span_series(r->seen, rows_series(r, f));
}

/* Share of each channel in the saliency of filter f (C), of the window or over all windows; NaN: not there. */
static inline const double *rows_look(const struct rows *r, int64_t f, int64_t C)
{
	return (r->over ? r->set_look : r->look) + f * C;
}

/* Returns raw importance on the scale of a layer whose raw importance has this range: 0 is its least important filter
 * or anything below it, 1 its most important one. What is above 1 ends at 9. NaN stays NaN. */
double importance_on(struct range scale, double raw);
/* For the scene: */
/* Makes the rows of layer l of a model with C channels, without numbers. The caller releases them. */
void rows_init(struct rows *r, const struct layer *l, int64_t C);
void rows_clear(struct rows *r);
/* Gives the rows the numbers of the window, which they own then. */
void rows_numbers(struct rows *r, struct layer_numbers *n);
/* Chooses the numbers of the window or, with r->over, those over all windows. */
void rows_choose(struct rows *r);
/* Computes what is drawn of the numbers that there are, on scales of their own or on those that are held. */
void rows_rescale(struct rows *r);
/* Frees what the rows have over all windows. */
void rows_set_release(struct rows *r);
/* Returns n numbers that are NaN. The caller frees them. */
double *rows_missing(int64_t n);

#endif
