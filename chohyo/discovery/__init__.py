"""Group unknown pages, rebuild blank forms, propose fields."""
