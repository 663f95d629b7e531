#include "src/report/words.h"

#include <stdlib.h>
#include <string.h>

void words_add(struct words *w, const char *word)
{
	w->word = xrealloc(w->word, (size_t)w->n + 2, sizeof *w->word);
	w->word[w->n++] = xstrdup(word);
	w->word[w->n] = NULL;
}

void words_pair(struct words *w, const char *name, const char *value)
{
	if (!value)
		return;
	char *option = xasprintf("--%s", name);
	words_add(w, option);
	words_add(w, value);
	free(option);
}

void words_begin(struct words *w, const struct options *o, const char *verb)
{
	*w = (struct words){ 0 };
	words_add(w, "tsviz");
	words_add(w, verb);
	words_add(w, o->model);
	for (int i = 0; i < o->n_data; i++)
		words_add(w, o->data[i]);
	words_pair(w, "recipe", o->recipe_file);
	for (int i = 0; recipe_fields[i]; i++) {
		char *v = recipe_text(&o->recipe, recipe_fields[i]);
		words_pair(w, recipe_fields[i], v);
		free(v);
	}
	words_pair(w, "head", o->read.head);
	words_pair(w, "weights", o->read.weights);
	words_pair(w, "input", o->read.input);
	for (int i = 0; i < o->read.n_set; i++)
		words_pair(w, "set", o->set[i]);
	if (o->q.task != TASK_AUTO)
		words_pair(w, "task", task_names[o->q.task]);
}

static void quoted(const char *s, FILE *f)
{
	if (*s && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-") == strlen(s)) {
		fputs(s, f);
		return;
	}
	fputc('\'', f);
	for (; *s; s++)
		if (*s == '\'')
			fputs("'\\''", f);
		else
			fputc(*s, f);
	fputc('\'', f);
}

void words_print(const struct words *w, FILE *f)
{
	for (int i = 0; i < w->n; i++) {
		if (i)
			fputc(' ', f);
		quoted(w->word[i], f);
	}
}

void words_release(struct words *w)
{
	for (int i = 0; i < w->n; i++)
		free(w->word[i]);
	free(w->word);
	*w = (struct words){ 0 };
}
