/* The contents of an analysis, for the files of this folder that fill it. Other code uses core/analysis/analysis.h.
 *
 * A buffer is allocated when it is first needed, and stays allocated. The valid flags say whether its contents answer
 * the current window and question. */
#ifndef CORE_ANALYSIS_STATE_H
#define CORE_ANALYSIS_STATE_H

#include "core/analysis/analysis.h"

struct importance_state {
	bool raw_valid, valid;       /* raw_valid: raw is valid; valid: all four are */
	struct layer_importance out; /* its pointers are the buffers below, or NULL */
	real *raw, *scaled;          /* (F) */
	int *order, *rank;           /* (F) */
};

struct layer_state {
	bool clusters_valid;
	struct importance_state importance, influence;
	bool ablation_valid;
	real *ablation; /* (F) raw importance by the measure `ablation`, whatever the question's measure is */
	real **map;     /* (F) of (T,C), each NULL until needed */
	struct saliency_note *note; /* (F) */
	unsigned char *map_valid;   /* (F) */
	struct layer_clusters clusters;
	int *label, *size;   /* (F) each */
	bool *silent;        /* (F) */
	real *prototype;     /* (k,times) */
	double *silhouettes; /* (F) */
};

/* The map of a filter, or of the target, by one method. */
struct method_state {
	bool valid;
	int layer;
	int64_t filter;
	real *map; /* (T,C) */
	struct saliency_note note;
};

struct analysis {
	struct probe p;
	struct layer_state *state; /* (p.n_layer) */
	struct band *band;         /* made when first needed */
	struct kinks kinks;
	bool kinks_valid, target_map_valid;
	real *target_map; /* (T,C) */
	struct saliency_note target_note;
	double *factors;  /* (2,T,C) of target_map: x - x' and the mean gradient; NULL until needed */
	double *spectrum; /* (T/2+1,C) of target_map; NULL until needed */
	bool spectrum_valid;
	struct trace trace, feeds;
	real **trace_share, **feeds_share; /* (p.n_layer) */
	struct method_state *by_method;    /* [methods] made when first needed */
	/* the unfinished answers (analysis_..._step) */
	struct importance_job importance, ablation;
	struct saliency_job saliency, method;
	struct cluster_dtw *clustering; /* NULL: nothing */
	int clustering_layer;
};

/* In analysis_maps.c: drops what bits of enum stale concern of the maps by other methods; frees them. */
void analysis_forget_methods(struct analysis *a, unsigned stale);
void analysis_free_methods(struct analysis *a);

#endif
