"""
PRISM's worker prism-monthly-insights: "BullMQ Workers: Monthly Insights Worker". It makes an insight for each user with a
business and month, in runs of INSIGHTS_BATCH_SIZE users, when a job asks for it and on the first of each month.
"""
import logging
import os
from datetime import datetime, timedelta, timezone

from common import log_to
from postgres import Database
from prism_queue import work
from redis_client import connect

batch_size = int(os.environ.get("INSIGHTS_BATCH_SIZE", 50))

log_to({})
database = Database()
redis = connect()


def generate():
    made = database.rows(
        """INSERT INTO user_insights (user_id, month, insight_type, title, body)
           SELECT DISTINCT owner_id, date_trunc('month', now())::date, 'summary', 'Your month', 'You have a business.'
           FROM businesses WHERE NOT EXISTS (
             SELECT FROM user_insights WHERE user_id = owner_id AND month = date_trunc('month', now())::date)
           LIMIT %s ON CONFLICT DO NOTHING RETURNING 1""",
        (batch_size,),
    )
    logging.info("generated insights for %d users", len(made))


def next_month():
    first = datetime.now(timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    due = (first + timedelta(days=32)).replace(day=1)
    logging.info("the next scheduled run is on %s", due.date())
    return due


due = next_month()


def scheduled():
    global due
    if datetime.now(timezone.utc) >= due:
        generate()
        due = next_month()


work(redis, "monthly-insights", generate, scheduled)
