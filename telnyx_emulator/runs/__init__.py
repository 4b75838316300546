"""Scenarios, run against an application from their beginning to a verdict."""

from .one import Result, impossible, run
from .several import Program, run_all

__all__ = ["Program", "Result", "impossible", "run", "run_all"]
