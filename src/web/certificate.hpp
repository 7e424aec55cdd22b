// SPDX-License-Identifier: Apache-2.0
// The certificate and key that the server shows, read anew when their files have changed: certbot and others renew them
// every few weeks. On the web thread, but for load().
#pragma once

#include <gnutls/abstract.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "runtime/log.hpp"

namespace mmsgate::web {

/// A chain and its key, in memory, until destroyed.
class Certificate {
 public:
  /// PEM files; the chain's first certificate is the server's. transient: a file cannot be read. rejected: it is none,
  /// or the key is not the certificate's. Says which file.
  [[nodiscard]] static Result<std::unique_ptr<Certificate>> load(const std::string& chain_file,
                                                                 const std::string& key_file);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] gnutls_pcert_st* chain() { return chain_.data(); }
  [[nodiscard]] unsigned length() const { return static_cast<unsigned>(chain_.size()); }
  [[nodiscard]] gnutls_privkey_t key() const { return key_; }

 private:
  Certificate() = default;
  [[nodiscard]] Result<bool> load_chain(const std::string& file);
  [[nodiscard]] Result<bool> load_key(const std::string& file);
  [[nodiscard]] bool belong_together() const;

  std::vector<gnutls_pcert_st> chain_;
  gnutls_privkey_t key_ = nullptr;
};

class CertificateKeeper {
 public:
  CertificateKeeper(std::string chain_file, std::string key_file, std::shared_ptr<runtime::Log> log)
      : chain_file_(std::move(chain_file)), key_file_(std::move(key_file)), log_(std::move(log)) {}

  /// Before anything is served. Errors as Certificate::load.
  [[nodiscard]] Result<bool> open();
  /// Reads the files if they have changed; what cannot be read leaves what there is. May be called at any time; looks
  /// every few seconds.
  void look();
  [[nodiscard]] Certificate& current() { return *kept_.back(); }

 private:
  using Times = std::pair<std::filesystem::file_time_type, std::filesystem::file_time_type>;
  [[nodiscard]] Times times() const;

  const std::string chain_file_, key_file_;
  const std::shared_ptr<runtime::Log> log_;
  Times read_;     ///< The files' times when they were read.
  Times refused_;  ///< ... and when they could not be.
  std::chrono::steady_clock::time_point next_look_;
  /// The older ones stay: a handshake may still use one, and they are small and few.
  std::vector<std::unique_ptr<Certificate>> kept_;
};

}  // namespace mmsgate::web
