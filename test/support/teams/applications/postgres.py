"""Pool of connections to the database of DATABASE_URL. TLS is as the URL, PGSSLMODE and PGSSLROOTCERT say."""
import queue
import select
import threading
import time
from contextlib import contextmanager

import psycopg2
from psycopg2 import extensions
from psycopg2.extras import RealDictCursor

from common import outages, required

outages += [psycopg2.OperationalError, psycopg2.InterfaceError]


class Database:
    def __init__(self, connections=3, timeout=10):
        """
        connections: greatest number of connections at once.
        timeout: time in seconds for a new connection, for an answer, and for a connection that is free.
        """
        self.url = required("DATABASE_URL")
        self.timeout = timeout
        self.free = threading.BoundedSemaphore(connections)
        self.idle = queue.LifoQueue()
        # A pooler keeps a query waiting while its server is away, and no setting of the server's ends that.
        extensions.set_wait_callback(self.wait)

    def rows(self, sql, values=()):
        """Runs a statement in a transaction of its own. Returns its rows, each by the names of its columns."""
        with self.connection() as connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(sql, values)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def value(self, sql, values=()):
        """Returns the value of a query that has one."""
        return next(iter(self.rows(sql, values)[0].values()))

    @contextmanager
    def connection(self):
        if not self.free.acquire(timeout=self.timeout):
            raise psycopg2.OperationalError("every connection is in use")
        try:
            connection = self.tested() or self.connected()
            try:
                yield connection
            finally:
                if not connection.closed:
                    self.idle.put(connection)
        finally:
            self.free.release()

    def tested(self):
        """Returns an idle connection that still works. None if there is none."""
        while True:
            try:
                connection = self.idle.get_nowait()
            except queue.Empty:
                return None
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                return connection
            except psycopg2.Error:
                connection.close()

    def connected(self):
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        return connection

    def wait(self, connection):
        """Waits until a connection is there, or has answered. psycopg2 closes one that has not in time."""
        end = time.monotonic() + self.timeout
        while (state := connection.poll()) != extensions.POLL_OK:
            ready = select.poll()
            ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
            if not ready.poll(max(0, end - time.monotonic()) * 1000):
                raise psycopg2.OperationalError(f"no answer in {self.timeout:g} s")
