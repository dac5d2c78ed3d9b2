"""The two LangGraph graphs: one for an arriving document, one for discovery."""
