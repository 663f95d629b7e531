#include "src/job/analysis_json.h"

#include <math.h>
#include <stdlib.h>
#include "core/probe/spectrum.h"

/* min-max scaling; zeros when all are equal. out may be v. */
void minmax(const real *v, int64_t n, real *out)
{
	real low = INFINITY, high = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		low = v[i] < low ? v[i] : low;
		high = v[i] > high ? v[i] : high;
	}
	for (int64_t i = 0; i < n; i++)
		out[i] = high > low ? (v[i] - low) / (high - low) : 0;
}

void shape_json(struct json *j, int n, const int64_t *dim)
{
	json_key(j, "shape"), json_array(j);
	for (int i = 0; i < n; i++)
		json_int(j, dim[i]);
	json_end_array(j);
}

void reals_json(struct json *j, const char *key, const real *v, int64_t n)
{
	json_key(j, key);
	json_reals(j, v, n);
}

/* What scaled maps and shares are taken of: signed maps count by their size. */
void map_scaled(const real *map, int64_t n, real *out)
{
	for (int64_t k = 0; k < n; k++)
		out[k] = (real)fabs((double)map[k]);
	minmax(out, n, out);
}

/* The same map over frequencies, where its method has that. */
static void spectrum_json(struct json *j, struct analysis *a)
{
	const struct model *m = analysis_model(a);
	int64_t n = spectrum_bands(m->T), C = m->C;
	const double *v = analysis_spectrum(a);
	if (!v)
		return;
	json_newline(j);
	json_key(j, "spectrum"), json_object(j);
	shape_json(j, 2, (int64_t[]){ n, C });
	json_key(j, "data"), json_array(j);
	for (int64_t i = 0; i < n * C; i++)
		json_number(j, v[i]);
	json_end_array(j);
	json_end_object(j);
}

void method_json(struct json *j, struct analysis *a, int layer, int64_t filter)
{
	const struct model *m = analysis_model(a);
	const struct question *asked = analysis_question(a);
	const struct saliency_method *q = &saliency_methods[asked->method];
	struct target t = asked->target;
	int n_layer;
	int64_t n = m->T * m->C;
	const real *map = analysis_saliency(a, layer, filter);
	const struct saliency_note *note = analysis_saliency_note(a, layer, filter);
	real *scaled = xcalloc((size_t)n, sizeof *scaled);
	double *share = xcalloc((size_t)m->C, sizeof *share);
	char name[64];
	target_format(&t, m, name, sizeof name);
	map_scaled(map, n, scaled);
	saliency_channels(map, m->T, m->C, share);
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	json_key(j, "method"), json_string(j, q->name);
	json_key(j, "formula"), json_string(j, q->formula);
	json_key(j, "source"), json_string(j, q->source);
	json_key(j, "signed"), json_bool(j, q->is_signed);
	json_key(j, "target"), json_string(j, name);
	json_key(j, "baseline");
	if (!q->baseline)
		json_null(j);
	else
		json_string(j, baseline_names[asked->baseline]);
	if (q->baseline && asked->baseline == BASELINE_WINDOW)
		json_key(j, "baseline_window"), json_int(j, asked->baseline_window);
	if (q->hides && asked->series)
		json_key(j, "points"), json_string(j, "series");
	json_key(j, "seed");
	if (q->random)
		json_int(j, (int64_t)asked->seed);
	else
		json_null(j);
	json_key(j, "steps"), json_int(j, note->steps);
	json_key(j, "residual"), json_number(j, note->residual);
	json_key(j, "layer");
	if (note->at >= 0)
		json_string(j, analysis_layers(a, &n_layer)[note->at].name);
	else
		json_null(j);
	json_key(j, "channels"), json_array(j);
	for (int64_t c = 0; c < m->C; c++)
		json_number(j, share[c]);
	json_end_array(j);
	json_newline(j);
	shape_json(j, 2, (int64_t[]){ m->T, m->C });
	reals_json(j, "raw", map, n);
	reals_json(j, "scaled", scaled, n);
	if (layer < 0)
		spectrum_json(j, a);
	json_end_object(j);
	free(scaled);
	free(share);
}

void clusters_json(struct json *j, struct analysis *a, int layer)
{
	int n;
	const struct layer_clusters *c = analysis_clusters(a, layer);
	json_newline(j);
	json_key(j, "cluster"), json_ints(j, c->label, analysis_layers(a, &n)[layer].filters);
	json_key(j, "clusters");
	if (!c->k) {
		json_null(j);
		return;
	}
	json_object(j);
	json_key(j, "method"), json_string(j, cluster_method_names[c->method]);
	json_key(j, "k"), json_int(j, c->k);
	json_key(j, "seed"), json_int(j, (int64_t)c->seed);
	json_key(j, "inertia"), json_number(j, c->inertia);
	json_key(j, "silhouette"), json_number(j, c->silhouette);
	if (c->silhouettes) {
		json_key(j, "silhouettes"), json_array(j);
		for (int k = 0; k < c->n_silhouettes; k++)
			json_number(j, c->silhouettes[k]);
		json_end_array(j);
	}
	json_end_object(j);
}
