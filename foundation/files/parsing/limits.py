"""Name the limits of a file, and of the process that parses it."""

MOST_BYTES = 15_000_000
MOST_OUT = 2 * MOST_BYTES  # a picture made anew may be larger than what was sent
MOST_PIXELS = 25_000_000  # of a picture; a telephone takes 12 or 24 million
MOST_PAGE_PIXELS = 100_000_000  # of a picture in a document: a page of A3 scanned at 600 dots an inch has 70
MOST_PAGES = 300
MOST_OBJECTS = 60_000
MOST_UNFOLDED = 200_000_000  # bytes of all streams of a document, decompressed
MOST_TEXT = 2_000_000

CPU_SECONDS = 10
WALL_SECONDS = 20  # on a busy machine
ADDRESS_SPACE = 700_000_000  # of which libraries that are only mapped are a third
