# Integers, floating point, lists, dictionaries, strings, classes and generators; each part prints what it comes to.
import heapq
import re


def collatz(limit):
    lengths = {1: 1}
    longest = 1
    for start in range(2, limit):
        n, steps = start, 0
        while n not in lengths:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        lengths[start] = lengths[n] + steps
        if lengths[start] > lengths[longest]:
            longest = start
    return longest, lengths[longest]


def matrix(n):
    a = [[(i * j + 1) % 7 / 3.0 for j in range(n)] for i in range(n)]
    b = [[(i + j) % 5 / 2.0 for j in range(n)] for i in range(n)]
    columns = list(zip(*b))
    product = [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]
    return "%.6f" % sum(product[i][i] for i in range(n))


def shortest_paths(size):
    """Dijkstra's algorithm from a corner of a square to the other one."""
    cost = [[(x * 7919 + y * 104729) % 97 + 1 for x in range(size)] for y in range(size)]
    best = {(0, 0): 0}
    queue = [(0, 0, 0)]
    while queue:
        distance, x, y = heapq.heappop(queue)
        if distance > best[x, y]:
            continue
        for nx, ny in (x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1):
            if 0 <= nx < size and 0 <= ny < size:
                there = distance + cost[ny][nx]
                if there < best.get((nx, ny), 1 << 30):
                    best[nx, ny] = there
                    heapq.heappush(queue, (there, nx, ny))
    return best[size - 1, size - 1]


class Tree:
    __slots__ = ("key", "left", "right")

    def __init__(self, key):
        self.key = key
        self.left = self.right = None

    def insert(self, key):
        node = self
        while True:
            side = "left" if key < node.key else "right"
            child = getattr(node, side)
            if child is None:
                setattr(node, side, Tree(key))
                return
            node = child

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.key
        if self.right:
            yield from self.right


def tree(count):
    seed = 1
    root = Tree(1 << 30)
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        root.insert(seed)
    return sum(key * (i % 3) for i, key in enumerate(root)) % 1000003


def text(count):
    seed, lines = 7, []
    for number in range(count):
        seed = (seed * 69069 + 1) & 0xFFFFFFFF
        lines.append("%d: user%d paid %d.%02d" % (number, seed % 97, seed >> 20, seed % 100))
    joined = "\n".join(lines)
    totals = {}
    for name, whole, cents in re.findall(r"(user\d+) paid (\d+)\.(\d\d)", joined):
        totals[name] = totals.get(name, 0) + 100 * int(whole) + int(cents)
    ranking = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return ranking[0], len(joined.upper().split()), joined.count("9")


def big_integers(digits):
    """Decimals of pi, by Machin's formula."""
    one = 10 ** (digits + 10)

    def arctan_of_inverse(x):
        term = one // x
        total, n, sign = term, 3, -1
        while term:
            term //= x * x
            total += sign * (term // n)
            n, sign = n + 2, -sign
        return total

    pi = 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) // 10 ** 10
    return pi % 10 ** 20


print("collatz", *collatz(520000))
print("matrix", matrix(165))
print("shortest paths", shortest_paths(360))
print("tree", tree(140000))
print("text", *text(130000))
print("pi", big_integers(9000))
