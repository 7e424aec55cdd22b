// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_routes.hpp"

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text;
  const auto routes = parse_flexisip_routes(as_text(data, size));
  for (const FlexisipRoute& each : routes) {
    must(!each.route.empty() && each.line > 0, "a rule has a route and a line");
    must(each.condition.find('\n') == std::string::npos, "a condition is on one line");
    (void)sip_place(each.route);
    std::string all;
    for (const std::string& piece : conjuncts(each.condition)) {
      must(!piece.empty(), "what must be true says something");
      all += (all.empty() ? "" : " && ") + piece;
    }
    text += each.route + " " + each.condition + "\n";
  }
  const auto again = parse_flexisip_routes(text);
  must(again.size() == routes.size(), "rules come back");
  for (std::size_t i = 0; i < routes.size(); ++i) {
    must(again[i].route == routes[i].route && again[i].condition == routes[i].condition,
         "rules come back as they were");
  }
  return 0;
}
