"""The discovery graphs: from the pool of unknown pages to published templates."""
