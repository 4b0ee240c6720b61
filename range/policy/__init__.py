"""AWS's policy language, pure: documents read, requests decided, and policies compared as sets of requests."""
