"""The only files that import torch, diffusers and transformers."""

from engine.models.cores import spare_one
from engine.models.quiet import hush

hush()
spare_one()
