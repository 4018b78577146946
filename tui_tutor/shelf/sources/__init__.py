"""Where a course can be fetched from: a folder, an archive, a git repository, the web, a list of courses."""
