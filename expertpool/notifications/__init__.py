"""Turn what happened into messages: who is told, in which language, once.

Each file listens to the events of one room and writes rows into the outbox in the same transaction.
"""
