# Installs the library of the build folder `build` in `folder`, and builds and runs project/ with it.
file(REMOVE_RECURSE ${folder})
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${build} --prefix ${folder}/prefix --component development)

# Public headers alone.
file(GLOB_RECURSE installed RELATIVE ${folder}/prefix/include ${folder}/prefix/include/*)
foreach(file IN LISTS installed)
  if(NOT EXISTS ${headers}/${file})
    message(FATAL_ERROR "${file} is installed, but is no public header")
  endif()
endforeach()

run(${CMAKE_COMMAND} -G ${generator} -S ${CMAKE_CURRENT_LIST_DIR}/project -B ${folder}/build
    -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_CXX_FLAGS=${flags} -DCMAKE_PREFIX_PATH=${folder}/prefix)
run(${CMAKE_COMMAND} --build ${folder}/build)
run(${folder}/build/user)
