/* Reads attributes and weights of Keras models from an HDF5 file in memory.
 *
 * libhdf5 is not safe with damaged files, so it is used only in the child process that reads, and only on memory.
 * Its shared library brings 41 others, unless its archive is linked in.
 *
 * To keep the file from naming other files, only hard links are followed, and external storage and virtual data sets
 * are refused. Filters other than deflate, shuffle and fletcher32 are refused too. Every size is checked before
 * memory is reserved. */
#include "src/keras/keras.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include "src/read/library.h"
#include "src/read/read_model.h"

enum {
	STRINGS_MAX = 65536, /* strings in one attribute */
	PATH_PARTS_MAX = 16,
	LAYER_WEIGHTS_MAX = 4096,
	PLACE_VARS_MAX = 64,
};
#define TEXT_MAX ((size_t)16 << 20)    /* bytes in one attribute */
#define WEIGHTS_MAX ((int64_t)1 << 26) /* numbers in all weights */
#define READ_ONLY 0u                   /* the macro H5F_ACC_RDONLY would call the library directly */
#define DEFLATE_MOST 1100              /* deflate packs at most 1032 to 1 */

/* ---- pointers to the library's functions ---- */

/* clang-format off */
#define FUNCTIONS(X) \
	X(H5open) X(H5close) X(H5get_libversion) X(H5free_memory) X(H5PLset_loading_state) X(H5Eset_auto2) \
	X(H5Pcreate) X(H5Pclose) X(H5Pset_fapl_core) X(H5Pset_file_image) X(H5Fopen) X(H5Gopen2) X(H5Oopen) \
	X(H5Oclose) X(H5Iget_type) X(H5Lexists) X(H5Lget_info) X(H5Aexists) X(H5Aopen) X(H5Aread) X(H5Aget_type) \
	X(H5Aget_space) X(H5Aclose) X(H5Tget_class) X(H5Tget_size) X(H5Tis_variable_str) X(H5Tcopy) X(H5Tset_size) \
	X(H5Tset_cset) X(H5Tget_cset) X(H5Tclose) X(H5Sget_simple_extent_npoints) X(H5Sget_simple_extent_ndims) \
	X(H5Sget_simple_extent_dims) X(H5Sget_simple_extent_type) X(H5Sclose) X(H5Dget_create_plist) X(H5Dget_space) \
	X(H5Dget_type) X(H5Dget_storage_size) X(H5Dread) X(H5Pget_layout) X(H5Pget_external_count) \
	X(H5Pget_nfilters) X(H5Pget_filter2) X(H5Pget_chunk)
#define VARIABLES(X) X(H5P_CLS_FILE_ACCESS_ID_g) X(H5T_NATIVE_FLOAT_g) X(H5T_C_S1_g)
/* clang-format on */

#define FIELD(f) __typeof__(f) *f;
static struct {
	void *so;
	FUNCTIONS(FIELD)
	VARIABLES(FIELD)
} h5;

#define LOAD(f)                                         \
	if (!(*(void **)&h5.f = library_symbol(so, f))) \
		return false;

static bool load_functions(void *so)
{
	FUNCTIONS(LOAD)
	VARIABLES(LOAD)
	unsigned major, minor, release;
	/* Layouts of structs and ids differ between minor versions, so the version must be the one of the headers. */
	return h5.H5get_libversion(&major, &minor, &release) >= 0 && major == H5_VERS_MAJOR && minor == H5_VERS_MINOR;
}

extern char **environ;

/* Removes settings from the environment with which libhdf5 could load code or open files. */
static void clean_environment(void)
{
	for (char **p = environ; p && *p;) {
		char name[128];
		size_t n = strcspn(*p, "=");
		if (strncmp(*p, "HDF5_", 5) != 0 || n >= sizeof name) {
			p++;
			continue;
		}
		memcpy(name, *p, n);
		name[n] = '\0';
		unsetenv(name);
	}
}

static int start_library(struct err *e)
{
	if (h5.H5open() < 0 || h5.H5PLset_loading_state(0) < 0)
		return err_set(e, ERR_IO, "libhdf5 does not start");
	h5.H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	return 0;
}

int keras_h5_prepare(struct err *e)
{
	static const char *const names[] = { "libhdf5_serial.so.103",
		                             "libhdf5.so.103",
		                             "libhdf5.so.200",
		                             "libhdf5.so.310",
		                             "libhdf5_serial.so.320",
		                             "libhdf5.so.320",
		                             "libhdf5_serial.so",
		                             "libhdf5.so",
		                             NULL };
	clean_environment();
	h5.so = h5.so ? h5.so : library_load(names, load_functions);
	if (!h5.so)
		return err_set(e, ERR_UNSUPPORTED,
		               "libhdf5 %d.%d is not installed, or memory is too short for it; Keras files need it",
		               H5_VERS_MAJOR, H5_VERS_MINOR);
	/* Start it once now, while files may still be opened. It is started again for every file. */
	return start_library(e);
}

const char *keras_h5_library(void)
{
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
	return "libhdf5 " TEXT(H5_VERS_MAJOR) "." TEXT(H5_VERS_MINOR) " is " LIBRARY_COMES;
}

bool keras_h5_probe(const unsigned char *data, size_t n)
{
	for (size_t at = 0; at + 8 <= n; at = at ? at * 2 : 512)
		if (!memcmp(data + at, "\x89HDF\r\n\x1a\n", 8))
			return true;
	return false;
}

/* ---- attributes ---- */

struct strings {
	size_t n;
	char **s;
};

static int copy_variable(struct keras_file *k, hid_t a, hid_t t, size_t n, struct strings *out, const char *name,
                         struct err *e)
{
	char **raw = xcalloc(n + 1, sizeof *raw);
	hid_t mt = h5.H5Tcopy(*h5.H5T_C_S1_g);
	h5.H5Tset_size(mt, H5T_VARIABLE);
	h5.H5Tset_cset(mt, h5.H5Tget_cset(t));
	int bad = h5.H5Aread(a, mt, raw) < 0
	                  ? err_set(e, ERR_FORMAT, "attribute %s cannot be read: the file is damaged", name)
	                  : 0;
	size_t sum = 0;
	for (size_t i = 0; i < n && !bad; i++) {
		size_t len = raw[i] ? strlen(raw[i]) : 0;
		sum += len;
		if (sum > TEXT_MAX)
			bad = err_set(e, ERR_LIMIT, "attribute %s has more than %zu MB", name, TEXT_MAX >> 20);
		else
			out->s[i] = arena_strdup(&k->arena, raw[i] ? raw[i] : "");
	}
	for (size_t i = 0; i < n; i++)
		if (raw[i])
			h5.H5free_memory(raw[i]);
	h5.H5Tclose(mt);
	free(raw);
	return bad;
}

static int copy_fixed(struct keras_file *k, hid_t a, hid_t t, size_t n, struct strings *out, const char *name,
                      struct err *e)
{
	size_t width = h5.H5Tget_size(t), bytes;
	if (!width || !size_mul(width, n, &bytes) || bytes > TEXT_MAX)
		return err_set(e, ERR_LIMIT, "attribute %s has more than %zu MB", name, TEXT_MAX >> 20);
	char *raw = xcalloc(bytes + 1, 1);
	int bad = n && h5.H5Aread(a, t, raw) < 0
	                  ? err_set(e, ERR_FORMAT, "attribute %s cannot be read: the file is damaged", name)
	                  : 0;
	for (size_t i = 0; i < n && !bad; i++) {
		out->s[i] = arena_alloc(&k->arena, width + 1, 1);
		memcpy(out->s[i], raw + i * width, width);
		for (size_t at = strlen(out->s[i]); at < width && !bad; at++)
			if (out->s[i][at])
				bad = err_set(e, ERR_FORMAT, "attribute %s has a text with a NUL byte", name);
	}
	free(raw);
	return bad;
}

/* Reads an attribute of one or more strings. Returns 1 if it is there, 0 if not, or a negative code. */
static int read_strings(struct keras_file *k, hid_t o, const char *name, struct strings *out, struct err *e)
{
	*out = (struct strings){ 0 };
	if (h5.H5Aexists(o, name) <= 0)
		return 0;
	hid_t a = h5.H5Aopen(o, name, H5P_DEFAULT), t = -1, s = -1;
	int bad = 0;
	if (a < 0 || (t = h5.H5Aget_type(a)) < 0 || (s = h5.H5Aget_space(a)) < 0)
		bad = err_set(e, ERR_FORMAT, "attribute %s cannot be read: the file is damaged", name);
	hssize_t n = bad ? 0 : h5.H5Sget_simple_extent_npoints(s);
	/* An empty list of names is written as an array of floats without elements. */
	if (!bad && n != 0 && h5.H5Tget_class(t) != H5T_STRING)
		bad = err_set(e, ERR_FORMAT, "attribute %s is not text", name);
	if (!bad && (n < 0 || n > STRINGS_MAX))
		bad = err_set(e, ERR_LIMIT, "attribute %s has more than %d strings", name, STRINGS_MAX);
	if (!bad && n > 0) {
		out->n = (size_t)n;
		out->s = arena_alloc(&k->arena, out->n, sizeof *out->s);
		bad = h5.H5Tis_variable_str(t) > 0 ? copy_variable(k, a, t, out->n, out, name, e)
		                                   : copy_fixed(k, a, t, out->n, out, name, e);
	}
	if (s >= 0)
		h5.H5Sclose(s);
	if (t >= 0)
		h5.H5Tclose(t);
	if (a >= 0)
		h5.H5Aclose(a);
	return bad ? bad : 1;
}

/* Reads a list of strings. Keras splits lists beyond 64 kB into name0, name1 and so on. */
static int read_list(struct keras_file *k, hid_t o, const char *name, struct strings *out, struct err *e)
{
	int got = read_strings(k, o, name, out, e);
	for (int i = 0; got >= 0 && i < 1000; i++) {
		char part[64];
		struct strings more;
		snprintf(part, sizeof part, "%s%d", name, i);
		int r = got && !i ? 0 : read_strings(k, o, part, &more, e);
		if (r <= 0)
			return r < 0 ? r : got;
		if (out->n + more.n > STRINGS_MAX)
			return err_set(e, ERR_LIMIT, "attribute %s has more than %d strings", name, STRINGS_MAX);
		char **both = arena_alloc(&k->arena, out->n + more.n, sizeof *both);
		if (out->n)
			memcpy(both, out->s, out->n * sizeof *both);
		if (more.n)
			memcpy(both + out->n, more.s, more.n * sizeof *both);
		*out = (struct strings){ out->n + more.n, both };
		got = 1;
	}
	return got;
}

/* ---- objects ---- */

/* Opens a path below `at` part by part, through hard links only. Returns a negative value and sets *e on error. */
static hid_t open_path(hid_t at, const char *path, struct err *e)
{
	hid_t here = at;
	int parts = 0;
	for (const char *p = path; *p;) {
		char part[NAME_MAX_BYTES];
		size_t n = strcspn(p, "/");
		if (!n) {
			p++;
			continue;
		}
		if (n >= sizeof part || ++parts > PATH_PARTS_MAX || (n == 1 && *p == '.'))
			goto no;
		memcpy(part, p, n);
		part[n] = '\0';
		H5L_info_t info;
		if (h5.H5Lexists(here, part, H5P_DEFAULT) <= 0 || h5.H5Lget_info(here, part, &info, H5P_DEFAULT) < 0 ||
		    info.type != H5L_TYPE_HARD)
			goto no;
		hid_t next = h5.H5Oopen(here, part, H5P_DEFAULT);
		if (here != at)
			h5.H5Oclose(here);
		here = next;
		if (here < 0)
			return err_set(e, ERR_FORMAT, "'%s' cannot be opened: the file is damaged", path);
		p += n;
	}
	if (here != at)
		return here;
no:
	if (here != at)
		h5.H5Oclose(here);
	return err_set(e, ERR_FORMAT, "'%s' is not in the file, or only as a link", path);
}

/* ---- weights ---- */

static bool filters_known(hid_t plist)
{
	int n = h5.H5Pget_nfilters(plist);
	for (int i = 0; i < n; i++) {
		unsigned flags, values[8];
		size_t n_values = 8;
		H5Z_filter_t id = h5.H5Pget_filter2(plist, (unsigned)i, &flags, &n_values, values, 0, NULL, NULL);
		if (id != H5Z_FILTER_DEFLATE && id != H5Z_FILTER_SHUFFLE && id != H5Z_FILTER_FLETCHER32)
			return false;
	}
	return n >= 0 && n <= 3;
}

static const char *check_type(hid_t t)
{
	size_t size = h5.H5Tget_size(t);
	H5T_class_t c = h5.H5Tget_class(t);
	bool is_float = c == H5T_FLOAT && (size == 2 || size == 4 || size == 8);
	bool is_int = c == H5T_INTEGER && size >= 1 && size <= 8;
	return is_float || is_int ? NULL
	                          : "is of a type that weights do not have; float16, float32 or float64 are read";
}

/* Returns the product of the dimensions, or -1 if it is too large. */
static int64_t check_dims(int rank, const hsize_t *dim)
{
	int64_t n = 1;
	for (int i = 0; i < rank; i++)
		if (!dim[i] || dim[i] > (hsize_t)WEIGHTS_MAX || !i64_mul(n, (int64_t)dim[i], &n) || n > WEIGHTS_MAX)
			return -1;
	return n;
}

/* Checks that the stored bytes can fill the declared size: this refuses compression bombs and data sets with holes.
 * Returns what is wrong, or NULL. */
static const char *check_storage(hid_t d, hid_t plist, int rank, int64_t n, size_t width, size_t file_size)
{
	H5D_layout_t layout = h5.H5Pget_layout(plist);
	hsize_t stored = h5.H5Dget_storage_size(d);
	int64_t bytes = n * (int64_t)width;
	if (layout == H5D_CHUNKED) {
		hsize_t chunk[4];
		if (!filters_known(plist))
			return "is packed by a filter that is not read; deflate, shuffle and fletcher32 are";
		if (h5.H5Pget_chunk(plist, 4, chunk) != rank || check_dims(rank, chunk) < 0)
			return "has chunks that are too large";
		return stored > file_size || (int64_t)stored < bytes / DEFLATE_MOST || !stored
		               ? "declares more numbers than the file holds"
		               : NULL;
	}
	if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT)
		return "is virtual: its numbers lie in other files";
	if (layout == H5D_CONTIGUOUS && h5.H5Pget_external_count(plist) != 0)
		return "keeps its numbers in another file";
	return bytes > (int64_t)file_size || stored != (hsize_t)bytes ? "declares more numbers than the file holds"
	                                                              : NULL;
}

static const char *read_numbers(struct keras_file *k, hid_t d, size_t file_size, int64_t *budget,
                                struct keras_weight *w)
{
	static const char *const damaged = "cannot be read: the file is damaged";
	const char *why = NULL;
	hsize_t dim[4] = { 0 };
	hid_t plist = h5.H5Dget_create_plist(d), space = h5.H5Dget_space(d), type = h5.H5Dget_type(d);
	int rank = space < 0 ? -1 : h5.H5Sget_simple_extent_ndims(space);
	H5S_class_t sc = space < 0 ? H5S_NO_CLASS : h5.H5Sget_simple_extent_type(space);
	int64_t n = -1;
	if (plist < 0 || type < 0 || rank < 0 || (sc != H5S_SIMPLE && sc != H5S_SCALAR))
		why = damaged;
	else if (rank > 4)
		why = "has more than 4 dimensions";
	else if (h5.H5Sget_simple_extent_dims(space, dim, NULL) != rank)
		why = damaged;
	else if ((n = check_dims(rank, dim)) < 0 || n > *budget)
		why = "has a dimension of 0, or more numbers than are read (67 million in a file)";
	else if (!(why = check_type(type)))
		why = check_storage(d, plist, rank, n, h5.H5Tget_size(type), file_size);
	if (!why) {
		w->data = arena_alloc(&k->arena, (size_t)n, sizeof *w->data);
		w->shape.rank = rank;
		for (int i = 0; i < rank; i++)
			w->shape.dim[i] = (int64_t)dim[i];
		*budget -= n;
		if (h5.H5Dread(d, *h5.H5T_NATIVE_FLOAT_g, H5S_ALL, H5S_ALL, H5P_DEFAULT, w->data) < 0)
			why = damaged;
	}
	if (type >= 0)
		h5.H5Tclose(type);
	if (space >= 0)
		h5.H5Sclose(space);
	if (plist >= 0)
		h5.H5Pclose(plist);
	return why;
}

static int read_weight(struct keras_file *k, hid_t group, const char *name, size_t file_size, int64_t *budget,
                       struct keras_weight *w, struct err *e)
{
	w->name = name;
	hid_t d = open_path(group, name, e);
	if (d < 0)
		return err_at(e, "weights");
	const char *why =
	        h5.H5Iget_type(d) == H5I_DATASET ? read_numbers(k, d, file_size, budget, w) : "is not a data set";
	h5.H5Oclose(d);
	return why ? err_set(e, ERR_FORMAT, "weights '%s': %s", name, why) : 0;
}

static int read_layer(struct keras_file *k, hid_t weights, size_t file_size, int64_t *budget, struct keras_layer *l,
                      struct err *e)
{
	struct strings names;
	hid_t g = open_path(weights, l->name, e);
	if (g < 0)
		return err_at(e, "weights");
	int bad = h5.H5Iget_type(g) == H5I_GROUP ? read_list(k, g, "weight_names", &names, e)
	                                         : err_set(e, ERR_FORMAT, "is not a group");
	if (bad >= 0 && names.n > LAYER_WEIGHTS_MAX)
		bad = err_set(e, ERR_LIMIT, "more than %d weights", LAYER_WEIGHTS_MAX);
	if (bad >= 0) {
		l->n = (int)names.n;
		l->w = arena_alloc(&k->arena, names.n, sizeof *l->w);
		bad = 0;
	}
	for (int i = 0; i < l->n && !bad; i++)
		bad = read_weight(k, g, names.s[i], file_size, budget, &l->w[i], e);
	h5.H5Oclose(g);
	return bad ? err_at(e, "layer '%s'", l->name) : 0;
}

/* Reads the weights of all layers in a group. */
static int read_weights(struct keras_file *k, hid_t root, const char *group, size_t file_size, struct err *e)
{
	hid_t g = *group ? open_path(root, group, e) : root;
	if (g < 0)
		return g < INT32_MIN ? ERR_FORMAT : (int)g;
	struct strings names = { 0 };
	int64_t budget = WEIGHTS_MAX;
	int bad = h5.H5Iget_type(g) == H5I_GROUP ? read_list(k, g, "layer_names", &names, e) : 0;
	if (!bad)
		bad = err_set(e, ERR_FORMAT, "model_weights has no layer_names: the file is damaged");
	if (bad > 0) {
		k->n_layer = (int)names.n;
		k->layer = arena_alloc(&k->arena, names.n, sizeof *k->layer);
		bad = 0;
	}
	for (int i = 0; i < k->n_layer && !bad; i++) {
		k->layer[i].name = names.s[i];
		bad = read_layer(k, g, file_size, &budget, &k->layer[i], e);
	}
	if (g != root)
		h5.H5Oclose(g);
	return bad;
}

/* ---- the file ---- */

/* Weights in the form of Keras 2: a list of layers. */
static bool is_list(hid_t group)
{
	return h5.H5Aexists(group, "layer_names") > 0 || h5.H5Aexists(group, "layer_names0") > 0;
}

/* Weights in the form of Keras 3: a tree. Files written under Windows have one name with backslashes for a path. */
static bool is_tree(hid_t root)
{
	static const char *const names[] = { "layers", "_layer_checkpoint_dependencies" };
	for (int i = 0; i < 2; i++)
		if (h5.H5Lexists(root, names[i], H5P_DEFAULT) > 0)
			return true;
	return false;
}

static int no_config(const char *path, hid_t root, struct err *e)
{
	if (is_list(root) || is_tree(root))
		return err_set(
		        e, ERR_FORMAT,
		        "holds weights only, no architecture; give the file that model.to_json() made with these "
		        "weights: tsviz ARCHITECTURE.json --weights %.300s; or run in Python, where `model` is made: "
		        "model.load_weights('%.300s'); model.save('model.keras')",
		        path, path);
	return err_set(e, ERR_FORMAT, "is an HDF5 file, but no Keras model (it has no model_config)");
}

/* Reads which version of Keras wrote the weights, unless it is known, and on which backend. */
static int read_origin(struct keras_file *k, hid_t o, struct err *e)
{
	struct strings s = { 0 };
	int got = read_strings(k, o, "keras_version", &s, e);
	if (got > 0 && s.n == 1 && !*k->version)
		k->version = s.s[0];
	if (got >= 0)
		got = read_strings(k, o, "backend", &s, e);
	if (got > 0 && s.n == 1)
		k->backend = s.s[0];
	k->theano = k->backend && !strcmp(k->backend, "theano");
	/* the network does not depend on it, so it may be damaged */
	struct err ignored = { 0 };
	if (got >= 0 && read_strings(k, o, "training_config", &s, &ignored) > 0 && s.n == 1)
		k->training = s.s[0];
	return got < 0 ? got : 0;
}

static int read_root(struct keras_file *k, hid_t root, size_t file_size, struct err *e)
{
	struct strings s;
	int got = read_strings(k, root, "model_config", &s, e);
	if (got < 0)
		return got;
	if (!got || s.n != 1)
		return no_config(k->path, root, e);
	k->config = s.s[0];
	k->config_size = strlen(k->config);
	k->version = arena_strdup(&k->arena, "");
	got = read_origin(k, root, e);
	return got ? got : read_weights(k, root, "model_weights", file_size, e);
}

/* Opens the file in memory and its root group. */
static int open_image(const unsigned char *data, size_t n, hid_t *root, struct err *e)
{
	int bad = start_library(e);
	if (bad)
		return bad;
	hid_t fapl = h5.H5Pcreate(*h5.H5P_CLS_FILE_ACCESS_ID_g), file = -1;
	/* The library copies the image and may write into its copy. */
	if (fapl < 0 || h5.H5Pset_fapl_core(fapl, 1 << 16, 0) < 0 ||
	    h5.H5Pset_file_image(fapl, (void *)(uintptr_t)data, n) < 0)
		return err_set(e, ERR_LIMIT, "libhdf5 takes no file of %zu MB into memory; see --max-mem", n >> 20);
	/* A name that is absolute: libhdf5 2 would ask for the current folder, which the locked child may not. */
	if ((file = h5.H5Fopen("/image", READ_ONLY, fapl)) < 0 || (*root = h5.H5Gopen2(file, "/", H5P_DEFAULT)) < 0)
		return err_set(e, ERR_FORMAT, "the HDF5 file is damaged or cut off");
	return 0;
}

int keras_h5_read(const char *path, const unsigned char *data, size_t n, struct keras_file *k, struct err *e)
{
	hid_t root = -1;
	*k = (struct keras_file){ .path = path, .container = "HDF5" };
	int bad = open_image(data, n, &root, e);
	if (!bad)
		bad = read_root(k, root, n, e);
	/* closes everything that is still open */
	h5.H5close();
	return bad;
}

int keras_h5_open(const unsigned char *data, size_t n, struct keras_file *k, struct err *e)
{
	hid_t root = -1;
	k->tree = true;
	k->size = n;
	k->budget = WEIGHTS_MAX;
	int bad = open_image(data, n, &root, e);
	k->root = root;
	return bad;
}

int keras_h5_weights(const unsigned char *data, size_t n, struct keras_file *k, struct err *e)
{
	hid_t root = -1;
	int bad = open_image(data, n, &root, e);
	if (bad)
		return bad;
	bool whole = h5.H5Lexists(root, "model_weights", H5P_DEFAULT) > 0, list = whole || is_list(root);
	hid_t g = whole ? open_path(root, "model_weights", e) : root;
	int got = g < 0 ? ERR_FORMAT : read_origin(k, whole ? root : g, e);
	if (g >= 0 && g != root)
		h5.H5Oclose(g);
	if (got >= 0 && !list) {
		k->tree = true;
		k->size = n;
		k->budget = WEIGHTS_MAX;
		k->root = root;
		return 0;
	}
	bad = got < 0 ? got : read_weights(k, root, whole ? "model_weights" : "", n, e);
	h5.H5close();
	return bad;
}

bool keras_h5_has(const struct keras_file *k, const char *place)
{
	hid_t o = open_path(k->root, place, NULL);
	if (o >= 0)
		h5.H5Oclose(o);
	return o >= 0;
}

int keras_h5_vars(struct keras_file *k, const char *place, const struct keras_layer **l, struct err *e)
{
	char path[NAME_MAX_BYTES * 2];
	snprintf(path, sizeof path, "%s/vars", place);
	*l = NULL;
	hid_t g = open_path(k->root, path, NULL);
	if (g < 0)
		return 0;
	struct keras_layer *to = arena_alloc(&k->arena, 1, sizeof *to);
	int bad = h5.H5Iget_type(g) == H5I_GROUP ? 0 : err_set(e, ERR_FORMAT, "'%s' is not a group", path);
	to->name = arena_strdup(&k->arena, place);
	for (char name[16]; !bad; to->n++) {
		snprintf(name, sizeof name, "%d", to->n);
		if (h5.H5Lexists(g, name, H5P_DEFAULT) <= 0)
			break;
		if (to->n >= PLACE_VARS_MAX)
			bad = err_set(e, ERR_LIMIT, "'%s' holds more than %d variables", path, PLACE_VARS_MAX);
		to->w = to->n ? to->w : arena_alloc(&k->arena, PLACE_VARS_MAX, sizeof *to->w);
		if (!bad)
			bad = read_weight(k, g, arena_strdup(&k->arena, name), k->size, &k->budget, &to->w[to->n], e);
	}
	h5.H5Oclose(g);
	*l = to;
	return bad ? err_at(e, "'%s'", place) : 0;
}

void keras_file_release(struct keras_file *k)
{
	if (k->tree)
		h5.H5close();
	arena_release(&k->arena);
}
