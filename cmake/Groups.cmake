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

# selfheal_library(NAME SOURCES ... LINKS ...): a static library, or an
# interface library where a folder holds headers only.
function(selfheal_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC selfheal_flags ${ARG_LINKS}
      PRIVATE ${ARG_PRIVATE})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE selfheal_flags ${ARG_LINKS})
  endif()
endfunction()
