"""What a PDF of the library says, read from its bytes: enough for its own output, so that no other reader is needed."""

import re
import zlib

STREAM = re.compile(rb"(\d+) 0 obj\s*((?:(?!endobj).)*?)\s*stream\r?\n", re.S)
# parentheses that balance each other stand inside a text without a sign of their own
LITERAL = rb"\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)"
SHOWN = re.compile(
    rb"/(\w+) [\d.]+ Tf|\[((?:" + LITERAL + rb"|[\d. -])*)\]\s*TJ|" + LITERAL + rb"\s*Tj|(\bTm|\bET\b)", re.S
)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Pdf:
    """`objects`: number -> its dictionary or value; `text`: the words of all pages, a line a line."""

    def __init__(self, content: bytes):
        self.streams, self.objects = {}, {}
        for found in STREAM.finditer(content):
            length = int(re.search(rb"/Length (\d+)", found[2])[1])
            body = content[found.end() : found.end() + length]
            self.streams[int(found[1])] = zlib.decompress(body) if b"FlateDecode" in found[2] else body
            self.objects[int(found[1])] = found[2]
        for number, body in re.findall(rb"(\d+) 0 obj\s*(.*?)\s*endobj", content, re.S):
            self.objects.setdefault(int(number), body)
        self.root = next(o for o in self.objects.values() if b"/Type/Catalog" in o.replace(b" ", b""))
        self.fonts = {n: o for n, o in self.objects.items() if b"/ToUnicode" in o}
        self.text = "\n".join(self._page(page) for page in self._pages())

    def _pages(self):
        return [o for _, o in sorted(self.objects.items()) if re.search(rb"/Type\s*/Page\b(?!s)", o)]

    def _value(self, text, key):
        """The dictionary under a key, followed when it is a reference."""
        found = re.search(rb"/%s\s*(?:(\d+) 0 R|(<<))" % key, text)
        if found is None:
            return b""
        return self.objects[int(found[1])] if found[1] else _balanced(text[found.start(2) :])

    def _page(self, page) -> str:
        named = self._value(self._value(page, b"Resources"), b"Font")
        maps = {name: self._letters(int(number)) for name, number in re.findall(rb"/(\w+)\s+(\d+) 0 R", named)}
        content = b"".join(self.streams[int(n)] for n in re.findall(rb"/Contents\s*\[?\s*(\d+) 0 R", page))
        out, letters = [], {}
        for font, several, _last, one, moved in SHOWN.findall(content):
            if font:
                letters = maps[font]
            elif moved:
                out.append("\n")
            for said in re.findall(LITERAL, several, re.S) if several else [one] if one else []:
                codes = _unescaped(said)
                out += [letters[int.from_bytes(codes[i : i + 2])] for i in range(0, len(codes), 2)]
        return re.sub(r"\n+", "\n", "".join(out))

    def _letters(self, font: int) -> dict[int, str]:
        number = re.search(rb"/ToUnicode\s+(\d+) 0 R", self.objects[font])
        cmap, found = self.streams[int(number[1])], {}
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
            for code, said in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
                found[int(code, 16)] = bytes.fromhex(said.decode()).decode("utf-16-be")
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
            for low, high, said in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
                start = int(said, 16)
                found |= {n: chr(start + n - int(low, 16)) for n in range(int(low, 16), int(high, 16) + 1)}
        return found


def _unescaped(text: bytes) -> bytes:
    def plain(found):
        code = found[1]
        return bytes([int(code, 8)]) if code.isdigit() else ESCAPES.get(code, code)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.S)


def _balanced(text: bytes) -> bytes:
    depth = 0
    for sign in re.finditer(rb"<<|>>", text):
        depth += 1 if sign[0] == b"<<" else -1
        if depth == 0:
            return text[: sign.end()]
    return text
