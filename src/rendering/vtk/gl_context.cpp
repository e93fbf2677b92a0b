#include "gl_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <fmt/format.h>

#include "stsr/base/error.h"

namespace stsr {

namespace {

[[noreturn]] void refuse(const char* what) {
  throw ValueError(fmt::format(
      "pictures need OpenGL 3.2 through EGL, and {} failed (EGL error 0x{:04x}); install "
      "Mesa's software renderer (Debian: libegl-mesa0 and libgl1-mesa-dri)",
      what, eglGetError()));
}

}  // namespace

GlContext::GlContext()
    : display_(eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr)),
      context_(EGL_NO_CONTEXT) {
  if (display_ == EGL_NO_DISPLAY) refuse("eglGetPlatformDisplay");
  // The display is the process's, shared by all contexts, so it is never terminated.
  if (eglInitialize(display_, nullptr, nullptr) == EGL_FALSE) refuse("eglInitialize");
  if (eglBindAPI(EGL_OPENGL_API) == EGL_FALSE) refuse("eglBindAPI");
  const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT,
                           EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (eglChooseConfig(display_, wanted, &config, 1, &count) == EGL_FALSE || count == 0)
    refuse("eglChooseConfig");
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            2,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  context_ = eglCreateContext(display_, config, EGL_NO_CONTEXT, version);
  if (context_ == EGL_NO_CONTEXT) refuse("eglCreateContext");
  if (eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) == EGL_FALSE) {
    eglDestroyContext(display_, context_);
    refuse("eglMakeCurrent");
  }
}

GlContext::~GlContext() {
  if (is_current()) eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(display_, context_);
}

void GlContext::make_current() const {
  if (eglBindAPI(EGL_OPENGL_API) == EGL_FALSE ||
      eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_) == EGL_FALSE)
    refuse("eglMakeCurrent");
}

bool GlContext::is_current() const {
  return eglGetCurrentContext() == context_;
}

}  // namespace stsr
