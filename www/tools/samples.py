"""Makes the sample pictures in www/public/samples: photos from the data that scikit-image bundles
(each stated public domain or CC0 there), and charts drawn here.

    python tools/samples.py          needs scikit-image, numpy, pillow
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage import data

OUT = Path(__file__).parent.parent / "public" / "samples"
PHOTOS = {
    "chelsea": data.chelsea,
    "coffee": data.coffee,
    "astronaut": data.astronaut,
    "rocket": data.rocket,
    "hubble": data.hubble_deep_field,
    "camera": data.camera,
    "clock": data.clock,
    "brick": data.brick,
}
THUMBNAIL = 96  # twice the side the page shows, for dense screens


def zone_plate(side: int = 448) -> Image.Image:
    """cos(k·r²) with k such that the frequency reaches Nyquist at the middle of each edge."""
    axis = np.arange(side) - side / 2 + 0.5
    r2 = axis[None, :] ** 2 + axis[:, None] ** 2
    wave = np.cos(np.pi / side * r2)
    return Image.fromarray(np.uint8(np.rint(127.5 + 127.5 * wave)), "L")


def text_chart(width: int = 600, height: int = 400) -> Image.Image:
    """Lines of text from large to small, bars from 8 pixels down to 1, and a gray ramp."""
    chart = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(chart)
    y = 18
    for size in (44, 34, 26, 20, 16, 13, 11, 9):
        font = ImageFont.load_default(size)
        line = "The quick brown fox jumps over the lazy dog 0123456789"
        while draw.textlength(line, font) > width - 48:
            line = line.rsplit(" ", 1)[0]
        draw.text((24, y), line, fill=0, font=font)
        y += round(size * 1.34)
    x, bars = 24, height - 100
    for period in (16, 12, 8, 6, 4, 2):
        for step in range(84 // period):
            left = x + step * period
            draw.rectangle((left, bars, left + period // 2 - 1, bars + 43), fill=0)
        x += 94
    ramp = np.linspace(0, 255, width - 48).astype(np.uint8)[None, :].repeat(28, 0)
    chart.paste(Image.fromarray(ramp, "L"), (24, height - 46))
    return chart


def save_thumbnail(picture: Image.Image, name: str, part: float = 1.0) -> None:
    side = round(min(picture.size) * part)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.convert("RGB").crop((left, top, left + side, top + side))
    square = square.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    square.save(OUT / "thumbs" / f"{name}.jpg", quality=80)


def main() -> None:
    (OUT / "thumbs").mkdir(parents=True, exist_ok=True)
    for name, load in PHOTOS.items():
        picture = Image.fromarray(load())
        picture.save(OUT / f"{name}.jpg", quality=92, subsampling=0, optimize=True)
        save_thumbnail(picture, name)
    for name, chart in {"zone-plate": zone_plate(), "text-chart": text_chart()}.items():
        chart.save(OUT / f"{name}.png", optimize=True)
        save_thumbnail(chart, name, 0.4)


if __name__ == "__main__":
    main()
