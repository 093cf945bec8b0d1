/* network.c: what a sandbox may reach over the network. See shoal.h.
 *
 * The only file that has the libraries loaded, so that a program that never allows
 * anything needs no loader. */
#include <errno.h>
#include <string.h>

#include "net/host_load.h"
#include "net/net.h"
#include "sandbox/error.h"
#include "sandbox/runtime.h"
#include "sandbox/sandbox.h"
#include "shoal.h"

/* The libraries, loaded by the first sandbox that is allowed something; NULL: they are
 * not there. */
static struct lib *network_load(struct shoal_runtime *rt)
{
    lock_acquire(&rt->lock);
    struct lib *lib = rt->net_lib;
    lock_release(&rt->lock);
    if (lib)
        return lib;
    struct lib *loaded = lib_load();
    lock_acquire(&rt->lock);
    lib = rt->net_lib;
    if (!lib)
        rt->net_lib = lib = loaded;
    rt->net_unload = lib_unload;
    lock_release(&rt->lock);
    if (lib != loaded)
        lib_unload(loaded);
    return lib;
}

int shoal_net_allow(struct shoal_sandbox *sandbox, const char *rule)
{
    struct lib *lib = network_load(sandbox->runtime);
    if (!lib)
        return SHOAL_E_NOT_SUPPORTED;
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err) {
        sandbox->kernel.net->lib = lib;
        err = policy_add(&sandbox->kernel.net->policy, rule);
    }
    lock_release(&sandbox->lock);
    return error_code(err);
}

int shoal_net_add_header(struct shoal_sandbox *sandbox, const char *header)
{
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err)
        err = policy_add_secret(&sandbox->kernel.net->policy, header);
    lock_release(&sandbox->lock);
    return error_code(err);
}

int shoal_net_set_ca(struct shoal_sandbox *sandbox, const char *path)
{
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err) {
        struct buf *file = &sandbox->kernel.net->ca_file;
        buf_clear(file);
        buf_add_str(file, path);
        err = file->failed ? -ENOMEM : 0;
        file->failed = false;
    }
    lock_release(&sandbox->lock);
    return error_code(err);
}

int shoal_net_set_dns(struct shoal_sandbox *sandbox, const char *servers)
{
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err)
        err = net_set_dns(sandbox->kernel.net, servers);
    lock_release(&sandbox->lock);
    return error_code(err);
}

int shoal_net_add_name(struct shoal_sandbox *sandbox, const char *host,
                       const char *address)
{
    lock_acquire(&sandbox->lock);
    int err = sandbox_make_net(sandbox);
    if (!err)
        err = net_add_name(sandbox->kernel.net, host, address);
    lock_release(&sandbox->lock);
    return error_code(err);
}
