/* fiber_test.c: kernel/fiber.h on stacks of kernel/stack.h. */
#include "kernel/fiber.h"

#include "kernel/host.h"
#include "kernel/stack.h"
#include "tests/unit/test.h"

struct pair {
    struct fiber thread, fiber;
    struct stack stack;
    struct stack_pool stacks;
    int turns;
    void *arg;
};

static void pair_start(struct pair *p, void (*main)(void *))
{
    stack_pool_init(&p->stacks);
    CHECK_EQ(stack_get(&p->stacks, STACK_SMALL, &p->stack), 0);
    p->turns = 0;
    fiber_init_thread(&p->thread);
    fiber_init(&p->fiber, p->stack.low, p->stack.size, main, p);
}

static void pair_end(struct pair *p)
{
    fiber_fini(&p->fiber);
    stack_put(&p->stacks, &p->stack);
    stack_pool_fini(&p->stacks);
}

static void take_turns(void *arg)
{
    struct pair *p = arg;
    fiber_entered(&p->fiber);
    for (int i = 0; i < 1000; i++) {
        p->turns++;
        fiber_switch(&p->fiber, &p->thread);
    }
    fiber_switch_last(&p->fiber, &p->thread);
}

TEST(fiber_runs_in_turns_with_its_thread)
{
    struct pair p;
    pair_start(&p, take_turns);
    for (int i = 1; i <= 1000; i++) {
        fiber_switch(&p.thread, &p.fiber);
        if (!CHECK_EQ(p.turns, i))
            break;
    }
    fiber_switch(&p.thread, &p.fiber);
    CHECK_EQ(p.turns, 1000);
    pair_end(&p);
}

/* Keeps more values alive than there are registers, so that a lost one shows. */
static double compute(struct fiber *self, struct fiber *other, unsigned long seed)
{
    unsigned long a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11,
                  f = seed * 13;
    volatile double start = (double)seed;
    double x = start / 3, y = start / 7, z = start * 1.5;
    for (int i = 0; i < 100; i++) {
        fiber_switch(self, other);
        a += b ^ i, b += c ^ i, c += d ^ i, d += e ^ i, e += f ^ i, f += a ^ i;
        x += y * 0.5, y += z * 0.25, z += x * 0.125;
        x *= 0.5, y *= 0.5, z *= 0.5;
    }
    return (double)((a ^ b ^ c ^ d ^ e ^ f) & 0xffff) + x + y + z;
}

static void compute_five(void *arg)
{
    struct pair *p = arg;
    fiber_entered(&p->fiber);
    *(double *)p->arg = compute(&p->fiber, &p->thread, 5);
    fiber_switch_last(&p->fiber, &p->thread);
}

TEST(fiber_keeps_its_registers_over_switches)
{
    double first, second, mine[2];
    struct pair p = {.arg = &first};
    pair_start(&p, compute_five);
    mine[0] = compute(&p.thread, &p.fiber, 9);
    fiber_switch(&p.thread, &p.fiber);
    pair_end(&p);

    p.arg = &second;
    pair_start(&p, compute_five);
    mine[1] = compute(&p.thread, &p.fiber, 9);
    fiber_switch(&p.thread, &p.fiber);
    pair_end(&p);
    CHECK(first == second && mine[0] == mine[1]);
    CHECK(first != mine[0]);
}

/* With an aligned local, as vector instructions want it. */
static void note_alignment(void *arg)
{
    struct pair *p = arg;
    fiber_entered(&p->fiber);
    _Alignas(16) volatile char aligned[16] = {0};
    p->turns = (int)((uintptr_t)aligned % 16) + aligned[0];
    volatile long double third = 1.0L / 3;
    CHECK(third > 0.333L && third < 0.334L);
    fiber_switch_last(&p->fiber, &p->thread);
}

TEST(fiber_starts_with_an_aligned_stack)
{
    struct pair p;
    pair_start(&p, note_alignment);
    p.turns = -1;
    fiber_switch(&p.thread, &p.fiber);
    CHECK_EQ(p.turns, 0);
    pair_end(&p);
}

static int sink(volatile char *deep, int depth);
static int (*volatile descend)(volatile char *deep, int depth) = sink;

static int sink(volatile char *deep, int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    frame[511] = deep ? *deep : 0;
    return depth == 0 ? frame[0] : descend(frame, depth - 1) + (frame[511] & 0);
}

static void end_here(struct pair *p, int depth)
{
    volatile char frame[256];
    frame[0] = frame[255] = (char)depth;
    if (depth > 0)
        end_here(p, depth - 1);
    else
        fiber_switch(&p->fiber, &p->thread); // and is never resumed
    p->turns += frame[0] + frame[255];
}

static void end_at_depth(void *arg)
{
    struct pair *p = arg;
    fiber_entered(&p->fiber);
    end_here(p, 50); // leaves poisoned frames behind in builds with the address sanitizer
}

static void use_much(void *arg)
{
    struct pair *p = arg;
    fiber_entered(&p->fiber);
    p->turns = descend(NULL, 100);
    fiber_switch_last(&p->fiber, &p->thread);
}

TEST(stack_of_a_fiber_that_ended_deep_inside_can_be_used_again)
{
    struct pair p;
    pair_start(&p, end_at_depth);
    fiber_switch(&p.thread, &p.fiber);
    for (int i = 0; i < 20; i++) {
        fiber_fini(&p.fiber);
        stack_put(&p.stacks, &p.stack);
        CHECK_EQ(stack_get(&p.stacks, STACK_SMALL, &p.stack), 0);
        fiber_init(&p.fiber, p.stack.low, p.stack.size, i % 2 ? end_at_depth : use_much,
                   &p);
        fiber_switch(&p.thread, &p.fiber);
    }
    CHECK_EQ(p.turns, 0);
    pair_end(&p);
}

/* A ring of fibers that hand over to each other directly. */
enum { RING = 50, LAPS = 20 };

struct ring_fiber {
    struct fiber fiber, *next;
    struct stack stack;
    int laps;
};

static void run_laps(void *arg)
{
    struct ring_fiber *f = arg;
    fiber_entered(&f->fiber);
    for (;; f->laps++)
        fiber_switch(&f->fiber, f->next);
}

TEST(fibers_hand_over_to_each_other)
{
    static struct ring_fiber ring[RING];
    struct stack_pool stacks;
    struct fiber thread;
    stack_pool_init(&stacks);
    fiber_init_thread(&thread);
    for (int i = 0; i < RING; i++) {
        CHECK_EQ(stack_get(&stacks, i % 8 ? STACK_SMALL : STACK_DEEP, &ring[i].stack), 0);
        ring[i].laps = 0;
        fiber_init(&ring[i].fiber, ring[i].stack.low, ring[i].stack.size, run_laps,
                   &ring[i]);
        ring[i].next = i + 1 < RING ? &ring[i + 1].fiber : &thread;
    }
    for (int lap = 0; lap <= LAPS; lap++)
        fiber_switch(&thread, &ring[0].fiber);
    for (int i = 0; i < RING; i++) {
        CHECK_EQ(ring[i].laps, LAPS);
        fiber_fini(&ring[i].fiber);
        stack_put(&stacks, &ring[i].stack);
    }
    stack_pool_fini(&stacks);
}

/* A fiber that is resumed by one thread after the other. */
static void resume_elsewhere(void *arg)
{
    struct pair *p = arg;
    fiber_init_thread(&p->thread);
    fiber_switch(&p->thread, &p->fiber);
}

static void note_workers(void *arg)
{
    struct pair *p = arg;
    fiber_entered(&p->fiber);
    for (;;) {
        p->turns += host_worker() != NULL;
        fiber_switch(&p->fiber, &p->thread);
    }
}

TEST(fiber_may_go_on_on_another_thread)
{
    struct pair p;
    uintptr_t thread;
    pair_start(&p, note_workers);
    host_set_worker((struct worker *)&p);
    fiber_switch(&p.thread, &p.fiber);
    CHECK_EQ(p.turns, 1);
    CHECK_EQ(host_thread_start(&thread, resume_elsewhere, &p), 0);
    host_thread_join(thread);
    CHECK_EQ(p.turns, 1); // that thread has no worker
    fiber_init_thread(&p.thread);
    fiber_switch(&p.thread, &p.fiber);
    CHECK_EQ(p.turns, 2);
    host_set_worker(NULL);
    pair_end(&p);
}
