/* Opening a model file: recognised by content, parsed by its reader in a locked-down child (src/read/sandbox.c),
 * rebuilt from the serialised form. */
#ifndef SRC_READ_MODEL_H
#define SRC_READ_MODEL_H

#include "core/model/model.h"

struct read_options {
	bool no_sandbox; /* parse in this process: debugging and coverage only */
	bool no_external_data;
	int64_t max_mem;    /* bytes, 0: default (half of what is available, at most 512 MB) */
	double max_time;    /* seconds of work, 0: default 3 */
	int64_t window;     /* T for models with a dynamic time axis, 0: from the file */
	const char *layout; /* --layout or NULL */
	const char *head;   /* --head or NULL */
};

/* Files in the model's own folder, which hold what the model does not. The parent opens them: the child cannot. */
struct side_file {
	char *name; /* without any folder */
	unsigned char *data;
	size_t n;
};
struct read_side {
	bool refused; /* --no-external-data */
	bool opened;  /* file holds what was wanted */
	int n;
	struct side_file *file;
};
/* Ask for a file (once). */
int read_side_want(struct read_side *s, const char *name, struct err *e);
const struct side_file *read_side_find(const struct read_side *s, const char *name);

/* A reader of one format. `data` is the whole file. */
struct reader {
	const char *name;       /* "Keras HDF5" */
	const char *extensions; /* ".h5 .hdf5" for --formats */
	bool foreign;           /* parsed in the child */
	bool (*probe)(const unsigned char *data, size_t n);
	/* before the child is locked: load libraries; may be NULL */
	int (*prepare)(struct err *e);
	/* side: files beside the model. Where the reader wants some that are not there yet, it names them and returns
	 * NULL; it is called again with them. */
	struct model *(*read)(const char *file, const unsigned char *data, size_t n, struct read_side *side,
	                      const struct read_options *o, struct err *e);
};
extern const struct reader reader_keras, reader_keras_v3, reader_onnx, reader_json;
extern const struct reader *const readers[]; /* NULL-terminated, tried in order */

/* Read a regular file (or "-", standard input) whole: O_NONBLOCK|O_NOCTTY|O_CLOEXEC, fstat, size cap.
 * malloc'd, the caller frees; a NUL stands behind the end. */
int read_file(const char *path, int64_t cap, unsigned char **data, size_t *n, struct err *e);
/* The same without reading: the descriptor (0 for standard input) and the size (-1: not known), or an error. */
int read_open(const char *path, int64_t cap, int64_t *size, struct err *e);
/* Bytes that reading a file may take: --max-mem, else half of what is available, at most 512 MB. */
int64_t read_memory_limit(const struct read_options *o);
struct model *read_model(const char *path, const struct read_options *o, struct err *e);
/* Foreign formats are read by this program started anew with READ_MODEL_CHILD as its only argument: main then calls
 * this first. */
#define READ_MODEL_CHILD "--read-model-child"
_Noreturn void read_model_child(void);

#endif
