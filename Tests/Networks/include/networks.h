#ifndef NETWORKS_H
#define NETWORKS_H

/* setns(2): the calling thread, and the processes and threads that it makes from now on, have this network.
   path is that of ip-netns(8), in /run/netns. Returns 0, or errno. */
int network_enter(const char *path);

/* setvbuf(3): each line of the standard output is there as soon as it is printed. */
void print_lines(void);

#endif
