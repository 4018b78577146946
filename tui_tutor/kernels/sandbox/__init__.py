"""What confines the code of a course: bubblewrap, Landlock and limits, wherever a probe shows they work."""
