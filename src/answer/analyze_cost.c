#include "src/answer/analyze_cost.h"

#include <stdlib.h>
#include "core/base/mem_stream.h"
#include "core/graph/graph.h"
#include "src/job/progress.h"

static const double BYTES_MOST = 100e6, SECONDS_MOST = 60;
enum { SMALL = 2000000, SAMPLE = 20000 }; /* numbers that need no estimate; numbers of a first piece */

struct cost {
	double bytes, seconds;
};

/* What it takes to write a number such as those of v (n). */
static struct cost writing(const real *v, int64_t n)
{
	char *text = NULL;
	size_t size = 0;
	struct json j;
	n = n < SAMPLE ? n : SAMPLE;
	if (!v || n < 1)
		return (struct cost){ 13, 1e-7 };
	FILE *f = mem_stream(&text, &size);
	double at = clock_seconds();
	json_init(&j, f);
	json_reals(&j, v, n);
	fclose(f);
	at = clock_seconds() - at;
	free(text);
	return (struct cost){ (double)size / (double)n, at / (double)n };
}

/* Seconds for the maps of the chosen layers: forward is what a pass through the network takes. */
static double computing(struct analysis *a, const struct loaded *l, const bool *chosen, double forward)
{
	int64_t sweep, single, macs = graph_macs(l->model->graph);
	int layer;
	analysis_saliency_cost(a, chosen, &sweep, &single, &layer);
	double all = forward * (double)sweep / (double)(macs > 0 ? macs : 1);
	if (layer < 0)
		return all;
	double at = clock_seconds();
	while (analysis_saliency_step(a, layer, 0) && (clock_seconds() - at) * (double)single < 20 * SECONDS_MOST)
		;
	return all + (clock_seconds() - at) * (double)single;
}

static const char *amount(struct cost c, char *buf, size_t size)
{
	double mb = c.bytes / 1e6;
	if (mb >= 10000)
		snprintf(buf, size, "%.0f GB and %.0f s", mb / 1000, c.seconds);
	else
		snprintf(buf, size, "%.0f MB and %.0f s", mb, c.seconds);
	return buf;
}

int cost_check(struct analysis *a, const struct loaded *l, const struct options *o, const bool *chosen, int n_target,
               struct err *e)
{
	int n_layer;
	const struct layer *layer = analysis_layers(a, &n_layer);
	int64_t window = l->model->T * l->model->C, filters = 0, points = 0;
	for (int i = 0; i < n_layer; i++)
		if (chosen[i]) {
			filters += layer[i].filters;
			points += layer[i].filters * layer[i].times;
		}
	int64_t numbers = points * (n_target + 2), map_numbers = o->no_saliency ? 0 : 2 * filters * window;
	if (o->all_maps || numbers + map_numbers < SMALL)
		return 0;
	double at = clock_seconds();
	analysis_output(a);
	double forward = clock_seconds() - at;
	const real *g = analysis_input_gradient(a);
	struct cost each = writing(g ? g : analysis_input(a), window);
	struct cost rest = { each.bytes * (double)numbers, each.seconds * (double)numbers }, all = rest;
	all.bytes += each.bytes * (double)map_numbers;
	all.seconds += each.seconds * (double)map_numbers;
	if (map_numbers && all.seconds <= SECONDS_MOST)
		all.seconds += computing(a, l, chosen, forward);
	if (all.bytes <= BYTES_MOST && all.seconds <= SECONDS_MOST)
		return 0;
	char total[64], without[64];
	if (o->no_saliency)
		return err_set(e, ERR_LIMIT,
		               "this would be about %s; --layers A,B writes some layers, --all-maps everything",
		               amount(all, total, sizeof total));
	return err_set(
	        e, ERR_LIMIT,
	        "this would be about %s, with %lld saliency maps; --no-saliency makes it %s, --layers A,B writes some "
	        "layers, --all-maps everything",
	        amount(all, total, sizeof total), (long long)filters, amount(rest, without, sizeof without));
}
