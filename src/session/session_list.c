#include "src/session/session_list.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/sha256.h"
#include "src/cli/config.h"

enum { HASH_DIGITS = 16, NAME_BYTES = 60 };

/* Letters, digits, dots and dashes of a model's name. */
static void plain_name(const char *path, char *buf, size_t size)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const char *slash = strrchr(path, '/');
	size_t n = 0;
	for (const char *p = slash ? slash + 1 : path; *p && n + 1 < size; p++)
		buf[n++] = strchr(good, *p) ? *p : '_';
	buf[n] = '\0';
	if (*buf == '.')
		*buf = '_';
}

static bool add_path(struct sha256 *s, const char *path, char *place)
{
	if (!strcmp(path, "-") || !realpath(path, place))
		return false;
	sha256_add(s, place, strlen(place) + 1);
	return true;
}

bool session_path_of(const char *model, const char *const *data, int n_data, char *buf, size_t size)
{
	char place[PATH_MAX], hash[SHA256_TEXT], name[NAME_BYTES];
	struct sha256 s;
	sha256_init(&s);
	if (!config_state("sessions", buf, size) || !add_path(&s, model, place))
		return false;
	plain_name(place, name, sizeof name);
	for (int i = 0; i < n_data; i++)
		if (!add_path(&s, data[i], place))
			return false;
	sha256_end(&s, hash);
	size_t n = strlen(buf);
	return (size_t)snprintf(buf + n, size - n, "/%s-%.*s.json", name, HASH_DIGITS, hash) < size - n;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);
	return n > k && !strcmp(name + n - k, end);
}

/* A session that was killed before its file was written is a journal alone. */
char **session_list(int *n)
{
	char folder[SESSION_PATH], **list = xcalloc(1, sizeof *list);
	*n = 0;
	DIR *d = config_state("sessions", folder, sizeof folder) ? opendir(folder) : NULL;
	for (struct dirent *f; d && (f = readdir(d));) {
		bool file = ends_with(f->d_name, ".json"), journal = ends_with(f->d_name, ".json.journal");
		if ((!file && !journal) || *f->d_name == '.')
			continue;
		list = xrealloc(list, (size_t)*n + 1, sizeof *list);
		list[(*n)++] = xasprintf("%s/%.*s", folder, (int)(strlen(f->d_name) - (journal ? 8 : 0)), f->d_name);
	}
	if (d)
		closedir(d);
	if (*n)
		qsort(list, (size_t)*n, sizeof *list, by_name);
	int kept = 0;
	for (int i = 0; i < *n; i++)
		if (kept && !strcmp(list[kept - 1], list[i]))
			free(list[i]);
		else
			list[kept++] = list[i];
	*n = kept;
	return list;
}
