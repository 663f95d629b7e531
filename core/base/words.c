#include "core/base/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "core/base/text.h"

int words_find(const char *const *list, const char *word)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], word))
			return i;
	return -1;
}

char *words_join(const char *const *list, char *buf, size_t size)
{
	size_t n = 0;
	*buf = '\0';
	for (int i = 0; list[i] && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? ", " : "", list[i]);
	return buf;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

int word_distance(const char *a, const char *b)
{
	int n = (int)strnlen(a, WORD_BYTES_MAX + 1), m = (int)strnlen(b, WORD_BYTES_MAX + 1);
	if (n > WORD_BYTES_MAX || m > WORD_BYTES_MAX)
		return n > m ? n : m;
	/* Rows i - 2, i - 1 and i of a table. Its entry (i,j) is the distance of a's first i bytes from b's first j. */
	int row[3][WORD_BYTES_MAX + 1];
	for (int j = 0; j <= m; j++)
		row[0][j] = j;
	for (int i = 1; i <= n; i++) {
		int *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
		now[0] = i;
		for (int j = 1; j <= m; j++) {
			now[j] = last[j - 1] + !same(a[i - 1], b[j - 1]);
			now[j] = least(now[j], least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return row[n % 3][m];
}

void nearest_try(struct nearest *n, const char *word)
{
	int d = word_distance(n->asked, word), length = (int)strnlen(word, WORD_BYTES_MAX);
	/* A word is near if it takes at most one edit for every three letters. A word of one or two letters may differ
	 * in upper and lower case only. */
	if (d <= length / 3 && (!n->best || d < n->distance)) {
		n->best = word;
		n->distance = d;
	}
}

char *nearest_say(const struct nearest *n, char *buf, size_t size)
{
	char clean[WORD_BYTES_MAX + 1];
	*buf = '\0';
	if (n->best) {
		text_clean(clean, sizeof clean, n->best, strlen(n->best));
		snprintf(buf, size, "; did you mean '%s'?", clean);
	}
	return buf;
}
