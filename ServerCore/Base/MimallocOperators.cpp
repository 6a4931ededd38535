// Compiled into executables, never into the library: whoever links sc_allocator gets mimalloc behind operator new and delete.
#ifdef SERVERCORE_WITH_MIMALLOC
#include <mimalloc-new-delete.h>
#endif
