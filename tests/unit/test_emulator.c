/* What a person sees: the bytes of the browser through a terminal emulator (libvterm) give the screen that --screen
 * prints, after starting, walking, resizing, in every glyph set; and the screen is the shell's again afterwards. */
#include <vterm.h>
#include "tests/unit/tty.h"

struct emulator {
	struct tty t;
	VTerm *vt;
	VTermScreen *screen;
	size_t fed;
	int cols, rows;
};

static void resize(struct emulator *m, int cols, int rows)
{
	m->cols = cols;
	m->rows = rows;
	vterm_set_size(m->vt, rows, cols);
	size_set(&m->t, cols, rows);
}

/* What was written goes through the emulator until nothing more comes. */
static void feed(struct emulator *m)
{
	do {
		vterm_input_write(m->vt, m->t.out + m->fed, m->t.n - m->fed);
		m->fed = m->t.n;
	} while (settle(&m->t, 60));
}

static void begin(struct emulator *m, const char *term, int cols, int rows)
{
	m->cols = cols;
	m->rows = rows;
	m->fed = 0;
	m->vt = vterm_new(rows, cols);
	vterm_set_utf8(m->vt, 1);
	m->screen = vterm_obtain_screen(m->vt);
	vterm_screen_enable_altscreen(m->screen, 1);
	vterm_screen_reset(m->screen, 1);
	static const char shell[] = "$ tsviz net.h5 data.csv\r\n";
	vterm_input_write(m->vt, shell, sizeof shell - 1);
	/* the figures of all windows come from a file, since --screen has none without one */
	start_by(&m->t, term, cols, rows,
	         "\"$TSVIZ\" survey tests/keras/keras1.h5 \"$DATA\" -q -o \"$DATA.survey\" && "
	         "exec \"$TSVIZ\" tests/keras/keras1.h5 \"$DATA\" --survey \"$DATA.survey\"");
	wait_for(&m->t, "target");
	feed(m);
}

static void end(struct emulator *m)
{
	char survey[80];
	snprintf(survey, sizeof survey, "%s.survey", m->t.data);
	unlink(survey);
	vterm_free(m->vt);
	free(m->t.out);
}

/* The emulator's screen as lines, without the blanks at their ends. */
static char *seen(struct emulator *m)
{
	size_t size = (size_t)(m->cols * 4 + 2) * (size_t)m->rows + 1, n = 0;
	char *text = calloc(size, 1), *line = malloc((size_t)m->cols * 6 + 1);
	for (int y = 0; y < m->rows; y++) {
		VTermRect r = { y, y + 1, 0, m->cols };
		size_t k = vterm_screen_get_text(m->screen, line, (size_t)m->cols * 6, r);
		while (k && (line[k - 1] == ' ' || line[k - 1] == '\n'))
			k--;
		memcpy(text + n, line, k);
		n += k;
		text[n++] = '\n';
	}
	free(line);
	return text;
}

/* What --screen prints after the same keys. */
static char *wanted(const struct emulator *m, const char *keys_named)
{
	char command[600];
	snprintf(command, sizeof command,
	         "LC_ALL=C.UTF-8 \"$TSVIZ\" tests/keras/keras1.h5 %s --survey %s.survey --screen network --size %dx%d "
	         "--keys '%s' | sed 's/ *$//'",
	         m->t.data, m->t.data, m->cols, m->rows, keys_named);
	FILE *f = popen(command, "r");
	char *text = calloc(1 << 18, 1);
	size_t n = fread(text, 1, (1 << 18) - 1, f);
	ck_assert_msg(pclose(f) == 0 && n > 0, "%s", command);
	return text;
}

/* Numbers may take a while to arrive on a busy machine: what counts is the screen that stays. */
static void same(struct emulator *m, const char *keys_named)
{
	char *got = NULL, *want = wanted(m, keys_named);
	for (int i = 0; i < 100; i++) {
		free(got);
		got = seen(m);
		if (!strcmp(got, want))
			break;
		settle(&m->t, 100);
		feed(m);
	}
	/* the first line that differs: whole screens are too long for a message */
	const char *g = got, *w = want;
	while (*g && *w && strcspn(g, "\n") == strcspn(w, "\n") && !strncmp(g, w, strcspn(g, "\n") + 1)) {
		g += strcspn(g, "\n") + 1;
		w += strcspn(w, "\n") + 1;
	}
	ck_assert_msg(!strcmp(got, want), "after '%s' at %dx%d the terminal shows\n%.*s\ninstead of\n%.*s", keys_named,
	              m->cols, m->rows, (int)strcspn(g, "\n"), g, (int)strcspn(w, "\n"), w);
	free(got);
	free(want);
}

/* The hardware cursor is where --styles says the selection is; hidden where it says nothing. */
static void cursor(struct emulator *m, const char *keys_named)
{
	char command[600];
	int x = -1, y = -1;
	VTermPos at;
	snprintf(command, sizeof command,
	         "LC_ALL=C.UTF-8 \"$TSVIZ\" tests/keras/keras1.h5 %s --survey %s.survey --screen network --styles "
	         "--size %dx%d --keys '%s' | sed -n 's/^cursor //p'",
	         m->t.data, m->t.data, m->cols, m->rows, keys_named);
	FILE *f = popen(command, "r");
	int n = fscanf(f, "%d,%d", &x, &y);
	pclose(f);
	ck_assert_msg(n == 2, "after '%s' nothing is selected", keys_named);
	vterm_state_get_cursorpos(vterm_obtain_state(m->vt), &at);
	ck_assert_msg(at.col == x && at.row == y, "after '%s' the cursor is at %d,%d, the selection at %d,%d",
	              keys_named, at.col, at.row, x, y);
}

/* What was drawn change by change looks as what is drawn anew, but for the last row: the key ends what it said. */
static VTermScreenCell *looks(struct emulator *m)
{
	VTermScreenCell *cell = calloc((size_t)(m->cols * m->rows), sizeof *cell);
	for (int i = 0; i < m->cols * m->rows; i++)
		vterm_screen_get_cell(m->screen, (VTermPos){ i / m->cols, i % m->cols }, &cell[i]);
	return cell;
}

static bool alike(const VTermScreenCell *a, const VTermScreenCell *b)
{
	uint32_t ca = a->chars[0] ? a->chars[0] : ' ', cb = b->chars[0] ? b->chars[0] : ' ';
	bool seen = (ca != ' ' && ca != 0x2800) || a->attrs.reverse || a->attrs.underline;
	if (ca != cb || a->attrs.reverse != b->attrs.reverse || a->attrs.underline != b->attrs.underline)
		return false;
	return !seen || (a->attrs.bold == b->attrs.bold && vterm_color_is_equal(&a->fg, &b->fg) &&
	                 vterm_color_is_equal(&a->bg, &b->bg));
}

static void same_when_drawn_anew(struct emulator *m, const char *keys_named)
{
	VTermScreenCell *by_steps = looks(m);
	keys(&m->t, "\014");
	feed(m);
	VTermScreenCell *anew = looks(m);
	for (int i = 0; i < m->cols * (m->rows - 1); i++)
		ck_assert_msg(alike(&by_steps[i], &anew[i]),
		              "after '%s' cell %d,%d of %dx%d looks otherwise when all is drawn again", keys_named,
		              i % m->cols, i / m->cols, m->cols, m->rows);
	free(by_steps);
	free(anew);
}

static const struct {
	const char *sent, *named;
} walks[] = {
	{ "", "" },
	{ "2", "2" },
	{ "2jjl", "2 j j l" },
	{ "3", "3" },
	{ "4j", "4 j" },
	{ "2j\r", "2 j enter" },
	{ "2\rrhh", "2 enter r h h" },
	{ "2]]]", "2 ] ] ]" },
	{ "w", "w" },
	{ "f", "f" },
	{ "?", "?" },
	{ "oj", "o j" },
	{ "1l", "1 l" },
	{ "2x", "2 x" },
	{ "2:gr\t", "2 : g r tab" },
	{ "2%80\r", "2 % 8 0 enter" },
	{ "p]Pj", "p ] P j" }, /* compare */
};

START_TEST(the_terminal_shows_what_the_canvas_holds)
{
	static const int sizes[][2] = { { 80, 24 }, { 40, 12 }, { 200, 50 } };
	const int *size = sizes[_i % 3];
	struct emulator m;
	begin(&m, "xterm-256color", size[0], size[1]);
	for (const char *s = walks[_i].sent; *s; s++) {
		char key[2] = { *s, 0 };
		keys(&m.t, key);
		feed(&m);
	}
	same(&m, walks[_i].named);
	cursor(&m, walks[_i].named);
	same_when_drawn_anew(&m, walks[_i].named);
	/* The first ^C closes a prompt that is open. */
	if (!strcmp(walks[_i].named, "2 : g r tab"))
		keys(&m.t, "\003");
	keys(&m.t, "\003");
	ck_assert_int_eq(finish(&m.t), 0);
	feed(&m);
	char *after = seen(&m);
	ck_assert_msg(!strncmp(after, "$ tsviz net.h5 data.csv\n", 24), "the shell's screen is not back:\n%s", after);
	free(after);
	end(&m);
}
END_TEST

START_TEST(a_new_size_is_drawn_whole)
{
	static const int sizes[][2] = { { 100, 30 }, { 40, 12 }, { 20, 5 }, { 132, 43 }, { 80, 24 } };
	struct emulator m;
	begin(&m, "xterm-256color", 80, 24);
	keys(&m.t, "2");
	feed(&m);
	char named[200] = "2";
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		resize(&m, sizes[i][0], sizes[i][1]);
		feed(&m);
		snprintf(named + strlen(named), sizeof named - strlen(named), " resize:%dx%d", sizes[i][0],
		         sizes[i][1]);
		same(&m, named);
	}
	/* one cell while a prompt is open, and back: the prompt is still there */
	keys(&m.t, ":");
	resize(&m, 1, 1);
	feed(&m);
	resize(&m, 80, 24);
	feed(&m);
	snprintf(named + strlen(named), sizeof named - strlen(named), " : resize:1x1 resize:80x24");
	same(&m, named);
	keys(&m.t, "\033");
	keys(&m.t, "Q");
	ck_assert_int_eq(finish(&m.t), 0);
	end(&m);
}
END_TEST

static void suite(TCase *c)
{
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, the_terminal_shows_what_the_canvas_holds, 0, sizeof walks / sizeof *walks);
	tcase_add_test(c, a_new_size_is_drawn_whole);
}
UNIT_MAIN_WITH("emulator", suite)
