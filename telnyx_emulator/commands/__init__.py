"""The vocabulary of the API: one class per command. Importing this package fills the registries."""

from importlib import import_module
from pkgutil import iter_modules

from .base import CallCommand, Command, ConferenceCommand, WorldCommand

__all__ = ["CallCommand", "Command", "ConferenceCommand", "WorldCommand"]

for module in iter_modules(__path__, f"{__name__}."):
    import_module(module.name)  # it registers its commands
