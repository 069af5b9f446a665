"""The only files that import torch, diffusers and transformers."""

from engine.models.quiet import hush

hush()
