/* The browser in a real pseudo-terminal: it starts, follows the keys and the size, is silent when idle, and leaves the
 * terminal as it found it on every way out. */
#include <curses.h>
#include <term.h>
#include "tests/unit/tty.h"
#include "ui/terminal/terminfo.h"

static bool wrote_last(const struct tty *t, const char *end, const char *begin)
{
	const char *last_end = NULL, *last_begin = NULL;
	for (const char *p = t->out; (p = memmem(p, t->n - (size_t)(p - t->out), end, strlen(end))); p++)
		last_end = p;
	for (const char *p = t->out; (p = memmem(p, t->n - (size_t)(p - t->out), begin, strlen(begin))); p++)
		last_begin = p;
	return last_end && last_begin && last_end > last_begin;
}

static bool has(const struct tty *t, size_t from, const char *text)
{
	return t->n > from && memmem(t->out + from, t->n - from, text, strlen(text));
}

/* Waits until the text has arrived after the first `from` bytes: a busy machine answers late. Returns false if it never
 * comes. */
static bool comes(struct tty *t, size_t from, const char *text)
{
	for (int i = 0; i < 100 && !has(t, from, text); i++)
		settle(t, 100);
	return has(t, from, text);
}

START_TEST(starts_walks_through_the_levels_and_quits)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	size_t first = t.n;
	keys(&t, "2");
	ck_assert(comes(&t, first, "Layers"));
	ck_assert_uint_eq(settle(&t, 400), 0); /* idle: nothing at all */
	keys(&t, "3");
	keys(&t, "4");
	keys(&t, "\r");
	keys(&t, "r");
	keys(&t, "?");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(wrote_last(&t, "\033[?1049l", "\033[?1049h"), "the other screen was not left");
	ck_assert_msg(wrote_last(&t, "\033[?25h", "\033[?25l") || !memmem(t.out, t.n, "\033[?25l", 6),
	              "the cursor stays hidden");
	free(t.out);
}
END_TEST

/* Real-time signals get their numbers when the program runs. */
enum { FIRST_REAL_TIME = -1, LAST_REAL_TIME = -2 };

static const int ends[] = {
	SIGTERM,         SIGHUP,         SIGQUIT, SIGABRT,
#ifndef TSVIZ_SAN /* which wants to see these itself */
	SIGSEGV,         SIGBUS,         SIGFPE,  SIGILL,
#endif
	SIGXCPU,         SIGSYS,         SIGTRAP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
#ifdef SIGSTKFLT
	SIGSTKFLT,
#endif
	FIRST_REAL_TIME, LAST_REAL_TIME, SIGINT, /* as the key ^C: quit */
};

START_TEST(a_signal_restores_the_terminal)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	int sig = ends[_i] == FIRST_REAL_TIME ? SIGRTMIN : ends[_i] == LAST_REAL_TIME ? SIGRTMAX : ends[_i];
	kill(t.pid, sig);
	int status = finish(&t);
	ck_assert_msg(status == (sig == SIGINT ? 0 : 128 + sig), "status %d after signal %d", status, sig);
	ck_assert_msg(wrote_last(&t, "\033[?1049l", "\033[?1049h"), "the other screen was not left");
	free(t.out);
}
END_TEST

/* ^C closes a prompt, and only without one it quits. */
START_TEST(interrupt_closes_a_prompt)
{
	struct tty t;
	int status;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	keys(&t, ":abc");
	keys(&t, "\003");
	ck_assert_msg(waitpid(t.pid, &status, WNOHANG) == 0, "^C in a prompt ended the program");
	size_t from = t.n;
	keys(&t, "2");
	ck_assert_msg(comes(&t, from, "Layers"), "the prompt was not closed: %.300s", t.out + from);
	keys(&t, "\003");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

START_TEST(any_size_at_any_time)
{
	static const int sizes[][2] = { { 40, 12 }, { 1, 1 },     { 200, 50 }, { 3, 90 },
		                        { 79, 2 },  { 500, 200 }, { 80, 24 } };
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_set(&t, sizes[i][0], sizes[i][1]);
		keys(&t, i % 2 ? "4j" : "2l\r");
		keys(&t, ":"); /* also while a prompt is open */
		size_set(&t, sizes[i][1], sizes[i][0] > 200 ? 200 : sizes[i][0]);
		keys(&t, "\033");
		int status;
		ck_assert_msg(waitpid(t.pid, &status, WNOHANG) == 0, "ended at size %d x %d with status %x: %.300s",
		              sizes[i][0], sizes[i][1], status, t.out + (t.n > 300 ? t.n - 300 : 0));
	}
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* Whatever the environment and the window say, it opens, in little memory, and takes the size of the next window. */
static const struct {
	const char *env;
	int cols, rows;
} odd_sizes[] = {
	{ "LINES=1000000000", 80, 24 },
	{ "COLUMNS=99999999999999999999", 80, 24 },
	{ "LINES=5000 COLUMNS=5000", 80, 24 },
	{ "LINES=-5 COLUMNS=x", 80, 24 },
	{ "LINES= COLUMNS=0", 80, 24 },
	{ "A=", 65535, 65535 },
	{ "A=", 65535, 1 },
	{ "A=", 1, 65535 },
};

START_TEST(opens_at_any_size)
{
	struct tty t;
	char command[200];
#ifdef TSVIZ_SAN
	const char *limit = "";
#else
	const char *limit = "ulimit -v 500000; ";
#endif
	snprintf(command, sizeof command, "%sexec env %s \"$TSVIZ\" tests/keras/keras1.h5 \"$DATA\"", limit,
	         odd_sizes[_i].env);
	start_by(&t, "xterm-256color", odd_sizes[_i].cols, odd_sizes[_i].rows, command);
	wait_for(&t, "\033[?1049h");
	ck_assert_msg(!has(&t, 0, "tsviz: "), "it says: %.300s", t.out);
	size_set(&t, 80, 24);
	/* What was drawn for the first size is still on its way on a busy machine. */
	settle(&t, odd_sizes[_i].cols > 1000 ? 2000 : 300);
	size_t before = t.n;
	keys(&t, "2");
	/* A busy machine needs seconds for a screen of 65535 columns. */
	comes(&t, before, "Layers");
	settle(&t, 300);
	/* the last row of the new window, not of another */
	ck_assert_msg(comes(&t, before, "Layers"), "it does not answer: %.300s", t.out + before);
	ck_assert_msg(!has(&t, before, "\033[25;") && !has(&t, before, "\033[1000;"), "below the window: %.300s",
	              t.out + before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* Answers of terminals to questions that nobody asked, keys that no table has, and what the middle mouse button brings:
 * none acts. */
static const char *const no_keys[] = {
	"\033[?1;2c",
	"\033[>41;370;0c",
	"\033[24;80R",
	"\033]11;rgb:2e2e/3434/3636\007",
	"\033]52;c;UVFR\033\\",
	"\033P>|xterm(370)Q\033\\",
	"\033P1$r0mQ\033\\",
	"\033_Gi=31;OKQ\033\\",
	"\033[1;5Q",
	"\033[99~",
	"\033[200~Q2q:quit\r3Q\033[201~",
	"\033[200~\033[A\033[BQ\033[201~",
	/* reports of a mouse that another program asked for: its three forms, with digits that would be levels */
	"\033[<0;2;3M",
	"\033[<0;2;3m",
	"\033[M 23",
	"\033[M233",
	"\033[32;2;3M",
};

START_TEST(what_is_no_key_does_not_act)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	ck_assert_msg(memmem(t.out, t.n, "\033[?2004h", 8) != NULL, "pasted text is not asked to be marked");
	for (size_t i = 0; i < sizeof no_keys / sizeof *no_keys; i++) {
		size_t before = t.n;
		keys(&t, no_keys[i]);
		/* the name of another level would be drawn in reverse */
		ck_assert_msg(!memmem(t.out + before, t.n - before, "Layers", 6) &&
		                      !memmem(t.out + before, t.n - before, "Grid", 4),
		              "case %zu acted: %.200s", i, t.out + before);
		ck_assert_msg(waitpid(t.pid, NULL, WNOHANG) == 0, "case %zu ended it", i);
	}
	/* the mark at the end of pasted text may come in pieces: keys are keys again after it */
	keys(&t, "\033[200~Q");
	keys(&t, "\033");
	keys(&t, "[20");
	keys(&t, "1~");
	size_t torn = t.n;
	keys(&t, "3");
	ck_assert_msg(comes(&t, torn, "Grid"), "keys are dead after a torn mark");
	keys(&t, "1");
	/* into a prompt it goes as text, and does not end it */
	keys(&t, ":");
	keys(&t, "\033[200~grid\r\033[201~");
	ck_assert(waitpid(t.pid, NULL, WNOHANG) == 0);
	size_t before = t.n;
	keys(&t, "\r");
	ck_assert_msg(comes(&t, before, "Grid"), "the prompt did not take it: %.300s", t.out + before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(wrote_last(&t, "\033[?2004l", "\033[?2004h"), "pasted text stays marked");
	free(t.out);
}
END_TEST

/* With --mouse the first click selects what is under it, and the second opens it. */
START_TEST(clicks_select_and_open)
{
	struct tty t;
	start_by(&t, "xterm-256color", 80, 24, "exec \"$TSVIZ\" --mouse tests/screens/net.json \"$DATA\"");
	wait_for(&t, "Network");
	ck_assert_msg(has(&t, 0, "\033[?1000h") && has(&t, 0, "\033[?1006h"), "the mouse is not asked for");
	size_t at = t.n;
	keys(&t, "\033[<0;33;12M\033[<0;33;12m");
	settle(&t, 300);
	ck_assert_msg(comes(&t, at, "\033") && !has(&t, at, "Layer"), "one click opened: %.300s", t.out + at);
	at = t.n;
	keys(&t, "\033[<0;33;12M\033[<0;33;12m");
	settle(&t, 300);
	ck_assert_msg(comes(&t, at, "multiply-adds"), "the second click did not open: %.300s", t.out + at);
	ck_assert_msg(!has(&t, 0, "\033[?1007"), "the wheel sends keys besides reports");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(wrote_last(&t, "\033[?1000l", "\033[?1000h"), "the mouse stays on");
	free(t.out);
}
END_TEST

/* Without --mouse the wheel sends arrow keys, and no report is asked for. */
START_TEST(the_wheel_sends_keys)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	ck_assert_msg(has(&t, 0, "\033[?1007h") && !has(&t, 0, "\033[?1000h"), "the wheel is not asked for");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(wrote_last(&t, "\033[?1007r", "\033[?1007h"), "the terminal's own mode is not given back");
	free(t.out);
}
END_TEST

/* Was the cursor sent to the first row? */
static bool to_first_row(const struct tty *t, size_t from)
{
	const char *p = t->out + from, *end = t->out + t->n;
	while ((p = memmem(p, (size_t)(end - p), "\033[1;", 4))) {
		for (p += 4; p < end && *p >= '0' && *p <= '9'; p++)
			continue;
		if (p < end && *p == 'H')
			return true;
	}
	return false;
}

/* A key torn by a slow line is the same key, and none of its bytes a command: `[` would be the window before, `B`
 * nothing. */
static const struct {
	const char *first, *rest;
} torn[] = { { "\033[", "B" }, { "\033", "[B" },  { "\033O", "B" },
	     { "\033", "OB" }, { "\033[6", "~" }, { "\033", "[6~" } };

START_TEST(a_torn_key_is_that_key)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	keys(&t, "]");
	settle(&t, 300);
	keys(&t, "o");
	keys(&t, torn[_i].first);
	settle(&t, 150);
	size_t at = t.n;
	keys(&t, torn[_i].rest);
	ck_assert_msg(comes(&t, at, "\033"), "no key");
	/* another window would change the first row */
	ck_assert_msg(!has(&t, at, "does nothing") && !to_first_row(&t, at), "it acted: %.300s", t.out + at);
	/* and a key after Escape is itself, even `[` */
	keys(&t, "\033");
	settle(&t, 150);
	at = t.n;
	keys(&t, "[");
	settle(&t, 200);
	ck_assert_msg(comes(&t, at, "\033"), "the key after Escape is lost");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

static const char *const terms[] = { "xterm-256color", "screen-256color", "tmux-256color",
	                             "linux",          "vt100",           "xterm-direct" };

START_TEST(every_terminal)
{
	struct tty t;
	int known;
	if (setupterm(terms[_i], 1, &known) != OK)
		unit_skip("this system does not know TERM=%s", terms[_i]);
	start(&t, terms[_i], 80, 24);
	for (int i = 0; i < 40 && t.n < 200; i++)
		settle(&t, 100);
	settle(&t, 200);
	if (waitpid(t.pid, NULL, WNOHANG) == 0) {
		keys(&t, "2");
		keys(&t, "Q");
		ck_assert_int_eq(finish(&t), 0);
	} else {
		ck_abort_msg("TERM=%s: it ended: %.200s", terms[_i], t.n ? t.out : "");
	}
	free(t.out);
}
END_TEST

/* What the build took from the system says the same as the system: colours and how the cursor moves. */
START_TEST(built_in_descriptions_are_those_of_the_system)
{
	static const char *const known[] = { "xterm-256color", "tmux-256color", "screen-256color", "linux", "vt100" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const char *description = terminfo_builtin(known[i]);
		char move[2][64];
		int colours[2], code;
		ck_assert_msg(description && !strncmp(description, "b64:", 4), "%s is not built in", known[i]);
		for (int k = 0; k < 2; k++) {
			if (k)
				setenv("TERMINFO", description, 1);
			else
				unsetenv("TERMINFO");
			if (setupterm((char *)known[i], 1, &code) != OK)
				unit_skip("this system does not know TERM=%s", known[i]);
			colours[k] = tigetnum("colors");
			snprintf(move[k], sizeof move[k], "%s", tigetstr("cup"));
			del_curterm(cur_term);
		}
		ck_assert_int_eq(colours[0], colours[1]);
		ck_assert_str_eq(move[0], move[1]);
	}
}
END_TEST

/* Not known, or without a way to place text: that is said, then the view comes as text, without any sequence. */
static const char *const unfit[] = { "dumb", "unknown", "" };

START_TEST(an_unfit_terminal_gets_text)
{
	struct tty t;
	start(&t, unfit[_i], 80, 24);
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(has(&t, 0, unfit[_i]) && has(&t, 0, "tsviz: warning: the terminal type") &&
	                      has(&t, 0, "set TERM"),
	              "it says: %.300s", t.out);
	ck_assert_msg(has(&t, 0, "window 0") && !memchr(t.out, 27, t.n), "no plain text: %.300s", t.out);
	free(t.out);
}
END_TEST

/* A terminal whose description the system does not have, as over ssh: as xterm-256color, and one line says so. */
START_TEST(a_terminal_that_nobody_knows_is_driven_as_the_usual_one)
{
	struct tty t;
	start(&t, "no-such-terminal", 80, 24);
	wait_for(&t, "target");
	ck_assert_msg(has(&t, 0, "'no-such-terminal' is not known here"), "nothing is said: %.300s", t.out);
	ck_assert_msg(has(&t, 0, "\033[?1049h") && has(&t, 0, "38;5;"), "it is not driven as xterm-256color");
	size_t before = t.n;
	keys(&t, "2");
	ck_assert(comes(&t, before, "Layers"));
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(wrote_last(&t, "\033[?1049l", "\033[?1049h"), "the other screen was not left");
	free(t.out);
	start_by(&t, "no-such-terminal", 80, 24, "exec \"$TSVIZ\" -q tests/keras/keras1.h5 \"$DATA\"");
	wait_for(&t, "target");
	ck_assert_msg(!has(&t, 0, "is not known here"), "it is said in spite of -q");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* Is there a Braille character, U+2801 to U+28FF? */
static bool has_braille(const struct tty *t)
{
	for (size_t i = 0; i + 2 < t->n; i++)
		if ((unsigned char)t->out[i] == 0xE2 && ((unsigned char)t->out[i + 1] & 0xFC) == 0xA0)
			return true;
	return false;
}

/* The fonts of the Linux console have no Braille: blocks, unless dots are asked for. */
static const struct {
	const char *term, *option;
	bool braille;
} consoles[] = {
	{ "linux", "", false },
	{ "linux", "--glyphs braille", true },
	{ "xterm-256color", "", true },
};

START_TEST(the_console_of_linux_gets_blocks)
{
	struct tty t;
	char command[200];
	snprintf(command, sizeof command, "LC_ALL=C.UTF-8 exec \"$TSVIZ\" tests/keras/keras1.h5 \"$DATA\" %s",
	         consoles[_i].option);
	start_by(&t, consoles[_i].term, 80, 24, command);
	wait_for(&t, "target");
	keys(&t, "2");
	keys(&t, "\r");
	settle(&t, 300);
	ck_assert_int_eq(has_braille(&t), consoles[_i].braille);
	ck_assert_msg(has(&t, 0, "\xE2\x96\x88"), "no block at all");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

static bool holds_terminal(pid_t pid)
{
	char command[100];
	snprintf(command, sizeof command, "ls -l /proc/%d/fd | grep -q '/dev/tty$'", (int)pid);
	return system(command) == 0;
}

static const int waiting_ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Curses is there before the model, and nothing is seen of it until there is something to show. */
START_TEST(curses_starts_before_the_model_comes)
{
	struct tty t;
	int k = 0;
	start_by(&t, "xterm-256color", 80, 24,
	         "rm \"$DATA\"; mkfifo \"$DATA\"; exec \"$TSVIZ\" - samples/machine.csv <>\"$DATA\"");
	while (!holds_terminal(t.pid) && ++k < 1000)
		poll(NULL, 0, 10);
	ck_assert_msg(k < 1000, "the terminal was not opened while the model was read");
	settle(&t, 200);
	ck_assert_msg(t.n == 0, "written before anything could be shown: %.300s", t.out);
	kill(t.pid, waiting_ends[_i]);
	ck_assert_int_eq(finish(&t), 128 + waiting_ends[_i]);
	ck_assert_msg(t.n == 0, "written at the end: %.300s", t.out);
	free(t.out);
}
END_TEST

START_TEST(a_model_that_is_refused_leaves_the_terminal_alone)
{
	struct tty t;
	start_by(&t, "xterm-256color", 80, 24, "exec \"$TSVIZ\" \"$DATA\" \"$DATA\"");
	ck_assert_int_eq(finish(&t), 1);
	ck_assert_msg(has(&t, 0, "tsviz: ") && !memchr(t.out, 27, t.n), "no sentence, or more than that: %.300s",
	              t.out);
	free(t.out);
}
END_TEST

static void file_copy(const char *from, const char *to)
{
	char b[65536];
	FILE *f = fopen(from, "rb"), *g = fopen(to, "wb");
	ck_assert(f && g);
	for (size_t n; (n = fread(b, 1, sizeof b, f)) > 0;)
		ck_assert_uint_eq(fwrite(b, 1, n, g), n);
	ck_assert(!fclose(f) && !fclose(g));
}

/* F5 on rubbish keeps what there was and says why; on a model it reads it. */
START_TEST(a_model_that_has_become_rubbish_is_not_taken)
{
	struct tty t;
	char model[] = "/tmp/tsviz-reload-XXXXXX.h5";
	close(mkstemps(model, 3));
	file_copy("tests/keras/keras1.h5", model);
	start_model(&t, model, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	FILE *f = fopen(model, "wb");
	fputs("no model at all\n", f);
	fclose(f);
	ck_assert_int_eq(write(t.master, "\033[15~", 5), 5);
	wait_for(&t, "HDF5");
	ck_assert_msg(!memmem(t.out, t.n, "read again", 10), "rubbish was read");
	size_t before = t.n;
	keys(&t, "2");
	ck_assert_msg(comes(&t, before, "Layers"), "the old model has gone");
	file_copy("tests/keras/keras1.h5", model);
	ck_assert_int_eq(write(t.master, "\033[15~", 5), 5);
	wait_for(&t, "read again");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	unlink(model);
	free(t.out);
}
END_TEST

/* Values by --y are of the model that was there: one with other outputs is not taken, and what was shown stays. */
START_TEST(a_model_that_does_not_fit_the_true_values_is_not_taken)
{
	struct tty t;
	char model[] = "/tmp/tsviz-reload-XXXXXX.h5", command[200];
	close(mkstemps(model, 3));
	file_copy("tests/keras/keras1.h5", model);
	snprintf(command, sizeof command, "exec \"$TSVIZ\" %s \"$DATA\" --y 0.25", model);
	start_by(&t, "xterm-256color", 80, 24, command);
	wait_for(&t, "Network");
	file_copy("tests/keras/chain.h5", model); /* two outputs instead of one */
	ck_assert_int_eq(write(t.master, "\033[15~", 5), 5);
	wait_for(&t, "--y 0.25");
	ck_assert_msg(!memmem(t.out, t.n, "read again", 10), "the model was read");
	file_copy("tests/keras/keras1.h5", model);
	ck_assert_int_eq(write(t.master, "\033[15~", 5), 5);
	wait_for(&t, "read again");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	unlink(model);
	free(t.out);
}
END_TEST

/* What a reader wants said is said in the browser's own line, not written over its screen. */
START_TEST(a_warning_of_a_model_read_again_is_a_message)
{
	struct tty t;
	start_by(&t, "xterm-256color", 80, 24, "exec \"$TSVIZ\" tests/keras/pieces.h5");
	wait_for(&t, "Network");
	ck_assert_msg(has(&t, 0, "tsviz: warning: pieces.h5: the network cuts a window"),
	              "no warning before the screen");
	size_t before = t.n;
	ck_assert_int_eq(write(t.master, "\033[15~", 5), 5);
	wait_for(&t, "read again");
	ck_assert_msg(!has(&t, before, "tsviz: "), "over the screen: %.300s", t.out + before);
	ck_assert_msg(comes(&t, before, "read again; pieces.h5: the network cuts a window"), "not said: %.300s",
	              t.out + before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* The terminal has gone, as when ssh drops: so has the program. */
START_TEST(it_goes_with_its_terminal)
{
	struct tty t;
	int status = 0, k = 0;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	close(t.master);
	while (waitpid(t.pid, &status, WNOHANG) == 0) {
		ck_assert_msg(++k < 1000, "it stays");
		poll(NULL, 0, 10);
	}
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP, "status %x", status);
	close(t.slave);
	unlink(t.data);
	free(t.out);
}
END_TEST

/* How often any of its threads has slept and woken, or was made to wait. */
static long long stirred(pid_t pid)
{
	char command[200];
	long long n = -1;
	snprintf(command, sizeof command,
	         "cat /proc/%d/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'", (int)pid);
	FILE *f = popen(command, "r");
	ck_assert_int_eq(fscanf(f, "%lld", &n), 1);
	pclose(f);
	return n;
}

START_TEST(idle_it_sleeps)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	keys(&t, "2jj");
	settle(&t, 600);
	long long before = stirred(t.pid);
	ck_assert_uint_eq(settle(&t, 1500), 0);
	ck_assert_int_eq(stirred(t.pid), before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* What was typed ahead is taken before anything is painted. */
START_TEST(keys_that_wait_are_taken_at_once)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	keys(&t, "2");
	kill(t.pid, SIGSTOP);
	size_t before = t.n;
	char ahead[101] = "";
	for (int i = 0; i < 100; i++)
		ahead[i] = i % 10 ? ']' : '{';
	keys(&t, ahead);
	ck_assert_uint_eq(t.n, before);
	kill(t.pid, SIGCONT);
	settle(&t, 1000);
	ck_assert_msg(t.n > before && t.n - before < 30000, "%zu bytes for 100 windows", t.n - before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* Stopped by what asks nobody, and the shell sets the terminal for itself meanwhile: when it is continued all is drawn
 * again, and keys are keys. */
START_TEST(stopped_and_continued_from_outside)
{
	struct tty t;
	struct termios raw, line;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	ck_assert_int_eq(tcgetattr(t.slave, &raw), 0);
	kill(t.pid, SIGSTOP);
	ck_assert_int_eq(tcsetattr(t.slave, TCSANOW, &t.before), 0);
	size_t at = t.n;
	kill(t.pid, SIGCONT);
	settle(&t, 400);
	ck_assert_msg(comes(&t, at, "Network") && comes(&t, at, "target"), "not drawn again: %.300s", t.out + at);
	ck_assert_int_eq(tcgetattr(t.slave, &line), 0);
	ck_assert_msg(line.c_lflag == raw.c_lflag && line.c_iflag == raw.c_iflag, "the terminal is the shell's still");
	at = t.n;
	keys(&t, "3");
	settle(&t, 300);
	ck_assert_msg(comes(&t, at, "Grid"), "keys are dead");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

START_TEST(a_storm_of_sizes)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "Network");
	for (int i = 0; i < 1000; i++) {
		size_set(&t, 1 + i * 37 % 300, 1 + i * 11 % 100);
		if (i % 50 == 0)
			settle(&t, 1);
	}
	size_set(&t, 80, 24);
	settle(&t, 500);
	size_t before = t.n;
	keys(&t, "3");
	settle(&t, 500);
	ck_assert_msg(comes(&t, before, "Grid"), "it does not answer: %.300s", t.out + before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

START_TEST(keys_come_from_the_terminal_when_data_comes_from_a_pipe)
{
	struct tty t;
	start_by(&t, "xterm-256color", 80, 24, "cat \"$DATA\" | \"$TSVIZ\" tests/keras/keras1.h5 -");
	wait_for(&t, "Network");
	size_t before = t.n;
	keys(&t, "2");
	settle(&t, 300);
	ck_assert_msg(comes(&t, before, "Layers"), "the key did nothing: %.300s", t.out + before);
	/* F5: there is nothing left to read */
	before = t.n;
	keys(&t, "\033[15~");
	settle(&t, 300);
	ck_assert_msg(comes(&t, before, "cannot be read again"), "it reads again: %.300s", t.out + before);
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

static const struct {
	const char *env;
	bool ascii;
} locales[] = { { "LC_ALL=C LANG=C", true },
	        { "LC_ALL=C.UTF-8", false },
	        { "LC_ALL=xx_YY.UTF-8", true },
	        { "LC_ALL= LC_CTYPE= LANG=", true } };

/* ASCII where the locale says no more, a missing one included; it starts and walks in each. */
START_TEST(every_locale)
{
	struct tty t;
	char command[200];
	snprintf(command, sizeof command, "exec env %s \"$TSVIZ\" tests/keras/keras1.h5 \"$DATA\"", locales[_i].env);
	start_by(&t, "xterm-256color", 80, 24, command);
	wait_for(&t, "Network");
	keys(&t, "2");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	bool ascii = true;
	for (size_t i = 0; i < t.n; i++)
		ascii &= !(t.out[i] & 0x80);
	ck_assert_msg(ascii == locales[_i].ascii, "%s: %s", locales[_i].env, ascii ? "only ASCII" : "not only ASCII");
	free(t.out);
}
END_TEST

START_TEST(no_color)
{
	struct tty t;
	start_by(&t, "xterm-256color", 80, 24, "NO_COLOR=1 exec \"$TSVIZ\" tests/keras/keras1.h5 \"$DATA\"");
	wait_for(&t, "Network");
	keys(&t, "2");
	keys(&t, "4");
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	for (char *p = t.out; (p = strstr(p, "\033[")); p++) {
		size_t n = 2 + strspn(p + 2, "0123456789;");
		bool colour = p[n] == 'm' && (p[2] == '3' || p[2] == '4') && n > 3;
		ck_assert_msg(!colour, "a colour: %.*s", (int)n, p + 1);
	}
	free(t.out);
}
END_TEST

static const struct {
	const char *term;
	bool copies;
} clipboards[] = { { "xterm-256color", true }, { "tmux-256color", true }, { "linux", false }, { "vt100", false } };

/* One OSC 52 with nothing but base64 in it, of the numbers; none where the terminal would show it as text. */
START_TEST(copied_to_the_clipboard)
{
	struct tty t;
	int known;
	if (setupterm(clipboards[_i].term, 1, &known) != OK)
		unit_skip("this system does not know TERM=%s", clipboards[_i].term);
	start(&t, clipboards[_i].term, 80, 24);
	wait_for(&t, "target");
	keys(&t, "2");
	keys(&t, "\r");
	size_t before = t.n;
	keys(&t, "y");
	settle(&t, 300);
	char *osc = memmem(t.out + before, t.n - before, "\033]52;c;", 7);
	ck_assert_msg(!osc == !clipboards[_i].copies, "TERM=%s: %.300s", clipboards[_i].term, t.out + before);
	if (osc) {
		size_t n = strspn(osc + 7, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
		ck_assert(n >= 8);
		n += strspn(osc + 7 + n, "=");
		ck_assert_msg(n % 4 == 0 && osc[7 + n] == 7, "%zu digits, then %.20s", n, osc + 7 + n);
	} else {
		ck_assert_msg(comes(&t, before, "clipboard"), "nothing is said: %.300s", t.out + before);
	}
	keys(&t, "Q");
	ck_assert_int_eq(finish(&t), 0);
	free(t.out);
}
END_TEST

/* Keys while the terminal stands still (^S), then the signal, then it goes on. */
static void keys_held(struct tty *t, const char *s, int sig)
{
	ck_assert_int_eq(tcflow(t->slave, TCOOFF), 0);
	keys(t, s);
	poll(NULL, 0, 200);
	for (int i = 0; i < 3; i++) {
		kill(t->pid, sig);
		poll(NULL, 0, 50);
	}
	ck_assert_int_eq(tcflow(t->slave, TCOON), 0);
	settle(t, 300);
}

static const int interrupting[] = { SIGWINCH, SIGCONT };

/* Neither the clipboard's text nor the end of the marks around pasted text. */
START_TEST(a_signal_loses_nothing_that_is_being_written)
{
	struct tty t;
	start(&t, "xterm-256color", 80, 24);
	wait_for(&t, "target");
	keys(&t, "2");
	keys(&t, "\r");
	settle(&t, 300);
	size_t before = t.n;
	keys_held(&t, "y", interrupting[_i]);
	ck_assert_msg(comes(&t, before, "\033]52;c;") && comes(&t, before, "\007"), "nothing is copied: %.300s",
	              t.out + before);
	keys_held(&t, "Q", interrupting[_i]);
	ck_assert_int_eq(finish(&t), 0);
	ck_assert_msg(wrote_last(&t, "\033[?2004l", "\033[?2004h"), "pasted text stays marked");
	free(t.out);
}
END_TEST

static void suite(TCase *c)
{
	tcase_set_timeout(c, 120);
	tcase_add_test(c, starts_walks_through_the_levels_and_quits);
	tcase_add_loop_test(c, a_signal_restores_the_terminal, 0, sizeof ends / sizeof *ends);
	tcase_add_test(c, a_model_that_has_become_rubbish_is_not_taken);
	tcase_add_test(c, a_model_that_does_not_fit_the_true_values_is_not_taken);
	tcase_add_test(c, a_warning_of_a_model_read_again_is_a_message);
	tcase_add_test(c, interrupt_closes_a_prompt);
	tcase_add_test(c, any_size_at_any_time);
	tcase_add_loop_test(c, opens_at_any_size, 0, sizeof odd_sizes / sizeof *odd_sizes);
	tcase_add_test(c, what_is_no_key_does_not_act);
	tcase_add_test(c, clicks_select_and_open);
	tcase_add_test(c, the_wheel_sends_keys);
	tcase_add_loop_test(c, a_torn_key_is_that_key, 0, sizeof torn / sizeof *torn);
	tcase_add_loop_test(c, every_terminal, 0, sizeof terms / sizeof *terms);
	tcase_add_test(c, built_in_descriptions_are_those_of_the_system);
	tcase_add_loop_test(c, an_unfit_terminal_gets_text, 0, sizeof unfit / sizeof *unfit);
	tcase_add_test(c, a_terminal_that_nobody_knows_is_driven_as_the_usual_one);
	tcase_add_loop_test(c, the_console_of_linux_gets_blocks, 0, sizeof consoles / sizeof *consoles);
	tcase_add_loop_test(c, curses_starts_before_the_model_comes, 0, sizeof waiting_ends / sizeof *waiting_ends);
	tcase_add_test(c, a_model_that_is_refused_leaves_the_terminal_alone);
	tcase_add_test(c, it_goes_with_its_terminal);
	tcase_add_test(c, idle_it_sleeps);
	tcase_add_test(c, keys_that_wait_are_taken_at_once);
	tcase_add_test(c, stopped_and_continued_from_outside);
	tcase_add_test(c, a_storm_of_sizes);
	tcase_add_test(c, keys_come_from_the_terminal_when_data_comes_from_a_pipe);
	tcase_add_loop_test(c, every_locale, 0, sizeof locales / sizeof *locales);
	tcase_add_test(c, no_color);
	tcase_add_loop_test(c, a_signal_loses_nothing_that_is_being_written, 0,
	                    sizeof interrupting / sizeof *interrupting);
	tcase_add_loop_test(c, copied_to_the_clipboard, 0, sizeof clipboards / sizeof *clipboards);
}
UNIT_MAIN_WITH("terminal", suite)
