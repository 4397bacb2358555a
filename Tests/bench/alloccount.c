/* alloccount - counts the heap allocations of each thread, preloaded into the process under test.
 *
 *   cc -O2 -shared -fPIC -o alloccount.so alloccount.c -ldl
 *   LD_PRELOAD=./alloccount.so program
 *
 * The program finds `anju_allocations` with dlsym: allocations of the calling thread so far. Whatever heap the
 * program brings with it stays the one that allocates and frees. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

static __thread uint64_t count;

uint64_t anju_allocations(void) { return count; }

/* dlsym may allocate before it has found anything: the next heap's own frees must not see that memory, so `free`
 * is ours for these few bytes. */
static char early[4096] __attribute__((aligned(16)));
static size_t early_used;

static void *early_piece(size_t size)
{
	size_t begin = early_used;
	early_used += (size + 15) & ~(size_t)15;
	return early_used <= sizeof early ? early + begin : NULL;
}

static int is_early(void *place) { return (char *)place >= early && (char *)place < early + sizeof early; }

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void *(*next_aligned)(size_t, size_t);
static int (*next_memalign)(void **, size_t, size_t);
static void (*next_free)(void *);

static int is_ready(void)
{
	static int state; /* 0 unknown, 1 being looked up, 2 known */

	if (state == 0) {
		state = 1;
		next_malloc = dlsym(RTLD_NEXT, "malloc");
		next_calloc = dlsym(RTLD_NEXT, "calloc");
		next_realloc = dlsym(RTLD_NEXT, "realloc");
		next_aligned = dlsym(RTLD_NEXT, "aligned_alloc");
		next_memalign = dlsym(RTLD_NEXT, "posix_memalign");
		next_free = dlsym(RTLD_NEXT, "free");
		state = 2;
	}
	return state == 2;
}

void *malloc(size_t size)
{
	count++;
	return is_ready() ? next_malloc(size) : early_piece(size);
}

void *calloc(size_t number, size_t size)
{
	count++;
	return is_ready() ? next_calloc(number, size) : early_piece(number * size);
}

void *realloc(void *old, size_t size)
{
	count++;
	return is_ready() && !is_early(old) ? next_realloc(old, size) : NULL;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	count++;
	return is_ready() ? next_aligned(alignment, size) : NULL;
}

int posix_memalign(void **place, size_t alignment, size_t size)
{
	count++;
	return is_ready() ? next_memalign(place, alignment, size) : 12;
}

void free(void *place)
{
	if (place && !is_early(place) && is_ready()) next_free(place);
}
