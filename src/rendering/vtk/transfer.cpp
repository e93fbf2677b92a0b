#include "transfer.h"

namespace stsr {

namespace {

void set_space(vtkColorTransferFunction& colours, ColourSpace space) {
  switch (space) {
    case ColourSpace::rgb:
      colours.SetColorSpaceToRGB();
      break;
    case ColourSpace::hsv:
    case ColourSpace::hsv_wrapped:
      colours.SetColorSpaceToHSV();
      colours.SetHSVWrap(space == ColourSpace::hsv_wrapped ? 1 : 0);
      break;
    case ColourSpace::lab:
      colours.SetColorSpaceToLab();
      break;
    case ColourSpace::lab_ciede2000:
      colours.SetColorSpaceToLabCIEDE2000();
      break;
    case ColourSpace::diverging:
      colours.SetColorSpaceToDiverging();
      break;
    case ColourSpace::step:
      colours.SetColorSpaceToStep();
      break;
  }
}

}  // namespace

vtkSmartPointer<vtkColorTransferFunction> vtk_colours(const TransferFunction& from,
                                                      const DrawnScale& scale) {
  const auto colours = vtkSmartPointer<vtkColorTransferFunction>::New();
  colours->AllowDuplicateScalarsOn();
  for (const ColourPoint& point : from.colours)
    colours->AddRGBPoint(scale(point.x), point.rgb[0], point.rgb[1], point.rgb[2]);
  set_space(*colours, from.space);
  return colours;
}

vtkSmartPointer<vtkPiecewiseFunction> vtk_opacities(const TransferFunction& from,
                                                    const DrawnScale& scale) {
  const auto opacities = vtkSmartPointer<vtkPiecewiseFunction>::New();
  opacities->AllowDuplicateScalarsOn();
  for (const OpacityPoint& point : from.opacities)
    opacities->AddPoint(scale(point.x), point.opacity, point.midpoint, point.sharpness);
  return opacities;
}

}  // namespace stsr
