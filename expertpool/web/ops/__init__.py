"""For those who run the service: is it alive, is it ready, what does it measure."""
