"""The Celery application: thin tasks and their schedule."""
