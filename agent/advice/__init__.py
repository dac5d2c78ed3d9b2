"""Ask a chat model about a draft, with tools to look closer, within a budget."""
