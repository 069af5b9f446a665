"""Tiny checkpoints of real classes with random weights, saved as any model is: what production loads, in kilobytes."""

import re
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from transformers import (
    AutoTokenizer,
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)

from engine.models.files import POCKET

TOKENIZER = POCKET / "tokenizer"
CONCEPTS = ("red", "blue", "car", "cat", "tree", "fog")
SCALED = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def sd15(folder: Path, seed: int = 0) -> Path:
    """A StableDiffusionPipeline, 64x64."""
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=4,
        cross_attention_dim=16,
    )
    pipeline = StableDiffusionPipeline(
        unet=unet,
        vae=_vae(4),
        text_encoder=CLIPTextModel(_clip_text(16)),
        tokenizer=_clip_tokenizer(),
        scheduler=DDIMScheduler(**SCALED, clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, folder)


def sdxl(folder: Path, seed: int = 0, **scheduler: Any) -> Path:
    """A StableDiffusionXLPipeline, 64x64; `scheduler` goes to its Euler scheduler."""
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=6 * 8 + 16,
        cross_attention_dim=32,
    )
    pipeline = StableDiffusionXLPipeline(
        unet=unet,
        vae=_vae(4),
        text_encoder=CLIPTextModel(_clip_text(16)),
        text_encoder_2=CLIPTextModelWithProjection(_clip_text(16)),
        tokenizer=_clip_tokenizer(),
        tokenizer_2=_clip_tokenizer(),
        scheduler=EulerDiscreteScheduler(**SCALED, steps_offset=1, **{"timestep_spacing": "leading", **scheduler}),
    )
    return _saved(pipeline, folder)


def sd3(folder: Path, seed: int = 0) -> Path:
    """A StableDiffusion3Pipeline with two CLIP towers and T5, 64x64."""
    torch.manual_seed(seed)
    transformer = SD3Transformer2DModel(
        sample_size=32,
        patch_size=1,
        in_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        out_channels=4,
    )
    pipeline = StableDiffusion3Pipeline(
        transformer=transformer,
        vae=_vae(4, shift_factor=0.0609),
        text_encoder=CLIPTextModelWithProjection(_clip_text(16)),
        text_encoder_2=CLIPTextModelWithProjection(_clip_text(16)),
        text_encoder_3=_t5(32),
        tokenizer=_clip_tokenizer(),
        tokenizer_2=_clip_tokenizer(),
        tokenizer_3=_t5_tokenizer(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )
    return _saved(pipeline, folder)


def flux(folder: Path, seed: int = 0, guidance_embeds: bool = True) -> Path:
    """A FluxPipeline, with guidance embedded as in dev, or without as in schnell."""
    torch.manual_seed(seed)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=16,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=guidance_embeds,
    )
    pipeline = FluxPipeline(
        transformer=transformer,
        vae=_vae(1, shift_factor=0.0609),
        text_encoder=CLIPTextModel(_clip_text(16)),
        text_encoder_2=_t5(32),
        tokenizer=_clip_tokenizer(),
        tokenizer_2=_t5_tokenizer(),
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    return _saved(pipeline, folder)


def clip(folder: Path, seed: int = 0) -> Path:
    """A CLIPModel of 24 dimensions with its tokenizer and image processor."""
    torch.manual_seed(seed)
    text = _clip_text(24).to_dict()
    vision = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_attention_heads": 2,
        "num_hidden_layers": 1,
        "image_size": 32,
        "patch_size": 16,
    }
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).save_pretrained(folder)
    _clip_tokenizer().save_pretrained(folder)
    CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=32).save_pretrained(folder)
    return folder


def single_file(model: Path, file: Path) -> Path:
    """The checkpoint of `sd15` as one file with the original repository's names, as most are shared."""
    pipeline = StableDiffusionPipeline.from_pretrained(model)
    weights = {f"model.diffusion_model.{_unet_name(k)}": v for k, v in pipeline.unet.state_dict().items()}
    for key, value in pipeline.vae.state_dict().items():
        is_linear = "attentions" in key and "norm" not in key and key.endswith("weight")
        weights[f"first_stage_model.{_vae_name(key)}"] = value[..., None, None] if is_linear else value
    for key, value in pipeline.text_encoder.state_dict().items():
        weights[f"cond_stage_model.transformer.text_model.{key.removeprefix('text_model.')}"] = value
    save_file({key: value.contiguous() for key, value in weights.items()}, file)
    return file


def _renamed(name: str, rules: dict[str, str]) -> str:
    for pattern, replacement in rules.items():
        name = re.sub(pattern, replacement, name)
    return name


def _unet_name(name: str) -> str:
    """A UNet key of diffusers, two blocks of one layer, by its name in CompVis' latent-diffusion."""
    rules = {
        r"^conv_in": "input_blocks.0.0",
        r"^time_embedding.linear_1": "time_embed.0",
        r"^time_embedding.linear_2": "time_embed.2",
        r"^conv_norm_out": "out.0",
        r"^conv_out": "out.2",
        r"^mid_block.resnets.0": "middle_block.0",
        r"^mid_block.attentions.0": "middle_block.1",
        r"^mid_block.resnets.1": "middle_block.2",
        r"^down_blocks.0.resnets.0": "input_blocks.1.0",
        r"^down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
        r"^down_blocks.1.resnets.0": "input_blocks.3.0",
        r"^down_blocks.1.attentions.0": "input_blocks.3.1",
        r"^up_blocks.0.resnets.(\d)": r"output_blocks.\1.0",
        r"^up_blocks.0.attentions.(\d)": r"output_blocks.\1.1",
        r"^up_blocks.0.upsamplers.0.conv": "output_blocks.1.2.conv",
        r"^up_blocks.1.resnets.0": "output_blocks.2.0",
        r"^up_blocks.1.resnets.1": "output_blocks.3.0",
        r"(?<!transformer_blocks.\d.)norm1\b": "in_layers.0",
        r"\bconv1\b": "in_layers.2",
        r"(?<!transformer_blocks.\d.)norm2\b": "out_layers.0",
        r"\bconv2\b": "out_layers.3",
        r"time_emb_proj": "emb_layers.1",
        r"conv_shortcut": "skip_connection",
    }
    return _renamed(name, rules)


def _vae_name(name: str) -> str:
    """A key of AutoencoderKL, two blocks, by its name in CompVis' latent-diffusion."""
    rules = {
        r"down_blocks.(\d).resnets": r"down.\1.block",
        r"down_blocks.(\d).downsamplers.0": r"down.\1.downsample",
        r"up_blocks.0.upsamplers.0": "up.1.upsample",
        r"up_blocks.0.resnets": "up.1.block",
        r"up_blocks.1.resnets": "up.0.block",
        r"mid_block.attentions.0.group_norm": "mid.attn_1.norm",
        r"mid_block.attentions.0.to_out.0": "mid.attn_1.proj_out",
        r"mid_block.attentions.0.to_": "mid.attn_1.",
        r"mid_block.resnets.0": "mid.block_1",
        r"mid_block.resnets.1": "mid.block_2",
        r"conv_norm_out": "norm_out",
        r"conv_shortcut": "nin_shortcut",
    }
    return _renamed(name, rules)


def _saved(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder)
    return folder


def _vae(channels: int, **options: Any) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 16),
        norm_num_groups=4,
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=channels,
        sample_size=64,
        use_quant_conv=not options,
        use_post_quant_conv=not options,
        **options,
    )


def _clip_tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(TOKENIZER)


def _clip_text(width: int) -> CLIPTextConfig:
    tokenizer = _clip_tokenizer()
    return CLIPTextConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        vocab_size=len(tokenizer),
        max_position_embeddings=tokenizer.model_max_length,
        hidden_size=width,
        intermediate_size=32,
        num_attention_heads=2,
        num_hidden_layers=2,
        projection_dim=width,
    )


def _t5(width: int) -> T5EncoderModel:
    sizes = {"d_model": width, "d_ff": 32, "d_kv": 8, "num_heads": 4, "num_layers": 1}
    return T5EncoderModel(T5Config(vocab_size=len(_t5_tokenizer()), **sizes))


def _t5_tokenizer() -> T5TokenizerFast:
    letters = "abcdefghijklmnopqrstuvwxyz,."
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(f"▁{word}", -3.0) for word in CONCEPTS] + [(letter, -6.0) for letter in letters]
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=512)
