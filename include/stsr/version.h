#pragma once

/// The version of the library and of the program (semantic versioning); CMake reads it here.
#define STSR_VERSION "0.1.0"
