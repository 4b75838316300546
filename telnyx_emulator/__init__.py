"""A local server that behaves like the Telnyx Voice API."""

__version__ = "0.1.0"
