"""What acts on legs: initiating, answering, bridging, queueing, ending."""
