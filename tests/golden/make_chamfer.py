#!/usr/bin/env python3
"""Chamfer distances of made-up volumes by VTK's flying edges and scipy; writes chamfer.json.

Contour lines of a volume of one plane come from scikit-image. `whole` marks volumes rounded to whole
numbers, with an isovalue that samples have exactly. Usage: make_chamfer.py (writes beside itself)
"""
import json
from pathlib import Path

import numpy as np
import vtk
from made_up import volumes
from scipy.spatial import cKDTree
from skimage.measure import find_contours
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy


def surface(volume, isovalue):
    if volume.shape[0] == 1:
        lines = find_contours(volume[0], isovalue)
        return np.unique(np.concatenate(lines), axis=0)[:, ::-1] if lines else np.empty((0, 2))
    image = vtk.vtkImageData()
    image.SetDimensions(*volume.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(volume.ravel(), deep=True))
    edges = vtk.vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, isovalue)
    edges.ComputeNormalsOff()
    edges.Update()
    return vtk_to_numpy(edges.GetOutput().GetPoints().GetData()).astype(float)


def chamfer(a, b):
    return cKDTree(b).query(a)[0].mean() + cKDTree(a).query(b)[0].mean()


cases = []
for dims, isovalue, whole in [
    ((24, 20, 18), 0.5, False),
    ((40, 31, 35), -2.0, False),
    ((128, 48, 16), 4.0, False),
    ((24, 20, 18), 1.0, True),
    ((2, 2, 2), 2.8, False),
    ((60, 33, 1), 1.0, False),
]:
    truth, result = volumes(*dims)
    if whole:
        truth, result = np.rint(truth), np.rint(result)
    a, b = surface(truth, isovalue), surface(result, isovalue)
    cases.append(
        {"dims": dims, "isovalue": isovalue, "whole": whole, "points": [len(a), len(b)], "chamfer": chamfer(a, b)}
    )
Path(__file__).with_name("chamfer.json").write_text(json.dumps(cases, indent=1) + "\n")
