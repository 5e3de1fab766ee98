"""PRISM's queues in Redis. The list of waiting jobs is where the runbook counts it: bull:model-training:wait."""
import logging
import time

from redis import ConnectionError, TimeoutError

from common import on_stop, stopping


def enqueue(redis, queue):
    """Adds a job. Returns its ID."""
    job = str(redis.incr(f"bull:{queue}:id"))
    redis.lpush(f"bull:{queue}:wait", job)
    return job


def work(redis, queue, process, between=lambda: None):
    """
    Processes jobs one by one until the process is told to stop. The job that is running is finished.

    between: is called at least every second while there is no job.
    """
    on_stop(lambda: None)
    waiting, active = f"bull:{queue}:wait", f"bull:{queue}:active"
    logging.info("waiting for jobs of %s", queue)
    while not stopping.is_set():
        try:
            between()
            job = redis.brpoplpush(waiting, active, timeout=1)
            if job is None:
                continue
            process()
            redis.lrem(active, 1, job)
            logging.info("finished job %s of %s", job, queue)
        except (ConnectionError, TimeoutError) as outage:
            logging.error("%s", outage)
            time.sleep(1)
        except Exception:
            # "Set up alerts: model training failures, insights generation errors".
            logging.exception("a job of %s failed", queue)
            time.sleep(1)
