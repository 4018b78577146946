"""What can be mended without a question: bytes of a course in, the same with fewer mistakes out."""
