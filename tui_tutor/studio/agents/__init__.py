"""One module for each agent: its prompt, what it is told, and the form of its answer."""
