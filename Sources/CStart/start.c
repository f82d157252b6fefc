#define _GNU_SOURCE
#include "CStart.h"

#include "CLinux.h"

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char **caller_environment;
/* Its first entries, as many as ours has with its end. */
static char *callers_first[3];
static int argument_count;
static char **arguments;

/* No library sees the caller's environment: GLib reads its variables in constructors, before main, and this
   program may be setuid. A filter that crashes starts no backtracer: it runs no program but qmail-queue. */
static char no_backtrace[] = "SWIFT_BACKTRACE=enable=no,swift-backtrace=/nonexistent";
/* Dictionaries need no random numbers where no stranger's bytes are their keys: two system calls. */
static char no_random[] = "SWIFT_DETERMINISTIC_HASHING=1";
static char *library_environment[sizeof callers_first / sizeof *callers_first] = {no_backtrace, no_random, NULL};

/* What the heap grows by, and what it gives back only when so much is free: system calls, not pages. */
enum { heap_step_bytes = 262144, heap_kept_bytes = 16777216 };

/* What programs, interpreters, libraries and the loader read from the environment of whoever calls them: a caller
   with fewer rights than this program has does not tell qmail-queue's either, which may be a script. */
static const char *const foreign_variables[] = {
    "LD_", "GLIBC_", "GCONV_PATH=", "GETCONF_DIR=", "HOSTALIASES=", "LOCALDOMAIN=", "LOCPATH=", "MALLOC_", "NIS_PATH=",
    "NLSPATH=", "RESOLV_", "RES_OPTIONS=", "TMPDIR=", "TZDIR=", "CARES_", "G_", "GIO_", "GLIB_", "GMIME_", "GNUPG",
    "GPG", "SWIFT_", "XDG_", "MIMALLOC_", "ASAN_", "LSAN_", "TSAN_", "UBSAN_", "OPENSSL_", "TERMINFO", "TERMCAP=",
    /* Shells. */
    "BASH_", "BASHOPTS=", "SHELLOPTS=", "ENV=", "IFS=", "CDPATH=", "PS4=", "GLOBIGNORE=", "FPATH=", "ZDOTDIR=",
    "NULLCMD=", "READNULLCMD=",
    /* Others; some look for their libraries in the home directory. */
    "PYTHON", "PERL", "RUBY", "GEM_", "BUNDLE_", "NODE_", "PHPRC=", "PHP_", "LUA_", "TCL", "GUILE_", "AWKPATH=",
    "AWKLIBPATH=", "CLASSPATH=", "JAVA_", "_JAVA_", "JDK_JAVA_", "HOME=",
};

/* Where programs are looked for in the place of the caller's PATH. */
static char own_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static int is_foreign(const char *entry)
{
    for (size_t i = 0; i < sizeof foreign_variables / sizeof *foreign_variables; i++)
        if (strncmp(entry, foreign_variables[i], strlen(foreign_variables[i])) == 0)
            return 1;
    /* A function, as shells hand it on under any name. */
    const char *value = strchr(entry, '=');
    return value && strncmp(value, "=()", 3) == 0;
}

static void drop_foreign_variables(char **environment)
{
    char **kept = environment;
    int has_path = 0;
    for (char **entry = environment; *entry; entry++) {
        if (strncmp(*entry, "PATH=", 5) == 0) {
            if (!has_path)
                *kept++ = own_path;
            has_path = 1;
        } else if (!is_foreign(*entry)) {
            *kept++ = *entry;
        }
    }
    *kept = NULL;
}

static mode_t callers_umask;
static struct rlimit callers_core;

/* What this process makes is for its user and group alone, and what it has in memory is no file for anybody. */
static void be_discreet(void)
{
    callers_umask = umask(027);
    if (getrlimit(RLIMIT_CORE, &callers_core) == 0) {
        struct rlimit none = {.rlim_cur = 0, .rlim_max = callers_core.rlim_max};
        setrlimit(RLIMIT_CORE, &none);
    }
}

static void before_constructors(int count, char **values, char **environment)
{
    argument_count = count;
    arguments = values;
    mallopt(M_TOP_PAD, heap_step_bytes);
    mallopt(M_TRIM_THRESHOLD, heap_kept_bytes);
    if (linux_is_privileged())
        drop_foreign_variables(environment);
    be_discreet();
    /* A shared C library has not begun yet, and will take this list for the environment: for as long as the
       constructors run, ours stands at its beginning. A static one has, and knows it by this pointer. */
    caller_environment = environment;
    for (size_t i = 0; i < sizeof callers_first / sizeof *callers_first && environment[i]; i++) {
        callers_first[i] = environment[i];
        environment[i] = library_environment[i];
    }
    environ = library_environment;
}

__attribute__((section(".preinit_array"), used)) static void (*const at_preinit)(int, char **, char **) =
    before_constructors;

char **start_caller_environment(void)
{
    environ = library_environment;
    for (size_t i = 0; i < sizeof callers_first / sizeof *callers_first && callers_first[i]; i++)
        caller_environment[i] = callers_first[i];
    return caller_environment;
}

int start_argument_count(void) { return argument_count; }

const char *start_argument(int index) { return index < argument_count ? arguments[index] : NULL; }

static const int crashes[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
static int crash_log_fd = -1;
static int crash_exit_status, memory_exit_status;

static void crashed(int signal_number)
{
    cage_crash(signal_number);
    /* snprintf is not on the list of async-signal-safe functions, so the line is put together by hand. */
    char line[128] = "simscan:[";
    size_t length = strlen(line);
    char digits[12];
    unsigned int numbers[2] = {(unsigned int)getppid(), (unsigned int)signal_number};
    /* Neither Swift's runtime nor GLib survives an allocation that fails. */
    int is_memory = linux_memory_is_short();
    const char *const after[2] = {
        is_memory ? "]:ERROR:0.0000s:out of memory, signal " : "]:ERROR:0.0000s:internal fault, signal ", ":-:-:-\n"};
    for (int i = 0; i < 2; i++) {
        size_t count = 0;
        do {
            digits[count++] = (char)('0' + numbers[i] % 10);
            numbers[i] /= 10;
        } while (numbers[i]);
        while (count)
            line[length++] = digits[--count];
        size_t rest = strlen(after[i]);
        memcpy(line + length, after[i], rest);
        length += rest;
    }
    if (crash_log_fd >= 0)
        (void)!write(crash_log_fd, line, length);
    _exit(is_memory ? memory_exit_status : crash_exit_status);
}

static void nothing(int signal_number) { (void)signal_number; }

static struct sigaction caller_crashes[sizeof crashes / sizeof *crashes], caller_sigpipe, caller_sigxfsz;

static void soften(int signal_number, struct sigaction *caller)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = nothing;
    action.sa_flags = SA_RESTART;
    /* One call for most callers, who leave the default. */
    sigaction(signal_number, &action, caller);
    if (caller->sa_handler != SIG_DFL)
        sigaction(signal_number, caller, NULL);
}

void start_log_crashes(int log_fd) { crash_log_fd = log_fd; }

void start_handle_signals(int log_fd, int fault_status, int memory_status)
{
    /* A stack of its own, for the crash that is a full stack. */
    static char room[16384];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    sigaltstack(&stack, NULL);
    start_log_crashes(log_fd);
    crash_exit_status = fault_status;
    memory_exit_status = memory_status;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = crashed;
    action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, &caller_crashes[i]);
    cage_crashes_are_handled = 1;
    soften(SIGPIPE, &caller_sigpipe);
    soften(SIGXFSZ, &caller_sigxfsz);
}

void start_restore_caller(void)
{
    umask(callers_umask);
    setrlimit(RLIMIT_CORE, &callers_core);
    /* What is caught goes back to its default by exec; what the caller ignores must be ignored again. */
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (caller_crashes[i].sa_handler == SIG_IGN)
            sigaction(crashes[i], &caller_crashes[i], NULL);
    /* gpgme, which GMime brings along, ignores SIGPIPE for good; an ignored signal stays ignored over exec. */
    sigaction(SIGPIPE, &caller_sigpipe, NULL);
    sigaction(SIGXFSZ, &caller_sigxfsz, NULL);
}
