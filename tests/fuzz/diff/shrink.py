"""shrink.py: makes a script on which the shells differ as small as it gets.

Deletes and lowers the numbers that the grammar made it from, then whole lines, as long as the
same kind of difference stays. Must not know: what the grammar makes of a number.
"""
import commands
from contenders import difference, kinds_of_messages

MOST_RUNS = 500
TIMEOUT_S = 1  # of a candidate: one that takes longer is not small


class Shrinker:
    def __init__(self, contenders, seed, kind):
        self.contenders, self.kind = contenders, kind
        self.script, self.choices = commands.script_of(commands.row_of(seed))
        self.pair, self.tried = contenders.run([self.script])[0], {self.script}
        self.messages = kinds_of_messages(self.pair)
        self.runs = 0

    def shrink(self):
        """(the smallest script found, its results)"""
        before = None
        while before != self.script and self.runs < MOST_RUNS:
            before = self.script
            for go_over in self.shorten_lists, self.raise_parts, self.clear_spans, self.lower_numbers:
                go_over()
        self.delete_lines()
        return self.script, self.pair

    # What may be left out or made simpler, each tried once from the largest on.

    def shorten_lists(self):
        self.go_over(lambda c: [(where, first, end) for where, elements in c.lists for first, end in elements if c.row[where]],
                     lambda row, where, first, end: row[:where] + [row[where] - 1] + row[where + 1:first] + row[end:])

    def raise_parts(self):
        """A part in the place of one of the same kind around it."""
        self.go_over(lambda c: [(end - first, first, end, a, b) for kind, first, end in c.spans if kind
                                for inner, a, b in c.spans if inner == kind and first <= a and b <= end and b - a < end - first],
                     lambda row, _, first, end, a, b: row[:first] + row[a:b] + row[end:])

    def clear_spans(self):
        self.go_over(lambda c: [(first, end) for _, first, end in c.spans if any(c.row[first:end])],
                     lambda row, first, end: row[:first] + [0] + row[end:])

    def lower_numbers(self):
        self.go_over(lambda c: [(at, at + 1, 0) for at, number in enumerate(c.row) if number],
                     lambda row, at, _, value: row[:at] + [value] + row[at + 1:])

    def go_over(self, find, change):
        """Tries each place that find() gives; after a success what it gives anew, from there on."""
        done = 0
        while self.runs < MOST_RUNS:
            places = sorted(set(find(self.choices)), key=lambda place: (place[-2] - place[-1], place))
            if done >= len(places):
                break
            if not self.try_row(change(self.choices.row, *places[done])):
                done += 1

    def try_row(self, row):
        script, choices = commands.script_of(row)
        smaller = (len(choices.row), choices.row) < (len(self.choices.row), self.choices.row)
        if not smaller or not self.differs(script):
            return False
        self.choices = choices
        return True

    def delete_lines(self):
        lines, at = self.script.splitlines(keepends=True), 0
        while at < len(lines):
            if self.differs("".join(lines[:at] + lines[at + 1:])):
                del lines[at]
            else:
                at += 1

    def differs(self, script):
        if script in self.tried:
            return False
        self.tried.add(script)
        self.runs += 1
        pair = self.contenders.run([script], TIMEOUT_S)[0]
        if difference(pair) != self.kind or not kinds_of_messages(pair) <= self.messages:
            return False
        self.script, self.pair = script, pair
        return True
