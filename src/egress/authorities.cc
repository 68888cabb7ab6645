#include "egress/authorities.h"

namespace gantry::egress {

void trust(CURL* easy, const std::string* pem) {
  if (pem == nullptr) {
    // The folder of the system's certificates, if this libcurl knows one.
    const char* folder = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CAPATH, &folder);
    curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, nullptr);
    return;
  }
  // Copied, since handles and connections outlive their requests. It takes the place of the file,
  // but the folder would still be looked at beside it.
  curl_blob blob{const_cast<char*>(pem->data()), pem->size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
}

}  // namespace gantry::egress
