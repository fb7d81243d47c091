#include "digest.h"

#include <openssl/evp.h>

#include <array>

#include "absl/strings/escaping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Outcome;

std::string CanonicalBytes(const Outcome& outcome) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    outcome.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

struct OutcomeDigest::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(evp); }
};

OutcomeDigest::OutcomeDigest() : context_(std::make_unique<Context>()) {
  EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr);
}

OutcomeDigest::~OutcomeDigest() = default;

void OutcomeDigest::Add(const Outcome& outcome) {
  const std::string bytes = CanonicalBytes(outcome);
  std::array<unsigned char, 8> length;
  for (int i = 0; i < 8; ++i) length[i] = static_cast<unsigned char>(bytes.size() >> (8 * (7 - i)));
  EVP_DigestUpdate(context_->evp, length.data(), length.size());
  EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size());
}

std::string OutcomeDigest::Finish() {
  std::string digest(EVP_MD_size(EVP_sha256()), '\0');
  EVP_DigestFinal_ex(context_->evp, reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return absl::BytesToHexString(digest);
}

}  // namespace retail_desk
