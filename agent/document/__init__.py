"""The document graph: from an uploaded file to routed pages and read values."""
