#include "store/cutting_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "gtest/gtest.h"

namespace frontdesk {
namespace store {
namespace {

constexpr char kSocketName[] = "/.s.PGSQL.5432";

int NewSocket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string server_folder)
    : server_path_(std::move(server_folder) + kSocketName) {
  std::string name = ::testing::TempDir() + "frontdesk-proxy-XXXXXX";
  folder_ = ::mkdtemp(&name[0]);
  path_ = folder_ + kSocketName;
  listener_ = NewSocket();
  const sockaddr_un address = AddressOf(path_);
  EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(listener_, 64), 0);
  EXPECT_EQ(::pipe2(stop_, O_CLOEXEC), 0);
  thread_ = std::thread([this] { Run(); });
}

CuttingProxy::~CuttingProxy() {
  ::close(stop_[1]);
  thread_.join();
  ::close(stop_[0]);
  ::close(listener_);
  ::unlink(path_.c_str());
  ::rmdir(folder_.c_str());
}

void CuttingProxy::CutAfter(Direction direction, std::size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  is_armed_ = true;
  direction_ = direction;
  left_ = bytes;
}

bool CuttingProxy::Disarm() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(is_armed_, false);
}

std::size_t CuttingProxy::passed(Direction direction) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return passed_[direction];
}

void CuttingProxy::Accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = NewSocket();
  const sockaddr_un address = AddressOf(server_path_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    pairs_.push_back({{client, server}});
    return;
  }
  ::close(server);
  ::close(client);
}

bool CuttingProxy::Pass(const Pair& pair, Direction direction) {
  const int from = pair.ends[direction == kToServer ? 0 : 1];
  const int to = pair.ends[direction == kToServer ? 1 : 0];
  char bytes[65'536];
  const ssize_t size = ::recv(from, bytes, sizeof(bytes), 0);
  if (size <= 0) return false;
  std::size_t passing = static_cast<std::size_t>(size);
  bool is_cut = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_armed_ && direction_ == direction) {
      is_cut = passing > left_;
      passing = std::min(passing, left_);
      left_ -= passing;
      if (is_cut) is_armed_ = false;
    }
    passed_[direction] += passing;
  }
  for (std::size_t done = 0; done < passing;) {
    const ssize_t sent = ::send(to, bytes + done, passing - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return !is_cut;
}

void CuttingProxy::Run() {
  while (true) {
    std::vector<pollfd> waiting = {{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Pair& pair : pairs_) {
      waiting.push_back({pair.ends[0], POLLIN, 0});
      waiting.push_back({pair.ends[1], POLLIN, 0});
    }
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) break;
    std::vector<Pair> left;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const Pair& pair = pairs_[i];
      const bool goes_on = (waiting[2 + 2 * i].revents == 0 || Pass(pair, kToServer)) &&
                           (waiting[3 + 2 * i].revents == 0 || Pass(pair, kToClient));
      if (goes_on) {
        left.push_back(pair);
      } else {
        for (const int end : pair.ends) ::close(end);
      }
    }
    pairs_ = std::move(left);
    if (waiting[1].revents != 0) Accept();
  }
  for (const Pair& pair : pairs_) {
    for (const int end : pair.ends) ::close(end);
  }
}

}  // namespace store
}  // namespace frontdesk
