"""The engines that suppress noise, as a list to choose from."""

from __future__ import annotations

from .. import Reply, RequestContext, Route

ENGINES = {
    "Denoiser": "Denoiser",
    "DeepFilterNet": "DeepFilterNet",
    "Krisp": "Krisp",
    "AiCoustics": "ai-coustics",
}
"""Names by value: what `suppression_start` takes as its engine."""


async def list_engines(request: RequestContext) -> Reply:
    """`GET /noise_suppression_engines`"""
    return Reply(
        {
            "data": [
                {"value": value, "label": label, "default_attenuation_level": 100} for value, label in ENGINES.items()
            ]
        }
    )


ROUTES = [Route("GET", "/noise_suppression_engines", list_engines)]
