#pragma once
// Nothing to call: whoever links this target has the heap of libjemalloc.
