"""Other people's course formats, in and out. Imports bytes, exports bytes; never opens a file."""
