#ifndef SIMSCAN_CARCHIVE_SHIM_H
#define SIMSCAN_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#endif
