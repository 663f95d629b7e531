/* What signals do to the browser. Some ask for something: to end, to stop, to take another size. The loop reads these
 * requests here. All other signals end the program as usual, after the terminal has been restored. A process has one
 * terminal. */
#ifndef UI_SIGNALS_H
#define UI_SIGNALS_H

#include <signal.h>
#include <stddef.h>

extern struct signals {
	volatile sig_atomic_t ended; /* the signal that asks for the end; 0: none */
	volatile sig_atomic_t stopped, continued, resized;
	volatile sig_atomic_t interrupted; /* ^C, which the browser takes as a key */
} signals;

/* What a signal handler restores the terminal with. restore_from keeps the modes that the terminal at fd has now.
 * restore_add adds bytes to write, at most 256 in all; what does not fit is left out. restore_modes sets the modes. */
void restore_from(int fd);
void restore_add(const char *bytes, size_t n);
void restore_modes(void);

/* Between signals_on and signals_off signals leave requests, and every end of the program restores the terminal, also
 * that for want of memory. */
void signals_on(void);
void signals_off(void);
/* A descriptor that becomes readable when a signal comes, so that a wait ends; -1: there is none. signals_seen empties
 * it. */
int signals_wake(void);
void signals_seen(void);
/* Stops the whole job, as ^Z does, and returns when it is continued. */
void signals_stop(void);

#endif
