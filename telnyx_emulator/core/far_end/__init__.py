"""The other side of a leg: behaviour, personas, addresses, and what it does."""
