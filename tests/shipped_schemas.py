"""Holds what the product wrote against the JSON Schemas that ship with it."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator


def schema_faults(name: str, value: Any) -> list[str]:
    """Return what a schema refuses of a value; the schema itself must be one."""
    text = (resources.files("firingorder") / "schemas" / f"{name}.json").read_text("utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]
