"""Keeping what the cloud was told: whatever was answered before a kill -9 is there after the next start.

moto holds everything of one service, account and Region in one object, a backend. Before a call is answered, the
backends that it may have changed are pickled and written to one SQLite file, in one transaction. Backends refer to one
another by name, so that after a start they are one another's again, and not each other's copies.
"""
