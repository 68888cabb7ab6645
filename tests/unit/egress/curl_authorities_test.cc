#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

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
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

template <class Write>
std::string pem_of(const Write& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get());
  BUF_MEM* memory = nullptr;
  BIO_get_mem_ptr(bio.get(), &memory);
  return {memory->data, memory->length};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Good for an hour.
Certificate unsigned_certificate(const std::string& name, const Key& key) {
  Certificate out(X509_new(), X509_free);
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
  X509_set_pubkey(out.get(), key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return out;
}

class Authority {
 public:
  explicit Authority(const std::string& name) : certificate_(unsigned_certificate(name, key_)) {
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }

  std::shared_ptr<const std::string> pem() const {
    return std::make_shared<const std::string>(
        pem_of([this](BIO* bio) { PEM_write_bio_X509(bio, certificate_.get()); }));
  }
  void vouch_for(const std::string& host, asio::ssl::context* tls) const {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Certificate leaf = unsigned_certificate(host, key);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
    add_extension(leaf.get(), NID_subject_alt_name, "DNS:" + host);
    X509_sign(leaf.get(), key_.get(), EVP_sha256());
    const std::string key_text = pem_of([&key](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    tls->use_private_key(asio::buffer(key_text), asio::ssl::context::pem);
    const std::string text = pem_of([&leaf](BIO* bio) { PEM_write_bio_X509(bio, leaf.get()); });
    tls->use_certificate(asio::buffer(text), asio::ssl::context::pem);
  }

 private:
  const Key key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
  const Certificate certificate_;
};

class CurlAuthorities : public ::testing::Test {
 protected:
  void SetUp() override { testing::script_name("inner.test", {{{"127.0.0.1"}}, {}}); }

  void listen(testing::Answer::Then then = testing::Answer::Then::KeepAlive) {
    own_.vouch_for("inner.test", &tls_);
    receiver_.emplace(
        [then](const Seen&) {
          auto answer = testing::reply(200, "inside");
          answer.then = then;
          return answer;
        },
        "127.0.0.1", &tls_);
  }
  HttpRequest trusting(std::shared_ptr<const std::string> pem) const {
    HttpRequest request =
        testing::get("https://inner.test:" + std::to_string(receiver_->port()) + "/");
    request.ca_certificates = std::move(pem);
    return request;
  }
  void expect_served(CurlHttpClient& client) {
    EXPECT_EQ(reply_of(send(client, trusting(own_.pem()))).body, "inside");
  }
  void expect_refused(CurlHttpClient& client, std::shared_ptr<const std::string> pem) {
    const std::size_t before = receiver_->seen().size();
    EXPECT_EQ(failure_of(send(client, trusting(std::move(pem)))).kind, Kind::Tls);
    EXPECT_EQ(receiver_->seen().size(), before) << "nothing is said to who is not trusted";
  }

  const Authority own_{"Own authority"};
  const Authority other_{"Another authority"};
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  std::optional<Receiver> receiver_;
  CurlHttpClient client_;
};

TEST_F(CurlAuthorities, who_names_it_trusts_it) {
  listen();
  expect_served(client_);
  expect_served(client_);
  EXPECT_EQ(receiver_->connections(), 1U) << "with the same authority the connection is kept";
}

TEST_F(CurlAuthorities, nobody_else_does_before_or_after) {
  listen();
  for (int i = 0; i < 2; ++i) {
    expect_refused(client_, nullptr);
    expect_refused(client_, other_.pem());
    expect_served(client_);
  }
}

TEST_F(CurlAuthorities, a_kept_connection_is_for_those_alone_who_trust_the_same) {
  listen();
  expect_served(client_);
  expect_refused(client_, nullptr);
  expect_refused(client_, other_.pem());
  EXPECT_EQ(receiver_->connections(), 3U) << "each refused one opened its own";
  expect_served(client_);
  EXPECT_EQ(receiver_->connections(), 3U) << "and the first is still there";
}

TEST_F(CurlAuthorities, a_kept_tls_session_is_for_those_alone_who_trust_the_same) {
  listen(testing::Answer::Then::Close);
  for (int i = 0; i < 3; ++i) expect_served(client_);
  expect_refused(client_, nullptr);
  expect_refused(client_, other_.pem());
}

TEST_F(CurlAuthorities, one_of_several_is_enough) {
  listen();
  const auto both = std::make_shared<const std::string>(*other_.pem() + *own_.pem());
  EXPECT_EQ(reply_of(send(client_, trusting(both))).body, "inside");
}

TEST_F(CurlAuthorities, it_takes_the_place_of_those_that_the_client_has) {
  listen();
  const std::string file = ::testing::TempDir() + "gantry-authority.pem";
  std::ofstream(file) << *own_.pem();
  EgressOptions options;
  options.ca_file = file;
  CurlHttpClient client(options);
  EXPECT_EQ(reply_of(send(client, trusting(nullptr))).body, "inside");
  expect_refused(client, other_.pem());
  EXPECT_EQ(reply_of(send(client, trusting(nullptr))).body, "inside");
  std::remove(file.c_str());
}

// Else the folder of the system's certificates would vouch beside what the request names.
TEST_F(CurlAuthorities, text_that_holds_no_certificate_trusts_nobody) {
  listen();
  expect_refused(client_, std::make_shared<const std::string>("no certificate"));
  expect_served(client_);
}

}  // namespace
}  // namespace gantry::egress
