#ifndef SIMSCAN_CGMIME_SHIM_H
#define SIMSCAN_CGMIME_SHIM_H

#include <gmime/gmime.h>

/* GMIME_IS_PART and GMIME_PART are macros with casts, which Swift does not import. NULL where it is no leaf. */
static inline const char *gmime_part_filename(GMimeObject *object)
{
    return GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL;
}

#endif
