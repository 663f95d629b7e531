#include "src/text/csv_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"

void csv_name_columns(struct reader_csv *q)
{
	struct table *t = q->t;
	struct arena *a = &t->arena;
	char name[32], *joined;
	t->n_header = q->l.n_header;
	t->header = arena_alloc(a, (size_t)t->n_header + 1, sizeof *t->header);
	for (int i = 0; i < t->n_header; i++) {
		struct text_cells cells = text_layout_header(&q->l, i);
		const char *s;
		size_t n;
		t->header[i] = arena_alloc(a, (size_t)t->n_col, sizeof **t->header);
		for (int c = 0; c < t->n_col; c++)
			t->header[i][c] = "";
		for (int c = q->l.header_shift; c < t->n_col && text_layout_cell(&cells, &s, &n); c++) {
			size_t k = 0;
			n = n < CSV_FIELD_MAX ? n : CSV_FIELD_MAX;
			char *bare = xmalloc(n + 1);
			/* a doubled quote is a quote */
			for (size_t at = 0; at < n; at++) {
				if (s[at] == '\r')
					continue;
				bare[k++] = s[at] == '\n' ? ' ' : s[at];
				at += s[at] == q->l.quote && at + 1 < n && s[at + 1] == q->l.quote;
			}
			text_clean(q->clean, 3 * CSV_FIELD_MAX + 1, bare, k);
			free(bare);
			t->header[i][c] = csv_kept(q);
		}
	}
	for (int c = 0; c < t->n_col; c++) {
		joined = NULL;
		for (int i = 0; i < t->n_header; i++) {
			char *more = *t->header[i][c] ? xasprintf("%s%s%s", joined ? joined : "", joined ? " " : "",
			                                          t->header[i][c])
			                              : NULL;
			if (more) {
				free(joined);
				joined = more;
			}
		}
		snprintf(name, sizeof name, "column %d", c + 1);
		t->name[c] = arena_strdup(a, joined ? joined : name);
		free(joined);
	}
}

void csv_give_blocks(struct reader_csv *q)
{
	struct table *t = q->t;
	int n = q->n_block && q->block[q->n_block - 1] == t->n_row ? q->n_block - 1 : q->n_block;
	if (!n)
		return;
	csv_spend(q, t->n_row * (int64_t)sizeof *t->group + (int64_t)n * 40);
	if (q->bad)
		return;
	t->group = arena_reserve(&t->arena, (size_t)t->n_row, sizeof *t->group);
	t->n_group = n + 1;
	t->group_name = arena_alloc(&t->arena, (size_t)t->n_group, sizeof *t->group_name);
	for (int g = 0; g < t->n_group; g++) {
		char name[32];
		snprintf(name, sizeof name, "block %d", g + 1);
		t->group_name[g] = arena_strdup(&t->arena, name);
		for (int64_t i = g ? q->block[g - 1] : 0; i < (g < n ? q->block[g] : t->n_row); i++)
			t->group[i] = g;
	}
}

static bool has_settings(const struct reader_csv *q)
{
	static const char first[] = "Record Length,";
	const struct text_layout *l = &q->l;
	return q->n_col >= 5 && q->n_col <= 6 && !l->n_header && q->delim == ',' &&
	       (size_t)(l->end - l->first) > sizeof first && !memcmp(l->first, first, sizeof first - 1);
}

void csv_drop_settings(struct reader_csv *q)
{
	static const char *const names[] = { "settings 1", "settings 2", "settings 3", "time (s)", "value", "rest" };
	struct table *t = q->t;
	if (!has_settings(q))
		return;
	for (int c = 0; c < t->n_col; c++) {
		t->name[c] = arena_strdup(&t->arena, names[c]);
		if (c != 3 && c != 4) {
			t->number[c] = NULL;
			t->text[c] = NULL;
		}
	}
	t->has_header = true;
	understood_add(&t->arena, &t->understood, "settings",
	               "the first three cells of a row are settings of the instrument, then come time and value");
}
