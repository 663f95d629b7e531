#include "ui/views/views.h"

const struct view *const all_views[VIEW_COUNT] = {
#define VIEW(id, name) [VIEW_##id] = &view_##name,
#include "ui/state/views.def"
#undef VIEW
};
