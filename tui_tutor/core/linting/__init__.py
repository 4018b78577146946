"""What good teaching needs: lesson -> warnings about what is missing."""
