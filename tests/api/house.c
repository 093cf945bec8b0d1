/* house.c: see house.h. */
#include "tests/api/house.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void house_require(int fine, const char *what)
{
    if (fine)
        return;
    perror(what);
    abort();
}

static void house_read_ports(struct house *h, int fd)
{
    FILE *file = fdopen(fd, "r");
    house_require(file != NULL, "fdopen");
    int *ports[] = {&h->http,  &h->other,   &h->tls,   &h->elsewhere, &h->stranger,
                    &h->http2, &h->expired, &h->early, &h->dns};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        house_require(fscanf(file, "%d", ports[i]) == 1, "tests/net/server.py");
    house_require(fscanf(file, "%199s", h->ca) == 1, "tests/net/server.py");
    fclose(file);
}

void house_start(struct house *h)
{
    int in[2], out[2];
    posix_spawn_file_actions_t actions;
    strcpy(h->folder, "/tmp/shoal-house-XXXXXX");
    house_require(mkdtemp(h->folder) != NULL, "mkdtemp");
    house_require(!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC), "pipe2");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    char *argv[] = {"python3", "tests/net/server.py", h->folder, NULL};
    house_require(!posix_spawnp(&h->pid, "python3", &actions, NULL, argv, environ),
                  "python3");
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    h->stop = in[1];
    house_read_ports(h, out[0]);
}

void house_stop(struct house *h)
{
    static const char *const names[] = {"ca",       "server",  "elsewhere",
                                        "stranger", "expired", "early"};
    static const char *const ends[] = {"crt", "key", "csr", "pem", "names", "srl"};
    char path[300];
    close(h->stop);
    house_require(waitpid(h->pid, NULL, 0) == h->pid, "waitpid");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t j = 0; j < sizeof ends / sizeof *ends; j++) {
            snprintf(path, sizeof path, "%s/%s.%s", h->folder, names[i], ends[j]);
            unlink(path);
        }
    house_require(!rmdir(h->folder), h->folder);
}
