"""A store in Python as simple as can be: rows in a dict, which a commit copies. For tests."""

import bisect
import threading

import frontdesk
from frontdesk import stores


class DictSnapshot:
    def __init__(self, rows, keys, position, link):
        self.rows = rows
        self.keys = keys
        self.position = position
        self.link = link

    def get(self, table, key):
        return self.rows.get((table, key))

    def scan(self, table, begin=b"", end=None, limit=1000, descending=False):
        keys = self.between(stores.Range(table, begin, end))
        if descending:
            keys = keys[::-1]
        return [(key.data, self.rows[key]) for key in keys[:limit]]

    def between(self, range):
        table, begin, end = range
        first = bisect.bisect_left(self.keys, (table, begin))
        last = bisect.bisect_left(self.keys, (table + 1, b"") if end is None else (table, end))
        return self.keys[first:last]


class DictStore(frontdesk.Store):
    def __init__(self):
        self.lock = threading.Lock()
        self.now = DictSnapshot({}, [], 0, stores.FIRST_LINK)

    def read(self):
        return self.now  # Never changed: a commit replaces it.

    def commit(self, batches):
        stores.check_batches(batches)
        with self.lock:
            now = DictSnapshot(dict(self.now.rows), list(self.now.keys), self.now.position, self.now.link)
            results = [self.add(now, batch) for batch in batches]
            self.now = now
        return results

    def add(self, now, batch):
        held = [now.rows.get(each.key) == each.value for each in batch.expectations]
        held += [[key.data for key in now.between(each.range)] == list(each.keys) for each in batch.range_expectations]
        if not all(held):
            return stores.CommitResult(False, failed=held.index(False))
        if batch.has_position:
            now.position += 1
        if batch.digest:
            now.link = stores.next_link(now.link, batch.digest)
        for write in batch.writes:
            self.put(now, *write.resolve(now.position, now.link))
        return stores.CommitResult(True, now.position if batch.has_position else 0)

    def put(self, now, key, value):
        if value is None:
            if now.rows.pop(key, None) is not None:
                del now.keys[bisect.bisect_left(now.keys, key)]
            return
        if key not in now.rows:
            bisect.insort(now.keys, key)
        now.rows[key] = value
