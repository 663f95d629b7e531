#include "src/cli/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "core/base/words.h"
#include "src/read/save.h"
#include "ui/actions/actions.h"

enum { CONFIG_MAX = 1 << 20, PATH_MAX_BYTES = 4096 };

/* The program's folder below what the variable names, or below HOME; false: neither says where. */
static bool folder_of(const char *variable, const char *below_home, char *buf, size_t size)
{
	const char *xdg = getenv(variable), *home = getenv("HOME");
	int n = -1;
	/* XDG base directory specification: relative paths are to be ignored */
	if (xdg && *xdg == '/')
		n = snprintf(buf, size, "%s/tsviz", xdg);
	else if (home && *home == '/')
		n = snprintf(buf, size, "%s/%s/tsviz", home, below_home);
	return n > 0 && (size_t)n < size;
}

static bool folder(char *buf, size_t size)
{
	return folder_of("XDG_CONFIG_HOME", ".config", buf, size);
}

static bool file(char *buf, size_t size)
{
	if (!folder(buf, size))
		return false;
	size_t n = strlen(buf);
	return (size_t)snprintf(buf + n, size - n, "/config") < size - n;
}

/* ---- reading ---- */

struct reading {
	struct config *c;
	struct options *o;
	const char *path;
	int line;
	void (*warn)(const char *sentence);
};

static void warn(struct reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void warn(struct reading *r, const char *fmt, ...)
{
	struct err e = { 0 };
	char sentence[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof sentence, fmt, ap);
	va_end(ap);
	err_set(&e, ERR_VALUE, "%s: line %d: %s", r->path, r->line, sentence);
	if (!*r->c->warning)
		snprintf(r->c->warning, sizeof r->c->warning, "%.*s", (int)sizeof r->c->warning - 1, e.text);
	if (r->warn)
		r->warn(e.text);
}

static char *trimmed(char *s)
{
	s += strspn(s, " \t\r");
	size_t n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
	return s;
}

static void bind(struct reading *r, char *s)
{
	char *key = trimmed(s), *end = key + strcspn(key, " \t");
	char *name = *end ? trimmed(end + 1) : end;
	int code;
	*end = '\0';
	code = key_parse(key, strlen(key));
	if (!code) {
		warn(r, "'%s' is no key; write j, ctrl-n, f5, pgdn", key);
	} else if (!action_find(name)) {
		warn(r, "there is no action '%s'; tsviz --bindings lists them", name);
	} else {
		struct config *c = r->c;
		c->bind = xrealloc(c->bind, (size_t)c->n_bind + 1, sizeof *c->bind);
		c->bind[c->n_bind++] = (struct browse_binding){ code, name };
	}
}

static void set(struct reading *r, const char *name, const char *value)
{
	struct err e = { 0 };
	char near[NEAREST_SAY];
	struct nearest q = { .asked = name };
	const struct option_row *row = option_find(name, strlen(name));
	if (!row || !row->setting) {
		for (row = option_rows; row->name; row++)
			if (row->setting)
				nearest_try(&q, row->name);
		warn(r, "'%s' is no setting%s", name,
		     q.best ? nearest_say(&q, near, sizeof near) : "; man tsviz-config lists them");
		return;
	}
	bool yes = !strcmp(value, "yes");
	if (!row->arg && !yes && strcmp(value, "no") != 0)
		warn(r, "%s '%s': yes or no is expected", name, value);
	else if ((row->arg || yes) && option_set(r->o, row, row->arg ? value : NULL, &e) < 0)
		warn(r, "%s", e.text);
}

static void one_line(struct reading *r, char *s)
{
	char *equals = strchr(s, '=');
	s = trimmed(s);
	if (!*s || *s == '#')
		return;
	if (!strncmp(s, "bind", 4) && (s[4] == ' ' || s[4] == '\t')) {
		bind(r, s + 5);
	} else if (equals) {
		*equals = '\0';
		set(r, trimmed(s), trimmed(equals + 1));
	} else {
		warn(r, "'%s' is neither `name = value` nor `bind KEY action`", s);
	}
}

void config_parse(struct config *c, struct options *o, const char *path, char *text,
                  void (*warn_fn)(const char *sentence))
{
	struct reading r = { c, o, path, 0, warn_fn };
	memset(c, 0, sizeof *c);
	c->text = text;
	for (char *s = text, *next; s; s = next) {
		next = strchr(s, '\n');
		if (next)
			*next++ = '\0';
		r.line++;
		one_line(&r, s);
	}
}

/* On error the sentence names the file. */
static int read_text(const char *path, unsigned char **text, size_t *n, struct err *e)
{
	int bad = read_file(path, CONFIG_MAX, text, n, e);
	const unsigned char *zero = bad ? NULL : memchr(*text, 0, *n);
	if (zero) {
		int line = 1;
		for (const unsigned char *s = *text; s < zero; s++)
			line += *s == '\n';
		bad = err_set(e, ERR_FORMAT, "line %d: a zero byte; remove it", line);
		free(*text);
		*text = NULL;
	}
	return bad ? err_at(e, "%s", path) : 0;
}

void config_read(struct config *c, struct options *o, void (*warn_fn)(const char *sentence))
{
	char path[PATH_MAX_BYTES];
	unsigned char *text;
	struct err e = { 0 };
	size_t n;
	memset(c, 0, sizeof *c);
	if (!file(path, sizeof path) || access(path, F_OK))
		return;
	if (read_text(path, &text, &n, &e) < 0) {
		snprintf(c->warning, sizeof c->warning, "%.*s", (int)sizeof c->warning - 1, e.text);
		if (warn_fn)
			warn_fn(e.text);
		return;
	}
	config_parse(c, o, path, (char *)text, warn_fn);
}

void config_release(struct config *c)
{
	free(c->bind);
	free(c->text);
	memset(c, 0, sizeof *c);
}

/* ---- writing ---- */

/* Is this line the setting `name`? */
static bool sets(const char *line, size_t n, const char *name)
{
	size_t at = strspn(line, " \t"), len = strlen(name);
	if (at + len > n || strncmp(line + at, name, len) != 0)
		return false;
	at += len;
	at += strspn(line + at, " \t");
	return at < n && line[at] == '=';
}

static void write_line(FILE *f, const struct browse_setting *s)
{
	fprintf(f, "%s = %s\n", s->name, s->value);
}

static void merge(FILE *f, const char *old, const struct browse_setting *s, int n, bool *written)
{
	while (old && *old) {
		size_t len = strcspn(old, "\n");
		int k = 0;
		while (k < n && !sets(old, len, s[k].name))
			k++;
		if (k == n)
			fprintf(f, "%.*s\n", (int)len, old);
		else if (!written[k])
			write_line(f, &s[k]);
		if (k < n)
			written[k] = true;
		old += len + (old[len] == '\n');
	}
	for (int k = 0; k < n; k++)
		if (!written[k])
			write_line(f, &s[k]);
}

/* Like mkdir -p. */
int config_make_folders(char *path, struct err *e)
{
	for (char *p = path + 1;; p++) {
		if (*p && *p != '/')
			continue;
		char was = *p;
		*p = '\0';
		bool bad = mkdir(path, 0700) && errno != EEXIST;
		if (bad)
			err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
		*p = was;
		if (bad)
			return ERR_IO;
		if (!was)
			return 0;
	}
}

int config_save(const struct browse_setting *s, int n, struct err *e)
{
	char path[PATH_MAX_BYTES];
	unsigned char *old = NULL;
	struct save out;
	size_t size;
	if (!folder(path, sizeof path))
		return err_set(e, ERR_IO, "no place for settings: neither XDG_CONFIG_HOME nor HOME says where");
	int bad = config_make_folders(path, e);
	if (bad)
		return bad;
	file(path, sizeof path);
	if (!access(path, F_OK))
		bad = read_text(path, &old, &size, e);
	if (!bad)
		bad = save_begin_private(&out, path, e);
	if (!bad) {
		bool *written = xcalloc((size_t)n + 1, sizeof *written);
		merge(out.f, (const char *)old, s, n, written);
		free(written);
		bad = save_commit(&out, e);
	}
	free(old);
	return bad;
}

/* ---- hints ---- */

enum { HINTED_STARTS = 3, HINTS_BYTES = 64 };

static bool folder_in(const char *variable, const char *below_home, const char *name, char *buf, size_t size)
{
	if (!folder_of(variable, below_home, buf, size))
		return false;
	size_t n = strlen(buf);
	return (size_t)snprintf(buf + n, size - n, "/%s", name) < size - n;
}

bool config_state(const char *name, char *buf, size_t size)
{
	return folder_in("XDG_STATE_HOME", ".local/state", name, buf, size);
}

static bool hints_file(char *buf, size_t size)
{
	return config_state("hints", buf, size);
}

static int hints_write(const char *word, struct err *e)
{
	char path[PATH_MAX_BYTES];
	struct save out;
	if (!hints_file(path, sizeof path))
		return err_set(e, ERR_IO, "no place for it: neither XDG_STATE_HOME nor HOME says where");
	char *slash = strrchr(path, '/');
	*slash = '\0';
	int bad = config_make_folders(path, e);
	*slash = '/';
	if (!bad)
		bad = save_begin_private(&out, path, e);
	if (bad)
		return bad;
	fprintf(out.f, "%s\n", word);
	return save_commit(&out, e);
}

bool hints_start(void)
{
	char path[PATH_MAX_BYTES], word[16];
	unsigned char *text = NULL;
	size_t n;
	long starts = 0;
	struct err e;
	if (!hints_file(path, sizeof path))
		return false;
	if (!access(path, F_OK)) {
		if (read_file(path, HINTS_BYTES, &text, &n, &e) < 0)
			return false;
		snprintf(word, sizeof word, "%.*s",
		         (int)strcspn((char *)text, "\n") < 15 ? (int)strcspn((char *)text, "\n") : 15, (char *)text);
		free(text);
		if (!strcmp(word, "on") || !strcmp(word, "off"))
			return word[1] == 'n';
		char *end;
		starts = strtol(word, &end, 10);
		if (end == word || *end || starts < 0 || starts >= HINTED_STARTS)
			return false;
	}
	snprintf(word, sizeof word, "%ld", starts + 1);
	return hints_write(word, &e) == 0;
}

int hints_keep(bool on, struct err *e)
{
	return hints_write(on ? "on" : "off", e);
}

bool config_cache(const char *name, char *buf, size_t size)
{
	return folder_in("XDG_CACHE_HOME", ".cache", name, buf, size);
}
