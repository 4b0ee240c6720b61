"""A shared cloud defence range for allied nations: plan, provision, prove, reset and tear down isolated enclaves."""
