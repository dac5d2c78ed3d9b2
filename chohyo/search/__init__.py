"""Search: words, screenshots and layouts looked up among pages, and what was found put in order."""
