#ifndef SIMSCAN_CLINUX_H
#define SIMSCAN_CLINUX_H

#include <stddef.h>
#include <sys/types.h>

/* What Linux has and Swift's Glibc module lacks. Each returns what the system call returns, with errno. */

/* open(2) with O_TMPFILE: a file without a name in this directory, readable and writable, close-on-exec. */
int linux_open_unnamed(const char *directory, mode_t mode);

/* linkat(2) of an open file without a name to a new name, relative to an open directory. */
int linux_link_unnamed(int fd, int directory_fd, const char *name);

/* close_range(2): first to last are closed; ENOSYS on a kernel before 5.9. */
int linux_close_range(unsigned int first, unsigned int last);

/* sendfile(2) */
ssize_t linux_sendfile(int out_fd, int in_fd, off_t *offset, size_t count);

/* copy_file_range(2), which shares blocks where the file system can. */
ssize_t linux_copy_file_range(int in_fd, off_t *in_offset, int out_fd, off_t *out_offset, size_t count);

/* fallocate(2) with no flags: the disk has this much room, or ENOSPC now. */
int linux_fallocate(int fd, off_t offset, off_t length);

/* sendmsg(2) of one byte with a descriptor beside it (SCM_RIGHTS). */
ssize_t linux_send_descriptor(int socket_fd, int descriptor);

/* memfd_create(2): a file in memory, close-on-exec; the name is for /proc alone. */
int linux_memory_file(const char *name);

#endif
