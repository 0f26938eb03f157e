# One function per kind of target, so that a module's CMakeLists.txt is a list
# of facts and nothing else.

# countersign_module(<folder> [SOURCES <file>...] [DEPENDS <target>...] [PRIVATE <target>...])
#
# Declares the library countersign::<folder>, with every "/" written "-". A module sees
# the headers of the modules it DEPENDS on and of no others: each is reached
# through a symbolic link of its own, so an include that skips a layer does not
# compile. What stands behind PRIVATE is seen by the module's sources alone.
function(countersign_module folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE")
  string(REPLACE "/" "-" name ${folder})
  cmake_path(GET folder PARENT_PATH parent)
  set(layer ${PROJECT_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${layer}/${parent})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${layer}/${folder} SYMBOLIC)

  if(arg_SOURCES)
    list(TRANSFORM arg_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/${folder}/)
    add_library(countersign-${name} STATIC ${arg_SOURCES})
    target_link_libraries(countersign-${name} PRIVATE countersign::flags ${arg_PRIVATE})
    set(scope PUBLIC)
  else()
    add_library(countersign-${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(countersign::${name} ALIAS countersign-${name})
  target_compile_features(countersign-${name} ${scope} cxx_std_20)
  target_include_directories(countersign-${name} ${scope} ${layer})
  target_link_libraries(countersign-${name} ${scope} ${arg_DEPENDS})
endfunction()

# countersign_program(<name> SOURCES <file>... DEPENDS <target>...)
#
# Declares a program that lands in build/<preset>/bin.
function(countersign_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} countersign::flags)
endfunction()

# What the thread sanitizer builds and runs: whatever has more than one thread.
add_custom_target(threaded_tests)

# countersign_test(<name> [THREADED] [WHOLE] SOURCES <file>... DEPENDS <target>...
#                  [TIMEOUT <seconds>])
#
# Declares a GoogleTest program; each of its tests is a test of ctest. THREADED: it, or what it
# tests, starts threads. WHOLE: the program is one test of ctest, because its tests share what takes
# long to start.
function(countersign_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "THREADED;WHOLE" "TIMEOUT" "SOURCES;DEPENDS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  set(labels)
  if(arg_THREADED)
    set(labels LABELS threads)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} countersign::flags GTest::gmock_main)
  set(properties TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "CS_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
    ${labels})
  if(arg_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES ${properties})
  else()
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
  endif()
  if(arg_THREADED)
    add_dependencies(threaded_tests ${name})
  endif()
endfunction()

# countersign_use_jemalloc(PROGRAM): for what allocates at every request. Sanitizers bring an
# allocator of their own.
function(countersign_use_jemalloc program)
  if(NOT CMAKE_CXX_FLAGS MATCHES "sanitize")
    target_link_libraries(${program} PRIVATE PkgConfig::Jemalloc)
  endif()
endfunction()
