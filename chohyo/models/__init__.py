"""Networks behind one protocol per kind."""
