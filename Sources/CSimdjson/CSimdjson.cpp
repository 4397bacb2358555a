#include "CSimdjson.h"
extern "C" { void anju_json_placeholder(void) {} }
