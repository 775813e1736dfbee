"""The way of an event to the outside: addressed to webhooks, signed, posted, tried again, and given up at last.

Each step is a transaction of its own, and none is open while a receiver is waited for. What was sent and not yet
written down when a process died is sent again, under the same id.
"""
