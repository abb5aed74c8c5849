"""Runs on screen: whatever is going on, and a comparison with its Stop and Resume."""
