#ifndef SIMSCAN_CAGE_H
#define SIMSCAN_CAGE_H

#include <stdint.h>
#include <sys/types.h>

/* A child that may read one file and write its answer, and that can do nothing else. */

/* What the child has, and it alone. */
enum {
    cage_message_fd = 0, /* the message, to read */
    cage_answer_fd = 1,  /* a pipe, to write */
    cage_output_fd = 2,  /* a file, to write; or closed */
    cage_first_free_fd = 3
};

/* The child's exit statuses of its own; a crash is cage_crash_status + the signal. */
enum {
    cage_no_memory_status = 51,
    cage_no_descriptor_status = 52, /* one of its descriptors cannot be used */
    cage_crash_status = 128
};

struct cage_limits {
    uint64_t memory_bytes;   /* address space */
    uint64_t cpu_seconds;    /* processor time */
    uint64_t file_bytes;     /* the longest file that it may write */
    uint32_t descriptors;    /* open at a time */
};

/* What stands around the child. */
struct cage_walls {
    int32_t landlock; /* its ABI; 0: there is none */
    int32_t seccomp;
    int32_t no_new_privs;
};

/* fork(2), which Swift does not offer; the child ends with the parent. */
pid_t cage_fork(void);

/* In the child: gives it its three descriptors and no other. output_fd is -1 where there is none.
   Returns 0, or -1 and errno. */
int cage_take_descriptors(int message_fd, int answer_fd, int output_fd);

/* In the child: closes the cage. From here on no file can be opened, no socket and no process be made, and no
   signal sent. What the kernel does not have is left out. */
struct cage_walls cage_close(const struct cage_limits *limits);

/* In the child: _exit(2). */
_Noreturn void cage_exit(int status);

/* SIGCHLD at its default, so that waitpid(2) can tell how the child ended; then as the caller has it. */
void cage_expect_child(void);

/* Ends the child, waits for it and gives SIGCHLD back. Returns its wait status, -1 where nobody knows it; where
   child is none, nothing is ended. */
int cage_end_child(pid_t child);

/* How the wait status of cage_end_child() is to be read: the exit status, or -1; the signal, or 0. */
int cage_exit_status(int wait_status);
int cage_signal(int wait_status);

#endif
