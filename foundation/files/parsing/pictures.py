"""Make a picture anew from its pixels: what the file hid, or said of the place and the camera, stays behind."""

import io
import warnings

import pillow_heif
from PIL import (
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from .limits import MOST_PIXELS
from .refused import Refused

MODES = {"1": "L", "I;16": "L", "I": "L", "F": "L", "LA": "RGBA", "La": "RGBA", "PA": "RGBA", "RGBa": "RGBA"}
SHOWN = {"L", "RGB", "RGBA"}
QUALITY = 90
# loaded by name: nothing can be imported once no file can be opened
READERS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)


def prepare() -> None:
    """Load the readers of pictures while files may still be opened."""
    Image.preinit()
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is asked before decoding, and refuses rather than warns
    warnings.simplefilter("ignore")
    for kind in ("JPEG", "PNG"):  # encoders load what they need once
        Image.new("RGB", (1, 1)).save(io.BytesIO(), kind)


def redrawn(content: bytes, kind: str) -> tuple[bytes, str, str]:
    """Return a JPEG or a PNG of the same pixels, with its media type and extension. Raises Refused."""
    try:
        # a JPEG with several pictures inside is another format to Pillow; the first is the one that is shown
        with Image.open(io.BytesIO(content), formats=[kind, "MPO"] if kind == "JPEG" else [kind]) as image:
            _measure(image)
            image.load()
            upright = ImageOps.exif_transpose(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError):
        raise Refused("damaged") from None
    return _written(_plain(upright), kind)


def _measure(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    if image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
        raise Refused("type")  # moves: of several pictures one would be kept, and the others lost in silence


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        image = _darkened(image)
    elif image.mode == "P" or (image.mode in ("L", "RGB") and "transparency" in image.info):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode not in SHOWN:
        image = image.convert(MODES.get(image.mode, "RGB"))
    image.info = {}
    return image


def _darkened(image: Image.Image) -> Image.Image:
    """Bring sixteen bits of grey to eight."""
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _written(image: Image.Image, kind: str) -> tuple[bytes, str, str]:
    made = io.BytesIO()
    if kind == "PNG" or image.mode == "RGBA":
        image.save(made, "PNG", compress_level=4)
        return made.getvalue(), "image/png", "png"
    image.save(made, "JPEG", quality=QUALITY)
    return made.getvalue(), "image/jpeg", "jpg"
