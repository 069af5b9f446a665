"""Styles by name: the words that stand for each, added to the prompt so that people see what was asked for."""

STYLES: dict[str, str] = {
    "3d": "3d style",
    "anime": "anime style",
    "cartoon": "cartoon style",
    "cinematic": "cinematic film still",
    "comic": "comic book style",
    "flat": "flat style",
    "isometric": "isometric style",
    "line art": "line art, black and white",
    "low poly": "low poly style",
    "oil painting": "oil painting",
    "origami": "origami style, folded paper",
    "photo": "photograph",
    "pixel art": "pixel art",
    "retro": "retro style",
    "simple": "simple style",
    "sketch": "pencil sketch",
    "stained glass": "stained glass",
    "vector": "vector illustration",
    "watercolor": "watercolor painting",
}
