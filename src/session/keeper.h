/* Keeps a session while it goes on. The browser hands over its state as text whenever something has changed; a thread
 * writes what differs to the journal and syncs it at once, so nobody waits for a disk. When the browser ends, or the
 * journal becomes long, the state goes into the session file and the journal begins anew.
 *
 * One program keeps a session. It holds a lock on the journal (flock); a second one reads the session, says who has it,
 * and keeps nothing. */
#ifndef SRC_KEEPER_H
#define SRC_KEEPER_H

#include "src/session/session_file.h"

struct keeper;

/* Opens the session of this path and reads it into r, which the caller releases, also after an error: the file is no
 * session, or cannot be read. shared: the user named the file. said (size bytes): what is to be told, such as who has
 * the session; "": nothing. Nothing is written yet, and no file is synced. NULL after an error. */
struct keeper *keeper_open(const char *path, bool shared, struct review *r, char *said, size_t size, struct err *e);
/* Whether this session was there before. */
bool keeper_found(const struct keeper *k);
/* Whether what is handed over is kept; false: somebody else has the session, or it cannot be written. */
bool keeper_keeps(const struct keeper *k);
/* Hands over the state: JSON as review_format makes it, malloc'd; the keeper frees it. Returns at once. */
void keeper_put(struct keeper *k, char *text);
/* Writes why the last state could not be kept, or "", into buf. Returns whether this has changed since the last call.
 */
bool keeper_trouble(struct keeper *k, char *buf, size_t size);
/* Whether the last state that was tried could not be kept; whether one is still to be tried. */
bool keeper_fails(struct keeper *k);
bool keeper_busy(struct keeper *k);
/* Waits until all that was handed over is on the disk, or cannot be brought there: for programs without a loop. */
void keeper_flush(struct keeper *k);
/* Writes what is left, puts the state into the session file, gives the lock back and frees k. An error: the last state
 * could not be kept. */
int keeper_close(struct keeper *k, struct err *e);

#endif
