/* The version, which the program prints, the manual bears and files that it writes name as their producer. */
#ifndef SRC_VERSION_H
#define SRC_VERSION_H

#define TSVIZ_VERSION "1.0.0"
#define TSVIZ_DATE "November 30, 2026" /* date of the manual */

#endif
