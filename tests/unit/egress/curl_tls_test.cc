#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/ids.h"
#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using testing::failure_of;
using testing::Receiver;
using testing::reply_of;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

std::string to_text(const std::unique_ptr<BIO, decltype(&BIO_free)>& bio) {
  BUF_MEM* memory = nullptr;
  BIO_get_mem_ptr(bio.get(), &memory);
  return {memory->data, memory->length};
}

struct Certificate {
  std::string key;
  std::string pem;
};

// Signed by itself; good for `host` from an hour ago until `seconds_left` from now.
Certificate make_certificate(const std::string& host, long seconds_left) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), X509_free);
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), seconds_left);
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME* name = X509_get_subject_name(cert.get());
  const std::string common = "Receiver of tests";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509_set_issuer_name(cert.get(), name);
  const std::string alternative = "DNS:" + host;
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str());
  X509_add_ext(cert.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(cert.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  const std::unique_ptr<BIO, decltype(&BIO_free)> cert_bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(cert_bio.get(), cert.get());
  return {to_text(key_bio), to_text(cert_bio)};
}

class CurlTls : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::script_name("tls.test", {{{"127.0.0.1"}}, {}});
    testing::script_name("other.test", {{{"127.0.0.1"}}, {}});
  }
  void TearDown() override { std::filesystem::remove(ca_file_); }

  void listen(const Certificate& certificate) {
    tls_.use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
    tls_.use_certificate(asio::buffer(certificate.pem), asio::ssl::context::pem);
    receiver_.emplace([](const Seen&) { return testing::reply(200, "secret"); }, "127.0.0.1",
                      &tls_);
    std::ofstream(ca_file_) << certificate.pem;
  }
  EgressOptions trusting() const {
    EgressOptions options;
    options.ca_file = ca_file_;
    return options;
  }
  HttpRequest to(const std::string& host, Verify verify = Verify::Yes) const {
    HttpRequest request =
        testing::get("https://" + host + ":" + std::to_string(receiver_->port()) + "/");
    request.verify = verify;
    return request;
  }

  std::string ca_file_ = std::filesystem::temp_directory_path() / ("gantry-ca-" + random_id());
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  std::optional<Receiver> receiver_;
};

TEST_F(CurlTls, refuses_a_certificate_that_nobody_signed) {
  listen(make_certificate("tls.test", 3600));
  CurlHttpClient client;
  const HttpFailure failure = failure_of(send(client, to("tls.test")));
  EXPECT_EQ(failure.kind, Kind::Tls) << failure.text;
  EXPECT_EQ(failure.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
  EXPECT_TRUE(receiver_->seen().empty());
}

TEST_F(CurlTls, takes_it_when_told_not_to_verify_and_only_then) {
  listen(make_certificate("tls.test", 3600));
  CurlHttpClient client;
  EXPECT_EQ(reply_of(send(client, to("tls.test", Verify::No))).body, "secret");
  EXPECT_EQ(failure_of(send(client, to("tls.test"))).kind, Kind::Tls);
  EXPECT_EQ(reply_of(send(client, to("127.0.0.1", Verify::No))).body, "secret");
}

TEST_F(CurlTls, takes_a_certificate_that_the_administrator_trusts) {
  listen(make_certificate("tls.test", 3600));
  CurlHttpClient client(trusting());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reply_of(send(client, to("tls.test"))).body, "secret");
  EXPECT_EQ(receiver_->connections(), 1U);
}

TEST_F(CurlTls, refuses_a_certificate_for_another_host) {
  listen(make_certificate("tls.test", 3600));
  CurlHttpClient client(trusting());
  const HttpFailure failure = failure_of(send(client, to("other.test")));
  EXPECT_EQ(failure.kind, Kind::Tls);
  EXPECT_EQ(failure.code, "ERR_TLS_CERT_ALTNAME_INVALID") << failure.text;
}

TEST_F(CurlTls, refuses_a_certificate_that_has_expired) {
  listen(make_certificate("tls.test", -60));
  CurlHttpClient client(trusting());
  EXPECT_EQ(failure_of(send(client, to("tls.test"))).code, "CERT_HAS_EXPIRED");
}

TEST_F(CurlTls, says_when_the_peer_does_not_speak_tls) {
  Receiver plain([](const Seen&) { return testing::reply(200); });
  receiver_.reset();
  CurlHttpClient client;
  Receiver loud([](const Seen&) { return testing::reply(200); });
  HttpRequest request = testing::get("https://127.0.0.1:" + std::to_string(loud.port()) + "/");
  request.timeout = Milliseconds{300};
  const HttpFailure failure = failure_of(send(client, request));
  EXPECT_TRUE(failure.kind == Kind::Tls || failure.kind == Kind::TimedOut) << failure.text;
}

}  // namespace
}  // namespace gantry::egress
