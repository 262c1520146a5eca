#include "receiver/tls.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

struct Pair {
  std::string cert;
  std::string key;
};

/// A self-signed certificate with its key, as PEM files.
Pair MakeCertificate(const std::string& folder, const std::string& name) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const cert = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -60);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(cert), "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  X509_sign(cert, key, EVP_sha256());
  Pair pair{folder + "/" + name + ".crt", folder + "/" + name + ".key"};
  FILE* file = fopen(pair.cert.c_str(), "w");
  PEM_write_X509(file, cert);
  fclose(file);
  file = fopen(pair.key.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  fclose(file);
  X509_free(cert);
  EVP_PKEY_free(key);
  return pair;
}

/// A blocking TLS client.
class TlsClient {
 public:
  TlsClient(int port, int version)
      : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    SSL_CTX_set_security_level(context_, 0);
    bio_ = BIO_new_ssl_connect(context_);
    BIO_set_conn_hostname(bio_, ("127.0.0.1:" + std::to_string(port)).c_str());
    connected_ = BIO_do_handshake(bio_) == 1;
  }
  ~TlsClient() {
    BIO_free_all(bio_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  void Send(const std::string& text) {
    BIO_write(bio_, text.data(), static_cast<int>(text.size()));
  }
  std::string ReadAll() {
    std::string all;
    char buffer[65536];
    int n;
    while ((n = BIO_read(bio_, buffer, sizeof buffer)) > 0) {
      all.append(buffer, static_cast<std::size_t>(n));
    }
    return all;
  }
  bool Renegotiate() {
    SSL* ssl = nullptr;
    BIO_get_ssl(bio_, &ssl);
    if (SSL_renegotiate(ssl) != 1) return false;
    if (SSL_do_handshake(ssl) != 1) return false;
    char c;
    return SSL_peek(ssl, &c, 1) > 0;
  }

 private:
  SSL_CTX* context_;
  BIO* bio_;
  bool connected_ = false;
};

class Tls : public ::testing::Test {
 protected:
  Tls() : folder_(FreshFolder()), pair_(MakeCertificate(folder_, "a")) {}

  TestServer::Options Options() {
    TestServer::Options options;
    options.tls_cert_file = pair_.cert;
    options.tls_key_file = pair_.key;
    return options;
  }

  std::string folder_;
  Pair pair_;
};

TEST_F(Tls, ServesVersions12And13) {
  TestServer server(Options());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server.port(), version);
    ASSERT_TRUE(client.connected());
    client.Send(Request("GET", "/-/healthy", ""));
    client.Send(Request("POST", "/api/v1/alerts", TestServer::kWebhookToken,
                        Payload(500), "Connection: close\r\n"));
    const std::string all = client.ReadAll();
    EXPECT_EQ(StatusOf(all), 200);
    EXPECT_NE(all.find("{\"received\":500,"), std::string::npos);
  }
}

TEST_F(Tls, RefusesOlderVersions) {
  TestServer server(Options());
  EXPECT_FALSE(TlsClient(server.port(), TLS1_VERSION).connected());
  EXPECT_FALSE(TlsClient(server.port(), TLS1_1_VERSION).connected());
}

TEST_F(Tls, RefusesToRenegotiate) {
  TestServer server(Options());
  TlsClient client(server.port(), TLS1_2_VERSION);
  ASSERT_TRUE(client.connected());
  EXPECT_FALSE(client.Renegotiate());
}

TEST_F(Tls, ClosesOnClearText) {
  TestServer server(Options());
  RawClient client(server.port());
  client.Send(Request("GET", "/-/healthy", ""));
  EXPECT_EQ(client.ReadAll().find("HTTP/1.1 200"), std::string::npos);
}

TEST_F(Tls, AHandshakeThatStallsIsClosed) {
  TestServer::Options options = Options();
  options.limits.head_deadline = std::chrono::milliseconds(200);
  TestServer server(std::move(options));
  RawClient client(server.port());
  client.Send(std::string("\x16\x03\x01", 3));
  EXPECT_TRUE(client.ClosedWithin(std::chrono::seconds(10)));
}

TEST_F(Tls, SendsLargeAnswersWhole) {
  TestServer server(Options());
  server.services.metrics_text = [] { return std::string(4 << 20, 'm'); };
  TlsClient client(server.port(), TLS1_3_VERSION);
  client.Send(Request("GET", "/metrics", "", "", "Connection: close\r\n"));
  EXPECT_EQ(BodyOf(client.ReadAll()).size(), std::size_t{4 << 20});
}

TEST_F(Tls, WrongFilesAreNamed) {
  const Pair other = MakeCertificate(folder_, "b");
  const auto error = [](const std::string& cert, const std::string& key) {
    const auto context = TlsContext::Load(cert, key);
    return context.ok() ? "" : context.error().message;
  };
  EXPECT_EQ(error(pair_.cert, pair_.key), "");
  EXPECT_EQ(error("/nonexistent", pair_.key).rfind("tls.cert_file: ", 0), 0u);
  EXPECT_EQ(error(pair_.cert, "/nonexistent").rfind("tls.key_file: ", 0), 0u);
  EXPECT_EQ(error(pair_.cert, other.key).rfind("tls.key_file: ", 0), 0u);
  const std::string junk = WriteFile(folder_, "junk", "not PEM");
  EXPECT_EQ(error(junk, pair_.key).rfind("tls.cert_file: ", 0), 0u);
}

}  // namespace
}  // namespace selfheal::testing
