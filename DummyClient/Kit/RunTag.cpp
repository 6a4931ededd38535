#include "DummyClient/Kit/RunTag.h"

#include <random>
#include <string_view>

namespace loadtest {

std::string MakeRunTag() {
    constexpr std::string_view kTagLetters = "abcdefghjkmnpqrstuvwxyz23456789";
    std::random_device random;
    std::string tag;
    for (int i = 0; i < 5; ++i) {
        tag += kTagLetters[random() % kTagLetters.size()];
    }
    return tag;
}

}  // namespace loadtest
