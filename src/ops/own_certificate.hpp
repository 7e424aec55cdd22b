// SPDX-License-Identifier: Apache-2.0
// The certificate that the gateway shows to who speaks SIP over TLS with it: what stands in its two files, or one that
// signs itself and is made there once. Reads and writes files; at the start, on the main thread.
#pragma once

#include <string>

#include "core/error.hpp"

namespace mmsgate::ops {

/// In PEM form.
struct OwnCertificate {
  std::string certificate;  ///< May hold a chain; the first is our own.
  std::string key;
};

struct CertificateFiles {
  std::string certificate;
  std::string key;
};

/// `address`: an IP address that a new one is to name beside localhost. When both files are missing they are made, for
/// ten years and readable for their owner alone, both or neither. rejected: only one is there, one is not in PEM form,
/// or they do not belong together. transient: they cannot be read, or not be made.
[[nodiscard]] Result<OwnCertificate> own_certificate(const CertificateFiles& files, const std::string& address);

}  // namespace mmsgate::ops
