/* The keys that surveys and shards had before 1.0.0. One key had several types over the kinds of JSON, so that keys
 * were renamed; files that were kept are still read. */
#include <stdlib.h>
#include <string.h>
#include "src/json/json_read.h"
#include "src/json/survey_json.h"

struct key {
	const char *old, *now;
};

/* Renames members of o, which may be anything; NULL ends the list. */
static void rename_keys(cJSON *o, const struct key *list)
{
	for (cJSON *c = cJSON_IsObject(o) ? o->child : NULL; c; c = c->next)
		for (const struct key *k = list; k->old && c->string; k++) {
			if (strcmp(c->string, k->old) != 0)
				continue;
			char *name = cJSON_malloc(strlen(k->now) + 1);
			if (!name)
				break;
			memcpy(name, k->now, strlen(k->now) + 1);
			cJSON_free(c->string);
			c->string = name;
			break;
		}
}

/* Puts the member at this key of o into an object of its own, under this name. */
static void wrap(cJSON *o, const char *key, const char *name)
{
	cJSON *v = cJSON_DetachItemFromObjectCaseSensitive(o, key), *around = v ? cJSON_CreateObject() : NULL;
	if (!around || !cJSON_AddItemToObject(around, name, v)) {
		cJSON_Delete(v);
		cJSON_Delete(around);
	} else if (!cJSON_AddItemToObject(o, key, around)) {
		cJSON_Delete(around);
	}
}

/* Makes a list an object that has the list under this key. */
static void list_to_object(cJSON *o, const char *key)
{
	cJSON *list = cJSON_IsArray(o) ? cJSON_CreateArray() : NULL;
	if (!list)
		return;
	list->child = o->child;
	o->child = NULL;
	o->type = cJSON_Object;
	if (!cJSON_AddItemToObject(o, key, list))
		cJSON_Delete(list);
}

/* A number that stands for a word becomes this word; what is no such number stays, and the reader refuses it. */
static void word(cJSON *o, const char *key, const char *const *words)
{
	int64_t k, n = 0;
	while (words[n])
		n++;
	if (json_whole(json_get(o, key), &k) && k >= 0 && k < n)
		cJSON_ReplaceItemInObjectCaseSensitive(o, key, cJSON_CreateString(words[k]));
}

static cJSON *children(const cJSON *o, const char *key)
{
	const cJSON *v = json_get(o, key);
	return v ? v->child : NULL;
}

static void old_network(cJSON *o)
{
	static const struct key errors[] = { { "classes", "class_count" },
		                             { "channels", "channel_count" },
		                             { "normal", "normal_class" },
		                             { 0 } },
	                        consumer[] = { { "reads", "reads_from" },
		                               { "channels", "channel_count" },
		                               { "covariance", "with_covariance" },
		                               { 0 } };
	static const char *const limit[] = { "limit" };
	rename_keys(cJSON_GetObjectItemCaseSensitive(o, "errors"), errors);
	word(o, "truth", survey_truth_names);
	word(o, "scale", survey_scale_names);
	for (cJSON *c = children(o, "consumers"); c; c = c->next)
		rename_keys(c, consumer);
	for (cJSON *c = children(o, "layers"); c; c = c->next) {
		int n = cJSON_GetArraySize(json_get(c, "rests_at"));
		wrap(c, "rests_at", "values");
		cJSON *rest = cJSON_GetObjectItemCaseSensitive(c, "rests_at");
		cJSON_AddItemToObject(rest, "shape", cJSON_CreateIntArray(&n, 1));
		cJSON_AddItemToObject(rest, "axes", cJSON_CreateStringArray(limit, 1));
	}
}

static void old_figures(cJSON *o)
{
	static const struct key figures[] = { { "activation", "activation_spread" },
		                              { "histogram", "activation_histogram" },
		                              { "importance", "importance_spreads" },
		                              { "channels", "saliency" },
		                              { "classes", "per_class" },
		                              { 0 } },
	                        measure[] = { { "raw", "raw_spread" }, { "scaled", "scaled_spread" }, { 0 } };
	rename_keys(o, figures);
	for (cJSON *c = children(o, "importance_spreads"); c; c = c->next)
		rename_keys(c, measure);
	cJSON *shares = cJSON_GetObjectItemCaseSensitive(o, "saliency");
	wrap(shares, "gradient", "by_channel");
	wrap(shares, "gradient-input", "by_channel");
}

static void old_layers(cJSON *o)
{
	static const struct key layer[] = { { "filters", "per_filter" }, { 0 } };
	for (cJSON *c = children(o, "layers"); c; c = c->next) {
		rename_keys(c, layer);
		for (cJSON *f = children(c, "per_filter"); f; f = f->next) {
			old_figures(f);
			for (cJSON *g = children(f, "per_class"); g; g = g->next)
				old_figures(g);
		}
	}
}

void survey_old_keys(cJSON *root)
{
	static const struct key head[] = { { "precision", "precision_bits" }, { 0 } },
	                        part[] = { { "network", "network_text" },
		                           { "outputs", "outputs_text" },
		                           { "moments", "moment_texts" },
		                           { "filters", "layer_texts" },
		                           { 0 } };
	if (!json_get(root, head->old))
		return;
	rename_keys(root, head);
	old_network(cJSON_GetObjectItemCaseSensitive(root, "network"));
	old_layers(root);
	for (cJSON *c = children(root, "parts"); c; c = c->next) {
		rename_keys(c, part);
		for (cJSON *y = children(c, "layer_texts"); y; y = y->next)
			list_to_object(y, "filter_texts");
	}
}
