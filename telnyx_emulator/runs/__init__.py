"""Scenarios, run against an application from their beginning to a verdict."""

from .one import Program, RunResult, run
from .several import NoApplication, run_all

__all__ = ["NoApplication", "Program", "RunResult", "run", "run_all"]
