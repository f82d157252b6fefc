/* Of what type an array's storage is, known from the start for the arrays that every message makes.

   The compiler leaves a variable for each such type. The first array sets it, by taking the type's name apart and asking
   the Swift runtime: 40,000 instructions and ten pages a message. The answer is a constant of the standard library's, and
   here the variables begin with it. A shared standard library does not say where its constants are, so this is for static
   programs; where a compiler names things differently, such a program does not link. */
#ifdef SIMSCAN_STATIC
/* A constant begins this far ahead of where a pointer to it points. */
enum { prefix_bytes = 3 * sizeof(void *) };

#define ARRAYS_OF(element, mangled)                                                                                    \
    extern const char element##_storage[] __asm__("$ss23_ContiguousArrayStorageC" mangled "GMf");                      \
    extern const void *const known_##element##_storage __asm__("$ss23_ContiguousArrayStorageC" mangled "GMD")          \
        __attribute__((visibility("hidden")));                                                                         \
    const void *const known_##element##_storage = element##_storage + prefix_bytes;

ARRAYS_OF(byte, "ys5UInt8V")
ARRAYS_OF(number, "ySi")
ARRAYS_OF(string, "ySS")
ARRAYS_OF(object, "yyXl")
#endif
