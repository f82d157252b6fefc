#ifndef SIMSCAN_CLIBRARIES_ON_DEMAND_H
#define SIMSCAN_CLIBRARIES_ON_DEMAND_H

/* To be called before anything of GObject's; more than once does no harm. What GLib itself starts are quarks, the domains of
   its errors and what its log looks like, and its strings, tables and Unicode need none of these. */
void gobject_start(void);

/* To be called before anything of libarchive's; more than once does no harm. */
void libarchive_start(void);

#endif
