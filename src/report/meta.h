/* What only the author of a model knows: what it is for, where it must not be used, who answers for it. The headings
 * follow what a model card (Mitchell et al. 2019, Model cards for model reporting, FAT* 2019) and the technical
 * documentation of a high-risk system (Regulation (EU) 2024/1689, Annex IV) ask for. */
#ifndef SRC_REPORT_META_H
#define SRC_REPORT_META_H

#include <stddef.h>
#include "core/base/err.h"
#include "core/base/mem.h"

enum { META_BYTES_MAX = 1 << 20, META_TEXTS_MAX = 2000 };

struct meta_field {
	const char *key, *heading, *asks; /* "intended_use", "Intended use", what belongs there */
};
extern const struct meta_field meta_fields[]; /* key NULL ends */

struct meta_text {
	int field;  /* index into meta_fields */
	bool item;  /* one of a list */
	char *text; /* a paragraph */
};
struct meta {
	struct arena arena;
	int n;
	struct meta_text text[META_TEXTS_MAX];
};
/* Reads a file of Markdown, whose headings name the fields, or of JSON, an object whose keys do. A heading or key that
 * is no field is an error that lists them. The caller releases, also after an error. */
int meta_read(struct meta *m, const char *path, struct err *e);
int meta_parse(struct meta *m, const char *path, const char *text, size_t n, struct err *e);
void meta_release(struct meta *m);

#endif
