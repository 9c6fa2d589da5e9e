"""Real PNG-8 pictures, as NoPass sends them: a palette, a picture, and a code that differs by `seed`."""
import base64
import struct
import zlib


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_png(seed=0, side=64):
    header = struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0)
    palette = bytes((seed * step + 40 * i) % 256 for i in range(8) for step in (1, 7, 31))
    rows = b"".join(b"\0" + bytes((x // 8 + y // 8 + seed) % 8 for x in range(side)) for y in range(side))
    text = b"Comment\0code " + str(seed).encode()
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"PLTE", palette) + _chunk(b"tEXt", text) +
            _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b""))


def picture(seed=0, side=64):
    """The member `image` of UpdatePicture."""
    return base64.b64encode(make_png(seed, side)).decode("ascii")
