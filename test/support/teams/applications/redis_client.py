"""Client of the Redis of REDIS_URL. The password may be apart, in REDIS_PASSWORD."""
import os

import redis

from common import outages, required

outages += [redis.ConnectionError, redis.TimeoutError]


def connect():
    """Returns a client. With `rediss://` the server's certificate is verified, its name too."""
    url = required("REDIS_URL")
    options = {"decode_responses": True, "socket_timeout": 5, "socket_connect_timeout": 5}
    if os.environ.get("REDIS_PASSWORD"):
        options["password"] = os.environ["REDIS_PASSWORD"]
    if url.startswith("rediss:"):
        # The authorities of the system, and the file that pods have of one of their own.
        options |= {"ssl_check_hostname": True, "ssl_ca_certs": os.environ.get("NODE_EXTRA_CA_CERTS") or None}
    return redis.Redis.from_url(url, **options)
