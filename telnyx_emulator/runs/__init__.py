"""Scenarios, run against an application from their beginning to a verdict."""

from .one import Result, impossible, run
from .several import NoApplication, Program, run_all

__all__ = ["NoApplication", "Program", "Result", "impossible", "run", "run_all"]
