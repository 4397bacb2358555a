// The console's files and the description of the API, embedded when the program is compiled.
#ifndef CCONSOLE_H
#define CCONSOLE_H

#include <stddef.h>

/// One file; path and bytes are constants of the program.
typedef struct {
    const char *path;
    const unsigned char *bytes;
    size_t count;
} CConsoleFile;

/// How many files the console has.
extern const int CConsoleFileCount;

/// A file of the console by its number from 0; NULL beyond the last.
const CConsoleFile *CConsoleFileAt(int index);

/// The description of the API (OpenAPI).
CConsoleFile CConsoleDescription(void);

#endif
