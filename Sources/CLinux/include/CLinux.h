#ifndef SIMSCAN_CLINUX_H
#define SIMSCAN_CLINUX_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include "cage.h"
#include <sys/types.h>

/* What Linux has and Swift's Glibc module lacks. Each returns what the system call returns, with errno. */

/* open(2) of a directory, to be the place of files alone (O_PATH), close-on-exec. */
int linux_open_place(const char *directory);

/* openat(2) with O_TMPFILE: a file without a name in an open directory, readable and writable, close-on-exec. */
int linux_open_unnamed(int directory_fd, mode_t mode);

/* linkat(2) of an open file without a name to a new name, relative to an open directory. */
int linux_link_unnamed(int fd, int directory_fd, const char *name);

/* renameat2(2) within an open directory, over no file (RENAME_NOREPLACE). */
int linux_rename_new(int directory_fd, const char *name, const char *new_name);

/* close_range(2): first to last are closed; ENOSYS on a kernel before 5.9. */
int linux_close_range(unsigned int first, unsigned int last);

/* sendfile(2) */
ssize_t linux_sendfile(int out_fd, int in_fd, off_t *offset, size_t count);

/* open(2) of what a descriptor is open on, to read, close-on-exec: a file offset of its own. */
int linux_reopen(int fd);

/* sendmsg(2) of one byte with a descriptor beside it (SCM_RIGHTS). */
ssize_t linux_send_descriptor(int socket_fd, int descriptor);

/* pipe2(2) with O_CLOEXEC. */
int linux_pipe(int ends[2]);

/* Whether the kernel gave this program more rights than its caller has (getauxval(3), AT_SECURE). */
int linux_is_privileged(void);

/* The lowest free descriptor is taken, by something that can be neither read nor written. */
int linux_take_descriptor(void);

/* recvmsg(2): bytes, and in *descriptor the one that came beside them, close-on-exec, or -1. */
ssize_t linux_receive(int socket_fd, void *bytes, size_t count, int *descriptor);

/* posix_spawn_file_actions_addclosefrom_np(3): the child has no descriptor from first on. */
int linux_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/* pidfd_open(2): a descriptor that is readable when the process has ended, close-on-exec. */
int linux_process_descriptor(pid_t process);

/* Whether a process that crashes may have done so for want of memory. Async-signal-safe. */
int linux_memory_is_short(void);

/* memfd_create(2): a file in memory, close-on-exec; the name is for /proc alone. */
int linux_memory_file(const char *name);

/* The directory of qmail and the user that the build was told of. */
const char *linux_built_for_qmaildir(void);
const char *linux_built_for_user(void);

/* From now on getpwnam(3) and its like look into /etc/passwd and /etc/group alone. A static program that loads the
   modules which nsswitch.conf(5) names for users who are not there may crash. */
void linux_users_are_in_files(void);

/* Adds to a counter of eight aligned bytes that other processes may have mapped too. */
void linux_atomic_add(void *counter, uint64_t count);

/* Reads such a counter. */
uint64_t linux_atomic_load(const void *counter);

#endif
