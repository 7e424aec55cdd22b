# A room is a folder of src/ and one static library. What it may know of is what it names here and nothing else;
# tests/lint/arrows checks that the includes agree.
function(mmsgate_room name)
  cmake_parse_arguments(ROOM "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(sources)
    add_library(mmsgate_${name} STATIC ${sources})
    target_link_libraries(mmsgate_${name} PUBLIC mmsgate_flags ${ROOM_USES})
  else()
    add_library(mmsgate_${name} INTERFACE)
    target_link_libraries(mmsgate_${name} INTERFACE mmsgate_flags ${ROOM_USES})
  endif()
endfunction()
