#ifndef SIMSCAN_CLIBRARIES_ON_DEMAND_H
#define SIMSCAN_CLIBRARIES_ON_DEMAND_H

/* To be called once, before anything of GObject's. What GLib itself starts are quarks, the domains of its errors and what
   its log looks like, and its strings, tables and Unicode need none of these. */
void gobject_start(void);

/* To be called once, before anything of libarchive's. */
void libarchive_start(void);

#endif
