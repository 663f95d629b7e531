#include "core/data/column_name.h"

#include <ctype.h>
#include <string.h>

static bool is_dropped(char c)
{
	return isspace((unsigned char)c) || (ispunct((unsigned char)c) && !strchr("/%*^+", c));
}

bool column_name_plain(const char *name, char plain[COLUMN_NAME_MAX])
{
	bool only_marks = true, unit = *name == '(' || *name == '[';
	size_t n = 0;
	for (const char *s = name; *s; s++)
		only_marks = only_marks && is_dropped(*s);
	for (const char *s = name; *s && n < COLUMN_NAME_MAX; s++)
		if (only_marks || !is_dropped(*s))
			plain[n++] = (char)tolower((unsigned char)*s);
	bool fits = !unit && n < COLUMN_NAME_MAX;
	plain[fits ? n : 0] = 0;
	return fits;
}

bool column_name_among(const char *const *list, const char *name)
{
	char plain[COLUMN_NAME_MAX];
	if (!column_name_plain(name, plain))
		return false;
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], plain))
			return true;
	return false;
}

bool column_name_has_word(const char *const *list, const char *name)
{
	char word[16];
	size_t n = 0;
	for (const char *s = name;; s++) {
		bool part = isalnum((unsigned char)*s);
		if (!part || (s > name && isupper((unsigned char)*s) && islower((unsigned char)s[-1]))) {
			word[n < sizeof word ? n : 0] = 0;
			for (int i = 0; n && list[i]; i++)
				if (!strcmp(list[i], word))
					return true;
			n = 0;
		}
		if (part && n + 1 < sizeof word)
			word[n++] = (char)tolower((unsigned char)*s);
		if (!*s)
			return false;
	}
}

bool column_name_is_time(const char *name)
{
	static const char *const words[] = { "time",  "timestamp", "timestamps", "datetime", "date",
		                             "epoch", "unixtime",  "elapsed",    "seconds",  NULL };
	static const char *const alone[] = { "t",      "ts",           "unix",   "sec",   "secs",      "second", "ms",
		                             "millis", "milliseconds", "xvalue", "xaxis", "messdatum", NULL };
	return column_name_has_word(words, name) || column_name_among(alone, name);
}
