// SPDX-License-Identifier: Apache-2.0
// From the config to what the SIP endpoint is told: the proxy's address, certificates, the registration. On the main
// thread, at the start: it looks up a name and may make a certificate.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"
#include "formats/ip_address.hpp"
#include "ops/config.hpp"
#include "runtime/log.hpp"
#include "sip/endpoint.hpp"

namespace mmsgate::cli {

/// The proxy as the SIP stack wants it: with its address, and the transport that the config asks for. Looked up once,
/// here, so that no thread ever waits for DNS. transient: there is no such host.
[[nodiscard]] Result<std::string> proxy_route(const ops::Config& config);

/// All but the trace. Where TLS was not asked for and cannot be had, the log says why. `random` must outlive the
/// endpoint.
[[nodiscard]] Result<sip::Options> sip_options(const ops::Config& config, const std::string& route, Random& random,
                                               runtime::Log& log);

/// The config does not name who may speak to us, and others could.
[[nodiscard]] bool are_callers_usual(const ops::Config& config);
/// This machine and the proxy, as they are now. Looks up a name, and may block. transient: there is no such host.
[[nodiscard]] Result<std::vector<formats::IpNetwork>> usual_callers(const ops::Config& config);

}  // namespace mmsgate::cli
