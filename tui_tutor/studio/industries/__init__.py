"""What the studio knows of industries: their codes, and profiles that make a course speak their language."""
