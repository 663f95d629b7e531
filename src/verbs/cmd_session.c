/* session: prints a session that the browser has kept, or the list of them; or unites two of them. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/cli/say.h"
#include "src/json/envelope.h"
#include "src/read/version.h"
#include "src/session/session_file.h"
#include "src/session/session_list.h"
#include "src/session/session_merge.h"
#include "src/session/session_text.h"
#include "src/verbs/cmd.h"

static void head(struct json *j, FILE *f, const char *kind)
{
	json_begin(j, f, &(struct envelope){ .kind = kind, .version = TSVIZ_VERSION });
}

/* Reads a session that must be there; what was left out of it is said. */
static int read_one(struct review *r, const char *path, const struct options *o, struct err *e)
{
	struct session_file s;
	int bad = session_read(&s, r, path, -1, e);
	if (!bad && !s.there)
		bad = err_set(e, ERR_IO, "%s: there is no such session", path);
	if (!bad && *s.said && !o->quiet)
		say_warning("%s: %s", path, s.said);
	session_file_release(&s);
	return bad;
}

/* ---- one session ---- */

static int print_one(const struct options *o, struct err *e)
{
	struct review r;
	struct output out;
	int bad = read_one(&r, o->model, o, e);
	bad = bad ? bad : output_open(&out, o, e);
	if (!bad) {
		struct json j;
		if (o->json) {
			head(&j, out.f, "session");
			json_key(&j, "file"), json_string(&j, o->model);
			json_newline(&j);
			json_key(&j, "session"), review_json(&j, &r);
			json_end(&j);
		} else {
			session_print(out.f, &r);
		}
		bad = output_close(&out, e);
	}
	review_release(&r);
	return bad;
}

/* ---- the list ---- */

static void list_json(struct json *j, const char *path, const struct review *r, const char *unread)
{
	json_newline(j);
	json_object(j);
	json_key(j, "file"), json_string(j, path);
	if (unread) {
		json_key(j, "unreadable"), json_string(j, unread);
	} else {
		json_key(j, "model_file"), json_string(j, r->model.path);
		json_key(j, "data_files"), json_array(j);
		for (int i = 0; i < r->n_data; i++)
			json_string(j, r->data[i].path);
		json_end_array(j);
		json_key(j, "saved"), json_string(j, r->saved);
		json_key(j, "off_count"), json_int(j, r->question.off.n);
		json_key(j, "marks"), json_int(j, r->marks.n);
		json_key(j, "pins"), json_int(j, r->n_pin);
		json_key(j, "notes"), json_int(j, r->n_note);
	}
	json_end_object(j);
}

static void list_text(FILE *f, const char *path, const struct review *r, const char *unread)
{
	char counts[100] = "", clean[SESSION_PATH * 3];
	text_clean(clean, sizeof clean, path, strlen(path));
	if (unread) {
		fprintf(f, "%s\n  cannot be read: %s\n", clean, unread);
		return;
	}
	session_counts(r, counts, sizeof counts);
	fprintf(f, "%s\n  %s%s%s%s%s%s\n", clean, *r->saved ? r->saved : "", *r->saved ? "  " : "", r->model.path,
	        r->n_data ? " " : "", r->n_data ? r->data[0].path : "", r->n_data > 1 ? " ..." : "");
	if (*counts)
		fprintf(f, "  %s\n", counts);
}

static int print_list(const struct options *o, struct err *e)
{
	struct output out;
	struct json j;
	int n, bad = output_open(&out, o, e);
	if (bad)
		return bad;
	char **list = session_list(&n);
	if (o->json) {
		head(&j, out.f, "sessions");
		json_key(&j, "sessions"), json_array(&j);
	} else if (!n) {
		fprintf(out.f, "no session is kept\n");
	}
	for (int i = 0; i < n; i++) {
		struct session_file s;
		struct review r;
		struct err unread = { 0 };
		const char *why = session_read(&s, &r, list[i], -1, &unread) ? unread.text : NULL;
		if (s.there || why) {
			if (o->json)
				list_json(&j, list[i], &r, why);
			else
				list_text(out.f, list[i], &r, why);
		}
		session_file_release(&s);
		review_release(&r);
		free(list[i]);
	}
	free(list);
	if (o->json)
		json_end_array(&j), json_end(&j);
	return output_close(&out, e);
}

/* ---- two sessions ---- */

static void filters_json(struct json *j, const char *key, const struct review_set *only)
{
	json_key(j, key), json_array(j);
	for (int i = 0; i < only->n; i++) {
		json_object(j);
		json_key(j, "layer"), json_string(j, only->filter[i].layer);
		json_key(j, "filter"), json_int(j, only->filter[i].filter);
		json_end_object(j);
	}
	json_end_array(j);
}

/* What each of the two has and the other one has not. */
static void only_json(struct json *j, const char *const file[2], const struct session_conflicts *c)
{
	json_key(j, "only"), json_array(j);
	for (int k = 0; k < 2; k++) {
		json_newline(j);
		json_object(j);
		json_put_string(j, "file", file[k]);
		json_put_int(j, "notes", c->notes[k]);
		filters_json(j, "marked_filters", &c->marked[k]);
		filters_json(j, "off_filters", &c->off[k]);
		json_end_object(j);
	}
	json_end_array(j);
}

static void only_text(FILE *f, const char *what, const char *file, const struct review_set *only)
{
	char clean[512];
	text_clean(clean, sizeof clean, file, strlen(file));
	for (int i = 0; i < only->n; i++)
		fprintf(f, "%s only in %s: %s #%lld\n", what, clean, only->filter[i].layer,
		        (long long)only->filter[i].filter);
}

static void say_merged(FILE *f, const struct options *o, const struct review *r, const struct session_conflicts *c)
{
	const char *file[2] = { o->model, o->data[0] };
	struct json j;
	if (o->json) {
		head(&j, f, "session-merge");
		json_key(&j, "notes"), json_int(&j, r->n_note);
		json_key(&j, "marks"), json_int(&j, r->marks.n);
		json_newline(&j);
		only_json(&j, file, c);
		json_end(&j);
		return;
	}
	fprintf(f, "%d note%s, %d and %d of them in one session only; %d mark%s\n", r->n_note,
	        r->n_note == 1 ? "" : "s", c->notes[0], c->notes[1], r->marks.n, r->marks.n == 1 ? "" : "s");
	for (int k = 0; k < 2; k++)
		only_text(f, "marked", file[k], &c->marked[k]);
	for (int k = 0; k < 2; k++)
		only_text(f, "off", file[k], &c->off[k]);
}

static int merge(const struct options *o, struct err *e)
{
	struct review a, b, both;
	struct session_conflicts c = { 0 };
	review_init(&b);
	review_init(&both);
	int bad = read_one(&a, o->model, o, e);
	bad = bad ? bad : read_one(&b, o->data[0], o, e);
	bad = bad ? bad : output_check(o, o->out, e);
	bad = bad ? bad : session_merge(&both, &a, &b, &c, e);
	if (!bad) {
		size_t n;
		char *text = review_format(&both, &n);
		bad = session_write(o->out, text, n, true, e);
		free(text);
	}
	if (!bad) {
		struct output out;
		struct options to_screen = *o;
		to_screen.out = NULL;
		bad = output_open(&out, &to_screen, e);
		if (!bad) {
			say_merged(out.f, o, &both, &c);
			bad = output_close(&out, e);
		}
	}
	session_conflicts_release(&c);
	review_release(&a);
	review_release(&b);
	review_release(&both);
	return bad;
}

int cmd_session(struct options *o, struct err *e)
{
	if (o->merge && (o->n_data != 1 || !o->out || !strcmp(o->out, "-")))
		return err_set(e, ERR_VALUE, "--merge needs two sessions and a file: tsviz session --merge A B -o OUT"),
		       2;
	if (!o->merge && o->n_data)
		return err_set(e, ERR_VALUE, "one session is printed; --merge unites two"), 2;
	int bad = o->merge ? merge(o, e) : o->model ? print_one(o, e) : print_list(o, e);
	return bad ? 1 : 0;
}
