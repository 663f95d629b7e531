#include "ui/views/views.h"

const struct view *const all_views[VIEW_COUNT] = {
#define VIEW(id, name) [VIEW_##id] = &view_##name,
#include "ui/session/views.def"
#undef VIEW
};
