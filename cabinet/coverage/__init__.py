"""Which children each service reaches and which it misses: population, question, answer.

Plain SQL, written to be read: whatever engine answers faster later has to agree with it.
"""
