/* The state of the browser: what the user looks at (session), the numbers that are there (scene), the screen, and the
 * private data of each view. An action changes the state and returns what changed (enum changed). ui_update then brings
 * the rest up to date, and the current view draws it. */
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/session/browse_options.h"
#include "ui/draw/canvas.h"
#include "ui/state/editor.h"
#include "ui/draw/glyphs.h"
#include "ui/terminal/keys.h"
#include "ui/draw/layout.h"
#include "ui/state/prompt.h"
#include "ui/scene/scene.h"
#include "ui/scene/pin.h"
#include "ui/session/place.h"
#include "ui/draw/style.h"
#include "ui/state/undo.h"
#include "ui/session/windows.h"

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

enum span_move { SPAN_IN, SPAN_OUT, SPAN_ALL, SPAN_EARLIER, SPAN_LATER };
enum { TABS = 8 }; /* views that the top of the screen lists: the keys 1 to 8 */

/* What a zone of the canvas stands for in any view, as its a. Views use numbers above these. */
enum { ZONE_PERCENTILE = -1001, ZONE_INPUT = -1000 };

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
	int clusters_drawn; /* how many clusters are on the screen; it chooses the palette */
	enum keybar { KEYBAR_OFF, KEYBAR_KEYS, KEYBAR_FUNCTIONS, KEYBARS } keybar;
	struct prompt prompt;
	char noted[160];                /* what the prompt of a note is about */
	bool hints, hinted[VIEW_COUNT]; /* a line of hints in each view that is seen for the first time */
	char message[256];
	char switched[128], before[64]; /* a filter was switched: what, and ŷ before, for a message */
	bool patient;                   /* headless: ui_update waits for every number */
	bool whole;                     /* the view is printed as text, so view->prints is needed, too */
	unsigned pending;               /* enum changed: what changed since the last update */
	bool rested;
	bool quit, suspend, redraw; /* for the terminal's loop */
	int pointer_x, pointer_y;   /* where the mouse was when the key came; -1: the key is not from the mouse */
	bool quit_asked;            /* the last key was to quit, and the user was told what would be lost */
	const struct browse_options *options;

	struct frame frame;
	struct panel panel;     /* input and output above levels 1 to 4 and the filter view; panel_update lays it out */
	struct rect main;       /* the body without the panel */
	void *data[VIEW_COUNT]; /* private data of each view: view->size bytes, at first zeros */
	struct windows windows;
	int note_at; /* the note under the cursor of their list: 0 is the newest */
	struct pin pin;
	struct pin
	        intact; /* the network with all filters on, at the question in force, while a view compares with it */
	struct undo undo;
	struct editor editor;
	struct last_place last;
	bool undone;  /* the last key was undo or redo, so no step is recorded */
	char *copied; /* for the terminal's clipboard; the loop sends and frees it */
};

struct legend;

/* What a note is written about. */
struct note_subject {
	enum note_about about;
	int layer;       /* an index into the model's layers; -1: none */
	int64_t filter;  /* of a filter, or the first one of a cluster; else -1 */
	int64_t cluster; /* else -1 */
	int64_t window;  /* -1: there are no data */
};

/* A view. Each view has a file ui/views/view_NAME.c and a row in ui/session/views.def. A pointer is NULL if the view
 * does not have that part. */
struct view {
	enum view_id id;
	const char *name, *title; /* "layers", "Layers" */
	const char *about;  /* its line for --views if no action goes to the view; NULL: the help of that action */
	int level;          /* 1 to 4: one of the levels that the top of the screen lists; 0: a view on the way */
	int tab;            /* 5 to 7: not a level, but listed behind them, by the key that goes to the view */
	size_t size;        /* bytes of private data, in u->data[id] */
	bool needs_data;    /* the view works only if there is something to analyse */
	bool compares;      /* the view compares the window with ui_reference, which is then filled */
	bool has_filters;   /* the view shows filters, one of them selected, so actions on a filter work here */
	bool filters_below; /* the next filter stands below this one; else to the right of it */
	unsigned needs;     /* enum scene_need: numbers that it draws */
	/* enum scene_need: what it needs beside these by the user's choices */
	unsigned (*wants)(const struct ui *u);
	unsigned prints;  /* enum scene_need: further numbers that only its text has */
	unsigned depends; /* enum changed: the changes after which update has to run */
	/* The key bar: a list of actions, the most useful first, such as "enter:open larger,smaller:size help". The
	 * text after the colon is the label; without one the label is the action's name. A comma joins actions that
	 * share a label. */
	const char *hints;
	/* What is on the screen, for the help page of this view (ui/parts/legend.h): each mark, colour, strip and short
	 * form that the view draws, then keys whose meaning differs here. The other keys of the page are the hints'. */
	const struct legend *legend;
	void (*open)(struct ui *u);  /* an action goes to this view; the view may put its cursor at a new place */
	void (*release)(void *data); /* frees what the private data owns */
	void (*update)(struct ui *u, unsigned changed); /* computes what draw needs, from numbers that are there */
	void (*draw)(const struct ui *u, struct canvas *c);
	unsigned (*move)(struct ui *u, enum move m);
	unsigned (*enter)(struct ui *u);
	/* Handles a click at column x: selects what zone z of the canvas stands for. Returns true if that was selected
	 * already. Sets *changed. NULL: a zone's a is a layer, and its b a filter or -1. */
	bool (*pick)(struct ui *u, const struct zone *z, int x, unsigned *changed);
	/* What is selected, where that is neither the filter of a view that has filters nor else the window: the
	 * view changes *q. */
	void (*subject)(const struct ui *u, struct note_subject *q);
	/* Marks what is selected, or removes its marks, where that is more than a filter. Returns false if it is one.
	 */
	bool (*mark)(struct ui *u);
	unsigned (*fold)(struct ui *u);     /* folds or unfolds what is selected */
	unsigned (*fold_all)(struct ui *u); /* folds all, or unfolds all if all are folded */
	/* Changes between the two things that the view can show. */
	unsigned (*toggle)(struct ui *u);
	/* Sorts by what the name says, or, if it is NULL, by the next key; NULL: the view is sorted as levels are. */
	unsigned (*sort)(struct ui *u, const char *name);
	unsigned (*reverse)(struct ui *u);
	void (*sort_name)(const struct ui *u, char *buf,
	                  size_t size); /* what it is sorted by, for the line of settings */
	/* Selects the next (step 1) or previous (step -1) place whose text contains the word; case does not matter.
	 * Returns false if there is none. Sets *changed. */
	bool (*search)(struct ui *u, const char *word, int step, unsigned *changed);
	/* What - and = move by a step: -1 or 1. NULL: the percentile. */
	unsigned (*step)(struct ui *u, int by);
	/* Goes to the next (1) or the previous (-1) event. NULL: the view has no events. */
	unsigned (*event)(struct ui *u, int step);
	/* Takes over an expression, typed after &. NULL: it is one of filters, and the view does not see to it. */
	unsigned (*where)(struct ui *u, const char *text);
	/* Shows other steps. NULL: those of the window, in all views alike. */
	unsigned (*span)(struct ui *u, enum span_move m);
	/* The numbers that `export` writes of this view, and their name in `name`. Returns false if there are none.
	 * NULL: those of the filter, the layer or the window. */
	bool (*numbers)(const struct ui *u, struct export_numbers *n, char *name, size_t size);
	void (*dump)(struct ui *u, FILE *f); /* writes everything that the view shows as plain text */
};

/* Starts the browser's state on a canvas of 80x24. views: the table of all views, indexed by enum view_id. views and o
 * must outlive u. Returns 0; on failure a negative code, with a message in e and nothing to release. Otherwise the
 * caller calls ui_release. */
int ui_open(struct ui *u, const struct view *const *views, const struct browse_options *o, struct err *e);
/* The state was changed as by keep_ops.resume, which undo takes back; said is told (""). */
void ui_resumed(struct ui *u, const char *said);
void ui_release(struct ui *u);
/* Takes over a new size of the screen, w columns by h rows. */
void ui_resize(struct ui *u, int w, int h);
/* Takes over a new model and data (F5). Place, marks and switched-off filters are kept where they still exist. */
void ui_reload(struct ui *u, const struct subject *now);
/* Notes what an action changed, for the next ui_update. */
void ui_changed(struct ui *u, unsigned changed);
/* Shows an edited window, such as one that was computed, beside the window in the file, which becomes the pin: views
 * that compare show what it was and what it is. Both are kept; undo takes them back. Returns what changed, for
 * ui_changed. */
unsigned ui_edited_beside(struct ui *u, const struct edited *e);
/* Brings the view up to date with what changed. It waits one frame for new numbers, and with u->patient for all of
 * them. Numbers that arrive later are shown later. */
void ui_update(struct ui *u);
/* Takes the worker's answers. Returns true if the screen waits for one of them. */
bool ui_arrived(struct ui *u);
/* What the window is compared with: the pin, or, where nothing is pinned, the intact network. Not on: no view has
 * compared yet. */
static inline const struct pin *ui_reference(const struct ui *u)
{
	return u->pin.on ? &u->pin : &u->intact;
}
/* Makes a smaller network what this one is compared with, and says what it is worth. It is the scene's: what has just
 * come, or a point of the curve. */
unsigned ui_take_pruned(struct ui *u, struct pruned *q);
/* Shows one line at the bottom of the screen until the next key. */
void ui_say(struct ui *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
