/* GLib's slices as GLib has them since 2.76: pieces of malloc(3). Before, each size of them took pages of its own, and the
   first of all an allocator with its tables: ten pages for a name that GMime reads. For a static program only: a shared
   GLib would free with its own functions what was allocated with these. */
#ifdef SIMSCAN_STATIC
#include <stddef.h>

/* gmem.h: they end the program where there is no memory. */
void *g_malloc(size_t bytes);
void *g_malloc0(size_t bytes);
void *g_memdup2(const void *memory, size_t bytes);
void g_free(void *memory);

/* gslice.h */
void *g_slice_alloc(size_t bytes);
void *g_slice_alloc0(size_t bytes);
void *g_slice_copy(size_t bytes, const void *slice);
void g_slice_free1(size_t bytes, void *slice);
void g_slice_free_chain_with_offset(size_t bytes, void *chain, size_t next_offset);

void *g_slice_alloc(size_t bytes) { return g_malloc(bytes); }

void *g_slice_alloc0(size_t bytes) { return g_malloc0(bytes); }

void *g_slice_copy(size_t bytes, const void *slice) { return g_memdup2(slice, bytes); }

void g_slice_free1(size_t bytes, void *slice)
{
    (void)bytes;
    g_free(slice);
}

void g_slice_free_chain_with_offset(size_t bytes, void *chain, size_t next_offset)
{
    (void)bytes;
    while (chain != NULL) {
        void *slice = chain;
        chain = *(void **)((char *)slice + next_offset);
        g_free(slice);
    }
}
#endif
