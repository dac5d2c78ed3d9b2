"""The words of the product as types and rules. Standard library only."""
