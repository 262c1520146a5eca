# bench/*.cc: one program a file; bench/support/*.cc is shared by all of them.
find_package(benchmark QUIET)
file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cc)
if(files AND benchmark_FOUND)
  selfheal_glob(sources bench/support)
  selfheal_library(selfheal_bench_support SOURCES ${sources}
    LINKS selfheal_receiver benchmark::benchmark)
  foreach(file ${files})
    cmake_path(GET file STEM name)
    add_executable(bench_${name} ${file})
    target_link_libraries(bench_${name} PRIVATE selfheal_bench_support)
    if(SELFHEAL_TESTS)
      target_link_libraries(bench_${name} PRIVATE selfheal_test_support
        kubesim_lib)
    endif()
  endforeach()
endif()
