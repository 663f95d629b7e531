/* What the files of the scene share. Nobody else includes this. */
#ifndef UI_SCENE_PARTS_H
#define UI_SCENE_PARTS_H

#include "ui/scene/pin.h"

/* Puts an answer into its place, or frees it. Returns whether the screen may have waited for it. */
bool scene_place_answer(struct scene *c, struct session *s, struct answer *r);
/* The same, for answers of a survey and to the second question. */
bool scene_place_survey(struct scene *c, struct answer *r);
bool scene_place_second(struct scene *c, struct answer *r);
/* Drops the answers to the second question. */
void scene_second_forget(struct scene *c);
/* Chooses what the rows show, after the user or the survey has changed it: the window or all windows. */
void scene_choose_set(struct scene *c, const struct session *s);
/* Sorts the filters of a layer, and lists those that are shown. */
void scene_order(const struct scene *c, struct rows *r, const struct session *s, int layer);

#endif
