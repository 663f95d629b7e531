/* The three readers of Keras models. An .h5 file is one HDF5 file. A .keras file is a zip archive of config.json,
 * metadata.json and model.weights.h5. */
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"
#include "src/read/read_model.h"
#include "src/read/wrong_format.h"
#include "src/read/zip_read.h"

enum { TEXT_MAX = 16 << 20 };

static struct model *read_h5(const char *file, const unsigned char *data, size_t n, struct read_side *side,
                             const struct read_options *o, struct err *e)
{
	(void)side;
	struct keras_file k;
	struct model *m = NULL;
	if (keras_h5_read(file, data, n, &k, e) >= 0)
		m = keras_build(file, &k, o, e);
	keras_file_release(&k);
	return m;
}

const struct reader reader_keras = {
	.name = "Keras HDF5",
	.extensions = ".h5 .hdf5",
	.foreign = true,
	.many_inputs = true,
	.probe = keras_h5_probe,
	.prepare = keras_h5_prepare,
	.read = read_h5,
};

/* ---- .keras ---- */

struct archive {
	struct zip_reader *zip;
	unsigned char *config, *metadata, *weights;
	size_t n_config, n_metadata, n_weights;
};

static int prepare_v3(struct err *e)
{
	int bad = zip_prepare(e);
	return bad ? bad : keras_h5_prepare(e);
}

static int member(struct archive *a, const char *name, size_t most, unsigned char **data, size_t *n, struct err *e)
{
	int i = zip_reader_find(a->zip, name);
	if (i < 0)
		return err_set(e, ERR_FORMAT,
		               "the .keras archive holds no %s; save the model again with model.save('NAME.keras')",
		               name);
	return zip_reader_read(a->zip, i, most, data, n, e);
}

static int unpack(struct archive *a, const char *file, const unsigned char *data, size_t n, size_t most, struct err *e)
{
	a->zip = zip_reader_open(data, n, e);
	if (!a->zip)
		return e->code;
	int bad = zip_reader_find(a->zip, "config.json") < 0 ? wrong_zip(file, a->zip, e) : 0;
	if (!bad)
		bad = member(a, "config.json", TEXT_MAX, &a->config, &a->n_config, e);
	if (!bad)
		bad = member(a, "metadata.json", TEXT_MAX, &a->metadata, &a->n_metadata, e);
	return bad ? bad : member(a, "model.weights.h5", most, &a->weights, &a->n_weights, e);
}

static int version(const struct archive *a, struct keras_file *k, struct err *e)
{
	cJSON *root = json_parse((const char *)a->metadata, a->n_metadata, e);
	if (!root)
		return err_at(e, "metadata.json");
	k->version = arena_strdup(&k->arena, json_text(root, "keras_version", ""));
	k->saved = arena_strdup(&k->arena, json_text(root, "date_saved", ""));
	cJSON_Delete(root);
	return 0;
}

static struct model *read_v3(const char *file, const unsigned char *data, size_t n, struct read_side *side,
                             const struct read_options *o, struct err *e)
{
	(void)side;
	struct archive a = { 0 };
	struct keras_file k = { .container = ".keras" };
	struct model *m = NULL;
	int bad = unpack(&a, file, data, n, o->max_mem > 0 ? (size_t)o->max_mem / 2 : (size_t)256 << 20, e);
	if (!bad)
		bad = version(&a, &k, e);
	if (!bad && (bad = keras_h5_open(a.weights, a.n_weights, &k, e)))
		err_at(e, "model.weights.h5");
	if (!bad) {
		k.config = (char *)a.config;
		k.config_size = a.n_config;
		m = keras_build(file, &k, o, e);
	}
	keras_file_release(&k);
	zip_reader_close(a.zip);
	free(a.config);
	free(a.metadata);
	free(a.weights);
	return m;
}

const struct reader reader_keras_v3 = {
	.name = "Keras v3",
	.extensions = ".keras",
	.foreign = true,
	.many_inputs = true,
	.probe = zip_probe,
	.prepare = prepare_v3,
	.read = read_v3,
};

/* ---- an architecture as JSON, with the weights in another file ---- */

/* What model.to_json() writes: a class and its configuration. */
static bool is_architecture(const unsigned char *data, size_t n)
{
	size_t at = 0;
	while (at < n && strchr(" \t\r\n", data[at]) && data[at])
		at++;
	return at < n && data[at] == '{' && memmem(data, n, "\"class_name\"", 12) && memmem(data, n, "\"config\"", 8) &&
	       !memmem(data, n, "tsviz-model", 11);
}

/* The version that the architecture names. That of Keras 3 names none, but says in which module a class is. */
static const char *version_of_json(struct keras_file *k, struct err *e)
{
	cJSON *root = json_parse(k->config, k->config_size, e);
	const char *v =
	        root ? arena_strdup(&k->arena, json_text(root, "keras_version", json_get(root, "module") ? "3" : ""))
	             : NULL;
	cJSON_Delete(root);
	return v;
}

static struct model *read_json(const char *file, const unsigned char *data, size_t n, struct read_side *side,
                               const struct read_options *o, struct err *e)
{
	struct keras_file k = { .container = "JSON" };
	struct model *m = NULL;
	if (n > TEXT_MAX || side->n != 1) {
		err_set(e, ERR_FORMAT,
		        n > TEXT_MAX ? "the architecture has more than %d MB" : "its weights are missing",
		        TEXT_MAX >> 20);
		return NULL;
	}
	k.config = (char *)arena_dup(&k.arena, data, n, 1);
	k.config_size = n;
	k.version = (char *)(uintptr_t)version_of_json(&k, e);
	if (k.version && keras_h5_weights(side->file[0].data, side->file[0].n, &k, e) < 0)
		err_at(e, "the weights '%.300s'", side->file[0].name);
	else if (k.version)
		m = keras_build(file, &k, o, e);
	keras_file_release(&k);
	return m;
}

const struct reader reader_keras_json = {
	.name = "Keras JSON",
	.extensions = ".json",
	.foreign = true,
	.many_inputs = true,
	.wants_weights = true,
	.probe = is_architecture,
	.prepare = keras_h5_prepare,
	.read = read_json,
};
