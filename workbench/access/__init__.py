"""Who may come in: tokens, roles, and the gate in front of everything the port answers."""
