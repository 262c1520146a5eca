# selfheal_glob(OUT FOLDER...): the .cc files of folders below the root, not
# those of their subfolders. Folders may be empty or absent.
function(selfheal_glob out)
  set(found)
  foreach(folder ${ARGN})
    file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
    list(APPEND found ${files})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Precompiled headers halve the time of a build from nothing. They hide a
# missing include, and ccache works better without them, so they are an option.
# One set serves every library, one (with GoogleTest) every test program: the
# two differ by -fPIC and -fPIE.
set(SELFHEAL_STD_HEADERS <algorithm> <array> <chrono> <functional> <map>
  <memory> <mutex> <optional> <set> <sstream> <string> <string_view> <thread>
  <unordered_map> <utility> <variant> <vector>)
if(SELFHEAL_PCH)
  file(WRITE ${PROJECT_BINARY_DIR}/generated/empty.cc "")
  add_library(selfheal_pch STATIC ${PROJECT_BINARY_DIR}/generated/empty.cc)
  target_link_libraries(selfheal_pch PRIVATE selfheal_flags)
  target_precompile_headers(selfheal_pch PRIVATE ${SELFHEAL_STD_HEADERS})
endif()

# selfheal_library(NAME SOURCES ... LINKS ...): a static library, or an
# interface library where a folder holds headers only.
function(selfheal_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC selfheal_flags ${ARG_LINKS}
      PRIVATE ${ARG_PRIVATE})
    if(SELFHEAL_PCH)
      target_precompile_headers(${name} REUSE_FROM selfheal_pch)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE selfheal_flags ${ARG_LINKS})
  endif()
endfunction()
