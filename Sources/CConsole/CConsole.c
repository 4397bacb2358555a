#include "CConsole.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#include "ConsoleFiles.inc"

static const unsigned char description[] = {
#embed "../HTTPInterface/openapi.json"
};

const int CConsoleFileCount = sizeof files / sizeof files[0];

const CConsoleFile *CConsoleFileAt(int index) {
    return index >= 0 && index < CConsoleFileCount ? &files[index] : NULL;
}

CConsoleFile CConsoleDescription(void) {
    CConsoleFile file = {"openapi.json", description, sizeof description};
    return file;
}
