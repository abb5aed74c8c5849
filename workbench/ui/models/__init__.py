"""A model on screen: which one is meant, its versions, a form for a row, the answer to it, and calls to copy."""
