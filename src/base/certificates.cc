#include "base/certificates.h"

#include <memory>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace gantry {
namespace {

struct FreeOpenssl {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(char* text) const { OPENSSL_free(text); }
  void operator()(unsigned char* bytes) const { OPENSSL_free(bytes); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

struct Block {
  Owned<char> name;
  Owned<char> header;
  Owned<unsigned char> bytes;
  long size = 0;
};

enum class Read { Block, End, Broken };

Read read_block(BIO* bio, Block* out) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  ERR_clear_error();
  const bool good = PEM_read_bio(bio, &name, &header, &bytes, &out->size) == 1;
  out->name.reset(name);
  out->header.reset(header);
  out->bytes.reset(bytes);
  if (good) return Read::Block;
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return ended ? Read::End : Read::Broken;
}

// Nothing may stand behind it.
bool is_certificate(const Block& block) {
  const unsigned char* at = block.bytes.get();
  const Owned<X509> certificate(d2i_X509(nullptr, &at, block.size));
  ERR_clear_error();
  return certificate && at == block.bytes.get() + block.size;
}

}  // namespace

std::optional<std::string> find_certificate_fault(std::string_view pem, std::size_t count_max) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::size_t count = 0;
  for (Block block;; ++count) {
    const Read read = read_block(bio.get(), &block);
    const std::string which = "block " + std::to_string(count + 1);
    if (read == Read::End) break;
    if (read == Read::Broken) return which + " is no PEM";
    const std::string_view name = block.name.get();
    if (name != PEM_STRING_X509 && name != PEM_STRING_X509_OLD) {
      return which + " is not a certificate";
    }
    if (!is_certificate(block)) return which + " is a certificate that cannot be read";
    if (count == count_max) return "more than " + std::to_string(count_max) + " certificates";
  }
  if (count == 0) return "no certificate in it";
  return std::nullopt;
}

}  // namespace gantry
