"""Wire in: the vendor's API and the administration, as HTTP."""
