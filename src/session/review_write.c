#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "src/session/review_fields.h"

static void write_set(struct json *j, const struct review_set *s)
{
	json_object(j);
	for (int i = 0; i < s->n;) {
		const char *layer = s->filter[i].layer;
		json_key(j, layer), json_array(j);
		for (; i < s->n && !strcmp(s->filter[i].layer, layer); i++)
			json_int(j, s->filter[i].filter);
		json_end_array(j);
	}
	json_end_object(j);
}

/* The keys from f on, before `end` (NULL: all). */
static void write_some(struct json *j, const struct review_field *f, const struct review_field *end, const char *from)
{
	for (; f->key && f != end; f++) {
		const char *at = from + f->at;
		json_key(j, f->key);
		switch (f->kind) {
		case FIELD_TEXT:
			json_string(j, *(char *const *)(const void *)at);
			break;
		case FIELD_WHOLE:
			json_int(j, *(const int64_t *)(const void *)at);
			break;
		case FIELD_FLAG:
			json_bool(j, *(const bool *)at);
			break;
		case FIELD_SET:
			write_set(j, (const struct review_set *)(const void *)at);
			break;
		default:
			json_object(j);
			write_some(j, f->of, NULL, at);
			json_end_object(j);
		}
	}
}

static void write_fields(struct json *j, const struct review_field *f, const char *from)
{
	write_some(j, f, NULL, from);
}

/* [channel, first step, [values]] for each change */
static void write_edit(struct json *j, const struct review_edit *e)
{
	json_object(j);
	write_fields(j, review_edit_fields, (const char *)e);
	json_key(j, "changes"), json_array(j);
	for (int i = 0; i < e->n_change; i++) {
		const struct review_change *q = &e->change[i];
		json_array(j);
		json_int(j, q->channel), json_int(j, q->from), json_array(j);
		for (int64_t t = 0; t < q->n; t++)
			json_number(j, q->v[t]);
		json_end_array(j), json_end_array(j);
	}
	json_end_array(j), json_end_object(j);
}

static void write_note(struct json *j, const struct review_note *n)
{
	json_object(j);
	write_some(j, review_note_fields, review_picture_fields, (const char *)n);
	if (n->picture)
		json_members(j, n->picture);
	else
		write_fields(j, review_picture_fields, (const char *)n);
	json_end_object(j);
}

static void write_object(struct json *j, const struct review_field *f, const void *from)
{
	json_newline(j);
	json_object(j);
	write_fields(j, f, from);
	json_end_object(j);
}

void review_json(struct json *j, const struct review *r)
{
	json_object(j);
	json_key(j, "tsviz_session"), json_int(j, REVIEW_VERSION);
	json_newline(j);
	write_fields(j, review_fields, (const char *)r);
	json_newline(j);
	json_key(j, "data"), json_array(j);
	for (int i = 0; i < r->n_data; i++)
		write_object(j, review_file_fields, &r->data[i]);
	json_end_array(j);
	json_newline(j);
	json_key(j, "pins"), json_array(j);
	for (int i = 0; i < r->n_pin; i++)
		write_object(j, review_question_fields, &r->pin[i]);
	json_end_array(j);
	json_newline(j);
	json_key(j, "edits"), json_object(j);
	for (int i = 0; i < r->n_edit; i++) {
		json_newline(j);
		json_key(j, r->edit[i].id);
		write_edit(j, &r->edit[i]);
	}
	json_end_object(j);
	json_newline(j);
	json_key(j, "notes"), json_object(j);
	for (int i = 0; i < r->n_note; i++) {
		json_newline(j);
		json_key(j, r->note[i].id);
		write_note(j, &r->note[i]);
	}
	json_end_object(j);
	json_end_object(j);
}

char *review_picture_format(const struct review_note *n)
{
	char *text = NULL;
	size_t size;
	FILE *f = mem_stream(&text, &size);
	struct json j;
	json_init(&j, f);
	json_object(&j);
	write_fields(&j, review_picture_fields, (const char *)n);
	json_end_object(&j);
	fclose(f);
	text[size - 1] = '\0'; /* without the braces */
	memmove(text, text + 1, size - 1);
	return text;
}

char *review_format(const struct review *r, size_t *n)
{
	char *text = NULL;
	FILE *f = mem_stream(&text, n);
	struct json j;
	json_init(&j, f);
	review_json(&j, r);
	fputc('\n', f);
	fclose(f);
	return text;
}
