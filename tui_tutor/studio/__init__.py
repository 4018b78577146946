"""From a brief to a proven course: agents write, gates decide. Gets models, proof and folders as ports."""
