"""Runs a suite of Great Expectations on the table of orders.

Usage: run.py SQLALCHEMY_URL SUITE.json
Prints one JSON object: the seconds of the validation alone, and for each expectation of the
suite, in its order, whether it holds and how many values are unexpected.
"""
import json
import os
import sys
import time

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx

url, path = sys.argv[1:3]
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
source = context.data_sources.add_sql("db", connection_string=url)
asset = source.add_table_asset("orders", table_name="gx_orders", schema_name="public")
definition = asset.add_batch_definition_whole_table("all")
with open(path) as file:
    declared = json.load(file)["expectations"]
numbered = [{**one, "meta": {"at": at}} for at, one in enumerate(declared)]
suite = gx.ExpectationSuite(name="orders", expectations=numbered)
batch = definition.get_batch()
since = time.time()
result = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
seconds = time.time() - since
found = {}
for one in result.results:
    error = one.exception_info or {}
    raised = error.get("raised_exception") if "raised_exception" in error else [
        e["exception_message"] for e in error.values() if e.get("raised_exception")
    ]
    found[one.expectation_config.meta["at"]] = {
        "success": bool(one.success),
        "unexpected": one.result.get("unexpected_count"),
        "observed": one.result.get("observed_value"),
        "raised": str(error) if raised else None,
    }
print(json.dumps({
    "version": gx.__version__,
    "seconds": round(seconds, 3),
    "results": [found.get(at) for at in range(len(declared))],
}, default=str))
