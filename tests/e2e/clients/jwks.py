"""The key set, for libraries that do not fetch it: kept for as long as Cache-Control says, fetched again, at most once
a second, when a token names a key that is not in it."""

import json
import re
import time
import urllib.request


class KeySet:
    def __init__(self, url, cooldown=1.0):
        self._url, self._cooldown = url, cooldown
        self._keys, self._fetched, self._stale = {}, float("-inf"), float("-inf")

    def key(self, kid):
        now = time.monotonic()
        if now >= self._stale or (kid not in self._keys and now >= self._fetched + self._cooldown):
            self._fetch(now)
        return self._keys[kid]

    def _fetch(self, now):
        with urllib.request.urlopen(self._url, timeout=5) as response:
            kept = re.search(r"max-age=(\d+)", response.headers.get("Cache-Control", ""))
            self._keys = {key["kid"]: key for key in json.load(response)["keys"]}
        self._fetched, self._stale = now, now + (int(kept[1]) if kept else 60)
