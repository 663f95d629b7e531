/* The browser as one struct, and the two tables that make it: views and actions. A key becomes a binding, an action, a
 *handler, bits of what changed; the view that depends on them updates, then everything is drawn on the canvas.
 *
 *	ui_key(u, key)      until no keys are waiting
 *	ui_update(u); ui_draw(u);           then the terminal shows u->canvas */
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/state/browse.h"
#include "ui/draw/canvas.h"
#include "ui/draw/glyphs.h"
#include "ui/state/keys.h"
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
	const struct view *view;
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
	const char *name, *title; /* "layers", "2 Layers" */
	bool needs_data;
	unsigned depends; /* enum changed: when update has to run */
	void (*update)(struct ui *u, unsigned changed);
	void (*draw)(const struct ui *u, struct canvas *c);
	unsigned (*move)(struct ui *u, enum move m);
	unsigned (*enter)(struct ui *u);
	void (*dump)(struct ui *u, FILE *f);
};
extern const struct view view_network, view_layers, view_grid, view_clusters, view_filter, view_windows, view_findings,
        view_compare, view_options, view_help;
extern const struct view *const view_table[VIEW_COUNT];
const struct view *view_find(const char *name);

/* Preconditions of actions. */
enum need { NEED_DATA = 1, NEED_LAYER = 2, NEED_FILTER = 4 };
struct action {
	const char *name, *keys, *help;
	/* arg: what a prompt or the command line gave, NULL when it came from a key */
	unsigned (*run)(struct ui *u, const char *arg);
	unsigned needs;
	unsigned affects; /* enum changed: what run may return */
};
extern const struct action actions[];                                 /* name NULL ends */
const struct action *action_of_key(int key);                          /* by the table */
const struct action *action_of_user_key(const struct ui *u, int key); /* by the user's settings, else by the table */
const struct action *action_find(const char *name);
/* Tab in the command line (ui/actions/complete.c): the action's name, then what it can be given. */
prompt_complete complete_command;
/* Check what it needs, then run it. Returns what changed. */
unsigned action_run(struct ui *u, const struct action *a, const char *arg);

int ui_init(struct ui *u, const struct browse_options *o, struct err *e);
void ui_release(struct ui *u);
void ui_resize(struct ui *u, int w, int h);
/* A key: to the prompt when one is open, else to its action. */
void ui_key(struct ui *u, int key);
void ui_reload(struct ui *u, const struct model *m, const struct dataset *d);
void ui_changed(struct ui *u, unsigned changed);
void ui_update(struct ui *u);
void ui_draw(struct ui *u);
/* Take what the worker has found; true when the screen waits for it. */
bool ui_arrived(struct ui *u);
/* What is shown for the user's last key, one line. */
void ui_say(struct ui *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Shared by views: the input and output panel above them (ui/views/view_panel.c). */
void panel_update(struct ui *u, int plot_max, int rows_max);
void panel_draw(const struct ui *u, struct canvas *c);
void output_draw(const struct ui *u, struct canvas *c, struct rect r);
/* Input plots of one channel: label, line, strip. */
const char *channel_name(const struct ui *u, int64_t ch, char *buf, size_t size);
void output_name(const struct ui *u, int k, char *buf, size_t size); /* class or output number */
/* Values as they are shown: scaled, or in raw units when those are asked for. */
double output_units(const struct ui *u, int64_t k, double v);
double channel_units(const struct ui *u, int64_t ch, double v);
/* Short forms of numbers: at most w columns. */
const char *number_format(char *buf, size_t size, double v, int w);
/* The filters' y and ŷ as words: "1.472", "class B 0.93". */
void truth_format(const struct ui *u, char *buf, size_t size);
void predicted_format(const struct ui *u, char *buf, size_t size);
/* One text line: "#13" and its marks. */
void filter_label(const struct ui *u, const struct rows *r, int f, char *buf, size_t size);
unsigned filter_style(const struct ui *u, const struct rows *r, int f);

/* Moves the cursor of a list of n lines, page of them seen at once (ui/views/list.c). Returns what changed. */
unsigned list_move(int *at, int n, int page, enum move m);
/* Level 4 (ui/views/view_grid.c): fold or unfold the selected filter's cluster; false: there is none. */
bool grid_fold(struct ui *u);
void status_draw(const struct ui *u, struct canvas *c);
void findings_make(struct ui *u);

#endif
