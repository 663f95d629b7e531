/* Opens a model file. The format is recognised by the file's content, not by its name. A reader parses foreign
 * formats in a locked-down child process (src/read/sandbox.c), which sends the model back in serialised form. */
#ifndef SRC_READ_MODEL_H
#define SRC_READ_MODEL_H

#include "core/model/model.h"

/* A file that is a part of this program: the bytes from data to end, and a NUL after them. */
struct bundled {
	const char *name;
	const unsigned char *data, *end;
};

/* What --set gives an input beside the window: NAME=NUMBER fills it, NAME=zeros too, NAME=FILE.npy is an array. */
struct input_setting {
	char *name;
	bool array;
	double value; /* array is false: of all elements */
	struct shape shape;
	double *data; /* (shape) */
};

struct read_options {
	/* These names are read from memory, and the disk is not looked at. A row whose name is NULL ends them; NULL:
	 * there are none. */
	const struct bundled *bundled;
	bool no_sandbox; /* for debugging and coverage only: parse in this process */
	bool no_external_data;
	int64_t max_mem;    /* bytes; 0: half of the available memory, at most 512 MB */
	double max_time;    /* seconds of processor time; 0: 3 */
	int64_t window;     /* window length for models with a dynamic time axis; 0: as the file says */
	const char *layout; /* --layout or NULL */
	const char *head;   /* --head or NULL */
	/* --weights or NULL: the file with the weights of a model whose own file holds only the architecture */
	const char *weights;
	const char *input;      /* --input or NULL: the input, or inputs, that take the window */
	const char *const *set; /* [n_set] the texts of --set */
	int n_set;
	struct input_setting *setting; /* [n_setting] the same, read; read_model fills them in */
	int n_setting;
};
/* Reads the texts of --set, and the arrays that they name, into o->setting. The caller frees them in every case. */
int input_settings_read(struct read_options *o, struct err *e);
void input_settings_free(struct read_options *o);

/* What --input and --set say of the n inputs of a file. Readers share these. */
enum { INPUTS_JOINED_MAX = 16, INPUT_COUNT_MAX = 1 << 24 };
const struct input_setting *input_setting_of(const struct read_options *o, const char *name);
/* Checks that each --set names an input. */
int input_settings_check(const struct read_options *o, int n, const char *const *names, struct err *e);
/* Reads --input: which inputs take the window, in the order of its channels. Returns how many, or an error. */
int inputs_named(const struct read_options *o, int n, const char *const *names, int which[INPUTS_JOINED_MAX],
                 struct err *e);
/* Works out the shape of an input beside the window. dim: (rank) its sizes; one below 1 is open and is that of the
 * array which --set gives, else 1. want: the sizes in words. set: may be NULL. */
int input_other_shape(const char *name, const struct input_setting *set, int rank, const int64_t *dim, const char *want,
                      struct shape *out, struct err *e);
/* Says for `info` what --set gives an input. */
void input_setting_words(const struct input_setting *set, char *buf, size_t size);

/* A file in the folder of a file that holds a part of it, such as weights or samples. The parent opens it, because the
 * child cannot open files. */
struct side_file {
	char *name; /* name without a folder */
	unsigned char *data;
	size_t n;
};
struct read_side {
	bool refused; /* --no-external-data */
	bool opened;  /* true: the files have been read; false: only their names are known */
	int n;
	struct side_file *file;
};
/* Requests a file by name; a second request for the same name does nothing. Returns an error if the files have been
 * read already or there are too many. */
int read_side_want(struct read_side *s, const char *name, struct err *e);
/* Reads the requested files, which have to be in the folder of `path`. They may have max_mem bytes together. */
int read_side_open(struct read_side *s, const char *path, int64_t max_mem, struct err *e);
void read_side_release(struct read_side *s);
/* Returns the file of that name, or NULL if nobody has requested it. */
const struct side_file *read_side_find(const struct read_side *s, const char *name);

/* A reader of one format. `data` holds the whole file. */
struct reader {
	const char *name;       /* such as "Keras HDF5" */
	const char *extensions; /* file name endings, such as ".h5 .hdf5"; for --formats */
	bool foreign;           /* true: the file is parsed in a child process */
	bool wants_weights;     /* true: another file holds the weights; it is side->file[0] and has been opened */
	bool many_inputs;       /* true: a model may have several inputs, so that --input and --set mean something */
	bool (*probe)(const unsigned char *data, size_t n);
	/* Loads the libraries that the reader needs, before the child is locked. May be NULL. */
	int (*prepare)(struct err *e);
	/* Builds the model, which the caller frees; returns NULL on error. side: the files beside the model. If the
	 * reader needs files that are not there yet, it requests them with read_side_want() and returns NULL. It is
	 * then called again, with the files. */
	struct model *(*read)(const char *file, const unsigned char *data, size_t n, struct read_side *side,
	                      const struct read_options *o, struct err *e);
};
extern const struct reader reader_keras, reader_keras_v3, reader_keras_json, reader_onnx, reader_json;
extern const struct reader *const readers[]; /* All readers, tried in this order; NULL ends the list. */

/* Reads a whole regular file, or standard input for "-". cap: how many bytes the file may have. *data is malloc'd,
 * has a NUL after the last byte and belongs to the caller. Opening never waits for a writer and never changes the
 * controlling terminal (O_NONBLOCK, O_NOCTTY). */
int read_file(const char *path, int64_t cap, unsigned char **data, size_t *n, struct err *e);
/* The same for its first `most` bytes, or all if they are fewer; not from standard input. */
int read_file_start(const char *path, int64_t most, unsigned char **data, size_t *n, struct err *e);
/* Opens the file without reading it. Returns the descriptor (0 for standard input) or a negative error code. *size
 * is the file's size in bytes, or -1 if it is unknown. */
int read_open(const char *path, int64_t cap, int64_t *size, struct err *e);
/* Returns the row of o->bundled that has this name, or NULL. */
const struct bundled *bundled_find(const struct read_options *o, const char *name);
/* Returns how many bytes reading a file may take: --max-mem, else half of the available memory, at most 512 MB. */
int64_t read_memory_limit(const struct read_options *o);
/* Reads a model of any known format. The caller frees it. Returns NULL on error; e then has a message that names a
 * remedy. */
struct model *read_model(const char *path, const struct read_options *o, struct err *e);
/* To read a foreign format this program starts itself with READ_MODEL_CHILD as its only argument. main() then calls
 * read_model_child() before anything else. */
#define READ_MODEL_CHILD "--read-model-child"
_Noreturn void read_model_child(void);

#endif
