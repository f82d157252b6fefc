#ifndef SIMSCAN_CGMIME_WITHOUT_GIO_H
#define SIMSCAN_CGMIME_WITHOUT_GIO_H

#include <stddef.h>

/* Stands in for GMime's function of this name: see the source. */
size_t g_mime_stream_gio_get_type(void);

#endif
