/* The state of the browser: what the user looks at (session), the numbers that are there (scene), the screen, and what
 * each view keeps for itself. An action changes it and returns what changed (enum changed); ui_update brings the rest
 * up to date, and a view draws it. */
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/state/browse_options.h"
#include "ui/draw/canvas.h"
#include "ui/draw/glyphs.h"
#include "ui/terminal/keys.h"
#include "ui/draw/layout.h"
#include "ui/state/prompt.h"
#include "ui/state/scene.h"
#include "ui/state/pin.h"
#include "ui/draw/style.h"
#include "ui/state/undo.h"
#include "ui/state/windows.h"

enum move {
	MOVE_LEFT,
	MOVE_RIGHT,
	MOVE_UP,
	MOVE_DOWN,
	MOVE_FIRST,
	MOVE_LAST,
	MOVE_HOME,
	MOVE_END,
	MOVE_PAGE_UP,
	MOVE_PAGE_DOWN,
	MOVE_HALF_UP,
	MOVE_HALF_DOWN,
	MOVE_NEXT,
	MOVE_PREVIOUS,
};

struct ui {
	struct session s;
	struct scene scene;
	const struct view *const *views; /* [VIEW_COUNT] */
	const struct view *view;
	void (*draw)(struct ui *u); /* draws the whole screen on the canvas (ui/browse/browser.c) */
	struct canvas canvas;
	const struct glyphs *g;
	enum glyph_set glyph_set;
	enum theme theme;
	enum colours colours;
	int clusters_drawn; /* how many clusters are on the screen: chooses the palette */
	enum keybar { KEYBAR_OFF, KEYBAR_KEYS, KEYBAR_FUNCTIONS, KEYBARS } keybar;
	struct prompt prompt;
	char message[256];
	char switched[128], before[64]; /* which filter was switched, said with ŷ now and before once that is known */
	bool patient;                   /* headless: wait for every number */
	bool whole;                     /* the view is printed as text: what only its text has is needed, too */
	unsigned pending;               /* changed since the last update */
	bool rested;
	bool quit, suspend, redraw; /* for the terminal's loop */
	int pointer_x, pointer_y;   /* where the mouse was when the key came; -1: the key is none of the mouse */
	bool quit_asked;            /* the last key was to quit, and was told what would be lost */
	const struct browse_options *options;

	struct frame frame;
	struct panel panel;     /* input and output above levels 1 to 4 and the filter view: laid out by panel_update */
	struct rect main;       /* the body without the panel */
	void *data[VIEW_COUNT]; /* what each view keeps for itself: view->size bytes, at first zeros */
	struct windows windows;
	struct pin pin;
	struct undo undo;
	bool undone;  /* the last key was undo or redo: nothing to keep */
	char *copied; /* for the terminal's clipboard; the loop sends and frees it */
};

/* A view: one file ui/views/view_NAME.c, one row of ui/state/views.def. NULL stands for what a view does not have. */
struct view {
	enum view_id id;
	const char *name, *title; /* "layers", "Layers" */
	const char *about;        /* one line for --views, where no action goes to the view; NULL: that action's help */
	int level;                /* 1 to 4: one of the levels that the top of the screen lists; 0: a view on the way */
	size_t size;              /* bytes of private data, in u->data[id] */
	bool needs_data;          /* there has to be something to analyse */
	bool has_filters;         /* it shows filters, one of which is selected: actions on a filter work here */
	unsigned needs;           /* enum scene_need: numbers that it draws */
	unsigned prints;          /* enum scene_need: numbers that its text has beside those */
	unsigned depends;         /* enum changed: when update has to run */
	/* The key bar: actions in the order of their worth, "enter:open larger,smaller:size help". The label is the
	 * action's name where none is given; actions that share a label are joined by a comma. */
	const char *hints;
	void (*open)(struct ui *u);  /* an action goes to this view: its cursor may go to a fresh place */
	void (*release)(void *data); /* frees what the private data owns */
	void (*update)(struct ui *u, unsigned changed); /* computes what draw needs, from numbers that are there */
	void (*draw)(const struct ui *u, struct canvas *c);
	unsigned (*move)(struct ui *u, enum move m);
	unsigned (*enter)(struct ui *u);
	/* Selects what zone z of the canvas stands for (a click, at column x); true: it was selected already. NULL:
	 * zones are (layer, filter or -1). */
	bool (*pick)(struct ui *u, const struct zone *z, int x, unsigned *changed);
	unsigned (*fold)(struct ui *u);
	/* Selects the next (step 1) or previous (-1) place whose text has the word in it, upper or lower case. False:
	 * there is none. Says what changed in *changed. */
	bool (*search)(struct ui *u, const char *word, int step, unsigned *changed);
	void (*dump)(struct ui *u, FILE *f); /* everything that the view is about, as plain text */
};

/* views: the table of all views, by enum view_id. */
int ui_open(struct ui *u, const struct view *const *views, const struct browse_options *o, struct err *e);
void ui_release(struct ui *u);
/* The screen has another size. */
void ui_resize(struct ui *u, int w, int h);
/* Other model and data (F5). Place, marks and switched-off filters are kept where they still exist. */
void ui_reload(struct ui *u, const struct subject *now);
/* Notes what an action changed, for the next ui_update. */
void ui_changed(struct ui *u, unsigned changed);
/* Brings the view up to date with what changed. Numbers that come within a frame's time are waited for; the others
 * fill in later. */
void ui_update(struct ui *u);
/* Takes what the worker has found; true when the screen waits for it. */
bool ui_arrived(struct ui *u);
/* Shows one line at the bottom of the screen until the next key. */
void ui_say(struct ui *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
