"""Seamless pictures: convolutions that see the left edge beyond the right one, and the top beyond the bottom."""

import torch


def set_tiling(network: torch.nn.Module, tiled: bool) -> None:
    """Make every padded convolution of a network wrap around, or fill its border with zeros as it was trained."""
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d) and any(module.padding):
            module.padding_mode = "circular" if tiled else "zeros"
