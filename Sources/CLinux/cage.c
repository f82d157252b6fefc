#define _GNU_SOURCE
#include "cage.h"
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

static pid_t parent;
static struct sigaction callers_sigchld;

pid_t cage_fork(void)
{
    parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        /* A child whose parent is killed has nobody to answer. */
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != parent)
            _exit(0);
    }
    return child;
}

void cage_expect_child(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, &callers_sigchld);
}

int cage_end_child(pid_t child)
{
    int status = -1;
    pid_t waited = -1;
    if (child > 0) {
        /* It is not waited for yet, so its number is nobody else's. */
        kill(child, SIGKILL);
        do
            waited = waitpid(child, &status, 0);
        while (waited < 0 && errno == EINTR);
    }
    sigaction(SIGCHLD, &callers_sigchld, NULL);
    return waited > 0 ? status : -1;
}

int cage_exit_status(int status) { return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

int cage_signal(int status) { return status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

/* MARK: The child */

_Noreturn void cage_exit(int status) { _exit(status); }

int cage_take_descriptors(int message_fd, int answer_fd, int output_fd)
{
    /* Opened anew, so that it can only be read, and has an offset of its own. Without /proc the filter of system
       calls alone sees to the former, and nobody here uses the latter. */
    int reading = linux_reopen(message_fd);
    if (reading < 0)
        reading = message_fd;
    /* Out of the way of the numbers that they are to have. */
    int sources[3] = {reading, answer_fd, output_fd};
    for (int i = 0; i < 3; i++) {
        if (sources[i] < 0)
            continue;
        sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, cage_first_free_fd);
        if (sources[i] < 0)
            return -1;
    }
    for (int i = 0; i < 3; i++) {
        if (sources[i] < 0)
            close(i);
        else if (dup2(sources[i], i) < 0)
            return -1;
    }
    if (linux_close_range(cage_first_free_fd, ~0u) != 0) {
        long limit = sysconf(_SC_OPEN_MAX);
        for (int fd = cage_first_free_fd; fd < limit; fd++)
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
    /* Where the caller ignores it, the end would be a SIGKILL, as from outside. */
    signal(SIGXCPU, SIG_DFL);
}

static void limit(int resource, uint64_t soft, uint64_t hard)
{
    /* What the caller allows is never exceeded; his soft limit is the one that counts. */
    struct rlimit now, then = {.rlim_cur = soft, .rlim_max = hard};
    int was_set = prlimit(0, resource, &then, &now) == 0;
    if (was_set && now.rlim_cur >= soft && now.rlim_max >= hard)
        return;
    if (!was_set && getrlimit(resource, &now) != 0)
        return;
    then.rlim_cur = now.rlim_cur < soft ? now.rlim_cur : soft;
    then.rlim_max = now.rlim_max < hard ? now.rlim_max : hard;
    setrlimit(resource, &then);
}

static void set_limits(const struct cage_limits *limits)
{
#ifndef SANITIZED
    limit(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes);
#endif
    /* SIGXCPU ends it; should that be held up, SIGKILL does a second later. */
    limit(RLIMIT_CPU, limits->cpu_seconds, limits->cpu_seconds + 1);
    limit(RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes);
    limit(RLIMIT_NOFILE, limits->descriptors, limits->descriptors);
    limit(RLIMIT_NPROC, 0, 0);
    limit(RLIMIT_CORE, 0, 0);
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

static int close_landlock(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);
    if (abi < 1)
        return 0;
    /* ABI 1 has 13 rights on files, 2 one more (REFER), 3 TRUNCATE, 5 IOCTL_DEV. */
    int rights = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
    struct ruleset rules = {.handled_access_fs = (UINT64_C(1) << rights) - 1};
    size_t size = offsetof(struct ruleset, handled_access_net);
    if (abi >= 4) {
        rules.handled_access_net = 3; /* BIND_TCP, CONNECT_TCP */
        size = offsetof(struct ruleset, scoped);
    }
    if (abi >= 6) {
        rules.scoped = 3; /* ABSTRACT_UNIX_SOCKET, SIGNAL */
        size = sizeof rules;
    }
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0u);
    if (fd < 0)
        return 0;
    /* No rule is added: nothing of all this is allowed anywhere. */
    long result = syscall(SYS_landlock_restrict_self, fd, 0u);
    close(fd);
    return result == 0 ? (int)abi : 0;
}

#if defined(THIS_ARCH) && !defined(SANITIZED)
#define HAS_FILTER 1

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* The low half of an argument; both architectures are little-endian. */
#define LOAD_ARGUMENT(n) LOAD(args[n])
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define DENY RETURN(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define ALLOW_CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ALLOW
/* The following count lines are for this call. */
#define FOR_CALL(name, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, count)

static struct sock_filter filter[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    /* The x32 calls of x86-64 have numbers of their own, which are none of these. */
    LOAD(nr),

    /* The message, archives that were put into memory, the answer. */
    ALLOW_CALL(read),
    ALLOW_CALL(pread64),
    ALLOW_CALL(lseek),
    ALLOW_CALL(close),
    ALLOW_CALL(memfd_create),
    /* Nothing is written into the message. */
    FOR_CALL(write, 4),
    LOAD_ARGUMENT(0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, cage_message_fd, 1, 0),
    ALLOW,
    DENY,
    FOR_CALL(pwrite64, 4),
    LOAD_ARGUMENT(0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, cage_message_fd, 1, 0),
    ALLOW,
    DENY,

    /* Memory, and none that can be executed. */
    ALLOW_CALL(brk),
    ALLOW_CALL(munmap),
    ALLOW_CALL(mremap),
    ALLOW_CALL(madvise),
    FOR_CALL(mmap, 6),
    LOAD_ARGUMENT(2),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 3, 0),
    LOAD_ARGUMENT(3),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 0, 1),
    ALLOW,
    DENY,
    FOR_CALL(mprotect, 4),
    LOAD_ARGUMENT(2),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
    ALLOW,
    DENY,

    /* What the runtime asks for by itself, and harms nobody. */
    ALLOW_CALL(futex),
    ALLOW_CALL(getrandom),
    ALLOW_CALL(clock_gettime),
    ALLOW_CALL(gettimeofday),
    ALLOW_CALL(rt_sigprocmask),
    ALLOW_CALL(rt_sigreturn),
    ALLOW_CALL(exit),
    ALLOW_CALL(exit_group),
    DENY,
};

static int close_seccomp(void)
{
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &program) == 0;
}
#else
static int close_seccomp(void) { return 0; }
#endif

struct cage_walls cage_close(const struct cage_limits *limits)
{
    struct cage_walls walls = {0, 0, 0};
    handle_crashes();
    set_limits(limits);
    walls.no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    walls.landlock = close_landlock();
    walls.seccomp = close_seccomp();
    return walls;
}
