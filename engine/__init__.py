"""The engine asks the GPU. It knows no chat, and importing it loads no torch."""
