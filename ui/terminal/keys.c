#include "ui/terminal/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/words.h"

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "enter", KEYS_ENTER },
	{ "tab", KEYS_TAB },
	{ "s-tab", KEYS_BTAB },
	{ "btab", KEYS_BTAB },
	{ "esc", KEYS_ESC },
	{ "backspace", KEYS_BACKSPACE },
	{ "bs", KEYS_BACKSPACE },
	{ "space", ' ' },
	{ "up", KEYS_UP },
	{ "down", KEYS_DOWN },
	{ "left", KEYS_LEFT },
	{ "right", KEYS_RIGHT },
	{ "home", KEYS_HOME },
	{ "end", KEYS_END },
	{ "pgup", KEYS_PGUP },
	{ "pgdn", KEYS_PGDN },
	{ "delete", KEYS_DELETE },
	{ "rest", KEYS_REST },
	{ "wheel-up", KEYS_WHEEL_UP },
	{ "wheel-down", KEYS_WHEEL_DOWN },
	{ "click", KEYS_CLICK },
};

static bool same(const char *name, const char *s, size_t n)
{
	return strlen(name) == n && !memcmp(name, s, n);
}

int key_parse(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (same(names[i].name, s, n))
			return names[i].key;
	if (n == 6 && !memcmp(s, "ctrl-", 5) && s[5] >= 'a' && s[5] <= 'z')
		return s[5] - 'a' + 1;
	if ((n == 2 || n == 3) && s[0] == 'f' && s[1] >= '1' && s[1] <= '9') {
		int k = n == 2 ? s[1] - '0' : s[1] == '1' && s[2] >= '0' && s[2] <= '2' ? 10 + s[2] - '0' : 0;
		return k ? KEYS_F1 + k - 1 : 0;
	}
	size_t used;
	int32_t cp = text_decode(s, n, &used);
	return n > 0 && used == n && cp > ' ' ? (int)cp : 0;
}

void key_format(int key, char *buf, size_t size)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].key == key) {
			snprintf(buf, size, "%s", names[i].name);
			return;
		}
	if (key >= KEYS_F1 && key <= KEYS_F12)
		snprintf(buf, size, "f%d", key - KEYS_F1 + 1);
	else if (key > 0 && key <= 26)
		snprintf(buf, size, "ctrl-%c", 'a' + key - 1);
	else if (key > ' ' && key < 0x110000 && size > 4)
		buf[text_encode(buf, key)] = '\0';
	else
		snprintf(buf, size, "?");
}

static void push(int **v, int *n, int key)
{
	*v = xrealloc(*v, (size_t)*n + 1, sizeof **v);
	(*v)[(*n)++] = key;
}

static int say_no_key(const char *s, size_t len, struct err *e)
{
	char word[WORD_BYTES_MAX + 1], near[NEAREST_SAY];
	struct nearest q = { .asked = word };
	text_clean(word, sizeof word, s, len);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		nearest_try(&q, names[i].name);
	return err_set(e, ERR_VALUE, "--keys: '%s' is no key%s", word,
	               q.best ? nearest_say(&q, near, sizeof near)
	                      : "; write letters apart, as in 'j j', and names like enter, ctrl-n, f5");
}

/* "click:10,5": a key of the mouse and its place. */
static bool placed(const char *s, size_t len, int *key, int *x, int *y)
{
	size_t name = strcspn(s, ":");
	int end = 0;
	if (name >= len || len > 31 || sscanf(s + name, ":%4d,%4d%n", x, y, &end) != 2 || name + (size_t)end != len)
		return false;
	*key = key_parse(s, name);
	return *key == KEYS_CLICK || *key == KEYS_WHEEL_UP || *key == KEYS_WHEEL_DOWN;
}

int keys_parse(const char *s, int **out, struct err *e)
{
	int n = 0, w, h, end;
	size_t used;
	int32_t cp;
	*out = NULL;
	while (*s) {
		size_t len = strcspn(s, " \t\n");
		int key = len ? key_parse(s, len) : 0;
		if (len == 0) {
			len = 1;
		} else if (key) {
			push(out, &n, key);
		} else if (len < 32 && sscanf(s, "resize:%4dx%4d%n", &w, &h, &end) == 2 && (size_t)end == len) {
			push(out, &n, KEYS_RESIZE);
			push(out, &n, w);
			push(out, &n, h);
		} else if (placed(s, len, &key, &w, &h)) {
			push(out, &n, KEYS_POINTER);
			push(out, &n, w);
			push(out, &n, h);
			push(out, &n, key);
		} else if ((cp = text_decode(s, len, &used)) >= 0 && used == len) {
			push(out, &n, (int)cp);
		} else {
			free(*out);
			*out = NULL;
			return say_no_key(s, len, e);
		}
		s += len;
	}
	return n;
}
