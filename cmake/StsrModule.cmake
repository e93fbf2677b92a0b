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
# makes the static library stsr_<folder> from src/<folder>, whose code also becomes part of libstsr.so:
# so it is position independent, with calls inside a file as without that.
#
# fmt and toml++ are libraries where the program is built: compiled into each file, fmt alone takes 3 s
# of it. Without the program they are headers only, so that what is embedded needs no library but
# oneDNN and OpenMP.
function(stsr_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(stsr_${name} STATIC ${ARG_SOURCES})
  set_target_properties(stsr_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_options(stsr_${name} PRIVATE -fno-semantic-interposition)
  set_property(GLOBAL APPEND PROPERTY STSR_MODULES stsr_${name})
  if(NOT STSR_BUILD_APPS)
    list(TRANSFORM ARG_LIBRARIES REPLACE "^fmt::fmt$" "fmt::fmt-header-only")
    if("tomlplusplus::tomlplusplus" IN_LIST ARG_LIBRARIES)
      list(REMOVE_ITEM ARG_LIBRARIES tomlplusplus::tomlplusplus)
      target_include_directories(stsr_${name} SYSTEM PRIVATE
        $<TARGET_PROPERTY:tomlplusplus::tomlplusplus,INTERFACE_INCLUDE_DIRECTORIES>)
    endif()
  endif()
  list(TRANSFORM ARG_DEPENDS PREPEND stsr_)
  target_link_libraries(stsr_${name} PUBLIC stsr_options ${ARG_DEPENDS} PRIVATE ${ARG_LIBRARIES})
endfunction()

# stsr_test(<folder> SOURCES <files> [DEPENDS <folders>] [LIBRARIES <targets>] [LABELS <labels>])
# makes the test program test_<folder> and registers its cases; STSR_GOLDEN_DIR and STSR_TEST_DATA
# name the folders with reference numbers and real data inside the tests.
function(stsr_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES;LABELS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND stsr_)
  target_link_libraries(test_${name} PRIVATE stsr_options ${ARG_DEPENDS} ${ARG_LIBRARIES}
                                             fmt::fmt GTest::gtest_main GTest::gmock)
  target_compile_options(test_${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)  # short runs: build fast
  target_compile_definitions(test_${name} PRIVATE
    STSR_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden" STSR_TEST_DATA="${STSR_TEST_DATA}")
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS "${name};${ARG_LABELS}" TIMEOUT 600)
endfunction()
