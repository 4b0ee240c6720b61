"""The proof as one self-contained HTML page: for officers who weren't there, and machines without a network."""
