/* The one file that uses libzip. The sizes in the archive's directory may be wrong, so a member is never read beyond
 * its declared size. A declared size that deflate cannot reach is refused: deflate packs at most 1032 to 1. */
#include "src/read/zip_read.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include "core/base/mem.h"
#include "src/read/library.h"

#define DEFLATE_MOST 1100

/* ---- pointers to the library's functions ---- */

/* clang-format off */
#define FUNCTIONS(X) \
	X(zip_source_buffer_create) X(zip_source_free) X(zip_open_from_source) X(zip_discard) X(zip_get_num_entries) \
	X(zip_stat_index) X(zip_fopen_index) X(zip_fread) X(zip_fclose)
/* clang-format on */

LIBRARY(FUNCTIONS)

int zip_prepare(struct err *e)
{
	static const char *const names[] = { "libzip.so.5", "libzip.so.4", "libzip.so", NULL };
	lib.so = lib.so ? lib.so : library_load(names, library_find);
	return lib.so ? 0
	              : err_set(e, ERR_UNSUPPORTED,
	                        "libzip is not installed, or memory is too short for it; zip archives (.keras, .npz) "
	                        "need it");
}

bool zip_probe(const unsigned char *data, size_t n)
{
	return n >= 4 && (!memcmp(data, "PK\3\4", 4) || !memcmp(data, "PK\5\6", 4));
}

/* ---- the directory ---- */

struct member {
	char *name;
	size_t size;
};

struct zip_reader {
	zip_t *zip;
	int n;
	struct member *member;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Refuses two members of the same name: programs differ in which of them they read. */
static int check_twins(const struct zip_reader *z, struct err *e)
{
	const char **sorted = xcalloc((size_t)z->n + 1, sizeof *sorted);
	int bad = 0;
	for (int i = 0; i < z->n; i++)
		sorted[i] = z->member[i].name;
	qsort(sorted, (size_t)z->n, sizeof *sorted, by_name);
	for (int i = 1; i < z->n && !bad; i++)
		if (!strcmp(sorted[i - 1], sorted[i]))
			bad = err_set(e, ERR_FORMAT, "the archive holds '%s' twice", sorted[i]);
	free(sorted);
	return bad;
}

static int check_member(struct zip_reader *z, int i, size_t archive, struct err *e)
{
	enum {
		NEEDED = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
		         ZIP_STAT_ENCRYPTION_METHOD
	};
	zip_stat_t s;
	if (lib.zip_stat_index(z->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW, &s) < 0 || (s.valid & NEEDED) != NEEDED)
		return err_set(e, ERR_FORMAT, "the zip archive is damaged: member %d has no valid entry", i);
	z->member[i] = (struct member){ xstrdup(s.name), (size_t)s.size };
	if (s.encryption_method != ZIP_EM_NONE)
		return err_set(e, ERR_UNSUPPORTED, "member '%s' is encrypted; make the archive without a password",
		               s.name);
	if (s.comp_method != ZIP_CM_STORE && s.comp_method != ZIP_CM_DEFLATE)
		return err_set(e, ERR_UNSUPPORTED,
		               "member '%s' is packed by method %d; only stored and deflated members are read", s.name,
		               s.comp_method);
	bool stored = s.comp_method == ZIP_CM_STORE;
	if (s.comp_size > archive || (stored ? s.size != s.comp_size : s.size / DEFLATE_MOST > s.comp_size))
		return err_set(e, ERR_FORMAT, "member '%s' declares more bytes than the archive can hold", s.name);
	return 0;
}

struct zip_reader *zip_reader_open(const unsigned char *data, size_t n, struct err *e)
{
	zip_error_t why;
	zip_source_t *source = lib.zip_source_buffer_create(data, n, 0, &why);
	zip_t *zip = source ? lib.zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why) : NULL;
	if (!zip) {
		if (source)
			lib.zip_source_free(source);
		err_set(e, ERR_FORMAT, "the zip archive is damaged or cut off");
		return NULL;
	}
	struct zip_reader *z = xcalloc(1, sizeof *z);
	z->zip = zip;
	zip_int64_t count = lib.zip_get_num_entries(zip, 0);
	int bad = count < 0 || count > ZIP_MEMBERS_MAX
	                  ? err_set(e, ERR_LIMIT, "the zip archive has %lld members; up to %d are read",
	                            (long long)count, ZIP_MEMBERS_MAX)
	                  : 0;
	z->member = bad ? NULL : xcalloc((size_t)count + 1, sizeof *z->member);
	for (int i = 0; !bad && i < count; i++, z->n = i)
		bad = check_member(z, i, n, e);
	if (!bad && !check_twins(z, e))
		return z;
	zip_reader_close(z);
	return NULL;
}

void zip_reader_close(struct zip_reader *z)
{
	if (!z)
		return;
	for (int i = 0; i < z->n; i++)
		free(z->member[i].name);
	free(z->member);
	lib.zip_discard(z->zip);
	free(z);
}

int zip_reader_count(const struct zip_reader *z)
{
	return z->n;
}

const char *zip_reader_name(const struct zip_reader *z, int i)
{
	return z->member[i].name;
}

int zip_reader_find(const struct zip_reader *z, const char *name)
{
	for (int i = 0; i < z->n; i++)
		if (!strcmp(z->member[i].name, name))
			return i;
	return -1;
}

/* ---- a member ---- */

int zip_reader_read(struct zip_reader *z, int i, size_t most, unsigned char **data, size_t *n, struct err *e)
{
	const struct member *m = &z->member[i];
	*data = NULL;
	*n = 0;
	if (m->size > most)
		return err_set(e, ERR_LIMIT, "member '%s' has %zu MB; up to %zu MB are read; see --max-mem", m->name,
		               m->size >> 20, most >> 20);
	zip_file_t *f = lib.zip_fopen_index(z->zip, (zip_uint64_t)i, 0);
	if (!f)
		return err_set(e, ERR_FORMAT, "member '%s' cannot be read: the archive is damaged", m->name);
	unsigned char *p = xmalloc(m->size + 1);
	size_t at = 0;
	zip_int64_t k = 0;
	/* Ask for one byte more than declared: libzip compares the checksum only when it reaches the end. */
	while (at <= m->size && (k = lib.zip_fread(f, p + at, m->size + 1 - at)) > 0)
		at += (size_t)k;
	if (lib.zip_fclose(f) != 0 || k < 0 || at != m->size) {
		free(p);
		return err_set(e, ERR_FORMAT, "member '%s' cannot be unpacked: the archive is damaged", m->name);
	}
	p[at] = '\0';
	*data = p;
	*n = at;
	return 0;
}

size_t zip_reader_begin(struct zip_reader *z, int i, unsigned char *buf, size_t most)
{
	zip_file_t *f = lib.zip_fopen_index(z->zip, (zip_uint64_t)i, 0);
	size_t at = 0;
	zip_int64_t k = 0;
	while (f && at < most && (k = lib.zip_fread(f, buf + at, most - at)) > 0)
		at += (size_t)k;
	if (f)
		lib.zip_fclose(f);
	return at;
}
