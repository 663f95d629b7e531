#include "src/read/wrong_format.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "src/read/zip_read.h"

/* What to run. Each %s is replaced by the file's name. */
#define EXPORT "torch.onnx.export(model.eval(), torch.zeros(1, CHANNELS, STEPS), 'model.onnx', opset_version=17)"
#define TORCH_WEIGHTS                                                                    \
	"holds PyTorch weights only, no network; run in Python, where `model` is made: " \
	"model.load_state_dict(torch.load('%s', "                                        \
	"map_location='cpu')); " EXPORT
#define TORCH_MODULE                                                                                     \
	"is a PyTorch model; run in Python: import torch; model = torch.load('%s', map_location='cpu', " \
	"weights_only=False); " EXPORT
#define TORCHSCRIPT                                                                          \
	"is a TorchScript model; run in Python: import torch; model = torch.jit.load('%s', " \
	"map_location='cpu'); " EXPORT
#define SAVED_MODEL                                                                                             \
	"is a TensorFlow SavedModel; run in Python: import tensorflow as tf; "                                  \
	"tf.keras.models.load_model('%s').save('model.h5'); or, if "                                            \
	"Keras did not save it, in a shell: pip install tf2onnx; python -m tf2onnx.convert --saved-model '%s' " \
	"--output model.onnx "                                                                                  \
	"--opset 17"

struct wrong {
	const char *name;
	bool (*probe)(const unsigned char *data, size_t n);
	const char *say;
};

/* ---- by the first bytes ---- */

static bool begins(const unsigned char *data, size_t n, const char *with, size_t k)
{
	return n >= k && !memcmp(data, with, k);
}

static bool holds(const unsigned char *data, size_t n, const char *text)
{
	return memmem(data, n, text, strlen(text)) != NULL;
}

/* Files of torch.save before 1.6 begin with a pickled magic number (torch/serialization.py, MAGIC_NUMBER). */
static bool is_old_torch(const unsigned char *data, size_t n)
{
	return begins(data, n, "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20j\xa8P\x19", 14);
}

static bool is_old_module(const unsigned char *data, size_t n)
{
	return is_old_torch(data, n) && (holds(data, n, "torch.nn.modules") || holds(data, n, "c__main__"));
}

/* A pickle of protocol 2 to 5, with a STOP ('.') somewhere. */
static bool is_pickle(const unsigned char *data, size_t n)
{
	return n > 2 && data[0] == 0x80 && data[1] >= 2 && data[1] <= 5 && memchr(data, '.', n);
}

static bool is_tflite(const unsigned char *data, size_t n)
{
	return n >= 8 && !memcmp(data + 4, "TFL3", 4);
}

/* The length of the JSON header, then the header (huggingface/safetensors, "Format"). */
static bool is_safetensors(const unsigned char *data, size_t n)
{
	uint64_t k = 0;
	for (int i = 7; i >= 0 && n > 10; i--)
		k = k << 8 | data[i];
	return n > 10 && k >= 2 && k <= n - 8 && data[8] == '{' && (data[9] == '"' || data[9] == '}');
}

/* The schema version 1 and the tag of the first graph. In an ONNX file the IR version, 3 or later, is at this place. */
static bool is_saved_model(const unsigned char *data, size_t n)
{
	return begins(data, n, "\x08\x01\x12", 3);
}

static bool is_npy(const unsigned char *data, size_t n)
{
	return begins(data, n, "\x93NUMPY", 6);
}

static bool is_gguf(const unsigned char *data, size_t n)
{
	return begins(data, n, "GGUF", 4);
}

/* The GraphDef of TensorFlow 1: nodes, each with a name and an operator. */
static bool is_graph(const unsigned char *data, size_t n)
{
	return n > 8 && data[0] == '\n' &&
	       (holds(data, n, "Placeholder") || holds(data, n,
	                                               "\x12\x05"
	                                               "Const"));
}

/* The table that is the index of a checkpoint ends with this number (leveldb, table format). */
static bool is_checkpoint(const unsigned char *data, size_t n)
{
	return (n >= 48 && !memcmp(data + n - 8, "\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8)) ||
	       begins(data, n, "model_checkpoint_path:", 22);
}

static const struct wrong files[] = {
	{ "TensorFlow graph", is_graph,
	  "is a frozen graph of TensorFlow 1; run: pip install tf2onnx; python -m tf2onnx.convert --graphdef '%s' "
	  "--inputs INPUT:0 --outputs OUTPUT:0 --output model.onnx --opset 17" },
	{ "TensorFlow checkpoint", is_checkpoint,
	  "is a part of a TensorFlow checkpoint ('%s'), which holds weights only, no network; run in Python, where "
	  "`model` is made: model.load_weights(CHECKPOINT); model.save('model.keras')" },
	{ "PyTorch, before 1.6", is_old_module, TORCH_MODULE },
	{ "PyTorch weights, before 1.6", is_old_torch, TORCH_WEIGHTS },
	{ "TensorFlow SavedModel", is_saved_model, SAVED_MODEL },
	{ "TensorFlow Lite", is_tflite,
	  "is a TensorFlow Lite model; run: pip install tf2onnx; python -m tf2onnx.convert --tflite '%s' --output "
	  "model.onnx --opset 17" },
	{ "safetensors", is_safetensors,
	  "holds weights only (safetensors), no network; run in Python, where `model` is made: from safetensors.torch "
	  "import load_file; "
	  "model.load_state_dict(load_file('%s')); " EXPORT },
	{ "Python pickle", is_pickle,
	  "is a Python pickle, which only Python can open, and which may run anything; if you trust it, run there: "
	  "import pickle; model = "
	  "pickle.load(open('%s', 'rb')), then model.save('model.keras') (Keras) or " EXPORT " (PyTorch)" },
	{ "GGUF", is_gguf, "is a GGUF file, a language model; tsviz reads networks on time series, not '%s'" },
	{ "NumPy array", is_npy, "is a NumPy array, data and no model; the model comes first: tsviz MODEL '%s'" },
};

/* Sets the message. */
static int say(const char *text, const char *path, struct err *e)
{
	char full[2048];
	size_t n = 0;
	for (const char *at; (at = strstr(text, "%s")) && n < sizeof full; text = at + 2)
		n += (size_t)snprintf(full + n, sizeof full - n, "%.*s%.300s", (int)(at - text), text, path);
	return err_set(e, ERR_UNSUPPORTED, "%.*s%s", n < sizeof full ? (int)n : (int)sizeof full - 1, full, text);
}

int wrong_format(const char *path, const unsigned char *data, size_t n, struct err *e)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i].probe(data, n)) {
			char folder[400];
			const char *slash = strrchr(path, '/');
			/* The folder that holds saved_model.pb is the model. */
			if (files[i].probe != is_saved_model)
				return say(files[i].say, path, e);
			snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
			return say(files[i].say, folder, e);
		}
	return 0;
}

/* ---- zip archives ---- */

static int find_end(const struct zip_reader *z, const char *end)
{
	for (int i = 0; i < zip_reader_count(z); i++) {
		const char *name = zip_reader_name(z, i);
		size_t n = strlen(name), k = strlen(end);
		if (n >= k && !strcmp(name + n - k, end) && (n == k || *end == '.' || name[n - k - 1] == '/'))
			return i;
	}
	return -1;
}

static bool is_module(struct zip_reader *z, int pickle)
{
	unsigned char *data;
	size_t n;
	if (zip_reader_read(z, pickle, 64 << 20, &data, &n, NULL) < 0)
		return false;
	bool yes = holds(data, n, "torch.nn.modules") || holds(data, n, "c__main__");
	free(data);
	return yes;
}

int wrong_zip(const char *path, struct zip_reader *z, struct err *e)
{
	int pickle = find_end(z, "data.pkl");
	if (pickle >= 0 && find_end(z, "constants.pkl") >= 0)
		return say(TORCHSCRIPT, path, e);
	if (pickle >= 0)
		return say(is_module(z, pickle) ? TORCH_MODULE : TORCH_WEIGHTS, path, e);
	if (find_end(z, "saved_model.pb") >= 0)
		return say("is an archive of a TensorFlow SavedModel; run: unzip -d saved '%s'; pip install tf2onnx; "
		           "python -m "
		           "tf2onnx.convert --saved-model saved --output model.onnx --opset 17",
		           path, e);
	if (find_end(z, ".npy") >= 0)
		return say("is a NumPy archive, data and no model; the model comes first: tsviz MODEL '%s'", path, e);
	return err_set(e, ERR_FORMAT, "is a zip archive, but no Keras model (it has no config.json)");
}

/* ---- folders ---- */

int wrong_folder(const char *path, struct err *e)
{
	char *pb = xasprintf("%s/saved_model.pb", path), *keras = xasprintf("%s/keras_metadata.pb", path);
	struct stat st;
	bool saved = access(pb, F_OK) == 0, v2 = access(keras, F_OK) == 0;
	free(pb);
	free(keras);
	if (v2)
		return say("is a Keras 2 SavedModel; run in Python: import tf_keras; "
		           "tf_keras.models.load_model('%s').save('model.h5')",
		           path, e);
	if (saved)
		return say(SAVED_MODEL, path, e);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "is a folder; the model is a file and comes first: tsviz MODEL FOLDER");
	return 0;
}

void wrong_formats_print(FILE *f)
{
	fprintf(f,
	        "not read, but refused with what to run instead: PyTorch, TorchScript, Keras weights without a model");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		fprintf(f, ", %s", files[i].name);
	fputc('\n', f);
}
