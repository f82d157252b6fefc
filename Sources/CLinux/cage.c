#define _GNU_SOURCE
#include "cage.h"
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sanitizer's runtime maps terabytes, and makes system calls of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

/* MARK: The parent */

static int is_child;

static int has_no_threads(void)
{
#ifdef SANITIZED
    return 0;
#else
    return __libc_single_threaded;
#endif
}

/* A child of a process without threads needs nothing of what fork(3) prepares, and its end no signal: so neither a
   handler nor an ignored SIGCHLD of the caller has to do with it. */
static pid_t make_child(unsigned long flags)
{
    pid_t child = -1;
    errno = ENOSYS;
    if (has_no_threads())
        child = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    else if (flags == 0)
        child = fork();
    if (child == 0)
        is_child = 1;
    return child;
}

pid_t cage_fork(void)
{
    pid_t parent = getpid();
    pid_t child = make_child(0);
    if (child == 0) {
        /* A child whose parent is killed has nobody to answer. */
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != parent)
            _exit(0);
    }
    return child;
}

pid_t cage_fork_narrow(void) { return make_child(CLONE_VFORK); }

static pid_t wait_for(pid_t child, int *status, struct rusage *used)
{
    pid_t waited;
    do
        waited = wait4(child, status, __WALL, used);
    while (waited < 0 && errno == EINTR);
    return waited;
}

int cage_narrow_status(pid_t child)
{
    int status;
    return wait_for(child, &status, NULL) > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct cage_end cage_end_child(pid_t child)
{
    struct cage_end end = {-1, 0, 0};
    int status;
    struct rusage used;
    /* It is not waited for yet, so its number is nobody else's. */
    kill(child, SIGKILL);
    if (wait_for(child, &status, &used) < 0)
        return end;
    if (WIFEXITED(status))
        end.exit_status = WEXITSTATUS(status);
    if (WIFSIGNALED(status))
        end.signal = WTERMSIG(status);
    end.cpu_milliseconds = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * INT64_C(1000)
        + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    return end;
}

/* MARK: The child */

static int is_narrow;

_Noreturn void cage_exit(int status)
{
    /* The narrow cage knows the end of a thread alone, and there are no others. */
    while (is_narrow)
        syscall(SYS_exit, status);
    _exit(status);
}

/* Where it is not, its number is free for another file. */
static int message_is_open;

int cage_take_descriptors(int message_fd, int answer_fd, int output_fd)
{
    /* Opened anew, so that it can only be read, and has an offset of its own. Without /proc the filter of system
       calls alone sees to the former, and nobody here uses the latter. */
    int reading = message_fd >= 0 ? linux_reopen(message_fd) : -1;
    if (reading < 0)
        reading = message_fd;
    message_is_open = reading >= 0;
    int sources[cage_first_free_fd];
    sources[cage_answer_fd] = answer_fd;
    sources[cage_message_fd] = reading;
    sources[cage_output_fd] = output_fd;
    int last = 0;
    for (int i = 0; i < cage_first_free_fd; i++) {
        if (sources[i] < 0)
            continue;
        last = i;
        /* Out of the way of the numbers that they are to have. */
        if (sources[i] < cage_first_free_fd && (sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, cage_first_free_fd)) < 0)
            return -1;
    }
    for (int i = 0; i <= last; i++) {
        if (sources[i] < 0)
            close(i);
        else if (dup2(sources[i], i) < 0)
            return -1;
    }
    if (linux_close_range(last + 1, ~0u) != 0) {
        long limit = sysconf(_SC_OPEN_MAX);
        for (int fd = last + 1; fd < limit; fd++)
            close(fd);
    }
    return 0;
}

int linux_memory_is_short(void)
{
    /* More than the largest buffer takes. What could not be had is not known here. */
    enum { much = 32 << 20 };
    void *room = mmap(NULL, much, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return 1;
    munmap(room, much);
    return 0;
}

/* The log line of a crash is the parent's to write. */
static void crashed(int signal_number)
{
    _exit(linux_memory_is_short() ? cage_no_memory_status : cage_crash_status + signal_number);
}

int cage_crashes_are_handled;

void cage_crash(int signal_number)
{
    if (is_child)
        crashed(signal_number);
}

static void handle_crashes(void)
{
    static const int crashes[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = crashed;
    action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
    /* A file that is too long is an error of the write. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &action, NULL);
}

static void limit(int resource, uint64_t most)
{
    /* What the caller allows is never exceeded; his soft limit is the one that counts. */
    struct rlimit now, then = {.rlim_cur = most, .rlim_max = most};
    int was_set = prlimit(0, resource, &then, &now) == 0;
    if (was_set && now.rlim_cur >= most && now.rlim_max >= most)
        return;
    if (!was_set && getrlimit(resource, &now) != 0)
        return;
    then.rlim_cur = now.rlim_cur < most ? now.rlim_cur : most;
    then.rlim_max = now.rlim_max < most ? now.rlim_max : most;
    setrlimit(resource, &then);
}

static void set_limits(const struct cage_limits *limits)
{
#ifndef SANITIZED
    limit(RLIMIT_AS, limits->memory_bytes);
#endif
    /* SIGKILL ends it, which nobody can ignore. */
    limit(RLIMIT_CPU, limits->cpu_seconds);
    limit(RLIMIT_FSIZE, limits->file_bytes);
    limit(RLIMIT_NOFILE, limits->descriptors);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_CORE, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* landlock(7), said here because headers are older than kernels. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* from ABI 4 on */
    uint64_t scoped;             /* from ABI 6 on */
};

/* No right on files (ABI 5 has 16 of them), no TCP (ABI 4), no abstract unix socket and no signal (ABI 6). */
static const struct ruleset every_right = {.handled_access_fs = 0xFFFF, .handled_access_net = 3, .scoped = 3};
enum { every_right_abi = 6 };

/* What an older kernel knows of it; returns its ABI. */
static int rights_of_older_kernel(struct ruleset *rules, size_t *size)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);
    if (abi < 1)
        return 0;
    /* ABI 1 has 13 rights on files, 2 one more (REFER), 3 TRUNCATE, 5 IOCTL_DEV. */
    int rights = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
    rules->handled_access_fs = (UINT64_C(1) << rights) - 1;
    *size = abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, handled_access_net);
    return (int)abi;
}

static int close_landlock(void)
{
    int abi = every_right_abi;
    int fd = (int)syscall(SYS_landlock_create_ruleset, &every_right, sizeof every_right, 0u);
    if (fd < 0 && (errno == E2BIG || errno == EINVAL)) {
        struct ruleset rules = every_right;
        size_t size = sizeof rules;
        abi = rights_of_older_kernel(&rules, &size);
        fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0u);
    }
    if (fd < 0)
        return 0;
    /* No rule is added: nothing of all this is allowed anywhere. */
    long result = syscall(SYS_landlock_restrict_self, fd, 0u);
    close(fd);
    return result == 0 ? abi : 0;
}

#if defined(THIS_ARCH) && !defined(SANITIZED)
#define LINE(code, k) (struct sock_filter) BPF_STMT(code, k)
#define JUMP(code, k, if_so, if_not) (struct sock_filter) BPF_JUMP(code, k, if_so, if_not)
/* The low half of an argument; both architectures are little-endian. */
#define ARGUMENT(n) LINE(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]))
#define ALLOW LINE(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENY LINE(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

enum rule {
    allowed,
    to_file,     /* into no message */
    mapping,     /* memory of its own, and none that can be executed */
    protection,  /* the same */
    making_file, /* where there may be one */
};

struct call {
    unsigned int number;
    enum rule rule;
};

/* What all others get is EPERM. The x32 calls of x86-64 have numbers of their own, which are none of these. */
static struct call calls[] = {
    /* The message, archives that were put into memory, the answer. */
    {SYS_read, allowed},
    {SYS_pread64, allowed},
    {SYS_lseek, allowed},
    {SYS_close, allowed},
    {SYS_write, to_file},
    {SYS_pwrite64, to_file},
    {SYS_memfd_create, making_file},
    /* Memory. */
    {SYS_brk, allowed},
    {SYS_mmap, mapping},
    {SYS_munmap, allowed},
    {SYS_mremap, allowed},
    {SYS_mprotect, protection},
    {SYS_madvise, allowed},
    /* What the runtime asks for by itself, and harms nobody. */
    {SYS_futex, allowed},
    {SYS_getrandom, allowed},
    {SYS_clock_gettime, allowed},
    {SYS_gettimeofday, allowed},
    {SYS_rt_sigprocmask, allowed},
    {SYS_rt_sigreturn, allowed},
    {SYS_exit, allowed},
    {SYS_exit_group, allowed},
};
enum { call_count = sizeof calls / sizeof *calls };

static struct sock_filter filter[8 * call_count];
static unsigned short filter_length;

static void add(struct sock_filter line) { filter[filter_length++] = line; }

static void add_rule(const struct call *call, int may_make_file)
{
    unsigned short start = filter_length;
    add(JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->number, 0, 0));
    switch (call->rule) {
    case allowed:
        add(ALLOW);
        break;
    case making_file:
        add(may_make_file ? ALLOW : DENY);
        break;
    case to_file:
        if (message_is_open) {
            add(ARGUMENT(0));
            add(JUMP(BPF_JMP | BPF_JEQ | BPF_K, cage_message_fd, 0, 1));
            add(DENY);
        }
        add(ALLOW);
        break;
    case mapping:
        add(ARGUMENT(3));
        add(JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 1, 0));
        add(DENY);
        /* fall through */
    case protection:
        add(ARGUMENT(2));
        add(JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
        add(ALLOW);
        add(DENY);
        break;
    }
    filter[start].jf = filter_length - start - 1;
}

/* Halves the numbers until one or two are left: when it is given a filter, the kernel tries it with each of its
   hundreds of calls. */
static void add_rules(const struct call *first, int count, int may_make_file)
{
    if (count > 2) {
        int half = count / 2;
        unsigned short start = filter_length;
        add(JUMP(BPF_JMP | BPF_JGE | BPF_K, first[half].number, 0, 0));
        add_rules(first, half, may_make_file);
        filter[start].jt = filter_length - start - 1;
        add_rules(first + half, count - half, may_make_file);
        return;
    }
    for (int i = 0; i < count; i++)
        add_rule(&first[i], may_make_file);
    add(DENY);
}

/* In the order of their numbers, which is not the same on all architectures. */
static void sort_calls(void)
{
    for (int i = 1; i < call_count; i++)
        for (int j = i; j > 0 && calls[j].number < calls[j - 1].number; j--) {
            struct call call = calls[j];
            calls[j] = calls[j - 1];
            calls[j - 1] = call;
        }
}

static int close_seccomp(int may_make_file)
{
    sort_calls();
    add(LINE(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    add(JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0));
    add(LINE(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add(LINE(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    add_rules(calls, call_count, may_make_file);
    struct sock_fprog program = {.len = filter_length, .filter = filter};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &program) == 0;
}
#else
static int close_seccomp(int may_make_file)
{
    (void)may_make_file;
    return 0;
}
#endif

struct cage_walls cage_close(const struct cage_limits *limits)
{
    struct cage_walls walls = {0, 0, 0};
    if (!cage_crashes_are_handled)
        handle_crashes();
    set_limits(limits);
    walls.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    walls.landlock = close_landlock();
    walls.seccomp = close_seccomp(limits->file_bytes > 0);
    return walls;
}

int cage_close_narrowly(uint64_t cpu_seconds)
{
#ifdef SANITIZED
    (void)cpu_seconds;
#else
    if (linux_close_range(0, ~0u) == 0) {
        /* The heap does not grow any more; what was given back to it is there to be had. */
        enum { heap_bytes = 65536 };
        free(malloc(heap_bytes));
        limit(RLIMIT_CPU, cpu_seconds);
        is_narrow = prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0) == 0;
    }
#endif
    return is_narrow;
}
