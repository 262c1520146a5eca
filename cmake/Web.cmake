# web/ and the libraries of third_party/ as one C++ source, so that the program
# needs no files beside it. The names are those under which it serves them.
file(GLOB SELFHEAL_WEB_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/*.*)
list(APPEND SELFHEAL_WEB_FILES
  ${PROJECT_SOURCE_DIR}/third_party/uplot/uPlot.iife.min.js
  ${PROJECT_SOURCE_DIR}/third_party/uplot/uPlot.min.css)
set(SELFHEAL_WEB_SOURCE ${PROJECT_BINARY_DIR}/generated/web_files.cc)
add_custom_command(OUTPUT ${SELFHEAL_WEB_SOURCE}
  COMMAND ${CMAKE_COMMAND} -D "FILES=${SELFHEAL_WEB_FILES}"
    -D OUT=${SELFHEAL_WEB_SOURCE} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${SELFHEAL_WEB_FILES} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  VERBATIM)
