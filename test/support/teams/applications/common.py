"""What every application needs: its variables, its log, and an HTTP server that finishes running requests."""
import hmac
import json
import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs, urlsplit

# Directory of the image with its files: /app.
directory = os.path.dirname(os.path.abspath(__file__))
# Set once the process is told to stop.
stopping = threading.Event()
# Exceptions that mean: what the application depends on cannot be reached. They are answered with 503.
outages = []
# Time in seconds for which clients may keep an idle connection. The server waits longer than that.
keep_alive = 5


def required(name):
    """Returns a variable. Ends the process if it is missing or empty."""
    value = os.environ.get(name, "")
    if value == "":
        sys.exit(f"the variable {name} is not set")
    return value


def log_to(files, errors=None):
    """Logs to stderr, each logger of `files` to its file as well, and errors to that of `errors`, if they can be written."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    chosen = [(name, file, logging.NOTSET) for name, file in files.items()]
    for name, file, level in chosen + ([("", errors, logging.ERROR)] if errors else []):
        path = os.path.join(directory, file)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            handler = logging.FileHandler(path)
            handler.setLevel(level)
            logging.getLogger(name).addHandler(handler)
        except OSError as error:
            logging.warning("no log in %s: %s", file, error)


class Failure(Exception):
    """Answer with another status than 200."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: object
    client: str
    content: bytes

    def json(self):
        """Returns the body, which must be a JSON object. Throws 400."""
        try:
            body = json.loads(self.content)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Failure(400, "the body is not a JSON object")
        return body

    def number(self, name, default):
        """Returns a parameter that is a positive number. Throws 400."""
        text = self.query.get(name, str(default))
        if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 10_000:
            raise Failure(400, f"{name} is not a number from 1 to 10000")
        return int(text)

    def bears(self, key):
        """Returns whether the bearer token is `key`. No token is an empty key."""
        given = self.headers.get("Authorization", "")
        return key != "" and hmac.compare_digest(given.encode(), f"Bearer {key}".encode())


@dataclass
class Answer:
    """Text, or what is sent as JSON."""

    body: object
    status: int = 200
    type: str = ""
    headers: dict = field(default_factory=dict)


def answered(answer, request):
    """Calls the function of a route. Returns its answer, or that of its exception."""
    try:
        result = answer(request)
        return result if isinstance(result, Answer) else Answer(result)
    except Failure as failure:
        return Answer({"error": str(failure)}, failure.status)
    except tuple(outages) as outage:
        logging.error("%s %s: %s", request.method, request.path, str(outage).strip())
        return Answer({"error": "unavailable"}, 503)
    except Exception:
        logging.exception("%s %s", request.method, request.path)
        return Answer({"error": "internal error"}, 500)


def not_found(_request):
    raise Failure(404, "not found")


class Server(ThreadingMixIn, HTTPServer):
    # server_close() waits for threads that are not daemons.
    daemon_threads = False
    request_queue_size = 128


def serve(port, routes, before=lambda request: None, after=lambda request, answer, seconds: None):
    """
    Serves until the process is told to stop. Then running requests are finished, idle connections outlive their clients'
    patience, and the function returns.

    routes: functions of a Request by method and path. What one returns is the answer. All else is 404.
    before: may answer in the place of a route, by an answer that is not None.
    after: is called once a route's answer was sent.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = keep_alive + 2
        disable_nagle_algorithm = True
        wbufsize = -1

        def respond(self):
            started = time.monotonic()
            url = urlsplit(self.path)
            length = self.headers.get("Content-Length", "0")
            chunked = "Transfer-Encoding" in self.headers or not length.isdigit()
            content = b"" if chunked else self.rfile.read(int(length))
            query = {name: values[-1] for name, values in parse_qs(url.query).items()}
            request = Request(self.command, url.path, query, self.headers, self.client_address[0], content)
            route = routes.get((request.method, request.path), not_found)
            if chunked:
                self.close_connection = True
                answer = Answer({"error": "the body has no length"}, 411)
            else:
                answer = answered(lambda request: before(request) or route(request), request)
            self.send(answer)
            if route is not not_found:
                after(request, answer, time.monotonic() - started)

        def send(self, answer):
            is_text = isinstance(answer.body, (str, bytes))
            text = answer.body if is_text else json.dumps(answer.body, default=str)
            body = text if isinstance(text, bytes) else text.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type or ("text/plain" if is_text else "application/json"))
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if stopping.is_set() or self.close_connection:
                self.send_header("Connection", "close")
            else:
                self.send_header("Keep-Alive", f"timeout={keep_alive}")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.wfile.flush()

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond

        def log_message(self, *_):
            pass

    server = Server(("", port), Handler)
    # shutdown() waits for serve_forever(), which this thread runs.
    on_stop(lambda: threading.Thread(target=server.shutdown).start())
    logging.info("Server started on port %d", port)
    server.serve_forever()
    server.server_close()


def on_stop(work):
    """Calls `work` when the process is told to stop."""

    def stop(*_):
        stopping.set()
        work()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def port(default):
    return int(os.environ.get("PORT", default))
