// SPDX-License-Identifier: Apache-2.0
#include "web/certificate.hpp"

#include <gnutls/x509.h>

#include <array>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::web {
namespace {

constexpr unsigned kLongestChain = 16;
constexpr auto kLookEvery = std::chrono::seconds(5);

Result<std::string> read_file(const std::string& path) {
  auto text = runtime::read_file(path);
  if (!text || text->empty()) return fail(ErrorKind::transient, fmt::format("cannot read {}, or it is empty", path));
  return *std::move(text);
}

gnutls_datum_t datum(std::string& text) {
  return {reinterpret_cast<unsigned char*>(text.data()), static_cast<unsigned>(text.size())};
}

}  // namespace

Result<std::unique_ptr<Certificate>> Certificate::load(const std::string& chain_file, const std::string& key_file) {
  std::unique_ptr<Certificate> loaded(new Certificate);
  if (const auto chain = loaded->load_chain(chain_file); !chain) return std::unexpected(chain.error());
  if (const auto key = loaded->load_key(key_file); !key) return std::unexpected(key.error());
  if (!loaded->belong_together()) {
    return fail(ErrorKind::rejected, fmt::format("the key {} is not that of the certificate {}", key_file, chain_file));
  }
  return loaded;
}

Certificate::~Certificate() {
  for (gnutls_pcert_st& each : chain_) gnutls_pcert_deinit(&each);
  if (key_ != nullptr) gnutls_privkey_deinit(key_);
}

Result<bool> Certificate::load_chain(const std::string& file) {
  auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  const gnutls_datum_t bytes = datum(*text);
  std::array<gnutls_pcert_st, kLongestChain> chain{};
  unsigned length = kLongestChain;
  const int code =
      gnutls_pcert_list_import_x509_raw(chain.data(), &length, &bytes, GNUTLS_X509_FMT_PEM,
                                        GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED | GNUTLS_X509_CRT_LIST_SORT);
  if (code < 0) {
    return fail(ErrorKind::rejected, fmt::format("{} is no certificate in PEM form: {}", file, gnutls_strerror(code)));
  }
  chain_.assign(chain.begin(), chain.begin() + length);
  return true;
}

Result<bool> Certificate::load_key(const std::string& file) {
  auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  gnutls_privkey_init(&key_);
  const gnutls_datum_t bytes = datum(*text);
  const int code = gnutls_privkey_import_x509_raw(key_, &bytes, GNUTLS_X509_FMT_PEM, nullptr, 0);
  gnutls_memset(text->data(), 0, text->size());
  if (code == 0) return true;
  return fail(ErrorKind::rejected, fmt::format("{} is no private key in PEM form: {}", file, gnutls_strerror(code)));
}

bool Certificate::belong_together() const {
  gnutls_pubkey_t of_key = nullptr;
  gnutls_pubkey_init(&of_key);
  std::array<unsigned char, 64> id_of_key{};
  std::array<unsigned char, 64> id_of_certificate{};
  std::size_t size_of_key = id_of_key.size();
  std::size_t size_of_certificate = id_of_certificate.size();
  const bool known = gnutls_pubkey_import_privkey(of_key, key_, 0, 0) == 0 &&
                     gnutls_pubkey_get_key_id(of_key, GNUTLS_KEYID_USE_SHA256, id_of_key.data(), &size_of_key) == 0 &&
                     gnutls_pubkey_get_key_id(chain_.front().pubkey, GNUTLS_KEYID_USE_SHA256, id_of_certificate.data(),
                                              &size_of_certificate) == 0;
  gnutls_pubkey_deinit(of_key);
  return known && id_of_key == id_of_certificate;
}

Result<bool> CertificateKeeper::open() {
  read_ = times();
  auto loaded = Certificate::load(chain_file_, key_file_);
  if (!loaded) return std::unexpected(loaded.error());
  kept_.push_back(*std::move(loaded));
  return true;
}

void CertificateKeeper::look() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + kLookEvery;
  const Times changed = times();
  if (changed == read_) return;
  auto loaded = Certificate::load(chain_file_, key_file_);
  if (!loaded) {
    // Perhaps only one of the two has been written yet: the next look tells. Said once a change.
    if (changed != refused_) log_->error("the old certificate stays: {}", loaded.error().detail);
    refused_ = changed;
    return;
  }
  read_ = changed;
  log_->info("the certificate {} has been read anew", chain_file_);
  kept_.push_back(*std::move(loaded));
}

CertificateKeeper::Times CertificateKeeper::times() const {
  std::error_code gone;
  return {std::filesystem::last_write_time(chain_file_, gone), std::filesystem::last_write_time(key_file_, gone)};
}

}  // namespace mmsgate::web
