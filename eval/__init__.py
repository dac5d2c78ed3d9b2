"""Our own forms, degradations, metrics, baselines and reports."""
