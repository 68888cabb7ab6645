#pragma once
// Clocks that cost a few nanoseconds and are late by some milliseconds: for deadlines and for the
// Date header.

#include <cstdint>
#include <string_view>

namespace gantry::http {

// Milliseconds of the monotonic clock.
std::int64_t coarse_now_ms();

// "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\n", made once a second and thread; valid until the
// thread's next call.
std::string_view date_header();

}  // namespace gantry::http
