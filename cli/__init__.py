"""The chohyo command."""
