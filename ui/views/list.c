/* Moving in a list of one column: options, findings, help, what differs. */
#include "ui/views/list.h"

unsigned list_move(int *at, int n, int page, enum move m)
{
	int to = *at;
	page = page > 1 ? page : 1;
	switch (m) {
	case MOVE_UP:
	case MOVE_PREVIOUS:
		to--;
		break;
	case MOVE_DOWN:
	case MOVE_NEXT:
		to++;
		break;
	case MOVE_FIRST:
	case MOVE_HOME:
		to = 0;
		break;
	case MOVE_LAST:
	case MOVE_END:
		to = n - 1;
		break;
	case MOVE_PAGE_UP:
		to -= page;
		break;
	case MOVE_PAGE_DOWN:
		to += page;
		break;
	case MOVE_HALF_UP:
		to -= page / 2;
		break;
	case MOVE_HALF_DOWN:
		to += page / 2;
		break;
	case MOVE_LEFT:
	case MOVE_RIGHT:
		return 0;
	}
	*at = to >= n ? n > 0 ? n - 1 : 0 : to < 0 ? 0 : to;
	return CHANGED_LIST;
}
