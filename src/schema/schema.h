/* JSON Schema (2020-12, json-schema.org) of what the verbs write, made from schema.def. */
#ifndef SRC_SCHEMA_H
#define SRC_SCHEMA_H

#include <stdio.h>

/* The kind of this number, or NULL behind the last one. */
const char *schema_kind(int i);
/* Returns what writes the schema of this kind, or NULL if there is no such kind. */
void (*schema_of(const char *kind))(FILE *f);
/* Writes all kinds, one a line. */
void schema_list(FILE *f);

#endif
