/* host_event.h: a descriptor of the host that can be made readable, for an embedder's
 * poll(). Any thread. */
#ifndef SANDBOX_HOST_EVENT_H
#define SANDBOX_HOST_EVENT_H

int host_event_new(void); // the descriptor; -ENFILE: the host has no more
void host_event_raise(int fd);
void host_event_clear(int fd);
void host_event_free(int fd);

#endif
