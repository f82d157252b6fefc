#define _GNU_SOURCE
#include "Tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The number of a system call, its arguments and its result are in registers of other names on every machine. */
#ifdef __x86_64__
int tracer_can_inject(void) { return 1; }
static long number_of(const struct user_regs_struct *registers) { return (long)registers->orig_rax; }
static void set_number(struct user_regs_struct *registers, long number)
{
    registers->orig_rax = (unsigned long long)number;
}
static long result_of(const struct user_regs_struct *registers) { return (long)registers->rax; }
static void set_result(struct user_regs_struct *registers, long result)
{
    registers->rax = (unsigned long long)result;
}
static unsigned long long *argument(struct user_regs_struct *registers, int index)
{
    switch (index) {
    case 0: return &registers->rdi;
    case 1: return &registers->rsi;
    case 2: return &registers->rdx;
    case 3: return &registers->r10;
    case 4: return &registers->r8;
    default: return &registers->r9;
    }
}
static int get(pid_t process, struct user_regs_struct *registers)
{
    return (int)ptrace(PTRACE_GETREGS, process, NULL, registers);
}
static int set(pid_t process, struct user_regs_struct *registers)
{
    return (int)ptrace(PTRACE_SETREGS, process, NULL, registers);
}
#else
int tracer_can_inject(void) { return 0; }
static long number_of(const struct user_regs_struct *registers) { return (void)registers, -1; }
static void set_number(struct user_regs_struct *registers, long number) { (void)registers, (void)number; }
static long result_of(const struct user_regs_struct *registers) { return (void)registers, 0; }
static void set_result(struct user_regs_struct *registers, long result) { (void)registers, (void)result; }
static unsigned long long *argument(struct user_regs_struct *registers, int index)
{
    static __thread unsigned long long nothing;
    return (void)registers, (void)index, &nothing;
}
static int get(pid_t process, struct user_regs_struct *registers) { return (void)process, (void)registers, -1; }
static int set(pid_t process, struct user_regs_struct *registers) { return (void)process, (void)registers, -1; }
#endif

enum { most_processes = 16, most_numbers = 512 };

struct process {
    pid_t pid;
    int is_inside;
    /* What is to become of the call under way. */
    int replaced, shortened, doomed;
    struct tracer_call call;
    int counts[most_numbers];
};

struct state {
    struct tracer_run *run;
    struct process processes[most_processes];
    int count;
    int is_struck;
};

static const struct {
    const char *name;
    long number;
    enum tracer_kind kind;
    /* The argument that says how many bytes; -1: none does. */
    int bytes;
} known[] = {
#define CALL(name, kind, bytes) {#name, SYS_##name, kind, bytes}
    CALL(read, tracer_read, 2), CALL(pread64, tracer_read, 2), CALL(readv, tracer_read, -1),
    CALL(getdents64, tracer_read, -1), CALL(write, tracer_write, 2), CALL(pwrite64, tracer_write, 2),
    CALL(writev, tracer_write, -1), CALL(sendfile, tracer_socket, 3), CALL(sendto, tracer_socket, 2),
    CALL(sendmsg, tracer_socket, -1), CALL(recvfrom, tracer_socket, 2), CALL(recvmsg, tracer_socket, -1),
    CALL(connect, tracer_socket, -1), CALL(shutdown, tracer_socket, -1), CALL(poll, tracer_wait, -1),
    CALL(ppoll, tracer_wait, -1), CALL(wait4, tracer_wait, -1), CALL(futex, tracer_never, -1),
    CALL(mmap, tracer_memory, -1), CALL(munmap, tracer_memory, -1), CALL(mprotect, tracer_memory, -1),
    CALL(mremap, tracer_memory, -1), CALL(madvise, tracer_memory, -1), CALL(brk, tracer_memory, -1),
    CALL(openat, tracer_state, -1), CALL(close, tracer_state, -1), CALL(newfstatat, tracer_state, -1),
    CALL(lseek, tracer_state, -1), CALL(dup2, tracer_state, -1), CALL(dup3, tracer_state, -1),
    CALL(pipe2, tracer_state, -1), CALL(fcntl, tracer_state, -1), CALL(ioctl, tracer_state, -1),
    CALL(socket, tracer_state, -1), CALL(getsockopt, tracer_state, -1), CALL(setsockopt, tracer_state, -1),
    CALL(fsync, tracer_state, -1), CALL(linkat, tracer_state, -1), CALL(renameat, tracer_state, -1),
    CALL(unlink, tracer_state, -1), CALL(unlinkat, tracer_state, -1), CALL(mkdir, tracer_state, -1),
    CALL(rmdir, tracer_state, -1), CALL(access, tracer_state, -1), CALL(ftruncate, tracer_state, -1),
    CALL(close_range, tracer_state, -1), CALL(clone, tracer_state, -1), CALL(fork, tracer_state, -1),
    CALL(vfork, tracer_state, -1), CALL(execve, tracer_state, -1), CALL(prlimit64, tracer_state, -1),
    CALL(prctl, tracer_state, -1), CALL(seccomp, tracer_state, -1), CALL(kill, tracer_state, -1),
    CALL(landlock_create_ruleset, tracer_state, -1), CALL(landlock_restrict_self, tracer_state, -1),
    CALL(readlink, tracer_state, -1), CALL(chdir, tracer_state, -1), CALL(fchdir, tracer_state, -1),
    CALL(sigaltstack, tracer_state, -1), CALL(rt_sigaction, tracer_state, -1),
    CALL(rt_sigprocmask, tracer_state, -1), CALL(sysinfo, tracer_state, -1), CALL(statfs, tracer_state, -1),
    CALL(clock_gettime, tracer_state, -1), CALL(setrlimit, tracer_state, -1), CALL(fstat, tracer_state, -1),
    CALL(arch_prctl, tracer_never, -1), CALL(set_tid_address, tracer_never, -1),
    CALL(set_robust_list, tracer_never, -1), CALL(rseq, tracer_never, -1), CALL(getrandom, tracer_state, -1),
    CALL(exit, tracer_never, -1), CALL(exit_group, tracer_never, -1), CALL(rt_sigreturn, tracer_never, -1),
    CALL(getpid, tracer_never, -1), CALL(getppid, tracer_never, -1), CALL(gettid, tracer_never, -1),
    CALL(getuid, tracer_never, -1), CALL(geteuid, tracer_never, -1), CALL(getgid, tracer_never, -1),
    CALL(getegid, tracer_never, -1), CALL(umask, tracer_never, -1),
#undef CALL
};

static int place_of(long number)
{
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++)
        if (known[i].number == number)
            return i;
    return -1;
}

enum tracer_kind tracer_kind_of(long number)
{
    int place = place_of(number);
    return place < 0 ? tracer_state : known[place].kind;
}

const char *tracer_name_of(long number)
{
    static __thread char text[32];
    int place = place_of(number);
    if (place >= 0)
        return known[place].name;
    snprintf(text, sizeof text, "call %ld", number);
    return text;
}

/* VmHWM: the most memory that this process had since its execve(2). */
static void look_at_memory(struct state *state, pid_t pid)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t count = read(fd, text, sizeof text - 1);
    close(fd);
    if (count <= 0)
        return;
    text[count] = 0;
    const char *line = strstr(text, "VmHWM:");
    long kib = line ? strtol(line + 6, NULL, 10) : 0;
    if (kib > state->run->peak_kib)
        state->run->peak_kib = kib;
}

static struct process *process_of(struct state *state, pid_t pid)
{
    for (int i = 0; i < state->count; i++)
        if (state->processes[i].pid == pid)
            return &state->processes[i];
    if (state->count == most_processes)
        return NULL;
    struct process *new = &state->processes[state->count];
    memset(new, 0, sizeof *new);
    new->pid = pid;
    new->call.process = state->count++;
    return new;
}

static int is_struck(struct state *state, const struct tracer_call *call)
{
    const struct tracer_fault *fault = &state->run->fault;
    if (fault->action == tracer_nothing || call->number != fault->number)
        return 0;
    if (state->is_struck)
        return fault->lasting;
    if (call->process != fault->process || call->occurrence != fault->occurrence)
        return 0;
    state->is_struck = 1;
    return 1;
}

/* The program that comes next is not the one that the limits are for. */
static void lift_limits(const struct tracer_run *run, pid_t pid)
{
    struct rlimit ours;
    if (run->limits.address_space && !getrlimit(RLIMIT_AS, &ours))
        prlimit(pid, RLIMIT_AS, &ours, NULL);
    if (run->limits.files && !getrlimit(RLIMIT_NOFILE, &ours))
        prlimit(pid, RLIMIT_NOFILE, &ours, NULL);
}

static void entered(struct state *state, struct process *process)
{
    struct user_regs_struct registers;
    if (get(process->pid, &registers))
        return;
    struct tracer_call *call = &process->call;
    call->number = number_of(&registers);
    if (call->number >= 0 && call->number < most_numbers)
        call->occurrence = ++process->counts[call->number];
    for (int i = 0; i < 6; i++)
        call->arguments[i] = (unsigned long)*argument(&registers, i);
    if (call->number == SYS_execve) {
        look_at_memory(state, process->pid);
        lift_limits(state->run, process->pid);
        state->run->executed = 1;
    }
    process->replaced = process->doomed = 0;
    if (!is_struck(state, call))
        return;
    int place = place_of(call->number);
    switch (state->run->fault.action) {
    case tracer_nothing:
        return;
    case tracer_error:
        /* close(2) closes whatever it says. */
        if (call->number != SYS_close)
            set_number(&registers, -1);
        process->replaced = !set(process->pid, &registers);
        state->run->injected += process->replaced;
        return;
    case tracer_short: {
        unsigned long long *bytes = place < 0 || known[place].bytes < 0 ? NULL : argument(&registers, known[place].bytes);
        /* One byte where there are few: the rest has to come with the next call. */
        if (!bytes || *bytes < 2)
            return;
        *bytes = *bytes > 64 ? *bytes / 3 : 1;
        state->run->injected += !set(process->pid, &registers);
        return;
    }
    case tracer_kill_before:
        state->run->injected += !kill(process->pid, SIGKILL);
        return;
    case tracer_kill_after:
        process->doomed = 1;
        return;
    }
}

static void left(struct state *state, struct process *process)
{
    struct tracer_run *run = state->run;
    struct user_regs_struct registers;
    if (process->doomed) {
        run->injected += !kill(process->pid, SIGKILL);
        return;
    }
    if (get(process->pid, &registers))
        return;
    if (process->replaced) {
        /* The program break is where it was: that is how brk(2) says no. */
        set_result(&registers, process->call.number == SYS_brk ? 0 : -run->fault.error);
        set(process->pid, &registers);
    }
    process->call.result = result_of(&registers);
    if (run->count < run->room)
        run->calls[run->count] = process->call;
    run->count++;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void mounted(const struct tracer_limits *limits)
{
    if (!limits->mount_point)
        return;
    unsigned long flags = limits->mount_read_only ? MS_RDONLY : 0;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)
        || mount("simscan-torture", limits->mount_point, "tmpfs", flags, limits->mount_options))
        _exit(127);
}

static void limit(int resource, unsigned long value)
{
    struct rlimit limit;
    if (!value)
        return;
    if (getrlimit(resource, &limit))
        _exit(127);
    /* The soft one alone, as softlimit(8) does, so that it can be lifted. */
    limit.rlim_cur = value;
    if (setrlimit(resource, &limit))
        _exit(127);
}

/* In the child: between fork and exec, in a program with threads, nothing but system calls. */
static void become(const struct tracer_run *run)
{
    for (int i = 0; i < 8; i++) {
        if (run->descriptors[i] < 0)
            close(i);
        else if (dup2(run->descriptors[i], i) < 0)
            _exit(127);
    }
    syscall(SYS_close_range, 8u, ~0u, 0u);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    mounted(&run->limits);
    limit(RLIMIT_CORE, 1);
    if (run->limits.user) {
        if (setgroups(0, NULL) || setgid(run->limits.user) || setuid(run->limits.user))
            _exit(127);
    }
    limit(RLIMIT_NOFILE, run->limits.files);
    limit(RLIMIT_NPROC, run->limits.processes);
    limit(RLIMIT_AS, run->limits.address_space);
    if (run->traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL))
        _exit(127);
    char *arguments[] = {(char *)run->program, NULL};
    execve(run->program, arguments, run->environment);
    _exit(127);
}

static void kill_all(struct state *state)
{
    for (int i = 0; i < state->count; i++)
        if (state->processes[i].pid > 0)
            kill(state->processes[i].pid, SIGKILL);
}

static void stopped(struct state *state, struct process *process, int status)
{
    int signal_number = WSTOPSIG(status), event = status >> 16;
    long request = PTRACE_SYSCALL, deliver = 0;
    if (signal_number == (SIGTRAP | 0x80)) {
        process->is_inside = !process->is_inside;
        if (process->is_inside)
            entered(state, process);
        else
            left(state, process);
    } else if (event == PTRACE_EVENT_EXEC) {
        /* From here on it is qmail-queue, which is none of ours. */
        state->run->executed = 2;
        if (process->doomed)
            state->run->injected += !kill(process->pid, SIGKILL);
        request = PTRACE_DETACH;
    } else if (event == PTRACE_EVENT_EXIT) {
        if (state->run->executed < 2 || process->call.process)
            look_at_memory(state, process->pid);
    } else if (event == 0 && signal_number != SIGSTOP) {
        deliver = signal_number;
    }
    ptrace((enum __ptrace_request)request, process->pid, NULL, deliver);
}

static void on_timer(int signal_number) { (void)signal_number; }

/* A timer of this thread, whose signal does nothing but end a wait. */
static int start_timer(timer_t *timer)
{
    struct sigaction action = {.sa_handler = on_timer};
    sigaction(SIGRTMIN, &action, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
#ifdef sigev_notify_thread_id
    event.sigev_notify_thread_id = gettid();
#else
    event._sigev_un._tid = gettid();
#endif
    if (timer_create(CLOCK_MONOTONIC, &event, timer))
        return errno;
    struct itimerspec often = {{0, 100000000}, {0, 100000000}};
    return timer_settime(*timer, 0, &often, NULL) ? errno : 0;
}

int tracer_run(struct tracer_run *run)
{
    struct state *state = calloc(1, sizeof *state);
    timer_t timer;
    if (!state)
        return ENOMEM;
    int failure = start_timer(&timer);
    if (failure) {
        free(state);
        return failure;
    }
    state->run = run;
    run->count = 0;
    run->injected = run->executed = run->timed_out = 0;
    run->peak_kib = 0;
    double start = now(), end = start + run->milliseconds / 1000.0;
    pid_t child = fork();
    if (child == 0)
        become(run);
    if (child < 0)
        failure = errno;
    int is_started = !run->traced, living = child > 0;
    if (living)
        process_of(state, child);
    while (living) {
        int status;
        struct rusage usage;
        /* This thread's children and tracees alone: others run filters of their own. */
        pid_t pid = wait4(-1, &status, __WALL | __WNOTHREAD, &usage);
        if (now() > end && !run->timed_out) {
            run->timed_out = 1;
            kill_all(state);
        }
        if (pid < 0) {
            if (errno == EINTR)
                continue;
            failure = errno;
            break;
        }
        struct process *process = process_of(state, pid);
        if (WIFSTOPPED(status)) {
            if (!is_started) {
                is_started = 1;
                long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
                    | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
                ptrace(PTRACE_SETOPTIONS, pid, NULL, options);
                ptrace(PTRACE_SYSCALL, pid, NULL, 0);
            } else if (process) {
                stopped(state, process, status);
            } else {
                ptrace(PTRACE_SYSCALL, pid, NULL, 0);
            }
            continue;
        }
        if (process)
            process->pid = -1;
        if (pid == child) {
            run->status = status;
            run->usage = usage;
        }
        living = 0;
        for (int i = 0; i < state->count; i++)
            living |= state->processes[i].pid > 0;
    }
    run->seconds = now() - start;
    timer_delete(timer);
    free(state);
    return failure;
}

int tracer_enlarge_pipe(int fd) { return fcntl(fd, F_SETPIPE_SZ, 1 << 20) >= 0; }

void tracer_print_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }
