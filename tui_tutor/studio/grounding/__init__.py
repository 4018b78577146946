"""The author's own files: kept as bytes, found by words, quoted byte for byte. Data, never orders."""
