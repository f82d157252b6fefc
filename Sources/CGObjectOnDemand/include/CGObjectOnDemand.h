#ifndef SIMSCAN_CGOBJECT_ON_DEMAND_H
#define SIMSCAN_CGOBJECT_ON_DEMAND_H

/* To be called once, before anything of GObject's or GMime's. */
void gobject_start(void);

#endif
