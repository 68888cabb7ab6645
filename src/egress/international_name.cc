#include "egress/international_name.h"

#include <memory>
#include <stdexcept>

#include <dlfcn.h>
#include <idn2.h>

namespace gantry::egress {
namespace {

constexpr char kLibrary[] = "libidn2.so.0";
// As libcurl does, so that a name means the same host here and there: the older rules only for what
// the newer do not know, such as a cup of coffee.
constexpr int kFlags[] = {IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL, IDN2_TRANSITIONAL};

// libcurl needs this library, so it is there wherever libcurl is; and like libcurl it is loaded
// when it is first used.
void* library() {
  static void* const kLoaded = [] {
    void* const opened = dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL);
    if (opened == nullptr) throw std::runtime_error(dlerror());
    return opened;
  }();
  return kLoaded;
}

template <class Function>
Function* find(const char* name) {
  void* const found = dlsym(library(), name);
  if (found == nullptr) throw std::runtime_error(std::string(kLibrary) + " has no " + name);
  return reinterpret_cast<Function*>(found);
}

}  // namespace

std::optional<std::string> find_ascii_name(const std::string& name) {
  static auto* const kConvert = find<decltype(idn2_lookup_u8)>("idn2_lookup_u8");
  static auto* const kRelease = find<decltype(idn2_free)>("idn2_free");
  for (const int flags : kFlags) {
    std::uint8_t* out = nullptr;
    const int code = kConvert(reinterpret_cast<const std::uint8_t*>(name.c_str()), &out, flags);
    const std::unique_ptr<std::uint8_t, decltype(kRelease)> owner(out, kRelease);
    if (code == IDN2_OK && out != nullptr) return std::string(reinterpret_cast<const char*>(out));
  }
  return std::nullopt;
}

}  // namespace gantry::egress
