// Asio, its TLS part and Beast are compiled here once; see cmake/compiler.cmake.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
