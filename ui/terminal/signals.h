/* What signals do to the browser: some ask for something (an end, a stop, another size), which the loop sees here; all
 * others end the program as they always do, once the terminal is as it was. One terminal a process. */
#ifndef UI_SIGNALS_H
#define UI_SIGNALS_H

#include <signal.h>
#include <stddef.h>

extern struct signals {
	volatile sig_atomic_t ended; /* the signal that asks for the end; 0: none */
	volatile sig_atomic_t stopped, continued, resized;
	volatile sig_atomic_t interrupted; /* ^C, which the browser takes as a key */
} signals;

/* What puts the terminal at fd back when the program cannot: its modes as they are now, and these bytes (256 at most,
 * what does not fit is left out). */
void restore_from(int fd);
void restore_add(const char *bytes, size_t n);
void restore_modes(void);

/* From now on signals ask; whatever ends the program, memory that is short among it, restores the terminal. */
void signals_on(void);
void signals_off(void);
/* A descriptor that can be read once a signal has come, so that one is not slept over; -1: none. signals_seen empties
 * it. */
int signals_wake(void);
void signals_seen(void);
/* The whole job stops here, as on ^Z, until it is continued. */
void signals_stop(void);

#endif
