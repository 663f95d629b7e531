#include "tests/unit/unit.h"
#include "ui/terminal/keys.h"
#include "ui/actions/actions.h"
#include "ui/browse/browser.h"

START_TEST(words_are_names_or_single_characters)
{
	int *k;
	int n = keys_parse(" j enter  ctrl-u 1 2 pgdn \u0177 f10 \033", &k, NULL);
	static const int want[] = { 'j', KEYS_ENTER, 21, '1', '2', KEYS_PGDN, 0x177, KEYS_F1 + 9, KEYS_ESC };
	ck_assert_int_eq(n, (int)(sizeof want / sizeof *want));
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(k[i], want[i]);
	free(k);
	n = keys_parse("resize:40x12", &k, NULL);
	ck_assert_int_eq(n, 3);
	ck_assert(k[0] == KEYS_RESIZE && k[1] == 40 && k[2] == 12);
	free(k);
	ck_assert_int_eq(keys_parse("", &k, NULL), 0);
	struct err e;
	ck_assert_int_lt(keys_parse("\xff\xfe", &k, &e), 0);
	ck_assert_ptr_null(k);
	/* never letter by letter: what they do would have nothing to do with what was meant */
	ck_assert_int_lt(keys_parse("j pgdwn", &k, &e), 0);
	ck_assert_str_eq(e.text, "--keys: 'pgdwn' is no key; did you mean 'pgdn'?");
	ck_assert_ptr_null(k);
	ck_assert_int_lt(keys_parse("jj", &k, &e), 0);
	ck_assert_int_lt(keys_parse("ctrl-x1", &k, &e), 0);
}
END_TEST

START_TEST(names_come_back)
{
	static const char *const names[] = { "enter", "tab",    "s-tab", "esc", "backspace", "space", "up",
		                             "pgup",  "ctrl-d", "f1",    "f12", "q",         "#" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char b[16];
		key_format(key_parse(names[i], strlen(names[i])), b, sizeof b);
		ck_assert_str_eq(b, names[i]);
	}
	ck_assert_int_eq(key_parse("f13", 3), 0);
	ck_assert_int_eq(key_parse("nokey", 5), 0);
}
END_TEST

START_TEST(every_action_has_its_own_key_and_name)
{
	int n = 0;
	for (const struct action *a = actions; a->help; a++) {
		if (!a->name)
			continue;
		n++;
		ck_assert_ptr_nonnull(a->run);
		ck_assert_msg(action_find(a->name) == a, "two actions are called %s", a->name);
		for (const char *k = a->keys; *k;) {
			size_t len = strcspn(k, " ");
			int key = key_parse(k, len);
			ck_assert_msg(key != 0, "%s: no such key: %.*s", a->name, (int)len, k);
			ck_assert_msg((a->view < 0 ? action_of_key(key) : action_of_view((enum view_id)a->view, key)) ==
			                      a,
			              "%s: the key %.*s does something else", a->name, (int)len, k);
			k += len + strspn(k + len, " ");
		}
	}
	ck_assert_int_gt(n, 40);
	ck_assert_ptr_null(action_of_key(0x1F600));
}
END_TEST

/* The key map of the browser: what each of these keys does in every view. A key that is kept for later is free, or does
 * what it is kept for: the word stands in the help of its action. */
START_TEST(the_key_map_is_kept)
{
	static const struct {
		const char *key, *action, *kept_for;
	} map[] = {
		{ "1", "network", NULL },    { "2", "layers", NULL },         { "3", "grid", NULL },
		{ "4", "clusters", NULL },   { "6", "table", NULL },          { "7", "methods", NULL },
		{ "<", "zoom", NULL },       { ">", "zoom-out", NULL },       { "0", "zoom-all", NULL },
		{ "v", "fold", NULL },       { "V", "fold-all", NULL },       { "D", "switch-marked", NULL },
		{ "'", "last-place", NULL }, { ":", "command", NULL },        { "5", NULL, "heat" },
		{ "8", "record", NULL },     { "(", "event-previous", NULL }, { ")", "event-next", NULL },
		{ "*", NULL, "window" },     { "F", "spectrum", NULL },       { "E", "edit", NULL },
		{ ";", NULL, "note" },
	};
	for (size_t i = 0; i < sizeof map / sizeof *map; i++) {
		const struct action *a = action_of_key(key_parse(map[i].key, 1));
		if (map[i].action)
			ck_assert_msg(a && !strcmp(a->name, map[i].action), "%s: not %s", map[i].key, map[i].action);
		else if (a)
			ck_assert_msg(strstr(a->help, map[i].kept_for) != NULL, "%s is kept for %s, and does: %s",
			              map[i].key, map[i].kept_for, a->help);
	}
}
END_TEST

static void three_words(void *ctx, struct prompt *p, bool asked)
{
	static const char *const words[] = { "mean", "method", "methods" };
	size_t space = strcspn(p->text, " ");
	(void)ctx, (void)asked;
	p->from = p->text[space] ? space + 1 : 0;
	for (int i = 0; i < 3; i++)
		if (!strncmp(words[i], p->text + p->from, strlen(p->text + p->from)))
			prompt_offer(p, words[i]);
}

static void type(struct prompt *p, const char *s)
{
	for (; *s; s++)
		prompt_key(p, *s, three_words, NULL);
}

START_TEST(tab_goes_through_the_choices)
{
	static struct prompt p;
	prompt_open(&p, "command", ":", three_words, NULL);
	type(&p, "x me");
	static const struct {
		int key;
		const char *line;
	} steps[] = {
		{ KEYS_TAB, "x mean" },
		{ KEYS_TAB, "x method" },
		{ KEYS_TAB, "x methods" },
		{ KEYS_TAB, "x me" },
		{ KEYS_TAB, "x mean" },
		{ KEYS_BTAB, "x me" },
		{ KEYS_BTAB, "x methods" },
		{ KEYS_BTAB, "x method" },
		{ 's', "x methods" },
		{ 21, "" },
		{ 'm', "m" },
		{ KEYS_RIGHT, "mean" },
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		prompt_key(&p, steps[i].key, three_words, NULL);
		ck_assert_str_eq(p.text, steps[i].line);
		ck_assert_int_eq(p.n, (int)strlen(p.text));
	}
	prompt_key(&p, KEYS_ENTER, three_words, NULL);
	ck_assert_str_eq(p.history[p.n_history - 1], "mean");
	/* a choice for which the line has no room leaves it as it is */
	prompt_open(&p, "command", ":", three_words, NULL);
	for (int i = 0; i < PROMPT_TEXT + 3; i++)
		type(&p, "y");
	ck_assert_int_eq(p.n, PROMPT_TEXT - 1);
	for (int i = 0; i < 4; i++)
		prompt_key(&p, KEYS_BACKSPACE, three_words, NULL);
	type(&p, " me");
	prompt_key(&p, KEYS_TAB, three_words, NULL);
	ck_assert_int_eq((int)strlen(p.text), p.n);
	ck_assert_int_lt(p.n, PROMPT_TEXT);
}
END_TEST

START_TEST(a_prompt_takes_a_line_and_remembers_it)
{
	struct prompt p = { 0 };
	prompt_open(&p, "search", "/", NULL, NULL);
	for (const char *s = "abx"; *s; s++)
		ck_assert_int_eq(prompt_key(&p, *s, NULL, NULL), PROMPT_GOES_ON);
	prompt_key(&p, KEYS_BACKSPACE, NULL, NULL);
	prompt_key(&p, 0x177, NULL, NULL);
	prompt_key(&p, 7, NULL, NULL);
	ck_assert_int_eq(prompt_key(&p, KEYS_ENTER, NULL, NULL), PROMPT_DONE);
	ck_assert_str_eq(p.text, "ab\u0177");
	prompt_open(&p, "search", "/", NULL, NULL);
	prompt_key(&p, KEYS_UP, NULL, NULL);
	ck_assert_str_eq(p.text, "ab\u0177");
	prompt_key(&p, KEYS_DOWN, NULL, NULL);
	ck_assert_str_eq(p.text, "");
	ck_assert_int_eq(prompt_key(&p, KEYS_ESC, NULL, NULL), PROMPT_CANCELLED);
	ck_assert(!p.open);
	for (int i = 0; i < 500; i++)
		prompt_key(&p, 0x6f22, NULL, NULL);
	ck_assert_int_lt(p.n, (int)sizeof p.text);
	ck_assert_int_eq(p.n % 3, 0);
}
END_TEST

UNIT_MAIN("keys", the_key_map_is_kept, tab_goes_through_the_choices, words_are_names_or_single_characters,
          names_come_back, every_action_has_its_own_key_and_name, a_prompt_takes_a_line_and_remembers_it)
