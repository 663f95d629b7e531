/* The map of a target or of a filter, and the clusters of a layer: parts of analyze, and answers of tsviz serve. */
#include <math.h>
#include <stdlib.h>
#include "core/probe/spectrum.h"
#include "src/answer/answer.h"
#include "src/job/analysis_json.h"
#include "src/json/tensor_json.h"

/* What the method was asked, and how it went. */
static void map_head(struct json *j, struct analysis *a, const char *target, const struct saliency_note *note)
{
	const struct question *q = analysis_question(a);
	const struct saliency_method *method = &saliency_methods[q->method];
	int n_layer;
	json_put_string(j, "formula", method->formula);
	json_put_string(j, "source", method->source);
	json_put_bool(j, "signed", method->is_signed);
	json_put_string(j, "target", target);
	if (method->baseline)
		json_put_string(j, "baseline_name", baseline_names[q->baseline]);
	else
		json_put_none(j, "baseline_name", "the method compares with nothing");
	if (method->baseline && q->baseline == BASELINE_WINDOW)
		json_put_int(j, "baseline_window", q->baseline_window);
	if (method->hides)
		json_put_string(j, "points", q->series ? "series" : "free");
	if (method->random)
		json_put_int(j, "seed", (int64_t)q->seed);
	else
		json_put_none(j, "seed", "the method draws nothing at random");
	json_put_int(j, "steps", note->steps);
	json_put_figure(j, "residual", note->residual, "the method does not promise that its map adds up");
	if (note->at >= 0)
		json_put_string(j, "layer", analysis_layers(a, &n_layer)[note->at].name);
	else
		json_put_none(j, "layer", "the method weighs no layer");
	json_newline(j);
}

static void spectrum(struct json *j, struct analysis *a, int layer)
{
	const struct model *m = analysis_model(a);
	const double *v = layer < 0 ? analysis_spectrum(a) : NULL;
	if (v)
		json_put_figures(j, "spectrum", "frequency channel", (int64_t[]){ spectrum_bands(m->T), m->C }, v);
	else
		json_put_none(j, "spectrum",
		              layer < 0 ? "the method has no map over frequencies"
		                        : "the map of a filter is not taken over frequencies");
}

void answer_map_json(struct json *j, struct analysis *a, int layer, int64_t filter)
{
	const struct model *m = analysis_model(a);
	const int64_t dim[] = { m->T, m->C };
	const real *v = analysis_saliency(a, layer, filter); /* computes it, and with it the note */
	real *scaled = xcalloc((size_t)(m->T * m->C), sizeof *scaled);
	double *share = xcalloc((size_t)m->C, sizeof *share);
	int n_layer;
	char name[TARGET_TEXT];
	char *own =
	        layer < 0 ? NULL : xasprintf("%s:%lld", analysis_layers(a, &n_layer)[layer].name, (long long)filter);
	target_format(&analysis_question(a)->target, m, name, sizeof name);
	map_scaled(v, m->T * m->C, scaled);
	saliency_channels(v, m->T, m->C, share);
	json_key(j, "saliency"), json_object(j);
	map_head(j, a, own ? own : name, analysis_saliency_note(a, layer, filter));
	json_put_figures(j, "channel_shares", "channel", &m->C, share);
	json_put_reals(j, "raw", "time channel", dim, v);
	json_put_reals(j, "scaled", "time channel", dim, scaled);
	spectrum(j, a, layer);
	json_end_object(j);
	free(own);
	free(scaled);
	free(share);
}

void answer_clusters_json(struct json *j, struct analysis *a, int layer)
{
	static const char why[] = "the layer has no time axis, or too many filters";
	const struct layer_clusters *c = analysis_clusters(a, layer);
	int n_layer;
	const int64_t filters = analysis_layers(a, &n_layer)[layer].filters;
	json_newline(j);
	if (!c->k) {
		json_put_none(j, "cluster", why);
		json_put_none(j, "clusters", why);
		return;
	}
	json_tensor(j, "cluster", "filter", &filters);
	for (int64_t f = 0; f < filters; f++)
		json_int(j, c->label[f]);
	json_end_tensor(j);
	json_key(j, "clusters"), json_object(j);
	json_put_string(j, "method", cluster_method_names[c->method]);
	json_put_int(j, "k", c->k);
	json_put_int(j, "seed", (int64_t)c->seed);
	json_put_figure(j, "inertia", c->inertia, "the method has no inertia");
	json_put_figure(j, "silhouette", c->silhouette, "there are fewer than two clusters");
	if (c->silhouettes) {
		int64_t n = c->n_silhouettes;
		json_tensor(j, "cluster_counts", "cluster_count", &n);
		for (int64_t k = 0; k < n; k++)
			json_int(j, k + 2);
		json_end_tensor(j);
		json_put_figures(j, "silhouettes", "cluster_count", &n, c->silhouettes);
	}
	json_end_object(j);
}
