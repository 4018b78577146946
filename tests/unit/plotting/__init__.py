"""Rules of the plots."""
