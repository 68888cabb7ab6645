// libcurl's functions as this program calls them. The library and the some twenty others that it
// needs are loaded at the first call: a server that sends nothing, and every script worker, starts
// without them. A call throws when the library cannot be loaded.

#include <cstdarg>
#include <stdexcept>
#include <string>

#include <curl/curl.h>
#include <dlfcn.h>

namespace {

constexpr char kLibrary[] = "libcurl.so.4";

void* library() {
  static void* const loaded = [] {
    void* const opened = dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL);
    if (opened == nullptr) throw std::runtime_error(dlerror());
    return opened;
  }();
  return loaded;
}

template <class Function>
Function* find(const char* name) {
  void* const found = dlsym(library(), name);
  if (found == nullptr) throw std::runtime_error(std::string(kLibrary) + " has no " + name);
  return reinterpret_cast<Function*>(found);
}

// What the functions of variable arguments take: a long, a pointer or a curl_off_t.
using Argument = void*;
static_assert(sizeof(long) == sizeof(Argument) && sizeof(curl_off_t) == sizeof(Argument));

}  // namespace

// libcurl declares some of these names as macros, too: hence the parentheses.
#define FORWARD(type, name, parameters, arguments)         \
  type(name) parameters {                                  \
    static auto* const real = find<decltype(name)>(#name); \
    return real arguments;                                 \
  }
#define FORWARD_OPTION(type, name, handle_type, option_type)  \
  type(name)(handle_type * handle, option_type option, ...) { \
    static auto* const real = find<decltype(name)>(#name);    \
    va_list list;                                             \
    va_start(list, option);                                   \
    const auto argument = va_arg(list, Argument);             \
    va_end(list);                                             \
    return real(handle, option, argument);                    \
  }

#ifdef __clang__
// An enumeration before the dots is what libcurl declares; both compilers pass it as an int.
#pragma clang diagnostic ignored "-Wvarargs"
#endif

extern "C" {

FORWARD(CURLcode, curl_global_init, (long flags), (flags))

FORWARD(CURL*, curl_easy_init, (), ())
FORWARD(void, curl_easy_cleanup, (CURL * easy), (easy))
FORWARD_OPTION(CURLcode, curl_easy_setopt, CURL, CURLoption)
FORWARD_OPTION(CURLcode, curl_easy_getinfo, CURL, CURLINFO)
FORWARD(const char*, curl_easy_strerror, (CURLcode code), (code))

FORWARD(CURLM*, curl_multi_init, (), ())
FORWARD(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))
FORWARD_OPTION(CURLMcode, curl_multi_setopt, CURLM, CURLMoption)
FORWARD(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL* easy), (multi, easy))
FORWARD(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL* easy), (multi, easy))
FORWARD(CURLMsg*, curl_multi_info_read, (CURLM * multi, int* left), (multi, left))
FORWARD(CURLMcode, curl_multi_socket_action,
        (CURLM * multi, curl_socket_t socket, int events, int* running),
        (multi, socket, events, running))

FORWARD(CURLSH*, curl_share_init, (), ())
FORWARD(CURLSHcode, curl_share_cleanup, (CURLSH * share), (share))
FORWARD_OPTION(CURLSHcode, curl_share_setopt, CURLSH, CURLSHoption)

FORWARD(CURLU*, curl_url, (), ())
FORWARD(void, curl_url_cleanup, (CURLU * url), (url))
FORWARD(CURLUcode, curl_url_get, (CURLU * url, CURLUPart part, char** text, unsigned flags),
        (url, part, text, flags))
FORWARD(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char* text, unsigned flags),
        (url, part, text, flags))
FORWARD(const char*, curl_url_strerror, (CURLUcode code), (code))

FORWARD(void, curl_free, (void* memory), (memory))

}  // extern "C"
