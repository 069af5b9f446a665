"""The drawing of a tree as a PNG. Pure, and slow enough to be run in a thread."""

from collections.abc import Mapping
from io import BytesIO
from math import ceil, cos, pi, sin

from PIL import Image, ImageDraw

from bot import tree, tree_layout, tree_letters, wording_tree
from bot.tree import More, Node, Shot
from bot.tree_layout import Layout, Spot
from engine.jobs import Pixels
from engine.pixels import fit

MOST_BYTES = 4_000_000

PAPER, CARD, INK, FAINT, LINE = "#f4f5f7", "#ffffff", "#16181d", "#4a5060", "#7d8597"
WAY = "#1746a2"
"""Of the chosen path, which is thick and dark besides."""
THIN, THICK = 2, 6
"""Pixels."""
MARGIN = 5
"""Pixels between the pictures and the edge of their card."""
NUMBERED = 60
"""Pixels of a side from which there is room for a picture's number on it."""
SEAM = 2
"""Pixels between the pictures of a set."""


def draw(layout: Layout, thumbs: Mapping[str, Pixels]) -> bytes:
    """A PNG of layout.width x layout.height pixels, on paper of its own, so that it can be read on any background.

    Args:
        thumbs: the pictures by their files; one that is not there is said to be gone.
    """
    image = Image.new("RGB", (layout.width, layout.height), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, layout.width - 1, layout.height - 1), outline=LINE)
    # What is on the chosen path lies on top.
    for spot in sorted(layout.spots, key=_on_way):
        if spot.parent >= 0:
            _edge(pen, layout, spot)
    for spot in layout.spots:
        _words(pen, layout, spot)
        if isinstance(spot.branch.item, Node):
            _node(image, pen, layout, spot, spot.branch.item, thumbs)
    for spot in sorted(layout.spots, key=_on_way):
        _number(pen, layout, spot)
    return _png(image)


def tiles(shots: int, width: int, height: int) -> list[tuple[int, int, int]]:
    """Where the pictures of a set stand, as large as they can, in rows from left to right: left, top and side of each.

    In pixels from the middle of the top of a box of that size.
    """
    if not shots:
        return []
    side, columns = max((_side(shots, columns, width, height), -columns) for columns in range(1, shots + 1))
    columns, rows, step = -columns, ceil(shots / -columns), side + SEAM
    left, top = -(columns * step - SEAM) // 2, (height - (rows * step - SEAM)) // 2
    return [(left + index % columns * step, top + index // columns * step, side) for index in range(shots)]


def _side(shots: int, columns: int, width: int, height: int) -> int:
    rows = ceil(shots / columns)
    return min((width - SEAM * (columns - 1)) // columns, (height - SEAM * (rows - 1)) // rows)


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    if file.tell() > MOST_BYTES:
        file = BytesIO()
        image.quantize(256).save(file, "PNG", optimize=True)
    return file.getvalue()


def _on_way(spot: Spot) -> bool:
    """What is folded is on it if something below it is."""
    each = spot.branch
    while isinstance(each.item, More) and each.children:
        each = each.children[0]
    return isinstance(each.item, Node) and each.item.on_way


def _edge(pen: ImageDraw.ImageDraw, layout: Layout, spot: Spot) -> None:
    """From the parent to above the words of the node, and down behind them."""
    on_way, scale = _on_way(spot), layout.scale
    line = [_start(layout, spot), (spot.x, spot.y - scale.lines * scale.leading), (spot.x, spot.y)]
    pen.line(line, fill=WAY if on_way else LINE, width=THICK if on_way else THIN, joint="curve")


def _start(layout: Layout, spot: Spot) -> tuple[int, int]:
    """On the lower edge of the parent; on the words of what is folded."""
    scale, parent = layout.scale, layout.spots[spot.parent]
    if isinstance(parent.branch.item, More):
        return parent.x, parent.y
    share = tree.start(spot.branch.item, parent.branch.item)
    return parent.x + round((share - 0.5) * (scale.room - 2 * MARGIN)), parent.y + scale.card


def _number(pen: ImageDraw.ImageDraw, layout: Layout, spot: Spot) -> None:
    """The number of the picture that an edge starts from, on its beginning."""
    item = spot.branch.item
    if spot.parent < 0 or isinstance(item, More) or not item.number:
        return
    if isinstance(layout.spots[spot.parent].branch.item, More):
        return
    x, y = _start(layout, spot)
    _badge(pen, f"#{item.number}", x, y - 5, layout.scale.letters - 1, WAY if item.on_way else INK)


def _badge(pen: ImageDraw.ImageDraw, text: str, x: int, y: int, size: int, paper: str) -> None:
    half = tree_letters.width(text, size) // 2 + 4
    pen.rounded_rectangle((x - half, y - 10, x + half, y + 10), 5, fill=paper)
    pen.text((x, y), text, fill="white", font=tree_letters.font(size), anchor="mm")


def _words(pen: ImageDraw.ImageDraw, layout: Layout, spot: Spot) -> None:
    """What changed, above the node and on its edge."""
    scale, item = layout.scale, spot.branch.item
    if isinstance(item, More):
        _written(pen, wording_tree.more(item.count), spot.x, spot.y - scale.leading // 2, scale.letters, INK, CARD)
        return
    for number, line in enumerate(reversed(tree_layout.words(item, scale))):
        y = spot.y - scale.leading // 2 - 3 - number * scale.leading
        _written(pen, line, spot.x, y, scale.letters, INK, PAPER)


def _written(pen: ImageDraw.ImageDraw, text: str, x: int, y: int, size: int, ink: str, paper: str) -> None:
    half = tree_letters.width(text, size) // 2 + 4
    pen.rectangle((x - half, y - size // 2 - 3, x + half, y + size // 2 + 3), fill=paper)
    pen.text((x, y), text, fill=ink, font=tree_letters.font(size), anchor="mm")


def _node(
    image: Image.Image, pen: ImageDraw.ImageDraw, layout: Layout, spot: Spot, node: Node, thumbs: Mapping[str, Pixels]
) -> None:
    """A heading and the pictures below it, or the words why there are none."""
    scale = layout.scale
    left, top = spot.x - scale.room // 2, spot.y
    box = (left, top, left + scale.room - 1, top + scale.card - 1)
    pen.rounded_rectangle(box, 8, fill=CARD, outline=WAY if node.on_way else LINE, width=4 if node.on_way else 1)
    _heading(pen, layout, spot, node)
    below = top + scale.card - scale.thumb - MARGIN // 2
    shots = node.shots
    if not shots:
        text = tree_letters.lines(wording_tree.state(node.state), scale.letters, scale.room - 8, 1)[0]
        _written(pen, text, spot.x, below + scale.thumb // 2, scale.letters, FAINT, CARD)
    for shot, (x, y, side) in zip(shots, _tiles(layout, len(shots)), strict=True):
        _shot(image, pen, layout, shot, (spot.x + x, below + y, side), thumbs)
        if len(shots) > 1 and side >= NUMBERED:
            _badge(pen, f"{shot.number}", spot.x + x + 12, below + y + 12, layout.scale.letters - 1, INK)


def _tiles(layout: Layout, shots: int) -> list[tuple[int, int, int]]:
    return tiles(shots, layout.scale.room - 2 * MARGIN, layout.scale.thumb - MARGIN)


def _heading(pen: ImageDraw.ImageDraw, layout: Layout, spot: Spot, node: Node) -> None:
    """The version, on the chosen path white on dark; who; the stars; and a word where people are."""
    scale, size = layout.scale, layout.scale.letters
    left, right = spot.x - scale.room // 2 + 7, spot.x + scale.room // 2 - 7
    middle = spot.y + scale.leading // 2 + 3
    ink = "white" if node.on_way else INK
    if node.on_way:
        pen.rounded_rectangle((left - 7, spot.y, right + 6, spot.y + scale.leading + 4), 8, fill=WAY)
    if node.here:
        right = _right(pen, f"← {wording_tree.HERE}", right, middle, size, ink)
    if node.stars:
        right = _right(pen, str(node.stars), right, middle, size, ink)
        _star(pen, right, middle, size // 2, ink)
        right -= size // 2 + 8
    # The two apart: in one piece, a name that is written from right to left would trade places with the number.
    pen.text((left, middle), str(node.version), fill=ink, font=tree_letters.font(size), anchor="lm")
    left += tree_letters.width(f"{node.version}  ", size)
    said = "".join(tree_letters.lines(tree_letters.honest(node.who), size, right - left, 1))
    pen.text((left, middle), said, fill=ink, font=tree_letters.font(size), anchor="lm")


def _right(pen: ImageDraw.ImageDraw, text: str, right: int, middle: int, size: int, ink: str) -> int:
    pen.text((right, middle), text, fill=ink, font=tree_letters.font(size), anchor="rm")
    return right - tree_letters.width(text, size) - 8


def _star(pen: ImageDraw.ImageDraw, x: int, y: int, radius: int, ink: str) -> None:
    """The font has none."""
    corners = [
        (x + r * sin(turn * pi / 5), y - r * cos(turn * pi / 5))
        for turn in range(10)
        for r in (radius if turn % 2 == 0 else radius * 0.4,)
    ]
    pen.polygon(corners, fill=ink)


def _shot(
    image: Image.Image,
    pen: ImageDraw.ImageDraw,
    layout: Layout,
    shot: Shot,
    box: tuple[int, int, int],
    thumbs: Mapping[str, Pixels],
) -> None:
    x, y, side = box
    if shot.file in thumbs:
        image.paste(Image.fromarray(fit(thumbs[shot.file], side, side)), (x, y))
    else:
        pen.rectangle((x, y, x + side - 1, y + side - 1), outline=LINE)
        text = tree_letters.lines(wording_tree.GONE, layout.scale.letters, side - 4, 1)
        pen.text((x + side // 2, y + side // 2), "".join(text), FAINT, tree_letters.font(layout.scale.letters), "mm")
    if shot.picked:
        pen.rectangle((x, y, x + side - 1, y + side - 1), outline="white", width=THICK)
        pen.rectangle((x, y, x + side - 1, y + side - 1), outline=WAY, width=THICK - 2)
