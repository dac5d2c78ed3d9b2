"""Measure routing: onboard some forms, withhold others, route the rest."""
