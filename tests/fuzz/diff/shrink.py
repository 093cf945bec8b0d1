"""shrink.py: makes a script on which the shells differ as small as it gets.

Deletes runs of lines, then of pieces of lines, as long as the same kind of
difference stays. Must not know: the grammar.
"""
import re

from contenders import difference

MOST_RUNS = 250
TIMEOUT_S = 1  # of a candidate: one that takes longer is not small
# What a smaller script must not turn into: something else on which the shells may differ.
NOT_ALIKE = re.compile(r"(?<!kill )(?<!-USR1 )\$\$|\b(declare|set|typeset|export|local|readonly)( +[-+]\w*| +\w+=\S*)*\s*"
                       r"($|[;&|)}\n])|\bulimit *($|[;&|)}\n])|\bset +\S*/\S*|[$?!]\*|\)[\w\"'$({]|\w\[\s|\w\[\w*$")
PIECES = re.compile(r"\w+|\s+|\$\{|\$\(\(|\$\(|[^\w\s]")


class Shrinker:
    def __init__(self, contenders, script, kind):
        self.contenders, self.script, self.kind = contenders, script, kind
        self.pair, self.errors = None, set()
        self.runs = 0

    def shrink(self):
        """(the smallest script found, its results)"""
        self.pair = self.contenders.run([self.script])[0]
        self.errors = kinds_of_messages(self.pair)
        while self.runs < MOST_RUNS:
            before = self.script
            self.pass_over(lambda text: text.splitlines(keepends=True))
            self.pass_over(PIECES.findall)
            if self.script == before:
                break
        return self.script, self.pair

    def pass_over(self, split, largest=None):
        """Tries to delete runs of pieces, long ones first."""
        size = min(len(split(self.script)) // 2 or 1, largest or 1 << 30)
        while size and self.runs < MOST_RUNS:
            at = 0
            while at < len(split(self.script)) and self.runs < MOST_RUNS:
                at = self.step(split, at, size)
            size //= 2

    def step(self, split, at, size):
        """One deletion from piece `at` on; gives where to go on."""
        pieces = split(self.script)
        text = "".join(pieces[:at] + pieces[at + size:])
        self.runs += 1
        pair = self.contenders.run([text], TIMEOUT_S)[0]
        if difference(pair) == self.kind and self.is_alike(text, pair):
            self.script, self.pair = text, pair
            return at
        return at + size

    def is_alike(self, text, pair):
        before = {match.group() for match in NOT_ALIKE.finditer(self.script)}
        after = {match.group() for match in NOT_ALIKE.finditer(text)}
        return kinds_of_messages(pair) <= self.errors and after <= before


def kinds_of_messages(pair):
    """The messages of both, without what they are about."""
    lines = b"\n".join((pair[0][1], pair[1][1])).split(b"\n")
    return {re.sub(rb"[`'\"(].*", b"", line.rsplit(b": ", 1)[-1]) for line in lines}
