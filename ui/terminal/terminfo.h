/* Descriptions of common terminals, for systems that lack them (old servers, empty chroots). The build copies them from
 * the machine that it runs on (Makefile: gen/terminfo.h). */
#ifndef UI_TERMINFO_H
#define UI_TERMINFO_H

/* A description as ncurses takes it in the variable TERMINFO ("b64:..."), or NULL. */
const char *terminfo_builtin(const char *term);

#endif
