from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from engine.models.files import POCKET
from engine.models.tiling import set_tiling

torch.set_num_threads(1)


def test_a_tiled_network_has_no_edges_and_goes_back() -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(POCKET, dtype=torch.float32)
    latents = torch.randn(1, 48, 16, 16, generator=torch.Generator().manual_seed(0))
    words = torch.zeros(1, 32, 192)

    def predict(samples: torch.Tensor) -> Any:
        return pipeline.unet(samples, 500, encoder_hidden_states=words, return_dict=False)[0]

    def decode(samples: torch.Tensor) -> Any:
        return pipeline.vae.decode(samples, return_dict=False)[0]

    def moved(pixels: torch.Tensor, times: int = 1) -> torch.Tensor:
        # A multiple of the smallest feature map's pixel, by which alone a UNet is the same everywhere.
        return torch.roll(pixels, (4 * times, 8 * times), (2, 3))

    with torch.no_grad():
        edged = predict(latents), decode(latents)
        assert not torch.allclose(predict(moved(latents)), moved(edged[0]), atol=1e-2)
        assert not torch.allclose(decode(moved(latents)), moved(edged[1], 16), atol=1e-2)
        for network in (pipeline.unet, pipeline.vae):
            set_tiling(network, True)
        assert torch.allclose(predict(moved(latents)), moved(predict(latents)), atol=1e-4)
        assert torch.allclose(decode(moved(latents)), moved(decode(latents), 16), atol=1e-4)
        for network in (pipeline.unet, pipeline.vae):
            set_tiling(network, False)
        assert torch.equal(predict(latents), edged[0])
        assert torch.equal(decode(latents), edged[1])
