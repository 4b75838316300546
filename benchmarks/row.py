"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, and what for. With a baseline the target is for the ratio, else for the measure itself."""

    name: str
    measured: float
    unit: str
    bound: Literal["≥", "≤"]
    target: float
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.baseline is None else self.measured / self.baseline

    @property
    def met(self) -> bool:
        value = self.measured if self.ratio is None else self.ratio
        return value >= self.target if self.bound == "≥" else value <= self.target

    def cells(self) -> tuple[str, ...]:
        """The line for people."""
        ratio = self.ratio
        return (
            self.name,
            f"{_number(self.measured)} {self.unit}",
            "-" if self.baseline is None else f"{_number(self.baseline)} {self.unit}",
            "-" if ratio is None else f"{ratio:.2f}",
            f"{self.bound} {self.target:g}" + (f" {self.unit}" if ratio is None else ""),
            "yes" if self.met else "NO",
        )

    def facts(self) -> dict[str, Any]:
        """The line for machines."""
        return {
            "name": self.name,
            "unit": self.unit,
            "measured": self.measured,
            "baseline": self.baseline,
            "ratio": self.ratio,
            "bound": self.bound,
            "target": self.target,
            "met": self.met,
        }


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
