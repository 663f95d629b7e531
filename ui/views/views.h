/* The views, as ui/session/views.def lists them: view_network, view_layers ..., and the table of them by enum
 * view_id. */
#ifndef UI_VIEWS_H
#define UI_VIEWS_H

#include "ui/state/ui.h"
#include "ui/parts/legend.h"

#define VIEW(id, name) extern const struct view view_##name;
#include "ui/session/views.def"
#undef VIEW
extern const struct view *const all_views[VIEW_COUNT];

#endif
