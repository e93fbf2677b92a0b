# What every target of the project shares, and one function a module (a folder of src/).

add_library(stsr_options INTERFACE)
target_include_directories(stsr_options INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_options(stsr_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                              -Wno-sign-conversion)
if(STSR_WARNINGS_AS_ERRORS)
  target_compile_options(stsr_options INTERFACE -Werror)
endif()
if(STSR_SANITIZE)
  target_compile_options(stsr_options INTERFACE -fsanitize=address,undefined
                                                -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(stsr_options INTERFACE -fsanitize=address,undefined)
endif()

# stsr_module(<folder> SOURCES <files> [DEPENDS <folders>] [LIBRARIES <targets>])
# makes the static library stsr_<folder> from src/<folder>.
function(stsr_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(stsr_${name} STATIC ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND stsr_)
  target_link_libraries(stsr_${name} PUBLIC stsr_options ${ARG_DEPENDS} PRIVATE ${ARG_LIBRARIES})
endfunction()
