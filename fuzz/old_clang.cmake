# libstdc++ 12 says by a constraint which of two destructors std::expected and std::variant have (P0848), which clang
# understands from 16 on, and offers std::expected only to compilers that say so. An older clang is taken at its own word,
# which std::variant heeds, and given <expected> with the second destructor alone: our errors hold a string, so that is
# always the one.
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  find_file(MMSGATE_EXPECTED expected PATHS ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES} NO_DEFAULT_PATH REQUIRED)
  file(READ ${MMSGATE_EXPECTED} text)
  string(REPLACE "constexpr ~expected() = default;" "" text "${text}")
  string(REPLACE "__cpp_concepts >= 202002L" "__cpp_concepts >= 201907L" text "${text}")
  set(compat ${PROJECT_BINARY_DIR}/old_clang)
  file(WRITE ${compat}/expected.new "${text}")
  file(COPY_FILE ${compat}/expected.new ${compat}/expected ONLY_IF_DIFFERENT)
  target_include_directories(mmsgate_flags SYSTEM BEFORE INTERFACE ${compat})
  target_compile_options(mmsgate_flags INTERFACE -Wno-macro-redefined -D__cpp_concepts=201907L)
endif()
