"""Discord: commands, messages, buttons and forms in; messages made of components out."""
