/* host_load.h: loading the transport. Any thread. */
#ifndef NET_HOST_LOAD_H
#define NET_HOST_LOAD_H

struct lib;

/* Loads and initialises the libraries; NULL: they are not there. The code stays in the
 * process; unload gives the table up. */
struct lib *lib_load(void);
void lib_unload(struct lib *lib); // NULL is fine

#endif
