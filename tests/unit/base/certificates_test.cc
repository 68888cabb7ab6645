#include "base/certificates.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace gantry {
namespace {

std::string text_in(BIO* bio) {
  BUF_MEM* memory = nullptr;
  BIO_get_mem_ptr(bio, &memory);
  return {memory->data, memory->length};
}

class CertificatesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 60);
    X509_set_pubkey(made.get(), key.get());
    X509_sign(made.get(), key.get(), EVP_sha256());
    const std::unique_ptr<BIO, decltype(&BIO_free)> certificate(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(certificate.get(), made.get());
    certificate_ = text_in(certificate.get());
    const std::unique_ptr<BIO, decltype(&BIO_free)> private_key(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(private_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    key_ = text_in(private_key.get());
  }

  std::string certificate_;
  std::string key_;
};

TEST_F(CertificatesTest, takes_one_and_several_with_words_between_them) {
  EXPECT_EQ(find_certificate_fault(certificate_, 3), std::nullopt);
  EXPECT_EQ(find_certificate_fault("Root:\n" + certificate_ + "\nOther:\r\n" + certificate_, 2),
            std::nullopt);
}

TEST_F(CertificatesTest, says_what_is_wrong) {
  EXPECT_EQ(find_certificate_fault("", 3), "no certificate in it");
  EXPECT_EQ(find_certificate_fault("just words", 3), "no certificate in it");
  EXPECT_EQ(find_certificate_fault(std::string("\0\xff", 2), 3), "no certificate in it");
  EXPECT_EQ(find_certificate_fault(certificate_ + key_, 3), "block 2 is not a certificate");
  EXPECT_EQ(find_certificate_fault(certificate_ + certificate_, 1), "more than 1 certificates");
}

TEST_F(CertificatesTest, notices_damage_anywhere) {
  const std::string cut = certificate_.substr(0, certificate_.size() - 40);
  EXPECT_EQ(find_certificate_fault(cut, 3), "block 1 is no PEM");
  EXPECT_EQ(find_certificate_fault(certificate_ + cut, 3), "block 2 is no PEM");
  const std::string frame = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(find_certificate_fault(frame, 3), "block 1 is a certificate that cannot be read");
}

}  // namespace
}  // namespace gantry
