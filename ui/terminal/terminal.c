#include "ui/terminal/terminal.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <time.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "ui/terminal/escape.h"
#include "ui/terminal/frame.h"
#include "ui/terminal/keys.h"
#include "ui/terminal/signals.h"
#include "ui/terminal/terminfo.h"

struct terminal {
	SCREEN *screen;
	FILE *in; /* /dev/tty when standard input is the data */
	int fd;
	enum colours colours;
	bool direct;   /* colour numbers above 7 mean RGB */
	int pair[256]; /* by palette index, on the terminal's own background; 0: not made yet */
	struct filled {
		short fg, bg;
		int pair;
	} filled[256]; /* [n_filled] on a background of their own */
	int n_filled;
	int n_pair, dry;
	struct canvas shown; /* what curses was given last */
	struct given {
		int pair;
		bool bold, filled; /* filled: with a background of its own */
	} * given;                 /* (h,w) and in which colours */
	enum theme theme;
	int clusters;
	bool off;        /* attributes can be switched off one by one */
	bool fresh, all; /* everything has to be given again; all: in this present */
	struct escape escape;
	int64_t escaped; /* ms: when Escape, or more of what it began, came last; 0: other keys since */
	bool mouse;
	int pointer_x, pointer_y; /* of the last report of the mouse */
	bool pasting;
	size_t mark; /* bytes of the mark at the end that have come one by one */
};

enum { SIZE_MOST = 1000 }; /* rows and columns that are drawn */

/* The rest of a key's sequence is waited for so long before Escape is a key of its own; what was begun, or comes all at
 * once, counts later, too: slow lines tear sequences. */
enum { ESC_MS = 100, TORN_MS = 1000 };

/* Codes that curses gives for the marks around pasted text: above all of its own. */
enum { PASTE_BEGINS = KEY_MAX + 1, PASTE_ENDS };
static const char paste_marks_on[] = "\033[?2004h", paste_marks_off[] = "\033[?2004l";

/* A capability without its padding marks. */
static void keep(const char *name)
{
	const char *s = tigetstr((char *)name);
	if (!s || s == (char *)-1)
		return;
	while (*s) {
		const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
		if (end)
			s = end + 1;
		else
			restore_add(s++, 1);
	}
}

/* Terminals with a screen of their own for programs mark pasted text; others show the request as text. */
static void paste_marks(const char *s)
{
	if (enter_ca_mode) {
		putp(s);
		fflush(stdout);
	}
}

/* What the mouse sends. With reports: presses and releases, never motion, in the form that has no end of columns
 * (xterm's 1000 and 1006). Without reports: arrow keys for the wheel (1007), so that the terminal's own selection
 * stays; the terminal keeps the mode that it had and takes it back at the end. */
static const struct mouse_mode {
	const char *on, *off;
} mouse_modes[] = { { "\033[?1007s\033[?1007h", "\033[?1007r" },
	            { "\033[?1000h\033[?1006h", "\033[?1006l\033[?1000l" } };

/* As for pasted text: a terminal without a screen of its own for programs is not asked for the wheel. */
static void mouse_mode(const struct terminal *t, const char *s)
{
	if (t->mouse || enter_ca_mode) {
		putp(s);
		fflush(stdout);
	}
}

static const struct {
	const char *form;
	int code;
} forms[] = {
	{ "\033[A", KEY_UP },          { "\033OA", KEY_UP },        { "\033[B", KEY_DOWN },  { "\033OB", KEY_DOWN },
	{ "\033[C", KEY_RIGHT },       { "\033OC", KEY_RIGHT },     { "\033[D", KEY_LEFT },  { "\033OD", KEY_LEFT },
	{ "\033[H", KEY_HOME },        { "\033OH", KEY_HOME },      { "\033[1~", KEY_HOME }, { "\033[7~", KEY_HOME },
	{ "\033[F", KEY_END },         { "\033OF", KEY_END },       { "\033[4~", KEY_END },  { "\033[8~", KEY_END },
	{ "\033[5~", KEY_PPAGE },      { "\033[6~", KEY_NPAGE },    { "\033[Z", KEY_BTAB },  { "\033[3~", KEY_DC },
	{ "\033[200~", PASTE_BEGINS }, { "\033[201~", PASTE_ENDS }, { "\033OP", KEY_F(1) },  { "\033[11~", KEY_F(1) },
	{ "\033[15~", KEY_F(5) },      { "\033[21~", KEY_F(10) },
};

static void key_forms(void)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		define_key(forms[i].form, forms[i].code);
}

static void choose_colours(struct terminal *t, int asked)
{
	const char *no = getenv("NO_COLOR");
	t->colours = COLOURS_MONO;
	if (asked == COLOURS_MONO || (asked < 0 && no && *no) || !has_colors())
		return;
	start_color();
	use_default_colors();
	t->direct = COLORS > 256;
	t->colours = COLORS >= 256 ? COLOURS_256 : COLORS >= 16 ? COLOURS_16 : COLOURS_8;
	if (asked >= 0 && asked < (int)t->colours)
		t->colours = (enum colours)asked;
}

/* Systems may know fewer terminals than we do; ncurses takes a description from the environment as well. False: nobody
 * knows it, which newterm would find out, too, but with a leak. */
static bool describe(const char *term)
{
	int code;
	if (setupterm((char *)term, STDOUT_FILENO, &code) == OK) {
		del_curterm(cur_term);
		return true;
	}
	const char *description = term ? terminfo_builtin(term) : NULL;
	if (description)
		setenv("TERMINFO", description, 1);
	return description;
}

/* For terminals that no description is found of: nearly all of them understand what this one does. */
static const char usual[] = "xterm-256color";

/* TERM says nothing, or that nothing is known. */
static bool says_nothing(const char *term)
{
	return !term || !*term || !strcmp(term, "dumb") || !strcmp(term, "unknown");
}

/* What terminal_start leaves for terminal_open. */
static struct {
	char unknown[64]; /* TERM, cleaned, where it is not known and the usual description stands in for it */
	SCREEN *screen;
	FILE *in;
	struct winsize size;
} started;

/* newterm sets handlers of its own: the program still ends as it always does. */
static SCREEN *new_screen(const char *term, FILE *in)
{
	static const int theirs[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	enum { N = sizeof theirs / sizeof *theirs };
	struct sigaction before[N];
	if (!describe(term)) {
		if (says_nothing(term) || !describe(usual))
			return NULL;
		text_clean(started.unknown, sizeof started.unknown, term, strlen(term));
		setenv("TERM", usual, 1);
	}
	for (int i = 0; i < N; i++)
		sigaction(theirs[i], NULL, &before[i]);
	FILE *out = frame_open();
	SCREEN *screen = newterm(NULL, out ? out : stdout, in);
	for (int i = 0; i < N; i++)
		sigaction(theirs[i], &before[i], NULL);
	return screen;
}

/* curses makes its screens as large as LINES and COLUMNS say, and as the window where they say nothing: what is no
 * size, or none that is drawn, is taken out, and a window that is too large is cut. */
static void limit_size(const char *name, int of_window)
{
	const char *s = getenv(name);
	char *end = NULL, most[16];
	long n = s ? strtol(s, &end, 10) : 0;
	if (s && (n < 1 || n > SIZE_MOST || *end)) {
		unsetenv(name);
		n = 0;
	}
	if (!n && of_window > SIZE_MOST) {
		snprintf(most, sizeof most, "%d", SIZE_MOST);
		setenv(name, most, 1);
	}
}

int terminal_start(struct err *e)
{
	const char *term = getenv("TERM");
	FILE *tty = NULL, *in = stdin;
	if (!isatty(STDIN_FILENO))
		in = tty = fopen("/dev/tty", "r");
	if (!in || !isatty(STDOUT_FILENO)) {
		if (tty)
			fclose(tty);
		return err_set(e, ERR_IO, "no terminal for the browser; use --screen, --plain or a verb such as info");
	}
	restore_from(fileno(in));
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &started.size);
	limit_size("LINES", started.size.ws_row);
	limit_size("COLUMNS", started.size.ws_col);
	SCREEN *screen = new_screen(term, in);
	restore_modes();
	if (!screen || !cursor_address) {
		err_set(e, ERR_UNSUPPORTED,
		        "the terminal type '%s' %s: as text; for the browser set TERM (xterm-256color, vt100 ...)",
		        term ? term : "", screen ? "cannot place text on the screen" : "is not known");
		if (screen)
			delscreen(screen);
		frame_close();
		if (tty)
			fclose(tty);
		return e->code;
	}
	started.screen = screen;
	started.in = in;
	return 0;
}

struct terminal *terminal_open(int colours, bool mouse, struct err *e)
{
	struct winsize size = { 0 };
	if (!started.screen && terminal_start(e) < 0)
		return NULL;
	struct terminal *t = xcalloc(1, sizeof *t);
	t->screen = started.screen;
	t->in = started.in;
	t->fd = fileno(t->in);
	started.screen = NULL;
	keep("sgr0");
	keep("rmkx");
	keep("cnorm");
	keep("rmcup");
	if (enter_ca_mode)
		restore_add(paste_marks_off, strlen(paste_marks_off));
	signals_on();
	reset_prog_mode();
	cbreak();
	noecho();
	nonl();
	set_escdelay(ESC_MS);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	intrflush(stdscr, FALSE);
	key_forms();
	paste_marks(paste_marks_on);
	choose_colours(t, colours);
	t->off = exit_underline_mode && !strcmp(exit_underline_mode, "\033[24m") &&
	         (!orig_pair || !strcmp(orig_pair, "\033[39;49m"));
	define_key(NULL, KEY_MOUSE); /* reports are read here, and those of nobody's asking are left out */
	t->mouse = mouse;
	if (mouse || enter_ca_mode)
		restore_add(mouse_modes[mouse].off, strlen(mouse_modes[mouse].off));
	mouse_mode(t, mouse_modes[mouse].on);
	canvas_init(&t->shown, 0, 0);
	t->fresh = true;
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	signals.resized = size.ws_row != started.size.ws_row || size.ws_col != started.size.ws_col;
	return t;
}

void terminal_close(struct terminal *t)
{
	if (!t)
		return;
	paste_marks(paste_marks_off);
	mouse_mode(t, mouse_modes[t->mouse].off);
	endwin();
	signals_off();
	delscreen(t->screen);
	frame_close();
	if (t->in != stdin)
		fclose(t->in);
	canvas_release(&t->shown);
	free(t->given);
	free(t);
}

enum colours terminal_colours(const struct terminal *t)
{
	return t->colours;
}

const char *terminal_unknown(const struct terminal *t)
{
	(void)t;
	return *started.unknown ? started.unknown : NULL;
}

bool terminal_is_console(const struct terminal *t)
{
	(void)t;
	const char *term = getenv("TERM");
	size_t n = sizeof "linux" - 1;
	return term && !strncmp(term, "linux", n) && (!term[n] || term[n] == '-');
}

void terminal_size(const struct terminal *t, int *w, int *h)
{
	(void)t;
	*w = COLS;
	*h = LINES;
}

int terminal_signal(void)
{
	return signals.ended;
}

void terminal_die(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
}

static int of_curses(wint_t k)
{
	static const struct {
		int code, key;
	} map[] = {
		{ KEY_UP, KEYS_UP },         { KEY_DOWN, KEYS_DOWN },           { KEY_LEFT, KEYS_LEFT },
		{ KEY_RIGHT, KEYS_RIGHT },   { KEY_HOME, KEYS_HOME },           { KEY_END, KEYS_END },
		{ KEY_PPAGE, KEYS_PGUP },    { KEY_NPAGE, KEYS_PGDN },          { KEY_BTAB, KEYS_BTAB },
		{ KEY_DC, KEYS_DELETE },     { KEY_BACKSPACE, KEYS_BACKSPACE }, { KEY_ENTER, KEYS_ENTER },
		{ KEY_RESIZE, KEYS_RESIZE },
	};
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (map[i].code == (int)k)
			return map[i].key;
	if ((int)k >= KEY_F(1) && (int)k <= KEY_F(12))
		return KEYS_F1 + ((int)k - KEY_F(1));
	return -1;
}

/* A character of pasted text; -1: one of the mark at its end, which a slow line may tear so that curses does not know
 * it. */
static int pasted(struct terminal *t, int c)
{
	static const char end[] = "\033[201~";
	t->mark = c == end[t->mark] ? t->mark + 1 : c == end[0];
	if (!t->mark)
		return KEYS_PASTED | c;
	if (!end[t->mark]) {
		t->pasting = false;
		t->mark = 0;
	}
	return -1;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A code of curses as a key; -1: none. */
static int key_of_code(struct terminal *t, int code)
{
	if (code == PASTE_BEGINS || code == PASTE_ENDS) {
		t->pasting = code == PASTE_BEGINS;
		return -1;
	}
	return t->pasting ? -1 : of_curses((wint_t)code);
}

/* A report of the mouse: "ESC [ < button ; x ; y M", from 1. -1: another button, a release, or nobody asked for it. */
static int mouse_key(struct terminal *t, const char *form)
{
	static const struct {
		int button, key;
	} map[] = { { 0, KEYS_CLICK }, { 64, KEYS_WHEEL_UP }, { 65, KEYS_WHEEL_DOWN } };
	int button, x, y;
	char end;
	if (!t->mouse || sscanf(form, "\033[<%4d;%4d;%4d%c", &button, &x, &y, &end) != 4 || end != 'M')
		return -1;
	t->pointer_x = x - 1;
	t->pointer_y = y - 1;
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (map[i].button == button)
			return map[i].key;
	return -1;
}

void terminal_pointer(const struct terminal *t, int *x, int *y)
{
	*x = t->pointer_x;
	*y = t->pointer_y;
}

/* The key that came in pieces, if this was its last one. */
static int torn_key(struct terminal *t)
{
	const char *form = escape_ended(&t->escape);
	if (form && form[1] == '[' && form[2] == '<')
		return mouse_key(t, form);
	for (size_t i = 0; form && i < sizeof forms / sizeof *forms; i++)
		if (!strcmp(forms[i].form, form))
			return key_of_code(t, forms[i].code);
	return -1;
}

/* A character that has come already; false: none, or a whole key. */
static bool at_hand(wint_t *k)
{
	int code = get_wch(k);
	if (code == KEY_CODE_YES)
		ungetch((int)*k);
	return code == OK;
}

/* The end of a key whose Escape came alone: "[B" at once, soon after it. No hand types so. */
static bool late_key(struct terminal *t, wint_t k)
{
	wint_t after;
	if ((k != '[' && k != 'O') || !at_hand(&after))
		return false;
	if ((after >= 'A' && after <= 'Z') || (after >= '0' && after <= '9')) {
		escape_begin(&t->escape, (int)k);
		escape_feed(&t->escape, (int)after);
		return true;
	}
	unget_wch((wchar_t)after);
	return false;
}

/* The next key that curses has: 0 none; -1: something that is no key. */
static int next_key(struct terminal *t)
{
	wint_t k, after;
	int code = get_wch(&k);
	if (code == ERR)
		return 0;
	if (code == KEY_CODE_YES)
		return key_of_code(t, (int)k);
	if (t->pasting)
		return pasted(t, (int)k);
	int64_t now = now_ms(), since = now - t->escaped;
	t->escaped = now;
	if (since > TORN_MS)
		t->escape.state = ESCAPE_NONE;
	if (escape_feed(&t->escape, (int)k))
		return torn_key(t);
	if (k == KEYS_ESC && at_hand(&after)) {
		if (escape_begin(&t->escape, (int)after))
			return -1;
		unget_wch((wchar_t)after);
	}
	if (k == KEYS_ESC)
		return KEYS_ESC;
	t->escaped = 0;
	if (since <= TORN_MS && late_key(t, k)) {
		t->escaped = now;
		return torn_key(t);
	}
	return k == 10 ? KEYS_ENTER : (int)k;
}

/* The new size. Also where it is the old one again: what was cut off in between has to be drawn anew. */
static void take_size(struct terminal *t)
{
	struct winsize w;
	signals.resized = 0;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_row && w.ws_col)
		resizeterm(w.ws_row < SIZE_MOST ? w.ws_row : SIZE_MOST, w.ws_col < SIZE_MOST ? w.ws_col : SIZE_MOST);
	terminal_redraw(t);
}

int terminal_key(struct terminal *t)
{
	for (;;) {
		if (signals.resized) {
			take_size(t);
			return KEYS_RESIZE;
		}
		if (signals.interrupted) {
			signals.interrupted = 0;
			return KEYS_INTERRUPT;
		}
		int key = next_key(t);
		if (signals.stopped)
			terminal_suspend(t);
		if (signals.ended)
			return KEYS_EOF;
		if (key >= 0)
			return key;
	}
}

void terminal_wait(struct terminal *t, int ms, int other)
{
	/* poll leaves out descriptors below 0 */
	struct pollfd all[3] = { { t->fd, POLLIN, 0 }, { other, POLLIN, 0 }, { signals_wake(), POLLIN, 0 } }, p;
	if (signals.ended || signals.stopped || signals.resized || signals.interrupted)
		return;
	int n = poll(all, 3, ms);
	if (n > 0 && all[2].revents)
		signals_seen();
	p = all[0];
	n = n > 0 && p.revents;
	/* hung up: no key will ever come again */
	if (n > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) && !(p.revents & POLLIN))
		signals.ended = SIGHUP;
	if (n > 0 && (p.revents & POLLIN)) {
		/* readable but empty: end of file, would wake us for ever */
		if (t->dry++ > 100)
			signals.ended = SIGHUP;
		wint_t k;
		int code = get_wch(&k);
		if (code != ERR) {
			t->dry = 0;
			if (code == KEY_CODE_YES)
				ungetch((int)k);
			else
				unget_wch((wchar_t)k);
		}
	}
	/* stopped by what asks nobody (SIGSTOP): the shell may have set the terminal for itself */
	if (signals.continued) {
		signals.continued = 0;
		reset_prog_mode();
		terminal_redraw(t);
	}
}

void terminal_suspend(struct terminal *t)
{
	paste_marks(paste_marks_off);
	mouse_mode(t, mouse_modes[t->mouse].off);
	endwin();
	signals_stop();
	paste_marks(paste_marks_on);
	mouse_mode(t, mouse_modes[t->mouse].on);
	terminal_redraw(t);
}

void terminal_redraw(struct terminal *t)
{
	t->fresh = true;
	clearok(curscr, TRUE);
}

bool terminal_stale(const struct terminal *t)
{
	return t->fresh;
}

/* Without a screen of its own for programs it is no terminal emulator; the console shows what it does not know. */
static bool has_clipboard(void)
{
	const char *term = getenv("TERM");
	return enter_ca_mode && term && strncmp(term, "linux", 5) && strncmp(term, "vt", 2);
}

bool terminal_copy(struct terminal *t, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(text);
	(void)t;
	if (!has_clipboard())
		return false;
	/* what terminals take at most: 100000 bytes with their digits */
	n = n < 74000 ? n : 74000;
	fflush(stdout);
	fputs("\033]52;c;", stdout);
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)(unsigned char)text[i] << 16;
		v |= i + 1 < n ? (unsigned)(unsigned char)text[i + 1] << 8 : 0;
		v |= i + 2 < n ? (unsigned char)text[i + 2] : 0;
		putc(digits[v >> 18], stdout);
		putc(digits[v >> 12 & 63], stdout);
		putc(i + 1 < n ? digits[v >> 6 & 63] : '=', stdout);
		putc(i + 2 < n ? digits[v & 63] : '=', stdout);
	}
	fputs("\007", stdout);
	fflush(stdout);
	return true;
}

static int pair_of(struct terminal *t, int fg)
{
	if (fg < 0 || fg > 255 || t->colours == COLOURS_MONO)
		return 0;
	if (!t->pair[fg]) {
		t->pair[fg] = ++t->n_pair;
		init_extended_pair(t->n_pair, t->direct && fg > 7 ? (int)style_rgb(fg) : fg, -1);
	}
	return t->pair[fg];
}

/* The pair of a cell with a background of its own. More of them than curses or the table hold have none. */
static int filled_pair(struct terminal *t, int fg, int bg)
{
	enum { MOST = sizeof t->filled / sizeof *t->filled };
	for (int i = 0; i < t->n_filled; i++)
		if (t->filled[i].fg == fg && t->filled[i].bg == bg)
			return t->filled[i].pair;
	if (t->n_filled == MOST || t->n_pair + 1 >= COLOR_PAIRS)
		return pair_of(t, fg);
	int rgb[2] = { fg, bg };
	for (int i = 0; i < 2; i++)
		if (t->direct && rgb[i] > 7)
			rgb[i] = (int)style_rgb(rgb[i]);
	init_extended_pair(++t->n_pair, rgb[0], rgb[1]);
	t->filled[t->n_filled++] = (struct filled){ (short)fg, (short)bg, t->n_pair };
	return t->n_pair;
}

/* How many blanks are cheaper to write than to leave out. */
enum { GAP = 5 };

static bool changed(const struct terminal *t, const struct canvas *c, int x, int y)
{
	const struct cell *old = &t->shown.cell[y * c->w + x], *now = &c->cell[y * c->w + x];
	return t->all || old->cp != now->cp || old->style != now->style;
}

/* Blanks up to the next cell in which something is seen, at most GAP + 1. */
static int gap(const struct canvas *c, int x, int y)
{
	const struct cell *q = &c->cell[y * c->w + x];
	int n = 0;
	while (n <= GAP && x + n < c->w && (q[n].cp == ' ' || q[n].cp == 0x2800) &&
	       !(q[n].style & (STYLE_REVERSE | STYLE_UNDERLINE)))
		n++;
	return x + n < c->w ? n : GAP + 1;
}

/* Does nothing of the colour show in this cell, and is it better written in its neighbour's? Dots without a dot, and
 * gaps between what is coloured; not long blanks, which curses skips or clears. */
static bool takes_neighbours(struct terminal *t, const struct canvas *c, int x, int y, struct look l)
{
	const struct cell *q = &c->cell[y * c->w + x];
	if (l.reverse || l.underline || x == 0 || (q->cp == ' ' && l.fg >= 0) || t->given[y * c->w + x - 1].filled)
		return false;
	if (q->cp == 0x2800)
		return true;
	int n = gap(c, x, y);
	return n > 0 && n <= GAP && pair_of(t, style_look(q[n].style, t->colours, t->theme, t->clusters).fg);
}

/* A blank that stays, right of what is written: in a gap curses writes it, too, and then in the colour that is on;
 * elsewhere it must not keep the colour of a gap that has gone. */
static bool rewritten(struct terminal *t, const struct canvas *c, int x, int y)
{
	const struct cell *q = &c->cell[y * c->w + x];
	const struct given *given = &t->given[y * c->w + x];
	int n = gap(c, x, y);
	if (n == 0)
		return false;
	return n <= GAP ? changed(t, c, x + n, y) : q->cp == ' ' && (given->pair || given->bold) && q->style == S_TEXT;
}

static void put(struct terminal *t, const struct canvas *canvas, int x, int y)
{
	struct cell q = canvas->cell[y * canvas->w + x];
	struct look l = style_look(q.style, t->colours, t->theme, t->clusters);
	struct given *given = &t->given[y * canvas->w + x];
	if (takes_neighbours(t, canvas, x, y, l))
		*given = given[-1];
	else
		*given = (struct given){ l.bg < 0 ? pair_of(t, l.fg) : filled_pair(t, l.fg, l.bg),
			                 l.bold && q.cp != 0x2800, l.bg >= 0 };
	attr_t a = A_NORMAL;
	if (given->bold)
		a |= A_BOLD;
	if (l.reverse)
		a |= A_REVERSE;
	if (l.underline)
		a |= A_UNDERLINE;
	wchar_t s[2] = { (wchar_t)q.cp, 0 };
	cchar_t c;
	setcchar(&c, s, a, (short)given->pair, &given->pair);
	mvadd_wch(y, x, &c);
}

void terminal_present(struct terminal *t, const struct canvas *c, enum theme theme, int clusters)
{
	t->all = t->fresh || t->shown.w != c->w || t->shown.h != c->h || t->theme != theme ||
	         (clusters > 8) != (t->clusters > 8);
	if (t->shown.w != c->w || t->shown.h != c->h) {
		canvas_resize(&t->shown, c->w, c->h);
		t->given = xrealloc(t->given, (size_t)c->w * (size_t)c->h + 1, sizeof *t->given);
	}
	/* After endwin curses sets the modes again, for which it needs the terminal. When all is sent again nothing is
	 * known of the look that the terminal has. */
	bool as_is = t->all || isendwin();
	t->theme = theme;
	t->clusters = clusters;
	t->fresh = false;
	for (int y = 0; y < c->h; y++) {
		bool before = false; /* was the cell to the left written? */
		for (int x = 0; x < c->w; x++) {
			before = changed(t, c, x, y) || (before && rewritten(t, c, x, y));
			if (!before)
				continue;
			t->shown.cell[y * c->w + x] = c->cell[y * c->w + x];
			if (c->cell[y * c->w + x].cp)
				put(t, c, x, y);
			else
				t->given[y * c->w + x] = t->given[y * c->w + x - 1];
		}
	}
	if (!as_is)
		frame_begin();
	if (c->cursor_x >= 0) {
		curs_set(1);
		move(c->cursor_y, c->cursor_x);
	} else {
		curs_set(0);
	}
	refresh();
	frame_end(t->off);
}

const char *terminal_curses_version(void)
{
	return curses_version();
}
