#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "acts.h"

namespace gantry::sandbox {

namespace {

char buffer[256];
msghdr message{};
sockaddr_un nowhere{AF_UNIX, "/tmp/gantry-no-such-folder/socket"};

template <class... Arguments>
std::string call(long number, Arguments... arguments) {
  return said(syscall(number, arguments...));
}

constexpr Act kActs[] = {
    {"socket of IPv4", [] { return call(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"socket of IPv6", [] { return call(SYS_socket, AF_INET6, SOCK_STREAM, 0); }},
    {"socket of datagrams", [] { return call(SYS_socket, AF_INET, SOCK_DGRAM, 0); }},
    {"socket of the machine", [] { return call(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }},
    {"socket of netlink", [] { return call(SYS_socket, AF_NETLINK, SOCK_RAW, 0); }},
    {"socket of packets", [] { return call(SYS_socket, AF_PACKET, SOCK_RAW, 0); }},
    {"socket of vsock", [] { return call(SYS_socket, AF_VSOCK, SOCK_STREAM, 0); }},
    {"socketpair", [] { return call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, buffer); }},
    {"connect", [] { return call(SYS_connect, worker_socket, &nowhere, sizeof nowhere); }},
    {"bind", [] { return call(SYS_bind, worker_socket, &nowhere, sizeof nowhere); }},
    {"listen", [] { return call(SYS_listen, worker_socket, 1); }},
    {"accept", [] { return call(SYS_accept, worker_socket, nullptr, nullptr); }},
    {"accept4", [] { return call(SYS_accept4, worker_socket, nullptr, nullptr, 0); }},
    {"sendmsg", [] { return call(SYS_sendmsg, worker_socket, &message, MSG_NOSIGNAL); }},
    {"sendmmsg", [] { return call(SYS_sendmmsg, worker_socket, &message, 0, 0); }},
    {"recvmsg", [] { return call(SYS_recvmsg, worker_socket, &message, MSG_DONTWAIT); }},
    {"recvmmsg", [] { return call(SYS_recvmmsg, worker_socket, &message, 0, 0, nullptr); }},
    {"setsockopt",
     [] { return call(SYS_setsockopt, worker_socket, SOL_SOCKET, SO_SNDBUF, buffer, 0); }},
    {"getsockopt",
     [] { return call(SYS_getsockopt, worker_socket, SOL_SOCKET, SO_PEERCRED, buffer, buffer); }},
    {"getsockname", [] { return call(SYS_getsockname, worker_socket, buffer, buffer + 128); }},
    {"getpeername", [] { return call(SYS_getpeername, worker_socket, buffer, buffer + 128); }},
    {"shutdown", [] { return call(SYS_shutdown, worker_socket, 9); }},
};

}  // namespace

std::span<const Act> network_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
