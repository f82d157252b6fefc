/* Running programs, and what they cost.

   They are started by vfork(2), which copies nothing, and measured one by one by wait4(2). The driver is small: its
   own resident pages count in ru_maxrss of what it starts (execve(2) keeps the larger value), which is why the
   memory in the tables is that of a traced run. */
#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int opened(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        die(path);
    return fd;
}

static void become(const struct contender *contender, int message, int envelope, int log)
{
    char *arguments[] = {(char *)contender->path, NULL};
    if (dup2(message, 0) < 0 || dup2(envelope, 1) < 0 || dup2(log, 2) < 0)
        _exit(125);
    execve(contender->path, arguments, contender->environment);
    _exit(126);
}

struct running {
    pid_t pid;
    double started_us;
};

static struct running start(const struct contender *contender, const char *message, const char *envelope)
{
    int fds[3] = {opened(message, O_RDONLY), opened(envelope, O_RDONLY), opened("/dev/null", O_WRONLY)};
    struct running running = {.started_us = now_us()};
    running.pid = vfork();
    if (running.pid < 0)
        die("vfork");
    if (running.pid == 0)
        become(contender, fds[0], fds[1], fds[2]);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    return running;
}

static double seconds_us(struct timeval time) { return (double)time.tv_sec * 1e6 + (double)time.tv_usec; }

double run_batch(const struct contender *contender, const char *message, const char *envelope, int concurrency,
                 int count, struct sample *samples)
{
    struct running running[64];
    int alive = 0, started = 0, ended = 0;
    double begun = now_us();
    while (ended < count) {
        while (alive < concurrency && started < count) {
            running[alive++] = start(contender, message, envelope);
            started++;
        }
        int status;
        struct rusage usage;
        pid_t pid = wait4(-1, &status, 0, &usage);
        double now = now_us();
        for (int i = 0; i < alive; i++) {
            if (running[i].pid != pid)
                continue;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                fprintf(stderr, "%s on %s: wait status %#x\n", contender->name, message, (unsigned)status);
                exit(1);
            }
            samples[ended++] = (struct sample){now - running[i].started_us,
                                               seconds_us(usage.ru_utime) + seconds_us(usage.ru_stime),
                                               usage.ru_maxrss};
            running[i] = running[--alive];
            break;
        }
    }
    return now_us() - begun;
}

/* Processes of a traced run. */
struct traced {
    pid_t pid;
    int has_begun, is_queue;
    long resident_kb, anonymous_kb;
};

static struct traced *traced_process(struct traced *all, int *count, pid_t pid)
{
    for (int i = 0; i < *count; i++)
        if (all[i].pid == pid)
            return &all[i];
    if (*count == 32)
        die("too many processes");
    all[*count] = (struct traced){.pid = pid};
    return &all[(*count)++];
}

static void read_memory(struct traced *process)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)process->pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (count <= 0)
        return;
    text[count] = 0;
    const char *resident = strstr(text, "\nRss:"), *anonymous = strstr(text, "\nAnonymous:");
    if (resident && anonymous) {
        process->resident_kb = atol(resident + 5);
        process->anonymous_kb = atol(anonymous + 11);
    }
}

static int runs_program(pid_t pid, const char *program)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0)
        return 0;
    path[count] = 0;
    return strcmp(path, program) == 0;
}

struct inspection inspect(const struct contender *contender, const char *message, const char *envelope,
                          const char *queue)
{
    struct inspection result = {0};
    struct traced all[32];
    int count = 0;
    int fds[3] = {opened(message, O_RDONLY), opened(envelope, O_RDONLY), opened("/dev/null", O_WRONLY)};
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        become(contender, fds[0], fds[1], fds[2]);
    }
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    int status;
    if (waitpid(child, &status, 0) != child)
        die("waitpid");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE
                   | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) != 0)
        die("ptrace");
    ptrace(PTRACE_SYSCALL, child, NULL, NULL);
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0)
            return result;
        struct traced *process = traced_process(all, &count, pid);
        if (!WIFSTOPPED(status)) {
            *process = all[--count];
            if (pid == child)
                return result;
            continue;
        }
        long passed_on = 0;
        int stop = WSTOPSIG(status);
        if (status >> 16 == PTRACE_EVENT_EXEC) {
            process->has_begun = 1;
            process->is_queue = runs_program(pid, queue);
            process->resident_kb = process->anonymous_kb = 0;
        } else if (stop == (SIGTRAP | 0x80)) {
            struct __ptrace_syscall_info info;
            /* The first exec is the launcher's; a child that was forked counts from its beginning. */
            int counts = (process->has_begun || pid != child) && !process->is_queue;
            if (counts && ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info) > 0
                && info.op == PTRACE_SYSCALL_INFO_ENTRY) {
                result.system_calls++;
                /* A long list of recipients is many small reads, which give nothing back. */
                if (result.system_calls < 4096 || result.system_calls % 64 == 0)
                    read_memory(process);
                long resident = 0, anonymous = 0;
                for (int i = 0; i < count; i++) {
                    resident += all[i].resident_kb;
                    anonymous += all[i].anonymous_kb;
                }
                if (resident > result.resident_kb)
                    result.resident_kb = resident;
                if (anonymous > result.anonymous_kb)
                    result.anonymous_kb = anonymous;
            }
        } else if (status >> 16 == 0 && stop != SIGSTOP && stop != SIGTRAP) {
            passed_on = stop;
        }
        ptrace(PTRACE_SYSCALL, pid, NULL, (void *)passed_on);
    }
}

int run_tool(char *const arguments[])
{
    pid_t child = fork();
    if (child == 0) {
        dup2(2, 1);
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

int start_server(char *const arguments[])
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        die("pipe");
    /* Twice, so that wait4 never sees it end. */
    pid_t child = fork();
    if (child == 0) {
        if (fork() != 0)
            _exit(0);
        dup2(in[0], 0);
        dup2(out[1], 1);
        execv(arguments[0], arguments);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    close(in[0]);
    close(out[1]);
    char byte;
    if (read(out[0], &byte, 1) != 1)
        die(arguments[0]);
    close(out[0]);
    return in[1];
}
