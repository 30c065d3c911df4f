"""Measure the process that parses files, on the hostile corpus of the tests and on files of every day.

`python -m bench.files_cleaning`: a line of JSON a file: seconds, and the most memory that the process held.
"""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pikepdf
from PIL import Image

from foundation.files.cleaning import CHILD
from tests.foundation.files.hostile_documents import documents
from tests.foundation.files.hostile_others import all_others
from tests.foundation.files.hostile_pictures import pictures

# started from a small process: what a large one held before it became another is counted as the other's
LAUNCH = f"""
import os, resource, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "from {CHILD} import main; main()"], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
"""


def everyday() -> Iterator[tuple[str, bytes]]:
    """Yield what telephones and scanners make."""
    for what, kind, size, how in (
        ("photograph of 12 million pixels, JPEG", "JPEG", (4_000, 3_000), {"quality": 85}),
        ("photograph of 24 million pixels, JPEG", "JPEG", (5_712, 4_284), {"quality": 80}),
        ("photograph of 12 million pixels, HEIC", "HEIF", (4_000, 3_000), {"quality": 60}),
        ("screenshot, PNG", "PNG", (1_170, 2_532), {}),
    ):
        written = io.BytesIO()
        grain = Image.effect_noise((size[0] // 8, size[1] // 8), 40).resize(size, Image.Resampling.BICUBIC)
        grain.convert("RGB").save(written, kind, **how)
        yield what, written.getvalue()
    yield "40 scanned pages of A4 at 150 dots an inch, PDF", scanned(40)


def scanned(pages: int) -> bytes:
    written, pdf = io.BytesIO(), pikepdf.new()
    page_as_jpeg = io.BytesIO()
    Image.effect_noise((1_240, 1_754), 25).convert("RGB").save(page_as_jpeg, "JPEG", quality=60)
    for _ in range(pages):
        image = pdf.make_stream(b"")
        image.write(page_as_jpeg.getvalue(), filter=pikepdf.Name.DCTDecode)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 1_240, 1_754, 8
        image.ColorSpace = pikepdf.Name.DeviceRGB
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    pdf.save(written)
    return written.getvalue()


def measured(content: bytes) -> dict:
    """Return the seconds that passed, those of the processor, and the megabytes that the process held at most."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        env={"MALLOC_ARENA_MAX": "1", "PATH": os.defpath},
    )
    kilobytes, processor = done.stdout.split()
    return {
        "seconds": round(time.monotonic() - began, 2),
        "processor": round(float(processor), 2),
        "megabytes": int(kilobytes) // 1024,
    }


def main() -> None:
    corpus = [(one.what, one.content) for some in (pictures, documents, all_others) for one in some()]
    for kind, files in (("everyday", everyday()), ("hostile", iter(corpus))):
        for what, content in files:
            print(json.dumps({"kind": kind, "file": what, "size": len(content), **measured(content)}), flush=True)


if __name__ == "__main__":
    main()
