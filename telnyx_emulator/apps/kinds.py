"""Which kind of application it is, and at which path it takes webhooks: without importing any framework."""

from __future__ import annotations

import inspect
from typing import Any

from aiohttp import web

from .aio import ServedAiohttp
from .functions import ServedFunction
from .served import Served


def prepared(app: Any) -> Served:
    """An application, or a pair of one and the path of its webhooks, with a port of its own; not yet served.

    Raises TypeError for what is no application, ValueError if it is not clear where its webhooks go, and
    ModuleNotFoundError if what serves its kind is not installed.
    """
    app, path = app if isinstance(app, tuple) and len(app) == 2 else (app, None)
    if path is not None and not (isinstance(path, str) and path.startswith("/")):
        raise ValueError(f"the path of webhooks must begin with a slash: (app, '/webhooks'), not {path!r}")
    if isinstance(app, web.Application):
        return ServedAiohttp(app, path or webhook_path(app))
    if not callable(app) or isinstance(app, type):
        raise TypeError(
            "webhooks go to a URL, an aiohttp, ASGI or WSGI application object, or a function of one argument,"
            f" not to {app!r}"
        )
    if _takes(app, 1):
        return ServedFunction(app, path or "/")
    if _takes(app, 2):
        _check_wsgi(app)
        from .wsgi import ServedWsgi

        return ServedWsgi(app, path or webhook_path(app))
    if _takes(app, 3):
        from .asgi import ServedAsgi

        return ServedAsgi(app, path or webhook_path(app))
    raise TypeError(f"a webhook function takes one argument, the decoded webhook; {app!r} does not")


def _check_wsgi(app: Any) -> None:
    """A function of two arguments may be meant for webhooks and something else. Raises TypeError."""
    if not inspect.isroutine(app):
        return  # the object of a framework
    names = list(inspect.signature(app).parameters)[:2]
    if inspect.iscoroutinefunction(app) or names[0] not in ("environ", "env", "e"):
        raise TypeError(
            f"a webhook function takes one argument, the decoded webhook, not {' and '.join(names)}; those of a WSGI"
            f" application are called environ and start_response: {app!r}"
        )


def webhook_path(app: Any) -> str:
    """Its only path that takes POST; `/` if that is one of several, or if the application does not tell its paths."""
    paths = sorted({path for path in _post_paths(app) if not set(path) & set("{<")})
    if "/" in paths or not paths:
        return "/"
    if len(paths) > 1:
        raise ValueError(
            f"the application takes POST at {', '.join(paths)}: say which one takes webhooks, (app, {paths[0]!r})"
        )
    return paths[0]


def _post_paths(app: Any) -> list[str]:
    """As far as aiohttp, Starlette (FastAPI) and Flask (Quart) tell."""
    if isinstance(app, web.Application):
        taking = [route.resource for route in app.router.routes() if route.method in ("POST", "*")]
        return [resource.canonical for resource in taking if resource is not None]
    if (url_map := getattr(app, "url_map", None)) is not None:
        return [rule.rule for rule in url_map.iter_rules() if "POST" in (rule.methods or ())]
    routes = getattr(app, "routes", None) or ()
    return [route.path for route in routes if "POST" in (getattr(route, "methods", None) or ())]


def _takes(app: Any, count: int) -> bool:
    """Can it be called with so many arguments? That tells a function (1) from WSGI (2) and ASGI (3)."""
    try:
        inspect.signature(app).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # written in C, without a signature
        return count == 1
    return True
