#include "tests/adapters/http/tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>

namespace selfheal::testing {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

template <typename Write>
std::string ToPem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  Require(bio != nullptr && write(bio) == 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string pem(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

BIO* FromPem(const std::string& pem) {
  return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
}

X509* ReadCertificate(const std::string& pem) {
  BIO* bio = FromPem(pem);
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  Require(certificate != nullptr);
  return certificate;
}

EVP_PKEY* ReadKey(const std::string& pem) {
  BIO* bio = FromPem(pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  Require(key != nullptr);
  return key;
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  Require(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// A certificate of a fresh key, signed by `issuer` (null = by itself).
TestIdentity Make(const std::string& name, const std::string& alternative,
                  const TestIdentity* issuer) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  Require(key != nullptr && certificate != nullptr);
  X509_set_version(certificate, 2);
  static std::atomic<long> serial{1};
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  EVP_PKEY* signer = key;
  if (issuer == nullptr) {
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    X509* parent = ReadCertificate(issuer->cert_pem);
    X509_set_issuer_name(certificate, X509_get_subject_name(parent));
    X509_free(parent);
    AddExtension(certificate, NID_subject_alt_name, alternative);
    signer = ReadKey(issuer->key_pem);
  }
  Require(X509_sign(certificate, signer, EVP_sha256()) > 0);
  TestIdentity identity;
  identity.cert_pem =
      ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
  identity.key_pem = ToPem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr,
                                    nullptr);
  });
  if (signer != key) EVP_PKEY_free(signer);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return identity;
}

}  // namespace

TestIdentity MakeAuthority() { return Make("test authority", "", nullptr); }

TestIdentity MakeIdentity(const TestIdentity& authority,
                          const std::string& name) {
  in_addr address{};
  const bool is_address = inet_pton(AF_INET, name.c_str(), &address) == 1;
  return Make(name, (is_address ? "IP:" : "DNS:") + name, &authority);
}

TlsServer::TlsServer(const TlsServerOptions& options)
    : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
  // OpenSSL writes to sockets that a refusing client has closed.
  signal(SIGPIPE, SIG_IGN);
  X509* certificate = ReadCertificate(options.identity.cert_pem);
  EVP_PKEY* key = ReadKey(options.identity.key_pem);
  Require(SSL_CTX_use_certificate(context_.get(), certificate) == 1);
  Require(SSL_CTX_use_PrivateKey(context_.get(), key) == 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!options.client_ca_pem.empty()) {
    X509* authority = ReadCertificate(options.client_ca_pem);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority);
    X509_free(authority);
    SSL_CTX_set_verify(context_.get(),
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       nullptr);
  }
  if (options.max_version != 0) {
    // Versions below 1.2 exist only at the lowest security level.
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
  }
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  Require(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  Require(listen(listener_, 16) == 0);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Loop(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void TlsServer::Loop() {
  while (!stopping_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    Serve(fd);
    close(fd);
  }
}

void TlsServer::Serve(int fd) {
  SSL* session = SSL_new(context_.get());
  SSL_set_fd(session, fd);
  char bytes[4096];
  if (SSL_accept(session) == 1 && SSL_read(session, bytes, sizeof bytes) > 0) {
    ++served_;
    const std::string reply =
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntls";
    SSL_write(session, reply.data(), static_cast<int>(reply.size()));
    SSL_shutdown(session);
  }
  SSL_free(session);
}

}  // namespace selfheal::testing
