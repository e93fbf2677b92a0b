"""Reads pictures that STSR wrote with readers that are not STSR's.

usage: check_outputs.py TEST_PROGRAM [png]

Runs the tests ForOtherReaders of the test program, which leave their files in a folder, and checks the
SVG chart with Python's XML parser and, where 'png' is given, the PNG with Pillow.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree


def check_chart(path):
    name = "{http://www.w3.org/2000/svg}"
    root = ElementTree.parse(path).getroot()
    assert root.tag == name + "svg", root.tag
    texts = [element.text for element in root.iter(name + "text")]
    for text in ['PSNR of <speed> & "pressure"', "PSNR (dB)", "time step", "STSR", "linear", "kept"]:
        assert text in texts, (text, texts)
    width, height = float(root.get("width")), float(root.get("height"))
    for circle in root.iter(name + "circle"):
        assert 0 < float(circle.get("cx")) < width and 0 < float(circle.get("cy")) < height


def check_picture(path):
    from PIL import Image

    image = Image.open(path)
    assert image.size == (5, 3) and image.mode == "RGB", (image.size, image.mode)
    assert image.tobytes() == bytes(5 * i for i in range(45))
    assert image.info["Software"] == "STSR", image.info


def main():
    program, readers = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, STSR_TEST_OUTPUT=folder)
        subprocess.run([program, "--gtest_filter=ForOtherReaders.*"], env=environment, check=True)
        check_chart(os.path.join(folder, "chart.svg"))
        if "png" in readers:
            check_picture(os.path.join(folder, "picture.png"))


main()
