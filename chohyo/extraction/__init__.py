"""Read fields: region, text, typed value with confidence."""
