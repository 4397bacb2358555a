/* alloccount - counts the heap allocations of each thread, preloaded into the process under test.
 *
 *   cc -O2 -shared -fPIC -o alloccount.so alloccount.c -ldl
 *   LD_PRELOAD=./alloccount.so program
 *
 * The program finds `anju_allocations` with dlsym: allocations of the calling thread so far. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

static __thread uint64_t count;

uint64_t anju_allocations(void) { return count; }

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { count++; return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { count++; return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { count++; return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { count++; return __libc_memalign(alignment, size); }
int posix_memalign(void **place, size_t alignment, size_t size)
{
	count++;
	*place = __libc_memalign(alignment, size);
	return *place ? 0 : 12;
}
