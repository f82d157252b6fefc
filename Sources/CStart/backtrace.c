/* In place of the Swift runtime's functions of these names, whose constructor asks whether descriptor 1 is a terminal,
   and reads the environment, at every start: no backtracer can be started, whatever else is said. Off is 0. */
long _swift_backtraceSettings[64];
char *_swift_backtrace_demangle(const char *name, unsigned long length, char *room, unsigned long *room_length);
_Bool _swift_backtrace_isThunkFunction(const char *name);
void _swift_displayCrashMessage(int signal_number, const void *address);
_Bool _swift_spawnBacktracer(void *crash_info, int memory_fd);

char *_swift_backtrace_demangle(const char *name, unsigned long length, char *room, unsigned long *room_length)
{
    (void)name, (void)length, (void)room, (void)room_length;
    return 0;
}

_Bool _swift_backtrace_isThunkFunction(const char *name)
{
    (void)name;
    return 0;
}

void _swift_displayCrashMessage(int signal_number, const void *address) { (void)signal_number, (void)address; }

_Bool _swift_spawnBacktracer(void *crash_info, int memory_fd)
{
    (void)crash_info, (void)memory_fd;
    return 0;
}
