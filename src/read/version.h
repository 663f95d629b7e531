/* The version, which the program prints, the manual bears and files that it writes name as their producer. */
#ifndef SRC_VERSION_H
#define SRC_VERSION_H

#define TSVIZ_VERSION "0.1.0"
#define TSVIZ_DATE "November 25, 2026" /* date of the manual */

#endif
