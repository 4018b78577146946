"""What must hold before a course of the studio is published: pure functions that give findings."""
