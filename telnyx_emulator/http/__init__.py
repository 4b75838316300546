"""The server in front of the worlds. What endpoints are made of stands here."""

from .reply import Reply
from .request_context import RequestContext
from .routes import Endpoint, Route

__all__ = ["Endpoint", "Reply", "RequestContext", "Route"]
