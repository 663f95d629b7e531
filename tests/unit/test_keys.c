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
			ck_assert_msg(action_of_key(key) == a, "%s: the key %.*s does something else", a->name,
			              (int)len, k);
			k += len + strspn(k + len, " ");
		}
	}
	ck_assert_int_gt(n, 40);
	ck_assert_ptr_null(action_of_key(0x1F600));
}
END_TEST

START_TEST(a_prompt_takes_a_line_and_remembers_it)
{
	struct prompt p = { 0 };
	prompt_open(&p, "search", "/");
	for (const char *s = "abx"; *s; s++)
		ck_assert_int_eq(prompt_key(&p, *s, NULL, NULL), PROMPT_GOES_ON);
	prompt_key(&p, KEYS_BACKSPACE, NULL, NULL);
	prompt_key(&p, 0x177, NULL, NULL);
	prompt_key(&p, 7, NULL, NULL);
	ck_assert_int_eq(prompt_key(&p, KEYS_ENTER, NULL, NULL), PROMPT_DONE);
	ck_assert_str_eq(p.text, "ab\u0177");
	prompt_open(&p, "search", "/");
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

UNIT_MAIN("keys", words_are_names_or_single_characters, names_come_back, every_action_has_its_own_key_and_name,
          a_prompt_takes_a_line_and_remembers_it)
