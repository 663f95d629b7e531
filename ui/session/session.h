/* What the user is looking at, and the functions that change it. The session knows nothing of the screen. Every change
 * returns what it changed (enum changed). That value alone decides what is computed and drawn again. The functions
 * trust their caller: the actions check the preconditions. */
#ifndef UI_SESSION_H
#define UI_SESSION_H

#include "core/analysis/analysis.h"
#include "core/analysis/filter_facts.h"
#include "core/edit/edits.h"
#include "ui/session/notes.h"
#include "ui/session/subject.h"
#include "ui/session/viewport.h"

enum view_id {
#define VIEW(id, name) VIEW_##id,
#include "ui/session/views.def"
#undef VIEW
	VIEW_COUNT,
};

enum changed {
	CHANGED_WINDOW = 1 << 0, /* another window: all numbers */
	CHANGED_VALUES = 1 << 1, /* target, measure: numbers of the same window */
	CHANGED_METHOD = 1 << 2, /* method: the saliency maps alone */
	CHANGED_CLUSTERS = 1 << 3,
	CHANGED_ORDER = 1 << 4, /* sort, percentile: which filters are listed, and in which order */
	CHANGED_VIEW = 1 << 5,
	CHANGED_LAYER = 1 << 6,
	CHANGED_FILTER = 1 << 7,
	CHANGED_TIME = 1 << 8,  /* time cursor, highlighting */
	CHANGED_LOOK = 1 << 9,  /* glyphs, theme, size, zoom */
	CHANGED_LIST = 1 << 10, /* cursor or order of windows, findings, help */
	CHANGED_REST = 1 << 11, /* the cursor has rested */
	CHANGED_MESSAGE = 1 << 12,
	CHANGED_ARRIVED = 1 << 13, /* numbers have arrived from the worker */
	CHANGED_MARKS = 1 << 14,
	CHANGED_SWITCHES = 1 << 15, /* filters switched off or on: numbers of the same window; the order stays */
	CHANGED_NUMBERS = CHANGED_WINDOW | CHANGED_VALUES | CHANGED_SWITCHES,
	CHANGED_SPAN = CHANGED_LOOK | CHANGED_TIME, /* the steps that are shown, and so the time cursor */
	CHANGED_QUESTION = CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_CLUSTERS,
	CHANGED_ALL = (1 << 16) - 1,
};

/* Whether the method follows the standing of the methods (core/truth/truth_standing.h): not; if one is kept; one is
 * measured for it. */
enum auto_method { AUTO_OFF, AUTO_IF_KEPT, AUTO_MEASURED };
enum highlight { HIGHLIGHT_OFF, HIGHLIGHT_BACK, HIGHLIGHT_FORWARD, HIGHLIGHTS };
enum sort { SORT_IMPORTANCE, SORT_INDEX, SORT_CLUSTER, SORT_MEAN, SORT_LOOK, SORT_PEAK, SORT_COUNT };
extern const char *const sort_names[SORT_COUNT];

/* The filter table: what its columns are and how it is sorted, by rows of filter_fact_table. */
struct table_settings {
	unsigned columns; /* a bit for each fact whose column is shown */
	int sort;         /* a fact */
	int64_t channel;  /* of a fact that each channel has */
	bool reverse, one_layer;
};

enum { SESSION_BACK = 16 }; /* views that the way back remembers */

struct session {
	const struct model *m;
	const struct dataset *d;     /* NULL: architecture only */
	bool runs;                   /* there is something to analyse */
	const struct truth *truth;   /* true values given by hand; NULL: those of the data */
	const void *origin;          /* of model and data, for struct survey_source */
	const struct beside *beside; /* another model, which this one is compared with, or NULL */
	const struct beside *given;  /* that of the subject, which is in force while there is no smaller network */
	const struct pruned *pruned; /* a smaller network that is compared with, or NULL */
	struct question q;           /* the question that the numbers answer */
	struct edits edits;          /* the edited windows that there are, q.edited among them */
	const struct notes *notes;   /* NULL: none; placed in m and d */
	int *column, n_column;       /* analysed layers: indices into m->layer, in order */

	enum view_id view, back[SESSION_BACK];
	int n_back, leave; /* the first `leave` views were left by the key of a level: q does not return to them */
	int net_at;        /* layer selected on level 1, which may be one that is not analysed */
	int layer;         /* the selected analysed layer, an index into m->layer; -1: there is none */
	int *filter;       /* [n_layer]: the selected filter of each layer */
	bool *chosen;      /* [n_layer]: false: the most important filter will be selected once it is known */
	int64_t *time;     /* [n_layer]: time cursor of the filter view */
	bool has_y;        /* window q.window has true values, which are in y */
	real *y;           /* (outputs), scaled, when has_y */
	int cls;           /* true class of window q.window, or -1 */
	struct filter_set marks;
	struct filter_id marked_last; /* the filter, or one of the group, that was marked last */
	int percentile;               /* 0..100 */
	enum auto_method auto_method;
	bool all_windows;     /* importance, order and clusters are those over all windows, once they are there */
	bool both_bars;       /* level 2 shows two bars: importance in this window, and over all */
	char expression[128]; /* chooses the filters that are shown; "": all */
	enum sort sort;
	bool reverse, cluster_colours, raw_units;
	struct table_settings table;
	enum highlight highlight;
	bool one_filter; /* methods beside each other explain the selected filter, not the target */
	int zoom;
	int channel;           /* the first channel that is shown */
	struct viewport shown; /* the steps of the window that all plots show */
	char search[64];
	struct viewport record; /* the steps of the record that are shown; n 0: all */
	char record_where[128]; /* which of its steps are events, too; "": none */
};

/* Starts a session with the question q, which is copied. If its task is TASK_AUTO, model and data decide task and
 * target. truth: true values given by hand, or NULL. Model, data and truth are not copied and must outlive the session.
 * The caller releases the session. */
void session_init(struct session *s, const struct model *m, const struct dataset *d, const struct question *q,
                  const struct truth *truth);
void session_release(struct session *s);
/* Takes over a new model, data and true values. Place, marks and switched-off filters are kept where they still exist.
 * The old model must not be freed before this call. */
unsigned session_reload(struct session *s, const struct subject *now);

/* Each of the following makes one change and returns enum changed; 0: nothing changed. */
unsigned session_window(struct session *s, int64_t i); /* as in the file; i is clamped to the data set */
/* Goes to an edited window, which becomes the edited version of its window in s->edits. NULL: the present window as it
 * is in the file, and its edited version is no more. */
unsigned session_edit(struct session *s, const struct edited *edited);
/* Takes over a list of notes, which it drops later, in place of the one before. */
unsigned session_notes(struct session *s, const struct notes *list);
/* Sets the true values of the window of the question, after that was set otherwise. */
void session_truth(struct session *s);
/* Writes the window of the question to tc (T,C). */
void session_input(const struct session *s, real *tc);
/* Returns whether the prediction is that of something changed: of an edited window, or with filters off. */
static inline bool session_changed(const struct session *s)
{
	return s->q.off.n || s->q.edited;
}
/* Goes to a view. within: as one that is opened from the view that is left, so that session_leave returns to that. */
unsigned session_view(struct session *s, enum view_id v, bool within);
/* Goes back to the view that was shown before, or to the network view if there is none, and sets *changed. Returns
 * false if that is the current view. */
bool session_back(struct session *s, unsigned *changed);
/* Leaves a view: back to that from which it was opened, else to the network view. Returns false if that is the current
 * view. */
bool session_leave(struct session *s, unsigned *changed);
bool session_leaves(const struct session *s);          /* whether session_leave would go anywhere */
unsigned session_layer(struct session *s, int layer);  /* an analysed layer, as index into m->layer */
unsigned session_filter(struct session *s, int64_t f); /* f is clamped to the layer */
unsigned session_time(struct session *s, int64_t t);   /* t is clamped to the layer; the viewport follows */
unsigned session_percentile(struct session *s, int p); /* p is clamped to 0..100 */
unsigned session_sort(struct session *s, enum sort k, bool reverse);
/* Shows what is of all windows, or of this one. */
unsigned session_all_windows(struct session *s, bool all);
unsigned session_measure(struct session *s, int i);
unsigned session_method(struct session *s, int i); /* auto_method is not changed */
unsigned session_target(struct session *s, struct target t);
/* Returns the target that follows the current one. With a time axis the cycle is: the sum, the predicted classes
 * (segmentation only), the error if there is a true value, and each channel over all steps. Otherwise it is: the sum,
 * the predicted class (classification only), each output (if there are several), the loss (if the window has a true
 * value). */
struct target session_next_target(const struct session *s);
unsigned session_clusters(struct session *s, enum cluster_method method, int k);
/* Shows the columns of these facts in the filter table: names between commas. Returns a negative code, with a sentence
 * in e that says what is wrong, and changes nothing. */
int session_columns(struct session *s, const char *names, struct err *e);
/* The columns' names between commas, as session_columns takes them. */
void session_columns_format(const struct session *s, char *buf, size_t size);
/* Compares with a smaller network, or, if it is NULL, with the subject's other model. */
unsigned session_pruned(struct session *s, const struct pruned *p);
unsigned session_switch(struct session *s); /* switches the selected filter off or on */

/* Returns the shown ones of the layer's steps. */
struct span session_span(const struct session *s, int layer);
/* Returns the place of the selected layer in `column`; 0 if no layer is selected. */
int session_column(const struct session *s);
/* Returns true if the view lists filters (levels 2 to 4, the filter table). */
static inline bool session_lists(const struct session *s)
{
	return s->view == VIEW_LAYERS || s->view == VIEW_GRID || s->view == VIEW_CLUSTERS || s->view == VIEW_TABLE;
}
static inline const struct layer *session_layer_now(const struct session *s)
{
	return &s->m->layer[s->layer];
}

#endif
