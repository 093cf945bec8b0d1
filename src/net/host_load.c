/* host_load.c: see host_load.h; by dlopen(3). */
#include "net/host_load.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>

#include "net/host_lib.h"

static bool lib_find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    *(void **)function = found;
    return found != NULL;
}

static bool lib_fill(struct lib *lib, void *curl, void *ares)
{
    bool all = true;
#define LIB_CURL(name) all &= lib_find(curl, "curl_" #name, &lib->name);
#define LIB_ARES(name) all &= lib_find(ares, "ares_" #name, &lib->ares_##name);
#define LIB_SSL(name) all &= lib_find(curl, "SSL_" #name, &lib->ssl_##name);
#include "net/host_lib.def"
#undef LIB_CURL
#undef LIB_ARES
#undef LIB_SSL
    return all;
}

struct lib *lib_load(void)
{
    void *curl = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    void *ares = dlopen("libcares.so.2", RTLD_NOW | RTLD_LOCAL);
    struct lib *lib = curl && ares ? calloc(1, sizeof *lib) : NULL;
    if (!lib)
        return NULL;
    if (!lib_fill(lib, curl, ares) || lib->global_init(CURL_GLOBAL_DEFAULT)) {
        free(lib);
        return NULL;
    }
    if (lib->ares_library_init(ARES_LIB_INIT_ALL)) {
        lib->global_cleanup();
        free(lib);
        return NULL;
    }
    return lib;
}

void lib_unload(struct lib *lib)
{
    if (!lib)
        return;
    lib->ares_library_cleanup();
    lib->global_cleanup();
    free(lib);
}
