# The language, the warnings and the sanitizers that every target of ours is built with.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(mmsgate_flags INTERFACE)
target_compile_options(mmsgate_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wconversion
  -Wno-sign-conversion -Wold-style-cast -Woverloaded-virtual -Wno-missing-field-initializers -Werror)
target_include_directories(mmsgate_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(mmsgate_flags INTERFACE _FILE_OFFSET_BITS=64 SPDLOG_FMT_EXTERNAL)

if(MMSGATE_TESTS)
  target_compile_definitions(mmsgate_flags INTERFACE MMSGATE_FAILPOINTS)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12 offers std::expected only to compilers that announce the final concepts; clang 16 has what that needs, and
  # announces an earlier state. (clang 14 has not: P0848.)
  add_compile_options(-Wno-macro-redefined -Wno-builtin-macro-redefined -D__cpp_concepts=202002L)
else()
  # g++ 12 takes the value of an empty std::optional for one that is used uninitialized (GCC bug 80635).
  add_compile_options(-Wno-maybe-uninitialized)
endif()
if(MMSGATE_SANITIZE)
  add_compile_options(-fsanitize=${MMSGATE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MMSGATE_SANITIZE})
endif()
if(MMSGATE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffunction-sections)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-restrict)  # g++ 12 at -O3 sees overlaps in "a" + string (GCC bug 105651)
  endif()
  add_link_options(-Wl,-z,relro,-z,now -Wl,--gc-sections)
endif()
