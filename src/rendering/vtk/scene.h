#pragma once

#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkProp.h>

#include "gl_context.h"
#include "stsr/rendering/renderer.h"

namespace stsr {

/// @throws ValueError  an option of the view is out of its range.
void check_view(const View& view);

/// A render window in a context of its own; draws one object a time.
class Scene {
 public:
  Scene();
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  /// The picture of `prop` (none where it is null) on the view's background, with the outline of
  /// the grid's box where the view wants it.
  /// @param grid  of drawn_grid
  [[nodiscard]] Image draw(const Grid& grid, vtkProp* prop, const View& view);

 private:
  GlContext context_;
  vtkNew<vtkGenericOpenGLRenderWindow> window_;
};

}  // namespace stsr
