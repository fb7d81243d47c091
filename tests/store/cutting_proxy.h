// A proxy before a PostgreSQL server that cuts connections at a byte of one's choice.
#ifndef FRONTDESK_TESTS_STORE_CUTTING_PROXY_H_
#define FRONTDESK_TESTS_STORE_CUTTING_PROXY_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace frontdesk {
namespace store {

// Thread-safe.
class CuttingProxy {
 public:
  enum Direction { kToServer, kToClient };

  // `server_folder` has the socket of the server.
  explicit CuttingProxy(std::string server_folder);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  // The folder with the socket of the proxy.
  const std::string& folder() const { return folder_; }

  // Passes this number of bytes more in the direction, and cuts the connection that brings the next one, once.
  void CutAfter(Direction direction, std::size_t bytes);
  // Whether the cut of the last CutAfter() is still to come; it does not come any more then.
  bool Disarm();
  // The bytes that have passed in the direction.
  std::size_t passed(Direction direction) const;

 private:
  struct Pair {
    int ends[2];  // The client's, and the server's.
  };

  void Run();
  void Accept();
  // False: the pair is over.
  bool Pass(const Pair& pair, Direction direction);

  const std::string server_path_;
  std::string folder_;
  std::string path_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::vector<Pair> pairs_;  // Of the thread.
  mutable std::mutex mutex_;
  bool is_armed_ = false;
  Direction direction_ = kToServer;
  std::size_t left_ = 0;
  std::size_t passed_[2] = {0, 0};
  std::thread thread_;
};

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_CUTTING_PROXY_H_
