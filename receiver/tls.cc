#include "receiver/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace selfheal {
namespace {

Error TlsError(const std::string& where) {
  char reason[256] = "unknown";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, reason, sizeof reason);
  }
  ERR_clear_error();
  return Error{Code::kInvalidArgument, where + ": " + reason};
}

int NoPassPhrase(char*, int, int, void*) { return 0; }

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::Load(
    const std::string& cert_file, const std::string& key_file) {
  ERR_clear_error();
  SSL_CTX* const raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) return TlsError("TLS");
  std::shared_ptr<TlsContext> context(new TlsContext(raw));
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  // A key with a pass phrase must fail, not ask the terminal.
  SSL_CTX_set_default_passwd_cb(raw, NoPassPhrase);
  if (SSL_CTX_use_certificate_chain_file(raw, cert_file.c_str()) != 1) {
    return TlsError("tls.cert_file: " + cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) !=
      1) {
    return TlsError("tls.key_file: " + key_file);
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    return TlsError("tls.key_file: " + key_file + ": not of the certificate");
  }
  return context;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

TlsSession::TlsSession(const TlsContext& context)
    : ssl_(SSL_new(context.get())) {
  SELFHEAL_CHECK(ssl_ != nullptr);
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SELFHEAL_CHECK(in != nullptr && out != nullptr);
  SSL_set_bio(ssl_, in, out);
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

void TlsSession::Receive(std::string_view wire) {
  const int n =
      BIO_write(SSL_get_rbio(ssl_), wire.data(), static_cast<int>(wire.size()));
  SELFHEAL_CHECK(n == static_cast<int>(wire.size()));
}

TlsSession::State TlsSession::Read(std::string& clear, std::size_t max) {
  const std::size_t before = clear.size();
  char buffer[16384];
  while (clear.size() - before < max) {
    ERR_clear_error();
    const std::size_t room =
        std::min(sizeof buffer, max - (clear.size() - before));
    const int n = SSL_read(ssl_, buffer, static_cast<int>(room));
    if (n > 0) {
      clear.append(buffer, static_cast<std::size_t>(n));
      continue;
    }
    switch (SSL_get_error(ssl_, n)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return State::kWantMore;
      case SSL_ERROR_ZERO_RETURN:
        return State::kClosed;
      default:
        ERR_clear_error();
        return State::kFailed;
    }
  }
  return State::kOk;
}

bool TlsSession::Write(std::string_view clear) {
  while (!clear.empty()) {
    ERR_clear_error();
    const std::size_t part = std::min<std::size_t>(clear.size(), 1 << 20);
    const int n = SSL_write(ssl_, clear.data(), static_cast<int>(part));
    if (n <= 0) {
      ERR_clear_error();
      return false;
    }
    clear.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void TlsSession::Close() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
  ERR_clear_error();
}

void TlsSession::Send(std::string& wire) {
  BIO* const out = SSL_get_wbio(ssl_);
  char buffer[16384];
  while (BIO_pending(out) > 0) {
    const int n = BIO_read(out, buffer, sizeof buffer);
    if (n <= 0) return;
    wire.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace selfheal
