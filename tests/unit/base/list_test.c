/* list_test.c: base/list.h. */
#include "base/list.h"

#include "tests/unit/test.h"

struct member {
    int number;
    struct list link;
};

/* The numbers on a list as digits. */
static int digits_of(struct list *head)
{
    int digits = 0;
    struct list *l;
    LIST_EACH(l, head)
    digits = digits * 10 + LIST_ENTRY(l, struct member, link)->number;
    return digits;
}

TEST(members_are_added_at_both_ends_and_beside_others)
{
    struct list head;
    struct member m[4] = {{.number = 1}, {.number = 2}, {.number = 3}, {.number = 4}};
    list_init(&head);
    CHECK(list_is_empty(&head));
    CHECK(list_first(&head) == NULL && list_last(&head) == NULL);
    list_add(&head, &m[1].link);
    list_add(&head, &m[0].link);
    list_add_tail(&head, &m[3].link);
    list_add(&m[1].link, &m[2].link); // after 2
    CHECK_EQ(digits_of(&head), 1234);
    CHECK_EQ(list_count(&head), 4);
    CHECK(list_first(&head) == &m[0].link && list_last(&head) == &m[3].link);
    CHECK(list_next(&head, &m[0].link) == &m[1].link);
    CHECK(list_next(&head, &m[3].link) == NULL);
    CHECK(list_prev(&head, &m[3].link) == &m[2].link);
    CHECK(list_prev(&head, &m[0].link) == NULL);
}

TEST(a_removed_member_knows_that_it_is_on_no_list)
{
    struct list head;
    struct member m[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
    list_init(&head);
    for (int i = 0; i < 3; i++)
        list_add_tail(&head, &m[i].link);
    list_remove(&m[1].link);
    CHECK_EQ(digits_of(&head), 13);
    CHECK(list_is_empty(&m[1].link));
    list_remove(&m[1].link); // does nothing
    CHECK(list_pop(&head) == &m[0].link);
    CHECK(list_pop(&head) == &m[2].link);
    CHECK(list_pop(&head) == NULL);
}

TEST(the_current_member_may_be_removed_in_a_safe_walk)
{
    struct list head, *l, *after;
    struct member m[5] = {
        {.number = 1}, {.number = 2}, {.number = 3}, {.number = 4}, {.number = 5}};
    list_init(&head);
    for (int i = 0; i < 5; i++)
        list_add_tail(&head, &m[i].link);
    LIST_EACH_SAFE(l, after, &head)
    if (LIST_ENTRY(l, struct member, link)->number % 2)
        list_remove(l);
    CHECK_EQ(digits_of(&head), 24);
}

TEST(all_members_move_to_the_end_of_another_list)
{
    struct list a, b;
    struct member m[4] = {{.number = 1}, {.number = 2}, {.number = 3}, {.number = 4}};
    list_init(&a);
    list_init(&b);
    list_move_all(&a, &b);
    CHECK(list_is_empty(&a));
    for (int i = 0; i < 4; i++)
        list_add_tail(i < 2 ? &a : &b, &m[i].link);
    list_move_all(&a, &b);
    CHECK_EQ(digits_of(&a), 1234);
    CHECK(list_is_empty(&b));
}
