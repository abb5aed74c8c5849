"""The target's story in sentences and charts: which columns move it most, and what each of them says."""
