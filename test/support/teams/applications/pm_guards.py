"""What PM Intelligence's backend refuses to answer: everything in the maintenance mode, and too many requests."""
import os
import threading
import time

from common import Answer


class Maintenance:
    """The maintenance mode is on while its flag is in Redis ("redis-cli SET maintenance_mode true")."""

    def __init__(self, redis):
        self.redis = redis
        self.flag = os.environ.get("MAINTENANCE_FLAG", "maintenance_mode")

    def answer(self, request):
        """Answers 503, except for /health."""
        if request.path == "/health" or not self.redis.exists(self.flag):
            return None
        return Answer({"error": "maintenance"}, 503, headers={"Retry-After": "60"})


class Limit:
    """RATE_LIMIT_PER_MINUTE: requests below /api of each key or, without one, address. Default: no limit."""

    def __init__(self):
        self.limit = int(os.environ.get("RATE_LIMIT_PER_MINUTE", 0))
        self.lock = threading.Lock()
        self.minute = 0
        self.counts = {}

    def answer(self, request):
        if self.limit == 0 or not request.path.startswith("/api/"):
            return None
        minute, seconds = divmod(int(time.time()), 60)
        with self.lock:
            if minute != self.minute:
                self.minute, self.counts = minute, {}
            client = request.headers.get("Authorization", request.client)
            self.counts[client] = self.counts.get(client, 0) + 1
            if self.counts[client] <= self.limit:
                return None
        return Answer({"error": "too many requests"}, 429, headers={"Retry-After": str(60 - seconds)})
