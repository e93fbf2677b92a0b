#pragma once

namespace stsr {

/// An OpenGL 3.2 core context that needs no display and no window: EGL on Mesa's surfaceless
/// platform. Drawing goes to framebuffers that VTK makes.
class GlContext {
 public:
  /// @throws ValueError  there is no such context on this machine; the message has the packages.
  GlContext();
  ~GlContext();
  GlContext(const GlContext&) = delete;
  GlContext& operator=(const GlContext&) = delete;

  void make_current() const;
  [[nodiscard]] bool is_current() const;

 private:
  void* display_;  // EGLDisplay
  void* context_;  // EGLContext
};

}  // namespace stsr
