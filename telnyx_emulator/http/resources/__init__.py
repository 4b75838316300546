"""What can be read and listed under the vendor's paths, a module for each kind of thing; each has its `ROUTES`."""

from importlib import import_module
from pkgutil import iter_modules

from .. import Route

ROUTES: list[Route] = [
    route
    for module in iter_modules(__path__, f"{__name__}.")
    for route in getattr(import_module(module.name), "ROUTES", ())
]
