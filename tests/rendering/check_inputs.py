"""Has STSR read PNG files of every kind that others write, whole and damaged.

usage: check_inputs.py TEST_PROGRAM

Writes each kind with its own encoder (colour type, bit depth, transparency, interlacing), beside it what STSR
must read of it as PPM, and runs the tests FromOtherWriters of the test program on the folder.
"""

import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
PARTS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(row, depth):
    """A filter byte, and the samples of a row at `depth` bits each."""
    bits = "".join(format(sample, "0%db" % depth) for pixel in row for sample in pixel)
    bits += "0" * (-len(bits) % 8)
    return b"\0" + bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def encoded(pixels, colour, depth, interlaced, extra):
    height, width = len(pixels), len(pixels[0])
    raw = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for y in range(y0, height, dy):
            row = pixels[y][x0::dx]
            if row:
                raw += packed(row, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    data = zlib.compress(raw)
    half = len(data) // 2  # in two pieces, as large files are
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data[:half])
            + chunk(b"IDAT", data[half:]) + chunk(b"IEND", b""))


def over_white(colours, opacity, full):
    """Rounded to 8 bits, in whole numbers."""
    above = [c * opacity + full * (full - opacity) for c in colours]
    return bytes((2 * 255 * a + full * full) // (2 * full * full) for a in above)


def expected(pixel, colour, depth, palette, alphas, clear):
    full = 2**depth - 1
    if colour == PALETTE:
        return over_white(palette[pixel[0]], alphas[pixel[0]] if pixel[0] < len(alphas) else 255, 255)
    opacity = pixel[-1] if colour in (GREY_ALPHA, RGBA) else 0 if pixel == clear else full
    return over_white(pixel[:3] if colour in (RGB, RGBA) else pixel[:1] * 3, opacity, full)


def write(folder, name, colour, depth, interlaced=False, transparent=False, chunks=b""):
    random.seed(name)
    width, height = 13, 11
    full = 2**depth - 1
    pixels = [[[random.randint(0, full) for _ in range(PARTS[colour])] for _ in range(width)] for _ in range(height)]
    palette = [[random.randint(0, 255) for _ in range(3)] for _ in range(full + 1)] if colour == PALETTE else []
    alphas, clear = [], None
    if colour == PALETTE:
        chunks += chunk(b"PLTE", bytes(sum(palette, [])))
        if transparent:
            alphas = [random.randint(0, 255) for _ in range(min(5, full + 1))]
            chunks += chunk(b"tRNS", bytes(alphas))
    elif transparent:
        clear = pixels[2][3]
        chunks += chunk(b"tRNS", b"".join(struct.pack(">H", part) for part in clear))
    with open(os.path.join(folder, name + ".png"), "wb") as file:
        file.write(encoded(pixels, colour, depth, interlaced, chunks))
    rgb = b"".join(expected(p, colour, depth, palette, alphas, clear) for row in pixels for p in row)
    with open(os.path.join(folder, name + ".ppm"), "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (width, height) + rgb)


def main():
    with tempfile.TemporaryDirectory() as folder:
        kinds = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
        for colour, depths in kinds.items():
            for depth in depths:
                for interlaced in (False, True):
                    for transparent in (False, True) if colour in (GREY, RGB, PALETTE) else (False,):
                        name = "%d-%d-%d-%d" % (colour, depth, interlaced, transparent)
                        write(folder, name, colour, depth, interlaced, transparent)
        # Numbers are taken as they are, and what belongs to no pixel is passed over.
        write(folder, "gamma", RGB, 8, chunks=chunk(b"gAMA", struct.pack(">I", 100000)))
        write(folder, "profile", RGB, 8, chunks=chunk(b"iCCP", b"broken\0\0no profile"))
        write(folder, "text", GREY, 8, chunks=chunk(b"tEXt", b"Software\0Another") + chunk(b"teST", b"private"))
        environment = dict(os.environ, STSR_TEST_INPUT=folder)
        subprocess.run([sys.argv[1], "--gtest_filter=FromOtherWriters.*"], env=environment, check=True)


main()
