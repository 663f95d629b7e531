/* Files of surveys: JSON that names model, data and recipe, then either the figures of a whole set, or the parts of a
 * shard, from which `tsviz survey --merge` makes the figures. Both begin with the same head. Its keys say what must be
 * equal in files that are merged. */
#ifndef SRC_SURVEY_JSON_H
#define SRC_SURVEY_JSON_H

#include <cjson/cJSON.h>
#include "core/survey/survey_part.h"
#include "src/json/json_write.h"

/* The envelope of both kinds: {"schema": 2, "kind": ..., "tsviz": version, "model": {name, sha256}, ...}. Arrays of
 * figures are {shape, axes, values}. */
enum { SURVEY_SCHEMA = 2 };
#define SURVEY_KIND "survey"
#define SURVEY_KIND_SHARD "survey-shard"

/* The words for enum scale and enum truth_source; NULL ends. */
extern const char *const survey_scale_names[], *const survey_truth_names[];

/* What the figures are of. All texts are owned. */
struct survey_head {
	char *version, *isa, *model, *model_hash, *data, *data_hash, *recipe, *recipe_hash, *target;
	bool brief; /* figures are written without covariances, which are large */
};
void survey_head_release(struct survey_head *h);
/* Reads what both begin with: head and plan, whose layers are not yet those of a model. The caller releases both, also
 * after an error. */
int survey_head_read(struct survey_head *h, struct survey_plan *p, const cJSON *o, struct err *e);

/* Writes the figures of all chunks. errors writes the key `errors` and its value. */
void survey_json_figures(FILE *f, const struct survey_head *h, const struct survey_plan *p,
                         const struct survey_part *all,
                         void (*errors)(struct json *j, const struct survey_plan *p, const struct survey_part *all));
/* Writes a shard: n parts, which hold the chunks from .. to-1 together. host may be NULL. */
void survey_json_shard(FILE *f, const struct survey_head *h, const struct survey_plan *p, int64_t from, int64_t to,
                       const char *host, struct survey_part *const *part, int n);

/* Gives a survey or a shard of the versions before 1.0.0 the keys that are written now, as far as they are read; other
 * objects stay as they are. Any JSON is allowed. */
void survey_old_keys(cJSON *root);

/* A shard that was read. */
struct survey_file {
	char *path; /* for messages; cleaned by them */
	cJSON *root;
	struct survey_head head;
	struct survey_plan plan;
	int64_t from, to; /* its chunks */
	char *host;
	int n;
	struct survey_part **part; /* [n] in ascending order, without gaps; a caller that takes one puts NULL here */
};
/* Reads a shard of at most `cap` bytes. The caller releases it, also after an error. */
int survey_file_read(struct survey_file *s, const char *path, int64_t cap, struct err *e);
/* Reads only what stands before the parts, so that s->n is 0. A damaged part is found when the whole is read. */
int survey_file_head(struct survey_file *s, const char *path, int64_t cap, struct err *e);
/* The same from n bytes at text. */
int survey_file_parse(struct survey_file *s, const char *path, const char *text, size_t n, struct err *e);
void survey_file_release(struct survey_file *s);
/* Returns an error that names both files if one is of another model, data, recipe and so on than the other. */
int survey_files_alike(const struct survey_file *a, const struct survey_file *b, struct err *e);
/* The part as a text, malloc'd: equal parts have equal texts. */
char *survey_part_text(const struct survey_plan *p, struct survey_part *q);

#endif
