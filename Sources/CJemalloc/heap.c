#include "heap.h"

#include <jemalloc/jemalloc.h>

// Two arenas, so that freeing a snapshot's copy does not hold up the loop; what is free goes back to the system
// after a second.
const char *malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
