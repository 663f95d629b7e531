/* Settings: what a line may say, what is warned of, how they are kept. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "src/cli/config.h"
#include "tests/unit/unit.h"
#include "ui/terminal/keys.h"

static char said[4][300];
static int n_said;

static void warn(const char *sentence)
{
	if (n_said < 4)
		snprintf(said[n_said], sizeof said[0], "%s", sentence);
	n_said++;
}

static void parse(struct config *c, struct options *o, const char *text)
{
	char *copy = xcalloc(strlen(text) + 1, 1);
	memcpy(copy, text, strlen(text));
	n_said = 0;
	options_init(o);
	config_parse(c, o, "config", copy, warn);
}

static void over(struct config *c, struct options *o)
{
	config_release(c);
	options_release(o);
}

START_TEST(settings_and_bindings_are_read)
{
	struct config c;
	struct options o;
	parse(&c, &o,
	      "# mine\n\n  theme = light \r\nglyphs=ascii\nmouse = yes\nno-external-data = no\nbind J window-next\n"
	      "bind ctrl-n\tlayers\nclusters = 7");
	ck_assert_int_eq(n_said, 0);
	ck_assert_str_eq(o.theme, "light");
	ck_assert_str_eq(o.glyphs, "ascii");
	ck_assert(o.mouse && !o.read.no_external_data);
	ck_assert_int_eq(o.q.clusters, 7);
	ck_assert_int_eq(c.n_bind, 2);
	ck_assert_int_eq(c.bind[0].key, 'J');
	ck_assert_str_eq(c.bind[0].action, "window-next");
	ck_assert_int_eq(c.bind[1].key, 14);
	ck_assert_str_eq(c.bind[1].action, "layers");
	over(&c, &o);
}
END_TEST

static const struct {
	const char *text, *warning;
} wrong[] = {
	{ "theme = dark\nthme = dark\n", "config: line 2: 'thme' is no setting; did you mean 'theme'?" },
	{ "color = red\n", "config: line 1: --colours 'red' is unknown" },
	{ "theme = blue\n", "config: line 1: --theme 'blue' is unknown; one of dark, light" },
	{ "\nmouse = perhaps\n", "config: line 2: mouse 'perhaps': yes or no" },
	{ "bind nokey layers\n", "config: line 1: 'nokey' is no key" },
	{ "bind J dance\n", "config: line 1: there is no action 'dance'" },
	{ "hello\n", "config: line 1: 'hello' is neither" },
	{ "columns = 2\n", "config: line 1: 'columns' is no setting" }, /* what data mean belongs to recipes */
	{ "theme = \033[31m\n", "config: line 1: --theme '\xEF\xBF\xBD[31m' is unknown" },
	{ "= dark\n", "config: line 1: '' is no setting" },
	{ "clusters = 0\n", "config: line 1: --clusters '0': a whole number" },
};

START_TEST(what_is_not_understood_is_a_warning_with_its_line)
{
	struct config c;
	struct options o;
	parse(&c, &o, wrong[_i].text);
	ck_assert_int_eq(n_said, 1);
	ck_assert_msg(!strncmp(said[0], wrong[_i].warning, strlen(wrong[_i].warning)), "'%s', wanted '%s'", said[0],
	              wrong[_i].warning);
	ck_assert_str_eq(c.warning, said[0]);
	over(&c, &o);
}
END_TEST

static char *content(const char *path)
{
	unsigned char *data;
	size_t n;
	struct err e = { 0 };
	ck_assert_msg(read_file(path, 1 << 20, &data, &n, &e) == 0, "%s", e.text);
	return (char *)data;
}

START_TEST(settings_are_kept_among_what_the_file_says_already)
{
	char dir[] = "/tmp/tsviz-config-XXXXXX", path[200];
	struct err e = { 0 };
	const struct browse_setting s[] = { { "theme", "light" }, { "mouse", "yes" } };
	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("XDG_CONFIG_HOME", dir, 1);
	snprintf(path, sizeof path, "%s/tsviz/config", dir);
	/* neither folder nor file: both are made */
	ck_assert_msg(config_save(s, 1, &e) == 0, "%s", e.text);
	char *text = content(path);
	ck_assert_str_eq(text, "theme = light\n");
	free(text);
	FILE *f = fopen(path, "w");
	fputs("# mine\ntheme=dark\nbind J layers\nnot understood\ntheme = dark", f);
	fclose(f);
	ck_assert_msg(config_save(s, 2, &e) == 0, "%s", e.text);
	text = content(path);
	ck_assert_str_eq(text, "# mine\ntheme = light\nbind J layers\nnot understood\nmouse = yes\n");
	free(text);
	/* what cannot be read to its end is not written anew, and the sentence says which file it is */
	static const char zero[] = "# mine\nbind J\0 layers\nmouse = yes\n";
	f = fopen(path, "w");
	fwrite(zero, 1, sizeof zero - 1, f);
	fclose(f);
	ck_assert_int_lt(config_save(s, 2, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "/tsviz/config: line 2: a zero byte; remove it"));
	text = content(path);
	ck_assert_mem_eq(text, zero, sizeof zero);
	free(text);
	struct config c;
	struct options o;
	n_said = 0;
	options_init(&o);
	config_read(&c, &o, warn);
	ck_assert_int_eq(n_said, 1);
	ck_assert_ptr_nonnull(strstr(said[0], "/tsviz/config: line 2: a zero byte; remove it"));
	ck_assert_str_eq(c.warning, said[0]);
	over(&c, &o);
	f = fopen(path, "w");
	for (int i = 0; i < 300000; i++)
		fputs("# x\n", f);
	fclose(f);
	ck_assert_int_lt(config_save(s, 2, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "/tsviz/config: larger than 1 MB"));
	ck_assert_ptr_null(strstr(e.text, "--max-mem"));
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	ck_assert_int_lt(config_save(s, 1, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.text, "HOME"));
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
}
END_TEST

START_TEST(hints_are_for_the_first_three_starts)
{
	char dir[] = "/tmp/tsviz-config-XXXXXX", path[200];
	struct err e = { 0 };
	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("XDG_STATE_HOME", dir, 1);
	snprintf(path, sizeof path, "%s/tsviz/hints", dir);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(hints_start(), i < 3);
	ck_assert_int_eq(hints_keep(true, &e), 0);
	ck_assert(hints_start() && hints_start());
	ck_assert_int_eq(hints_keep(false, &e), 0);
	ck_assert(!hints_start());
	/* what is not understood is neither an error nor written over */
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("seven\n", f);
	fclose(f);
	ck_assert(!hints_start());
	char *text = content(path);
	ck_assert_str_eq(text, "seven\n");
	free(text);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
	/* where the count cannot be kept there are none */
	setenv("XDG_STATE_HOME", "/dev/null/none", 1);
	ck_assert(!hints_start());
	ck_assert_int_lt(hints_keep(true, &e), 0);
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	ck_assert(!hints_start());
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, hints_are_for_the_first_three_starts);
	tcase_add_test(c, settings_and_bindings_are_read);
	tcase_add_loop_test(c, what_is_not_understood_is_a_warning_with_its_line, 0, sizeof wrong / sizeof *wrong);
	tcase_add_test(c, settings_are_kept_among_what_the_file_says_already);
}

UNIT_MAIN_WITH("config", setup)
