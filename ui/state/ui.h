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

struct finding {
	char text[256];
	enum view_id view;
	int layer, filter; /* -1: none */
};

struct flow_line {    /* level 3 and 4: a row of cells, or a heading */
	int cluster;  /* heading of this cluster, or -1 */
	int first, n; /* items in the order */
	int col;      /* cells to its left: small clusters share a row */
	bool folded;  /* a heading that stands for its cells */
	int y, h;     /* from the top of all lines */
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
	unsigned pending;               /* changed since the last update */
	bool rested;
	bool quit, suspend, redraw; /* for the terminal's loop */
	bool quit_asked;            /* the last key was to quit, and was told what would be lost */
	const struct browse_options *options;

	/* layout of the views, made by their update */
	struct frame frame;
	struct panel panel;
	struct rect main; /* what the panel leaves */
	struct boxes boxes;
	struct columns columns;
	struct grid grid;
	struct flow_line *flow;
	int n_flow;
	int *flow_order; /* [n_flow_order] filters in the order of the cells, of flow_layer */
	int n_flow_order, flow_layer;
	int first;      /* scroll of level 1 (rows of boxes or layers), level 3 and 4 (rows), help */
	int *row_first; /* [n_layer] scroll of each column */
	int list_at;    /* cursor of findings and help */
	bool *folded;   /* [n_folded] level 4: clusters of layer folded_layer that show their heading only */
	int n_folded, folded_layer;
	struct windows windows;
	struct pin pin;
	struct undo undo;
	bool undone;                   /* the last key was undo or redo: nothing to keep */
	struct difference *difference; /* ui/views/view_compare.c */
	int n_difference;
	char *copied; /* for the terminal's clipboard; the loop sends and frees it */
	struct finding *finding;
	int n_finding;
	bool chain;        /* level 1: no branches */
	int *lane, n_lane; /* level 1: [n_layer] lane of a layer in a branching network */
};

struct view {
	enum view_id id;
	const char *name, *title; /* "layers", "Layers" */
	bool needs_data;
	unsigned depends; /* enum changed: when update has to run */
	void (*update)(struct ui *u, unsigned changed);
	void (*draw)(const struct ui *u, struct canvas *c);
	unsigned (*move)(struct ui *u, enum move m);
	unsigned (*enter)(struct ui *u);
	unsigned (*fold)(struct ui *u); /* folds or unfolds what is selected; NULL: nothing folds here */
	void (*dump)(struct ui *u, FILE *f);
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
