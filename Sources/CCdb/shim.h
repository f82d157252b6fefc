#ifndef SIMSCAN_CCDB_SHIM_H
#define SIMSCAN_CCDB_SHIM_H

#include <cdb.h>

#endif
