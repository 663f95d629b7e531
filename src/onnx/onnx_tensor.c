/* Reads the numbers of ONNX tensors in all forms in which a file may store them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "src/onnx/onnx_net.h"

static const struct {
	const char *name;
	int size; /* bytes of a number in raw_data; 0: not supported */
	bool real;
} types[] = {
	[0] = { "undefined", 0, false },
	[ONNX_FLOAT] = { "float", 4, true },
	[ONNX_UINT8] = { "uint8", 1, false },
	[ONNX_INT8] = { "int8", 1, false },
	[ONNX_UINT16] = { "uint16", 2, false },
	[ONNX_INT16] = { "int16", 2, false },
	[ONNX_INT32] = { "int32", 4, false },
	[ONNX_INT64] = { "int64", 8, false },
	[ONNX_STRING] = { "string", 0, false },
	[ONNX_BOOL] = { "bool", 1, false },
	[ONNX_FLOAT16] = { "float16", 2, true },
	[ONNX_DOUBLE] = { "double", 8, true },
	[ONNX_UINT32] = { "uint32", 4, false },
	[ONNX_UINT64] = { "uint64", 8, false },
	[ONNX_COMPLEX64] = { "complex64", 0, false },
	[ONNX_COMPLEX128] = { "complex128", 0, false },
	[ONNX_BFLOAT16] = { "bfloat16", 2, true },
};
enum { N_TYPES = sizeof types / sizeof *types };

const char *onnx_type_name(int type)
{
	return type > 0 && type < N_TYPES ? types[type].name : "unknown";
}

int onnx_dtype(int type)
{
	if (type < 1 || type >= N_TYPES || !types[type].size)
		return -1;
	return types[type].real ? DT_REAL : DT_INT64;
}

/* ---- one number ---- */

static double half(uint16_t h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double v = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
	           : exponent     ? ldexp(1024 + fraction, exponent - 25)
	                          : ldexp(fraction, -24);
	return h >> 15 ? -v : v;
}

static double bfloat(uint16_t b)
{
	uint32_t bits = (uint32_t)b << 16;
	float f;
	memcpy(&f, &bits, sizeof f);
	return (double)f;
}

static uint64_t little(const unsigned char *p, int n)
{
	uint64_t v = 0;
	for (int i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* Converts the bits of a number, as the file stores them, to the type of core. */
static void put_bits(real *r, int64_t *i, int64_t at, int type, uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	float f;
	double v;
	switch (type) {
	case ONNX_FLOAT:
		memcpy(&f, &low, sizeof f);
		r[at] = (real)f;
		break;
	case ONNX_DOUBLE:
		memcpy(&v, &bits, sizeof v);
		r[at] = (real)v;
		break;
	case ONNX_FLOAT16:
		r[at] = (real)half((uint16_t)bits);
		break;
	case ONNX_BFLOAT16:
		r[at] = (real)bfloat((uint16_t)bits);
		break;
	case ONNX_INT8:
		i[at] = (int8_t)bits; /* the sign is wanted: NOLINT(*-signed-char-misuse,cert-str34-c) */
		break;
	case ONNX_UINT8:
		i[at] = (uint8_t)bits;
		break;
	case ONNX_INT16:
		i[at] = (int16_t)bits;
		break;
	case ONNX_UINT16:
		i[at] = (uint16_t)bits;
		break;
	case ONNX_INT32:
		i[at] = (int32_t)bits;
		break;
	case ONNX_UINT32:
		i[at] = (uint32_t)bits;
		break;
	case ONNX_BOOL:
		i[at] = (uint8_t)bits != 0;
		break;
	default:
		i[at] = (int64_t)bits;
	}
}

bool onnx_is_core(int type)
{
	/* files are little-endian */
	return type == ONNX_FLOAT && sizeof(real) == sizeof(float) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

/* ---- where the numbers are ---- */

static const char *label(const struct onnx_tensor *t)
{
	return *t->name ? t->name : "(constant)";
}

/* Finds the list of numbers that belongs to the type; *n is its length. Returns false if the type has no list. */
static bool list_of(const struct onnx_tensor *t, size_t *n)
{
	switch (t->type) {
	case ONNX_FLOAT:
		*n = t->n_f;
		return true;
	case ONNX_DOUBLE:
		*n = t->n_d;
		return true;
	case ONNX_INT64:
		*n = t->n_i64;
		return true;
	case ONNX_UINT32:
	case ONNX_UINT64:
		*n = t->n_u64;
		return true;
	default:
		*n = t->n_i32;
		return true;
	}
}

static uint64_t list_bits(const struct onnx_tensor *t, int64_t k)
{
	uint32_t low;
	uint64_t bits;
	switch (t->type) {
	case ONNX_FLOAT:
		memcpy(&low, &t->f[k], sizeof low);
		return low;
	case ONNX_DOUBLE:
		memcpy(&bits, &t->d[k], sizeof bits);
		return bits;
	case ONNX_INT64:
		return (uint64_t)t->i64[k];
	case ONNX_UINT32:
	case ONNX_UINT64:
		return t->u64[k];
	default:
		return (uint64_t)t->i32[k];
	}
}

static const char *entry(const struct onnx_tensor *t, const char *key)
{
	for (int i = 0; i < t->n_entry; i++)
		if (!strcmp(t->entry[i].key, key))
			return t->entry[i].value;
	return NULL;
}

/* Reads a decimal number of digits only. Returns -1 for anything else. */
static int64_t whole(const char *s)
{
	int64_t v = 0;
	if (!s || !*s)
		return -1;
	for (; *s; s++)
		if (*s < '0' || *s > '9' || !i64_mul(v, 10, &v) || !i64_add(v, *s - '0', &v))
			return -1;
	return v;
}

const char *onnx_location(const struct onnx_tensor *t)
{
	const char *s = entry(t, "location");
	return s && s[0] == '.' && s[1] == '/' ? s + 2 : s;
}

static int external(const struct onnx_tensor *t, const struct read_side *side, const unsigned char **p, size_t *n,
                    struct err *e)
{
	const char *name = onnx_location(t), *from = entry(t, "offset"), *length = entry(t, "length");
	const struct side_file *f = name ? read_side_find(side, name) : NULL;
	if (!f)
		return err_set(e, ERR_FORMAT, "tensor '%s': its data lie in file '%s', which is not there", label(t),
		               name ? name : "");
	int64_t at = from ? whole(from) : 0, most = at >= 0 && (uint64_t)at <= f->n ? (int64_t)f->n - at : -1;
	int64_t len = length ? whole(length) : most;
	if (most < 0 || len < 0 || len > most)
		return err_set(e, ERR_FORMAT,
		               "tensor '%s': offset %s and length %s do not lie within file '%s' of %zu bytes",
		               label(t), from ? from : "0", length ? length : "", name, f->n);
	*p = f->data + at;
	*n = (size_t)len;
	return 0;
}

static int check_shape(const struct onnx_tensor *t, struct shape *s, int64_t *count, struct err *e)
{
	if (t->n_dim > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "tensor '%s' of rank %d; tsviz reads rank 0 to %d", label(t),
		               t->n_dim, RANK_MAX);
	*s = (struct shape){ .rank = t->n_dim };
	int64_t all = 1;
	*count = 1;
	for (int i = 0; i < t->n_dim; i++) {
		s->dim[i] = t->dim[i];
		if (t->dim[i] < 0)
			return err_set(e, ERR_FORMAT, "tensor '%s': negative dimension %lld", label(t),
			               (long long)t->dim[i]);
		/* count a size of 0 as 1, so that (0, 2^62, 2^62) is refused */
		if (!i64_mul(all, t->dim[i] ? t->dim[i] : 1, &all) || all > COUNT_MAX)
			return err_set(e, ERR_LIMIT, "tensor '%s' has more than %lld elements", label(t),
			               (long long)COUNT_MAX);
		*count *= t->dim[i];
	}
	return 0;
}

static int short_of(const struct onnx_tensor *t, int64_t have, int64_t want, const char *unit, struct err *e)
{
	return err_set(e, ERR_FORMAT, "tensor '%s' of type %s holds %lld %s instead of %lld", label(t),
	               onnx_type_name(t->type), (long long)have, unit, (long long)want);
}

int onnx_tensor_read(const struct onnx_tensor *t, const struct read_side *side, struct onnx_data *d, struct err *e)
{
	int64_t count = 0;
	size_t n = 0, lists = t->n_f + t->n_i32 + t->n_i64 + t->n_d + t->n_u64;
	const unsigned char *raw = t->raw;
	*d = (struct onnx_data){ 0 };
	if (onnx_dtype(t->type) < 0)
		return err_set(e, ERR_UNSUPPORTED, "tensor '%s' is of type %s, which is not supported", label(t),
		               onnx_type_name(t->type));
	int bad = check_shape(t, &d->shape, &count, e), size = types[t->type].size;
	if (bad)
		return bad;
	size_t n_raw = t->n_raw;
	if (t->has_raw + (lists != 0) + t->external > 1)
		return err_set(e, ERR_FORMAT, "tensor '%s' keeps its numbers in two places", label(t));
	if (t->external && (bad = external(t, side, &raw, &n_raw, e)))
		return bad;
	bool bytes = t->has_raw || t->external;
	list_of(t, &n);
	if (!bytes && (n != lists || (int64_t)n != count))
		return short_of(t, (int64_t)n, count, "numbers", e);
	if (bytes && n_raw != (size_t)count * (size_t)size)
		return short_of(t, (int64_t)n_raw, count * size, "bytes", e);
	d->dtype = (enum dtype)onnx_dtype(t->type);
	bool same = bytes && count && onnx_is_core(t->type);
	if (same && (uintptr_t)raw % _Alignof(real) == 0) {
		d->r = (const void *)raw;
		d->kept = t->kept;
		return 0;
	}
	bool is_real = d->dtype == DT_REAL;
	real *r = same ? xmalloc(n_raw) : is_real ? xcalloc((size_t)count + 1, sizeof *r) : NULL;
	int64_t *i = is_real ? NULL : xcalloc((size_t)count + 1, sizeof *i);
	if (same)
		memcpy(r, raw, n_raw);
	for (int64_t k = 0; k < count && !same; k++)
		put_bits(r, i, k, t->type, bytes ? little(raw + k * size, size) : list_bits(t, k));
	d->r = r;
	d->i = i;
	d->own = is_real ? (void *)r : i;
	return 0;
}

void onnx_data_free(struct onnx_data *d)
{
	free(d->own);
	*d = (struct onnx_data){ 0 };
}

/* ---- files beside the model ---- */

static int want(const struct onnx_tensor *t, struct read_side *side, struct err *e)
{
	if (!t->external)
		return 0;
	const char *name = onnx_location(t);
	if (side->refused)
		return err_set(e, ERR_VALUE, "tensor '%s' lies in another file, which --no-external-data forbids",
		               label(t));
	if (!name || !*name || strchr(name, '/') || strchr(name, '\\') || !strcmp(name, ".") || !strcmp(name, "..") ||
	    strlen(name) > 255)
		return err_set(e, ERR_FORMAT,
		               "tensor '%s' lies in file '%s'; only files in the model's own folder are read", label(t),
		               name ? name : "");
	return read_side_want(side, name, e);
}

/* Recurses into nested graphs; onnx_wire.c has limited the depth. */
static int want_graph(const struct onnx_graph *g, struct read_side *side, struct err *e)
{
	int bad = 0;
	for (int i = 0; i < g->n_init && !bad; i++)
		bad = want(&g->init[i], side, e);
	for (int i = 0; i < g->n_node && !bad; i++)
		for (int k = 0; k < g->node[i].n_attr && !bad; k++) {
			const struct onnx_attr *a = &g->node[i].attr[k];
			bad = a->t ? want(a->t, side, e) : a->g ? want_graph(a->g, side, e) : 0;
		}
	return bad;
}

int onnx_want_files(const struct onnx_file *f, struct read_side *side, struct err *e)
{
	return want_graph(f->graph, side, e);
}
