"""What can be read and listed under the vendor's paths, a module for each kind of thing."""

from . import calls, webhook_deliveries

ROUTES = [*calls.ROUTES, *webhook_deliveries.ROUTES]
