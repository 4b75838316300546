"""Scenarios, run against an application from their beginning to a verdict."""

from .one import RunResult, impossible, run
from .several import NoApplication, Program, run_all

__all__ = ["NoApplication", "Program", "RunResult", "impossible", "run", "run_all"]
