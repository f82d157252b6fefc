#ifndef SIMSCAN_CLIBRARIES_ON_DEMAND_H
#define SIMSCAN_CLIBRARIES_ON_DEMAND_H

/* To be called before anything of GLib's; more than once does no harm. */
void glib_start(void);

/* To be called once, before anything of GObject's. */
void gobject_start(void);

/* To be called once, before anything of libarchive's. */
void libarchive_start(void);

#endif
