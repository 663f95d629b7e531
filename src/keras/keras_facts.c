/* What a Keras file says beside the network: versions, the settings of the training, and the configuration of each
 * layer. It is for a person to read; the network is built without it. */
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "src/keras/keras_build.h"

/* An object of Keras that has a class and a configuration is written as its class: "GlorotUniform". */
static const char *class_of(const cJSON *v)
{
	const char *cls = json_text(v, "class_name", NULL);
	return cls ? cls : json_text(v, "name", NULL);
}

/* Writes a value in one line: a list as "3, 1", an object by its class or as JSON. Returns false for null. */
static bool write_value(FILE *f, const cJSON *v)
{
	const cJSON *x;
	if (!v || cJSON_IsNull(v))
		return false;
	if (cJSON_IsString(v)) {
		fputs(v->valuestring, f);
	} else if (cJSON_IsBool(v)) {
		fputs(cJSON_IsTrue(v) ? "true" : "false", f);
	} else if (cJSON_IsNumber(v)) {
		fprintf(f, "%.7g", v->valuedouble);
	} else if (cJSON_IsArray(v)) {
		cJSON_ArrayForEach(x, v)
		{
			if (!write_value(f, x))
				fputs("any", f);
			if (x->next)
				fputs(", ", f);
		}
	} else if (class_of(v)) {
		fputs(class_of(v), f);
	} else {
		bool any = false;
		cJSON_ArrayForEach(x, v)
		{
			fprintf(f, "%s%s ", any ? ", " : "", x->string);
			if (!write_value(f, x))
				fputs("none", f);
			any = true;
		}
		return any;
	}
	return true;
}

static void add(struct model *m, int layer, const char *name, const cJSON *v)
{
	char *text = NULL;
	size_t n;
	FILE *f = mem_stream(&text, &n);
	bool any = write_value(f, v);
	fclose(f);
	if (any)
		model_add_fact(m, layer, name, text);
	free(text);
}

/* The parts of a wrapper or of a stack of cells have settings of their own: "layer.units". */
static void add_all(struct model *m, int layer, const char *prefix, const cJSON *config, int depth)
{
	static const char *const skipped[] = { "name",   "batch_input_shape", "batch_shape",
		                               "module", "registered_name",   NULL };
	const cJSON *x;
	cJSON_ArrayForEach(x, config)
	{
		char name[256];
		bool skip = false;
		for (int i = 0; skipped[i]; i++)
			skip |= !strcmp(skipped[i], x->string);
		if (skip)
			continue;
		snprintf(name, sizeof name, "%s%s", prefix, x->string);
		const cJSON *inner = json_get(x, "config");
		add(m, layer, name, x);
		bool part = !strcmp(x->string, "layer") || !strcmp(x->string, "cell") || strstr(x->string, "_layer");
		if (part && cJSON_IsObject(inner) && depth < 3) {
			snprintf(name, sizeof name, "%s%s.", prefix, x->string);
			add_all(m, layer, name, inner, depth + 1);
		}
	}
}

void keras_layer_facts(struct model *m, int layer, const cJSON *config)
{
	add_all(m, layer, "", config, 0);
}

/* Optimizer, loss, metrics: {"optimizer_config": {"class_name", "config"}, "loss", "metrics"} of Keras 1 and 2,
 * {"optimizer": ...} of Keras 3. */
static void training(struct model *m, const cJSON *root)
{
	static const char *const keys[] = { "optimizer_config", "optimizer" };
	for (int i = 0; i < 2; i++) {
		const cJSON *v = json_get(root, keys[i]), *x;
		if (!v)
			continue;
		add(m, -1, "optimizer", v);
		cJSON_ArrayForEach(x, json_get(v, "config"))
		{
			char name[128];
			snprintf(name, sizeof name, "optimizer.%.100s", x->string);
			if (strcmp(x->string, "name") != 0)
				add(m, -1, name, x);
		}
		break;
	}
	add(m, -1, "loss", json_get(root, "loss"));
	add(m, -1, "loss weights", json_get(root, "loss_weights"));
	add(m, -1, "metrics", json_get(root, "metrics"));
}

void keras_facts(struct model *m, const struct keras_file *f, const cJSON *root)
{
	model_add_fact(m, -1, "Keras version", f->version);
	model_add_fact(m, -1, "backend", f->backend ? f->backend : "");
	model_add_fact(m, -1, "saved", f->saved ? f->saved : "");
	model_add_fact(m, -1, "class", json_text(root, "class_name", ""));
	model_add_fact(m, -1, "name", json_text(json_get(root, "config"), "name", ""));
	training(m, json_get(root, "compile_config"));
	struct err e = { 0 };
	cJSON *trained = f->training ? json_parse(f->training, strlen(f->training), &e) : NULL;
	training(m, trained);
	cJSON_Delete(trained);
}
