#include "CStart.h"

/* In place of the Swift runtime's functions of these names, whose constructor looks for the arguments in
   /proc/self/maps at every start. Nobody here asks for CommandLine.arguments: see start_argument(). */
char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count);

char **_swift_stdlib_getUnsafeArgvArgc(int *count)
{
    static char *none[1];
    *count = 0;
    return none;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count)
{
    (void)arguments;
    (void)count;
}
