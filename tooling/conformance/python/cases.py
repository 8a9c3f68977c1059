"""Runs functions as cases, each in its own right, and prints one line of JSON for the outcome of each."""

import json
import os
import traceback

ENDPOINT = os.environ["DS3_ENDPOINT"]
ACCESS_KEY = os.environ["DS3_ACCESS_KEY"]
SECRET_KEY = os.environ["DS3_SECRET_KEY"]

# Names that are hard to encode and to sign.
ODD_NAMES = [
    "a b",
    "a+b",
    "a%20b",
    "a%2Fb",
    "a&b=c;d,e",
    "a?b#c",
    "a'b(c)!*~",
    "a:b@c$d",
    "a{b}[c]^`|\\",
    "dots/../.hidden",
    "double//slash",
    "/leading",
    "Grüße/日本語.txt",
    "emoji 🎬.mov",
]

_cases = []


def case(name):
    """Makes a function a case; cases run in the order in which they stand."""

    def add(function):
        _cases.append((name, function))
        return function

    return add


def run():
    for name, function in _cases:
        outcome = {"test": name, "result": "passed"}
        try:
            function()
        except Exception:
            outcome.update(result="failed", detail=traceback.format_exc(limit=-3)[-3000:])
        print(json.dumps(outcome), flush=True)


def refuses(code, attempt, *args, **kwargs):
    """Calls `attempt`, which must fail with an error whose text has `code` in it."""
    try:
        attempt(*args, **kwargs)
    except Exception as error:
        assert code in str(error), f"expected {code}: {error}"
        return
    raise AssertionError(f"expected {code}, but nothing failed")
