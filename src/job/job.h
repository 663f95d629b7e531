/* What the verbs share: model and data as the options say, and where the answer goes. */
#ifndef SRC_JOB_H
#define SRC_JOB_H

#include "core/data/dataset.h"
#include "core/truth/truth_mask.h"
#include "src/read/read_data.h"
#include "src/json/json_write.h"
#include "src/cli/options.h"
#include "src/read/save.h"

/* ---- src/job/load.c ---- */
struct loaded {
	struct model *model;
	struct recipe recipe; /* the model's own, over it the file beside it, over it the options */
	char *recipe_from; /* where the recipe came from: "net.json, over it net.json.recipe.json"; NULL: options only
	                    */
	struct data *read; /* what `data` was cut from, and points into */
	struct dataset data;
	int64_t rows; /* in the files of a series, used or not */
	bool has_data;
	struct question q; /* as the options ask; the task is resolved */
	bool by_hand;      /* --y was given: */
	struct truth truth;
	real *y; /* what truth.y points to */
};
enum load {
	LOAD_ARCHITECTURE = 1, /* a model with operators that tsviz cannot run will do */
	LOAD_SILENT = 2,       /* warnings are the caller's to say, not for stderr */
	LOAD_ON_SCREEN = 4,    /* the recipe is the caller's to say */
};
/* Reads the model and, when o->data is given, the data. The caller releases, also after an error. */
int load(struct loaded *l, const struct options *o, unsigned how, struct err *e);
void loaded_release(struct loaded *l);
/* "recipe: --columns 2 --scale standard (from net.json)", malloc'd; NULL where `from` is NULL. */
char *recipe_line(const struct recipe *r, const char *from);
/* The window of -w, which is 0 by default: an error if the data have no such window. */
int load_index(const struct loaded *l, const struct options *o, int64_t *index, struct err *e);
/* "because ...": why the task of an output with a time axis is what it is, malloc'd; NULL: somebody or the data said
 * it.
 */
char *load_task_reason(const struct loaded *l);
/* True values by --y, NULL without. */
const struct truth *load_by_hand(const struct loaded *l);
/* The true values of a window, by --y or else the data's. y (outputs) is room for them. */
struct truth load_truth(const struct loaded *l, int64_t index, real *y);
/* "train", "test", "all": which part of the rows the windows are cut from, by --split or by --rows and --fit. */
const char *load_set(const struct loaded *l);
/* "net.h5" of "dir/net.h5", cleaned into buf. */
const char *file_name(const char *path, char *buf, size_t size);

/* ---- src/job/mask.c ---- */
/* Reads --mask FILE, which marks points of the data in l. *own, malloc'd, is what mask->at points to; NULL after an
 * error. channels: those of a window that are not derived from others. */
int load_mask(const struct loaded *l, const struct options *o, int64_t channels, struct truth_mask *mask,
              unsigned char **own, struct err *e);

/* The files of the samples, by their names in samples/; name NULL ends (src/job/samples.c). */
extern const struct bundled samples_bundled[];

/* ---- src/job/output_axes.c ---- */
/* Whether the output of the file has a time axis. */
bool output_has_axes(const struct model *m);
/* The name of element k, in the order of the model's own framework: "output[3,0]" with a time axis, else "output3".
 * what: "output". Returns buf. */
const char *output_name_of(const struct model *m, const char *what, int64_t k, char *buf, size_t size);
/* {"order": "t,c", "shape": [T,C]}: how the elements of an output are written. */
void output_axes_json(struct json *j, const struct model *m);
/* The outputs (windows, m->outputs), in the order of the graph, as one list in the order of the framework; NULL: null.
 */
void outputs_json(struct json *j, const struct model *m, const real *graph, int64_t windows);

/* ---- src/job/output.c ---- */
struct output {
	FILE *f;
	struct save save;
	bool to_file;
};
/* Refuses a path that names the model or a file of the data: what is read is never replaced. NULL: there is none. */
int output_check(const struct options *o, const char *path, struct err *e);
/* -o FILE, else standard output. */
int output_open(struct output *out, const struct options *o, struct err *e);
/* Whether all of it was written. */
int output_close(struct output *out, struct err *e);
void output_abort(struct output *out);

/* "10751 windows, 10750 with a true value". */
void windows_print(const struct dataset *d, FILE *f);

#endif
