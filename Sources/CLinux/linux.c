#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_open_place(const char *directory) { return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC); }

int linux_open_unnamed(int directory_fd, mode_t mode)
{
    return openat(directory_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

int linux_link_unnamed(int fd, int directory_fd, const char *name)
{
    /* AT_EMPTY_PATH would want CAP_DAC_READ_SEARCH; the way through /proc is the one that open(2) gives. */
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, path, directory_fd, name, AT_SYMLINK_FOLLOW);
}

int linux_rename_new(int directory_fd, const char *name, const char *new_name)
{
    return (int)syscall(SYS_renameat2, directory_fd, name, directory_fd, new_name, 1u /* RENAME_NOREPLACE */);
}

int linux_close_range(unsigned int first, unsigned int last)
{
    return (int)syscall(SYS_close_range, first, last, 0u);
}

ssize_t linux_sendfile(int out_fd, int in_fd, off_t *offset, size_t count)
{
    return sendfile(out_fd, in_fd, offset, count);
}

int linux_reopen(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

int linux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int linux_is_privileged(void) { return getauxval(AT_SECURE) != 0; }

int linux_take_descriptor(void) { return open("/dev/null", O_PATH); }

ssize_t linux_send_descriptor(int socket_fd, int descriptor)
{
    char byte = 0;
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket_fd, &message, MSG_NOSIGNAL);
}

ssize_t linux_receive(int socket_fd, void *bytes, size_t count, int *descriptor)
{
    struct iovec part = {bytes, count};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    *descriptor = -1;
    ssize_t result = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
    if (result < 0)
        return result;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
        && header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return result;
}

int linux_spawn_close_from(posix_spawn_file_actions_t *actions, int first)
{
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int linux_process_descriptor(pid_t process)
{
    return (int)syscall(SYS_pidfd_open, process, 0u);
}

int linux_memory_file(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC);
}

const char *linux_built_for_qmaildir(void)
{
    return SIMSCAN_QMAILDIR;
}

const char *linux_built_for_user(void)
{
    return SIMSCAN_USER;
}

void linux_atomic_add(void *counter, uint64_t count)
{
    /* Nothing else is ordered by a counter. */
    atomic_fetch_add_explicit((_Atomic uint64_t *)counter, count, memory_order_relaxed);
}

uint64_t linux_atomic_load(const void *counter)
{
    return atomic_load_explicit((const _Atomic uint64_t *)counter, memory_order_relaxed);
}

void linux_users_are_in_files(void)
{
    __nss_configure_lookup("passwd", "files");
    __nss_configure_lookup("group", "files");
}
