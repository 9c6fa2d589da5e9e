#include "storage/errors.hpp"

namespace nopassd::storage {

namespace {

class StoreCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "nopassd.storage"; }
  std::string message(int code) const override {
    switch (static_cast<errc>(code)) {
      case errc::unavailable:
        return "the store cannot commit now";
      case errc::overloaded:
        return "too much is waiting for the store";
      case errc::stopped:
        return "the store is closing";
      case errc::defect:
        return "the work failed in the store";
    }
    return "unknown store error";
  }
};

}  // namespace

const boost::system::error_category& store_category() {
  static const StoreCategory category;
  return category;
}

}  // namespace nopassd::storage
