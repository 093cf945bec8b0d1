/* share_test.c: sandboxes that share a runtime get equal shares of it. */
#include "tests/api/api.h"

enum { SHARE_WORTH = 8 }; // a share of two, and the noise of busy machines

static const char share_work[] = "for ((i = 0; i < 60000; i++)); do :; done";
static const char share_crowd[] =
    "for ((j = 0; j < 64; j++)); do while :; do :; done & done; echo ready; wait";

static int64_t share_time(struct shoal_sandbox *sandbox)
{
    int64_t start = api_now_ms();
    struct shoal_run *run = api_run_new(sandbox, share_work);
    CHECK(api_run_finish(run));
    shoal_run_free(run);
    return api_now_ms() - start;
}

static void share_ready(void *arg, enum shoal_stream stream, const void *data, size_t len)
{
    (void)stream;
    (void)data;
    *(size_t *)arg += len;
}

/* With turns for processes instead of sandboxes it would take 65 times as long. */
TEST(a_sandbox_with_many_busy_jobs_gets_the_share_of_one)
{
    struct shoal_runtime *runtime;
    struct shoal_sandbox *crowded, *other;
    size_t ready = 0;
    CHECK_EQ(shoal_runtime_new(1, &runtime), 0);
    CHECK_EQ(shoal_sandbox_new(runtime, 0, 0, &crowded), 0);
    CHECK_EQ(shoal_sandbox_new(runtime, 0, 0, &other), 0);
    int64_t alone_ms = share_time(other);

    struct shoal_run *crowd = api_run_new(crowded, share_crowd);
    CHECK_EQ(shoal_run_set_output_callback(crowd, SHOAL_STDOUT, share_ready, &ready), 0);
    CHECK_EQ(shoal_run_start(crowd), 0);
    while (!ready && shoal_run_wait(crowd, 10) == SHOAL_E_TIMEOUT)
        ;
    int64_t beside_ms = share_time(other);
    shoal_run_cancel(crowd);
    CHECK_EQ(shoal_run_wait(crowd, -1), 0);
    CHECK(beside_ms < alone_ms * SHARE_WORTH + 500);

    shoal_run_free(crowd);
    shoal_sandbox_free(crowded);
    shoal_sandbox_free(other);
    shoal_runtime_free(runtime);
}
