#include "src/session/review_fields.h"

#define MOST ((int64_t)1 << 53)
#define TEXT(type, key, member, most)                                            \
	{                                                                        \
		key, FIELD_TEXT, offsetof(struct type, member), 0, most, 0, NULL \
	}
#define NAME(type, member) TEXT(type, #member, member, REVIEW_NAME_MAX)
#define WHOLE(type, member, least, most, initial)                                               \
	{                                                                                       \
#member, FIELD_WHOLE, offsetof(struct type, member), least, most, initial, NULL \
	}
#define FLAG(type, member)                                                        \
	{                                                                         \
#member, FIELD_FLAG, offsetof(struct type, member), 0, 0, 0, NULL \
	}
#define SET(type, member)                                                        \
	{                                                                        \
#member, FIELD_SET, offsetof(struct type, member), 0, 0, 0, NULL \
	}
#define OBJECT(type, member, of)                                                  \
	{                                                                         \
#member, FIELD_OBJECT, offsetof(struct type, member), 0, 0, 0, of \
	}

static const struct review_field window_fields[] = {
	WHOLE(review_window, index, 0, MOST, 0),
	WHOLE(review_window, row, -1, MOST, -1),
	NAME(review_window, group),
	{ 0 },
};

const struct review_field review_file_fields[] = {
	NAME(review_file, path),
	WHOLE(review_file, bytes, 0, MOST, 0),
	WHOLE(review_file, modified, -MOST, MOST, 0),
	TEXT(review_file, "sha256", sha256, 64),
	{ 0 },
};

const struct review_field review_question_fields[] = {
	OBJECT(review_question, window, window_fields),
	NAME(review_question, edited),
	NAME(review_question, task),
	NAME(review_question, target),
	NAME(review_question, measure),
	NAME(review_question, method),
	FLAG(review_question, auto_method),
	NAME(review_question, baseline),
	OBJECT(review_question, baseline_window, window_fields),
	FLAG(review_question, series),
	WHOLE(review_question, seed, 0, MOST, 0),
	NAME(review_question, cluster_method),
	WHOLE(review_question, clusters, 0, INT32_MAX, 0),
	SET(review_question, off),
	{ 0 },
};

const struct review_field review_view_fields[] = {
	NAME(review_view, name),
	NAME(review_view, layer),
	WHOLE(review_view, filter, -1, MOST, -1),
	WHOLE(review_view, time, -1, MOST, -1),
	WHOLE(review_view, from, 0, MOST, 0),
	WHOLE(review_view, steps, 0, MOST, 0),
	WHOLE(review_view, percentile, 0, 100, 80),
	WHOLE(review_view, channel, 0, MOST, 0),
	WHOLE(review_view, zoom, -1000, 1000, 0),
	NAME(review_view, sort),
	FLAG(review_view, reverse),
	FLAG(review_view, all_windows),
	FLAG(review_view, both_bars),
	FLAG(review_view, cluster_colours),
	FLAG(review_view, raw_units),
	NAME(review_view, expression),
	NAME(review_view, record_where),
	NAME(review_view, columns),
	NAME(review_view, table_sort),
	FLAG(review_view, table_reverse),
	FLAG(review_view, table_one_layer),
	{ 0 },
};

const struct review_field review_edit_fields[] = {
	OBJECT(review_edit, window, window_fields),
	NAME(review_edit, note),
	FLAG(review_edit, present),
	{ 0 },
};

const struct review_field review_note_fields[] = {
	NAME(review_note, about),
	NAME(review_note, layer),
	WHOLE(review_note, filter, -1, MOST, -1),
	WHOLE(review_note, cluster, -1, MOST, -1),
	OBJECT(review_note, window, window_fields),
	NAME(review_note, edited),
	NAME(review_note, author),
	NAME(review_note, time),
	TEXT(review_note, "text", text, REVIEW_TEXT_MAX),
	OBJECT(review_note, question, review_question_fields),
	OBJECT(review_note, view, review_view_fields),
	{ 0 },
};

enum { NOTE_HEAD = 9 }; /* keys of a note before its picture */
const struct review_field *const review_picture_fields = review_note_fields + NOTE_HEAD;

const struct review_field review_fields[] = {
	OBJECT(review, model, review_file_fields),
	NAME(review, layers),
	TEXT(review, "recipe", recipe, REVIEW_NAME_MAX),
	WHOLE(review, windows, 0, MOST, 0),
	NAME(review, smaller),
	NAME(review, saved),
	OBJECT(review, question, review_question_fields),
	OBJECT(review, view, review_view_fields),
	SET(review, marks),
	{ 0 },
};
