#include "CGObjectOnDemand.h"

#include <stddef.h>

/* GObject registers its types in a constructor, in every process, and most mail needs none of them. A release is
   linked with that constructor as a function like any other (scripts/gobject-on-demand); in any other build it has
   run before main, and there is no such name. */
extern void gobject_init_ctor(void) __attribute__((weak));

void gobject_start(void)
{
    if (gobject_init_ctor != NULL)
        gobject_init_ctor();
}
