#include "CLibrariesOnDemand.h"

#include <stddef.h>

/* What these libraries do in a constructor costs time in every process, and most mail needs none of them. A release is
   linked with the constructors as functions like any other (scripts/libraries-on-demand); in any other build they have
   run before main, and there are no such names. */
extern void glib_init_ctor(void) __attribute__((weak));
extern void gobject_init_ctor(void) __attribute__((weak));
extern void nettle_fat_init(void) __attribute__((weak));
extern void lzma_crc64_set_func(void) __attribute__((weak));

static void start(void (*constructor)(void))
{
    if (constructor != NULL)
        constructor();
}

void gobject_start(void)
{
    static int has_started;
    if (has_started++)
        return;
    start(glib_init_ctor);
    start(gobject_init_ctor);
}

void libarchive_start(void)
{
    start(nettle_fat_init);
    start(lzma_crc64_set_func);
}
