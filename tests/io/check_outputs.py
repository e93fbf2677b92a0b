"""Reads files that STSR wrote with readers that are not STSR's.

usage: check_outputs.py TEST_PROGRAM [vtk]

Runs the tests ForOtherReaders of the test program, which leave their files in a folder, and checks
them: the safetensors file with the few lines below, and, where 'vtk' is given, the .pvd with Python's
XML parser and the .vti with VTK's Python module.
"""

import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree


def check_safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    assert length % 8 == 0, length
    header = json.loads(data[8 : 8 + length].decode("utf-8"))
    metadata = header.pop("__metadata__")
    assert metadata == {"format": "stsr", "unit": "µm/s \"quoted\"\nline"}, metadata
    codes = {"F32": ("f", 4), "F64": ("d", 8), "U8": ("B", 1), "I64": ("q", 8)}
    expected = {
        "mask": ("U8", [3], [1, 2, 255]),
        "weights": ("F32", [2, 2], [1.5, -2.0, struct.unpack("<f", struct.pack("<f", 3e-30))[0], 4.0]),
        "times": ("F64", [1], [0.1]),
        "step": ("I64", [], [-7]),
        "empty": ("F32", [0, 4], []),
    }
    assert header.keys() == expected.keys(), header.keys()
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        kind, shape, values = expected[name]
        code, size = codes[kind]
        assert entry["dtype"] == kind and entry["shape"] == shape, (name, entry)
        begin, last = entry["data_offsets"]
        assert begin == end and last - begin == size * math.prod(shape), (name, entry)
        end = last
        body = data[8 + length + begin : 8 + length + last]
        assert list(struct.unpack(f"<{len(values)}{code}", body)) == values, name
    assert 8 + length + end == len(data)


def check_series(folder, pvd, dims, spacing, origin, times, names):
    """names: of the arrays, each with its number in the data set, which the values tell."""
    import vtk

    sets = ElementTree.parse(os.path.join(folder, pvd)).getroot().findall("./Collection/DataSet")
    assert [float(s.get("timestep")) for s in sets] == times, pvd
    for step, entry in enumerate(sets):
        reader = vtk.vtkXMLImageDataReader()
        reader.SetFileName(os.path.join(folder, entry.get("file")))
        reader.Update()
        assert reader.GetErrorCode() == 0
        image = reader.GetOutput()
        assert image.GetDimensions() == dims, image.GetDimensions()
        assert image.GetSpacing() == spacing, image.GetSpacing()
        assert image.GetOrigin() == origin, image.GetOrigin()
        point = image.GetPointData()
        assert [point.GetArrayName(i) for i in range(point.GetNumberOfArrays())] == list(names)
        for name, number in names.items():
            array = point.GetArray(name)
            count = math.prod(dims)
            assert array.GetDataTypeAsString() == "float" and array.GetNumberOfTuples() == count
            for i in range(count):
                value = array.GetValue(i)
                wanted = 100.0 * number + 10.0 * step + 0.1 * i
                assert math.isnan(value) if i == 1 else abs(value - wanted) < 1e-4, (name, i, value)
            low, high = array.GetRange()
            assert abs(low - (100 * number + 10 * step)) < 1e-4
            assert abs(high - (100 * number + 10 * step + 0.1 * (count - 1))) < 1e-4


def main():
    program, with_vtk = sys.argv[1], "vtk" in sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "--gtest_filter=ForOtherReaders.*"], check=True,
                       env=dict(os.environ, STSR_TEST_OUTPUT=folder))
        check_safetensors(os.path.join(folder, "example.safetensors"))
        if with_vtk:
            series = os.path.join(folder, "series")
            check_series(series, "volumes.pvd", (4, 3, 2), (0.1, 1 / 3, 2.0),
                         (-0.46875, 1e-3, 1e6 / 7), [4.0, 4.08, 4.16, 1 / 3 + 5],
                         {"speed": 0, "../a/b <\"&'µ> c": 1})
            check_series(series, "SPEED.pvd", (2, 2, 1), (0.2, 2 / 3, 1.0), (0.0, 0.0, 0.0),
                         [0.1, 0.3], {"SPEED": 2})
    print("all files are as other readers expect them")


main()
