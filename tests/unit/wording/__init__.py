"""Rules of wording."""
