"""choices.py: the numbers that a script is made from, and what was drawn where.

A script is what the grammar makes of a row of numbers. Made anew from a row with some of them
deleted or lowered it is smaller, and still one of the grammar's. Must not know: the grammar.
"""
import functools
import random


def drawn(method):
    """A method of the grammar whose draws belong together."""
    @functools.wraps(method)
    def wrapper(self, *args):
        return self.rng.span(method.__name__, lambda: method(self, *args))
    return wrapper


class Choices:
    """Random numbers of a seed, or those of a row and then zeros: the simplest choice is the first."""

    def __init__(self, seed=None, row=None):
        self.random = random.Random(seed) if row is None else None
        self.given = iter(row or ())
        self.row = []  # as drawn
        self.spans = []  # (kind, first, end): the draws of one part
        self.lists = []  # (where its length was drawn, the spans of its elements)

    def below(self, n):
        number = self.random.randrange(n) if self.random else min(next(self.given, 0), n - 1)
        self.row.append(number)
        return number

    def randrange(self, low, high=None):
        return self.below(low) if high is None else low + self.below(high - low)

    def choice(self, items):
        return items[self.below(len(items))]

    def sample(self, items, n):
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(n)]

    def chance(self, p):
        return self.below(1000) >= 1000 - 1000 * p

    def span(self, kind, make):
        first = len(self.row)
        made = make()
        if len(self.row) > first:
            self.spans.append((kind, first, len(self.row)))
        return made

    def repeat(self, low, high, make):
        """A list of low to high - 1 things that make() gives."""
        where, elements, made = len(self.row), [], []
        for _ in range(self.randrange(low, high)):
            first = len(self.row)
            made.append(make())
            elements.append((first, len(self.row)))
        self.lists.append((where, elements))
        return made
